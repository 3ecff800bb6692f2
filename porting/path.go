package porting

import (
	"errors"
	"path"
	"strings"
	"unicode"

	"patternhub/content"
	"patternhub/markdown"
)

// name is how files call an entry: by type and slug.
// It is comparable, and so a key of maps; ids are not known before the survey.
type name struct {
	Type content.EntryType
	Slug string
}

// resourcePath is where a site shows the entry.
func (n name) resourcePath() string {
	m := content.Meta{Type: n.Type, Slug: n.Slug}
	return m.ResourcePath()
}

// file is the path of the entry's file in a canonical tree.
func (n name) file() string { return n.Type.Stem() + "/" + n.Slug + ".md" }

// extension ends the names of the files that are read.
const extension = ".md"

// maxSlug bounds a slug, as keys are bounded.
// It is in bytes, so that the name of a file fits the 255 of most file systems.
const maxSlug = 200

// identify tells the entry that a file of a tree stands for, from its path alone: a file in
// the folder of an entry type is an entry of it, any other a page with its path. An index or
// README stands for its folder.
// It depends on nothing but the path, so that an export can ask whether a path leads back to a
// name. Within the folder of a type other than pages, deeper files and indexes are pages, for such
// types have no folders below theirs.
func identify(file string) (name, error) {
	stem, rest, nested := strings.Cut(strings.TrimSuffix(file, extension), "/")
	t, known := content.TypeByStem(stem)
	switch {
	case nested && known && (t == content.TypePage || !strings.Contains(rest, "/") && !isIndex(rest)):
	default:
		t, rest = content.TypePage, strings.TrimSuffix(file, extension)
	}
	if dir, last := path.Split(rest); t == content.TypePage && isIndex(last) {
		if rest = strings.TrimSuffix(dir, "/"); rest == "" {
			rest = "index"
		}
	}
	slug, err := slugOf(rest)
	return name{t, slug}, err
}

func isIndex(last string) bool {
	return strings.EqualFold(last, "index") || strings.EqualFold(last, "readme")
}

var (
	errNoSlug   = errors.New("no slug can be made of this path")
	errLongSlug = errors.New("the path is too long for a slug")
)

// slugOf makes a slug of a path: lower case without accents, everything but letters, digits
// and slashes a dash.
// Every part must leave something, else two folders could give the same slug. The first bound is on
// the input before it is folded, in bytes, so that folding stays cheap.
func slugOf(p string) (string, error) {
	if len(p) > 4*maxSlug {
		return "", errLongSlug
	}
	parts := strings.Split(p, "/")
	for i, part := range parts {
		var b strings.Builder
		for _, r := range content.Fold(part) {
			switch {
			case unicode.IsLetter(r) || unicode.IsDigit(r):
				b.WriteRune(r)
			case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
				b.WriteByte('-')
			}
		}
		if parts[i] = strings.TrimSuffix(b.String(), "-"); parts[i] == "" {
			return "", errNoSlug
		}
	}
	slug := strings.Join(parts, "/")
	if len(slug) > maxSlug {
		return "", errLongSlug
	}
	return slug, nil
}

// pathFor tells where an entry's file is written: where it came from, unless its slug has been
// changed since; false when no file name leads back to the slug.
// The place that a file came from is preferred as long as an import from there gives the same
// entry.
func pathFor(n name, source *content.Source) (string, bool) {
	candidates := []string{n.file()}
	if source != nil {
		candidates = []string{source.Path, n.file()}
	}
	for _, c := range candidates {
		if got, err := identify(c); err == nil && got == n {
			return c, true
		}
	}
	return "", false
}

// adopt puts the relative links of a text from a file into the form that leads from the
// entry's place in a canonical tree, where they do not do so anyway. It depends on nothing but
// the paths, so that the same text always gives the same. targets lists where links lead that
// stay within the tree.
// Links that resolve to the same entry from the canonical place are left as they are written. Lines
// are kept one for one, which release relies on.
func adopt(n name, file, body string) (adopted string, targets []name) {
	adopted = markdown.MapLinks(body, func(target string) string {
		to, ok := within(file, target)
		if !ok {
			return ""
		}
		targets = append(targets, to)
		if markdown.Resolve(n.Type, n.Slug, target) == to.resourcePath() {
			return ""
		}
		return between(n.file(), to.file())
	})
	return adopted, targets
}

// within tells which entry a link from a file leads to; false when it leads to no Markdown
// file of the tree.
// A link that leaves the tree by ".." leads nowhere.
func within(file, target string) (name, bool) {
	if !strings.HasSuffix(target, extension) {
		return name{}, false
	}
	joined := path.Join(path.Dir(file), target)
	if joined == ".." || strings.HasPrefix(joined, "../") {
		return name{}, false
	}
	n, err := identify(joined)
	return n, err == nil
}

// between is the relative path from one file of a tree to another.
// The last part of to is its file, so equal folders are cut off up to that.
func between(from, to string) string {
	a, b := strings.Split(path.Dir(from), "/"), strings.Split(to, "/")
	if a[0] == "." {
		a = nil
	}
	for len(a) > 0 && len(b) > 1 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	return strings.Repeat("../", len(a)) + strings.Join(b, "/")
}

// release undoes adopt: the text of an entry as its file has it. Lines that stand in the
// source come back as they are there; in others links lead to where the files are, as fileOf
// tells.
// A line that was not edited is found by its adopted form. Two lines with one adopted form come
// back as the first of them: both lead to the same place.
func release(n name, file, source, body string, fileOf func(name) string) string {
	adopted, _ := adopt(n, file, source)
	was := map[string]string{}
	olds, news := strings.Split(source, "\n"), strings.Split(adopted, "\n")
	for i, l := range news {
		if _, ok := was[l]; !ok && i < len(olds) {
			was[l] = olds[i]
		}
	}
	lines := strings.Split(body, "\n")
	fresh := strings.Split(markdown.MapLinks(body, func(target string) string {
		to, ok := within(n.file(), target)
		if !ok || markdown.Resolve(n.Type, n.Slug, target) != to.resourcePath() {
			return ""
		}
		link := between(file, fileOf(to))
		if link == target {
			return ""
		}
		return link
	}), "\n")
	for i, l := range lines {
		if old, ok := was[l]; ok {
			lines[i] = old
		} else {
			lines[i] = fresh[i]
		}
	}
	return strings.Join(lines, "\n")
}
