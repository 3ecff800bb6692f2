package search

import (
	"cmp"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"

	"patternhub/internal/content"
)

// card is the part of an entry that suggestions, facets and cursors need. The index stores it with the
// entry, so that they read nothing else.
type card struct {
	Type     content.EntryType `json:"t"`
	Key      string            `json:"k"`
	Name     string            `json:"n"`
	Slug     string            `json:"s"`
	Path     string            `json:"p"`
	Former   []string          `json:"f,omitempty"` // former slugs
	Aliases  []string          `json:"a,omitempty"`
	Revision int               `json:"r"`
}

// newCard returns the card of an entry. It shares the slices of h and aliases.
func newCard(h *content.Meta, aliases []string) *card {
	return &card{
		Type: h.Type, Key: h.Key, Name: h.Name, Slug: h.Slug, Path: h.ResourcePath(), Former: h.FormerSlugs, Aliases: aliases,
		Revision: h.Revision,
	}
}

// id returns the entry of the card; type and key never change, unlike slug and path.
func (c *card) id() content.ID { return content.ID{Type: c.Type, Key: c.Key} }

// text returns the stored form of a card. Its fields are texts and numbers, which always marshal.
func (c *card) text() string {
	raw, err := json.Marshal(c)
	if err != nil {
		return ""
	}
	return string(raw)
}

// cardOf parses the stored form.
func cardOf(text string) (*card, error) {
	var c card
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		return nil, fmt.Errorf("read a card of the search index: %w", err)
	}
	return &c, nil
}

// fingerprint identifies a revision of an entry. The exclusive or of all fingerprints identifies the
// content of an index, whatever the order in which it was written.
// It is FNV-1a, which is fast and the same on every machine. A collision helps no attacker.
func (c *card) fingerprint() uint64 {
	h := fnv.New64a()
	fmt.Fprintf(h, "%s:%s:%d", c.Type, c.Key, c.Revision)
	return h.Sum64()
}

// spelling is a way to type a name: its folded words, from the first or a later one on.
type spelling struct {
	key     string
	text    string // as the author wrote it
	literal string // with its signs; only for a whole name or alias
	rank    int    // 0 for a name, 1 for an alias, 2 and 3 from a later word on
	card    *card
}

// ranks is the number of ranks of spellings.
const ranks = 4

// spellings returns the spellings of a card.
// No spelling begins with a later stop word, since no one looks for a name by "of".
func (c *card) spellings() []spelling {
	var out []spelling
	for n, text := range append([]string{c.Name}, c.Aliases...) {
		words := strings.Split(wordsOrSigns(text), " ")
		for i, w := range words {
			if i > 0 && isStop(w) {
				continue
			}
			s := spelling{key: strings.Join(words[i:], " "), text: text, card: c}
			s.rank = first(n > 0) + 2*first(i > 0)
			if i == 0 {
				s.literal = literal(text)
			}
			out = append(out, s)
		}
	}
	return out
}

// spellingsOf returns the spellings of several cards in order, those of equal texts by their entries.
func spellingsOf(cards []*card) []spelling {
	var out []spelling
	for _, c := range cards {
		out = append(out, c.spellings()...)
	}
	slices.SortFunc(out, func(a, b spelling) int {
		return cmp.Or(strings.Compare(a.key, b.key), strings.Compare(docID(a.card.id()), docID(b.card.id())))
	})
	return out
}

// wordsOrSigns returns a string's words or, if it has none, its signs.
func wordsOrSigns(text string) string {
	if words := wordsOf(text); len(words) > 0 {
		return strings.Join(words, " ")
	}
	return literal(text)
}
