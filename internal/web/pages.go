package web

import (
	"embed"
	"fmt"
	"io/fs"
	"net/http"
	"strings"

	"github.com/vearutop/statigz"
	"github.com/vearutop/statigz/brotli"
)

// playgroundPath is the path of the playground.
const playgroundPath = "/playground"

// signInPath is the path of the sign-in page; other pages of accounts are below it.
const signInPath = "/sign-in"

// assistantsPath is the path at which assistants use the hub.
const assistantsPath = "/mcp"

// builtPage is the page that the build puts next to the plain one, which says how to build it.
const builtPage = "app.html"

// policy allows the playground to run its own scripts and to reach its own server, and nothing
// else. Styles are inline because the editor sets them on its elements.
const policy = "default-src 'self'; script-src 'self'; worker-src 'self'; style-src 'self' 'unsafe-inline'; " +
	"font-src 'self' data:; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

// assets are the playground's files: a plain page that says how to build it, and next to it the
// files of the build.
//
//go:embed all:assets/playground
var assets embed.FS

// publicHandler returns the handler of the public paths. All requests pass through watch. Disabled
// paths return 404 like unknown ones.
func (s *Server) publicHandler(e *endpoint) (http.Handler, error) {
	mux := http.NewServeMux()
	// The patterns omit methods because "GET /" and "/graphql" would conflict.
	mux.Handle("/graphql", e.origins.crossOrigin(e))
	mux.HandleFunc("/livez", s.alive)
	mux.HandleFunc("/readyz", s.ready)
	if s.opts.SignIn != nil {
		mux.Handle(signInPath, s.opts.SignIn)
		mux.Handle(signInPath+"/", s.opts.SignIn)
	}
	others, err := s.others()
	if err != nil {
		return nil, err
	}
	mux.Handle("/", others)
	if !s.opts.NoPlayground {
		files, err := s.playground()
		if err != nil {
			return nil, err
		}
		mux.Handle(playgroundPath+"/", files)
		mux.HandleFunc(playgroundPath, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, playgroundPath+"/", http.StatusPermanentRedirect)
		})
	}
	public := s.watch(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// Others have routes of their own, so their requests need not look for one twice.
		switch route(r.URL.Path) {
		case "/", otherPath:
			others.ServeHTTP(w, r)
		default:
			mux.ServeHTTP(w, r)
		}
	}))
	if s.opts.Assistants != nil {
		mux.Handle(assistantsPath, s.opts.Assistants(public))
	} else {
		// The site would answer a POST with 405, and clients would try other methods.
		mux.HandleFunc(assistantsPath, notFound)
	}
	return public, nil
}

// others returns what serves all paths that are not the server's own: the site, or a page of links.
func (s *Server) others() (http.Handler, error) {
	if s.opts.Site != nil {
		site, err := s.opts.Site(s.runner.Question)
		if err != nil {
			return nil, fmt.Errorf("build the site: %w", err)
		}
		return site, nil
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/{$}", s.front)
	// The fallback answers unknown paths with JSON instead of net/http's text.
	mux.HandleFunc("/", notFound)
	return mux, nil
}

// notFound answers for a path that is not served.
func notFound(w http.ResponseWriter, _ *http.Request) {
	writeStatus(w, http.StatusNotFound, map[string]any{"status": "not found", "see": "/"})
}

// playground serves the embedded files; it does not recompress .br files.
func (s *Server) playground() (http.Handler, error) {
	files := s.opts.Assets
	// The playground is embedded so that the binary is self-contained.
	if files == nil {
		sub, err := fs.Sub(assets, "assets/playground")
		if err != nil {
			return nil, fmt.Errorf("open the playground's files: %w", err)
		}
		dir, ok := sub.(fs.ReadDirFS)
		if !ok {
			return nil, fmt.Errorf("open the playground's files: %T cannot list a directory", sub)
		}
		files = dir
	}
	// Clients without brotli get the file decompressed; all browsers support brotli.
	server := statigz.FileServer(files, brotli.AddEncoding)
	_, err := fs.Stat(files, builtPage+".br")
	built := err == nil
	return http.StripPrefix(playgroundPath, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			writeStatus(w, http.StatusMethodNotAllowed, map[string]any{"status": "method not allowed"})
			return
		}
		if built && (r.URL.Path == "/" || r.URL.Path == "/index.html") {
			r.URL.Path = "/" + builtPage // StripPrefix made this copy of the URL
		}
		h := w.Header()
		pageHeaders(h, policy)
		// The build puts a hash into the name of every file except the page itself.
		if strings.Contains(r.URL.Path, "/assets/") {
			h.Set("Cache-Control", "public, max-age=31536000, immutable")
		} else {
			h.Set("Cache-Control", "no-cache")
		}
		// The library reads and writes tags without the quotes that RFC 9110 requires.
		sent := strings.Trim(strings.TrimPrefix(r.Header.Get("If-None-Match"), "W/"), `"`)
		if sent != "" {
			r.Header.Set("If-None-Match", sent)
		}
		q := &etagQuoter{ResponseWriter: w, sent: sent}
		server.ServeHTTP(q, r)
		if !q.wroteHeader {
			q.WriteHeader(http.StatusOK)
		}
	})), nil
}

// etagQuoter quotes the entity tag of an answer, and sets the client's own tag on a 304.
type etagQuoter struct {
	http.ResponseWriter

	sent        string
	wroteHeader bool
}

func (q *etagQuoter) WriteHeader(status int) {
	q.wroteHeader = true
	tag := q.Header().Get("Etag")
	if status == http.StatusNotModified {
		tag = q.sent
	}
	if tag != "" {
		q.Header().Set("Etag", `"`+tag+`"`)
	}
	q.ResponseWriter.WriteHeader(status)
}

func (q *etagQuoter) Write(b []byte) (int, error) {
	if !q.wroteHeader {
		q.WriteHeader(http.StatusOK)
	}
	return q.ResponseWriter.Write(b) //nolint:wrapcheck // it is the same writer
}

// pageHeaders sets what every page needs.
func pageHeaders(h http.Header, policy string) {
	h.Set("Content-Security-Policy", policy)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("X-Frame-Options", "DENY")
}

// front serves a page with links. It does not reveal the version and links only to enabled paths.
func (s *Server) front(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		writeStatus(w, http.StatusMethodNotAllowed, map[string]any{"status": "method not allowed"})
		return
	}
	var b strings.Builder
	b.WriteString("<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n" +
		"<meta name=\"viewport\" content=\"width=device-width\">\n<title>Excellence Patterns Hub API</title>\n" +
		"<h1>Excellence Patterns Hub API</h1>\n<ul>\n<li><code>/graphql</code>: the GraphQL endpoint (GET, POST, WebSocket, event streams)</li>\n")
	if !s.opts.NoPlayground {
		b.WriteString("<li><a href=\"/playground/\">/playground</a>: try queries in the browser</li>\n")
	}
	b.WriteString("<li><a href=\"/livez\">/livez</a> and <a href=\"/readyz\">/readyz</a>: health</li>\n</ul>\n</html>\n")
	h := w.Header()
	pageHeaders(h, "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-cache")
	if r.Method != http.MethodHead {
		_, _ = w.Write([]byte(b.String()))
	}
}
