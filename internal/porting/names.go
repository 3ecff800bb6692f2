package porting

import (
	"context"
	"fmt"
	"strings"

	"patternhub/internal/content"
)

// names numbers the names of entries, so that a reference needs four bytes. An import holds a name for each
// entry until its end. Its numbers are those of list, whose items say what has the name.
type names struct {
	types map[content.EntryType]slugs
	list  []named
}

// slugs numbers the names of one type.
type slugs struct {
	of      content.EntryType
	numbers map[string]int32
}

// named is what an import knows of a name: the candidate that has it, unless it was refused, and the head of the
// entry in the store that has or had it; nil for none.
type named struct {
	name

	candidate *candidate
	stored    *head
}

// add returns the number of a name, a new one if it has none. It does not retain the caller's text, which may be
// a part of a longer one.
func (ns *names) add(n name) int32 {
	if i, ok := ns.find(n); ok {
		return i
	}
	t, ok := ns.types[n.Type]
	if !ok {
		t = slugs{content.EntryType(strings.Clone(string(n.Type))), map[string]int32{}}
		if ns.types == nil {
			ns.types = map[content.EntryType]slugs{}
		}
		ns.types[t.of] = t
	}
	i := int32(len(ns.list)) //nolint:gosec // there are not so many
	own := name{t.of, strings.Clone(n.Slug)}
	t.numbers[own.Slug] = i
	ns.list = append(ns.list, named{name: own})
	return i
}

// find returns the number of a name, and reports whether it has one.
func (ns *names) find(n name) (int32, bool) {
	i, ok := ns.types[n.Type].numbers[n.Slug]
	return i, ok
}

// of returns what is known of a name; nil if nothing is.
func (ns *names) of(n name) *named {
	if i, ok := ns.find(n); ok {
		return &ns.list[i]
	}
	return nil
}

// head is what an import holds of the head of a stored entry.
type head struct {
	content.ID

	slug     string
	revision int
	status   content.PublicationStatus
}

// headOf returns a copy of what an import uses of an entry's head. A pointer into the entry, or one of
// its texts, would retain all its texts, and an import retains the heads of all its entries.
func headOf(e content.Entry) *head {
	h := e.Head()
	out := &head{ID: content.ID{Type: h.Type, Key: strings.Clone(h.Key)}, slug: strings.Clone(h.Slug), revision: h.Revision, status: h.Status}
	if out.slug == out.Key {
		out.Key = out.slug
	}
	return out
}

// headsOf returns the heads of entries, without those that do not exist. It takes a command for
// each type and chunk.
func headsOf(ctx context.Context, g *content.Graph, ids []content.ID) (map[content.ID]*head, error) {
	byType := content.KeysByType(ids)
	out := make(map[content.ID]*head, len(ids))
	for t, keys := range byType {
		for chunk := range chunks(keys, lookup) {
			found, err := g.Reader(t).EntriesByKeys(ctx, chunk)
			if err != nil {
				return nil, fmt.Errorf("read entries: %w", err)
			}
			for _, e := range found {
				if e != nil {
					h := headOf(e)
					out[h.ID] = h
				}
			}
		}
	}
	return out, nil
}

// places numbers the places of references, of which there are few.
type places struct {
	numbers map[string]int32
	list    []string
}

// add returns the number of a place.
func (ps *places) add(place string) int32 {
	if i, ok := ps.numbers[place]; ok {
		return i
	}
	if ps.numbers == nil {
		ps.numbers = map[string]int32{}
	}
	i := int32(len(ps.list)) //nolint:gosec // as above
	ps.numbers[place] = i
	ps.list = append(ps.list, place)
	return i
}

// ref is a reference: the number of what it refers to, and that of its place.
type ref struct{ to, place int32 }
