package content

import (
	"reflect"
	"slices"
)

// Mirrored lists the keys of the patterns that Mirror has to change after a write: those with which a
// symmetric relation is in only one of before and after. A nil before is a new pattern.
func Mirrored(before, after *Pattern) []string {
	var out []string
	for _, r := range append(lost(before, after), lost(after, before)...) {
		if !slices.Contains(out, r.PatternKey) {
			out = append(out, r.PatternKey)
		}
	}
	return out
}

// lost lists the symmetric relations that a has and b does not. Either may be nil.
func lost(a, b *Pattern) []RelationRow {
	if a == nil {
		return nil
	}
	var out []RelationRow
	for _, r := range a.Relations {
		if r.Relation.Symmetric() && (b == nil || !hasRelation(b, r.PatternKey, r.Relation)) {
			out = append(out, r)
		}
	}
	return out
}

// hasRelation reports whether a pattern states a relation to the pattern with a key.
func hasRelation(p *Pattern, key string, relation PatternRelation) bool {
	return slices.ContainsFunc(p.Relations, func(r RelationRow) bool { return r.PatternKey == key && r.Relation == relation })
}

// Mirror updates other, the other side of a pattern's symmetric relations, after a write of the
// pattern: it adds the relations that the pattern now has and removes those that it no longer has. It
// reports whether it changed other.
func Mirror(before, after, other *Pattern) bool {
	changed := false
	for _, r := range lost(before, after) {
		if r.PatternKey == other.Key && hasRelation(other, after.Key, r.Relation) {
			other.Relations = slices.DeleteFunc(slices.Clone(other.Relations), func(x RelationRow) bool {
				return x.PatternKey == after.Key && x.Relation == r.Relation
			})
			changed = true
		}
	}
	for _, r := range lost(after, before) {
		if r.PatternKey == other.Key && !hasRelation(other, after.Key, r.Relation) {
			row := r
			row.PatternKey = after.Key
			other.Relations = append(slices.Clone(other.Relations), row)
			changed = true
		}
	}
	return changed
}

// relationPath is the path of the references that relations make.
const relationPath = "relatedPatterns.pattern"

// RelationTo returns the reference to a pattern by a relation, as it is stored with an entry.
func RelationTo(key string) string { return RefTo(relationPath, key) }

// markMutual marks the references of a pattern that are symmetric relations. References by relations
// are in the order of the relations.
func (p *Pattern) markMutual(refs []Reference) {
	next := 0
	for i := range refs {
		if refs[i].Path != relationPath {
			continue
		}
		for p.Relations[next].PatternKey == "" { // no reference
			next++
		}
		refs[i].Mutual = p.Relations[next].Relation.Symmetric()
		next++
	}
}

// Shown lists the relations of a working copy that its published copy has: all but symmetric relations
// with patterns that are not published.
func (p *Pattern) Shown(published func(key string) bool) []RelationRow {
	return slices.DeleteFunc(slices.Clone(p.Relations), func(r RelationRow) bool {
		return r.Relation.Symmetric() && !published(r.PatternKey)
	})
}

// Reflect returns the relations of a published copy after other patterns were published (true in
// moved) or withdrawn (false), and reports whether they differ from copied. The symmetric relations
// with those patterns become the ones of draft, the working copy; all others stay.
func Reflect(copied, draft []RelationRow, moved map[string]bool) (rows []RelationRow, changed bool) {
	rows = []RelationRow{}
	contains := func(rows []RelationRow, r RelationRow) bool {
		return hasRelation(&Pattern{Relations: rows}, r.PatternKey, r.Relation)
	}
	for _, r := range copied {
		published, ok := moved[r.PatternKey]
		if ok && r.Relation.Symmetric() && (!published || !contains(draft, r)) {
			changed = true
			continue
		}
		rows = append(rows, r)
	}
	for _, r := range draft {
		if moved[r.PatternKey] && r.Relation.Symmetric() && !contains(rows, r) {
			rows, changed = append(rows, r), true
		}
	}
	return rows, changed
}

// UpToDate reports whether publishing the working copy now would leave the published copy as it is.
// The order of relations does not matter.
func UpToDate(copied, draft *Pattern, published func(key string) bool) bool {
	normalized := func(p *Pattern, rows []RelationRow) reflect.Value {
		q := *p
		q.Meta = Meta{Slug: p.Slug, Name: p.Name, Summary: p.Summary}
		q.Relations = sortedRelations(rows)
		return reflect.ValueOf(q)
	}
	return same(normalized(copied, copied.Relations), normalized(draft, draft.Shown(published)))
}
