package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"
	"github.com/klauspost/compress/gzip"
	"github.com/maypok86/otter/v2"
)

// answers keeps whole answers of the published graph under the version of what they are made
// of, so that a stale one is never found rather than removed.
// A look-up never waits for a writer. The revision is read before an answer is made, so an
// answer may be newer than its key says, never older.
type answers struct {
	s    *Server
	kept *otter.Cache[answerKey, *kept]

	mu      sync.Mutex
	runs    map[answerKey]*joint
	waiting atomic.Int64 // requests that wait for a run, their own or another's
}

// answerKey names an answer: what was asked by whom, and when the graph last changed for it.
// Old revisions are not removed: nobody asks for them any more, so they are the first to go
// when the cache is full.
type answerKey struct {
	sum      [sha256.Size]byte
	revision uint64
}

// kept is one answer, ready to send.
// Its bytes are never changed after it was stored, so all requests may send the same ones.
type kept struct {
	head, rest []byte // see body
	tags       string
	// own says that the answer is one request's alone: it is neither kept nor shared.
	own  bool
	zip  sync.Once
	gzip []byte
}

// minCompress is the size below which compression costs more than a packet saves.
const minCompress = 1024

// newAnswers makes the cache; a negative size means none, and then every call is run.
func newAnswers(s *Server) *answers {
	a := &answers{s: s, runs: map[answerKey]*joint{}}
	if s.opts.CacheBytes >= 0 {
		a.kept = otter.Must(&otter.Options[answerKey, *kept]{
			MaximumWeight: weight(s.opts.CacheBytes),
			// The compressed form joins later and is at most half as large.
			Weigher: func(_ answerKey, k *kept) uint32 { return weigh32(cap(k.rest) + len(k.rest)/2 + len(k.tags) + 256) },
		})
	}
	return a
}

// weight and weigh32 fit sizes to what otter counts in.
func weight(bytes int64) uint64 { return uint64(max(0, bytes)) }

func weigh32(bytes int) uint32 { return uint32(min(max(0, bytes), math.MaxUint32)) }

// find looks an answer up.
func (a *answers) find(key answerKey) (*kept, bool) {
	if a.kept == nil {
		return nil, false
	}
	return a.kept.GetIfPresent(key)
}

// keep stores an answer, where a cache is wanted, without the room that it was written in.
func (a *answers) keep(key answerKey, k *kept) {
	if a.kept == nil {
		return
	}
	written := k.rest
	k.rest, k.own = bytes.Clone(written), false
	a.s.recycle(written)
	a.kept.Set(key, k)
}

// public tells whether the answer is the same for everyone, so that anybody may keep it.
func (c *call) public() bool { return c.op.public && c.viewer.Scope == "" && !c.viewer.NoStore }

// key names the answer of a call; ok tells whether answers like it are kept or tagged at all.
func (a *answers) key(c *call) (answerKey, bool) {
	// Without a version of the graph nothing can be said about an answer's age.
	if a.s.opts.Revisions == nil || !c.op.public || c.viewer.NoStore {
		return answerKey{}, false
	}
	key := answerKey{sum: c.sum, revision: a.s.opts.Revisions.Of(c.op.types)}
	// Viewers of one scope share answers; the anonymous one needs no second hash.
	if c.viewer.Scope != "" {
		h := sha256.New()
		h.Write(c.sum[:])
		h.Write([]byte(c.viewer.Scope))
		h.Sum(key.sum[:0])
	}
	return key, true
}

// sum names what a call asks for and the program that answers.
// Parts are written with their lengths, so that no two lists of parts give the same bytes. The
// build is one of them: another program may answer in other words. Who asks is not: scopes are
// added in key.
func (a *answers) sum(c *call) (out [sha256.Size]byte) {
	h := sha256.New()
	for _, part := range []string{a.s.opts.Build, c.op.hash, c.op.def.Name} {
		h.Write([]byte(strconv.Itoa(len(part)) + " " + part))
	}
	if len(c.vars) > 0 {
		// Map keys are written in order, so equal variables give equal bytes. What was read as
		// JSON can be written as JSON.
		raw, _ := json.Marshal(c.vars)
		h.Write(raw)
	}
	h.Sum(out[:0])
	return out
}

// etag names one representation of an answer: what was asked (16 bytes of the sum never meet
// by chance), the revision, the media type and the encoding.
func (k answerKey) etag(media, encoding string) string {
	return string(k.appendTag(make([]byte, 0, tagBytes), media, encoding))
}

// tagBytes is at least what a tag has: 22 digits of the sum, 13 of the revision, 5 signs.
const tagBytes = 48

// appendTag writes the tag.
func (k answerKey) appendTag(b []byte, media, encoding string) []byte {
	b = append(b, '"')
	b = base64.RawURLEncoding.AppendEncode(b, k.sum[:16])
	// The rest stands apart on purpose: tags in a log tell whether the graph has changed meanwhile.
	b = append(b, '-')
	b = strconv.AppendUint(b, k.revision, 36)
	if media == mediaResponse {
		b = append(b, 'r')
	}
	if encoding != "" {
		b = append(b, 'z')
	}
	return append(b, '"')
}

// answer serves an admitted call: from the client's own copy, from the cache, or by running it.
func (s *Server) answer(ctx context.Context, w http.ResponseWriter, r *http.Request, c *call, media string) {
	key, tagged := s.answers.key(c)
	encoding := negotiateEncoding(r.Header.Values("Accept-Encoding"))
	if h := w.Header(); h["Vary"] == nil {
		h["Vary"] = s.vary
	} else {
		h["Vary"] = append(h["Vary"], s.vary...)
	}
	// RFC 9110 has 304 for GET and HEAD alone; a POST with the header is answered in full.
	if tagged && r.Method != http.MethodPost {
		if tag := matches(r.Header["If-None-Match"], key, media); tag != "" {
			s.unchanged(ctx, w, r, c, tag, media)
			return
		}
	}
	if !tagged {
		unhurried(w)
		s.uncached(ctx, w, r, c, media)
		return
	}
	// From here on everyone with the same key gets the same bytes.
	k, hit := s.answers.find(key)
	price := int64(1) // a hit is one look-up, whatever it once cost
	var rate Rate
	var refused *refusal
	if hit {
		rate, refused = s.charge(c, price)
	} else {
		unhurried(w)
		k, rate, refused = s.answers.miss(ctx, c, key)
	}
	s.noteCache(ctx, hit)
	rate.headers(w.Header(), visitOf(ctx))
	if refused != nil {
		s.refuse(w, r, media, refused)
		return
	}
	if s.send(ctx, w, r, c, media, encoding, key, k) && k.own {
		s.recycle(k.rest)
	}
}

// send writes an answer in the client's encoding, and tells whether all of it has been taken.
func (s *Server) send(ctx context.Context, w http.ResponseWriter, r *http.Request, c *call, media, encoding string, key answerKey, k *kept) bool {
	// Those who joined a run that had errors share its answer, but nobody keeps it.
	if k.tags == noStore {
		return s.write(w, r, media, http.StatusOK, k.head, k.rest)
	}
	if encoding == "gzip" && len(k.head)+len(k.rest) >= minCompress {
		w.Header().Set("Content-Encoding", "gzip")
		s.keepable(ctx, w.Header(), c, key.etag(media, encoding), k.tags)
		return s.write(w, r, media, http.StatusOK, k.compressed())
	}
	s.keepable(ctx, w.Header(), c, key.etag(media, ""), k.tags)
	return s.write(w, r, media, http.StatusOK, k.head, k.rest)
}

// noStore marks an answer with errors, which is sent to those who waited for it and forgotten.
const noStore = "\x00"

// joint is one run and what it gives to all who joined it.
type joint struct {
	shared  bool          // more than one request has it; guarded by the lock of the runs
	done    chan struct{} // closed when the rest is there
	kept    *kept
	rate    Rate
	refused *refusal
}

// miss runs a call once for all who ask for the same at the same time.
// The first runs it, in its own goroutine; the others wait.
func (a *answers) miss(ctx context.Context, c *call, key answerKey) (*kept, Rate, *refusal) {
	// Two revisions never join, so nobody gets an answer older than the graph he asked of.
	a.mu.Lock()
	j, joined := a.runs[key]
	if !joined {
		j = &joint{done: make(chan struct{})}
		a.runs[key] = j
	}
	j.shared = joined
	a.mu.Unlock()
	a.waiting.Add(1)
	defer a.waiting.Add(-1)
	if !joined {
		a.run(ctx, c, key, j)
	}
	select {
	case <-j.done:
	// Only this client has gone or run out of time; the run goes on for the others.
	case <-ctx.Done():
	}
	switch {
	case ctx.Err() != nil:
		return nil, Rate{}, a.s.refuseError(ctx, ctx.Err())
	case joined && j.refused == nil:
		// Who joined pays like a hit.
		rate, refused := a.s.charge(c, 1)
		return j.kept, rate, refused
	}
	return j.kept, j.rate, j.refused
}

// run runs a call for itself and all who join it meanwhile. It outlives the client that it is
// for, because the others still wait.
func (a *answers) run(ctx context.Context, c *call, key answerKey, j *joint) {
	defer func() {
		// The others must not wait for what will never come.
		if p := recover(); p != nil {
			j.refused = a.s.refuseError(ctx, a.s.recovered(ctx, p))
		}
		a.mu.Lock()
		delete(a.runs, key)
		if j.shared && j.kept != nil {
			j.kept.own = false
		}
		a.mu.Unlock()
		close(j.done)
	}()
	var resp *graphql.Response
	tags := newTagSet()
	// Values of the first request stay (its id is in the log), its cancellation does not.
	resp, j.rate, j.refused = a.s.perform(context.WithoutCancel(ctx), c, tags.add)
	if j.refused != nil {
		return
	}
	k := &kept{tags: noStore, own: true}
	k.head, k.rest = body(resp, c, j.rate)
	if len(resp.Errors) == 0 {
		k.tags = tags.list(c.op.tags)
		a.keep(key, k)
	}
	j.kept = k
}

// uncached runs a call whose answer is nobody else's.
// Mutations come this way, and whatever the viewer or the moment decides.
func (s *Server) uncached(ctx context.Context, w http.ResponseWriter, r *http.Request, c *call, media string) {
	resp, rate, refused := s.perform(ctx, c, nil)
	rate.headers(w.Header(), visitOf(ctx))
	if refused != nil {
		s.refuse(w, r, media, refused)
		return
	}
	head, rest := body(resp, c, rate)
	parts := [][]byte{head, rest}
	// Private answers are compressed each time, since they are never sent twice.
	if len(head)+len(rest) >= minCompress && negotiateEncoding(r.Header.Values("Accept-Encoding")) == "gzip" {
		w.Header().Set("Content-Encoding", "gzip")
		parts = [][]byte{compress(head, rest)}
	}
	if s.write(w, r, media, http.StatusOK, parts...) {
		s.recycle(rest)
	}
}

// unchanged answers 304: the client's copy is of the current revision, so nothing is read.
// It is charged like a hit, for else a client could ask without end.
func (s *Server) unchanged(ctx context.Context, w http.ResponseWriter, r *http.Request, c *call, tag, media string) {
	rate, refused := s.charge(c, 1)
	rate.headers(w.Header(), visitOf(ctx))
	if refused != nil {
		s.refuse(w, r, media, refused)
		return
	}
	visitOf(ctx).cache = "unchanged"
	s.metrics.unchanged.Inc()
	s.keepable(ctx, w.Header(), c, tag, "")
	w.WriteHeader(http.StatusNotModified)
}

// keepable sets the headers that tell caches what they may do.
func (s *Server) keepable(ctx context.Context, h http.Header, c *call, etag, tags string) {
	// The tag comes last: a map of eight headers, as a 304 has, grows when one of them is set again.
	defer func() { h["Etag"] = visitOf(ctx).value(valueETag, etag) }()
	// A private answer keeps its tag for the client's own cache, and the headers of a private one.
	if !c.public() {
		return
	}
	h["Cache-Control"] = s.shared
	if tags != "" {
		h.Set("Surrogate-Key", tags)
	}
}

// noteCache tells a hit or a miss to the log and the metrics.
func (s *Server) noteCache(ctx context.Context, hit bool) {
	if hit {
		visitOf(ctx).cache = "hit"
		s.metrics.hits.Inc()
		return
	}
	visitOf(ctx).cache = "miss"
	s.metrics.misses.Inc()
}

// matches gives the tag of the current answer, in any encoding, that If-None-Match names.
func matches(headers []string, key answerKey, media string) string {
	if len(headers) == 0 {
		return ""
	}
	// On the stack: most comparisons end here.
	var plain, zipped [tagBytes]byte
	p, z := key.appendTag(plain[:0], media, ""), key.appendTag(zipped[:0], media, "gzip")
	for _, header := range headers {
		for tag := range strings.SplitSeq(header, ",") {
			// If-None-Match compares weakly, so a proxy that weakened the tag is fine.
			switch tag = strings.TrimPrefix(strings.TrimSpace(tag), "W/"); tag {
			case string(p), string(z):
				return tag
			// Any copy will do.
			case "*":
				return string(p)
			}
		}
	}
	return ""
}

// negotiateEncoding picks gzip where the client takes it.
// gzip is the only coding: it is everywhere, and a second one would double what is kept.
func negotiateEncoding(accept []string) string {
	for part := range strings.SplitSeq(strings.Join(accept, ","), ",") {
		// A wildcard is not taken up: clients that want gzip name it.
		name, option, _ := strings.Cut(strings.TrimSpace(part), ";")
		q := strings.TrimPrefix(strings.ReplaceAll(option, " ", ""), "q=")
		if strings.EqualFold(strings.TrimSpace(name), "gzip") && parseQ(q) > 0 {
			return "gzip"
		}
	}
	return ""
}

// compressed gives the gzip form, made once.
// Of many who need it first, one makes it and the others wait for it.
func (k *kept) compressed() []byte {
	k.zip.Do(func() { k.gzip = compress(k.head, k.rest) })
	return k.gzip
}

// compress gives the gzip form of an answer's parts.
func compress(parts ...[]byte) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	// A buffer never fails.
	for _, part := range parts {
		_, _ = z.Write(part)
	}
	_ = z.Close()
	return out.Bytes()
}

// maxTags bounds Surrogate-Key below what proxies accept as a header.
const maxTags = 8 << 10

// tagSet collects the entries of an answer.
type tagSet struct {
	mu sync.Mutex
	in *tagRoom // nil when the header is written
}

// tagRoom is what a set is kept in. Rooms are pooled: a map that grows to some fifty entries for
// every answer costs more than all that is done with it.
type tagRoom struct {
	seen map[string]struct{}
	all  []string
}

var tagRooms = sync.Pool{New: func() any { return &tagRoom{seen: map[string]struct{}{}} }}

// keepTags is the largest room that goes back to the pool.
const keepTags = 1024

func newTagSet() *tagSet { return &tagSet{in: tagRooms.Get().(*tagRoom)} }

// add notes one entry.
// Resolvers call it from many goroutines. A load that is late names nothing any more.
func (t *tagSet) add(tag string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.in == nil {
		return
	}
	if _, known := t.in.seen[tag]; !known {
		t.in.seen[tag] = struct{}{}
		t.in.all = append(t.in.all, tag)
	}
}

// wholeGraph is the tag of answers that any change may concern.
const wholeGraph = "graph"

// list ends the set with the header: first the types of the operation, by which alone the
// answer can be purged, then as many entries as fit.
// Entries are sorted, so the same answer has the same header. Those that do not fit are left out: a
// purge by type still reaches the answer.
func (t *tagSet) list(types string) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	tags := t.in.all
	slices.Sort(tags)
	size, fit := len(types), 0
	for _, tag := range tags {
		if size+1+len(tag) > maxTags {
			break
		}
		size, fit = size+1+len(tag), fit+1
	}
	var b strings.Builder
	b.Grow(size)
	b.WriteString(types)
	for _, tag := range tags[:fit] {
		b.WriteByte(' ')
		b.WriteString(tag)
	}
	if len(tags) <= keepTags {
		clear(t.in.seen)
		clear(tags)
		t.in.all = tags[:0]
		tagRooms.Put(t.in)
	}
	t.in = nil
	return b.String()
}

// typeTags names in Surrogate-Key what an answer depends on: the types, or the whole graph where
// no types are named because all of them matter.
func typeTags(types []string) string {
	if len(types) == 0 {
		return wholeGraph
	}
	return strings.ToLower(strings.Join(types, " "))
}
