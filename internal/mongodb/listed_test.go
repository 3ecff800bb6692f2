package mongodb_test

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
	"patternhub/internal/repository/storetest"
)

// listed describes how lists of one entry type can be filtered, counted and sorted, with functions
// that return the values of an entry. References are keys, which equal the slugs in the seed.
type listed[E content.Entry, F any] struct {
	in      func(*content.Graph) content.Collection[E]
	filters map[string]func(E) any
	facets  map[string]func(E) any
	// labels has the type of the entries whose keys are a facet's values.
	labels map[string]content.EntryType
	orders []string
}

// pageSize is the size of pages in these tests: most types have more entries, some have fewer.
const pageSize = 20

// lists is one entry type's collection with the entries that it should have.
type lists[E content.Entry, F any] struct {
	listed[E, F]
	*seeded
	coll content.Collection[E]
	all  []E
}

// checked returns the test of one type's lists.
func checked[E content.Entry, F any](of listed[E, F]) func(*testing.T, *seeded) {
	return func(t *testing.T, s *seeded) {
		t.Helper()
		l := &lists[E, F]{listed: of, seeded: s, coll: of.in(s.store.At(content.Published))}
		for _, e := range s.entries[l.coll.Type()] {
			l.all = append(l.all, any(e).(E))
		}
		t.Run("tables are complete", l.complete)
		t.Run("filters", l.filter)
		t.Run("orders", l.order)
		t.Run("facets", l.facet)
		t.Run("relations", l.relate)
		t.Run("drafts", l.draft)
	}
}

// complete checks that listed has every filter field, order and facet of the contract.
func (l *lists[E, F]) complete(t *testing.T) {
	var fields []string
	for f := range reflect.TypeFor[F]().Fields() {
		if !slices.Contains([]string{"And", "Or", "Not", "EntryFilter"}, f.Name) {
			fields = append(fields, f.Name)
		}
	}
	slices.Sort(fields)
	orders := append(sharedOrders(), l.orders...)
	slices.Sort(orders)
	name := l.coll.Type().Name()
	for what, pair := range map[string][2][]string{
		"filter fields": {fields, names(l.filters)},
		"orders":        {l.enum(name + "OrderField"), orders},
		"facets":        {l.enum(name + "Facet"), names(l.facets)},
	} {
		if what == "orders" && len(pair[0]) == 0 {
			continue // a closed set, whose list has a fixed order
		}
		if !slices.Equal(pair[0], pair[1]) {
			t.Errorf("%s of the contract are %v, of this test %v", what, pair[0], pair[1])
		}
	}
}

func names[V any](m map[string]V) []string {
	var out []string
	for name := range m {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// fields returns the values of all filter fields, including those that all types share.
func (l *lists[E, F]) fields() map[string]func(E) any {
	out := map[string]func(E) any{
		"Slug":        func(e E) any { return meta(e).Slug },
		"Name":        func(e E) any { return meta(e).Name },
		"Status":      func(e E) any { return meta(e).Status },
		"CreatedAt":   func(e E) any { return meta(e).CreatedAt },
		"UpdatedAt":   func(e E) any { return meta(e).UpdatedAt },
		"PublishedAt": func(e E) any { return meta(e).PublishedAt },
	}
	maps.Copy(out, l.filters)
	return out
}

func meta[E content.Entry](e E) *content.Meta { return any(e).(content.Entry).Head() }

func (l *lists[E, F]) filter(t *testing.T) {
	for name, value := range l.fields() {
		field, ok := reflect.TypeFor[F]().FieldByName(name)
		if !ok {
			t.Errorf("there is no filter field %s", name)
			continue
		}
		pool := make([][]any, len(l.all))
		for i, e := range l.all {
			pool[i] = plain(value(e))
		}
		tests, err := conditions[F](field.Index, pool)
		if err != nil {
			t.Error(err)
		}
		for _, test := range tests {
			t.Run(test.field+"."+test.op, func(t *testing.T) {
				want := l.entriesThat(func(e E) bool { return test.meets(plain(value(e))) })
				l.mustSelect(t, test.filter, content.Order{}, want)
				l.mustIndex(t, test.point() && !test.few())
				if own := test.order(); test.ranged() && l.sortable(own) {
					l.mustSelect(t, test.filter, content.Order{Field: own}, want)
					l.mustIndex(t, true)
				}
			})
		}
	}
}

// entriesThat returns the entries for which holds is true.
func (l *lists[E, F]) entriesThat(holds func(E) bool) []E {
	return slices.DeleteFunc(slices.Clone(l.all), func(e E) bool { return !holds(e) })
}

// sortable reports whether there is an order.
func (l *lists[E, F]) sortable(field string) bool {
	return slices.Contains(append(sharedOrders(), l.orders...), field)
}

func sharedOrders() []string { return []string{"NAME", "CREATED_AT", "UPDATED_AT", "PUBLISHED_AT"} }

// mustSelect checks that a filter selects some entries, in an order. Its find is the last one.
func (l *lists[E, F]) mustSelect(t *testing.T, filter *F, o content.Order, want []E) {
	t.Helper()
	f := storetest.Keyed(t, l.store.At(content.Published), l.coll, filter)
	found, err := l.coll.Find(t.Context(), content.Query{Filter: f, Order: o, Window: content.Window{Limit: pageSize}}, content.Scope{})
	if err != nil {
		t.Fatal(err)
	}
	same(t, found[0], inOrder(want, o))
	for how, ctx := range l.ways(t) {
		n, err := l.coll.Count(ctx, f, content.Scope{})
		if err != nil || n[0] != len(want) {
			t.Errorf("%s: the count is %v (%v), want %d", how, n, err, len(want))
		}
	}
}

// same checks the first page of a list.
func same[E content.Entry](t *testing.T, got content.Slice[E], want []string) {
	t.Helper()
	if d := gocmp.Diff(want[:min(pageSize, len(want))], keysOf(got.Items)); d != "" {
		t.Errorf("the list (-want +got):\n%s", d)
	}
	if got.HasNext != (len(want) > pageSize) || got.HasPrevious {
		t.Errorf("of %d entries: next %v, previous %v", len(want), got.HasNext, got.HasPrevious)
	}
}

func keysOf[E content.Entry](list []E) []string {
	out := []string{}
	for _, e := range list {
		out = append(out, meta(e).Key)
	}
	return out
}

// inOrder returns the keys of entries in the order of the contract: by the field, ties by key in the
// same direction.
func inOrder[E content.Entry](list []E, o content.Order) []string {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b E) int {
		by := cmp.Or(compareAny(orderValue(a, o.Field), orderValue(b, o.Field)), cmp.Compare(meta(a).Key, meta(b).Key))
		if o.Desc {
			return -by
		}
		return by
	})
	return keysOf(list)
}

func orderValue[E content.Entry](e E, field string) any {
	v, _ := any(e).(content.Orderable).OrderValue(field)
	return v
}

// order walks through the whole list in each order and both directions, in three or four pages.
func (l *lists[E, F]) order(t *testing.T) {
	for _, field := range append(sharedOrders(), append(l.orders, "")...) {
		for _, desc := range []bool{false, true} {
			for _, backward := range []bool{false, true} {
				o := content.Order{Field: field, Desc: desc}
				t.Run(fmt.Sprint(o, backward), func(t *testing.T) {
					w := content.Window{Limit: len(l.all)/3 + 1, Backward: backward}
					if d := gocmp.Diff(inOrder(l.all, o), l.walk(t, o, w)); d != "" {
						t.Errorf("the walk (-want +got):\n%s", d)
					}
				})
			}
		}
	}
	_, err := l.coll.Find(t.Context(), content.Query{Order: content.Order{Field: "summary"}}, content.Scope{})
	if content.CodeOf(err) != content.BadUserInput {
		t.Errorf("an unknown order returns %v", err)
	}
}

// walk reads a list page by page and returns its keys.
func (l *lists[E, F]) walk(t *testing.T, o content.Order, w content.Window) []string {
	t.Helper()
	var out []string
	for range len(l.all) {
		found, err := l.coll.Find(t.Context(), content.Query{Order: o, Window: w}, content.Scope{})
		if err != nil {
			t.Fatal(err)
		}
		l.mustIndex(t, true)
		page := found[0]
		if len(page.Items) == 0 {
			return out
		}
		if w.Backward {
			out = append(keysOf(page.Items), out...)
			w.Before = position(page.Items[0], o)
		} else {
			out = append(out, keysOf(page.Items)...)
			w.After = position(page.Items[len(page.Items)-1], o)
		}
		if more := page.HasNext && !w.Backward || page.HasPrevious && w.Backward; !more {
			return out
		}
	}
	return out
}

func position[E content.Entry](e E, o content.Order) *content.Position {
	return &content.Position{Value: orderValue(e, o.Field), Key: meta(e).Key}
}

// facet reads all facets at once: of all entries, of some, and only the most frequent values.
func (l *lists[E, F]) facet(t *testing.T) {
	fields := names(l.facets)
	some := new(F)
	name := meta(l.all[len(l.all)/2]).Name
	reflect.ValueOf(some).Elem().FieldByName("EntryFilter").Set(reflect.ValueOf(content.EntryFilter{Name: &content.TextFilter{Contains: &name}}))
	for what, test := range map[string]struct {
		filter *F
		limit  int
		of     []E
	}{
		"of all":   {nil, 500, l.all},
		"the most": {nil, 2, l.all},
		"of one":   {some, 500, l.entriesThat(func(e E) bool { return strings.Contains(content.Fold(meta(e).Name), content.Fold(name)) })},
	} {
		t.Run(what, func(t *testing.T) {
			for _, ctx := range l.ways(t) {
				got, err := l.coll.Facets(ctx, content.FacetQuery{Filter: test.filter, Fields: fields, Limit: test.limit}, content.Scope{})
				if err != nil {
					t.Fatal(err)
				}
				l.distributed(t, got[0], test.of, test.limit)
			}
		})
	}
	_, err := l.coll.Facets(t.Context(), content.FacetQuery{Fields: []string{"name"}, Limit: 1}, content.Scope{})
	if content.CodeOf(err) != content.BadUserInput {
		t.Errorf("an unknown facet returns %v", err)
	}
}

// distributed checks that facets count the values of some entries, the most frequent first.
func (l *lists[E, F]) distributed(t *testing.T, got []content.Facet, of []E, limit int) {
	t.Helper()
	if len(got) != len(l.facets) {
		t.Fatalf("%d facets, want %d", len(got), len(l.facets))
	}
	for _, f := range got {
		counts := map[any]int{}
		for _, e := range of {
			for _, v := range plain(l.facets[f.Field](e)) {
				counts[v]++
			}
		}
		var values []any
		for v := range counts {
			values = append(values, v)
		}
		slices.SortFunc(values, func(a, b any) int { return cmp.Or(counts[b]-counts[a], compareAny(a, b)) })
		var want, have []string
		for _, v := range values[:min(limit, len(values))] {
			want = append(want, fmt.Sprint(v, " ", counts[v]))
		}
		for _, v := range f.Values {
			have = append(have, fmt.Sprint(v.Value, " ", v.Count))
			if label := l.label(f.Field, v); v.Label != label {
				t.Errorf("%s: the label of %s is %q, want %q", f.Field, v.Value, v.Label, label)
			}
		}
		if d := gocmp.Diff(want, have); d != "" {
			t.Errorf("%s (-want +got):\n%s", f.Field, d)
		}
	}
}

// label returns the name of an entry, Yes or No, or the value in words.
func (l *lists[E, F]) label(field string, v content.FacetValue) string {
	if of := l.labels[field]; of != "" {
		return l.names[content.ID{Type: of, Key: v.Value}]
	}
	switch {
	case v.Value == "true":
		return "Yes"
	case v.Value == "false":
		return "No"
	case v.Value == strings.ToUpper(v.Value) && strings.ToLower(v.Value) != v.Value && len(v.Value) > 1:
		words := strings.ReplaceAll(v.Value, "_", " ")
		return words[:1] + strings.ToLower(words[1:])
	}
	return v.Value
}

// relate reads, for each path of references, the entries that refer to each of its two most frequent
// targets, with one call for both and with one for the first alone.
func (l *lists[E, F]) relate(t *testing.T) {
	for path, targets := range l.targets() {
		t.Run(path, func(t *testing.T) {
			var scopes []content.Scope
			for _, key := range targets {
				scopes = append(scopes, content.Scope{Ref: content.RefTo(path, key)})
			}
			of := func(i int) []E {
				return l.entriesThat(func(e E) bool {
					return slices.ContainsFunc(content.References(any(e).(content.Entry)), func(r content.Reference) bool { return r.Path == path && r.Target.Key == targets[i] })
				})
			}
			q := content.Query{Window: content.Window{Limit: pageSize}}
			found, err := l.coll.Find(t.Context(), q, scopes...)
			if err != nil {
				t.Fatal(err)
			}
			for i := range scopes {
				same(t, found[i], inOrder(of(i), content.Order{}))
			}
			for how, ctx := range l.ways(t) {
				counts, err := l.coll.Count(ctx, nil, scopes...)
				if err != nil {
					t.Fatal(err)
				}
				facets, err := l.coll.Facets(ctx, content.FacetQuery{Fields: names(l.facets), Limit: 500}, scopes...)
				if err != nil {
					t.Fatal(err)
				}
				for i := range scopes {
					want := of(i)
					if counts[i] != len(want) {
						t.Errorf("%s, %v: the count is %d, want %d", how, scopes[i], counts[i], len(want))
					}
					l.distributed(t, facets[i], want, 500)
				}
			}
			alone, err := l.coll.Find(t.Context(), q, scopes[0])
			if err != nil {
				t.Fatal(err)
			}
			l.mustIndex(t, true)
			same(t, alone[0], inOrder(of(0), content.Order{}))
		})
	}
}

// targets returns the two most frequent keys at each path of references.
func (l *lists[E, F]) targets() map[string][]string {
	counts := map[string]map[string]int{}
	for _, e := range l.all {
		for _, r := range content.References(any(e).(content.Entry)) {
			if counts[r.Path] == nil {
				counts[r.Path] = map[string]int{}
			}
			counts[r.Path][r.Target.Key]++
		}
	}
	out := map[string][]string{}
	for path, of := range counts {
		keys := names(of)
		slices.SortStableFunc(keys, func(a, b string) int { return of[b] - of[a] })
		out[path] = keys[:min(2, len(keys))]
	}
	return out
}

// draft checks that the perspectives are separate: a changed draft has its new name among the drafts
// and its old one in the published graph, and both have all entries.
func (l *lists[E, F]) draft(t *testing.T) {
	keys := keysOf(l.all)
	published, err := l.coll.ByKeys(t.Context(), keys)
	if err != nil {
		t.Fatal(err)
	}
	drafts, err := l.in(l.store.At(content.Drafts)).ByKeys(t.Context(), keys)
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range l.all {
		want := meta(e)
		if d := gocmp.Diff(want, meta(published[i])); d != "" {
			t.Errorf("published %s (-want +got):\n%s", want.Key, d)
		}
		name, status, revision := want.Name, content.StatusPublished, want.Revision
		if i%5 == 0 {
			name, status, revision = "A draft of "+want.Name, content.StatusChanged, want.Revision+1
		}
		if d := meta(drafts[i]); d.Name != name || d.Status != status || d.Revision != revision {
			t.Errorf("draft %s is %q, %s, revision %d; want %q, %s, %d", want.Key, d.Name, d.Status, d.Revision, name, status, revision)
		}
	}
}
