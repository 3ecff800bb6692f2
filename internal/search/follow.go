package search

import (
	"context"
	"fmt"
	"time"

	"patternhub/internal/content"
	"patternhub/internal/wait"
)

// readBatch is the number of whole entries in one read, the largest number that a write may have.
const readBatch = content.MaxBatch

// run fills the index and applies noted changes until ctx ends. It replaces a worn generation in
// the background and applies changes to both until the new one is ready.
// Searches wait for the first fill. Later generations are filled while the old one serves, one at a
// time. When ctx ends, run waits for a fill in progress and closes its generation.
func (i *Index) run(ctx context.Context) {
	defer i.replace(nil)
	_, n, _ := i.take() // the fill reads all earlier changes
	first, err := i.fillWithRetry(ctx)
	if err != nil {
		return // ctx has ended
	}
	i.replace(first)
	i.setApplied(n)
	close(i.filledCh)
	fresh := make(chan *generation, 1)
	var missed map[content.ID]bool // changes since the fill of the fresh generation began; nil if there is no fill
	defer func() {
		if missed != nil {
			i.discard(<-fresh)
		}
	}()
	for {
		select {
		case <-ctx.Done():
			return
		case <-i.wake.C():
			missed = merge(missed, i.applyPending(ctx))
		case g := <-fresh:
			i.renew(ctx, g, missed)
			missed = nil
		}
		if missed == nil && i.gen.fragmented() { // only this goroutine replaces it
			missed = map[content.ID]bool{}
			go func() {
				g, err := i.fillWithRetry(ctx)
				if err != nil {
					g = nil // ctx has ended
				}
				fresh <- g
			}()
		}
	}
}

// merge adds ids to missed unless it is nil.
func merge(missed, ids map[content.ID]bool) map[content.ID]bool {
	if missed != nil {
		for id := range ids {
			missed[id] = true
		}
	}
	return missed
}

// replace replaces the generation when no search uses the old one.
// It holds the lock only for the exchange. It closes the old generation after that, when no search
// can reach it.
func (i *Index) replace(g *generation) {
	i.genMu.Lock()
	old := i.gen
	i.gen = g
	i.genMu.Unlock()
	i.discard(old)
}

// discard closes a generation that is no longer used; nil does nothing.
func (i *Index) discard(g *generation) {
	if g == nil {
		return
	}
	if err := g.index.Close(); err != nil {
		i.log.Error("cannot close a search index", "error", err)
	}
}

// renew applies the missed changes to a fresh generation and installs it.
// If that fails, the old generation stays, which is complete but slower.
func (i *Index) renew(ctx context.Context, g *generation, missed map[content.ID]bool) {
	if g == nil {
		return
	}
	if err := i.update(ctx, g, missed); err != nil {
		i.log.WarnContext(ctx, "cannot replace the search index", "error", err)
		i.discard(g)
		return
	}
	i.replace(g)
}

// applyPending applies the pending changes to the generation and returns their ids. It retries
// until the read succeeds.
// Changes that are noted during the call stay pending for the next round. If ctx ends, the ids become
// pending again.
func (i *Index) applyPending(ctx context.Context) map[content.ID]bool {
	ids, n, at := i.take()
	moment := content.ReadOne(ctx, func() content.State { return at })
	err := i.retry(ctx, func(ctx context.Context) error {
		if content.Left(moment) { // the state cannot be read any more
			return i.update(ctx, i.gen, ids)
		}
		return i.update(moment, i.gen, ids)
	})
	if err != nil {
		i.putBack(ids)
		return nil
	}
	i.setApplied(n)
	return ids
}

// retry calls f until it succeeds or ctx ends; see wait.Retry.
func (i *Index) retry(ctx context.Context, f func(context.Context) error) error {
	return wait.Retry(ctx, wait.Short, f, func(err error) { i.log.WarnContext(ctx, "search index cannot read the store; retrying", "error", err) })
}

// update reads entries in the state of ctx and applies them.
// It uses the entries as read, not the content of the changes: a missing entry is removed, and the
// order of changes does not matter.
func (i *Index) update(ctx context.Context, g *generation, ids map[content.ID]bool) error {
	keys := map[content.EntryType][]string{}
	for id := range ids {
		keys[id.Type] = append(keys[id.Type], id.Key)
	}
	for t, list := range keys {
		reader := i.graph.Reader(t)
		for start := 0; start < len(list); start += readBatch {
			part := list[start:min(start+readBatch, len(list))]
			found, err := reader.PagesByKeys(ctx, part)
			if err != nil {
				return fmt.Errorf("read changed entries: %w", err)
			}
			entries := make(map[content.ID]content.Entry, len(part))
			for at, key := range part {
				entries[content.ID{Type: t, Key: key}] = found[at]
			}
			if err := g.apply(entries); err != nil {
				return err
			}
		}
	}
	return nil
}

// fillWithRetry fills a fresh generation and retries until it succeeds or ctx ends.
func (i *Index) fillWithRetry(ctx context.Context) (*generation, error) {
	var g *generation
	err := i.retry(ctx, func(ctx context.Context) (err error) {
		began := time.Now()
		if g, err = i.fill(ctx); err == nil {
			i.log.InfoContext(ctx, "search index filled", "entries", len(g.cards), "took", time.Since(began))
		}
		return err
	})
	return g, err
}

// fillBatch is the number of entries that form one segment of a fresh generation: few segments make searches
// fast, and a batch of this size takes about 30 MB during analysis.
const fillBatch = 1000

// fill reads the whole graph into a fresh generation.
// It reads without a snapshot, so entries may change during the call. The caller applies all changes
// since the call began.
func (i *Index) fill(ctx context.Context) (*generation, error) {
	g, err := newGeneration()
	if err != nil {
		return nil, err
	}
	batch := make(map[content.ID]content.Entry, fillBatch)
	take := func(entries []content.Entry) error {
		for _, e := range entries {
			if e != nil {
				batch[e.ID()] = e
			}
		}
		if len(batch) < fillBatch {
			return nil
		}
		defer clear(batch)
		return g.apply(batch)
	}
	for _, scan := range scans(i.graph) {
		if err := scan(ctx, take); err != nil {
			i.discard(g)
			return nil, err
		}
	}
	if err := g.apply(batch); err != nil {
		i.discard(g)
		return nil, err
	}
	return g, nil
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
