package advisor

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"patternhub/internal/content"
)

// Live caches the network of each perspective. It builds a network on first use. After a change it
// reads only the changed patterns, on the next call. It is safe for concurrent use.
// A returned network is immutable and stays valid while a new one is built.
type Live struct {
	store interface {
		At(content.Perspective) *content.Graph
	}
	networks map[content.Perspective]*liveNetwork
}

// liveNetwork is the network of one perspective.
// mu guards dirty and newest alone, so that Note never waits for a read. building is a lock that
// guards rows and network; it is a channel, so that a request can stop waiting when its context
// ends. rows is nil until the first build.
type liveNetwork struct {
	building chan struct{}
	rows     map[string]Row
	network  *Network

	mu sync.Mutex
	// dirty are the patterns that have changed since the network was read; nil if all are to be read.
	dirty map[string]bool
	// newest is the sequence number of the newest change noted.
	newest int64
}

// readPatterns is the number of patterns that one command reads while a network is built.
// The seed has about a hundred patterns, so one command reads them.
const readPatterns = 500

// NewLive returns a Live that reads from store. The caller must pass every change to Note.
func NewLive(store interface {
	At(content.Perspective) *content.Graph
},
) *Live {
	l := &Live{store: store, networks: map[content.Perspective]*liveNetwork{}}
	for _, p := range []content.Perspective{content.Published, content.Drafts} {
		l.networks[p] = &liveNetwork{building: make(chan struct{}, 1)}
	}
	return l
}

// Note records changes, in any order and however often they are reported. It ignores types other
// than patterns.
// It never blocks and reads nothing; the next call of Network does the reading.
func (l *Live) Note(_ content.State, changes ...content.Change) {
	for _, c := range changes {
		k := l.networks[c.Graph]
		if c.Type != content.TypePattern || k == nil {
			continue
		}
		k.mu.Lock()
		if c.Key == "" {
			k.dirty = nil
		}
		if k.dirty != nil {
			k.dirty[c.Key] = true
		}
		k.newest = max(k.newest, c.Seq)
		k.mu.Unlock()
	}
}

// take returns the keys that changed since its last call, nil for all, and the newest change of all.
// Network calls it before the read, so that a change during the read is dirty again for the next
// call. The other order would lose it.
func (k *liveNetwork) take() (dirty map[string]bool, newest int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	dirty = k.dirty
	k.dirty = map[string]bool{}
	return dirty, k.newest
}

// putBack marks keys dirty again that could not be read.
func (k *liveNetwork) putBack(dirty map[string]bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if dirty == nil {
		k.dirty = nil
	}
	if k.dirty == nil {
		return
	}
	for key := range dirty {
		k.dirty[key] = true
	}
}

// Network returns the network of a perspective in the state of ctx, or the current one without a
// state.
// One caller builds and the others wait for it until their context ends. After an error, the dirty
// keys stay dirty. An unknown perspective fails with BadUserInput. There is only the newest network: if
// the state of ctx is older than a noted change, Network leaves it (see content.Leave).
func (l *Live) Network(ctx context.Context, p content.Perspective) (*Network, error) {
	k := l.networks[p]
	if k == nil {
		return nil, content.Fault(content.BadUserInput, "Unknown perspective.")
	}
	select {
	case k.building <- struct{}{}:
		defer func() { <-k.building }()
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for the network: %w", ctx.Err())
	}
	dirty, newest := k.take()
	at, pinned := content.StateOf(ctx)
	behind := pinned && newest > at.Seq
	if behind {
		content.Leave(ctx)
		ctx = content.ReadNewest(ctx)
	}
	if dirty != nil && len(dirty) == 0 {
		return k.network, nil
	}
	rows, err := l.rows(ctx, l.store.At(p), k.rows, dirty)
	if err != nil {
		k.putBack(dirty)
		return nil, fmt.Errorf("build the network: %w", err)
	}
	list := make([]Row, 0, len(rows))
	for _, r := range rows {
		list = append(list, r)
	}
	k.rows, k.network = rows, NewNetwork(list)
	if behind { // the read may have returned something newer than the noted changes
		k.putBack(dirty)
	}
	return k.network, nil
}

// rows reads all patterns page by page in the order by name, or only the dirty ones if dirty is not
// nil.
// It does not change old, whose network other callers may be reading. A dirty pattern that is not
// found was deleted.
func (l *Live) rows(ctx context.Context, g *content.Graph, old map[string]Row, dirty map[string]bool) (map[string]Row, error) {
	rows := make(map[string]Row, len(old)+len(dirty))
	if dirty == nil {
		q := content.Query{Window: content.Window{Limit: readPatterns}}
		for {
			slices, err := g.Patterns.Find(ctx, q, content.Scope{})
			if err != nil {
				return nil, err
			}
			page := slices[0]
			for _, p := range page.Items {
				rows[p.Key] = row(p, rows)
			}
			if !page.HasNext {
				return rows, nil
			}
			last := page.Items[len(page.Items)-1]
			name, _ := last.OrderValue(content.OrderName)
			q.Window.After = &content.Position{Value: name, Key: last.Key}
		}
	}
	maps.Copy(rows, old)
	keys := make([]string, 0, len(dirty))
	for k := range dirty {
		keys = append(keys, k)
	}
	for part := range slices.Chunk(keys, readPatterns) {
		found, err := g.Patterns.ByKeys(ctx, part)
		if err != nil {
			return nil, err
		}
		for i, p := range found {
			delete(rows, part[i])
			if p != nil {
				rows[p.Key] = row(p, rows)
			}
		}
	}
	return rows, nil
}

// row returns the row of a pattern, without what the network does not need: rows are kept. Keys are those of
// rows, so that each is in memory once.
func row(p *content.Pattern, rows map[string]Row) Row {
	out := Row{Key: p.Key, Slug: p.Slug, FormerSlugs: p.FormerSlugs, Relations: slices.Clone(p.Relations)}
	for i := range out.Relations {
		r := &out.Relations[i]
		r.Sources = nil
		if other, ok := rows[r.PatternKey]; ok {
			r.PatternKey = other.Key
		}
	}
	return out
}
