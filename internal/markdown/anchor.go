package markdown

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/text/unicode/norm"
)

// identifier matches an id: letters of any script, digits and a few marks. isID limits the
// length; a repeat count in the regexp would be slow.
var identifier = regexp.MustCompile(`^[\pL\pM\pN_-][\pL\pM\pN_.:-]*$`)

// maxID is the maximum length of an id in bytes.
const maxID = 400

// isID reports whether a string can be an id.
func isID(s string) bool { return len(s) <= maxID && identifier.MatchString(s) }

// reserved holds the ids that belong to the page around the text, and names that scripts look up on
// the document, the window or any object. They are in lower case.
var reserved = map[string]bool{
	"main": true, "content": true, "top": true, "skip": true, "header": true, "footer": true, "toc": true, "sidebar": true, "menu": true,
	"app": true, "root": true,
	"attributes": true, "body": true, "children": true, "cookie": true, "defaultview": true, "document": true, "domain": true,
	"frames": true, "head": true, "html": true, "location": true, "parent": true, "self": true, "window": true,
	"__proto__": true, "constructor": true, "hasownproperty": true, "prototype": true, "tostring": true, "valueof": true,
}

// pagePrefix is the prefix of the other ids that the surrounding page uses.
const pagePrefix = "hub-"

// safeID renames an id that belongs to the page. The new id depends on the old one alone, so that
// links from other pages can be changed without reading the page that they refer to.
func safeID(id string) string {
	lower := strings.ToLower(id)
	if reserved[lower] || strings.HasPrefix(lower, pagePrefix) {
		return "section-" + id
	}
	return id
}

// slugify returns the anchor of a heading as Python-Markdown's toc extension generates it: in lower
// case, without punctuation, with one dash for each run of spaces and dashes. Underscores stay, and
// so do letters of all scripts with their marks.
func slugify(text string) string {
	var b strings.Builder
	dash := false
	for _, r := range strings.ToLower(strings.TrimSpace(keepAnchorRunes(text))) {
		if r == '-' || unicode.IsSpace(r) {
			dash = true
			continue
		}
		if dash {
			b.WriteByte('-')
			dash = false
		}
		b.WriteRune(r)
	}
	if dash {
		b.WriteByte('-')
	}
	return b.String()
}

// slugifyGitHub returns the anchor of a heading as GitHub generates it: each space becomes a dash.
func slugifyGitHub(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return '-'
		}
		return r
	}, strings.ToLower(keepAnchorRunes(strings.TrimSpace(text))))
}

// keepAnchorRunes returns the letters, marks, digits, underscores, dashes and spaces of a text.
func keepAnchorRunes(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || unicode.IsSpace(r) || unicode.In(r, unicode.L, unicode.M, unicode.N) && r != '\ufe0f' {
			return r
		}
		return -1
	}, norm.NFC.String(text))
}

// asciiAnchor returns an anchor as Python-Markdown generates it without a Unicode slugify: accents
// and non-ASCII letters are removed. It may be empty.
func asciiAnchor(slug string) string {
	nonASCII := false
	plain := strings.Map(func(r rune) rune {
		if r > unicode.MaxASCII {
			nonASCII = true
			return -1
		}
		return r
	}, norm.NFKD.String(slug))
	if !nonASCII {
		return plain
	}
	return strings.Trim(dashes.ReplaceAllString(plain, "-"), "-")
}

// dashes matches runs of two or more dashes.
var dashes = regexp.MustCompile(`--+`)

// anchors assigns each heading its id, and makes every other id safe and unique.
type anchors struct {
	used map[string]bool
	// next is the next number to try for an id that is taken, so that many equal headings do not
	// take quadratic time.
	next map[string]int
}

// setAnchors returns the tokens with the ids of headings set. An id that is taken is not used again:
//  1. Footnotes and tags written in Markdown claim their ids.
//  2. Headings without an id, in Markdown or HTML, get the anchor of Python-Markdown.
//  3. Tags written in HTML claim their ids.
//  4. Headings in HTML whose id could not be claimed get the anchor of Python-Markdown.
//  5. Headings of 2 and 4 also get the anchors of GitHub and of Python-Markdown without a Unicode
//     slugify if they differ, each as an empty element, so that links of all kinds work.
func setAnchors(tokens []htmlToken) []htmlToken {
	a := &anchors{used: map[string]bool{}, next: map[string]int{}}
	headings := map[int]string{} // the texts of headings without an id by the index of their tags
	a.claimAll(tokens, headings, false)
	a.name(tokens, headings)
	a.claimAll(tokens, headings, true)
	a.name(tokens, headings)
	if len(headings) == 0 {
		return tokens
	}
	out, times := make([]htmlToken, 0, len(tokens)+len(headings)), map[string]int{}
	for i, t := range tokens {
		out = append(out, t)
		text, ok := headings[i]
		if !ok {
			continue
		}
		github := truncate(slugifyGitHub(text))
		n := times[github]
		if times[github]++; n > 0 && github != "" {
			github += "-" + strconv.Itoa(n)
		}
		for _, other := range []string{github, asciiAnchor(attribute(&t.Token, "id"))} {
			if other = safeID(other); isID(other) && !a.used[other] {
				a.used[other] = true
				out = append(out, htmlToken{Token: html.Token{Type: html.StartTagToken, Data: "span", Attr: []html.Attribute{{Key: "id", Val: other}}}},
					htmlToken{Token: html.Token{Type: html.EndTagToken, Data: "span"}})
			}
		}
	}
	return out
}

// name sets ids on the headings that have none, and stores their texts in headings.
func (a *anchors) name(tokens []htmlToken, headings map[int]string) {
	for i := range tokens {
		t := &tokens[i]
		if t.Type != html.StartTagToken || headingLevel(t.Data) == 0 || attribute(&t.Token, "id") != "" {
			continue
		}
		headings[i] = textUntil(tokens[i+1:], t.Data)
		id := a.unique(safeID(truncate(slugify(headings[i]))))
		t.Attr = slices.Insert(t.Attr, 0, html.Attribute{Key: "id", Val: id})
	}
}

// truncate shortens an anchor that was generated from text, so that it fits an id with a number.
func truncate(slug string) string {
	for n := range slug {
		if n > maxID/2 {
			return slug[:n]
		}
	}
	return slug
}

// noteID matches the ids of footnotes of any entry.
var noteID = regexp.MustCompile(`\.fn(ref[0-9]*)?:[0-9]+$`)

// claimAll claims the ids written in tags: those of HTML if raw is set, otherwise those of Markdown.
// It skips headings already named by (*anchors).name. Only footnotes can have footnote ids, so that
// texts on the same page cannot take each other's.
func (a *anchors) claimAll(tokens []htmlToken, named map[int]string, raw bool) {
	for i := range tokens {
		t := &tokens[i]
		if _, done := named[i]; done || t.Type != html.StartTagToken || t.raw != raw {
			continue
		}
		note := !raw && (t.Data == "sup" || t.Data == "li")
		a.claim(&t.Token, func(id string) bool { return note || !noteID.MatchString(id) })
	}
}

// claim makes the id of an element safe, and removes it if it is invalid, taken or not allowed by
// allow. The name of a link counts as an id, as in older HTML.
func (a *anchors) claim(t *html.Token, allow func(string) bool) {
	id, ok := "", false
	for _, at := range t.Attr {
		if value := strings.TrimSpace(at.Val); at.Key == "id" || at.Key == "name" && t.Data == "a" && id == "" {
			id, ok = value, true
		}
	}
	if !ok {
		return
	}
	t.Attr = slices.DeleteFunc(t.Attr, func(at html.Attribute) bool { return at.Key == "id" || at.Key == "name" })
	if id = safeID(id); isID(id) && !a.used[id] && allow(id) {
		a.used[id] = true
		t.Attr = slices.Insert(t.Attr, 0, html.Attribute{Key: "id", Val: id})
	}
}

// numberedID matches an id with the number that Python-Markdown adds.
var numberedID = regexp.MustCompile(`^(.*)_([0-9]{1,6})$`)

// unique returns an unused id for slug as Python-Markdown does: the second use of a name gets the
// suffix _1; an empty slug becomes _1.
func (a *anchors) unique(slug string) string {
	if slug != "" && !a.used[slug] {
		a.used[slug] = true
		return slug
	}
	base, n := slug, 1
	if m := numberedID.FindStringSubmatch(slug); m != nil {
		number, _ := strconv.Atoi(m[2])
		base, n = m[1], number+1
	}
	id := ""
	for n = max(n, a.next[base]); id == "" || a.used[id]; n++ {
		id = base + "_" + strconv.Itoa(n)
	}
	a.used[id], a.next[base] = true, n
	return id
}

// textUntil returns the text of the tokens up to the end of an element, without marks of footnotes.
func textUntil(tokens []htmlToken, name string) string {
	var b strings.Builder
	hidden := false
	for i := range tokens {
		switch t := &tokens[i]; {
		case t.Type == html.EndTagToken && t.Data == name:
			return b.String()
		case t.Data == "a" && t.Type != html.TextToken:
			hidden = t.Type == html.StartTagToken && isNoteMark(&t.Token)
		case t.Type == html.TextToken && !hidden:
			b.WriteString(t.Data)
		case t.Type == html.StartTagToken && t.Data == "br":
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// isNoteMark reports whether a link is the mark of a footnote or the link back to one.
func isNoteMark(t *html.Token) bool { return strings.HasPrefix(attribute(t, "class"), "footnote-") }

// attribute returns the value of an attribute; empty when there is none.
func attribute(t *html.Token, key string) string {
	for _, a := range t.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// moveFragment changes a link within the hub to an id that safeID has renamed.
func moveFragment(link string) string {
	target, fragment, ok := strings.Cut(link, "#")
	if !ok || target != "" && (!strings.HasPrefix(target, "/") || strings.HasPrefix(target, "//")) {
		return link
	}
	id, err := url.PathUnescape(fragment)
	if err != nil || safeID(id) == id {
		return link
	}
	return target + "#" + (&url.URL{Fragment: safeID(id)}).EscapedFragment()
}
