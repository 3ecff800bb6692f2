package web

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"patternhub/internal/web/answer"
	"patternhub/internal/web/live"
	"patternhub/internal/web/operation"
	"patternhub/internal/web/run"
)

// Server is the HTTP server: one handler for the public and one for operators. It is safe for
// concurrent use. It connects the subpackages, none of which refers to it.
type Server struct {
	opts      Options
	documents *operation.Documents
	runner    *run.Runner
	answers   answer.Writer
	live      *live.Connections
	proxies   *proxies
	metrics   *metrics
	tracer    *tracer
	public    http.Handler
	admin     http.Handler
	draining  atomic.Bool
}

// New checks the options and builds the two handlers. It starts no goroutine.
func New(opts Options) (*Server, error) {
	opts, err := opts.withDefaults()
	if err != nil {
		return nil, err
	}
	s := &Server{
		opts: opts, answers: answer.Writer{Timeout: opts.Limits.WriteTimeout}, tracer: newTracer(opts.Tracer),
		proxies: &proxies{trusted: opts.TrustedProxies, log: opts.Log},
	}
	counted := run.NewMetrics(opts.Registry)
	operations := operation.New(opts.operations(counted))
	s.documents = operation.NewDocuments(opts.documents())
	s.runner = run.New(opts.run(counted, operations, s.documents))
	s.live = live.New(opts.live(s.answers, s.runner, counted))
	s.metrics = newMetrics(opts.Registry, operations.Cached, s.runner.Running)
	e := &endpoint{
		limits: opts.Limits, origins: opts.origins(), runner: s.runner, live: s.live, limited: counted.Limited,
		answers: answer.New(opts.answers(s.answers, s.runner)),
	}
	// Operations that depend on more than the request's text are not cached by it, see texts.
	if opts.Trust == TrustOff {
		e.texts = newTexts()
	}
	if s.public, err = s.publicHandler(e); err != nil {
		return nil, err
	}
	s.admin = s.adminHandler()
	return s, nil
}

// Public serves /graphql, /playground, the front page and the health checks.
func (s *Server) Public() http.Handler { return s.public }

// Admin serves metrics, statistics, readiness and profiles; its address must not be public.
func (s *Server) Admin() http.Handler { return s.admin }

// Drain makes the server unready, closes sockets with 1001 and ends streams without completing
// them, so that their clients reconnect elsewhere and miss nothing. It returns when all of them are
// closed or ctx ends. http.Server.Shutdown waits for requests in flight.
func (s *Server) Drain(ctx context.Context) error {
	// Readiness fails before the first socket closes.
	s.draining.Store(true)
	return s.live.Drain(ctx) //nolint:wrapcheck // it says what it waits for
}

// SetDocuments replaces the trusted documents. A request sees either the old or the new ones.
func (s *Server) SetDocuments(documents map[string]string) { s.documents.Trust(documents) }

// Check reports whether a query of the program itself passes the limits and rules of documents, see
// run.Runner.Check.
func (s *Server) Check(query string) error {
	return s.runner.Check(query) //nolint:wrapcheck // its message is for the query's writer
}

// Execute answers a query of the program itself, see run.Runner.Execute.
func (s *Server) Execute(ctx context.Context, query string, vars map[string]any) (data json.RawMessage, errs gqlerror.List, err error) {
	return s.runner.Execute(ctx, query, vars) //nolint:wrapcheck // it is the runner's
}

// Preview admits the holder of a preview token to questions, see run.Runner.Preview.
func (s *Server) Preview(ctx context.Context, token string) (context.Context, error) {
	return s.runner.Preview(ctx, token) //nolint:wrapcheck // its message is for the reader
}

// NewHTTPServer returns an http.Server with timeouts for the public internet: 5 s for headers of at
// most 32 KB, 10 s for the body, 60 s idle. Answers set their own deadline, since a stream has
// none.
func NewHTTPServer(h http.Handler, log *slog.Logger) *http.Server {
	server := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		IdleTimeout:       60 * time.Second,
		// net/http adds 4 KB to what it reads.
		MaxHeaderBytes: 32<<10 - 4<<10,
	}
	if log != nil {
		server.ErrorLog = slog.NewLogLogger(log.Handler(), slog.LevelWarn)
	}
	return server
}
