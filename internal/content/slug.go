package content

import (
	"fmt"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// SlugPart turns a string, such as the name of a file, into a part of a slug: lower case, with one dash
// for each run of characters that are neither letters nor digits. It is empty if nothing is left.
// Letters of every script stay, with their marks, in Unicode's composed form (NFC). Latin letters
// lose their marks, because people type them without. Two texts that look the same have the same
// part. SlugPart does not use Fold: a slug is an address and must not change when search becomes more
// tolerant.
func SlugPart(s string) string {
	var b strings.Builder
	dash, latin, letter := false, false, false
	for _, r := range norm.NFD.String(lower(s)) {
		switch {
		case unicode.IsMark(r):
			if letter && !latin && !unicode.Is(unicode.Variation_Selector, r) && !unicode.Is(unicode.Me, r) {
				b.WriteRune(r)
			}
			continue
		case unicode.IsLetter(r) || unicode.IsNumber(r):
			if dash && b.Len() > 0 {
				b.WriteByte('-')
			}
			dash, latin, letter = false, unicode.Is(unicode.Latin, r), unicode.IsLetter(r)
			b.WriteString(latinBase(r))
		case unicode.Is(unicode.Cf, r) && !separates(r):
			// Marks of direction and the like are invisible, so they separate nothing.
		default:
			dash, letter = true, false
		}
	}
	return norm.NFC.String(b.String())
}

// lower returns s in lower case and composed form. Some letters have a lower case only in
// composed form.
func lower(s string) string { return strings.ToLower(norm.NFC.String(s)) }

// separates reports whether an invisible character separates parts of a word.
func separates(r rune) bool { return r == '\u200b' || r == '\u200c' || r == '\u200d' }

// latinBase replaces Latin letters that Unicode does not decompose by basic ones.
func latinBase(r rune) string {
	switch r {
	case 'ß':
		return "ss"
	case 'æ':
		return "ae"
	case 'œ':
		return "oe"
	case 'ø':
		return "o"
	case 'đ', 'ð':
		return "d"
	case 'ł':
		return "l"
	case 'ı':
		return "i"
	}
	return string(r)
}

// Slug turns a path into a slug, part by part. It is empty if any part becomes empty: otherwise two
// folders could have the same slug.
func Slug(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if parts[i] = SlugPart(p); parts[i] == "" {
			return ""
		}
	}
	return strings.Join(parts, "/")
}

// CleanSlug returns the form in which a slug is stored and looked up: composed (NFC), as browsers and
// most systems send it. File names on macOS are decomposed.
func CleanSlug(slug string) string {
	if isASCII(slug) {
		return slug
	}
	return norm.NFC.String(slug)
}

// CleanPath returns the slug of the page at a path: the path without slashes around it and without
// percent escapes. A path that cannot be unescaped is taken as it is.
func CleanPath(path string) string {
	if strings.Contains(path, "%") {
		if plain, err := url.PathUnescape(path); err == nil {
			path = plain
		}
	}
	return CleanSlug(strings.Trim(path, "/"))
}

// escapePath returns a path with percent escapes, as URIs require.
func escapePath(path string) string {
	if isASCII(path) {
		return path // slugs have nothing else to escape
	}
	return (&url.URL{Path: path}).EscapedPath()
}

// misfit explains why a slug is invalid and proposes a valid one; empty if the slug is valid. Only
// slugs of pages may have several parts and letters beyond a to z.
func misfit(t EntryType, slug string) string {
	proposed := Slug(strings.Join(strings.FieldsFunc(slug, func(r rune) bool { return r == '/' }), "/"))
	allowed := "lower-case letters, digits and single dashes between them"
	if t != TypePage {
		proposed = SlugPart(slug)
		if proposed == slug && isASCII(slug) {
			return ""
		}
	} else if proposed == slug {
		return ""
	}
	what := fmt.Sprintf("A slug has %s.", allowed)
	if t != TypePage {
		what = "A slug has lower-case letters from a to z, digits and single dashes between them."
	}
	if join := misjoined(slug); join != "" {
		what = fmt.Sprintf("A slug cannot %s: it has %s.", join, allowed)
		if strings.Contains(join, "/") {
			what = fmt.Sprintf("A slug cannot %s: it has one slash between two parts, and in these %s.", join, allowed)
		}
	}
	for _, r := range slug {
		if !fits(t, r) {
			what = fmt.Sprintf("A slug cannot hold %s: it has %s.", shown(r), allowed)
			break
		}
	}
	if proposed != "" && (t == TypePage || isASCII(proposed)) && utf8.RuneCountInString(proposed) <= maxName {
		what += fmt.Sprintf(" Take %q.", proposed)
	}
	return what
}

// misjoined describes the first slash or dash of a slug that is not between two parts; empty if there
// is none.
func misjoined(slug string) string {
	joins := func(b byte) bool { return b == '-' || b == '/' }
	if slug == "" {
		return ""
	}
	if joins(slug[0]) {
		return fmt.Sprintf("begin with %q", slug[:1])
	}
	for i := 1; i < len(slug); i++ {
		if joins(slug[i-1]) && joins(slug[i]) {
			return fmt.Sprintf("hold %q", slug[i-1:i+1])
		}
	}
	if last := slug[len(slug)-1]; joins(last) {
		return fmt.Sprintf("end with %q", string(last))
	}
	return ""
}

// fits reports whether a slug of that type can contain a character.
func fits(t EntryType, r rune) bool {
	switch {
	case r == '-' || r == '/' && t == TypePage:
		return true
	case r < utf8.RuneSelf || t != TypePage:
		return r >= 'a' && r <= 'z' || r >= '0' && r <= '9'
	case unicode.IsMark(r):
		return !unicode.Is(unicode.Variation_Selector, r) && !unicode.Is(unicode.Me, r)
	}
	return SlugPart(string(r)) == string(r)
}

// shown returns a character for a message: in quotes if it is visible, otherwise its code point.
func shown(r rune) string {
	if unicode.IsGraphic(r) && !unicode.IsMark(r) && !unicode.IsSpace(r) {
		return fmt.Sprintf("%q", string(r))
	}
	return fmt.Sprintf("the character %U", r)
}

// reserved reports whether the site or the hub itself uses paths that begin with a part.
func reserved(part string) bool {
	switch part {
	case "search", "graph", "health", "admin", "mcp", "graphql", "og", "diagrams", "assets", "playground",
		"livez", "readyz", "statz", "metrics", "debug":
		return true
	}
	return false
}

// Reserved explains why an entry cannot have its path, and what to do instead; empty if it can. The
// site has its own pages at and below some paths, and serves the source of each page at the page's
// path with .md appended.
func Reserved(t EntryType, slug string) string {
	path := strings.Trim((&Meta{Type: t, Slug: slug}).path(), "/")
	first, _, _ := strings.Cut(path, "/")
	switch {
	case reserved(strings.ToLower(first)):
		return fmt.Sprintf("The path /%s is reserved for the site itself. Put the page into a folder, such as docs/%s, or take another slug, such as about-%s.", first, path, path)
	case strings.HasSuffix(strings.ToLower(path), ".md"):
		return fmt.Sprintf("Paths that end in .md are reserved for the sources of pages. Leave the ending out: %s.", slug[:len(slug)-len(".md")])
	}
	return ""
}
