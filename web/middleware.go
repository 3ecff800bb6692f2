package web

import (
	"context"
	"log/slog"
	"mime"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/rs/cors"

	"patternhub/content"
)

// visit is what a request's own notes are: the access log is written from them at the end.
// A socket's operations share the visit of its handshake.
type visit struct {
	id        string
	address   string
	operation atomic.Pointer[operation] // sockets run several at once
	cost      atomic.Int64
	cache     string       // what the response cache did
	values    [5]string    // of headers that most answers have, so that they need no memory of their own
	commands  atomic.Int64 // what the store's command monitor counted
}

type visitKey struct{}

// The places of header values in a visit.
const (
	valueID = iota
	valueETag
	valueLimit
	valueRemaining
	valueReset
)

// value keeps the only value of a header.
func (v *visit) value(place int, value string) []string {
	v.values[place] = value
	return v.values[place : place+1 : place+1]
}

// visitOf gives the notes of the request in ctx, or empty ones.
// What is noted in empty ones is lost, so callers need not ask whether there is a request.
func visitOf(ctx context.Context) *visit {
	if v, ok := ctx.Value(visitKey{}).(*visit); ok {
		return v
	}
	return &visit{}
}

// requestID gives the id of the request in ctx.
func requestID(ctx context.Context) string { return visitOf(ctx).id }

// AddCommand counts one database command for the access log of the request in ctx.
func AddCommand(ctx context.Context) { visitOf(ctx).commands.Add(1) }

// recorder notes what was answered. Unwrap lets sockets and streams reach the connection.
type recorder struct {
	http.ResponseWriter
	status  int
	bytes   int64
	exposes []string // which headers pages of other sites may read, if any site may
}

// Unwrap gives the writer below, for http.ResponseController.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// WriteHeader notes the status.
func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
		// A 304 has no type to guess, and leaves what it does not repeat as it was.
		if h := r.Header(); status != http.StatusNotModified {
			h["X-Content-Type-Options"] = []string{"nosniff"}
			if r.exposes != nil {
				h["Access-Control-Expose-Headers"] = r.exposes
			}
		}
	}
	r.ResponseWriter.WriteHeader(status)
}

// Write counts the bytes.
func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.WriteHeader(http.StatusOK)
	}
	n, err := r.ResponseWriter.Write(b)
	r.bytes += int64(n)
	return n, err
}

// Flush sends what is buffered, for handlers that look for http.Flusher.
func (r *recorder) Flush() {
	_ = http.NewResponseController(r.ResponseWriter).Flush()
}

// watch is the outermost handler: request id, notes, span, recover, access log, metrics.
// It is around everything, so what a handler does wrong is still answered, logged and counted.
func (s *Server) watch(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := s.now()
		// The id is ours and never the client's: a log must not hold what strangers choose.
		v := &visit{id: s.opts.NewID(), address: s.address(r)}
		ctx, end := s.tracer.request(context.WithValue(r.Context(), visitKey{}, v), r)
		rec := &recorder{ResponseWriter: w}
		h := w.Header()
		h["X-Request-Id"] = v.value(valueID, v.id)
		// A connection keeps the deadlines of the request before: set this one's own.
		_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(s.limits.Deadline + s.limits.WriteTimeout))
		s.metrics.inFlight.Inc()
		defer func() {
			// net/http uses this panic to cut a connection; it is not a fault.
			if p := recover(); p != nil && p != http.ErrAbortHandler { //nolint:errorlint // net/http throws the value itself
				err := s.recovered(ctx, p)
				// Once headers are out only the connection can be cut.
				if rec.status == 0 {
					s.refuse(rec, r.WithContext(ctx), mediaJSON, s.refuseError(ctx, err))
				}
			}
			s.metrics.inFlight.Dec()
			took := s.now().Sub(start)
			s.metrics.request(r, rec.status, took)
			end(rec.status, v)
			s.access(ctx, r, rec, took)
		}()
		next.ServeHTTP(rec, r.WithContext(ctx))
		// A handler that writes nothing, as to a HEAD, means 200.
		if rec.status == 0 {
			rec.WriteHeader(http.StatusOK)
		}
	})
}

// access writes the access log. Neither variables nor URLs' parameters are in it.
// What a client chose is shortened. Commands are those of the database, for finding operations that
// ask too often.
func (s *Server) access(ctx context.Context, r *http.Request, rec *recorder, took time.Duration) {
	if !s.log.Enabled(ctx, slog.LevelInfo) {
		return
	}
	v := visitOf(ctx)
	attrs := make([]slog.Attr, 0, 13)
	attrs = append(attrs,
		slog.String("request_id", v.id), slog.String("method", r.Method), slog.String("path", shorten(r.URL.Path)),
		slog.Int("status", rec.status), slog.Int64("bytes", rec.bytes), slog.Duration("duration", took), slog.String("address", v.address))
	if op := v.operation.Load(); op != nil {
		attrs = append(attrs, slog.String("operation", shorten(op.def.Name)), slog.String("kind", string(op.def.Operation)),
			slog.String("hash", op.hash[:16]), slog.Int64("cost", v.cost.Load()), slog.Int64("commands", v.commands.Load()))
	}
	if v.cache != "" {
		attrs = append(attrs, slog.String("cache", v.cache))
	}
	s.log.LogAttrs(ctx, slog.LevelInfo, "request", attrs...)
}

// address gives the client's address: the last one in X-Forwarded-For that is not a trusted
// proxy's own, where the connection comes from a trusted proxy; else the connection's.
// Without trusted proxies the header means nothing, since anybody may send it.
func (s *Server) address(r *http.Request) string {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	// IPv4 in IPv6 is the same host.
	addr := peer.Addr().Unmap()
	if !s.trusted(addr) {
		return bucketAddress(addr)
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	// From the right, because each proxy appends: what stands left of an untrusted address is
	// whatever that one claimed.
	for _, name := range slices.Backward(hops) {
		hop, err := netip.ParseAddr(strings.TrimSpace(name))
		if err != nil {
			break
		}
		addr = hop.Unmap()
		if !s.trusted(addr) {
			break
		}
	}
	return bucketAddress(addr)
}

// trusted tells whether an address is a trusted proxy's.
func (s *Server) trusted(addr netip.Addr) bool {
	for _, p := range s.opts.TrustedProxies {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}

// bucketAddress names the network that pays: a host of IPv6 owns 2^64 addresses.
func bucketAddress(addr netip.Addr) string {
	if addr.Is6() {
		if p, err := addr.Prefix(64); err == nil {
			return p.String()
		}
	}
	return addr.String()
}

// exposed are the headers of answers that pages of other sites may read.
const exposed = "ETag, Retry-After, X-Request-Id, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset"

// crossOrigin wraps a handler into the CORS rules of the configuration.
func (s *Server) crossOrigin(next http.Handler) http.Handler {
	origins := s.opts.Origins
	// No CORS headers at all is how a browser is told no.
	if len(origins) == 0 {
		return next
	}
	rules := cors.New(cors.Options{
		AllowedOrigins:   origins,
		AllowCredentials: s.opts.Credentials,
		AllowedMethods:   []string{http.MethodGet, http.MethodHead, http.MethodPost},
		AllowedHeaders: []string{
			"Accept", "Authorization", "Content-Type", "If-None-Match", "Last-Event-ID",
			"X-After", "X-Perspective", "X-Preview-Token",
		},
		ExposedHeaders: strings.Split(exposed, ", "),
		// A day is what browsers keep at most.
		MaxAge: int((24 * time.Hour).Seconds()),
	}).Handler(next)
	if s.opts.Credentials || !slices.Contains(origins, "*") {
		return rules
	}
	// Where everyone may read, every answer says so, also to those who do not tell an origin:
	// then answers do not vary by it, and a cache in front keeps one copy for all sites.
	anyone, names := []string{"*"}, []string{exposed}
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

// crossSite refuses what another site makes a browser send without asking first, unless its
// origin is allowed. What needs a preflight never comes here when CORS does not allow it, and
// programs send neither header.
// GraphQL over GET and over simple POSTs can be sent by any page, and a mutation needs no answer to
// do harm.
func (s *Server) crossSite(r *http.Request) *refusal {
	site, origin := header(r, "Sec-Fetch-Site"), header(r, "Origin")
	// Browsers set Sec-Fetch-Site themselves; a page cannot forge it.
	if site == "same-origin" || site == "none" || (site == "" && origin == "") {
		return nil
	}
	if site == "" && sameHost(origin, r.Host) {
		return nil
	}
	// An allowed origin may do what a program may: keys are headers, so no cookie acts for it.
	if s.allowed(origin) || preflighted(r) {
		return nil
	}
	return refuse(http.StatusForbidden, content.Forbidden, "Requests from this site are not allowed.")
}

// preflighted tells whether a browser asks before it sends such a request to another site. A
// socket's handshake is never asked for; If-None-Match and Last-Event-ID prove nothing, since
// browsers add them of their own accord.
func preflighted(r *http.Request) bool {
	if isUpgrade(r) {
		return false
	}
	if bearer(r.Header.Get("Authorization")) != "" {
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
		media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
		return err == nil && media == "application/json"
	}
	return true
}

// sameHost tells whether an origin is the server's own.
func sameHost(origin, host string) bool {
	_, rest, ok := strings.Cut(origin, "://")
	return ok && strings.EqualFold(rest, host)
}

// allowed tells whether an origin may read answers.
func (s *Server) allowed(origin string) bool {
	for _, o := range s.opts.Origins {
		if o == "*" || (origin != "" && matchOrigin(o, origin)) {
			return true
		}
	}
	return false
}

// matchOrigin compares an origin with one of the configuration, which may hold one wildcard.
// Both are compared in lower case, as scheme and host are.
func matchOrigin(pattern, origin string) bool {
	prefix, suffix, wild := strings.Cut(strings.ToLower(pattern), "*")
	origin = strings.ToLower(origin)
	if !wild {
		return origin == prefix
	}
	return len(origin) >= len(prefix)+len(suffix) && strings.HasPrefix(origin, prefix) && strings.HasSuffix(origin, suffix)
}
