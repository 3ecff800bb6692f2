// Package search finds entries by words: a full-text index in memory for each perspective,
// filled from the store and kept current by its changes.
//
// The two indexes share their code and nothing else: the published one has never seen a draft.
// Hits are ids with scores; the entries themselves are read elsewhere. What people type is
// plain words, never a query language.
//
// How it works:
//
//	follow.go      fills an index, applies changes, and renews what has worn out
//	generation.go  one filled index with the names and the state that belong to it
//	document.go    what of an entry can be found; words.go, vocabulary.go: what a word is
//	plan.go        what a query looks for; filter.go narrows it
//	answer.go      hits, facets and corrections; highlight.go marks the words in them
//	suggest.go     names for what is typed so far
//
// A search waits until the index knows what was noted before it. So whoever is told of a change
// after Note finds it, and an author finds what was just published.
package search

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"patternhub/content"
)

// Graphs gives the perspectives of the content; a content.Store is one.
type Graphs interface {
	At(p content.Perspective) *content.Graph
}

// Engine holds the index of each perspective.
// It is safe for concurrent use.
type Engine struct {
	indexes map[content.Perspective]*Index
}

// patience is how long a search waits for an index that is being filled or brought up to date:
// longer than either takes for the hub's content, and short enough for a person.
const patience = 2 * time.Second

// New makes an engine over a store; Run fills it.
// Until Run has filled them, searches wait and then are Unavailable. The log's entries name the
// index.
func New(store Graphs, log *slog.Logger) *Engine {
	e := &Engine{indexes: map[content.Perspective]*Index{}}
	for _, p := range []content.Perspective{content.Published, content.Drafts} {
		e.indexes[p] = newIndex(store.At(p), log.With("index", string(p)))
	}
	return e
}

// Run fills the indexes and keeps them current until ctx ends. The store must be readable, and
// every change after the beginning of Run must be given to Note.
// It is to be called once. After it the indexes are closed.
func (e *Engine) Run(ctx context.Context) {
	var running sync.WaitGroup
	for _, i := range e.indexes {
		running.Go(func() { i.run(ctx) })
	}
	running.Wait()
}

// Note says that entries have changed. From then on searches wait until the index knows, so
// whoever learns of a change after Note never gets an answer from before it. It is cheap, may
// be told of a change more than once, and in any order.
func (e *Engine) Note(changes ...content.Change) {
	for p, i := range e.indexes {
		i.note(p, changes)
	}
}

// Filled returns once each index has been filled for the first time. It is ctx's error when that
// ends before.
func (e *Engine) Filled(ctx context.Context) error {
	for _, i := range e.indexes {
		select {
		case <-i.full:
		case <-ctx.Done():
			return ctx.Err() //nolint:wrapcheck // the caller's own
		}
	}
	return nil
}

// At gives the index of a perspective; only those who may read drafts may be given theirs.
func (e *Engine) At(p content.Perspective) *Index { return e.indexes[p] }

// Index is the index of one perspective. It is safe for concurrent use.
type Index struct {
	graph *content.Graph
	log   *slog.Logger
	wake  chan struct{} // something is pending

	full chan struct{} // closed by the first fill

	use sync.RWMutex // held while a generation is in use; written to replace it
	gen *generation  // nil until the first fill, and after the end

	mu      sync.Mutex
	pending map[content.ID]bool
	last    map[content.ID]int64 // the newest change of each entry that has changed
	noted   int                  // counts notes; applied is the noted that the index has reached
	applied int
	moved   chan struct{} // closed and replaced when applied or gen moves
}

func newIndex(g *content.Graph, log *slog.Logger) *Index {
	return &Index{
		graph: g, log: log, wake: make(chan struct{}, 1), full: make(chan struct{}), moved: make(chan struct{}),
		pending: map[content.ID]bool{}, last: map[content.ID]int64{},
	}
}

// note takes in what concerns this perspective. A change older than the last one noted of its entry
// is left out, so telling twice costs nothing.
func (i *Index) note(p content.Perspective, changes []content.Change) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, c := range changes {
		id := content.ID{Type: c.Type, Key: c.Key}
		if c.Graph != p || c.Type.Name() == "" || c.Seq <= i.last[id] {
			continue
		}
		i.last[id] = c.Seq
		i.pending[id] = true
		i.noted++
	}
	if len(i.pending) > 0 {
		i.poke()
	}
}

func (i *Index) poke() {
	select {
	case i.wake <- struct{}{}:
	default:
	}
}

// take takes what is pending, and the noted that the index reaches with it.
// What is noted during the following read is pending again and counted anew.
func (i *Index) take() (map[content.ID]bool, int) {
	i.mu.Lock()
	defer i.mu.Unlock()
	ids := i.pending
	i.pending = map[content.ID]bool{}
	return ids, i.noted
}

// back makes what was taken pending again.
func (i *Index) back(ids map[content.ID]bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for id := range ids {
		i.pending[id] = true
	}
}

// reached says that the index knows what was noted until then.
func (i *Index) reached(noted int) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.applied = max(i.applied, noted)
	close(i.moved)
	i.moved = make(chan struct{})
}

// await returns once the index knows all that was noted before. It is Unavailable after
// patience, and once the index has been closed.
// The target is fixed at the beginning: changes that keep coming cannot hold up a search for ever.
func (i *Index) await(ctx context.Context) error {
	i.mu.Lock()
	target := i.noted
	i.mu.Unlock()
	var tired <-chan time.Time
	for {
		i.mu.Lock()
		ready, moved := i.applied >= target, i.moved
		i.mu.Unlock()
		if ready && i.filled() {
			return nil
		}
		if tired == nil {
			timer := time.NewTimer(patience)
			defer timer.Stop()
			tired = timer.C
		}
		select {
		case <-ctx.Done():
			return ctx.Err() //nolint:wrapcheck // the caller's own
		case <-tired:
			return content.Fault(content.Unavailable, "The search index is being prepared. Try again in a moment.")
		case <-moved:
		}
	}
}

func (i *Index) filled() bool {
	i.use.RLock()
	defer i.use.RUnlock()
	return i.gen != nil
}

// with lends the generation to f.
// f must not keep it. While f runs the generation is not closed; replacing it waits.
func (i *Index) with(f func(*generation) error) error {
	i.use.RLock()
	defer i.use.RUnlock()
	if i.gen == nil {
		return content.Fault(content.Unavailable, "The search index is not there.")
	}
	return f(i.gen)
}
