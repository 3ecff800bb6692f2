package mongodb

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"patternhub/internal/content"
)

const (
	// maxFilterDepth bounds the nesting of and, or and not.
	maxFilterDepth = 5
	// maxFilterValues bounds the values of one condition, and the members of one "and" or "or".
	maxFilterValues = 100
)

// nothing is a condition that no document matches.
var nothing = bson.E{Key: "_id", Value: bson.D{{Key: "$in", Value: bson.A{}}}} //nolint:gochecknoglobals // a constant

// filterBuilder turns a filter into conditions, with the keys of the slugs that the filter names in
// keys. If wanted is not nil, it only collects these slugs there, and conds is incomplete.
// err is the first fault of the filter; then conds is invalid. depth is the nesting of the condition
// that is being built.
type filterBuilder struct {
	conds  bson.D
	wanted map[content.EntryType][]string
	keys   map[content.EntryType]map[string]string
	depth  int
	err    error
}

// entry adds the conditions on the fields that all entries share.
func (b *filterBuilder) entry(f *content.EntryFilter) {
	b.slug(f.Slug)
	b.name(f.Name)
	enums(b, "status", f.Status)
	b.times("createdAt", f.CreatedAt)
	b.times("updatedAt", f.UpdatedAt)
	b.times("publishedAt", f.PublishedAt)
}

// add adds a condition on one key.
func (b *filterBuilder) add(key string, value any) {
	b.conds = append(b.conds, bson.E{Key: key, Value: value})
}

// refuse records the first fault of the filter as BadUserInput. It ignores later ones, which are often
// consequences of the first.
func (b *filterBuilder) refuse(message string) {
	if b.err == nil {
		b.err = content.Fault(content.BadUserInput, message)
	}
}

// bounded refuses a list that is too long, and reports whether its length is allowed.
func (b *filterBuilder) bounded(n int) bool {
	if n > maxFilterValues {
		b.refuse(fmt.Sprintf("A filter takes at most %d values in a list; this one has %d.", maxFilterValues, n))
	}
	return n <= maxFilterValues
}

// slug adds conditions on the entry's own slug, which is stored folded.
// Eq and In match former slugs too, as a lookup by slug does. StartsWith and Contains match only the
// current slug, since that is the one that a result shows.
func (b *filterBuilder) slug(f *content.TextFilter) {
	if f == nil {
		return
	}
	either := func(value any) {
		b.add("$or", bson.A{bson.D{{Key: "slug", Value: value}}, bson.D{{Key: "formerSlugs", Value: value}}})
	}
	part := *f
	part.Eq, part.In = nil, nil
	b.textAt("slug", &part)
	if f.Eq != nil {
		either(content.Fold(*f.Eq))
	}
	if f.In != nil && b.bounded(len(f.In)) {
		either(bson.D{{Key: "$in", Value: folded(f.In)}})
	}
}

// folded folds each of the texts.
func folded(texts []string) []string {
	out := make([]string, len(texts))
	for i, s := range texts {
		out[i] = content.Fold(s)
	}
	return out
}

// text adds conditions on a text field, compared folded.
func (b *filterBuilder) text(field string, f *content.TextFilter) { b.textAt("folded."+field, f) }

// name adds conditions on the name, by which lists are sorted. For a prefix of plain letters it also
// adds a range of sort keys, so that the index of that order serves it without sorting.
func (b *filterBuilder) name(f *content.TextFilter) {
	b.text("name", f)
	if f == nil || f.StartsWith == nil {
		return
	}
	if key := content.SortKey(*f.StartsWith); key != "" && len(key) == len(content.Fold(*f.StartsWith)) {
		b.add(sortName, bson.D{{Key: "$gte", Value: key}, {Key: "$lt", Value: key + content.AfterSortKeys}})
	}
}

// textAt adds conditions on a string that is stored folded at path. Input is folded in the same way and
// quoted, so that it is never a regular expression. StartsWith uses a range of the index; Contains
// scans the whole index.
func (b *filterBuilder) textAt(path string, f *content.TextFilter) {
	if f == nil {
		return
	}
	if f.Eq != nil {
		b.add(path, content.Fold(*f.Eq))
	}
	if f.In != nil && b.bounded(len(f.In)) {
		b.add(path, bson.D{{Key: "$in", Value: folded(f.In)}})
	}
	if f.StartsWith != nil {
		b.matches(path, "^", *f.StartsWith)
	}
	if f.Contains != nil {
		b.matches(path, "", *f.Contains)
	}
}

// matches adds a condition on a part of a string. A regular expression cannot contain a NUL; no text of
// an entry does either, so a part with a NUL matches nothing.
func (b *filterBuilder) matches(path, anchor, part string) {
	if strings.ContainsRune(part, 0) {
		b.conds = append(b.conds, nothing)
		return
	}
	b.add(path, bson.Regex{Pattern: anchor + regexp.QuoteMeta(content.Fold(part))})
}

// ints adds conditions on a whole number.
func (b *filterBuilder) ints(path string, f *content.IntFilter) {
	if f == nil {
		return
	}
	compare(b, path, "$eq", f.Eq)
	compare(b, path, "$gt", f.Gt)
	compare(b, path, "$gte", f.Gte)
	compare(b, path, "$lt", f.Lt)
	compare(b, path, "$lte", f.Lte)
}

// times adds conditions on a time. Times are stored in whole milliseconds, to which the driver
// truncates bounds. A bound between two milliseconds is therefore moved to the one that selects the
// same entries; no entry equals such a bound.
func (b *filterBuilder) times(path string, f *content.TimeFilter) {
	if f == nil {
		return
	}
	if f.Eq != nil && !f.Eq.Equal(f.Eq.Truncate(time.Millisecond)) {
		b.conds = append(b.conds, nothing)
		return
	}
	compare(b, path, "$eq", f.Eq)
	compare(b, path, "$gt", f.Gt)
	compare(b, path, "$gte", nextMillisecond(f.Gte))
	compare(b, path, "$lt", nextMillisecond(f.Lt))
	compare(b, path, "$lte", f.Lte)
}

// nextMillisecond returns the first whole millisecond that is not before t.
func nextMillisecond(t *time.Time) *time.Time {
	if t == nil || t.Equal(t.Truncate(time.Millisecond)) {
		return t
	}
	return new(t.Truncate(time.Millisecond).Add(time.Millisecond))
}

// compare adds a comparison unless v is nil. Entries without the field match no comparison.
func compare[V any](b *filterBuilder, path, op string, v *V) {
	if v != nil {
		b.add(path, bson.D{{Key: op, Value: *v}})
	}
}

// bool adds a condition on a bool.
func (b *filterBuilder) bool(path string, v *bool) {
	if v != nil {
		b.add(path, *v)
	}
}

// enums adds conditions on an enum or a list of enums.
// For a list, In means that one of the entry's values is in In, and NotIn that none is in NotIn. An
// entry without a value matches NotIn.
func enums[E ~string](b *filterBuilder, path string, f *content.EnumFilter[E]) {
	if f == nil {
		return
	}
	if f.In != nil && b.bounded(len(f.In)) {
		b.add(path, bson.D{{Key: "$in", Value: plain(f.In)}})
	}
	if f.NotIn != nil && b.bounded(len(f.NotIn)) {
		b.add(path, bson.D{{Key: "$nin", Value: plain(f.NotIn)}})
	}
}

// plain returns the values of enums as texts.
func plain[E ~string](values []E) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}

// slugs adds conditions on references at path to entries of a type, named by slug.
// An unknown slug is not an error, since its entry may be created later. In and None ignore it; All
// with it matches nothing. An empty In matches nothing, and an empty All matches everything.
func (b *filterBuilder) slugs(path string, t content.EntryType, f *content.SlugFilter) {
	if f == nil {
		return
	}
	if f.In != nil && b.bounded(len(f.In)) {
		refs, _ := b.refs(path, t, f.In)
		b.add("refs", bson.D{{Key: "$in", Value: refs}})
	}
	if f.All != nil && b.bounded(len(f.All)) {
		refs, complete := b.refs(path, t, f.All)
		switch {
		case !complete:
			b.conds = append(b.conds, nothing)
		case len(refs) > 0:
			b.add("refs", bson.D{{Key: "$all", Value: refs}})
		}
	}
	if f.None != nil && b.bounded(len(f.None)) {
		refs, _ := b.refs(path, t, f.None)
		b.add("refs", bson.D{{Key: "$nin", Value: refs}})
	}
}

// errNotKeyed is a mistake of the program: only a *content.Keyed may name slugs.
var errNotKeyed = errors.New("a filter names slugs and has no keys")

// refs turns slugs into values of the refs field, and reports whether it has the keys of all.
func (b *filterBuilder) refs(path string, t content.EntryType, slugs []string) (refs bson.A, complete bool) {
	if b.wanted != nil {
		b.wanted[t] = append(b.wanted[t], slugs...)
		return nil, true
	}
	if b.keys == nil && len(slugs) > 0 && b.err == nil {
		b.err = errNotKeyed
	}
	refs, complete = bson.A{}, true
	for _, s := range slugs {
		key, ok := b.keys[t][s]
		if !ok {
			complete = false
			continue
		}
		refs = append(refs, content.RefTo(path, key))
	}
	return refs, complete
}

// nested adds the conditions of and, or and not.
// filter is the function of the entry type, which calls nested in turn. An empty "and" matches
// everything, an empty "or" nothing. "not" is a $nor of one condition, since $not exists for single
// fields only; entries without a field match the negation.
func nested[F any](b *filterBuilder, and, or []*F, not *F, filter func(*filterBuilder, *F)) {
	if and == nil && or == nil && not == nil {
		return
	}
	each := func(fs []*F) []func() {
		if fs == nil {
			return nil
		}
		out := make([]func(), len(fs))
		for i, f := range fs {
			out[i] = func() {
				if f != nil {
					filter(b, f)
				}
			}
		}
		return out
	}
	var nor []func()
	if not != nil {
		nor = each([]*F{not})
	}
	b.nest(each(and), each(or), nor)
}

// nest adds the conditions that functions add, joined by $and, $or and $nor.
func (b *filterBuilder) nest(and, or, nor []func()) {
	if b.depth++; b.depth >= maxFilterDepth {
		b.refuse(fmt.Sprintf("A filter may be at most %d levels deep.", maxFilterDepth))
		return
	}
	defer func() { b.depth-- }()
	each := func(adders []func()) bson.A {
		out := bson.A{}
		for _, add := range adders {
			outer := b.conds
			b.conds = bson.D{}
			add()
			out = append(out, b.document())
			b.conds = outer
		}
		return out
	}
	if len(and) > 0 && b.bounded(len(and)) {
		b.add("$and", each(and))
	}
	if or != nil && b.bounded(len(or)) {
		if len(or) == 0 {
			b.conds = append(b.conds, nothing)
		} else {
			b.add("$or", each(or))
		}
	}
	if len(nor) > 0 {
		b.add("$nor", each(nor))
	}
}

// document joins the conditions by $and, since several may be about one field.
func (b *filterBuilder) document() bson.D {
	switch len(b.conds) {
	case 0:
		return bson.D{}
	case 1:
		return bson.D{b.conds[0]}
	}
	all := make(bson.A, len(b.conds))
	for i, c := range b.conds {
		all[i] = bson.D{c}
	}
	return bson.D{{Key: "$and", Value: all}}
}

// Slugs collects the slugs that a filter names.
func (c *collection[E]) Slugs(f any) (map[content.EntryType][]string, error) {
	b := &filterBuilder{wanted: map[content.EntryType][]string{}}
	if f != nil {
		c.spec.filter(b, f)
	}
	return b.wanted, b.err
}

// where turns a filter into conditions. A nil filter is an empty condition.
func (c *collection[E]) where(f any) (bson.D, error) {
	if f == nil {
		return bson.D{}, nil
	}
	b := &filterBuilder{}
	if keyed, ok := f.(*content.Keyed); ok {
		f, b.keys = keyed.Filter, keyed.Keys
	}
	c.spec.filter(b, f)
	return b.document(), b.err
}
