package web

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2/ast"
)

// Server is the HTTP surface: two handlers, one for the public and one for operators.
// It is safe for concurrent use. After New nothing in it changes but what is made for that.
type Server struct {
	opts       Options
	limits     Limits
	log        *slog.Logger
	info       *schemaInfo
	exec       *executor.Executor
	fields     graphql.FieldMiddleware // around every field of every operation
	operations *operations
	persisted  *persisted
	answers    *answers
	urls       *urls
	buckets    *buckets
	places     chan struct{}
	sockets    *sockets
	metrics    *metrics
	tracer     *tracer
	public     http.Handler
	admin      http.Handler
	shared     []string // Cache-Control of answers that anybody may keep
	private    []string // and of all others
	vary       []string // what keepable answers depend on beside the URL
	draining   atomic.Bool
	drained    chan struct{} // closed when the server drains, for sockets and streams
	once       sync.Once
}

// New checks the options and builds the two handlers. It starts no goroutine.
func New(opts Options) (*Server, error) {
	opts, err := opts.withDefaults()
	if err != nil {
		return nil, err
	}
	s := &Server{opts: opts, limits: opts.Limits, log: opts.Log, drained: make(chan struct{})}
	age := strconv.Itoa(int(opts.MaxAge / time.Second))
	s.shared = []string{"public, max-age=" + age + ", stale-while-revalidate=" + age}
	s.private = []string{"private, no-store"}
	s.vary = []string{"Accept, Accept-Encoding, Authorization, X-Perspective, X-Preview-Token"}
	// The parts refer to each other through the server; each needs only those made before it.
	s.info = newSchemaInfo(opts.Schema.Schema(), s.limits.Page)
	s.metrics = newMetrics(s)
	s.tracer = newTracer(opts.Tracer)
	s.exec = executor.New(opts.Schema)
	s.exec.SetErrorPresenter(s.present)
	s.exec.SetRecoverFunc(s.recovered)
	if s.fields, err = fieldMiddleware(s.exec); err != nil {
		return nil, err
	}
	s.operations = newOperations(s)
	s.persisted = newPersisted(opts)
	s.answers = newAnswers(s)
	s.urls = newURLs()
	s.buckets = newBuckets(s.limits, opts.Now)
	s.places = make(chan struct{}, s.limits.Concurrent)
	s.sockets = newSockets(s.limits.Sockets)
	s.public, err = s.publicHandler()
	if err != nil {
		return nil, err
	}
	s.admin = s.adminHandler()
	return s, nil
}

// Public serves /graphql, /playground, the front page and the health checks.
func (s *Server) Public() http.Handler { return s.public }

// Admin serves metrics, statistics, readiness and profiles; its address is not for the public.
func (s *Server) Admin() http.Handler { return s.admin }

// Drain makes the server unready, closes sockets with 1001 and completes streams. It returns
// when all of them are closed or ctx ends; requests in flight are http.Server.Shutdown's.
func (s *Server) Drain(ctx context.Context) error {
	// Readiness fails before the first socket closes.
	s.once.Do(func() {
		s.draining.Store(true)
		close(s.drained)
	})
	select {
	case <-s.sockets.end():
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for %d sockets to close: %w", s.sockets.count(), ctx.Err())
	}
}

// NewHTTPServer gives an http.Server with the timeouts of a server that strangers reach: 5 s
// for headers of at most 32 KB, 10 s for the body, 60 s idle. Answers set their own deadline,
// since a stream has none.
func NewHTTPServer(h http.Handler, log *slog.Logger) *http.Server {
	server := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		IdleTimeout:       60 * time.Second,
		// net/http adds 4 KB of its own to what it reads.
		MaxHeaderBytes: 32<<10 - 4<<10,
	}
	if log != nil {
		server.ErrorLog = slog.NewLogLogger(log.Handler(), slog.LevelWarn)
	}
	return server
}

// now reads the clock.
func (s *Server) now() time.Time { return s.opts.Now() }

// describe works out what the caches need to know of an operation and, where introspection is
// off, makes every __type ask for a type that does not exist.
// It is called once for each operation, before others can see it.
func (s *Server) describe(op *operation) {
	op.types, op.public = entryTypes(s.info, op)
	op.tags = typeTags(entries(s.info.schema, op.types))
	if op.def.Operation != ast.Query || selects(op.doc, op.def.SelectionSet, s.opts.Uncached) {
		op.public = false
	}
	op.weighted = weights(s.info, op)
	op.dry = s.dryVersion(op)
	if op.def.Operation == ast.Subscription {
		op.eventKey = eventKey(s.info, op, s.opts.EventID)
	}
	if s.opts.NoIntrospection {
		hideTypes(op)
	}
}
