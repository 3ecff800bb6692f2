package search

import (
	"context"
	"fmt"
	"time"

	"patternhub/content"
)

const (
	// readBatch is how many entries are read whole at a time, as many as a write may have.
	readBatch = content.MaxBatch
	// retryEvery is the pause after a fault, so that a lost database is not hammered.
	retryEvery = 250 * time.Millisecond
)

// run fills the index and applies what is noted, until ctx ends. A worn generation is replaced
// in the background; what changes meanwhile is applied to both.
// The first fill is waited for by searches; later generations are filled beside the one that
// serves. There is at most one of them at a time. When ctx ends, a filling one is waited for and
// closed.
func (i *Index) run(ctx context.Context) {
	defer i.replace(nil)
	_, noted := i.take() // the fill sees what has changed before it
	first, err := i.filling(ctx)
	if err != nil {
		return // ctx has ended
	}
	i.replace(first)
	i.reached(noted)
	close(i.full)
	fresh := make(chan *generation, 1)
	var missed map[content.ID]bool // since the fresh generation was begun; nil without one
	defer func() {
		if missed != nil {
			i.discard(<-fresh)
		}
	}()
	for {
		select {
		case <-ctx.Done():
			return
		case <-i.wake:
			missed = merge(missed, i.applyPending(ctx))
		case g := <-fresh:
			i.renew(ctx, g, missed)
			missed = nil
		}
		if missed == nil && i.gen.worn() { // only this goroutine replaces it
			missed = map[content.ID]bool{}
			go func() {
				g, err := i.filling(ctx)
				if err != nil {
					g = nil // ctx has ended
				}
				fresh <- g
			}()
		}
	}
}

// merge adds ids to what has been missed, if that matters.
func merge(missed, ids map[content.ID]bool) map[content.ID]bool {
	if missed != nil {
		for id := range ids {
			missed[id] = true
		}
	}
	return missed
}

// replace puts a generation in the place of the last one, once no search uses that any more.
// The lock is held for the exchange alone. Closing comes after it, when nobody can borrow the old
// one.
func (i *Index) replace(g *generation) {
	i.use.Lock()
	old := i.gen
	i.gen = g
	i.use.Unlock()
	i.discard(old)
}

// discard closes a generation that nobody uses; nil is none.
func (i *Index) discard(g *generation) {
	if g == nil {
		return
	}
	if err := g.index.Close(); err != nil {
		i.log.Error("search index does not close", "error", err)
	}
}

// renew replaces the generation by a fresh one, which first learns what it has missed.
// When the fresh one cannot be brought up to date the old one stays, which is complete, only
// slower.
func (i *Index) renew(ctx context.Context, g *generation, missed map[content.ID]bool) {
	if g == nil {
		return
	}
	if err := i.update(ctx, g, missed); err != nil {
		i.log.WarnContext(ctx, "search index stays as it is", "error", err)
		i.discard(g)
		return
	}
	i.replace(g)
}

// applyPending brings the generation up to what is noted, and tells what it has applied. What
// cannot be read now is tried again until it can.
// While it waits more may be noted; that stays pending for the next round. Ids are given back when
// ctx ends, though nobody will apply them then.
func (i *Index) applyPending(ctx context.Context) map[content.ID]bool {
	ids, noted := i.take()
	for {
		err := i.update(ctx, i.gen, ids)
		if err == nil {
			i.reached(noted)
			return ids
		}
		if ctx.Err() != nil {
			i.back(ids)
			return nil
		}
		i.log.WarnContext(ctx, "search index waits for the store", "error", err)
		pause(ctx)
	}
}

func pause(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-time.After(retryEvery):
	}
}

// update reads entries as they are now and applies them.
// Entries are read as they are and not as the change said: a later change is then applied twice,
// which does no harm, and an entry that is gone is taken out. The order of changes does not matter
// for that reason.
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

// filling fills a fresh generation, and tries again until it can or ctx ends.
func (i *Index) filling(ctx context.Context) (*generation, error) {
	for {
		began := time.Now()
		g, err := i.fill(ctx)
		if err == nil {
			i.log.InfoContext(ctx, "search index filled", "entries", len(g.cards), "took", time.Since(began))
			return g, nil
		}
		if ctx.Err() != nil {
			return nil, err
		}
		i.log.WarnContext(ctx, "search index waits for the store", "error", err)
		pause(ctx)
	}
}

// fillBatch is how many entries make one segment of a fresh generation: few segments make
// searches fast, and a batch of this size takes about 30 MB while it is analysed.
const fillBatch = 1000

// fill reads the whole graph into a fresh generation.
// It reads with no snapshot: entries may change under it. Whoever calls it applies what has changed
// since it began.
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

// scanner reads all entries of one type whole, some at a time.
type scanner func(ctx context.Context, take func([]content.Entry) error) error

func scans(g *content.Graph) []scanner {
	return []scanner{
		scan(g.Tiers), scan(g.Laws), scan(g.Pillars), scan(g.Roles), scan(g.Companies), scan(g.Practices), scan(g.Patterns),
		scan(g.CaseStudies), scan(g.FailureStudies), scan(g.Guides), scan(g.QuickStarts), scan(g.LearningPaths),
		scan(g.Journeys), scan(g.Migrations), scan(g.Comparisons), scan(g.Pages),
	}
}

// scan pages through a collection. An entry that is renamed meanwhile may be missed; its change
// brings it.
// It reads a page of cards for the order and then their long texts, in batches of both.
func scan[T, F any](c content.Collection[T, F]) scanner {
	return func(ctx context.Context, take func([]content.Entry) error) error {
		var after *content.Position
		for {
			slices, err := c.Find(ctx, content.Query[F]{Window: content.Window{Limit: readBatch, After: after}}, content.Scope{})
			if err != nil {
				return fmt.Errorf("scan %s: %w", c.Type(), err)
			}
			items := slices[0].Items
			keys := make([]string, len(items))
			for i, item := range items {
				h := any(item).(content.Entry).Head()
				keys[i] = h.Key
				after = &content.Position{Value: content.Fold(h.Name), Key: h.Key}
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
