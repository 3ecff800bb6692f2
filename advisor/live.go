package advisor

import (
	"context"
	"fmt"
	"maps"
	"sync"

	"patternhub/content"
)

// Live keeps the network of each perspective in memory. It is built when it is first asked for
// and brought up to date when it is asked for after a change, by reading what has changed. It
// is safe for concurrent use.
// A network that was handed out is immutable and goes on answering while a new one is built.
type Live struct {
	store interface {
		At(content.Perspective) *content.Graph
	}
	kept map[content.Perspective]*keptNetwork
}

// keptNetwork is the network of one perspective. mu guards dirty alone, so that a note never
// waits for a read; building is held while the network is made anew.
// building is a channel and not a mutex, so that a request that waits for it can be cancelled. rows
// is nil until the first build and belongs to whoever holds building.
type keptNetwork struct {
	building chan struct{}
	rows     map[string]Row
	network  *Network

	mu    sync.Mutex
	dirty map[string]bool
}

// readPatterns is how many patterns one command reads while a network is built.
// The seed has about a hundred, so that is one command.
const readPatterns = 500

// NewLive makes networks over a store. Note must be told of every change.
func NewLive(store interface {
	At(content.Perspective) *content.Graph
},
) *Live {
	l := &Live{store: store, kept: map[content.Perspective]*keptNetwork{}}
	for _, p := range []content.Perspective{content.Published, content.Drafts} {
		l.kept[p] = &keptNetwork{building: make(chan struct{}, 1), dirty: map[string]bool{}}
	}
	return l
}

// Note takes in changes, in any order and as often as they are told. Those of other types than
// patterns do not matter here.
// It never waits and reads nothing; whoever asks next does the reading.
func (l *Live) Note(changes ...content.Change) {
	for _, c := range changes {
		k := l.kept[c.Graph]
		if c.Type != content.TypePattern || k == nil {
			continue
		}
		k.mu.Lock()
		k.dirty[c.Key] = true
		k.mu.Unlock()
	}
}

// take gives what has changed since it was last asked.
// It is called before the read: a change that is noted during the read is then dirty again, and the
// next caller reads it. The other way round it would be lost.
func (k *keptNetwork) take() map[string]bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	dirty := k.dirty
	k.dirty = map[string]bool{}
	return dirty
}

// untake puts back what could not be read.
func (k *keptNetwork) untake(dirty map[string]bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for key := range dirty {
		k.dirty[key] = true
	}
}

// Network gives the network of a perspective as of now.
// Of many who ask at once one builds and the others wait for it, until their context ends. After a
// fault nothing is lost: what was dirty is so again. An unknown perspective is BadUserInput.
func (l *Live) Network(ctx context.Context, p content.Perspective) (*Network, error) {
	k := l.kept[p]
	if k == nil {
		return nil, content.Fault(content.BadUserInput, "Unknown perspective.")
	}
	select {
	case k.building <- struct{}{}:
		defer func() { <-k.building }()
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for the network: %w", ctx.Err())
	}
	dirty := k.take()
	if k.network != nil && len(dirty) == 0 {
		return k.network, nil
	}
	rows, err := l.rows(ctx, l.store.At(p), k.rows, dirty)
	if err != nil {
		k.untake(dirty)
		return nil, fmt.Errorf("build the network: %w", err)
	}
	list := make([]Row, 0, len(rows))
	for _, r := range rows {
		list = append(list, r)
	}
	k.rows, k.network = rows, NewNetwork(list)
	return k.network, nil
}

// rows reads all patterns, or those that have changed over what is known.
// known is not changed, since its rows are those of the network that others may be reading. A
// pattern that is dirty and not found is gone. Reading all of them goes page by page in the order
// by name.
func (l *Live) rows(ctx context.Context, g *content.Graph, known map[string]Row, dirty map[string]bool) (map[string]Row, error) {
	rows := make(map[string]Row, len(known)+len(dirty))
	if known == nil {
		q := content.Query[content.PatternFilter]{Window: content.Window{Limit: readPatterns}}
		for {
			slices, err := g.Patterns.Find(ctx, q, content.Scope{})
			if err != nil {
				return nil, err
			}
			page := slices[0]
			for _, p := range page.Items {
				rows[p.Key] = row(p)
			}
			if !page.HasNext {
				return rows, nil
			}
			last := page.Items[len(page.Items)-1]
			name, _ := last.OrderValue(content.OrderName)
			q.Window.After = &content.Position{Value: name, Key: last.Key}
		}
	}
	maps.Copy(rows, known)
	keys := make([]string, 0, len(dirty))
	for k := range dirty {
		keys = append(keys, k)
	}
	found, err := g.Patterns.ByKeys(ctx, keys)
	if err != nil {
		return nil, err
	}
	for i, p := range found {
		delete(rows, keys[i])
		if p != nil {
			rows[p.Key] = row(p)
		}
	}
	return rows, nil
}

func row(p *content.Pattern) Row {
	return Row{Key: p.Key, Slug: p.Slug, FormerSlugs: p.FormerSlugs, Relations: p.Relations}
}
