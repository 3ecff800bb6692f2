// Package signin serves the pages below /sign-in, on which people sign in and out and see what they are
// signed in with. The pages are plain HTML and work without scripts, except that passkeys need one.
//
//	signin.go    routes, and what holds for all of them
//	link.go      one-time links
//	passkey.go   passkeys
//	provider.go  OpenID providers
//	account.go   the page of a signed-in person: sessions, passkeys, signing out
//	page.go      answers as pages
//	*.templ      the pages
//
// Nothing is changed by a GET, except that a provider sends a browser back by one. Every POST must come from a page of the hub itself, see auth.Place.
// An error never says whether an account exists.
package signin

//go:generate go tool templ generate -log-level error

import (
	"context"
	"embed"
	"log/slog"
	"net/http"
	"time"

	"golang.org/x/time/rate"

	"patternhub/internal/auth"
	"patternhub/internal/auth/oidc"
	"patternhub/internal/auth/passkey"
	"patternhub/internal/bounded"
	"patternhub/internal/content"
)

// Options configures a Handler. All fields but Now are required.
type Options struct {
	Place    *auth.Place
	People   *auth.People
	Sessions *auth.Sessions
	Passkeys *passkey.Passkeys
	// Providers are the OpenID providers, of which there may be none.
	Providers *oidc.Providers
	// Address returns the address of the client of a request.
	Address func(context.Context) string
	Title   string // of the site
	Log     *slog.Logger
	Now     func() time.Time // nil means time.Now
}

// Handler serves the pages. It is safe for concurrent use.
type Handler struct {
	o        Options
	mux      *http.ServeMux
	attempts bounded.Cache[string, rate.Limiter]
}

const (
	// attemptsEvery and attemptsBurst bound the attempts of one address, and those on one account.
	attemptsEvery, attemptsBurst = 3 * time.Second, 20
	// attemptsKept bounds the memory for them.
	attemptsKept = 50_000
	// maxForm bounds the bytes of a form, and of what a passkey's script sends.
	maxForm = 64 << 10
)

//go:embed assets
var assets embed.FS

// New returns a Handler.
func New(o Options) *Handler {
	if o.Now == nil {
		o.Now = time.Now
	}
	h := &Handler{o: o, mux: http.NewServeMux(), attempts: bounded.Items[string, rate.Limiter](attemptsKept)}
	h.mux.HandleFunc("GET /sign-in", h.account)
	h.mux.HandleFunc("GET /sign-in/link", h.openLink)
	h.post("/sign-in/link", h.takeLink)
	h.post("/sign-in/out", h.signOut)
	h.post("/sign-in/out-everywhere", h.signOutEverywhere)
	h.post("/sign-in/end", h.endSession)
	h.passkeyRoutes()
	h.providerRoutes()
	h.mux.HandleFunc("GET /sign-in/{file}", h.asset)
	h.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		h.refuse(w, r, content.Fault(content.NotFound, "There is no such page."))
	})
	return h
}

// ServeHTTP serves a page.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	pageHeaders(w.Header())
	if to := h.o.Place.Elsewhere(r); to != "" && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
		http.Redirect(w, r, to, http.StatusFound) //nolint:gosec // the host is this machine
		return
	}
	h.mux.ServeHTTP(w, r)
}

// post adds a route for a POST. It refuses requests that another site may have sent, those of addresses
// with too many attempts, and all where signing in is not possible.
func (h *Handler) post(path string, serve http.HandlerFunc) {
	h.mux.HandleFunc("POST "+path, func(w http.ResponseWriter, r *http.Request) {
		if err := h.admit(r); err != nil {
			h.refuse(w, r, err)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		serve(w, r)
	})
}

// admit returns the error of a POST that must not be served.
func (h *Handler) admit(r *http.Request) error {
	origin, reason := h.o.Place.Origin(r)
	switch {
	case reason != "":
		return content.Fault(content.Forbidden, reason)
	case !h.o.Place.Own(r):
		return content.Fault(content.Forbidden, "This form was not sent by a page of "+origin+". Open "+origin+"/sign-in and try again there.")
	case !h.allow("address " + h.o.Address(r.Context())):
		return tooMany()
	}
	return nil
}

// tooMany returns the error of an address with too many attempts.
func tooMany() error {
	return content.Fault(content.RateLimited, "Too many attempts came from this address. Wait a minute and try again.")
}

// allow reports whether one more attempt of a name is allowed, and counts it.
func (h *Handler) allow(name string) bool {
	l := h.attempts.Get(name)
	if l == nil {
		l = h.attempts.GetOrSet(name, rate.NewLimiter(rate.Every(attemptsEvery), attemptsBurst))
	}
	return l.AllowN(h.o.Now(), 1)
}

// session returns the session of a request for a page, nil without one. It serves what a page shows, and
// what a POST of the hub's own pages does.
func (h *Handler) session(r *http.Request) (*content.Session, error) {
	secret := h.o.Place.Secret(r)
	if secret == "" {
		return nil, nil //nolint:nilnil // there is no session
	}
	found, err := h.o.Sessions.BySecret(r.Context(), secret)
	if content.CodeOf(err) == content.Unauthenticated {
		return nil, nil //nolint:nilnil // the same
	}
	return found, err //nolint:wrapcheck // it says what was read
}

// begin signs a person in, in a new session, and shows where to go on.
func (h *Handler) begin(w http.ResponseWriter, r *http.Request, who *content.Person, how content.SignInMethod) error {
	secret, err := h.o.Sessions.Begin(r.Context(), who, how, r.UserAgent(), h.o.Place.Secret(r))
	if err != nil {
		return err //nolint:wrapcheck // it says what was written
	}
	h.o.Place.Remember(w, secret)
	h.o.Log.InfoContext(r.Context(), "signed in", slog.String("person", who.Key), slog.String("method", string(how)))
	return nil
}
