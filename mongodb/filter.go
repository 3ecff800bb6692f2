package mongodb

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"patternhub/content"
)

const (
	// maxFilterDepth bounds how deep and, or and not may nest.
	maxFilterDepth = 5
	// maxFilterValues bounds the values of one condition, and the members of one and or or.
	maxFilterValues = 100
)

// nothing is a condition that no document fulfils.
var nothing = bson.E{Key: "_id", Value: bson.D{{Key: "$in", Value: bson.A{}}}} //nolint:gochecknoglobals // a constant

// filterBuilder turns a filter into conditions. It runs twice where a filter names slugs: the
// first run gathers them in wanted, the second has their keys in known.
// The first fault wins and stands in err; the conditions are worthless then. depth counts the
// levels that are open, not those that were seen.
type filterBuilder struct {
	conds  bson.D
	wanted map[content.EntryType]map[string]bool
	known  map[content.EntryType]map[string]string
	depth  int
	err    error
}

// entry adds the conditions on what all entries share.
// The slug is compared as it is, without a folded copy: slugs have no capitals and no accents.
func (b *filterBuilder) entry(f *content.EntryFilter) {
	b.textAt("slug", f.Slug)
	b.text("name", f.Name)
	enums(b, "status", f.Status)
	b.times("createdAt", f.CreatedAt)
	b.times("updatedAt", f.UpdatedAt)
	b.times("publishedAt", f.PublishedAt)
}

func (b *filterBuilder) add(key string, value any) {
	b.conds = append(b.conds, bson.E{Key: key, Value: value})
}

// refuse notes a fault of the filter as BadUserInput. Later ones are dropped: they often follow
// from the first.
func (b *filterBuilder) refuse(message string) {
	if b.err == nil {
		b.err = content.Fault(content.BadUserInput, message)
	}
}

// bounded refuses a list that is too long and reports whether it may be used.
func (b *filterBuilder) bounded(n int) bool {
	if n > maxFilterValues {
		b.refuse(fmt.Sprintf("A filter takes at most %d values in a list; this one has %d.", maxFilterValues, n))
	}
	return n <= maxFilterValues
}

// text adds conditions on a text field, compared folded.
func (b *filterBuilder) text(field string, f *content.TextFilter) { b.textAt("folded."+field, f) }

// textAt adds conditions on a text that is stored folded at path. What a client gives is folded in
// the same way and quoted, so that no input can be an expression of its own. StartsWith can use the
// index to jump to its values; Contains has to look at every one of them.
func (b *filterBuilder) textAt(path string, f *content.TextFilter) {
	if f == nil {
		return
	}
	if f.Eq != nil {
		b.add(path, content.Fold(*f.Eq))
	}
	if f.In != nil && b.bounded(len(f.In)) {
		values := make([]string, len(f.In))
		for i, v := range f.In {
			values[i] = content.Fold(v)
		}
		b.add(path, bson.D{{Key: "$in", Value: values}})
	}
	if f.StartsWith != nil {
		b.matches(path, "^", *f.StartsWith)
	}
	if f.Contains != nil {
		b.matches(path, "", *f.Contains)
	}
}

// matches adds a condition on a part of a text. A pattern cannot hold a NUL, and no text of an
// entry has one, so such a part is in none.
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

// times adds conditions on a moment.
func (b *filterBuilder) times(path string, f *content.TimeFilter) {
	if f == nil {
		return
	}
	compare(b, path, "$eq", f.Eq)
	compare(b, path, "$gt", f.Gt)
	compare(b, path, "$gte", f.Gte)
	compare(b, path, "$lt", f.Lt)
	compare(b, path, "$lte", f.Lte)
}

// compare adds one comparison when it was asked for. Entries without the field fulfil none of them,
// because comparisons never match what is missing.
func compare[V any](b *filterBuilder, path, op string, v *V) {
	if v != nil {
		b.add(path, bson.D{{Key: op, Value: *v}})
	}
}

// bool adds a condition on a yes or no.
func (b *filterBuilder) bool(path string, v *bool) {
	if v != nil {
		b.add(path, *v)
	}
}

// enums adds conditions on an enum or a list of enums.
// On a list of enums, In means that one of the entry's values is among them, and NotIn that none
// is. An entry without a value passes NotIn.
func enums[E ~string](b *filterBuilder, path string, f *content.EnumFilter[E]) {
	if f == nil {
		return
	}
	if f.In != nil && b.bounded(len(f.In)) {
		b.add(path, bson.D{{Key: "$in", Value: f.In}})
	}
	if f.NotIn != nil && b.bounded(len(f.NotIn)) {
		b.add(path, bson.D{{Key: "$nin", Value: f.NotIn}})
	}
}

// slugs adds conditions on references at path to entries of a type, named by slug.
// A slug that no entry has is no error, since a client may ask about something that is about to
// come. In skips it, None cannot be violated by it, and All with it is a condition that nothing
// fulfils. An empty In finds nothing, and an empty All admits everything, as the empty cases of
// "one of" and "all of" do.
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

// refs turns slugs into the values of the refs field, and tells whether all are known.
// It also notes every slug in wanted, on both runs, which is how the first run tells what to look
// up.
func (b *filterBuilder) refs(path string, t content.EntryType, slugs []string) (refs bson.A, complete bool) {
	refs, complete = bson.A{}, true
	for _, s := range slugs {
		if b.wanted[t] == nil {
			b.wanted[t] = map[string]bool{}
		}
		b.wanted[t][s] = true
		key, ok := b.known[t][s]
		if !ok {
			complete = false
			continue
		}
		refs = append(refs, content.RefTo(path, key))
	}
	return refs, complete
}

// nested adds the conditions of and, or and not.
// filter is the function of the entry type that calls nested, so the two recurse through each
// other. An empty and admits everything, an empty or nothing. Not is a $nor of one condition,
// because $not exists for single fields only; entries without a field fulfil the negation.
func nested[F any](b *filterBuilder, and, or []*F, not *F, filter func(*filterBuilder, *F)) {
	if and == nil && or == nil && not == nil {
		return
	}
	if b.depth++; b.depth >= maxFilterDepth {
		b.refuse(fmt.Sprintf("A filter may be at most %d levels deep.", maxFilterDepth))
		return
	}
	defer func() { b.depth-- }()
	each := func(fs []*F) bson.A {
		out := bson.A{}
		for _, f := range fs {
			outer := b.conds
			b.conds = bson.D{}
			if f != nil {
				filter(b, f)
			}
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
	if not != nil {
		b.add("$nor", each([]*F{not}))
	}
}

// document joins the conditions. A field may have several, so they stand in an $and.
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

// where turns a filter into conditions, looking up the keys of the slugs it names.
// It costs no command unless the filter names slugs, then one for each type that is named. A nil
// filter is an empty condition.
func (c *collection[T, F]) where(ctx context.Context, f *F) (bson.D, error) {
	if f == nil {
		return bson.D{}, nil
	}
	b := &filterBuilder{wanted: map[content.EntryType]map[string]bool{}}
	c.spec.filter(b, f)
	if b.err != nil {
		return nil, b.err
	}
	if len(b.wanted) == 0 {
		return b.document(), nil
	}
	known := map[content.EntryType]map[string]string{}
	for t, slugs := range b.wanted {
		keys, err := c.keysOf(ctx, t, slugs)
		if err != nil {
			return nil, err
		}
		known[t] = keys
	}
	b = &filterBuilder{wanted: map[content.EntryType]map[string]bool{}, known: known}
	c.spec.filter(b, f)
	return b.document(), nil
}

// keysOf looks up the keys of slugs, current or former.
// They are looked up in the perspective of the list, so that a draft's new slug does not show
// through in the published graph. Slugs that are not found are missing from the result.
func (c *collection[T, F]) keysOf(ctx context.Context, t content.EntryType, slugs map[string]bool) (map[string]string, error) {
	list := make([]string, 0, len(slugs))
	for s := range slugs {
		list = append(list, s)
	}
	in := bson.D{{Key: "$in", Value: list}}
	cond := bson.D{{Key: "$or", Value: bson.A{bson.D{{Key: "slug", Value: in}}, bson.D{{Key: "formerSlugs", Value: in}}}}}
	cur, err := c.graph.raw(t).Find(ctx, cond, options.Find().SetProjection(bson.D{{Key: "slug", Value: 1}, {Key: "formerSlugs", Value: 1}}))
	if err != nil {
		return nil, translate("look up slugs", err)
	}
	out := map[string]string{}
	for cur.Next(ctx) {
		var m content.Meta
		if err := bson.Unmarshal(cur.Current, &m); err != nil {
			return nil, translate("decode slugs", err)
		}
		for _, s := range append(m.FormerSlugs, m.Slug) {
			if slugs[s] {
				out[s] = m.Key
			}
		}
	}
	return out, translate("look up slugs", closed(ctx, cur))
}
