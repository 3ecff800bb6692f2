package mongodb

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"patternhub/internal/content"
	"patternhub/internal/mongodb/tally"
	"patternhub/internal/wait"
)

const (
	// countPage is the number of entries that a Counter reads at once.
	countPage = 1000
	// maxDirty bounds the changed keys of a collection that wait in memory. After more, all of it is read again.
	maxDirty = 50_000
	// countPatience bounds how long a count waits until the Counter has the newest changes. They take some
	// milliseconds; while many are written, the database counts instead.
	countPatience = 250 * time.Millisecond
)

// Counter counts the entries of large collections in memory, exactly and as of the state of each answer. It
// follows the change log: Note must be a follower of the Feed before those that make a new state visible, and
// Run must run. Until it has read a collection, while it is behind, and for what it does not hold, it reports
// that it cannot count, and the database does.
type Counter struct {
	store *Store
	from  int
	work  wait.Signal    // there is something to read
	moved wait.Broadcast // something was applied

	mu     sync.Mutex // guards the fields below, and those of the collections
	seen   content.State
	grown  bool // there were changes since the totals were read
	counts map[string]*held
}

// held is one collection of a Counter. It has the state of the log from since on, until a later change:
// until clean if there are dirty keys, until now otherwise.
type held struct {
	collection entryCollection
	// reading guards index: readers hold it while they look at the fields below and count.
	// It is locked before Counter.mu where both are needed.
	reading sync.RWMutex
	index   *tally.Index

	ready bool   // all entries have been read
	last  string // the key up to which they have been read
	taken bool   // some keys are being read
	lost  bool   // too much has changed: all entries are to be read again
	dirty map[string]bool
	since content.Moment
	clean content.Moment
}

// newCounter returns a Counter that has read nothing yet. It holds collections of at least from entries; with
// 0 it holds none.
func newCounter(s *Store, from int) *Counter {
	return &Counter{store: s, from: from, work: wait.NewSignal(), grown: true, counts: map[string]*held{}}
}

// Note is a Follower.
// It only records what to read, since followers must not block. A server without snapshot reads has no moments, and the
// Counter does not count there.
func (c *Counter) Note(at content.State, changes ...content.Change) {
	if c.from == 0 || at.Moment == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range changes {
		change := &changes[i]
		k := c.store.graphs[change.Graph].collections[change.Type]
		if k == nil { // a table
			continue
		}
		c.grown = true
		if h := c.counts[k.raw().Name()]; h != nil {
			if len(h.dirty) == 0 {
				// The index was complete up to the state before these changes.
				h.clean = c.seen.Moment
			}
			h.dirty[change.Key] = true
			// A change without a key stands for changes whose keys were not kept.
			h.lost = h.lost || change.Key == "" || len(h.dirty) > maxDirty
		}
	}
	c.seen = at
	c.work.Notify()
}

// Run reads collections and changes until ctx ends.
// It is the only goroutine that writes to an index. A read that fails is tried again after a pause.
func (c *Counter) Run(ctx context.Context, failed func(error)) {
	if c.from == 0 {
		return
	}
	_ = wait.Retry(ctx, wait.Short, func(ctx context.Context) error {
		for {
			worked, err := c.step(ctx)
			if err != nil {
				return err
			}
			if worked {
				continue
			}
			select {
			case <-ctx.Done():
				return nil
			case <-c.work.C():
			}
		}
	}, failed)
}

// Size returns how many entries are counted in memory, and about how much memory that takes.
func (c *Counter) Size() (entries, bytes int) {
	c.mu.Lock()
	all := slices.Collect(maps.Values(c.counts))
	c.mu.Unlock()
	for _, h := range all {
		h.reading.RLock()
		entries, bytes = entries+h.index.Len(), bytes+h.index.Bytes()
		h.reading.RUnlock()
	}
	return entries, bytes
}

// step does a part of the work, and reports whether there was some. Changes come first, so that they do not
// wait for a collection that is being read.
// Each part reads at most countPage entries, so a change waits for one page at most.
func (c *Counter) step(ctx context.Context) (bool, error) {
	if err := c.choose(ctx); err != nil {
		return false, err
	}
	c.mu.Lock()
	at, all := c.seen, slices.Collect(maps.Values(c.counts))
	c.mu.Unlock()
	if slices.ContainsFunc(all, c.restart) {
		return true, nil
	}
	for _, h := range all {
		if worked, err := c.change(ctx, h); worked || err != nil {
			return worked, err
		}
	}
	for _, h := range all {
		if !h.ready {
			return true, c.fill(ctx, h, at)
		}
	}
	return false, ctx.Err()
}

// choose begins to hold the collections that have become large.
// It reads the totals at first and after changes, since a collection does not grow otherwise. A collection that
// becomes small again stays.
func (c *Counter) choose(ctx context.Context) error {
	c.mu.Lock()
	grown := c.grown && c.seen.Moment != 0
	if grown {
		c.grown = false
	}
	c.mu.Unlock()
	if !grown {
		return nil
	}
	totals, err := c.store.storedTotals(ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil {
		c.grown = true
		return translate("read totals", err)
	}
	for _, g := range c.store.graphs {
		for _, k := range g.collections {
			name := k.raw().Name()
			if c.counts[name] == nil && totals.Entries[name] >= c.from {
				c.counts[name] = &held{collection: k, index: tally.New(k.tallied()...), dirty: map[string]bool{}}
			}
		}
	}
	return nil
}

// restart empties the index of a collection of which too much has changed, and reports whether it has.
// This bounds the memory for keys during an import.
func (c *Counter) restart(h *held) bool {
	h.reading.Lock()
	defer h.reading.Unlock()
	c.mu.Lock()
	defer c.mu.Unlock()
	if !h.lost {
		return false
	}
	h.index, h.dirty = tally.New(h.collection.tallied()...), map[string]bool{}
	h.ready, h.last, h.lost = false, "", false
	return true
}

// change reads the entries of some changes of a collection, and reports whether there were any.
// While taken is set the index has parts of two states, so nothing is counted with it.
func (c *Counter) change(ctx context.Context, h *held) (bool, error) {
	c.mu.Lock()
	at := c.seen
	var keys []string
	for key := range h.dirty {
		if len(keys) == countPage {
			break
		}
		keys = append(keys, key)
		// A change that comes during the read marks the key again, so it is read again.
		delete(h.dirty, key)
	}
	h.taken = len(keys) > 0
	c.mu.Unlock()
	if !h.taken {
		return false, nil
	}
	docs, err := h.read(ctx, at, bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: keys}}}})
	if err != nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		for _, key := range keys {
			h.dirty[key] = true
		}
		// What was clean before is not known any more; nothing is until all of it is read.
		h.taken, h.clean = false, 0
		return true, err
	}
	c.apply(h, at, keys, docs)
	return true, nil
}

// fill reads the next page of a collection.
// Changes of pages that were read are dirty keys, so the pages may be of different states.
func (c *Counter) fill(ctx context.Context, h *held, at content.State) error {
	docs, err := h.read(ctx, at, bson.D{{Key: "_id", Value: bson.D{{Key: "$gt", Value: h.last}}}})
	if err != nil {
		return err
	}
	keys := make([]string, len(docs))
	for i, doc := range docs {
		keys[i], _ = doc.Lookup("_id").StringValueOK()
	}
	c.apply(h, at, keys, docs)
	if len(docs) > 0 {
		h.last = keys[len(keys)-1]
	}
	if len(docs) < countPage {
		h.reading.Lock()
		defer h.reading.Unlock()
		h.index.Pack()
		c.mu.Lock()
		defer c.mu.Unlock()
		h.ready = true
	}
	return nil
}

// read reads what is held of the first entries that match a condition, by key and as of a state.
func (h *held) read(ctx context.Context, at content.State, cond bson.D) ([]bson.Raw, error) {
	projection := bson.D{}
	for _, path := range h.collection.tallied() {
		projection = append(projection, bson.E{Key: path, Value: 1})
	}
	opts := oneReply(countPage).SetProjection(projection).SetSort(bson.D{{Key: "_id", Value: 1}})
	var out []bson.Raw
	err := h.snapshot(ctx, at, cond, opts, func(_ entryCollection, doc bson.Raw) error {
		// The cursor reuses the memory of a document.
		out = append(out, slices.Clone(doc))
		return nil
	})
	return out, translate("read "+h.collection.raw().Name()+" to count it", err)
}

// snapshot reads entries as of a state.
func (h *held) snapshot(ctx context.Context, at content.State, cond bson.D, opts *options.FindOptionsBuilder, read func(entryCollection, bson.Raw) error) (err error) {
	ctx, done := asOf(content.ReadOne(ctx, func() content.State { return at }), h.collection.raw().Database())
	defer done(&err)
	return h.collection.each(ctx, cond, opts, read)
}

// apply puts entries that were read as of a state into the index.
func (c *Counter) apply(h *held, at content.State, keys []string, docs []bson.Raw) {
	h.reading.Lock()
	defer h.reading.Unlock()
	h.index.Apply(keys, docs)
	c.mu.Lock()
	defer c.mu.Unlock()
	h.taken, h.since = false, at.Moment
	c.moved.Notify()
}

// count calls read with the index of a collection when it has the state of ctx. It reports false if it does
// not have it soon, and what read reports otherwise.
func (c *Counter) count(ctx context.Context, name string, read func(*tally.Index) bool) bool {
	c.mu.Lock()
	h := c.counts[name]
	c.mu.Unlock()
	state, ok := content.StateOf(ctx)
	if h == nil || !ok || state.Moment == 0 {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, countPatience)
	defer cancel()
	for {
		// The channel comes before the try, so that a change between the two is not missed.
		moved := c.moved.C()
		counted, later := c.try(h, state.Moment, read)
		if counted || !later {
			return counted
		}
		select {
		case <-ctx.Done():
			return false
		case <-moved:
		}
	}
}

// try counts if the index has the state of a moment. If not, it reports whether it may have it later.
// It holds the index while read counts, so that the state cannot change below it.
func (c *Counter) try(h *held, at content.Moment, read func(*tally.Index) bool) (ok, later bool) {
	h.reading.RLock()
	defer h.reading.RUnlock()
	c.mu.Lock()
	until := c.seen.Moment
	if len(h.dirty) > 0 {
		until = h.clean
	}
	has := h.ready && !h.taken && !h.lost && h.since <= at && at <= until
	later = h.ready && !h.lost && (h.taken || len(h.dirty) > 0) && at <= c.seen.Moment
	c.mu.Unlock()
	if !has {
		return false, later
	}
	return read(h.index), false
}
