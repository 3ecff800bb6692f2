// Package search implements full-text search. It keeps one in-memory index per perspective, which it
// fills from the store and updates with the store's changes.
//
// The two indexes share only code: the published one never contains a draft. Hits are ids with
// scores; callers read the entries. A query is plain words and has no syntax.
//
// How it works:
//
//	follow.go      fills an index, applies changes, and replaces a fragmented generation
//	generation.go  one filled index with its names and state
//	document.go    the searchable texts of an entry; words.go, vocabulary.go: words and stems
//	plan.go        the parsed query; filter.go narrows it
//	answer.go      hits, facets and corrections; highlight.go marks the words in them
//	suggest.go     names that complete a prefix
//
// A search waits until the index has applied all changes noted before it. A client that hears of a
// change after Note therefore finds it, and an author finds a new publication at once.
package search

import (
	"context"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"patternhub/internal/content"
	"patternhub/internal/wait"
)

// Graphs provides the perspectives of the content; a content.Store implements it.
type Graphs interface {
	At(p content.Perspective) *content.Graph
}

// Engine has an index for each perspective. It is safe for concurrent use.
type Engine struct {
	log     *slog.Logger
	indexes map[content.Perspective]*Index
}

// maxWait is how long a search waits for an index that is being filled or updated: longer than
// either takes for the hub's content, and short enough for a user.
const maxWait = 2 * time.Second

// New returns an engine over a store. Until Run has filled the indexes, searches wait, then fail
// with Unavailable. Log records name the index.
func New(store Graphs, log *slog.Logger) *Engine {
	e := &Engine{log: log, indexes: map[content.Perspective]*Index{}}
	for _, p := range []content.Perspective{content.Published, content.Drafts} {
		e.indexes[p] = newIndex(store.At(p), log.With("index", string(p)))
	}
	return e
}

// Run fills the indexes and updates them until ctx ends, then closes them. It must be called once,
// with a readable store. Every change after the call must be passed to Note.
func (e *Engine) Run(ctx context.Context) {
	var running sync.WaitGroup
	for _, i := range e.indexes {
		running.Go(func() { i.run(ctx) })
	}
	if e.filled(ctx) {
		e.release(ctx)
	}
	running.Wait()
}

// release returns memory to the system once the indexes are filled: reading every text takes several
// times as much as the indexes hold, and the runtime would keep it for minutes.
func (e *Engine) release(ctx context.Context) {
	debug.FreeOSMemory()
	e.log.InfoContext(ctx, "search indexes are ready")
}

// Note records that entries have changed, up to a state; the zero state means the newest one when
// the index reads them. Later searches wait until the index has applied the changes, so no one who
// learns of a change after Note gets an older answer. It never blocks.
func (e *Engine) Note(at content.State, changes ...content.Change) {
	for p, i := range e.indexes {
		i.note(p, at, changes)
	}
}

// filled waits until each index has been filled for the first time. It reports false if ctx ends first.
func (e *Engine) filled(ctx context.Context) bool {
	for _, i := range e.indexes {
		select {
		case <-i.filledCh:
		case <-ctx.Done():
			return false
		}
	}
	return true
}

// At returns the index of a perspective. The caller must check that the viewer may read it.
func (e *Engine) At(p content.Perspective) *Index { return e.indexes[p] }

// Index is the index of one perspective. It is safe for concurrent use.
type Index struct {
	graph *content.Graph
	log   *slog.Logger
	wake  wait.Signal // notified when something is pending

	filledCh chan struct{} // closed by the first fill

	genMu sync.RWMutex // guards gen: read-locked while a generation is in use
	gen   *generation  // nil before the first fill and after the end

	mu           sync.Mutex // guards the fields below
	pending      map[content.ID]bool
	notedCount   int            // number of changes noted
	appliedCount int            // how many of them the index has applied
	newest       int64          // the Seq of the newest change noted
	readUpTo     int64          // the Seq of the newest change that the index may contain
	at           content.State  // the state that newest was noted with
	progress     wait.Broadcast // notified when appliedCount or gen changes
}

func newIndex(g *content.Graph, log *slog.Logger) *Index {
	return &Index{
		graph: g, log: log, wake: wait.NewSignal(), filledCh: make(chan struct{}),
		pending: map[content.ID]bool{},
	}
}

// note adds the changes of this perspective to the pending ones.
func (i *Index) note(p content.Perspective, at content.State, changes []content.Change) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, c := range changes {
		if c.Graph != p || c.Type.Name() == "" {
			continue
		}
		i.pending[content.ID{Type: c.Type, Key: c.Key}] = true
		i.notedCount++
		i.newest, i.at = max(i.newest, c.Seq), at
	}
	if len(i.pending) > 0 {
		i.wake.Notify()
	}
}

// take removes and returns the pending ids, the value of appliedCount once they have been applied, and
// the state to read them at.
// Changes that are noted during the read become pending again and have a higher count.
func (i *Index) take() (ids map[content.ID]bool, n int, at content.State) {
	i.mu.Lock()
	defer i.mu.Unlock()
	ids = i.pending
	i.pending = map[content.ID]bool{}
	i.readUpTo = i.newest
	return ids, i.notedCount, i.at
}

// putBack makes ids pending again.
func (i *Index) putBack(ids map[content.ID]bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for id := range ids {
		i.pending[id] = true
	}
}

// setApplied records that the first n changes are applied, and wakes the waiters.
func (i *Index) setApplied(n int) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.appliedCount = max(i.appliedCount, n)
	i.progress.Notify()
}

// await returns when the index has applied all changes noted before the call. It fails with Unavailable
// after maxWait, or if the index is closed.
// The target is fixed at the start, so later changes cannot delay a search indefinitely.
func (i *Index) await(ctx context.Context) error {
	i.mu.Lock()
	target := i.notedCount
	i.mu.Unlock()
	var timeout <-chan time.Time
	for {
		i.mu.Lock()
		ready, progress := i.appliedCount >= target, i.progress.C()
		i.mu.Unlock()
		if ready && i.filled() {
			return nil
		}
		if timeout == nil {
			timer := time.NewTimer(maxWait)
			defer timer.Stop()
			timeout = timer.C
		}
		select {
		case <-ctx.Done():
			return ctx.Err() //nolint:wrapcheck // the caller's own
		case <-timeout:
			return content.Fault(content.Unavailable, "The search index is being prepared. Try again in a moment.")
		case <-progress:
		}
	}
}

func (i *Index) filled() bool {
	i.genMu.RLock()
	defer i.genMu.RUnlock()
	return i.gen != nil
}

// withGeneration calls f with the generation, which f must not retain. A replacement waits until f
// returns. If the index may meanwhile contain changes after the state of ctx, withGeneration marks the
// response as inconsistent; see content.Leave.
func (i *Index) withGeneration(ctx context.Context, f func(*generation) error) error {
	defer i.checkState(ctx)
	i.genMu.RLock()
	defer i.genMu.RUnlock()
	if i.gen == nil {
		return content.Fault(content.Unavailable, "The search index is not available.")
	}
	return f(i.gen)
}

// checkState marks the response as inconsistent if the index may contain changes after the state of
// ctx. The index always contains every change up to the state: searches wait for all noted changes, and
// those of a state are noted before the state is used.
func (i *Index) checkState(ctx context.Context) {
	s, ok := content.StateOf(ctx)
	if !ok {
		return
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.readUpTo > s.Seq {
		content.Leave(ctx)
	}
}
