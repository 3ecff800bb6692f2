package web

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/netip"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"
)

// Options is everything a Server is made of. Only Schema is required: the zero value of every
// other field is the public profile with the limits of the README.
type Options struct {
	// Schema is what answers operations: the generated schema, or the engine over it.
	Schema graphql.ExecutableSchema
	// Log receives the access log and the causes of INTERNAL errors; nil discards them.
	Log *slog.Logger
	// Authenticate turns a request's credentials into a viewer; nil serves everyone anonymously.
	Authenticate Authenticate
	// Attach prepares the context of one response (loaders, the rate's state); an operation
	// that streams gets a fresh one for each event. Nil attaches nothing.
	Attach func(ctx context.Context, r Request) context.Context
	// Root admits a viewer to a root field and gives the context in which the field runs. Its
	// error stands in the answer, and the field is null, which the schema must allow. Nil admits
	// everybody.
	Root func(ctx context.Context, object, field string) (context.Context, error)
	// Ready tells whether the service can answer queries; nil means it always can.
	Ready func(ctx context.Context) error
	// Revisions gives the version of what answers are made of; nil turns the response cache off.
	Revisions Revisions
	// Scalars checks the strings of custom scalars, so that a wrong literal or variable is
	// refused before anything runs. A scalar without a check accepts every string.
	Scalars map[string]func(string) error
	// Build names the program's version; it is part of every ETag, so that answers of an
	// older program are never taken for current.
	Build string

	// Limits are the bounds of documents, bodies, times and rates; zero fields mean the default.
	Limits Limits
	// MeasureOnly counts and tells what is over a document's limits without refusing it.
	MeasureOnly bool
	// Locked is the closed profile: no introspection, no playground, no suggestions.
	Locked bool
	// NoIntrospection and NoPlayground switch the two off one by one in the public profile.
	NoIntrospection, NoPlayground bool

	// Origins are the browser origins allowed to read answers; empty means every origin,
	// without credentials, in the public profile and none in the locked one.
	Origins []string
	// Credentials allows cookies from Origins; refused together with the origin "*".
	Credentials bool
	// TrustedProxies are the addresses whose X-Forwarded-For is believed.
	TrustedProxies []netip.Prefix

	// Documents are the trusted documents by id, and Trust says what they are for.
	Documents map[string]string
	Trust     Trust

	// MaxAge is how long shared caches may keep a public answer; the default is 60 s, so that
	// an answer is at most a minute behind a publish even where nobody purges.
	MaxAge time.Duration
	// CacheBytes bounds the response cache; the default is 64 MB, and negative turns it off.
	CacheBytes int64
	// EventID is the field whose value is the id of an event in an event stream, where the
	// subscription selects it; the default is "token". A client that comes back with it in
	// Last-Event-ID goes on from there.
	EventID string
	// Uncached are fields whose answers depend on more than the published entries.
	Uncached []string

	// Assets holds the playground's built files; nil means those embedded in the program.
	Assets fs.ReadDirFS
	// Registry collects the metrics; nil makes one.
	Registry *prometheus.Registry
	// Tracer makes a span for each request and operation; nil traces nothing.
	Tracer trace.TracerProvider
	// Now is the clock of rates and logs; nil is the wall clock.
	Now func() time.Time
	// NewID makes request ids; nil counts them up from a random start.
	NewID func() string
}

// Authenticate turns the credentials of one request into a viewer. The returned context is the
// one the operation runs in. An error is told to the client by its code.
type Authenticate func(ctx context.Context, c Credentials) (context.Context, Viewer, error)

// Credentials are what a client brought to say who it is.
type Credentials struct {
	Token       string // the bearer token, empty without one
	Perspective string // the header X-Perspective, empty for the published graph
	Preview     string // the preview token of a header or of the URL
}

// Viewer is what the surface must know of who asks.
type Viewer struct {
	// Scope partitions the cache: viewers of one scope see the same answers. Empty is the
	// anonymous reader of the published graph, the only one whose answers are public.
	Scope string
	// Key names the bucket that pays for the operations; empty means the client's address.
	Key string
	// NoStore says that answers must not be kept, as those of drafts.
	NoStore bool
	// Check is asked again while a socket or a stream is open, so that a revoked key ends it;
	// nil for viewers without a key.
	Check func(ctx context.Context) error
}

// Revisions gives the version of the published entries. Of is called for every cached answer,
// so it reads memory only.
type Revisions interface {
	// Of gives a number that changes whenever one of the named GraphQL types is published, and
	// that replicas have in common; no types at all means the whole graph.
	Of(types []string) uint64
	// Wait returns once the graph has reached the write a token names, or with ctx's error.
	Wait(ctx context.Context, token string) error
}

// Request is what a response's context may need to know of its request.
type Request struct {
	ID          string // the request id
	LastEventID string // where an event stream wants to go on, empty for the present
	Cost        Cost   // what the operation asked for
	Rate        Rate   // the bucket after it was charged
	// Touch names an entry that the answer contains ("pattern:circuit-breaker"), for its
	// Surrogate-Key; safe for concurrent use, and nil where nobody keeps the answer.
	Touch func(tag string)
}

// Cost is the price of one operation.
type Cost struct {
	Requested int64 // what it may cost at most
	Actual    int64 // what its answer cost
	Nodes     int64 // how many nodes it may return
}

// Rate is the state of a bucket.
type Rate struct {
	Limit     int64     // what the bucket holds when it is full
	Remaining int64     // what it holds now
	Restore   int64     // what comes back in a second
	ResetAt   time.Time // when it will be full
}

// Trust says how trusted documents are treated.
type Trust string

// The ways to treat documents that are not in the manifest: served, served and logged, refused.
const (
	TrustOff     Trust = ""
	TrustLog     Trust = "log"
	TrustEnforce Trust = "enforce"
)

// Limits are the bounds of the surface. A zero field means the default named beside it.
type Limits struct {
	DocumentBytes int   // 15,000: three times the standard introspection query
	Tokens        int   // 1,000
	Depth         int   // 12: four levels of connections with edges
	Aliases       int   // 30
	RootFields    int   // 20
	Directives    int   // 20
	Fragments     int   // 50
	Nodes         int64 // 10,000
	Cost          int64 // 10,000 for one request
	Page          int   // 100
	Bucket        int64 // 20,000: two of the dearest requests at once
	Restore       int64 // 1,000 a second

	BodyBytes  int64 // 1 MB
	URLBytes   int   // 8 KB
	JSONDepth  int   // 64
	Concurrent int   // 16 for each processor: more only wait for each other

	Deadline     time.Duration // 10 s for a request
	WriteTimeout time.Duration // 10 s to take an answer
	WaitAfter    time.Duration // 1 s for X-After

	Sockets       int           // 10 for each address
	Operations    int           // 20 on each socket
	MessageBytes  int64         // 64 KB
	InitTimeout   time.Duration // 3 s until connection_init
	PingEvery     time.Duration // 10 s, so that two missed pongs make a socket dead in 20 s
	UnreadTimeout time.Duration // 5 s for a reader that does not read
	CheckEvery    time.Duration // 4 s between looks at an open socket's key, so that a revoked one ends within 5 s

	OperationBytes int64 // 32 MB of parsed operations
	PersistedBytes int64 // 8 MB of persisted documents
	BucketKeys     int   // 50,000 clients remembered
}

// counter makes ids that are unique to a process: its own random part and a number. A UUID for
// each request would cost more than a 304.
func counter() func() string {
	var n atomic.Uint64
	process := strings.ReplaceAll(uuid.NewString(), "-", "")[:16] + "-"
	return func() string {
		var b [32]byte
		return string(strconv.AppendUint(append(b[:0], process...), n.Add(1), 36))
	}
}

// or gives v, or its default where v is zero.
func or[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

// withDefaults fills the zero fields.
func (l Limits) withDefaults() Limits {
	l.DocumentBytes = or(l.DocumentBytes, 15_000)
	l.Tokens = or(l.Tokens, 1_000)
	l.Depth = or(l.Depth, 12)
	l.Aliases = or(l.Aliases, 30)
	l.RootFields = or(l.RootFields, 20)
	l.Directives = or(l.Directives, 20)
	l.Fragments = or(l.Fragments, 50)
	l.Nodes = or(l.Nodes, 10_000)
	l.Cost = or(l.Cost, 10_000)
	l.Page = or(l.Page, 100)
	l.Bucket = or(l.Bucket, 20_000)
	l.Restore = or(l.Restore, 1_000)
	l.BodyBytes = or(l.BodyBytes, 1<<20)
	l.URLBytes = or(l.URLBytes, 8<<10)
	l.JSONDepth = or(l.JSONDepth, 64)
	l.Concurrent = or(l.Concurrent, 16*runtime.GOMAXPROCS(0))
	l.Deadline = or(l.Deadline, 10*time.Second)
	l.WriteTimeout = or(l.WriteTimeout, 10*time.Second)
	l.WaitAfter = or(l.WaitAfter, time.Second)
	l.Sockets = or(l.Sockets, 10)
	l.Operations = or(l.Operations, 20)
	l.MessageBytes = or(l.MessageBytes, 64<<10)
	l.InitTimeout = or(l.InitTimeout, 3*time.Second)
	l.PingEvery = or(l.PingEvery, 10*time.Second)
	l.UnreadTimeout = or(l.UnreadTimeout, 5*time.Second)
	l.CheckEvery = or(l.CheckEvery, 4*time.Second)
	l.OperationBytes = or(l.OperationBytes, 32<<20)
	l.PersistedBytes = or(l.PersistedBytes, 8<<20)
	l.BucketKeys = or(l.BucketKeys, 50_000)
	return l
}

// withDefaults checks the options and fills the zero fields.
// It works on a copy, so that the caller's options stay as they were.
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
	if o.Uncached == nil {
		o.Uncached = []string{"rateLimit", "viewer"}
	}
	o.EventID = or(o.EventID, "token")
	o.MaxAge = or(o.MaxAge, time.Minute)
	o.CacheBytes = or(o.CacheBytes, 64<<20)
	o.Limits = o.Limits.withDefaults()
	return o, nil
}
