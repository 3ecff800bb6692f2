package search

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"patternhub/internal/content"
	"patternhub/internal/wait"
)

// readBatch is the number of whole entries in one read, the largest number that a write may have.
const readBatch = content.MaxBatch

// run opens the index on disk or fills a new one, and applies changes until ctx ends. An index of another
// format, and one in memory that is worn, is replaced by one that is filled in the background while the
// old one serves and follows the changes.
// Searches wait for the first one. When ctx ends, run waits for a fill in progress and closes everything.
func (l *local) run(ctx context.Context, h home) {
	l.home = h
	before := l.take() // what is read from now on contains all earlier changes
	g, current, err := l.begin(ctx)
	if err != nil {
		return // ctx has ended
	}
	l.install(g)
	defer l.end()
	l.setApplied(before.count, g.position.Seq)
	close(l.filledCh)
	fresh, filling := make(chan *generation, 1), false
	defer func() {
		if filling {
			l.discard(<-fresh)
		}
	}()
	for {
		if !filling && (!current || l.gen.fragmented()) { // only this goroutine replaces it
			filling = true
			go func() { fresh <- l.fillWithRetry(ctx) }()
		}
		select {
		case <-ctx.Done():
			return
		case <-l.wake.C():
			l.applyPending(ctx)
		case g := <-fresh:
			filling = false
			current = l.renew(ctx, g) || current
		}
	}
}

// begin returns an index that contains every change up to now: the one on disk with what has changed since,
// or a new one. current is false if it is to be replaced.
func (l *local) begin(ctx context.Context) (g *generation, current bool, err error) {
	err = l.retry(ctx, func(ctx context.Context) (err error) {
		if g == nil {
			if g, current, err = l.open(ctx); err != nil {
				return err
			}
		}
		if g == nil {
			current = true
			if g = l.fillWithRetry(ctx); g == nil {
				return ctx.Err() //nolint:wrapcheck // ctx has ended
			}
		}
		return l.catchUp(ctx, g)
	})
	if err != nil && g != nil {
		l.shut(g)
	}
	return g, current, err
}

// open opens the best index on disk and removes the others; g is nil if there is none.
func (l *local) open(ctx context.Context) (g *generation, current bool, err error) {
	if l.home.folder == nil {
		return nil, false, nil
	}
	list, err := l.home.folder.list(l.perspective)
	if err != nil {
		return nil, false, err
	}
	own, err := format()
	if err != nil {
		return nil, false, err
	}
	// The first that fits is the best one; the others are of no use any more.
	for _, s := range list {
		x, err := openGeneration(s.path)
		if err != nil {
			l.setAside(ctx, s.path, err)
			continue
		}
		reason := "it is incomplete"
		if g != nil {
			reason = "a newer one is there"
		} else if x.complete() {
			if reason, err = misfit(ctx, l.store, l.home.database, &x.position); err != nil {
				l.shut(x)
				return nil, false, err
			}
		}
		if reason != "" {
			l.log.InfoContext(ctx, "search index removed", "reason", reason, "path", s.path)
			l.discard(x)
			continue
		}
		g, current = x, s.format == own
		l.log.InfoContext(ctx, "search index opened", "entries", g.entries, "change", g.position.Seq, "current", current)
	}
	return g, current, nil
}

// setAside reports a damaged index and makes room for a new one.
func (l *local) setAside(ctx context.Context, path string, damage error) {
	to, err := l.home.folder.setAside(l.perspective, path)
	if err != nil {
		l.log.ErrorContext(ctx, "a search index is damaged and cannot be moved", "error", errors.Join(damage, err))
		return
	}
	l.log.ErrorContext(ctx, "a search index is damaged; a new one is filled", "error", damage, "kept", to)
}

// misfit returns why an index does not belong to this database, or cannot be brought up to date; "" if it
// does and can.
// A restored database has another row, or none, where the index ends. If the row was pruned, later ones may
// be missing too.
func misfit(ctx context.Context, store Store, database string, at *position) (string, error) {
	if at.Database != database {
		return "it is of another database", nil
	}
	list, err := store.Changes(ctx, at.Seq-1, 1)
	switch {
	case err != nil:
		return "", fmt.Errorf("read the change log: %w", err)
	case len(list) == 0:
		return "the database was restored from before it", nil
	case list[0].Seq != at.Seq:
		return "the change log no longer reaches back to it", nil
	case positionOf(database, &list[0]) != *at:
		return "the database has another history", nil
	}
	return "", nil
}

// install replaces the generation when no search uses the old one.
// It holds the lock only for the exchange. It removes the old generation after that, when no search
// can reach it.
func (l *local) install(g *generation) {
	l.genMu.Lock()
	old := l.gen
	l.gen = g
	l.genMu.Unlock()
	l.discard(old)
}

// end closes the generation, which stays on disk with the position up to which it is complete.
func (l *local) end() {
	l.genMu.Lock()
	g := l.gen
	l.gen = nil
	l.genMu.Unlock()
	t := l.take()
	if at := positionOf(l.home.database, &t.newest); len(t.ids) == 0 && !t.overflow && g.path != "" && at.Seq > g.position.Seq {
		if err := g.apply(nil, &at); err != nil {
			l.log.Warn("cannot store the position of the search index", "error", err)
		}
	}
	l.shut(g)
}

// shut closes a generation and leaves it on disk.
func (l *local) shut(g *generation) {
	if err := g.Close(); err != nil {
		l.log.Error("cannot close a search index", "error", err)
	}
}

// discard closes and removes a generation that is no longer used; nil does nothing.
func (l *local) discard(g *generation) {
	if g == nil {
		return
	}
	if err := g.discard(); err != nil {
		l.log.Error("cannot remove a search index", "error", err)
	}
}

// renew brings a fresh generation up to date and installs it. It reports whether it has.
// If that fails, the old generation stays, which is complete.
func (l *local) renew(ctx context.Context, g *generation) bool {
	if g == nil {
		return false
	}
	if err := l.catchUp(ctx, g); err != nil {
		l.log.WarnContext(ctx, "cannot replace the search index", "error", err)
		l.discard(g)
		return false
	}
	l.install(g)
	return true
}

// applyPending applies the pending changes to the generation. It retries until the read succeeds.
// Changes that are noted during the call stay pending for the next round. If ctx ends, the ids become
// pending again.
func (l *local) applyPending(ctx context.Context) {
	t := l.take()
	moment := content.ReadOne(ctx, func() content.State { return t.at })
	at := positionOf(l.home.database, &t.newest)
	err := l.retry(ctx, func(ctx context.Context) error {
		switch {
		case t.overflow:
			return l.catchUp(ctx, l.gen)
		case content.Left(moment): // the state cannot be read any more
			return l.update(ctx, l.gen, t.ids, &at)
		}
		return l.update(moment, l.gen, t.ids, &at)
	})
	if err != nil {
		l.putBack(t)
		return
	}
	l.setApplied(t.count, l.gen.position.Seq)
}

// retry calls f until it succeeds or ctx ends; see wait.Retry.
func (l *local) retry(ctx context.Context, f func(context.Context) error) error {
	return wait.Retry(ctx, wait.Short, f, func(err error) { l.log.WarnContext(ctx, "search index cannot be updated; retrying", "error", err) })
}

// logPage is the number of changes in one read of the log.
const logPage = 1000

// catchUp applies the changes in the log after the position of a generation, up to now.
func (l *local) catchUp(ctx context.Context, g *generation) error {
	ctx = content.ReadNewest(ctx)
	for applied := 0; ; {
		changes, err := l.store.Changes(ctx, g.position.Seq, logPage)
		if err != nil {
			return fmt.Errorf("read the change log: %w", err)
		}
		if len(changes) == 0 {
			if applied > 0 {
				l.log.InfoContext(ctx, "search index caught up", "entries", applied, "change", g.position.Seq)
			}
			return nil
		}
		ids := map[content.ID]bool{}
		for i := range changes {
			if c := &changes[i]; l.isOwn(c) {
				ids[content.ID{Type: c.Type, Key: c.Key}] = true
			}
		}
		at := positionOf(l.home.database, &changes[len(changes)-1])
		if err := l.update(ctx, g, ids, &at); err != nil {
			return err
		}
		applied += len(ids)
		last, err := l.store.LastSeq(ctx) // the entries may have been newer than their changes
		if err != nil {
			return fmt.Errorf("read the change log: %w", err)
		}
		l.setRead(last)
	}
}

// update reads entries in the state of ctx and applies them. The last batch has the position after them,
// unless the generation is already beyond it.
// It uses the entries as read, not the content of the changes: a missing entry is removed, and the
// order of changes does not matter.
func (l *local) update(ctx context.Context, g *generation, ids map[content.ID]bool, at *position) error {
	err := readEntries(ctx, l.graph, ids, func(entries map[content.ID]content.Entry) error { return g.apply(entries, nil) })
	if err != nil {
		return err
	}
	if at.Seq <= g.position.Seq {
		return nil
	}
	return g.apply(nil, at)
}

// readEntries calls f with entries, whole, in batches; a missing one is nil. Entries are not read at once, so
// that many changes need no more memory than few.
func readEntries(ctx context.Context, graph *content.Graph, ids map[content.ID]bool, f func(map[content.ID]content.Entry) error) error {
	keys := map[content.EntryType][]string{}
	for id := range ids {
		keys[id.Type] = append(keys[id.Type], id.Key)
	}
	for t, list := range keys {
		for part := range slices.Chunk(list, readBatch) {
			found, err := graph.Reader(t).PagesByKeys(ctx, part)
			if err != nil {
				return fmt.Errorf("read changed entries: %w", err)
			}
			entries := make(map[content.ID]content.Entry, len(part))
			for i, key := range part {
				entries[content.ID{Type: t, Key: key}] = found[i]
			}
			if err := f(entries); err != nil {
				return err
			}
		}
	}
	return nil
}

// fillWithRetry fills a fresh generation and retries until it succeeds; it returns nil when ctx has ended.
func (l *local) fillWithRetry(ctx context.Context) *generation {
	var g *generation
	err := l.retry(ctx, func(ctx context.Context) (err error) {
		began := time.Now()
		if g, err = l.fill(ctx); err == nil {
			l.log.InfoContext(ctx, "search index filled", "entries", g.entries, "took", time.Since(began))
		}
		return err
	})
	if err != nil {
		return nil
	}
	return g
}

const (
	// fillBatch is the number of entries that are written at once to a fresh generation on disk. In memory
	// it is memoryBatch, since there a batch remains a segment, and few segments make searches fast.
	fillBatch   = 500
	memoryBatch = 1000
	// fillBytes bounds the texts of such a batch. Its analysis takes some ten times as much memory.
	fillBytes = 4 << 20
)

// fill reads the whole graph into a fresh generation.
// It reads without a snapshot, so entries may change during the call. The position of the generation is the
// end of the log before the call began; catchUp applies the changes since.
func (l *local) fill(ctx context.Context) (*generation, error) {
	ctx = content.ReadNewest(ctx)
	begun, err := lastPosition(ctx, l.store, l.home.database)
	if err != nil {
		return nil, err
	}
	path := ""
	if l.home.folder != nil {
		if path, err = l.home.folder.next(l.perspective); err != nil {
			return nil, err
		}
	}
	g, err := newGeneration(path)
	if err != nil {
		return nil, err
	}
	if err := l.fillFrom(ctx, g, begun); err != nil {
		l.discard(g)
		return nil, err
	}
	return g, nil
}

// fillFrom applies all entries to a generation, and then its position.
func (l *local) fillFrom(ctx context.Context, g *generation, begun *position) error {
	most := fillBatch
	if g.path == "" {
		most = memoryBatch
	}
	err := eachBatch(ctx, l.graph, most, func(entries map[content.ID]content.Entry) error { return g.apply(entries, nil) })
	if err != nil {
		return err
	}
	return g.apply(nil, begun)
}

// eachBatch calls f with all entries of a graph, whole, in batches of about so many and of bounded size. f must
// not retain them.
func eachBatch(ctx context.Context, graph *content.Graph, most int, f func(map[content.ID]content.Entry) error) error {
	entries, bytes := map[content.ID]content.Entry{}, 0
	take := func(list []content.Entry) error {
		for _, e := range list {
			if e != nil {
				entries[e.ID()] = e
				bytes += sizeOf(e)
			}
		}
		if len(entries) < most && bytes < fillBytes {
			return nil
		}
		defer func() { clear(entries); bytes = 0 }()
		return f(entries)
	}
	for _, scan := range scans(graph) {
		if err := scan(ctx, take); err != nil {
			return err
		}
	}
	return f(entries)
}

// lastPosition returns the position of the newest change. In an empty log it is before the first one.
func lastPosition(ctx context.Context, store Store, database string) (*position, error) {
	seq, err := store.LastSeq(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the change log: %w", err)
	}
	list, err := store.Changes(ctx, seq-1, 1)
	if err != nil {
		return nil, fmt.Errorf("read the change log: %w", err)
	}
	if len(list) == 0 {
		return &position{Database: database}, nil
	}
	at := positionOf(database, &list[0])
	return &at, nil
}

// sizeOf returns about how many bytes the texts of an entry have.
func sizeOf(e content.Entry) int {
	t := textsOf(e)
	n := len(t.name) + len(t.summary) + len(t.body)
	for _, s := range t.details {
		n += len(s)
	}
	return n
}

// scanner reads all entries of one type whole, in batches.
type scanner func(ctx context.Context, take func([]content.Entry) error) error

// scan pages through a collection. It may miss an entry that is renamed during the scan, but the change
// of that entry is applied later.
// It reads a page of cards for the order and then their long texts, in batches of both.
func scan[E content.Entry](c content.Collection[E]) scanner {
	return func(ctx context.Context, take func([]content.Entry) error) error {
		var after *content.Position
		for {
			slices, err := c.Find(ctx, content.Query{Window: content.Window{Limit: readBatch, After: after}}, content.Scope{})
			if err != nil {
				return fmt.Errorf("scan %s: %w", c.Type(), err)
			}
			items := slices[0].Items
			keys := make([]string, len(items))
			for i, item := range items {
				h := item.Head()
				keys[i] = h.Key
				after = &content.Position{Value: content.SortKey(h.Name), Key: h.Key}
			}
			if len(keys) > 0 {
				pages, err := c.PagesByKeys(ctx, keys)
				if err != nil {
					return fmt.Errorf("scan %s: %w", c.Type(), err)
				}
				if err := take(pages); err != nil {
					return err
				}
			}
			if !slices[0].HasNext {
				return nil
			}
		}
	}
}
