package search_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
	"patternhub/internal/search"
)

// walk returns the hits of all pages of a search.
func walk(t *testing.T, i *search.Index, q content.Search, size int) []string {
	t.Helper()
	var out []string
	var after *content.Position
	for {
		a := mustSearch(t, i, q) // as each request does
		page := mustHits(t, a, after, size)
		out = append(out, ids(page)...)
		if !page.HasNext {
			return out
		}
		if len(page.Items) != size {
			t.Fatalf("a page of %d with more to follow has %d hits", size, len(page.Items))
		}
		at := a.Position(page.Items[size-1])
		after = &at
	}
}

// walksAreCompleteAndStable shows that pages of any size together list every hit once and in the order of
// one large page, although each page searches again.
func walksAreCompleteAndStable(t *testing.T, en *engine) {
	i := en.seeded(t).At(content.Published)
	for _, text := range []string{"cache", "distributed systems", "netflix", "circiut breaker", "the service of data"} {
		t.Run(text, func(t *testing.T) {
			q := content.Search{Text: text}
			all := mustHits(t, mustSearch(t, i, q), nil, 1000)
			want := ids(all)
			if len(want) != all.Total || len(want) < 5 {
				t.Fatalf("found %d hits, total %d", len(want), all.Total)
			}
			seen := map[string]bool{}
			for n, id := range want {
				if seen[id] {
					t.Errorf("%s appears twice", id)
				}
				seen[id] = true
				if n > 0 && all.Items[n].Score > all.Items[n-1].Score {
					t.Errorf("%s comes after a lower score", id)
				}
			}
			for _, size := range []int{1, 3, 20, 100} {
				if diff := cmp.Diff(want, walk(t, i, q, size)); diff != "" {
					t.Errorf("pages of %d (-want +got):\n%s", size, diff)
				}
			}
		})
	}
}

// cursorsBelongToOneSearchOfOneState checks the tag that cursors carry. It changes with each part of the
// search and with the published content, but not with drafts, which readers do not see.
func cursorsBelongToOneSearchOfOneState(t *testing.T, en *engine) {
	s := open(t)
	mustPublish(t, s, page("a", "Alpha"), page("b", "Alpha Beta"))
	e, note := en.following(t, s)
	i := e.At(content.Published)
	gold := &content.SearchFilter{Tier: &content.SlugFilter{In: []string{"gold"}}}
	base := content.Search{Text: "alpha"}
	tag := mustSearch(t, i, base).Tag()
	for name, q := range map[string]content.Search{
		"other words":  {Text: "beta"},
		"a filter":     {Text: "alpha", Filter: gold},
		"other types":  {Text: "alpha", Types: []content.EntryType{content.TypePage}},
		"no types":     {Text: "alpha", Types: []content.EntryType{}},
		"other blanks": {Text: "alpha "},
	} {
		if mustSearch(t, i, q).Tag() == tag {
			t.Errorf("%s: the same tag", name)
		}
	}
	if got := mustSearch(t, i, base).Tag(); got != tag {
		t.Error("the same search has another tag")
	}
	mustPut(t, s, page("draft", "Alpha Draft"))
	note(t)
	if got := mustSearch(t, i, base).Tag(); got != tag {
		t.Error("a draft changed the published index")
	}
	mustPublish(t, s, page("c", "Gamma"))
	note(t)
	if got := mustSearch(t, i, base).Tag(); got == tag {
		t.Error("cursors survive a change of the content")
	}
}

// TestHitsRefuseACursorWithoutAScore passes a position of another kind of list. The client has sent it, so
// it is bad input and no fault of the server.
func TestHitsRefuseACursorWithoutAScore(t *testing.T) {
	s := open(t)
	a := mustSearch(t, start(t, s).At(content.Published), content.Search{Text: "alpha"})
	if _, err := a.Hits(t.Context(), &content.Position{Value: "x", Key: "y"}, 1); content.CodeOf(err) != content.BadUserInput {
		t.Errorf("got %v, want BAD_USER_INPUT", err)
	}
}

// filtersAndFacets searches for all entries with a word, and checks how many match a filter and
// whether each one does.
func filtersAndFacets(t *testing.T, en *engine) {
	s := open(t)
	gold := tier("t1", "golden", "Gold tier")
	mustPut(t, s, gold)
	gold.Slug = "gold"
	tiers := []content.Entry{gold, tier("t2", "silver", "Silver tier")}
	mustPublish(t, s, append(tiers,
		pattern("p1", "Alpha one", "t1", "RESILIENCE", "BEGINNER"),
		pattern("p2", "Alpha two", "t1", "SCALING", "ADVANCED"),
		pattern("p3", "Alpha three", "t2", "SCALING", "ADVANCED"),
		page("a", "Alpha page"),
	)...)
	i := en.start(t, s).At(content.Published)
	in := func(slugs ...string) *content.SearchFilter {
		return &content.SearchFilter{Tier: &content.SlugFilter{In: slugs}}
	}
	category := func(in, notIn []content.PatternCategory) *content.SearchFilter {
		return &content.SearchFilter{Category: &content.PatternCategoryFilter{In: in, NotIn: notIn}}
	}
	for name, tt := range map[string]struct {
		types  []content.EntryType
		filter *content.SearchFilter
		want   string
	}{
		"everything":        {want: "PAGE:a PATTERN:p1 PATTERN:p2 PATTERN:p3"},
		"types":             {types: []content.EntryType{content.TypePage}, want: "PAGE:a"},
		"no types":          {types: []content.EntryType{}, want: ""},
		"empty filter":      {filter: &content.SearchFilter{}, want: "PAGE:a PATTERN:p1 PATTERN:p2 PATTERN:p3"},
		"type not in":       {filter: &content.SearchFilter{Type: &content.EntryTypeFilter{NotIn: []content.EntryType{content.TypePage}}}, want: "PATTERN:p1 PATTERN:p2 PATTERN:p3"},
		"tier":              {filter: in("gold"), want: "PATTERN:p1 PATTERN:p2"},
		"a former slug":     {filter: in("golden"), want: "PATTERN:p1 PATTERN:p2"},
		"tiers":             {filter: in("gold", "silver"), want: "PATTERN:p1 PATTERN:p2 PATTERN:p3"},
		"unknown tier":      {filter: in("platinum"), want: ""},
		"tier by its key":   {filter: in("t1"), want: ""},
		"all tiers":         {filter: &content.SearchFilter{Tier: &content.SlugFilter{All: []string{"gold", "silver"}}}, want: ""},
		"no tier of those":  {filter: &content.SearchFilter{Tier: &content.SlugFilter{None: []string{"gold"}}}, want: "PAGE:a PATTERN:p3"},
		"category":          {filter: category([]content.PatternCategory{"SCALING"}, nil), want: "PATTERN:p2 PATTERN:p3"},
		"another category":  {filter: category(nil, []content.PatternCategory{"SCALING"}), want: "PAGE:a PATTERN:p1"},
		"difficulty":        {filter: &content.SearchFilter{Difficulty: &content.DifficultyFilter{In: []content.Difficulty{"BEGINNER"}}}, want: "PATTERN:p1"},
		"and":               {filter: &content.SearchFilter{And: []*content.SearchFilter{in("gold"), category([]content.PatternCategory{"SCALING"}, nil)}}, want: "PATTERN:p2"},
		"or":                {filter: &content.SearchFilter{Or: []*content.SearchFilter{in("silver"), category([]content.PatternCategory{"RESILIENCE"}, nil)}}, want: "PATTERN:p1 PATTERN:p3"},
		"or of nothing":     {filter: &content.SearchFilter{Or: []*content.SearchFilter{}}, want: ""},
		"or with no filter": {filter: &content.SearchFilter{Or: []*content.SearchFilter{{}}}, want: "PAGE:a PATTERN:p1 PATTERN:p2 PATTERN:p3"},
		"not":               {filter: &content.SearchFilter{Not: in("gold")}, want: "PAGE:a PATTERN:p3"},
	} {
		t.Run(name, func(t *testing.T) {
			a := mustSearch(t, i, content.Search{Text: "alpha", Types: tt.types, Filter: tt.filter})
			hits := mustHits(t, a, nil, 10)
			got := ids(hits)
			sortStrings(got)
			if diff := cmp.Diff(tt.want, strings.Join(got, " ")); diff != "" {
				t.Errorf("hits (-want +got):\n%s", diff)
			}
			facets, err := a.Facets(t.Context(), []string{"TYPE"}, 20)
			if err != nil {
				t.Fatal(err)
			}
			sum := 0
			for _, v := range facets[0].Values {
				sum += v.Count
			}
			if sum != hits.Total || hits.Total != len(got) {
				t.Errorf("types add up to %d, total %d, hits %d", sum, hits.Total, len(got))
			}
		})
	}
	t.Run("facets", func(t *testing.T) {
		got, err := mustSearch(t, i, content.Search{Text: "alpha"}).Facets(t.Context(), []string{"TIER", "CATEGORY", "DIFFICULTY"}, 1)
		if err != nil {
			t.Fatal(err)
		}
		want := []content.Facet{
			{Field: "TIER", Values: []content.FacetValue{{Value: "gold", Label: "Gold tier", Count: 2}}},
			{Field: "CATEGORY", Values: []content.FacetValue{{Value: "SCALING", Label: "Scaling", Count: 2}}},
			{Field: "DIFFICULTY", Values: []content.FacetValue{{Value: "ADVANCED", Label: "Advanced", Count: 2}}},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// filtersAreBounded checks the limits of a search: the depth of a filter, the number of values in each
// list, and 200 characters of text. Characters are counted, not bytes.
func filtersAreBounded(t *testing.T, en *engine) {
	i := en.start(t, open(t)).At(content.Published)
	deep := &content.SearchFilter{}
	for range 5 {
		deep = &content.SearchFilter{Not: deep}
	}
	wide := make([]string, 101)
	for n := range wide {
		wide[n] = strconv.Itoa(n)
	}
	for name, f := range map[string]*content.SearchFilter{
		"depth":         deep,
		"values":        {Tier: &content.SlugFilter{In: wide}},
		"all":           {Tier: &content.SlugFilter{All: wide}},
		"none":          {Tier: &content.SlugFilter{None: wide}},
		"members of or": {Or: make([]*content.SearchFilter, 101)},
		"inside an or":  {Or: []*content.SearchFilter{{Tier: &content.SlugFilter{In: wide}}}},
	} {
		if _, err := i.Search(t.Context(), content.Search{Text: "x", Filter: f}); content.CodeOf(err) != content.BadUserInput {
			t.Errorf("%s: got %v, want BAD_USER_INPUT", name, err)
		}
	}
	if _, err := i.Search(t.Context(), content.Search{Text: strings.Repeat("é", 200)}); err != nil {
		t.Errorf("200 characters: %v", err)
	}
	if _, err := i.Search(t.Context(), content.Search{Text: strings.Repeat("é", 201)}); content.CodeOf(err) != content.BadUserInput {
		t.Errorf("201 characters: got %v, want BAD_USER_INPUT", err)
	}
}
