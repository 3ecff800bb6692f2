package search

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"patternhub/internal/content"
	"patternhub/internal/wait"
)

// local keeps the index of one graph in this process: it collects the changes that are noted, and lets
// searches wait until follow.go has applied them.
type local struct {
	store       Store
	perspective content.Perspective
	graph       *content.Graph
	log         *slog.Logger
	wake        wait.Signal // notified when something is pending

	home home // set by run

	filledCh chan struct{} // closed when the index can be searched for the first time

	genMu sync.RWMutex // guards gen: read-locked while a generation is in use
	gen   *generation  // nil before the first fill and after the end

	mu           sync.Mutex // guards the fields below
	pending      map[content.ID]bool
	overflow     bool           // there were too many pending entries; the log has them
	notedCount   int            // number of changes noted
	appliedCount int            // how many of them the index has applied
	newest       content.Change // the newest change noted, of any graph
	own          int64          // the Seq of the newest change noted of this graph
	saved        int64          // the Seq of the position that the index has stored
	readUpTo     int64          // the Seq of the newest change that the index may contain
	at           content.State  // the state that newest was noted with
	progress     wait.Broadcast // notified when appliedCount or gen changes
}

const (
	// maxPending bounds the entries that wait in memory. Beyond it the index reads the log again, from its
	// position on.
	maxPending = 10_000
	// maxUnsaved bounds the changes of the other graph after the stored position, so that a restart
	// reads few, and the log is not pruned beyond it.
	maxUnsaved = 1000
)

// newLocal returns the index of one graph on this machine, which holds nothing yet.
func newLocal(store Store, p content.Perspective, log *slog.Logger) *local {
	return &local{
		store: store, perspective: p, graph: store.At(p), log: log, wake: wait.NewSignal(), filledCh: make(chan struct{}),
		pending: map[content.ID]bool{},
	}
}

// ready returns a channel; see keeper.
func (l *local) ready() <-chan struct{} { return l.filledCh }

// isOwn reports whether a change is of an entry of this graph.
func (l *local) isOwn(c *content.Change) bool {
	return c.Graph == l.perspective && c.Type.Name() != ""
}

// note adds the changes of this perspective to the pending ones. Those of the other one only move the position.
func (l *local) note(at content.State, changes []content.Change) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range changes {
		c := &changes[i]
		if c.Seq >= l.newest.Seq {
			l.newest, l.at = *c, at
		}
		if !l.isOwn(c) {
			continue
		}
		l.notedCount++
		l.own = max(l.own, c.Seq)
		l.overflow = l.overflow || c.Key == ""
		if !l.overflow {
			l.pending[content.ID{Type: c.Type, Key: c.Key}] = true
		}
	}
	if l.overflow || len(l.pending) > maxPending {
		l.overflow, l.pending = true, map[content.ID]bool{}
	}
	if len(l.pending) > 0 || l.overflow || l.newest.Seq-l.saved >= maxUnsaved {
		l.wake.Notify()
	}
}

// taken is what was pending.
type taken struct {
	ids      map[content.ID]bool
	overflow bool           // the log has the changes, and ids is empty
	newest   content.Change // the newest change noted
	at       content.State  // the state to read the entries at
	count    int            // the value of appliedCount once they have been applied
}

// take removes and returns what is pending.
// Changes that are noted during the read become pending again and have a higher count.
func (l *local) take() taken {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := taken{ids: l.pending, overflow: l.overflow, newest: l.newest, at: l.at, count: l.notedCount}
	l.pending, l.overflow = map[content.ID]bool{}, false
	l.readUpTo = max(l.readUpTo, l.own)
	return t
}

// putBack makes what was taken pending again.
func (l *local) putBack(t taken) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.overflow = l.overflow || t.overflow
	for id := range t.ids {
		l.pending[id] = true
	}
}

// setApplied records that the first n changes are applied and that the index has stored a position, and
// wakes the waiters.
func (l *local) setApplied(n int, saved int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.appliedCount, l.saved = max(l.appliedCount, n), saved
	l.progress.Notify()
}

// setRead records that the index may contain changes up to a number.
func (l *local) setRead(seq int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.readUpTo = max(l.readUpTo, seq)
}

// lag returns the number of changes that are noted and not applied.
func (l *local) lag() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return int64(l.notedCount - l.appliedCount)
}

// await waits; see keeper.
// The target is fixed at the start, so later changes cannot delay a search indefinitely.
func (l *local) await(ctx context.Context) error {
	l.mu.Lock()
	target := l.notedCount
	l.mu.Unlock()
	var timeout <-chan time.Time
	for {
		l.mu.Lock()
		ready, progress := l.appliedCount >= target, l.progress.C()
		l.mu.Unlock()
		if ready && l.filled() {
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

// filled reports whether there is an index.
func (l *local) filled() bool {
	l.genMu.RLock()
	defer l.genMu.RUnlock()
	return l.gen != nil
}

// read calls f; see keeper. A replacement of the index waits until f returns.
func (l *local) read(ctx context.Context, f func(documents) error) error {
	defer l.checkState(ctx)
	l.genMu.RLock()
	defer l.genMu.RUnlock()
	if l.gen == nil {
		return content.Fault(content.Unavailable, "The search index is not available.")
	}
	return f(&l.gen.bleveIndex)
}

// checkState marks the response as inconsistent if the index may contain changes after the state of
// ctx. The index always contains every change up to the state: searches wait for all noted changes, and
// those of a state are noted before the state is used.
func (l *local) checkState(ctx context.Context) {
	s, ok := content.StateOf(ctx)
	if !ok {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.readUpTo > s.Seq {
		content.Leave(ctx)
	}
}
