package porting

import (
	"errors"
	"net/url"
	"path"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"patternhub/internal/content"
	"patternhub/internal/markdown"
)

// name identifies an entry in files: by type and slug. It is comparable, so it can be a key of
// maps; ids are not known before the survey.
type name struct {
	Type content.EntryType
	Slug string
}

// resourcePath returns the path at which a site shows the entry.
func (n name) resourcePath() string {
	m := content.Meta{Type: n.Type, Slug: n.Slug}
	return m.ResourcePath()
}

// file returns the path of the entry's file in a canonical tree.
func (n name) file() string { return n.Type.Stem() + "/" + n.Slug + ".md" }

// isMarkdown reports whether a file is read as Markdown: the extension has one of its usual forms,
// in any case.
func isMarkdown(file string) bool {
	switch strings.ToLower(path.Ext(file)) {
	case ".md", ".markdown", ".mdown", ".mkdn", ".mkd", ".mdwn", ".mdx":
		return true
	}
	return false
}

// bare returns the path of a file without its extension.
func bare(file string) string { return strings.TrimSuffix(file, path.Ext(file)) }

// maxSlug bounds a slug, like a key. It is in bytes, so that the name of a file fits the 255 bytes
// of most file systems.
const maxSlug = 200

// identify returns the entry of a file in a tree, from its path alone: a file in the folder of an
// entry type is an entry of that type, any other a page with its path; if pages is set, all are
// pages. An index or README represents its folder.
// It depends on nothing but the path, so that an export can check whether a path identifies a
// name. Types other than pages have no subfolders, so deeper files and indexes in their folders are
// pages.
func identify(file string, pages bool) (name, error) {
	stem, rest, nested := strings.Cut(bare(file), "/")
	t, isType := content.TypeByStem(stem)
	switch {
	case !pages && nested && isType && (t == content.TypePage || !strings.Contains(rest, "/") && !isIndex(rest)):
	default:
		t, rest = content.TypePage, bare(file)
	}
	if dir, last := path.Split(rest); t == content.TypePage && isIndex(last) {
		if rest = strings.TrimSuffix(dir, "/"); rest == "" {
			rest = "index"
		}
	}
	slug, err := slugOf(rest)
	return name{t, slug}, err
}

// isIndex reports whether a file represents its folder. Hugo writes _index.
func isIndex(last string) bool {
	last = strings.ToLower(last)
	return last == "index" || last == "_index" || last == "readme"
}

// fileTitle returns the name of a file in words, or that of its folder for an index.
func fileTitle(file string) string {
	dir, last := path.Split(bare(file))
	if isIndex(last) {
		if last = path.Base(dir); last == "." {
			last = "index"
		}
	}
	return markdown.FileTitle(norm.NFC.String(last))
}

var (
	errNoSlug   = errors.New("no slug can be made of this path")
	errLongSlug = errors.New("the path is too long for a slug")
)

// slugOf returns the slug of a path; see content.Slug. The first check bounds the input, in bytes,
// so that a long one costs little.
func slugOf(p string) (string, error) {
	if len(p) > 4*maxSlug {
		return "", errLongSlug
	}
	slug := content.Slug(p)
	switch {
	case slug == "":
		return "", errNoSlug
	case len(slug) > maxSlug:
		return "", errLongSlug
	}
	return slug, nil
}

// pathFor returns the path of an entry's file, and false if no file name identifies its slug. It
// is the path that the file came from as long as an import from there identifies the same entry, and
// otherwise the canonical one.
func pathFor(n name, source *content.Source) (string, bool) {
	if source != nil {
		if got, err := identify(source.Path, source.Pages); err == nil && got == n {
			return source.Path, true
		}
	}
	got, err := identify(n.file(), false)
	return n.file(), err == nil && got == n
}

// linker resolves the links of a file.
type linker struct {
	// file is the path of the file, root the folder that its tree was put under.
	file, root string
	// pages means that all files of the tree are pages.
	pages bool
	// exists reports whether the tree has a file of that name. It decides about links that may refer
	// to something other than a page; nil to follow none of them.
	exists func(name) bool
}

// canonical returns the linker of an entry's file in a canonical tree.
func canonical(n name) linker { return linker{file: n.file()} }

// linkerOf returns the linker of a file that was imported.
func linkerOf(s *content.Source, exists func(name) bool) linker {
	return linker{file: s.Path, root: s.Root, pages: s.Pages, exists: exists}
}

// to returns the entry that a link refers to, judged by paths; false if it refers to none.
// A relative link to a Markdown file always counts, even if there is no such file. A link from the
// root of the site, and one without an extension as on sites whose pages are folders, may refer to
// something else, so it counts only if there is such a page. A link that leaves the tree by ".."
// refers to no entry.
func (l linker) to(target string) (name, bool) {
	rooted := strings.HasPrefix(target, "/")
	if isMarkdown(target) {
		from := path.Dir(l.file)
		if rooted {
			from = l.root
		}
		n, ok := l.at(path.Join(from, target))
		return n, ok && (!rooted || l.has(n))
	}
	plain := strings.TrimSuffix(target, "/")
	switch path.Ext(plain) {
	case ".html", ".htm":
		plain = bare(plain)
	case "":
	default:
		if plain == target && !strings.HasSuffix(plain, "..") {
			return name{}, false
		}
	}
	// A browser treats a page as a folder if its address ends with a slash.
	paths := []string{path.Join(path.Dir(l.file), plain), path.Join(folderOf(l.file), plain)}
	switch {
	case rooted:
		paths = []string{path.Join(l.root, plain)}
	case plain != target:
		slices.Reverse(paths)
	}
	for _, p := range paths {
		if p = strings.Trim(p, "/"); p == "" || p == "." {
			p = "index"
		}
		if n, ok := l.at(p + ".md"); ok && l.has(n) {
			return n, true
		}
	}
	return name{}, false
}

// has reports whether a name belongs to an entry; without a list of them nothing does.
func (l linker) has(n name) bool { return l.exists != nil && l.exists(n) }

// at returns the entry of a file; false for one outside of the tree.
func (l linker) at(file string) (name, bool) {
	file = strings.TrimPrefix(file, "/")
	if file == ".." || strings.HasPrefix(file, "../") {
		return name{}, false
	}
	n, err := identify(file, l.pages)
	return n, err == nil
}

// folderOf returns the folder that has the address of a page.
func folderOf(file string) string {
	if isIndex(path.Base(bare(file))) {
		return path.Dir(file)
	}
	return bare(file)
}

// adoptLinks rewrites the links in the text of a file so that they are relative to the entry's path in a
// canonical tree. Links that already resolve to the same entry remain as written. targets lists the
// entries that the links within the tree refer to.
// The result depends only on the paths and on the linker, so that the same text always has the
// same result. Lines correspond one to one, which restoreLinks relies on.
func adoptLinks(n name, l linker, body string) (adopted string, targets []name) {
	adopted = markdown.MapLinks(body, func(target string) string {
		to, ok := l.to(target)
		if !ok {
			return ""
		}
		targets = append(targets, to)
		if markdown.Resolve(n.Type, n.Slug, (&url.URL{Path: target}).EscapedPath()) == to.resourcePath() {
			return ""
		}
		return between(n.file(), to.file())
	})
	return adopted, targets
}

// between returns the relative path from one file of a tree to another. The last part of to is its
// file, so equal folders are removed up to that.
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

// restoreLinks undoes adoptLinks: it returns the text of an entry as its file has it. Lines of the
// source return as they are there; in others, links refer to the files of fileOf. from is nil for an
// entry that came from no file.
// An unedited line is found by its adopted form. Two lines with one adopted form both become the
// first of them, since both refer to the same entry. The files that the tree had at import are
// inferred from the text: a link was followed if the text now links to its entry.
func restoreLinks(n name, file string, from *content.Source, source, body string, fileOf func(name) string) string {
	home, leads := canonical(n), linked(n, body)
	was := map[string]string{}
	if from != nil {
		adopted, _ := adoptLinks(n, linkerOf(from, func(n name) bool { return leads[n] }), source)
		olds := strings.Split(source, "\n")
		for i, l := range strings.Split(adopted, "\n") {
			if _, ok := was[l]; !ok && i < len(olds) {
				was[l] = olds[i]
			}
		}
	}
	lines := strings.Split(body, "\n")
	relinked := strings.Split(markdown.MapLinks(body, func(target string) string {
		to, ok := home.to(target)
		if !ok || markdown.Resolve(n.Type, n.Slug, (&url.URL{Path: target}).EscapedPath()) != to.resourcePath() {
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
			lines[i] = relinked[i]
		}
	}
	return strings.Join(lines, "\n")
}

// linked returns the entries that the text of an entry links to.
func linked(n name, body string) map[name]bool {
	home, out := canonical(n), map[name]bool{}
	markdown.MapLinks(body, func(target string) string {
		if to, ok := home.to(target); ok {
			out[to] = true
		}
		return ""
	})
	return out
}
