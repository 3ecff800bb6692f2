package mongodb

import "patternhub/content"

// spec tells how one entry type is kept.
// All names are those that the documents have; T's bson tags are what they must agree with. A path
// may lead into a list of structs ("companies.company").
type spec[T, F any] struct {
	entryType content.EntryType
	// name is the collection's name; the working copies are in name + draftSuffix.
	name string
	// field reads a field of a stored entry.
	field func(*reader, *T)
	// page lists the fields that entities leave out: long texts and where the facts are from.
	page []string
	// filter adds the conditions of a filter.
	filter func(*filterBuilder, *F)
	// orders maps order fields of the type's own to paths.
	orders map[string]string
	// folded lists the text fields, beside the name, that filters compare folded.
	folded []string
	// indexes lists the fields that filters need an index for; orders have one of their own.
	indexes []string
	// facets maps facet fields to where their values are.
	facets map[string]facet
}

// facet tells where the values of a facet are. list is set where an entry has several;
// labels names the type of the entries that the values are keys of.
type facet struct {
	path   string
	list   bool
	labels content.EntryType
}

// draftSuffix ends the name of a collection of working copies.
const draftSuffix = "_draft"

// orderPath is the path of an order field.
// It is empty for a field that the type does not have. Names are put in order by their folded form,
// so that case and accents do not matter.
func (s *spec[T, F]) orderPath(field string) string {
	switch field {
	case content.OrderName, "":
		return "folded.name"
	case "CREATED_AT":
		return "createdAt"
	case "UPDATED_AT":
		return "updatedAt"
	case "PUBLISHED_AT":
		return "publishedAt"
	}
	return s.orders[field]
}
