package cache_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"patternhub/cache"
	"patternhub/content"
)

// shelf is a collection of laws that counts its reads.
type shelf struct {
	content.Collection[content.Law, content.LawFilter]
	laws  map[string]*content.Law
	reads int
	err   error
	// before runs once inside the next read, before anything is looked up.
	before func()
}

func (s *shelf) Type() content.EntryType { return content.TypeLaw }

func (s *shelf) ByKeys(_ context.Context, keys []string) ([]*content.Law, error) {
	s.reads++
	out := make([]*content.Law, len(keys))
	for i, k := range keys {
		out[i] = s.laws[k]
	}
	if s.before != nil {
		s.before()
		s.before = nil
	}
	return out, s.err
}

func (s *shelf) BySlugs(ctx context.Context, slugs []string) ([]*content.Law, error) {
	return s.ByKeys(ctx, slugs)
}

func (s *shelf) Pages(ctx context.Context, keys []string) ([]*content.Law, error) {
	return s.ByKeys(ctx, keys)
}

func (s *shelf) Find(_ context.Context, _ content.Query[content.LawFilter], scopes ...content.Scope) ([]content.Slice[content.Law], error) {
	s.reads++
	out := make([]content.Slice[content.Law], len(scopes))
	for i := range out {
		for _, k := range []string{"a", "b"} {
			if e := s.laws[k]; e != nil {
				e := *e // a store makes new ones each time
				out[i].Items = append(out[i].Items, &e)
			}
		}
	}
	return out, s.err
}

func (s *shelf) Count(_ context.Context, _ *content.LawFilter, scopes ...content.Scope) ([]int, error) {
	s.reads++
	out := make([]int, len(scopes))
	for i, scope := range scopes {
		out[i] = len(scope.Ref)
	}
	return out, s.err
}

func (s *shelf) Facets(_ context.Context, q content.FacetQuery[content.LawFilter], scopes ...content.Scope) ([][]content.Facet, error) {
	s.reads++
	out := make([][]content.Facet, len(scopes))
	for i := range out {
		out[i] = []content.Facet{{Field: fmt.Sprint(q.Fields)}}
	}
	return out, s.err
}

func lawEntry(key string, revision int) *content.Law {
	return &content.Law{Meta: content.Meta{Type: content.TypeLaw, Key: key, Slug: key, Name: key, Revision: revision}}
}

type remembered struct {
	shelf  *shelf
	vector *cache.Revisions
	memory *cache.Memory
	laws   content.Collection[content.Law, content.LawFilter]
	peeks  content.Peeker[content.Law, content.LawFilter]
}

func remember(t *testing.T, bytes int64) *remembered {
	t.Helper()
	r := &remembered{
		shelf:  &shelf{laws: map[string]*content.Law{"a": lawEntry("a", 1), "b": lawEntry("b", 1)}},
		vector: cache.NewRevisions(map[content.EntryType]int64{content.TypeLaw: 1}, 1),
	}
	var err error
	if r.memory, err = cache.NewMemory(bytes, r.vector); err != nil {
		t.Fatal(err)
	}
	g := everyCollection()
	g.Laws = r.shelf
	r.laws = r.memory.Graph(g).Laws
	r.peeks = r.laws.(content.Peeker[content.Law, content.LawFilter])
	return r
}

// silent is a collection that nobody reads.
type silent[T, F any] struct {
	content.Collection[T, F]
	entryType content.EntryType
}

func (s silent[T, F]) Type() content.EntryType { return s.entryType }

func none[T, F any](t content.EntryType) content.Collection[T, F] { return silent[T, F]{entryType: t} }

func everyCollection() *content.Graph {
	return &content.Graph{
		Tiers: none[content.Tier, content.TierFilter](content.TypeTier), Laws: none[content.Law, content.LawFilter](content.TypeLaw),
		Pillars: none[content.Pillar, content.PillarFilter](content.TypePillar), Roles: none[content.Role, content.RoleFilter](content.TypeRole),
		Companies:      none[content.Company, content.CompanyFilter](content.TypeCompany),
		Practices:      none[content.Practice, content.PracticeFilter](content.TypePractice),
		Patterns:       none[content.Pattern, content.PatternFilter](content.TypePattern),
		CaseStudies:    none[content.CaseStudy, content.CaseStudyFilter](content.TypeCaseStudy),
		FailureStudies: none[content.FailureStudy, content.FailureStudyFilter](content.TypeFailureStudy),
		Guides:         none[content.Guide, content.GuideFilter](content.TypeGuide),
		QuickStarts:    none[content.QuickStart, content.QuickStartFilter](content.TypeQuickStart),
		LearningPaths:  none[content.LearningPath, content.LearningPathFilter](content.TypeLearningPath),
		Journeys:       none[content.Journey, content.JourneyFilter](content.TypeJourney),
		Migrations:     none[content.Migration, content.MigrationFilter](content.TypeMigration),
		Comparisons:    none[content.Comparison, content.ComparisonFilter](content.TypeComparison),
		Pages:          none[content.Page, content.PageFilter](content.TypePage),
	}
}

// published is a change of an entry of some type.
func published(seq int64, t content.EntryType) content.Change {
	return content.Change{Seq: seq, Type: t, Key: "a", Graph: content.Published}
}

// asks are the ways to ask a collection, each with an answer that can be compared.
func asks(laws content.Collection[content.Law, content.LawFilter], filter *content.LawFilter) map[string]func(context.Context) error {
	q := content.Query[content.LawFilter]{Filter: filter, Window: content.Window{Limit: 2}}
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
			_, err := laws.Facets(ctx, content.FacetQuery[content.LawFilter]{Filter: filter, Fields: []string{"TAG"}, Limit: 3}, content.Scope{})
			return err
		},
		"untyped": func(ctx context.Context) error { _, err := laws.PagesByKeys(ctx, []string{"b"}); return err },
	}
}

func TestWhatIsKeptIsReadAgainAfterAChange(t *testing.T) {
	text := &content.LawFilter{EntryFilter: content.EntryFilter{CreatedAt: &content.TimeFilter{Gt: new(time.Time)}}}
	for name, tt := range map[string]struct {
		filter  *content.LawFilter
		changed content.EntryType
		again   map[string]bool // what has to be read again
	}{
		"own type":                   {nil, content.TypeLaw, map[string]bool{"entities": true, "slugs": true, "pages": true, "lists": true, "counts": true, "facets": true, "untyped": true}},
		"another type":               {nil, content.TypeTier, map[string]bool{"facets": true}},
		"another type, plain filter": {text, content.TypeTier, map[string]bool{"facets": true}},
	} {
		t.Run(name, func(t *testing.T) {
			r := remember(t, 1<<20)
			for what, ask := range asks(r.laws, tt.filter) {
				r.shelf.reads = 0
				for range 3 {
					if err := ask(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
				if r.shelf.reads > 1 {
					t.Errorf("%s: %d reads of the same", what, r.shelf.reads)
				}
			}
			r.vector.Advance(published(9, tt.changed))
			for what, ask := range asks(r.laws, tt.filter) {
				before := r.shelf.reads
				if err := ask(t.Context()); err != nil {
					t.Fatal(err)
				}
				// Entities may have come with a list that was asked for before them.
				if read := r.shelf.reads > before; read && !tt.again[what] || !read && tt.again[what] && what != "entities" {
					t.Errorf("%s: read again is %v", what, read)
				}
			}
		})
	}
}

func TestFiltersThatNameOtherEntries(t *testing.T) {
	slugs := &content.SlugFilter{In: []string{"x"}}
	now := time.Now()
	for name, tt := range map[string]struct {
		filter *content.PatternFilter
		want   bool
	}{
		"empty":      {&content.PatternFilter{}, false},
		"plain":      {&content.PatternFilter{EntryFilter: content.EntryFilter{CreatedAt: &content.TimeFilter{Gt: &now}}}, false},
		"direct":     {&content.PatternFilter{Tier: slugs}, true},
		"in a group": {&content.PatternFilter{Or: []*content.PatternFilter{{}, {And: []*content.PatternFilter{{Company: slugs}}}}}, true},
		"negated":    {&content.PatternFilter{Not: &content.PatternFilter{Law: slugs}}, true},
	} {
		t.Run(name, func(t *testing.T) {
			if got := cache.NamesOthers(tt.filter); got != tt.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestAReadThatAChangeOvertakesIsNotKept(t *testing.T) {
	r := remember(t, 1<<20)
	r.shelf.before = func() {
		r.shelf.laws["a"] = lawEntry("a", 2)
		r.vector.Advance(published(7, content.TypeLaw))
	}
	old, err := r.laws.ByKeys(t.Context(), []string{"a"})
	if err != nil || old[0].Revision != 1 {
		t.Fatalf("%v, %v", old, err)
	}
	fresh, err := r.laws.ByKeys(t.Context(), []string{"a"})
	if err != nil || fresh[0].Revision != 2 {
		t.Errorf("an answer from before the change: %v, %v", fresh, err)
	}
}

func TestEntitiesAreShared(t *testing.T) {
	r := remember(t, 1<<20)
	lists, err := r.laws.Find(t.Context(), content.Query[content.LawFilter]{}, content.Scope{}, content.Scope{Ref: "x"})
	if err != nil {
		t.Fatal(err)
	}
	byKey, err := r.laws.ByKeys(t.Context(), []string{"a"})
	if err != nil {
		t.Fatal(err)
	}
	if lists[0].Items[0] != byKey[0] || lists[1].Items[0] != byKey[0] {
		t.Error("an entity is in memory more than once")
	}
	if r.shelf.reads != 1 {
		t.Errorf("%d reads", r.shelf.reads)
	}
}

func TestPeeksNeverRead(t *testing.T) {
	r := remember(t, 1<<20)
	q := content.Query[content.LawFilter]{}
	f := content.FacetQuery[content.LawFilter]{Fields: []string{"TAG"}, Limit: 1}
	peek := func() map[string]bool {
		out := map[string]bool{}
		_, out["entity"] = r.peeks.Peek("a")
		_, out["slug"] = r.peeks.PeekSlug("a")
		_, out["no slug"] = r.peeks.PeekSlug("gone")
		_, out["page"] = r.peeks.PeekPage("a")
		_, out["list"] = r.peeks.PeekList(q, content.Scope{})
		_, out["count"] = r.peeks.PeekCount(nil, content.Scope{})
		_, out["facets"] = r.peeks.PeekFacets(f, content.Scope{})
		return out
	}
	for what, found := range peek() {
		if found {
			t.Errorf("%s is there before it was read", what)
		}
	}
	ctx := t.Context()
	_, err1 := r.laws.BySlugs(ctx, []string{"a", "gone"})
	_, err2 := r.laws.Pages(ctx, []string{"a"})
	_, err3 := r.laws.Find(ctx, q, content.Scope{})
	_, err4 := r.laws.Count(ctx, nil, content.Scope{})
	_, err5 := r.laws.Facets(ctx, f, content.Scope{})
	if err := errors.Join(err1, err2, err3, err4, err5); err != nil {
		t.Fatal(err)
	}
	reads := r.shelf.reads
	for what, found := range peek() {
		if !found {
			t.Errorf("%s is not in memory", what)
		}
	}
	if r.shelf.reads != reads {
		t.Error("a peek read")
	}
}

func TestFailuresAreNotKept(t *testing.T) {
	r := remember(t, 1<<20)
	lost := errors.New("lost")
	for what, ask := range asks(r.laws, nil) {
		r.shelf.err = lost
		r.vector.Advance(published(int64(100+r.shelf.reads), content.TypeLaw))
		if err := ask(t.Context()); !errors.Is(err, lost) {
			t.Errorf("%s: %v", what, err)
		}
		r.shelf.err = nil
		if err := ask(t.Context()); err != nil {
			t.Errorf("%s after the failure: %v", what, err)
		}
	}
}

func TestMemoryStaysWithinItsBytes(t *testing.T) {
	const bound = 20_000
	r := remember(t, bound)
	for i := range 500 {
		key := fmt.Sprint("law ", i)
		r.shelf.laws[key] = lawEntry(key, 1)
		if _, err := r.laws.ByKeys(t.Context(), []string{key}); err != nil {
			t.Fatal(err)
		}
		if s := r.memory.Stats(); s.Bytes > 2*bound { // otter evicts a moment later
			t.Fatalf("%d bytes of %d", s.Bytes, bound)
		}
	}
	if s := r.memory.Stats(); s.Evictions == 0 || s.Misses != 500 || s.Hits != 0 {
		t.Errorf("stats are %+v", s)
	}
}
