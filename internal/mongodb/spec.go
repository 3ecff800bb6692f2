package mongodb

import (
	"fmt"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"

	"patternhub/internal/content"
)

// spec describes how one entry type is stored.
// All names are those of fields of documents and must agree with the bson tags of E. A path may go into a
// list of structs ("companies.company").
type spec[E content.Entry] struct {
	entryType content.EntryType
	// name is the collection's name; the working copies are in name + draftSuffix.
	name string
	// decoders decode the documents.
	decoders decoders[E]
	// filter adds the conditions of a filter, which is a pointer to that of the type.
	filter func(b *filterBuilder, f any)
	// orders maps the type's own order fields to paths.
	orders map[string]string
	// folded lists the text fields, besides the name, that filters compare folded.
	folded []string
	// indexes lists the fields that filters need an index for; those of orders have one anyway.
	indexes []string
	// facets maps facet fields to their paths.
	facets map[string]facet
}

// decoding decodes a document into an entry.
type decoding[E content.Entry] func(r *reader, raw bson.Raw) (E, error)

// decoders are the ways to decode the documents of an entry type.
type decoders[E content.Entry] struct {
	// own decodes for a caller that may change the result.
	own decoding[E]
	// shared returns a decoding for callers that only read the results: equal documents are decoded
	// to the same entry.
	shared func() decoding[E]
}

// decodersOf returns the decoders of entries whose fields a function reads.
func decodersOf[T any, E interface {
	*T
	content.Entry
}](field func(*reader, *T)) decoders[E] {
	return decoders[E]{
		own: func(r *reader, raw bson.Raw) (E, error) { return decode(r, raw, field) },
		shared: func() decoding[E] {
			var i interned[T]
			return func(r *reader, raw bson.Raw) (E, error) { return i.decode(r, raw, field) }
		},
	}
}

// filtering returns the filter function of a spec. It refuses a filter of another type, which would
// otherwise select everything.
func filtering[F any](add func(*filterBuilder, *F)) func(*filterBuilder, any) {
	return func(b *filterBuilder, f any) {
		own, ok := f.(*F)
		switch {
		case !ok:
			b.err = fmt.Errorf("a filter is a %T, want %T", f, own)
		case own != nil:
			add(b, own)
		}
	}
}

// facet describes a facet: the path of its values, whether an entry has a list of them, and, if they
// are keys, the type of the entries whose names are the labels.
type facet struct {
	path   string
	list   bool
	labels content.EntryType
}

// tallied lists the fields by which a Counter counts: those of enums, numbers and flags that filters take, and
// those of facets, also folded if they are texts. Other texts and the references that are no facets have about
// as many values as there are entries; a condition on one of them is counted by its index.
func (c *collection[E]) tallied() []string {
	out := append([]string{"status"}, c.spec.indexes...)
	for _, f := range c.spec.facets {
		out = append(out, f.path)
		if slices.Contains(c.spec.folded, f.path) {
			out = append(out, "folded."+f.path)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// draftSuffix ends the name of a collection of working copies.
const draftSuffix = "_draft"

// orderPath returns the path of an order field, empty for a field that the type does not have. Names
// are sorted by their sort key.
func (s *spec[E]) orderPath(field string) string {
	switch field {
	case content.OrderName, "":
		return sortName
	case "CREATED_AT":
		return "createdAt"
	case "UPDATED_AT":
		return "updatedAt"
	case "PUBLISHED_AT":
		return "publishedAt"
	}
	return s.orders[field]
}
