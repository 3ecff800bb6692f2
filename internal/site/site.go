package site

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"

	"patternhub/internal/bounded"
	"patternhub/internal/site/pages"
)

// Question is a document with its variables, admitted for readers without a key.
type Question interface {
	// Open begins to answer it for one request.
	Open(ctx context.Context) (Reading, error)
}

// Reading is the answer to a question for one request.
type Reading interface {
	// Revision returns a number that changes whenever something is published that the answer depends on.
	Revision() uint64
	// Charge charges the reader for a page that is kept.
	Charge() error
	// Run runs the document. Afterwards Revision is that of the answer; kept reports whether the answer
	// may be kept for others.
	Run() (data json.RawMessage, kept bool, err error)
}

// Options configures a site. Ask, Entries, Title and Log are required.
type Options struct {
	// Ask admits a document with its variables.
	Ask func(document string, vars map[string]any) (Question, error)
	// Entries calls visit with each published entry, the entries of a type together. It is called while
	// readers without a key may read.
	Entries func(ctx context.Context, visit func(Listed)) error
	// Source returns the Markdown of a published entry as its author wrote it, by its global id, and nil
	// if it is not published. Without it, nil, no page has a Markdown form.
	Source func(ctx context.Context, id string) ([]byte, error)
	// Diagrams draws the diagrams of long texts. Without it pages have the addresses of pictures that are not
	// there.
	Diagrams Diagrams
	// Preview returns the context in which questions are asked for the holder of a preview token. Its error is
	// Unauthenticated if the token is not valid. Without it, nil, there are no previews.
	Preview func(ctx context.Context, token string) (context.Context, error)

	// Files opens files that texts refer to by their hash. Without it there are none.
	Files func(ctx context.Context, hash string) (io.ReadSeeker, error)
	// Title is the site's title.
	Title string
	// Origin is the address of the site, such as https://hub.example. Without it pages contain no
	// absolute address, since the Host header is the client's.
	Origin string
	// Contact is the URI for reports of weaknesses, such as mailto:security@hub.example. Without it there
	// is no security.txt.
	Contact string
	// Now returns the time; nil for time.Now.
	Now func() time.Time
	// Overrides is a folder with files of the site's owner: logo.svg or logo.png, and extra.css. Empty
	// for none.
	Overrides string
	// Playground reports whether the server has a playground, which pages link to.
	Playground bool
	// Static makes the pages of a copy on a static host, see package static: they have no forms but the
	// search, and no links to pages that need a server. Origin then includes the path that the copy stands
	// below.
	Static bool
	// Build names the program's version, which is part of every entity tag.
	Build string
	// CacheBytes bounds the memory for ready pages; 0 keeps none.
	CacheBytes int64
	// Log receives the causes of faults.
	Log *slog.Logger
}

const (
	// askedBytes bounds the memory for the documents that URLs ask for.
	askedBytes = 8 << 20
	// maxQuery bounds the query of a URL before it is parsed.
	maxQuery = 4 << 10
)

// Site serves the pages. It is safe for concurrent use.
type Site struct {
	o       Options
	mux     *http.ServeMux
	frame   pages.Frame // what all pages share
	missing route       // of addresses that lead nowhere
	source  route       // of the Markdown of entries
	part    route       // of the parts of a large sitemap
	mapSize int         // addresses in a sitemap
	listed  atomic.Pointer[catalogue]
	asked   bounded.Cache[string, asked]
	ready   bounded.Cache[string, page]
	making  singleflight.Group
	count   counters
}

// New returns the site's handler, for all paths that the server does not serve itself.
func New(o Options) (*Site, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Site{
		o: o, mux: http.NewServeMux(), mapSize: maxSitemap,
		asked: bounded.Bytes(askedBytes, func(path string, _ *asked) int { return 4*len(path) + 1024 }, nil),
	}
	if o.CacheBytes > 0 {
		s.ready = bounded.Bytes(o.CacheBytes, func(key string, p *page) int { return len(key) + p.size() }, func() { s.count.evictions.Add(1) })
	}
	files, err := openAssets(o.Overrides)
	if err != nil {
		return nil, err
	}
	icon, err := iconFiles(files)
	if err != nil {
		return nil, err
	}
	s.frame = pages.Frame{
		Site: o.Title, Origin: strings.TrimSuffix(o.Origin, "/"), Logo: files.logo,
		Static: o.Static, Styles: files.styles, Theme: files.theme, Script: files.script, Find: files.find, Icon: icon[48], Touch: icon[180],
	}
	if files.logo != "" {
		s.frame.Icon = files.logo
	}
	if o.Static {
		s.frame.Policy = ancestors.ReplaceAllString(policy, "")
	}
	s.mux.Handle(method+assetsPath, files)
	if err := s.wellKnown(icon); err != nil {
		return nil, err
	}
	all := routes()
	s.frame.Lists = listLinks(all)
	for _, r := range slices.Concat(all, s.lists(), s.pictures(), s.diagrams(), s.attachments(), []route{suggestRoute()}) {
		s.mux.HandleFunc(r.pattern, func(w http.ResponseWriter, req *http.Request) { s.serve(w, req, &r) })
	}
	s.missing, s.source, s.part = missingRoute(), s.sourceRoute(), s.list(partPath, s.sitemapPart)
	for _, rt := range []*route{&s.missing, &s.source, &s.part} {
		rt.aside = true
	}
	s.mux.HandleFunc("/", func(w http.ResponseWriter, req *http.Request) { s.serve(w, req, &s.missing) })
	return s, nil
}

// ServeHTTP serves a page or an asset.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	headers(w.Header())
	if token, rest, ok := cutPreview(r.URL.RawQuery); ok {
		s.preview(w, r, token, rest)
		return
	}
	s.answer(w, r)
}

// answer serves a page or an asset, for a preview or without one.
func (s *Site) answer(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		s.notice(w, r, http.StatusMethodNotAllowed, pages.NoticeText{Title: "Pages can only be read", Text: "This address answers GET and HEAD.", Link: "/", LinkText: "To the first page"})
		return
	}
	if len(r.URL.RawQuery) > maxQuery || len(r.URL.Path) > maxQuery {
		s.notice(w, r, http.StatusRequestURITooLong, pages.NoticeText{Title: "The address is too long", Text: "No page of this site has an address of this length.", Link: "/", LinkText: "To the first page"})
		return
	}
	switch {
	case isPart(r.URL.Path):
		s.serve(w, r, &s.part)
	case s.wantsSource(r):
		s.serve(w, r, &s.source)
	default:
		// The route of an address that was asked for before is known. A form reads more of a request than its
		// address when it is refused.
		if a := s.asked.Get(address(r)); a != nil && a.form == nil {
			s.show(w, r, a.route, a)
			return
		}
		s.mux.ServeHTTP(w, r)
	}
}

// policy lets a page load its own files and send its forms to its own host, and nothing else.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
	"manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// ancestors matches the part of the policy that only a header can state.
var ancestors = regexp.MustCompile("; frame-ancestors [^;]*")

// The headers that every answer of the site has.
var (
	policies   = []string{policy}
	referrers  = []string{"strict-origin-when-cross-origin"}
	sameOrigin = []string{"same-origin"}
	noSniff    = []string{"nosniff"}
)

// headers sets them. Nothing writes into the value of a header, so all answers share them.
func headers(h http.Header) {
	h["Content-Security-Policy"], h["Referrer-Policy"] = policies, referrers
	h["Cross-Origin-Opener-Policy"], h["X-Content-Type-Options"] = sameOrigin, noSniff
}

// playground returns the address that opens a document in the playground. The document is in the
// fragment, which a browser does not send.
func (s *Site) playground(document string, vars map[string]any) string {
	if !s.o.Playground || document == "" {
		return ""
	}
	raw, err := json.MarshalIndent(vars, "", "  ")
	if err != nil {
		return ""
	}
	values := url.Values{"query": {document}, "variables": {string(raw)}}
	return "/playground/#" + strings.ReplaceAll(values.Encode(), "+", "%20")
}
