package answer

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/singleflight"

	"patternhub/internal/bounded"
	"patternhub/internal/web/run"
)

// Options configures Answers.
type Options struct {
	Writer Writer
	Runner *run.Runner
	// Build names the program's version, which is part of every entity tag.
	Build string
	// CacheBytes bounds the response cache; negative turns it off.
	CacheBytes int64
	// MaxAge is the time that shared caches may store a public answer.
	MaxAge time.Duration
	// Recycle is called with the bytes of an answer that have been sent and have no other reader.
	// It may be nil.
	Recycle func(data []byte)
	// Registry collects the metrics.
	Registry prometheus.Registerer
}

// Answers answers calls and caches whole answers of the published graph. The key holds the version
// of what an answer depends on, so a stale answer is never found and need not be removed. It is
// safe for concurrent use. A look-up never waits for a writer. An answer belongs to the generation
// in its key.
type Answers struct {
	Writer

	o       Options
	stored  bounded.Cache[answerKey, stored]
	metrics *metrics
	shared  []string // Cache-Control of answers that any cache may store
	vary    []string // the headers that such answers depend on

	runs singleflight.Group // of misses, by answerKey
}

// answerKey names an answer: the operation, the viewer's scope, and the last change of what it
// depends on. Answers of old revisions are not removed: they are not requested any more, so a full
// cache evicts them first.
type answerKey struct {
	sum      [sha256.Size]byte
	revision uint64
}

// stored is one answer, ready to send. Its bytes never change once it is stored, so all requests may
// send the same ones.
type stored struct {
	head, rest []byte // see run.Body
	tags       string
	revision   uint64 // of its generation
	zip        sync.Once
	gzip       []byte
}

// New returns Answers. With a negative size there is no cache, and every call is run.
func New(o Options) *Answers {
	age := strconv.Itoa(int(o.MaxAge / time.Second))
	a := &Answers{
		Writer: o.Writer, o: o, metrics: newMetrics(o.Registry),
		shared: []string{"public, max-age=" + age + ", stale-while-revalidate=" + age},
		vary:   []string{"Accept, Accept-Encoding, Authorization, X-Perspective, X-Preview-Token"},
	}
	if o.CacheBytes >= 0 {
		// The compressed form is added later and is at most half as large.
		size := func(_ answerKey, k *stored) int { return cap(k.rest) + len(k.rest)/2 + len(k.tags) + 256 }
		a.stored = bounded.Bytes(o.CacheBytes, size, nil)
	}
	return a
}

// recycle returns the bytes of an answer to the schema that wrote them. They must have no reader
// left; after a failed write the connection may still read them.
func (a *Answers) recycle(data []byte) {
	if a.o.Recycle != nil {
		a.o.Recycle(data)
	}
}

// find returns a stored answer, nil if there is none.
func (a *Answers) find(key answerKey) *stored {
	if a.stored == nil {
		return nil
	}
	return a.stored.Get(key)
}

// store stores an answer without its spare capacity. It returns false if there is no cache.
func (a *Answers) store(key answerKey, k *stored) bool {
	if a.stored == nil {
		return false
	}
	written := k.rest
	k.rest = bytes.Clone(written)
	a.recycle(written)
	a.stored.Set(key, k)
	return true
}

// key returns the key of a call's answer; ok reports whether such answers are cached or tagged at all.
func (a *Answers) key(c *run.Call) (answerKey, bool) {
	// Without a version of the graph an answer's age is unknown.
	if c.Generation == nil || !c.Operation.Public || c.Viewer.NoStore {
		return answerKey{}, false
	}
	key := answerKey{sum: c.Sum, revision: c.Generation.Of(c.Operation.Types)}
	// Viewers of one scope share answers; the anonymous scope needs no second hash.
	if c.Viewer.Scope != "" {
		h := sha256.New()
		h.Write(c.Sum[:])
		h.Write([]byte(c.Viewer.Scope))
		h.Sum(key.sum[:0])
	}
	return key, true
}

// Sum returns a hash of the operation, its variables and the program's build, which may change the
// answer. Parts are written with their lengths, so that different lists of parts have different
// bytes. The viewer's scope is not included; key adds it.
func (a *Answers) Sum(c *run.Call) (out [sha256.Size]byte) {
	h := sha256.New()
	for _, part := range []string{a.o.Build, c.Operation.Hash, c.Operation.Def.Name} {
		h.Write([]byte(strconv.Itoa(len(part)) + " " + part))
	}
	if len(c.Vars) > 0 {
		// Map keys are written in order, so equal variables have equal bytes. The values came from
		// JSON, so they always marshal.
		raw, _ := json.Marshal(c.Vars)
		h.Write(raw)
	}
	h.Sum(out[:0])
	return out
}

// Answer serves an admitted call: from the client's own copy, from the cache, or by running it.
func (a *Answers) Answer(ctx context.Context, w http.ResponseWriter, r *http.Request, c *run.Call, media string) {
	key, tagged := a.key(c)
	encoding := encodingOf(r)
	if h := w.Header(); h["Vary"] == nil {
		h["Vary"] = a.vary
	} else {
		h["Vary"] = append(h["Vary"], a.vary...)
	}
	// RFC 9110 defines 304 for GET and HEAD only; a POST with the header is answered in full.
	if tagged && r.Method != http.MethodPost {
		if tag := matches(r.Header["If-None-Match"], key, media); tag != "" {
			a.unchanged(ctx, w, r, c, tag, media)
			return
		}
	}
	if !tagged {
		AwaitNothing(w)
		a.uncached(ctx, w, r, c, media)
		return
	}
	// From here on all requests with the same key get the same bytes.
	found := a.lookUp(ctx, w, c, key)
	budget(w.Header(), run.VisitOf(ctx), found.rate)
	if found.refusal != nil {
		a.Refuse(w, r, media, found.refusal)
		return
	}
	key.revision = found.revision
	if a.send(ctx, w, r, c, media, encoding, key, found.stored) && found.own {
		a.recycle(found.rest)
	}
}

// lookUp returns the answer that all requests with a key share, from the cache or by running the call.
func (a *Answers) lookUp(ctx context.Context, w http.ResponseWriter, c *run.Call, key answerKey) result {
	k := a.find(key)
	a.noteCache(ctx, k != nil)
	if k != nil {
		// A hit costs one unit, whatever the run cost.
		rate, refusal := a.o.Runner.Charge(c, 1)
		return result{stored: k, rate: rate, refusal: refusal}
	}
	AwaitNothing(w)
	return a.miss(ctx, c, key)
}

// send writes an answer in the client's encoding and reports whether all of it was sent.
func (a *Answers) send(ctx context.Context, w http.ResponseWriter, r *http.Request, c *run.Call, media, encoding string, key answerKey, k *stored) bool {
	// Requests that shared a run with errors get its answer, but it is not cached.
	if k.tags == noStore {
		return a.Write(w, r, media, http.StatusOK, k.head, k.rest)
	}
	if encoding == "gzip" && len(k.head)+len(k.rest) >= minCompress {
		w.Header().Set("Content-Encoding", "gzip")
		a.cacheable(ctx, w.Header(), c, key.etag(media, encoding), k.tags)
		return a.Write(w, r, media, http.StatusOK, k.compressed())
	}
	a.cacheable(ctx, w.Header(), c, key.etag(media, ""), k.tags)
	return a.Write(w, r, media, http.StatusOK, k.head, k.rest)
}

// noStore marks an answer with errors, which is sent to the requests that waited for it and not cached.
const noStore = "\x00"

// uncached runs a call whose answer is for this request only: mutations, and whatever depends on the
// viewer or the time.
func (a *Answers) uncached(ctx context.Context, w http.ResponseWriter, r *http.Request, c *run.Call, media string) {
	resp, rate, refusal := a.o.Runner.Perform(ctx, c, nil)
	budget(w.Header(), run.VisitOf(ctx), rate)
	if refusal != nil {
		a.Refuse(w, r, media, refusal)
		return
	}
	head, rest := run.Body(resp, c, rate)
	parts := [][]byte{head, rest}
	// Private answers are compressed each time, since they are sent once.
	if len(head)+len(rest) >= minCompress && encodingOf(r) == "gzip" {
		w.Header().Set("Content-Encoding", "gzip")
		parts = [][]byte{compress(head, rest)}
	}
	if a.Write(w, r, media, http.StatusOK, parts...) {
		a.recycle(rest)
	}
}

// unchanged answers 304: the client's copy is of the current revision, so nothing is read. It is
// charged like a hit, so that a client cannot send such requests without limit.
func (a *Answers) unchanged(ctx context.Context, w http.ResponseWriter, r *http.Request, c *run.Call, tag, media string) {
	rate, refusal := a.o.Runner.Charge(c, 1)
	budget(w.Header(), run.VisitOf(ctx), rate)
	if refusal != nil {
		a.Refuse(w, r, media, refusal)
		return
	}
	run.VisitOf(ctx).Cache = "unchanged"
	a.metrics.unchanged.Inc()
	a.cacheable(ctx, w.Header(), c, tag, "")
	w.WriteHeader(http.StatusNotModified)
}

// cacheable sets the headers for caches.
func (a *Answers) cacheable(ctx context.Context, h http.Header, c *run.Call, etag, tags string) {
	// The tag comes last: a map of eight headers, as a 304 has, grows when one of them is set again.
	defer func() { h["Etag"] = run.VisitOf(ctx).Value(run.ValueETag, etag) }()
	// A private answer keeps its tag, for the client's own cache.
	if !c.Public() {
		return
	}
	h["Cache-Control"] = a.shared
	if tags != "" {
		h.Set("Surrogate-Key", tags)
	}
}

// noteCache records a hit or a miss for the log and the metrics.
func (a *Answers) noteCache(ctx context.Context, hit bool) {
	if hit {
		run.VisitOf(ctx).Cache = "hit"
		a.metrics.hits.Inc()
		return
	}
	run.VisitOf(ctx).Cache = "miss"
	a.metrics.misses.Inc()
}
