package web

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"patternhub/internal/web/answer"
	"patternhub/internal/web/operation"
	"patternhub/internal/web/run"
)

// AddCommand counts one database command for the access log of the request in ctx.
func AddCommand(ctx context.Context) { run.VisitOf(ctx).Commands.Add(1) }

// AddressOf returns the address of the client of a request, as proxies that are trusted report it.
func AddressOf(ctx context.Context) string { return run.VisitOf(ctx).Address }

// recorder records what was answered. Unwrap gives sockets and streams access to the connection.
type recorder struct {
	http.ResponseWriter
	began   time.Time
	status  int
	bytes   int64
	exposes []string // headers that pages of other sites may read, if every site may
}

// Unwrap returns the writer below, for http.ResponseController.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// WriteHeader records the status.
func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
		// A 304 has no type to guess, and leaves unset what it does not repeat.
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

// Flush sends what is buffered, for handlers that check for http.Flusher.
func (r *recorder) Flush() {
	_ = http.NewResponseController(r.ResponseWriter).Flush()
}

// watch is the outermost handler: request id, visit, span, recover, access log, metrics. Whatever
// goes wrong inside is still answered, logged and counted.
func (s *Server) watch(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := &recorder{ResponseWriter: w, began: s.opts.Now()}
		// The client cannot choose the id, since a log must not contain a stranger's text.
		v := &run.Visit{ID: s.opts.NewID(), Address: s.proxies.address(r)} //nolint:contextcheck // the request has the context that a warning is logged with
		ctx, end := s.tracer.request(run.WithVisit(r.Context(), v), r)
		h := w.Header()
		h["X-Request-Id"] = v.Value(run.ValueID, v.ID)
		// A connection keeps the deadlines of the request before, so set this one's own.
		setWriteDeadline(w, s.opts.Limits.Deadline+s.opts.Limits.WriteTimeout)
		s.metrics.inFlight.Inc()
		defer func() {
			// net/http uses this panic to cut a connection; it is not a fault.
			if p := recover(); p != nil && p != http.ErrAbortHandler { //nolint:errorlint // net/http panics with the value itself
				err := s.runner.Recovered(ctx, p)
				// After the headers are sent, the connection can only be cut.
				if rec.status == 0 {
					s.answers.Refuse(rec, r.WithContext(ctx), answer.MediaJSON, s.runner.Refusal(ctx, err))
				}
			}
			s.metrics.inFlight.Dec()
			now := s.opts.Now()
			s.metrics.request(r, rec.status, now.Sub(rec.began))
			end(rec.status, v)
			s.access(ctx, r, rec, now)
		}()
		next.ServeHTTP(rec, r.WithContext(ctx))
		// A handler that writes nothing, for example for a HEAD, means 200.
		if rec.status == 0 {
			rec.WriteHeader(http.StatusOK)
		}
	})
}

// setWriteDeadline bounds the time to write an answer. The writer of net/http has the method itself, and
// needs no controller to find it.
func setWriteDeadline(w http.ResponseWriter, within time.Duration) {
	d, ok := w.(interface{ SetWriteDeadline(time.Time) error })
	if !ok {
		d = http.NewResponseController(w)
	}
	_ = d.SetWriteDeadline(time.Now().Add(within))
}

// attributes are those of a line of the access log, which is written before the next one reuses them.
var attributes = sync.Pool{New: func() any { return new([15]slog.Attr) }}

// clientName is the header in which GraphQL clients say what they are. Package mcp sets it for assistants.
const clientName = "Graphql-Client-Name"

// access writes the access log, without variables or parameters of URLs. Text that a client chose is
// shortened. The number of database commands shows operations that read too often.
// A line is written for each request, so it goes to the handler without what a Logger adds: the place in the
// program, and another look at the clock.
func (s *Server) access(ctx context.Context, r *http.Request, rec *recorder, now time.Time) {
	log := s.opts.Log.Handler()
	if !log.Enabled(ctx, slog.LevelInfo) {
		return
	}
	v := run.VisitOf(ctx)
	free := attributes.Get().(*[15]slog.Attr) //nolint:forcetypeassert // the pool has no others
	defer attributes.Put(free)
	attrs := append(free[:0], //nolint:gocritic // the array is reused, whatever its slice is called
		slog.String("request_id", v.ID), slog.String("method", r.Method), slog.String("path", operation.Shorten(r.URL.Path)),
		slog.Int("status", rec.status), slog.Int64("bytes", rec.bytes), slog.Duration("duration", now.Sub(rec.began)), slog.String("address", v.Address))
	if op := v.Operation.Load(); op != nil {
		attrs = append(attrs, slog.String("operation", operation.Shorten(op.Def.Name)), slog.String("kind", string(op.Def.Operation)),
			slog.String("hash", op.Hash[:16]), slog.Int64("cost", v.Cost.Load()), slog.Int64("commands", v.Commands.Load()))
	}
	// Nobody has checked this name, so it is marked as what the client says of itself.
	if name := answer.Header(r, clientName); name != "" {
		attrs = append(attrs, slog.String("client_claims", operation.Shorten(name)))
	}
	if v.Batch > 0 {
		attrs = append(attrs, slog.Int("batch", v.Batch))
	}
	if v.Cache != "" {
		attrs = append(attrs, slog.String("cache", v.Cache))
	}
	line := slog.NewRecord(now, slog.LevelInfo, "request", 0)
	line.AddAttrs(slog.Attr{Value: slog.GroupValue(attrs...)}) // a group without a name is its attributes
	_ = log.Handle(ctx, line)                                  // as a Logger does
}
