package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"

	"patternhub/internal/config"
	"patternhub/internal/web/operation"
	"patternhub/internal/web/run"
)

// Options configures a Server. Only Schema is required: the zero value of every other field means
// the public profile with the limits of the README.
type Options struct {
	// Schema executes operations: the generated schema, or the engine over it.
	Schema graphql.ExecutableSchema
	// Log receives the access log and the causes of INTERNAL errors; nil discards them.
	Log *slog.Logger
	// Authenticate turns a request's credentials into a viewer; if nil, every request is anonymous.
	Authenticate Authenticate
	// Cookies reads the cookies of sessions; nil reads none.
	Cookies Cookies
	// SignIn serves the pages below /sign-in; nil serves none.
	SignIn http.Handler
	// Attach prepares the context of one response (loaders, the rate's state); an operation that
	// streams gets a fresh one for each event. Nil attaches nothing.
	Attach func(ctx context.Context, r Request) context.Context
	// Root admits a viewer to a root field and returns the context in which the field runs. If it
	// returns an error, the answer has the error and the field is null, which the schema must
	// allow. Nil admits every viewer.
	Root func(ctx context.Context, object, field string) (context.Context, error)
	// Ready reports whether the service can answer queries; nil means it always can.
	Ready func(ctx context.Context) error
	// Revisions returns the generation of an answer; nil turns the response cache off.
	Revisions Revisions
	// Scalars checks the strings of custom scalars, so that a wrong literal or variable is refused
	// before anything runs. A scalar without a check accepts every string.
	Scalars map[string]func(string) error
	// Build names the program's version; it is part of every ETag, so that answers of an older
	// program are never used as current.
	Build string

	// Limits are the bounds of documents, bodies, times and rates; zero fields mean the default.
	Limits Limits
	// MeasureOnly counts and logs what exceeds a document's limits without refusing it.
	MeasureOnly bool
	// Locked is the closed profile: no introspection, no playground, no suggestions.
	Locked bool
	// NoIntrospection and NoPlayground turn the two off one by one in the public profile.
	NoIntrospection, NoPlayground bool

	// Origins are the browser origins that may read answers. Empty means every origin, without
	// credentials, in the public profile, and none in the locked one.
	Origins []string
	// Credentials allows cookies from Origins; refused together with the origin "*".
	Credentials bool
	// Headers and Exposed are what pages of Origins may send and read besides a list of common
	// headers. In the public profile without Credentials they may send and read any.
	Headers, Exposed []string
	// TrustedProxies are the addresses whose X-Forwarded-For, or Forwarded, is trusted.
	TrustedProxies []netip.Prefix

	// Documents are the trusted documents by id, until SetDocuments replaces them. Trust is the way
	// in which they are treated.
	Documents map[string]string
	Trust     Trust

	// MaxAge is the time that shared caches may store a public answer; the default is 60 s, so that an
	// answer is at most a minute behind a publish even if nothing purges.
	MaxAge time.Duration
	// CacheBytes bounds the response cache; the default is 64 MB, and negative turns it off.
	CacheBytes int64
	// EventID is the field whose value is the id of an event in an event stream, if the
	// subscription selects it; the default is "token". A client that sends it in Last-Event-ID
	// resumes after that event.
	EventID string

	// Assistants returns the handler of /mcp. It asks the public handler, as any other client does.
	// Nil serves nothing there.
	Assistants func(public http.Handler) http.Handler

	// Site returns the handler of all paths that are not the server's own. It asks questions with ask.
	// Nil serves a page of links at / and nothing elsewhere.
	Site func(ask Ask) (http.Handler, error)

	// Assets holds the playground's built files; nil means those embedded in the program.
	Assets fs.ReadDirFS
	// Registry collects the metrics; nil means a new one.
	Registry *prometheus.Registry
	// Tracer starts a span for each request and operation; nil traces nothing.
	Tracer trace.TracerProvider
	// Now is the clock of rates and logs; nil is the wall clock.
	Now func() time.Time
	// NewID returns request ids; nil counts them up from a random start.
	NewID func() string
}

// The types of the subpackages that a program uses with the server.
type (
	// Authenticate turns the credentials of one request into a viewer.
	Authenticate = run.Authenticate
	// Credentials are what a client sent to identify itself.
	Credentials = run.Credentials
	// Viewer holds what the server needs to know about the viewer.
	Viewer = run.Viewer
	// Request holds what a response's context may need to know about its request.
	Request = run.Request
	// Revisions returns the generations of the graph; each answer belongs to one.
	Revisions = run.Revisions
	// Generation is one state of the graph.
	Generation = run.Generation
	// Trust is the way in which trusted documents are treated.
	Trust = operation.Trust
	// Question is a query of the program itself that is answered for readers without a key.
	Question = run.Question
	// Ask admits a query of the program itself with its variables, see run.Runner.Question.
	Ask = func(query string, vars map[string]any) (*Question, error)
)

// The ways to treat documents that are not in the manifest.
const (
	TrustOff     = operation.TrustOff
	TrustLog     = operation.TrustLog
	TrustEnforce = operation.TrustEnforce
)

// ParseManifest reads a manifest of trusted documents, see operation.ParseManifest.
func ParseManifest(raw []byte) (map[string]string, error) {
	return operation.ParseManifest(raw) //nolint:wrapcheck // its message is for the manifest's writer
}

// Limits are the bounds of the server. A zero field means its default, which DefaultLimits returns.
type Limits struct {
	DocumentBytes int // every field of the largest type and of its references, indented
	Tokens        int
	Depth         int // four levels of connections with edges
	Aliases       int
	RootFields    int
	Directives    int
	Fragments     int
	Nodes         int64
	Cost          int64 // of one request
	Page          int
	Bucket        int64 // two of the most expensive requests in one burst
	Restore       int64 // a second

	Batch      int // requests in one; with 1 no batches are served
	BodyBytes  int64
	URLBytes   int
	JSONDepth  int
	Concurrent int // more only wait for each other; a quarter may write

	Deadline     time.Duration // for a request
	WriteTimeout time.Duration // to take an answer
	WaitAfter    time.Duration // for X-After

	Sockets       int // for each address
	Operations    int // on each socket
	MessageBytes  int64
	InitTimeout   time.Duration // until connection_init
	PingEvery     time.Duration // two missed pongs end a socket
	UnreadTimeout time.Duration // for a client that does not read
	CheckEvery    time.Duration // between checks of an open socket's key

	OperationBytes int64 // of parsed operations
	PersistedBytes int64 // of persisted documents
	BucketKeys     int   // clients with a bucket
}

// LimitsOf returns the limits of a configuration; those that it cannot set stay zero.
func LimitsOf(c config.Limits) Limits {
	return Limits{
		DocumentBytes: c.DocumentBytes, Tokens: c.Tokens, Depth: c.Depth, Aliases: c.Aliases, RootFields: c.RootFields,
		Directives: c.Directives, Fragments: c.Fragments, Nodes: c.Nodes, Cost: c.Cost, Bucket: c.Bucket, Restore: c.Restore,
		Batch: c.Batch, BodyBytes: c.BodyBytes, Concurrent: c.Concurrent, Deadline: c.Deadline, Sockets: c.Sockets,
	}
}

// DefaultLimits returns the limits that apply if nothing is set: those of the configuration, and
// below those that cannot be set.
func DefaultLimits() Limits {
	l := LimitsOf(config.DefaultLimits())
	l.Page = 100
	l.URLBytes, l.JSONDepth = 8<<10, 64
	l.WriteTimeout, l.WaitAfter = 10*time.Second, time.Second
	l.Operations, l.MessageBytes = 20, 64<<10
	l.InitTimeout, l.UnreadTimeout = 3*time.Second, 5*time.Second
	l.PingEvery = 10 * time.Second // a dead socket is found in 20 s
	l.CheckEvery = 4 * time.Second // a revoked key ends its sockets within 5 s
	l.OperationBytes, l.PersistedBytes, l.BucketKeys = 32<<20, 8<<20, 50_000
	return l
}

// counter returns ids that are unique to a process: a random prefix and a number. A UUID for each
// request would cost more than a 304.
func counter() func() string {
	var n atomic.Uint64
	process := strings.ReplaceAll(uuid.NewString(), "-", "")[:16] + "-"
	return func() string {
		var b [32]byte
		return string(strconv.AppendUint(append(b[:0], process...), n.Add(1), 36))
	}
}

// withDefaults fills the zero fields.
func (l Limits) withDefaults() Limits {
	given, defaults := reflect.ValueOf(&l).Elem(), reflect.ValueOf(DefaultLimits())
	for i := range given.NumField() {
		if given.Field(i).IsZero() {
			given.Field(i).Set(defaults.Field(i))
		}
	}
	return l
}

// withDefaults checks the options and returns a copy with the zero fields filled.
func (o Options) withDefaults() (Options, error) {
	if o.Schema == nil {
		return o, errors.New("web: no schema")
	}
	if o.Credentials && slices.Contains(o.Origins, "*") {
		return o, errors.New(`web: the origin "*" cannot be allowed with credentials`)
	}
	if o.Trust != TrustOff && o.Trust != TrustLog && o.Trust != TrustEnforce {
		return o, fmt.Errorf("web: trusted documents: %q is not one of off, log, enforce", o.Trust)
	}
	if len(o.Origins) == 0 && !o.Locked && !o.Credentials {
		o.Origins = []string{"*"}
	}
	if o.Locked {
		o.NoIntrospection, o.NoPlayground = true, true
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Authenticate == nil {
		o.Authenticate = func(ctx context.Context, _ Credentials) (context.Context, Viewer, error) {
			return ctx, Viewer{}, nil
		}
	}
	if o.Cookies == nil {
		o.Cookies = noCookies{}
	}
	if o.Attach == nil {
		o.Attach = func(ctx context.Context, _ Request) context.Context { return ctx }
	}
	if o.Ready == nil {
		o.Ready = func(context.Context) error { return nil }
	}
	if o.Registry == nil {
		o.Registry = prometheus.NewRegistry()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.NewID == nil {
		o.NewID = counter()
	}
	o.EventID = cmp.Or(o.EventID, "token")
	o.MaxAge = cmp.Or(o.MaxAge, time.Minute)
	o.CacheBytes = cmp.Or(o.CacheBytes, 64<<20)
	o.Limits = o.Limits.withDefaults()
	return o, nil
}
