package mongodb

import (
	"go.mongodb.org/mongo-driver/v2/bson"

	"patternhub/content"
)

// PatternFilter gives the condition of a filter of patterns, as if each slug were that of an entry
// whose key it is too.
func PatternFilter(f *content.PatternFilter) (bson.D, error) {
	first := &filterBuilder{wanted: map[content.EntryType]map[string]bool{}}
	patternFilter(first, f)
	if first.err != nil {
		return nil, first.err
	}
	b := &filterBuilder{wanted: first.wanted, known: map[content.EntryType]map[string]string{}}
	for t, slugs := range first.wanted {
		b.known[t] = map[string]string{}
		for slug := range slugs {
			b.known[t][slug] = slug
		}
	}
	patternFilter(b, f)
	return b.document(), b.err
}

// Interned remembers decoded patterns.
type Interned struct{ inner interned[content.Pattern] }

// Decode gives the value of a document.
func (i *Interned) Decode(raw bson.Raw) (*content.Pattern, error) {
	return i.inner.decode(new(reader), raw, readPattern)
}

// Size is how many are remembered, held or not.
func (i *Interned) Size() int { return len(i.inner.known) }
