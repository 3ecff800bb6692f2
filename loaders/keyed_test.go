package loaders_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
)

// TestSlugsOfAFilterAreLoadedOnce asks for a list, its count and its facets. The slugs of their filter
// are read first, together and once, and an entry that they name is not read again.
func TestSlugsOfAFilterAreLoadedOnce(t *testing.T) {
	f := laws()
	f.slugs = []string{"b", "none", "a", "b"}
	var named [][]string
	f.before = func(slugs []string) { named = append(named, slugs) }
	filter := &content.LawFilter{}
	ctx, l, flush := leveled(t, f)
	facets := content.FacetQuery{Filter: filter, Fields: []string{"TAG"}, Limit: 1}
	flushes := ask(ctx, t, func() bool {
		list := l.Laws.Ask(ctx, content.Wanted{Filter: filter})
		count := l.Laws.Ask(ctx, content.Wanted{Count: true, Filter: filter})
		return l.Laws.Ask(ctx, content.Wanted{Facets: facets.Fields, Limit: 1, Filter: filter}) && list && count
	})
	_, err1 := l.Laws.List(ctx, content.Scope{}, content.Query{Filter: filter})
	_, err2 := l.Laws.Count(ctx, content.Scope{}, filter)
	_, err3 := l.Laws.Facets(ctx, content.Scope{}, facets)
	got, err4 := l.Laws.Load(ctx, "a")
	if err := errors.Join(err1, err2, err3, err4); err != nil || got.Key != "a" {
		t.Errorf("got %v, %v", got, err)
	}
	if flushes != 2 || flush.waits != 0 || f.calls.Load() != 4 {
		t.Errorf("%d flushes, %d waits, %d reads", flushes, flush.waits, f.calls.Load())
	}
	if d := cmp.Diff([][]string{{"b", "none", "a"}}, named); d != "" {
		t.Errorf("slugs (-want +got):\n%s", d)
	}
	keys := map[content.EntryType]map[string]string{content.TypeLaw: {"a": "a", "b": "b"}}
	for _, got := range f.filters {
		k := got.(*content.Keyed)
		if d := cmp.Diff(keys, k.Keys); d != "" || k.Filter != filter || got != f.filters[0] {
			t.Errorf("%p of %p (-want +got):\n%s", got, k.Filter, d)
		}
	}
}

// TestAFilterThatIsRefusedReadsNothing: what is wrong with a filter is known before its slugs are read.
func TestAFilterThatIsRefusedReadsNothing(t *testing.T) {
	f := laws()
	f.slugs, f.refused = []string{"a"}, errors.New("too long")
	l, filter := open(t, f), &content.LawFilter{}
	_, err1 := l.Laws.List(t.Context(), content.Scope{}, content.Query{Filter: filter})
	_, err2 := l.Laws.Count(t.Context(), content.Scope{}, filter)
	_, err3 := l.Laws.Facets(t.Context(), content.Scope{}, content.FacetQuery{Filter: filter})
	for _, err := range []error{err1, err2, err3} {
		if !errors.Is(err, f.refused) {
			t.Errorf("got %v", err)
		}
	}
	if n := f.calls.Load(); n != 0 {
		t.Errorf("%d reads", n)
	}
}
