package cache_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"patternhub/internal/cache"
	"patternhub/internal/content"
	"patternhub/internal/content/contenttest"
)

// countingLaws is a collection of laws that counts its reads.
type countingLaws struct {
	content.Collection[*content.Law]
	laws  map[string]*content.Law
	reads int
	err   error
	// before runs once inside the next read, before it looks anything up.
	before func()
}

// Type implements content.Collection.
func (c *countingLaws) Type() content.EntryType { return content.TypeLaw }

// ByKeys looks the laws up before it calls before, so a change within the call makes its answer old.
func (c *countingLaws) ByKeys(_ context.Context, keys []string) ([]*content.Law, error) {
	c.reads++
	out := make([]*content.Law, len(keys))
	for i, k := range keys {
		out[i] = c.laws[k]
	}
	if c.before != nil {
		c.before()
		c.before = nil
	}
	return out, c.err
}

// BySlugs is ByKeys, because the slug of each law is its key.
func (c *countingLaws) BySlugs(ctx context.Context, slugs []string) ([]*content.Law, error) {
	return c.ByKeys(ctx, slugs)
}

func (c *countingLaws) Pages(ctx context.Context, keys []string) ([]*content.Law, error) {
	return c.ByKeys(ctx, keys)
}

func (c *countingLaws) PagesBySlugs(ctx context.Context, slugs []string) ([]*content.Law, error) {
	return c.ByKeys(ctx, slugs)
}

func (c *countingLaws) FindPages(ctx context.Context, q content.Query, scopes ...content.Scope) ([]content.Slice[*content.Law], error) {
	return c.Find(ctx, q, scopes...)
}

// Find returns the laws a and b for each scope, those that there are.
func (c *countingLaws) Find(_ context.Context, _ content.Query, scopes ...content.Scope) ([]content.Slice[*content.Law], error) {
	c.reads++
	out := make([]content.Slice[*content.Law], len(scopes))
	for i := range out {
		for _, k := range []string{"a", "b"} {
			if e := c.laws[k]; e != nil {
				e := *e // a store returns new ones each time
				out[i].Items = append(out[i].Items, &e)
			}
		}
	}
	return out, c.err
}

// Count returns the length of the reference of each scope, so that mixed-up results are noticed.
func (c *countingLaws) Count(_ context.Context, _ any, scopes ...content.Scope) ([]int, error) {
	c.reads++
	out := make([]int, len(scopes))
	for i, scope := range scopes {
		out[i] = len(scope.Ref)
	}
	return out, c.err
}

// Facets returns one facet for each scope, named after the fields of the query.
func (c *countingLaws) Facets(_ context.Context, q content.FacetQuery, scopes ...content.Scope) ([][]content.Facet, error) {
	c.reads++
	out := make([][]content.Facet, len(scopes))
	for i := range out {
		out[i] = []content.Facet{{Field: fmt.Sprint(q.Fields)}}
	}
	return out, c.err
}

// lawEntry returns a law whose name and slug are its key.
func lawEntry(key string, revision int) *content.Law {
	return &content.Law{Meta: content.Meta{Type: content.TypeLaw, Key: key, Slug: key, Name: key, Revision: revision}}
}

// fixture is a cache in front of a collection of two laws.
type fixture struct {
	inner     *countingLaws
	revisions *cache.Revisions
	memory    *cache.Memory
}

// laws returns the laws of the newest generation.
func (f *fixture) laws() content.Collection[*content.Law] {
	g, _ := f.revisions.Now()
	return f.memory.At(g).Laws
}

// peeks returns the same laws as laws, to look at what is in memory.
func (f *fixture) peeks() content.Peeker[*content.Law] {
	return f.laws().(content.Peeker[*content.Law])
}

// advance applies one change.
func (f *fixture) advance(c content.Change) { f.revisions.Advance(content.State{Seq: c.Seq}, c) }

// newFixture returns a cache of at most the given bytes, in the state after change 1.
func newFixture(t *testing.T, bytes int64) *fixture {
	t.Helper()
	f := &fixture{
		inner:     &countingLaws{laws: map[string]*content.Law{"a": lawEntry("a", 1), "b": lawEntry("b", 1)}},
		revisions: cache.NewRevisions(content.State{}),
	}
	f.revisions.Begin(map[content.EntryType]int64{content.TypeLaw: 1}, content.State{Seq: 1})
	g := &content.Graph{Collections: contenttest.Collections()}
	g.Laws = f.inner
	f.memory = cache.NewMemory(bytes, g)
	return f
}

// published returns a published change to an entry of type t.
func published(seq int64, t content.EntryType) content.Change {
	return content.Change{Seq: seq, Type: t, Key: "a", Graph: content.Published}
}

// queries returns each way to query a collection, with a check of its answer.
func queries(laws content.Collection[*content.Law], filter *content.LawFilter) map[string]func(context.Context) error {
	q := content.Query{Filter: filter, Window: content.Window{Limit: 2}}
	return map[string]func(context.Context) error{
		"entities": func(ctx context.Context) error { _, err := laws.ByKeys(ctx, []string{"a", "gone"}); return err },
		"slugs":    func(ctx context.Context) error { _, err := laws.BySlugs(ctx, []string{"a", "gone"}); return err },
		"pages":    func(ctx context.Context) error { _, err := laws.Pages(ctx, []string{"a"}); return err },
		"lists":    func(ctx context.Context) error { _, err := laws.Find(ctx, q, content.Scope{}); return err },
		"counts": func(ctx context.Context) error {
			_, err := laws.Count(ctx, filter, content.Scope{Ref: "x"})
			return err
		},
		"facets": func(ctx context.Context) error {
			_, err := laws.Facets(ctx, content.FacetQuery{Filter: filter, Fields: []string{"TAG"}, Limit: 3}, content.Scope{})
			return err
		},
		"untyped": func(ctx context.Context) error { _, err := laws.PagesByKeys(ctx, []string{"b"}); return err },
	}
}

// TestValuesAreReadAgainAfterAChange runs each query before and after a change. A change of another type only
// affects facets, which may depend on every type.
func TestValuesAreReadAgainAfterAChange(t *testing.T) {
	createdFilter := &content.LawFilter{EntryFilter: content.EntryFilter{CreatedAt: &content.TimeFilter{Gt: new(time.Time)}}}
	for name, tt := range map[string]struct {
		filter  *content.LawFilter
		changed content.EntryType
		again   map[string]bool // what has to be read again
	}{
		"own type":                   {nil, content.TypeLaw, map[string]bool{"entities": true, "slugs": true, "pages": true, "lists": true, "counts": true, "facets": true, "untyped": true}},
		"another type":               {nil, content.TypeTier, map[string]bool{"facets": true}},
		"another type, plain filter": {createdFilter, content.TypeTier, map[string]bool{"facets": true}},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, 1<<20)
			for name, run := range queries(f.laws(), tt.filter) {
				f.inner.reads = 0
				for range 3 {
					if err := run(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
				if f.inner.reads > 1 {
					t.Errorf("%s: %d reads, want at most 1", name, f.inner.reads)
				}
			}
			f.advance(published(9, tt.changed))
			for name, run := range queries(f.laws(), tt.filter) {
				before := f.inner.reads
				if err := run(t.Context()); err != nil {
					t.Fatal(err)
				}
				reread, want := f.inner.reads > before, tt.again[name]
				if want && name == "entities" {
					continue // they may already be cached by an earlier list
				}
				if reread != want {
					t.Errorf("%s: reread = %v, want %v", name, reread, want)
				}
			}
		})
	}
}

// TestKeysAreAPartOfTheQuestion filters by a slug that moves from one entry to another.
func TestKeysAreAPartOfTheQuestion(t *testing.T) {
	f := newFixture(t, 1<<20)
	for _, step := range []struct {
		key   string
		reads int
	}{{"a", 3}, {"a", 3}, {"b", 6}, {"a", 6}, {"b", 6}} {
		filter := content.NewKeyed(&content.LawFilter{}, map[content.EntryType]map[string]string{content.TypeTier: {"gold": step.key}})
		_, err1 := f.laws().Find(t.Context(), content.Query{Filter: filter}, content.Scope{})
		_, err2 := f.laws().Count(t.Context(), filter, content.Scope{})
		_, err3 := f.laws().Facets(t.Context(), content.FacetQuery{Filter: filter, Fields: []string{"TAG"}, Limit: 1}, content.Scope{})
		if err := errors.Join(err1, err2, err3); err != nil {
			t.Fatal(err)
		}
		if f.inner.reads != step.reads {
			t.Errorf("%d reads for the key %s, want %d", f.inner.reads, step.key, step.reads)
		}
	}
}

// TestConcurrentChangeDiscardsRead changes a law during its read. The caller gets the old law, which was
// right when it asked, but the cache must not keep it for the next generation.
func TestConcurrentChangeDiscardsRead(t *testing.T) {
	f := newFixture(t, 1<<20)
	f.inner.before = func() {
		f.inner.laws["a"] = lawEntry("a", 2)
		f.advance(published(7, content.TypeLaw))
	}
	old, err := f.laws().ByKeys(t.Context(), []string{"a"})
	if err != nil || old[0].Revision != 1 {
		t.Fatalf("%v, %v", old, err)
	}
	updated, err := f.laws().ByKeys(t.Context(), []string{"a"})
	if err != nil || updated[0].Revision != 2 {
		t.Errorf("an answer from before the change: %v, %v", updated, err)
	}
}

// TestEntitiesAreShared checks that lists and reads by key share one copy of each entity.
func TestEntitiesAreShared(t *testing.T) {
	f := newFixture(t, 1<<20)
	lists, err := f.laws().Find(t.Context(), content.Query{}, content.Scope{}, content.Scope{Ref: "x"})
	if err != nil {
		t.Fatal(err)
	}
	byKey, err := f.laws().ByKeys(t.Context(), []string{"a"})
	if err != nil {
		t.Fatal(err)
	}
	if lists[0].Items[0] != byKey[0] || lists[1].Items[0] != byKey[0] {
		t.Error("an entity is in memory more than once")
	}
	if f.inner.reads != 1 {
		t.Errorf("%d reads", f.inner.reads)
	}
}

// TestWholeEntriesServeAsEntities reads laws whole, in each way, and then reads them in every way: nothing is
// read again, and each law is in memory once.
func TestWholeEntriesServeAsEntities(t *testing.T) {
	list := func(s []content.Slice[*content.Law], err error) (*content.Law, error) { return s[0].Items[0], err }
	one := func(found []*content.Law, err error) (*content.Law, error) { return found[0], err }
	reads := func(ctx context.Context, laws content.Collection[*content.Law]) map[string]func() (*content.Law, error) {
		return map[string]func() (*content.Law, error){
			"pages":          func() (*content.Law, error) { return one(laws.Pages(ctx, []string{"a"})) },
			"pages by slugs": func() (*content.Law, error) { return one(laws.PagesBySlugs(ctx, []string{"a"})) },
			"lists of pages": func() (*content.Law, error) { return list(laws.FindPages(ctx, content.Query{}, content.Scope{})) },
			"entities":       func() (*content.Law, error) { return one(laws.ByKeys(ctx, []string{"a"})) },
			"by slugs":       func() (*content.Law, error) { return one(laws.BySlugs(ctx, []string{"a"})) },
			"lists":          func() (*content.Law, error) { return list(laws.Find(ctx, content.Query{}, content.Scope{})) },
		}
	}
	for name, again := range map[string][]string{
		"pages":          {"pages", "entities"},
		"pages by slugs": {"pages by slugs", "pages", "entities", "by slugs"},
		"lists of pages": {"lists of pages", "pages", "entities", "lists"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, 1<<20)
			all := reads(t.Context(), f.laws())
			first, err := all[name]()
			if err != nil {
				t.Fatal(err)
			}
			for _, next := range again {
				if got, err := all[next](); err != nil || got != first || f.inner.reads != 1 {
					t.Errorf("%s: %p, want %p, after %d reads: %v", next, got, first, f.inner.reads, err)
				}
			}
			// Entities do not serve as whole entries.
			f = newFixture(t, 1<<20)
			all = reads(t.Context(), f.laws())
			for _, entities := range []string{"by slugs", "lists"} {
				if _, err := all[entities](); err != nil {
					t.Fatal(err)
				}
			}
			before := f.inner.reads
			if _, err := all[name](); err != nil || f.inner.reads != before+1 {
				t.Errorf("after entities: %d reads, want %d: %v", f.inner.reads, before+1, err)
			}
		})
	}
}

// TestPeeksNeverReadTheStore checks that a peek finds what was read before, also that a slug has no entry,
// and nothing else.
func TestPeeksNeverReadTheStore(t *testing.T) {
	f := newFixture(t, 1<<20)
	q := content.Query{}
	facets := content.FacetQuery{Fields: []string{"TAG"}, Limit: 1}
	peek := func() map[string]bool {
		out := map[string]bool{}
		_, out["entity"] = f.peeks().Peek("a")
		_, out["slug"] = f.peeks().PeekSlug("a")
		_, out["no slug"] = f.peeks().PeekSlug("gone")
		_, out["page"] = f.peeks().PeekPage("a")
		_, out["list"] = f.peeks().PeekList(q, content.Scope{})
		_, out["count"] = f.peeks().PeekCount(nil, content.Scope{})
		_, out["facets"] = f.peeks().PeekFacets(facets, content.Scope{})
		return out
	}
	for what, found := range peek() {
		if found {
			t.Errorf("%s is in memory before it was read", what)
		}
	}
	ctx := t.Context()
	_, err1 := f.laws().BySlugs(ctx, []string{"a", "gone"})
	_, err2 := f.laws().Pages(ctx, []string{"a"})
	_, err3 := f.laws().Find(ctx, q, content.Scope{})
	_, err4 := f.laws().Count(ctx, nil, content.Scope{})
	_, err5 := f.laws().Facets(ctx, facets, content.Scope{})
	if err := errors.Join(err1, err2, err3, err4, err5); err != nil {
		t.Fatal(err)
	}
	reads := f.inner.reads
	for what, found := range peek() {
		if !found {
			t.Errorf("%s is not in memory", what)
		}
	}
	if f.inner.reads != reads {
		t.Error("Peek read the store")
	}
}

// TestErrorsAreNotStored checks that a query that failed reads the store again.
func TestErrorsAreNotStored(t *testing.T) {
	f := newFixture(t, 1<<20)
	lost := errors.New("lost")
	for name, run := range queries(f.laws(), nil) {
		f.inner.err = lost
		f.advance(published(int64(100+f.inner.reads), content.TypeLaw))
		if err := run(t.Context()); !errors.Is(err, lost) {
			t.Errorf("%s: %v", name, err)
		}
		f.inner.err = nil
		if err := run(t.Context()); err != nil {
			t.Errorf("%s after the failure: %v", name, err)
		}
	}
}

// TestMemoryRespectsByteLimit reads far more than fits. The bound may be exceeded for a moment only.
func TestMemoryRespectsByteLimit(t *testing.T) {
	const bound = 20_000
	f := newFixture(t, bound)
	for i := range 500 {
		key := fmt.Sprint("law ", i)
		f.inner.laws[key] = lawEntry(key, 1)
		if _, err := f.laws().ByKeys(t.Context(), []string{key}); err != nil {
			t.Fatal(err)
		}
		if s := f.memory.Stats(); s.Bytes > 2*bound { // the cache evicts a moment later
			t.Fatalf("%d bytes of %d", s.Bytes, bound)
		}
	}
	if s := f.memory.Stats(); s.Evictions == 0 || s.Misses != 500 || s.Hits != 0 {
		t.Errorf("stats are %+v", s)
	}
}
