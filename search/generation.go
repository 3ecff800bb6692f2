package search

import (
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/blevesearch/bleve/v2"

	"patternhub/content"
)

// card is what is kept of an entry beside the index: what suggestions and facets show.
type card struct {
	id       content.ID
	name     string
	slug     string
	path     string
	aliases  []string
	revision int
}

// newCard copies what it keeps: an entry's texts are parts of one, which a card would hold whole.
func newCard(h *content.Meta, aliases []string) *card {
	c := &card{
		id: content.ID{Type: h.Type, Key: strings.Clone(h.Key)}, name: strings.Clone(h.Name), slug: strings.Clone(h.Slug),
		path: strings.Clone(h.ResourcePath()), revision: h.Revision,
	}
	for _, alias := range aliases {
		c.aliases = append(c.aliases, strings.Clone(alias))
	}
	return c
}

// fingerprint tells revisions of entries apart.
// It is FNV-1a, which is quick and the same on every machine. Nobody gains by making two of them
// meet.
func (c *card) fingerprint() uint64 {
	h := fnv.New64a()
	fmt.Fprintf(h, "%s:%s:%d", c.id.Type, c.id.Key, c.revision)
	return h.Sum64()
}

// sameNames tells whether suggestions for two cards are the same.
func (c *card) sameNames(d *card) bool {
	return c != nil && d != nil && c.name == d.name && c.path == d.path && slices.Equal(c.aliases, d.aliases)
}

// generation is an index with all that goes with it. Bleve never merges an index in memory, so
// each batch leaves a segment behind and each replaced entry stays in its old one: a worn
// generation is replaced by a fresh one.
// Searches read it while one goroutine applies. The maps and lists under mu are never changed in
// place but replaced, so whoever has taken one may go on reading it without the lock.
type generation struct {
	index bleve.Index
	words *vocabulary

	batches int // applied so far, each a segment
	dead    int // replaced and removed entries, which the segments still hold

	mu    sync.RWMutex // guards what follows
	cards map[content.ID]*card
	names []spelling
	state uint64
}

const (
	// maxBatches bounds the segments of a generation: every word of a query is looked up in each.
	maxBatches = 64
	// maxDead bounds the replaced entries, beside as many as there are living ones.
	maxDead = 1000
)

// newGeneration makes one without entries. It has to be closed by discard.
func newGeneration() (*generation, error) {
	index, err := newBleve()
	if err != nil {
		return nil, err
	}
	return &generation{index: index, words: newVocabulary(), cards: map[content.ID]*card{}}, nil
}

// worn tells whether a fresh generation would be better.
// The bound on the dead grows with the entries, so that a large index is not built anew all the
// time.
func (g *generation) worn() bool {
	return g.batches > maxBatches || g.dead > maxDead+len(g.cards)
}

// apply takes in entries as they are now, nil for what is not there (any more). Only one
// goroutine may apply; searches go on meanwhile.
// An entry that is not there and never was costs nothing. On an error some of the batch may have
// been counted as dead, which at worst renews the generation early.
func (g *generation) apply(entries map[content.ID]content.Entry) error {
	batch := g.index.NewBatch()
	added := make(map[content.ID]*card, len(entries))
	for id, e := range entries {
		if g.cards[id] != nil {
			g.dead++
		} else if e == nil {
			continue
		}
		if e == nil {
			batch.Delete(docID(id))
			added[id] = nil
			continue
		}
		h, t := e.Head(), textsOf(e)
		c := newCard(h, t.aliases)
		added[c.id] = c
		slugs := append([]string{h.Slug}, h.FormerSlugs...)
		if err := batch.Index(docID(id), g.words.fields(id, slugs, &t)); err != nil {
			return fmt.Errorf("index %s: %w", id.Type, err)
		}
	}
	if len(added) == 0 {
		return nil
	}
	if err := g.index.Batch(batch); err != nil {
		return fmt.Errorf("index a batch: %w", err)
	}
	g.batches++
	g.note(added)
	return nil
}

// note brings the cards and names up to the index.
// The state is the exclusive or of all fingerprints: it can be brought up to date entry by entry,
// and does not depend on the order in which they came. Sorting all names again is left out when
// none changed.
func (g *generation) note(added map[content.ID]*card) {
	next := maps.Clone(g.cards)
	state, renamed := g.state, false
	for id, c := range added {
		old := next[id]
		renamed = renamed || !c.sameNames(old)
		if old != nil {
			state ^= old.fingerprint()
			delete(next, id)
		}
		if c != nil {
			state ^= c.fingerprint()
			next[id] = c
		}
	}
	names := g.names
	if renamed {
		names = spellings(next)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.cards, g.names, g.state = next, names, state
}

// card gives what is kept of an entry; nil when it is not in the index.
func (g *generation) card(id content.ID) *card {
	g.mu.RLock()
	defer g.mu.RUnlock()
	return g.cards[id]
}

// tiers maps the slugs of the tiers to their keys.
func (g *generation) tiers() map[string]string {
	g.mu.RLock()
	defer g.mu.RUnlock()
	out := map[string]string{}
	for id, c := range g.cards {
		if id.Type == content.TypeTier {
			out[c.slug] = id.Key
		}
	}
	return out
}
