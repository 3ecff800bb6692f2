package search

import (
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/blevesearch/bleve/v2"

	"patternhub/internal/content"
)

// card is the part of an entry that suggestions and facets show, held beside the index.
type card struct {
	id       content.ID
	name     string
	slug     string
	path     string
	former   []string // former slugs
	aliases  []string
	revision int
}

// newCard clones strings: an entry's texts are substrings of one large text, which a card would
// otherwise hold in memory.
func newCard(h *content.Meta, aliases []string) *card {
	c := &card{
		id: content.ID{Type: h.Type, Key: strings.Clone(h.Key)}, name: strings.Clone(h.Name), slug: strings.Clone(h.Slug),
		path: strings.Clone(h.ResourcePath()), revision: h.Revision,
	}
	for _, slug := range h.FormerSlugs {
		c.former = append(c.former, strings.Clone(slug))
	}
	for _, alias := range aliases {
		c.aliases = append(c.aliases, strings.Clone(alias))
	}
	return c
}

// fingerprint identifies a revision of an entry.
// It is FNV-1a, which is fast and the same on every machine. A collision helps no attacker.
func (c *card) fingerprint() uint64 {
	h := fnv.New64a()
	fmt.Fprintf(h, "%s:%s:%d", c.id.Type, c.id.Key, c.revision)
	return h.Sum64()
}

// sameNames reports whether suggestions for two cards are the same.
func (c *card) sameNames(d *card) bool {
	return c != nil && d != nil && c.name == d.name && c.path == d.path && slices.Equal(c.aliases, d.aliases)
}

// generation is a full-text index with its vocabulary, cards and names. Bleve never merges an index
// in memory, so each batch adds a segment and each replaced entry stays in its old one. A
// generation with too many of them is fragmented and is replaced by a new one.
// One goroutine applies changes while searches read. The maps and lists under mu are replaced and
// never modified, so a reader may use them after it has released the lock.
type generation struct {
	index bleve.Index
	words *vocabulary

	batches int // batches applied so far, each a segment
	dead    int // replaced and removed entries that the segments still contain

	mu    sync.RWMutex // guards the fields below
	cards map[content.ID]*card
	names []spelling
	state uint64
}

const (
	// maxBatches bounds the segments of a generation: each word of a query is looked up in every
	// segment.
	maxBatches = 64
	// maxDead bounds the replaced entries, in addition to the number of living ones.
	maxDead = 1000
)

// newGeneration returns an empty generation. The caller must close it with discard.
func newGeneration() (*generation, error) {
	index, err := newBleve()
	if err != nil {
		return nil, err
	}
	return &generation{index: index, words: newVocabulary(), cards: map[content.ID]*card{}}, nil
}

// fragmented reports whether the generation should be replaced.
// The bound on dead entries grows with the index, so that a large index is not rebuilt all the
// time.
func (g *generation) fragmented() bool {
	return g.batches > maxBatches || g.dead > maxDead+len(g.cards)
}

// apply adds or updates entries; a nil entry is removed. Only one goroutine may call it, while
// searches continue.
// Removing an unknown entry costs nothing. After an error, some of the batch may count as dead,
// which at worst replaces the generation early.
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

// note updates the cards and names after a batch.
// The state is the exclusive or of all fingerprints, so it can be updated entry by entry and does
// not depend on their order. Names are sorted again only if one changed.
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

// card returns the card of an entry; nil if it is not in the index.
func (g *generation) card(id content.ID) *card {
	g.mu.RLock()
	defer g.mu.RUnlock()
	return g.cards[id]
}

// tiers returns the keys of the tiers by their current and former slugs.
func (g *generation) tiers() map[string]string {
	g.mu.RLock()
	defer g.mu.RUnlock()
	out := map[string]string{}
	for id, c := range g.cards {
		if id.Type == content.TypeTier {
			for _, slug := range append(slices.Clip(c.former), c.slug) {
				out[slug] = id.Key
			}
		}
	}
	return out
}
