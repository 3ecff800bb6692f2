package static

import (
	"io/fs"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

const (
	// indexFile is the file of a page, in a folder with the page's name: hosts serve it at the folder's address.
	indexFile = "index.html"
	// missingFile is the page that hosts show for addresses that lead nowhere.
	missingFile = "404.html"
	// searchFolder has the index of the search. It stands beside the page of the search.
	searchFolder = "search/"
)

// files are the addresses that are files and no pages, besides those below folders.
var (
	files   = []string{"/sitemap.xml", "/feed.atom", "/llms.txt", "/robots.txt", "/site.webmanifest", "/favicon.ico", "/og.png"}
	folders = []string{"/assets/", "/og/", "/diagrams/", "/.well-known/"}
)

// isFile reports whether a path is that of a file rather than a page.
func isFile(path string) bool {
	return slices.Contains(files, path) || strings.HasSuffix(path, ".md") || strings.HasPrefix(path, "/sitemap-") ||
		slices.ContainsFunc(folders, func(f string) bool { return strings.HasPrefix(path, f) })
}

// isHashed reports whether the name of a file contains a hash of what is in it, so that it never changes.
func isHashed(file string) bool {
	return strings.HasPrefix(file, "assets/") || strings.HasPrefix(file, "diagrams/")
}

// target is an address of the site with its file in the copy.
type target struct {
	address string // path and query, as the site is asked for it
	file    string
	page    int // the number of the page in a list; 1 for all others
}

// targetOf returns the target of an address; page is its number in a list. It is not ok if no file can have the
// name.
func targetOf(u *url.URL, page int) (t target, ok bool) {
	path := u.Path
	if len(path) > 1 {
		path = strings.TrimSuffix(path, "/")
	}
	t = target{address: (&url.URL{Path: path, RawQuery: u.RawQuery}).RequestURI(), page: page}
	switch {
	case path == Missing:
		t.file = missingFile
	case strings.HasPrefix(path, "/diagrams/"):
		// The picture is the same for each entry that has the diagram.
		t.file = path[1:]
		if u.Query().Get("theme") == "dark" {
			t.file = strings.TrimSuffix(t.file, ".svg") + ".dark.svg"
		}
	case isFile(path):
		t.file = path[1:]
	default:
		t.file = strings.TrimPrefix(path+"/", "/") + chosen(u.Query()) + indexFile
		if page > 1 {
			t.file = strings.TrimSuffix(t.file, indexFile) + "page=" + strconv.Itoa(page) + "/" + indexFile
		}
		t.file = strings.TrimPrefix(t.file, "/")
	}
	// A slash in a name would make a folder of it.
	return t, nameable(t.file) && !strings.Contains(strings.ToLower(u.EscapedPath()), "%2f")
}

// chosen returns the folder of a list that is narrowed, such as tier=gold/; the place in the list does not
// count.
func chosen(query url.Values) string {
	query.Del("after")
	query.Del("before")
	if len(query) == 0 {
		return ""
	}
	return query.Encode() + "/"
}

// nameable reports whether a file of the copy can have a name.
func nameable(file string) bool {
	odd := func(r rune) bool { return unicode.IsControl(r) || r == '\\' || r == unicode.ReplacementChar }
	own := file == listFile || strings.HasPrefix(file, partPrefix)
	return fs.ValidPath(file) && !own && !strings.ContainsFunc(file, odd)
}

// link returns the path of a file as links have it.
func link(file string) string {
	file = strings.TrimSuffix(file, indexFile)
	parts := strings.Split(file, "/")
	for i, p := range parts {
		parts[i] = url.PathEscape(p)
	}
	return "/" + strings.Join(parts, "/")
}
