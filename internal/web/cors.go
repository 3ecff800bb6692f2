package web

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/rs/cors"

	"patternhub/internal/content"
	"patternhub/internal/web/answer"
	"patternhub/internal/web/live"
	"patternhub/internal/web/operation"
	"patternhub/internal/web/run"
)

// clientHeaders are the headers that pages of other sites may send if not all are allowed: those
// that the hub reads, and those that GraphQL clients and tracers in browsers add.
var clientHeaders = []string{
	"Accept", "Authorization", "Content-Type", "If-None-Match", "Last-Event-ID", "X-After", "X-Perspective", "X-Preview-Token",
	"Apollo-Require-Preflight", "ApolloGraphQL-Client-Name", "ApolloGraphQL-Client-Version", "GraphQL-Client-Name",
	"GraphQL-Client-Version", "GraphQL-Preflight", "GraphQL-Require-Preflight", "X-Apollo-Operation-Id",
	"X-Apollo-Operation-Name", "X-Apollo-Operation-Type", "X-Requested-With",
	"Baggage", "Sentry-Trace", "Traceparent", "Tracestate", "X-Datadog-Origin", "X-Datadog-Parent-Id",
	"X-Datadog-Sampling-Priority", "X-Datadog-Trace-Id", "X-Request-Id",
	"Cache-Control", "Pragma",
}

// answerHeaders are the headers of answers that pages of other sites may read: all that describe an
// answer and that a browser does not show anyway.
var answerHeaders = []string{
	"Allow", "Date", "ETag", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "Retry-After", "Surrogate-Key",
	"WWW-Authenticate", "X-Request-Id",
}

// headers returns the headers that pages of other sites may send and read. Without credentials a
// page can do no more than a program, so a list would protect nothing in the public profile.
func (o *Options) headers() (sent, read []string) {
	sent, read = slices.Concat(clientHeaders, o.Headers), slices.Concat(answerHeaders, o.Exposed)
	if !o.Locked && !o.Credentials {
		// rs/cors repeats what a preflight asks for, which covers Authorization; "*" does not. The
		// readable headers are listed as well, for browsers that take "*" literally.
		sent, read = []string{"*"}, append(read, "*")
	}
	return sent, read
}

// origins holds the CORS rules: which sites may read answers, and which headers their pages may
// send and read.
type origins struct {
	allowed     []string
	credentials bool
	sent, read  []string // headers
}

// crossOrigin wraps a handler with the CORS rules.
func (o *origins) crossOrigin(next http.Handler) http.Handler {
	// A browser is refused by the absence of CORS headers.
	if len(o.allowed) == 0 {
		return next
	}
	rules := cors.New(cors.Options{
		AllowedOrigins:   o.allowed,
		AllowCredentials: o.credentials,
		AllowedMethods:   []string{http.MethodGet, http.MethodHead, http.MethodPost},
		AllowedHeaders:   o.sent,
		ExposedHeaders:   o.read,
		// A day is the longest that browsers cache a preflight.
		MaxAge: int((24 * time.Hour).Seconds()),
	}).Handler(next)
	if o.credentials || !slices.Contains(o.allowed, "*") {
		return rules
	}
	// If every site may read, every answer says so, even to requests without an Origin: then answers
	// do not vary by it, and a cache stores one copy for all sites.
	anyone, names := []string{"*"}, []string{strings.Join(o.read, ", ")}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodOptions {
			rules.ServeHTTP(w, r)
			return
		}
		w.Header()["Access-Control-Allow-Origin"] = anyone
		if rec, ok := w.(*recorder); ok {
			rec.exposes = names
		}
		next.ServeHTTP(w, r)
	})
}

// crossSite refuses requests that another site can make a browser send without a preflight, unless
// its origin is allowed. A request that needs a preflight does not arrive if CORS forbids it, and
// programs send neither header. Any page can send GraphQL over GET and simple POSTs, and a mutation
// does harm even if its answer cannot be read.
func (o *origins) crossSite(r *http.Request) *operation.Refusal {
	site, origin := answer.Header(r, "Sec-Fetch-Site"), answer.Header(r, "Origin")
	// Browsers set Sec-Fetch-Site themselves; a page cannot forge it.
	if site == "same-origin" || site == "none" || (site == "" && origin == "") {
		return nil
	}
	if site == "" && sameHost(origin, r.Host) {
		return nil
	}
	// An allowed origin may do what a program may: keys are headers, so no cookie acts for the user.
	if o.allows(origin) || preflighted(r) {
		return nil
	}
	return refuse(http.StatusForbidden, content.Forbidden, "Requests from this site are not allowed.")
}

// preflighted reports whether a browser sends a preflight before such a request to another site. A
// socket's handshake has none. If-None-Match and Last-Event-ID prove nothing, since browsers add
// them by themselves.
func preflighted(r *http.Request) bool {
	if live.IsUpgrade(r) {
		return false
	}
	// Browsers add other schemes by themselves.
	if token, ok := run.Bearer(r.Header.Get("Authorization")); ok && token != "" {
		return true
	}
	for _, name := range [...]string{"X-After", "X-Perspective", "X-Preview-Token"} {
		if len(r.Header[name]) > 0 {
			return true
		}
	}
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		return false
	case http.MethodPost:
		return isJSON(r)
	}
	return true
}

// sameHost reports whether an origin is the server's own.
func sameHost(origin, host string) bool {
	_, rest, ok := strings.Cut(origin, "://")
	return ok && strings.EqualFold(rest, host)
}

// allows reports whether an origin may read answers.
func (o *origins) allows(origin string) bool {
	for _, allowed := range o.allowed {
		if allowed == "*" || (origin != "" && matchOrigin(allowed, origin)) {
			return true
		}
	}
	return false
}

// matchOrigin compares an origin with one of the configuration, which may contain one wildcard.
// Both are compared in lower case, since scheme and host are case-insensitive.
func matchOrigin(pattern, origin string) bool {
	prefix, suffix, wild := strings.Cut(strings.ToLower(pattern), "*")
	origin = strings.ToLower(origin)
	if !wild {
		return origin == prefix
	}
	return len(origin) >= len(prefix)+len(suffix) && strings.HasPrefix(origin, prefix) && strings.HasSuffix(origin, suffix)
}
