package content

import (
	"cmp"
	"reflect"
	"slices"
)

// Publication is what a publish changed in the published copy of an entry. It names fields as authors
// do, so a type's fields bound it. Everybody may read it, so it has no values: a former one may have
// been withdrawn.
type Publication struct {
	// Replaced is the revision that was published before, nil for an entry that was not.
	Replaced *int `bson:"replaced,omitempty"`
	// Changed are the fields that got another value, Removed those that have none any more, both in
	// the order of Authored. They are empty for a new entry, of which all fields are new.
	Changed []string `bson:"changed,omitempty"`
	Removed []string `bson:"removed,omitempty"`
}

// PublicationOf returns what it changes to publish after in place of before, the published copy until
// now, which is nil if there is none. It does not change them.
func PublicationOf(before, after Entry) *Publication {
	if before == nil {
		return new(Publication)
	}
	out := &Publication{Replaced: new(before.Head().Revision)}
	for _, name := range Changed(inOrder(before), inOrder(after)) {
		if v := FieldValue(after, name); isNone(v) {
			out.Removed = append(out.Removed, name)
		} else {
			out.Changed = append(out.Changed, name)
		}
	}
	return out
}

// isNone reports whether the value of a field that has changed is none. No and 0 are values.
func isNone(v reflect.Value) bool {
	return v.Kind() != reflect.Bool && !v.CanInt() && same(v, reflect.Zero(v.Type()))
}

// inOrder returns an entry with its relations in an order of their own. Published copies get and lose
// relations one by one, so their order means nothing.
func inOrder(e Entry) Entry {
	p, ok := e.(*Pattern)
	if !ok {
		return e
	}
	sorted := *p
	sorted.Relations = sortedRelations(p.Relations)
	return &sorted
}

// sortedRelations returns relations by pattern and kind.
func sortedRelations(rows []RelationRow) []RelationRow {
	return slices.SortedStableFunc(slices.Values(rows), func(a, b RelationRow) int {
		return cmp.Or(cmp.Compare(a.PatternKey, b.PatternKey), cmp.Compare(a.Relation, b.Relation))
	})
}
