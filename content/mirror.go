package content

import "slices"

// Mirrored lists the patterns on whose side a change of relations has to be written too: those
// to which before or after states a symmetric relation that the other of the two does not. A
// nil before is a new pattern.
func Mirrored(before, after *Pattern) []string {
	var out []string
	for _, r := range append(lost(before, after), lost(after, before)...) {
		if !slices.Contains(out, r.PatternKey) {
			out = append(out, r.PatternKey)
		}
	}
	return out
}

// lost lists the symmetric relations that a states and b does not.
func lost(a, b *Pattern) []RelationRow {
	if a == nil {
		return nil
	}
	var out []RelationRow
	for _, r := range a.Relations {
		if r.Relation.Symmetric() && (b == nil || !states(b, r.PatternKey, r.Relation)) {
			out = append(out, r)
		}
	}
	return out
}

func states(p *Pattern, key string, relation PatternRelation) bool {
	return slices.ContainsFunc(p.Relations, func(r RelationRow) bool { return r.PatternKey == key && r.Relation == relation })
}

// Mirror makes the other side of a pattern's symmetric relations state them as well, and no
// longer state those that the pattern has given up. It changes other and tells whether it did.
func Mirror(before, after, other *Pattern) bool {
	changed := false
	for _, r := range lost(before, after) {
		if r.PatternKey == other.Key && states(other, after.Key, r.Relation) {
			other.Relations = slices.DeleteFunc(slices.Clone(other.Relations), func(x RelationRow) bool {
				return x.PatternKey == after.Key && x.Relation == r.Relation
			})
			changed = true
		}
	}
	for _, r := range lost(after, before) {
		if r.PatternKey == other.Key && !states(other, after.Key, r.Relation) {
			row := r
			row.PatternKey = after.Key
			other.Relations = append(slices.Clone(other.Relations), row)
			changed = true
		}
	}
	return changed
}
