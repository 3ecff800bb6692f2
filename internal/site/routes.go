package site

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/a-h/templ"

	"patternhub/internal/content"
	"patternhub/internal/diagram"
	"patternhub/internal/site/form"
	"patternhub/internal/site/listing"
	"patternhub/internal/site/pages"
)

// routes returns the pages of the site. Adding a page is a document in queries, a component in pages, and
// a line here, which gen writes for the types of entries.
func routes() []route {
	return append(entryRoutes(),
		newRoute("/{$}", pages.HomeQuery, pages.Home, fixed),
		newRoute("/{path...}", pages.PageQuery, pages.Page, treePage),
		list(&search, pages.SearchQuery, pages.Search),
		tool(&compareForm, pages.CompareQuery, pages.Compare, compareVars),
		newRoute("/wizard", pages.WizardsQuery, pages.Wizards, fixed),
		toolAt("/wizard/{slug}", &wizardForm, pages.WizardQuery, pages.Wizard, wizardVars),
		entry("/wizard/{slug}/advice", pages.WizardAdviceQuery, pages.WizardAdvice),
		tool(&calculatorForm, pages.CalculatorQuery, pages.Calculator, calculatorVars),
		tool(&healthForm, pages.HealthQuery, pages.Health, healthVars),
		entry("/health/{slug}", pages.PatternHealthQuery, pages.PatternHealth),
		tool(&graphForm, pages.GraphQuery, pages.Graph, graphVars),
		tool(&changesForm, pages.ChangesQuery, pages.Changes, changesVars),
	)
}

// Patterns returns the patterns of the paths that the site has pages for; the last is that of all others.
func Patterns() []string {
	var out []string
	for _, rt := range append(routes(), missingRoute()) {
		out = append(out, strings.TrimPrefix(rt.pattern, method))
	}
	return out
}

// method begins the patterns of all routes. It includes HEAD.
const method = "GET "

// missingRoute returns the page of all other addresses. Those of the documentation site that the hub's
// content comes from lead to the pages that stand for them here.
func missingRoute() route {
	rt := newRoute("/", pages.MissingQuery, pages.Missing, func(r *http.Request) wanted {
		words, at := wordsOf(r.URL.Path), address(r)
		if path := escaped(r.URL.Path); len(path) > 1 && strings.HasSuffix(path, "/") {
			at = "/" + strings.Trim(path, "/")
		}
		return wanted{canonical: at, key: "missing " + at, words: words, vars: map[string]any{"words": words, "search": words != ""}}
	})
	rt.status = http.StatusNotFound
	rt.view = func(f *pages.Frame, data []byte) (body templ.Component, path string, err error) {
		a := &pages.MissingAnswer{}
		if err := json.Unmarshal(data, a); err != nil {
			return nil, "", content.Wrap(content.Internal, "", err)
		}
		at, _, _ := strings.Cut(f.Path, "?")
		return pages.Missing(f, a), a.Moved(at), nil
	}
	return rt
}

// route is a page of the site.
type route struct {
	pattern  string
	document string
	status   int
	unlisted bool // not in the sitemap
	named    bool // about the entry with the slug of its address
	aside    bool // reached in another way than by its pattern

	bare bool          // what is not found has no page
	spec *listing.Spec // of a list
	read func(r *http.Request) wanted
	// vars returns the variables for the state of a form; nil for a page without one.
	vars func(*form.State, *http.Request) map[string]any
	// view returns the page for an answer, nil for a page that needs none, and the path of its entry if
	// it is about one.
	view func(f *pages.Frame, data []byte) (body templ.Component, path string, err error)
	// file returns the answer of a route that is no page, for the revision of the data.
	file func(a *asked, revision uint64, data []byte) (*page, error)
}

// wanted is what a request asks for.
type wanted struct {
	canonical string // the address that the page should have
	key       string // equal for equal pages
	vars      map[string]any
	list      *listing.State
	form      *form.State
	words     string        // for the search field
	preview   bool          // the page is for the holder of a preview token
	theme     diagram.Theme // of a drawn diagram
	diagram   string        // its hash
}

// answer is the answer to a document, see pages.
type answer[A any] interface {
	*A
	Missing() bool
	CanonicalPath() string
	PublishedOn() *time.Time
}

// newRoute returns the page of a document.
func newRoute[A any, P answer[A]](pattern string, doc pages.Document[A], component func(*pages.Frame, P) templ.Component, read func(*http.Request) wanted) route {
	view := func(f *pages.Frame, data []byte) (body templ.Component, path string, err error) {
		if data == nil {
			return component(f, new(A)), "", nil
		}
		a, err := decoded[A, P](data)
		if err != nil {
			return nil, "", err
		}
		if a.Missing() {
			return nil, "", errMissing
		}
		f.Entry, f.Published = a.CanonicalPath() != "", a.PublishedOn()
		return component(f, a), a.CanonicalPath(), nil
	}
	return route{pattern: method + pattern, document: doc.Text, status: http.StatusOK, read: read, view: view}
}

// decoded returns the answer in the data of a document.
func decoded[A any, P answer[A]](data []byte) (P, error) {
	a := P(new(A))
	if err := json.Unmarshal(data, a); err != nil {
		return nil, content.Wrap(content.Internal, "", err)
	}
	return a, nil
}

// entry returns the page of the entries of one type, which its document finds by slug.
func entry[A any, P answer[A]](pattern string, doc pages.Document[A], component func(*pages.Frame, P) templ.Component) route {
	beside := strings.Contains(doc.Text, "$here")
	rt := newRoute(pattern, doc, component, func(r *http.Request) wanted {
		path, slug := escaped(r.URL.Path), r.PathValue("slug")
		vars := map[string]any{"slug": slug}
		if beside {
			vars["here"] = "@" + slug // the place of the entry in the list of its type
		}
		return wanted{canonical: path, key: path, vars: vars}
	})
	rt.named = true
	return rt
}

// maxAbove is the number of folders above a page that its breadcrumb can have.
const maxAbove = 10

// treePage reads the address of a page, which stands in a tree of folders. An address with a slash at its end
// leads to the one without, so that links of sites that write it work.
func treePage(r *http.Request) wanted {
	path := strings.Trim(r.URL.Path, "/")
	// The navigation of a site belongs to its first page, which may be this one or stand at the root.
	above := []string{path, pages.FirstPage}
	for i, c := range path {
		if c == '/' && len(above) < maxAbove+2 {
			above = append(above, path[:i])
		}
	}
	to := escaped("/" + path)
	return wanted{canonical: to, key: to, vars: map[string]any{
		"path": path, "folder": path[:strings.LastIndexByte(path, '/')+1], "inside": path + "/", "above": above,
	}}
}

// list returns the list page of a type, or that of a search.
func list[A any, P answer[A]](spec *listing.Spec, doc pages.Document[A], component func(*pages.Frame, P) templ.Component) route {
	rt := newRoute(spec.Path, doc, component, func(r *http.Request) wanted {
		st := spec.Parse(r.URL.Query())
		w := wanted{canonical: st.URL(), key: st.URL(), list: st}
		if spec.Words == "" || st.Query != "" {
			w.vars = st.Vars()
		}
		if spec.Words != "" {
			w.words = st.Query
		}
		return w
	})
	rt.unlisted = spec.Words != ""
	rt.spec = spec
	return rt
}

// listLinks returns links to the lists among some routes, by title.
func listLinks(of []route) (out []pages.Link) {
	for _, rt := range of {
		if rt.spec != nil && rt.spec.Words == "" {
			out = append(out, pages.Link{Name: rt.spec.Title, ResourcePath: rt.spec.Path})
		}
	}
	slices.SortFunc(out, func(a, b pages.Link) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// fixed is what requests for a page without variables ask for.
func fixed(r *http.Request) wanted {
	path := escaped(r.URL.Path)
	return wanted{canonical: path, key: path, vars: map[string]any{}}
}

// escaped returns a path as URLs have it.
func escaped(path string) string { return (&url.URL{Path: path}).EscapedPath() }

// samePath reports whether two paths are the same, however they are escaped.
func samePath(a, b string) bool {
	x, errX := url.PathUnescape(a)
	y, errY := url.PathUnescape(b)
	return a == b || errX == nil && errY == nil && x == y
}

// maxMissing is the length of the words that a wrong address is searched for.
const maxMissing = 100

// wordsOf returns the words of an address that leads nowhere, from its end, for a search of what it may mean.
func wordsOf(path string) string {
	path = strings.Trim(strings.ToValidUTF8(path, ""), "/")
	last := path[strings.LastIndexByte(path, '/')+1:]
	words := strings.FieldsFunc(last, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	out := []rune(strings.Join(words, " "))
	return string(out[:min(len(out), maxMissing)])
}
