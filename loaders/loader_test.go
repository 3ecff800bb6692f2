package loaders_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"patternhub/internal/content"
	"patternhub/internal/content/contenttest"
	"patternhub/loaders"
)

// TestMain fails if a loader leaves a goroutine after the tests.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// together is long enough for the loads of a test to join one batch.
const together = 50 * time.Millisecond

// recorder reads by doubling and records its batches.
type recorder struct {
	mu      sync.Mutex
	batches [][]int
	fail    error
}

// read returns twice each key and nil for 0, which stands for a missing value, or the error of the recorder.
func (r *recorder) read(_ context.Context, keys []int) ([]*int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.batches = append(r.batches, slices.Clone(keys))
	if r.fail != nil {
		return nil, r.fail
	}
	out := make([]*int, len(keys))
	for i, k := range keys {
		if k != 0 {
			v := 2 * k
			out[i] = &v
		}
	}
	return out, nil
}

// TestLoadsShareOneBatch loads keys concurrently and twice each. They are read in one batch without
// repetition, and a missing value is remembered like any other.
func TestLoadsShareOneBatch(t *testing.T) {
	r := &recorder{}
	l := loaders.New(together, r.read)
	var wg sync.WaitGroup
	for k := range 5 {
		wg.Go(func() {
			for range 2 {
				v, err := l.Load(t.Context(), k)
				if err != nil || (v == nil) != (k == 0) || v != nil && *v != 2*k {
					t.Errorf("load %d: %v, %v", k, v, err)
				}
			}
		})
	}
	wg.Wait()
	if len(r.batches) != 1 {
		t.Fatalf("batches are %v, want one", r.batches)
	}
	if got := slices.Sorted(slices.Values(r.batches[0])); !slices.Equal(got, []int{0, 1, 2, 3, 4}) {
		t.Errorf("keys are %v, each once", got)
	}
}

// TestLoadManyKeepsTheOrder checks that values stand where their keys do, with nil for a missing one.
func TestLoadManyKeepsTheOrder(t *testing.T) {
	r := &recorder{}
	l := loaders.New(time.Millisecond, r.read)
	got, err := l.LoadMany(t.Context(), []int{3, 0, 1, 3})
	if err != nil || *got[0] != 6 || got[1] != nil || *got[2] != 2 || got[3] != got[0] {
		t.Errorf("got %v, %v", got, err)
	}
}

// TestAnErrorDoesNotStick checks that a failed read is not cached: the next load of the key reads again.
func TestAnErrorDoesNotStick(t *testing.T) {
	r := &recorder{fail: errors.New("lost")}
	l := loaders.New(time.Millisecond, r.read)
	if _, err := l.Load(t.Context(), 1); !errors.Is(err, r.fail) {
		t.Errorf("got %v, want the error itself", err)
	}
	if _, err := l.LoadMany(t.Context(), []int{1, 2}); !errors.Is(err, r.fail) {
		t.Errorf("got %v, want the error itself", err)
	}
	r.fail = nil
	if v, err := l.Load(t.Context(), 1); err != nil || *v != 2 {
		t.Errorf("after the error: %v, %v", v, err)
	}
}

// TestPrimedValuesAreNotRead checks that a value that is known from elsewhere costs no batch.
func TestPrimedValuesAreNotRead(t *testing.T) {
	r := &recorder{}
	l := loaders.New(time.Millisecond, r.read)
	seven := 7
	l.Prime(1, &seven)
	if v, err := l.Load(t.Context(), 1); err != nil || v != &seven || len(r.batches) != 0 {
		t.Errorf("got %v, %v after %v", v, err, r.batches)
	}
}

// fake is a collection of laws that counts its calls; these tests use no other method.
type fake struct {
	content.Collection[*content.Law]
	laws  []*content.Law
	calls atomic.Int64
	pages atomic.Int64 // calls that read whole entries
	err   error
	// before runs at the start of each read by key.
	before func(keys []string)
	// slugs are those that every filter names, and refused is what is wrong with it.
	slugs   []string
	refused error
	mu      sync.Mutex
	filters []any // of the calls of Find, Count and Facets
}

// Type implements content.Collection.
func (f *fake) Type() content.EntryType { return content.TypeLaw }

// ByKeys returns the laws in the order of their keys, nil for a missing one. It may be called concurrently.
func (f *fake) ByKeys(_ context.Context, keys []string) ([]*content.Law, error) {
	f.calls.Add(1)
	if f.before != nil {
		f.before(keys)
	}
	if f.err != nil {
		return nil, f.err
	}
	out := make([]*content.Law, len(keys))
	for i, k := range keys {
		for _, l := range f.laws {
			if l.Key == k {
				out[i] = l
			}
		}
	}
	return out, nil
}

// BySlugs is ByKeys, because the slug of each law is its key.
func (f *fake) BySlugs(ctx context.Context, slugs []string) ([]*content.Law, error) {
	return f.ByKeys(ctx, slugs)
}

// Pages counts as a read of whole entries besides the call itself.
func (f *fake) Pages(ctx context.Context, keys []string) ([]*content.Law, error) {
	f.pages.Add(1)
	return f.ByKeys(ctx, keys)
}

func (f *fake) PagesBySlugs(ctx context.Context, slugs []string) ([]*content.Law, error) {
	return f.Pages(ctx, slugs)
}

func (f *fake) FindPages(ctx context.Context, q content.Query, scopes ...content.Scope) ([]content.Slice[*content.Law], error) {
	f.pages.Add(1)
	return f.Find(ctx, q, scopes...)
}

// Slugs returns the slugs that the test has set, whatever the filter is, and what is wrong with the filter.
func (f *fake) Slugs(any) (map[content.EntryType][]string, error) {
	if f.slugs == nil {
		return nil, f.refused
	}
	return map[content.EntryType][]string{content.TypeLaw: f.slugs}, f.refused
}

// filter records the filter of a call, for tests that compare what reached the store.
func (f *fake) filter(v any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.filters = append(f.filters, v)
}

// Find returns the first laws up to the limit for each scope. It records the filter and does not apply it.
func (f *fake) Find(_ context.Context, q content.Query, scopes ...content.Scope) ([]content.Slice[*content.Law], error) {
	f.calls.Add(1)
	f.filter(q.Filter)
	out := make([]content.Slice[*content.Law], len(scopes))
	for i := range out {
		n := len(f.laws)
		if q.Window.Limit > 0 {
			n = min(n, q.Window.Limit)
		}
		out[i].Items = f.laws[:n]
	}
	return out, nil
}

// Facets returns no values, but as many results as there are scopes.
func (f *fake) Facets(_ context.Context, q content.FacetQuery, scopes ...content.Scope) ([][]content.Facet, error) {
	f.calls.Add(1)
	f.filter(q.Filter)
	return make([][]content.Facet, len(scopes)), nil
}

// Count returns the length of the reference of each scope, so that mixed-up results are noticed.
func (f *fake) Count(_ context.Context, filter any, scopes ...content.Scope) ([]int, error) {
	f.calls.Add(1)
	f.filter(filter)
	out := make([]int, len(scopes))
	for i, s := range scopes {
		out[i] = len(s.Ref)
	}
	return out, nil
}

// laws returns a collection of the laws a, b and c.
func laws() *fake {
	f := &fake{}
	for _, k := range []string{"a", "b", "c"} {
		f.laws = append(f.laws, &content.Law{Meta: content.Meta{Type: content.TypeLaw, Key: k, Slug: k}})
	}
	return f
}

// open returns the loaders of a request to a graph that has only the laws of f.
func open(t *testing.T, f *fake) *loaders.Loaders {
	t.Helper()
	return loaders.For(loaders.With(t.Context(), graphOf(f), together))
}

// graphOf returns a graph that has only laws.
func graphOf(f *fake) *content.Graph {
	g := &content.Graph{Collections: contenttest.Collections()}
	g.Laws = f
	return g
}

// TestSetReadsEachEntityOnce checks that LoadAll leaves out what is missing, that what it has read serves a
// later Load, and that an empty key, which is no reference, is not read at all.
func TestSetReadsEachEntityOnce(t *testing.T) {
	f := laws()
	set := open(t, f).Laws
	got, err := set.LoadAll(t.Context(), []string{"b", "missing", "a"})
	if err != nil || len(got) != 2 || got[0].Key != "b" || got[1].Key != "a" {
		t.Errorf("got %v, %v", got, err)
	}
	if one, err := set.Load(t.Context(), "a"); err != nil || one != got[1] {
		t.Errorf("got %v, %v", one, err)
	}
	if none, err := set.Load(t.Context(), ""); err != nil || none != nil {
		t.Errorf("an empty key loads %v, %v", none, err)
	}
	if f.calls.Load() != 1 {
		t.Errorf("%d calls, want 1", f.calls.Load())
	}
}

// TestEntitiesOfAListAreNotReadAgain checks that a list fills the loader of single entities.
func TestEntitiesOfAListAreNotReadAgain(t *testing.T) {
	f := laws()
	set := open(t, f).Laws
	if _, err := set.All(t.Context(), content.Order{}); err != nil {
		t.Fatal(err)
	}
	if _, err := set.LoadAll(t.Context(), []string{"a", "b", "c"}); err != nil {
		t.Fatal(err)
	}
	if f.calls.Load() != 1 {
		t.Errorf("%d calls, want 1", f.calls.Load())
	}
}

// archive has the earlier revisions of laws.
type archive struct {
	content.Archive
	reads [][]content.RevisionID
}

func (a *archive) Snapshots(_ context.Context, names []content.RevisionID) ([]*content.Snapshot, error) {
	a.reads = append(a.reads, names)
	out := make([]*content.Snapshot, len(names))
	for i, n := range names {
		out[i] = &content.Snapshot{Revision: n.Revision, Entry: &content.Law{
			Meta: content.Meta{Type: content.TypeLaw, Key: n.ID.Key, Revision: n.Revision}, Body: content.RichText{Markdown: "as it was"},
		}}
	}
	return out, nil
}

// TestPagesAreOfTheRevisionOfTheirEntity changes one law and deletes another between the read of
// the entities and that of their pages.
func TestPagesAreOfTheRevisionOfTheirEntity(t *testing.T) {
	f, past := laws(), &archive{}
	g := graphOf(f)
	g.Archive = past
	set := loaders.For(loaders.With(t.Context(), g, together)).Laws
	entities, err := set.LoadAll(t.Context(), []string{"a", "b", "c"})
	if err != nil {
		t.Fatal(err)
	}
	unchanged, written := *entities[0], *entities[1]
	unchanged.Body.Markdown, written.Body.Markdown, written.Revision = "as it is", "as it is", 2
	f.laws = []*content.Law{&unchanged, &written}
	var wg sync.WaitGroup
	for i, want := range []string{"as it is", "as it was", "as it was"} {
		wg.Go(func() {
			page, err := set.Page(t.Context(), entities[i])
			if err != nil || page.Body.Markdown != want || page.Revision != entities[i].Revision {
				t.Errorf("%s is %v, %v, want it %s", entities[i].Key, page, err, want)
			}
		})
	}
	wg.Wait()
	if len(past.reads) != 1 || len(past.reads[0]) != 2 {
		t.Errorf("the archive was read for %v, want two at once", past.reads)
	}
}

// TestEqualQuestionsShareACallAndOthersDoNot lists concurrently for several scopes. Equal queries share a
// call whatever their scopes are; a query with another limit has its own.
func TestEqualQuestionsShareACallAndOthersDoNot(t *testing.T) {
	f := laws()
	set := open(t, f).Laws
	var wg sync.WaitGroup
	list := func(limit int, ref string) {
		wg.Go(func() {
			// Each caller has a filter of its own with the same conditions.
			q := content.Query{Filter: &content.LawFilter{}, Window: content.Window{Limit: limit}}
			s, err := set.List(t.Context(), content.Scope{Ref: ref}, q)
			if err != nil || len(s.Items) != limit {
				t.Errorf("limit %d: %v, %v", limit, s, err)
			}
		})
	}
	for _, ref := range []string{"x", "y", "x"} {
		list(2, ref)
	}
	list(1, "x")
	wg.Wait()
	if f.calls.Load() != 2 {
		t.Errorf("%d calls, want one per query", f.calls.Load())
	}
}

// TestCountsOfManyScopesShareACall: counts of one kind of scope share a command; the whole
// collection has its own.
func TestCountsOfManyScopesShareACall(t *testing.T) {
	f := laws()
	set := open(t, f).Laws
	var wg sync.WaitGroup
	for _, ref := range []string{"", "x", "yyy"} {
		wg.Go(func() {
			if n, err := set.Count(t.Context(), content.Scope{Ref: ref}, nil); err != nil || n != len(ref) {
				t.Errorf("%q: %d, %v", ref, n, err)
			}
		})
	}
	wg.Wait()
	if f.calls.Load() != 2 {
		t.Errorf("%d calls, want one per kind of scope", f.calls.Load())
	}
}

// TestEntriesKeepTheirOrder loads entries by their ids and paths. A missing entry and an unknown type are
// nil, and no error.
func TestEntriesKeepTheirOrder(t *testing.T) {
	l := open(t, laws())
	id := func(key string) content.ID { return content.ID{Type: content.TypeLaw, Key: key} }
	got, err := l.Entries(t.Context(), []content.ID{id("c"), id("none"), id("a"), id("c")})
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, e := range got {
		if e == nil {
			keys = append(keys, "nothing")
			continue
		}
		keys = append(keys, e.ID().Key)
	}
	if d := cmp.Diff([]string{"c", "nothing", "a", "c"}, keys); d != "" {
		t.Errorf("entries (-want +got):\n%s", d)
	}
	if e, err := l.Entry(t.Context(), id("none")); err != nil || e != nil {
		t.Errorf("a missing entry is %v, %v", e, err)
	}
	if e, err := l.Entry(t.Context(), content.ID{Type: "NONE", Key: "a"}); err != nil || e != nil {
		t.Errorf("an unknown type returns %v, %v", e, err)
	}
	if e, err := l.EntryAt(t.Context(), "/laws/b"); err != nil || e.ID() != id("b") {
		t.Errorf("by path: %v, %v", e, err)
	}
}
