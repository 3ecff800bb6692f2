package mongodb_test

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/event"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"patternhub/internal/content"
	"patternhub/internal/mongodb"
	"patternhub/internal/mongodb/mongotest"
	"patternhub/internal/repository"
	"patternhub/internal/repository/storetest"
)

type (
	query  = content.Query
	filter = content.PatternFilter
)

// library publishes 40 patterns with random names, times and relations, and 3 tiers.
func library(t *testing.T, s *repository.Store) []*content.Pattern {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	storetest.Publish(t, s, storetest.Tier("gold", 1), storetest.Tier("silver", 2), storetest.Tier("bronze", 3))
	var out []*content.Pattern
	var entries []content.Entry
	for i := range 40 {
		p := storetest.Pattern(fmt.Sprintf("p%02d", i), string(rune('A'+r.IntN(6)))+"é name", r.IntN(5))
		p.TierKey = []string{"gold", "silver", "bronze"}[r.IntN(3)]
		p.Enhanced = r.IntN(2) == 0
		p.Category = []content.PatternCategory{"RESILIENCE", "SCALING", "SECURITY"}[r.IntN(3)]
		if r.IntN(3) > 0 {
			year := strconv.Itoa(1990 + r.IntN(4))
			p.Introduced = &year
		}
		for range r.IntN(3) {
			p.ProblemDomains = append(p.ProblemDomains, []content.ProblemDomain{"COST", "GEO", "STORAGE"}[len(p.ProblemDomains)])
		}
		p.Tags = []string{"Tag " + p.Key[1:2], "Ätna"}
		out = append(out, p)
		entries = append(entries, p)
	}
	storetest.Publish(t, s, entries...)
	return out
}

func keys(found []*content.Pattern) []string {
	out := []string{}
	for _, p := range found {
		out = append(out, p.Key)
	}
	return out
}

// sorted returns keys in the order of the contract, computed from the entries.
func sorted(all []*content.Pattern, o content.Order) []string {
	list := slices.Clone(all)
	slices.SortFunc(list, func(a, b *content.Pattern) int {
		x, _ := a.OrderValue(o.Field)
		y, _ := b.OrderValue(o.Field)
		c := compareValues(x, y)
		if c == 0 {
			c = cmp.Compare(a.Key, b.Key)
		}
		if o.Desc {
			return -c
		}
		return c
	})
	return keys(list)
}

func compareValues(x, y any) int {
	if x == nil || y == nil {
		switch x {
		case y:
			return 0
		case nil:
			return -1
		}
		return 1
	}
	if i, ok := x.(int); ok {
		return cmp.Compare(i, y.(int))
	}
	return cmp.Compare(fmt.Sprint(x), fmt.Sprint(y))
}

func TestListPagesForwardAndBackward(t *testing.T) {
	s := storetest.Open(t)
	all := library(t, s)
	c := s.At(content.Published).Patterns
	for _, field := range []string{"", "NAME", "READING_MINUTES", "INTRODUCED"} {
		for _, desc := range []bool{false, true} {
			for _, backward := range []bool{false, true} {
				o := content.Order{Field: field, Desc: desc}
				t.Run(fmt.Sprint(field, desc, backward), func(t *testing.T) {
					want := sorted(all, o)
					got := walk(t, c, query{Order: o, Window: content.Window{Limit: 7, Backward: backward}})
					if d := gocmp.Diff(want, got); d != "" {
						t.Errorf("walk (-want +got):\n%s", d)
					}
				})
			}
		}
	}
}

// walk reads a list page by page and returns its keys.
func walk(t *testing.T, c content.Collection[*content.Pattern], q query, scope ...content.Scope) []string {
	t.Helper()
	if len(scope) == 0 {
		scope = []content.Scope{{}}
	}
	var out []string
	for range 20 {
		slices, err := c.Find(t.Context(), q, scope...)
		if err != nil {
			t.Fatal(err)
		}
		part := slices[0]
		if q.Window.Backward {
			out = append(keys(part.Items), out...)
			if !part.HasPrevious {
				return out
			}
			q.Window.Before = at(part.Items[0], q.Order)
			continue
		}
		out = append(out, keys(part.Items)...)
		if !part.HasNext {
			return out
		}
		q.Window.After = at(part.Items[len(part.Items)-1], q.Order)
	}
	t.Fatal("the walk does not end")
	return nil
}

func at(p *content.Pattern, o content.Order) *content.Position {
	v, _ := p.OrderValue(o.Field)
	return &content.Position{Value: v, Key: p.Key}
}

func TestScopesCostOneCommand(t *testing.T) {
	n := 0
	s := storetest.Open(t, counter(&n))
	all := library(t, s)
	c := s.At(content.Published).Patterns
	scopes := []content.Scope{{Ref: content.RefTo("tier", "gold")}, {Ref: content.RefTo("tier", "none")}, {Ref: content.RefToAny(content.ID{Type: content.TypeTier, Key: "bronze"})}}
	n = 0
	lists, err := c.Find(t.Context(), query{Window: content.Window{Limit: 3}}, scopes...)
	if err != nil {
		t.Fatal(err)
	}
	counts, err := c.Count(t.Context(), nil, scopes...)
	if err != nil {
		t.Fatal(err)
	}
	if n != 2 {
		t.Errorf("a list and a count of three scopes cost %d commands, want 2", n)
	}
	for i, tierKey := range []string{"gold", "none", "bronze"} {
		of := slices.DeleteFunc(slices.Clone(all), func(p *content.Pattern) bool { return p.TierKey != tierKey })
		want := sorted(of, content.Order{})
		if counts[i] != len(want) {
			t.Errorf("%s: count %d, want %d", tierKey, counts[i], len(want))
		}
		first := want[:min(3, len(want))]
		if d := gocmp.Diff(first, keys(lists[i].Items)); d != "" {
			t.Errorf("%s (-want +got):\n%s", tierKey, d)
		}
		if lists[i].HasNext != (len(want) > 3) {
			t.Errorf("%s: HasNext is %v with %d entries", tierKey, lists[i].HasNext, len(want))
		}
		if got := walk(t, c, query{Window: content.Window{Limit: 4}}, scopes[i]); !slices.Equal(got, want) {
			t.Errorf("%s: the walk returns %v, want %v", tierKey, got, want)
		}
	}
	byKeys := content.Scope{Keys: strings.Join([]string{"p03", "p01", "missing"}, content.KeySeparator)}
	lists, err = c.Find(t.Context(), query{}, byKeys, content.Scope{Keys: "p05"})
	if err != nil || len(lists[0].Items) != 2 || lists[1].Items[0].Key != "p05" {
		t.Errorf("by keys: %v (%v)", lists, err)
	}
}

// TestAFilterOfAnotherTypeIsAnError checks that it does not select everything.
func TestAFilterOfAnotherTypeIsAnError(t *testing.T) {
	patterns := storetest.Open(t).At(content.Published).Patterns
	q := content.Query{Filter: &content.LawFilter{}}
	if _, err := patterns.Find(t.Context(), q, content.Scope{}); err == nil {
		t.Error("Find took it")
	}
	if _, err := patterns.Count(t.Context(), &filter{Tier: &content.SlugFilter{In: []string{"gold"}}}, content.Scope{}); err == nil {
		t.Error("a filter that names slugs without their keys was accepted")
	}
	if _, err := patterns.Count(t.Context(), content.PatternFilter{}, content.Scope{}); err == nil {
		t.Error("Count took a filter that is not a pointer")
	}
	var none *content.PatternFilter
	if _, err := patterns.Count(t.Context(), none, content.Scope{}); err != nil {
		t.Errorf("a nil pointer: %v", err)
	}
}

// TestFiltersMatchFormerSlugs filters by former slugs of an entry and of a tier.
func TestFiltersMatchFormerSlugs(t *testing.T) {
	s := storetest.Open(t)
	gold, saga := storetest.Tier("gold", 1), storetest.Pattern("saga", "Saga", 5)
	gold.Slug, saga.Slug = "golden", "sagas"
	storetest.Put(t, s, gold, saga)
	gold.Slug, saga.Slug = "gold", "saga"
	other := storetest.Pattern("other", "Other", 5)
	other.TierKey = "silver"
	storetest.Publish(t, s, gold, storetest.Tier("silver", 2), saga, other)
	slug := func(f content.TextFilter) filter { return filter{EntryFilter: content.EntryFilter{Slug: &f}} }
	former, unknown := "sagas", "nothing"
	for name, tt := range map[string]struct {
		f    filter
		want []string
	}{
		"eq":               {slug(content.TextFilter{Eq: &former}), []string{"saga"}},
		"eq and in":        {slug(content.TextFilter{Eq: &former, In: []string{"saga"}}), []string{"saga"}},
		"eq unknown":       {slug(content.TextFilter{Eq: &unknown}), nil},
		"in":               {slug(content.TextFilter{In: []string{"SAGAS", "other"}}), []string{"other", "saga"}},
		"in both":          {slug(content.TextFilter{In: []string{"saga", "sagas"}}), []string{"saga"}},
		"in nothing":       {slug(content.TextFilter{In: []string{}}), nil},
		"not":              {filter{Not: new(slug(content.TextFilter{Eq: &former}))}, []string{"other"}},
		"starts with":      {slug(content.TextFilter{StartsWith: &former}), nil},
		"a tier's in":      {filter{Tier: &content.SlugFilter{In: []string{"golden"}}}, []string{"saga"}},
		"a tier's all":     {filter{Tier: &content.SlugFilter{All: []string{"golden", "gold"}}}, []string{"saga"}},
		"a tier's none":    {filter{Tier: &content.SlugFilter{None: []string{"golden"}}}, []string{"other"}},
		"with a condition": {filter{EntryFilter: content.EntryFilter{Slug: &content.TextFilter{Eq: &former}}, Or: []*filter{{Tier: &content.SlugFilter{In: []string{"golden"}}}}}, []string{"saga"}},
	} {
		t.Run(name, func(t *testing.T) {
			g := s.At(content.Published)
			lists, err := g.Patterns.Find(t.Context(), query{Filter: storetest.Keyed(t, g, g.Patterns, &tt.f)}, content.Scope{})
			if err != nil {
				t.Fatal(err)
			}
			if d := gocmp.Diff(tt.want, keys(lists[0].Items), cmpopts.EquateEmpty()); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestFilters(t *testing.T) {
	s := storetest.Open(t)
	all := library(t, s)
	c := s.At(content.Published).Patterns
	text := func(v string) *string { return &v }
	number := func(v int) *int { return &v }
	yes, no := true, false
	tests := map[string]struct {
		f    filter
		want func(p *content.Pattern) bool
	}{
		"name folded":      {filter{EntryFilter: content.EntryFilter{Name: &content.TextFilter{Eq: text("aÉ NAME")}}}, func(p *content.Pattern) bool { return p.Name == "Aé name" }},
		"name starts":      {filter{EntryFilter: content.EntryFilter{Name: &content.TextFilter{StartsWith: text("b")}}}, func(p *content.Pattern) bool { return p.Name[0] == 'B' }},
		"name contains":    {filter{EntryFilter: content.EntryFilter{Name: &content.TextFilter{Contains: text("E N")}}}, func(*content.Pattern) bool { return true }},
		"name is no regex": {filter{EntryFilter: content.EntryFilter{Name: &content.TextFilter{Contains: text(".*")}}}, func(*content.Pattern) bool { return false }},
		"slug in":          {filter{EntryFilter: content.EntryFilter{Slug: &content.TextFilter{In: []string{"p01", "p02"}}}}, func(p *content.Pattern) bool { return p.Key == "p01" || p.Key == "p02" }},
		"enum in":          {filter{Category: &content.PatternCategoryFilter{In: []content.PatternCategory{"SCALING"}}}, func(p *content.Pattern) bool { return p.Category == "SCALING" }},
		"enum in nothing":  {filter{Category: &content.PatternCategoryFilter{In: []content.PatternCategory{}}}, func(*content.Pattern) bool { return false }},
		"enum not in":      {filter{Category: &content.PatternCategoryFilter{NotIn: []content.PatternCategory{"SCALING"}}}, func(p *content.Pattern) bool { return p.Category != "SCALING" }},
		"list of enums":    {filter{ProblemDomains: &content.ProblemDomainFilter{In: []content.ProblemDomain{"GEO"}}}, func(p *content.Pattern) bool { return slices.Contains(p.ProblemDomains, "GEO") }},
		"tags folded":      {filter{Tags: &content.TextFilter{Eq: text("tag 3")}}, func(p *content.Pattern) bool { return p.Key[1] == '3' }},
		"number":           {filter{ReadingMinutes: &content.IntFilter{Gte: number(1), Lt: number(3)}}, func(p *content.Pattern) bool { return p.ReadingMinutes == 1 || p.ReadingMinutes == 2 }},
		"yes":              {filter{Enhanced: &yes}, func(p *content.Pattern) bool { return p.Enhanced }},
		"no":               {filter{Enhanced: &no}, func(p *content.Pattern) bool { return !p.Enhanced }},
		"slug of a tier":   {filter{Tier: &content.SlugFilter{In: []string{"gold", "unknown"}}}, func(p *content.Pattern) bool { return p.TierKey == "gold" }},
		"unknown slug":     {filter{Tier: &content.SlugFilter{In: []string{"unknown"}}}, func(*content.Pattern) bool { return false }},
		"all unknown":      {filter{Tier: &content.SlugFilter{All: []string{"gold", "unknown"}}}, func(*content.Pattern) bool { return false }},
		"none":             {filter{Tier: &content.SlugFilter{None: []string{"gold", "unknown"}}}, func(p *content.Pattern) bool { return p.TierKey != "gold" }},
		"or":               {filter{Or: []*filter{{Enhanced: &yes}, {Category: &content.PatternCategoryFilter{In: []content.PatternCategory{"SCALING"}}}}}, func(p *content.Pattern) bool { return p.Enhanced || p.Category == "SCALING" }},
		"or of nothing":    {filter{Or: []*filter{}}, func(*content.Pattern) bool { return false }},
		"and, not":         {filter{And: []*filter{{Enhanced: &yes}}, Not: &filter{Tier: &content.SlugFilter{In: []string{"gold"}}}}, func(p *content.Pattern) bool { return p.Enhanced && p.TierKey != "gold" }},
		"operator as text": {filter{EntryFilter: content.EntryFilter{Name: &content.TextFilter{Eq: text(`{"$ne": null}`)}}}, func(*content.Pattern) bool { return false }},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			want := sorted(slices.DeleteFunc(slices.Clone(all), func(p *content.Pattern) bool { return !tt.want(p) }), content.Order{})
			f := storetest.Keyed(t, s.At(content.Published), c, &tt.f)
			lists, err := c.Find(t.Context(), query{Filter: f}, content.Scope{})
			if err != nil {
				t.Fatal(err)
			}
			if d := gocmp.Diff(want, keys(lists[0].Items)); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			n, err := c.Count(t.Context(), f, content.Scope{})
			if err != nil || n[0] != len(want) {
				t.Errorf("count is %v (%v), want %d", n, err, len(want))
			}
		})
	}
}

func TestFilterBounds(t *testing.T) {
	s := storetest.Open(t)
	c := s.At(content.Published).Patterns
	deep := func(n int) *filter {
		f := &filter{}
		for range n - 1 {
			f = &filter{Not: f}
		}
		return f
	}
	many := func(n int) *filter {
		return &filter{EntryFilter: content.EntryFilter{Slug: &content.TextFilter{In: make([]string, n)}}}
	}
	named := func(f content.TextFilter) *filter { return &filter{EntryFilter: content.EntryFilter{Name: &f}} }
	for name, tt := range map[string]struct {
		f  *filter
		ok bool
	}{
		"depth 5": {deep(5), true}, "depth 6": {deep(6), false}, "100 values": {many(100), true}, "101 values": {many(101), false},
		// A regular expression of MongoDB cannot contain a NUL, and no name has one.
		"a NUL at the start": {named(content.TextFilter{StartsWith: new("\x00a")}), true}, "a NUL within": {named(content.TextFilter{Contains: new("a\x00")}), true},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.Find(t.Context(), query{Filter: tt.f}, content.Scope{})
			if tt.ok != (err == nil) || err != nil && content.CodeOf(err) != content.BadUserInput {
				t.Errorf("got %v, allowed %v", err, tt.ok)
			}
		})
	}
}

func TestFacetsSumToTheCount(t *testing.T) {
	s := storetest.Open(t)
	all := library(t, s)
	c := s.At(content.Published).Patterns
	scopes := []content.Scope{{}}
	got, err := c.Facets(t.Context(), content.FacetQuery{Fields: []string{"TIER", "ENHANCED", "PROBLEM_DOMAIN"}, Limit: 10}, scopes...)
	if err != nil {
		t.Fatal(err)
	}
	sum := 0
	for _, v := range got[0][0].Values {
		sum += v.Count
		if v.Label != v.Value {
			t.Errorf("label of %s is %s", v.Value, v.Label)
		}
	}
	if sum != len(all) {
		t.Errorf("tiers sum to %d, want %d", sum, len(all))
	}
	if l := got[0][1].Values; len(l) != 2 || l[0].Label != "Yes" && l[0].Label != "No" {
		t.Errorf("yes and no are %v", l)
	}
	per, err := c.Facets(t.Context(), content.FacetQuery{Fields: []string{"TIER"}, Limit: 1}, content.Scope{Ref: content.RefTo("tier", "gold")}, content.Scope{Ref: content.RefTo("tier", "silver")})
	if err != nil {
		t.Fatal(err)
	}
	if len(per) != 2 || per[0][0].Values[0].Value != "gold" || per[1][0].Values[0].Value != "silver" {
		t.Errorf("facets per scope are %v", per)
	}
	if _, err := c.Facets(t.Context(), content.FacetQuery{Fields: []string{"$where"}, Limit: 1}, content.Scope{}); content.CodeOf(err) != content.BadUserInput {
		t.Errorf("an unknown field returns %v", err)
	}
}

// TestFiltersAndOrdersRunOnIndexes checks the server's plan for each condition and order alone.
func TestFiltersAndOrdersRunOnIndexes(t *testing.T) {
	var mu sync.Mutex
	var last bson.Raw
	s := storetest.Open(t, func(o *mongodb.Options) {
		o.Monitor = &event.CommandMonitor{Started: func(_ context.Context, e *event.CommandStartedEvent) {
			if e.CommandName == "find" && strings.HasPrefix(e.Command.Lookup("find").StringValue(), "patterns") {
				mu.Lock()
				last = slices.Clone(e.Command)
				mu.Unlock()
			}
		}}
	})
	library(t, s)
	uri, _ := mongotest.Open(t)
	client, err := mongo.Connect(options.Client().ApplyURI(uri))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Disconnect(context.WithoutCancel(t.Context())) })
	word, number, yes := "a", 3, true
	queries := map[string]query{
		"by name": {}, "by minutes": {Order: content.Order{Field: "READING_MINUTES"}}, "introduced down": {Order: content.Order{Field: "INTRODUCED", Desc: true}},
		"created": {Order: content.Order{Field: "CREATED_AT"}}, "updated": {Order: content.Order{Field: "UPDATED_AT"}}, "published": {Order: content.Order{Field: "PUBLISHED_AT"}},
		"name eq":   {Filter: &filter{EntryFilter: content.EntryFilter{Name: &content.TextFilter{Eq: &word}}}},
		"name in":   {Filter: &filter{EntryFilter: content.EntryFilter{Name: &content.TextFilter{In: []string{"a", "b"}}}}},
		"category":  {Filter: &filter{Category: &content.PatternCategoryFilter{In: []content.PatternCategory{"SCALING"}}}},
		"tier":      {Filter: &filter{Tier: &content.SlugFilter{In: []string{"gold"}}}},
		"tags":      {Filter: &filter{Tags: &content.TextFilter{Eq: &word}}},
		"minutes":   {Filter: &filter{ReadingMinutes: &content.IntFilter{Eq: &number}}, Order: content.Order{Field: "READING_MINUTES"}},
		"enhanced":  {Filter: &filter{Enhanced: &yes}},
		"two tiers": {Filter: &filter{Tier: &content.SlugFilter{In: []string{"gold", "silver"}}}},
	}
	for name, q := range queries {
		t.Run(name, func(t *testing.T) {
			q.Window.Limit = 5
			g := s.At(content.Published)
			q.Filter = storetest.Keyed(t, g, g.Patterns, q.Filter)
			if _, err := g.Patterns.Find(t.Context(), q, content.Scope{}); err != nil {
				t.Fatal(err)
			}
			mu.Lock()
			command := explainable(t, last)
			mu.Unlock()
			database := last.Lookup("$db").StringValue()
			raw, err := client.Database(database).RunCommand(t.Context(), bson.D{{Key: "explain", Value: command}, {Key: "verbosity", Value: "queryPlanner"}}).Raw()
			if err != nil {
				t.Fatal(err)
			}
			plan := raw.Lookup("queryPlanner", "winningPlan").String()
			for _, bad := range []string{`"COLLSCAN"`, `"stage": "SORT"`} {
				if strings.Contains(plan, bad) {
					t.Errorf("the plan has %s: %s", bad, plan)
				}
			}
		})
	}
}

// explainable returns a command without the fields that belong to its session.
func explainable(t *testing.T, command bson.Raw) bson.D {
	t.Helper()
	var out, all bson.D
	if err := bson.Unmarshal(command, &all); err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		if !strings.HasPrefix(e.Key, "$") && e.Key != "lsid" && e.Key != "readConcern" && e.Key != "txnNumber" {
			out = append(out, e)
		}
	}
	return out
}

// TestScopesOfAllKindsTogether reads lists by reference, lists by key and whole lists in one call.
func TestScopesOfAllKindsTogether(t *testing.T) {
	s := storetest.Open(t)
	storetest.Publish(t, s, storetest.Tier("gold", 1), storetest.Pattern("saga", "Saga", 10), storetest.Pattern("outbox", "Outbox", 5))
	scopes := []content.Scope{
		{Ref: content.RefTo("tier", "gold")}, {Keys: "saga"}, {}, {Ref: content.RefTo("tier", "none")}, {Keys: "outbox" + content.KeySeparator + "saga"},
	}
	want := []int{2, 1, 2, 0, 2}
	patterns := s.At(content.Published).Patterns
	counts, err := patterns.Count(t.Context(), nil, scopes...)
	if err != nil {
		t.Fatal(err)
	}
	if d := gocmp.Diff(want, counts); d != "" {
		t.Errorf("counts (-want +got):\n%s", d)
	}
	lists, err := patterns.Find(t.Context(), content.Query{}, scopes...)
	if err != nil {
		t.Fatal(err)
	}
	facets, err := patterns.Facets(t.Context(), content.FacetQuery{Fields: []string{"TIER"}, Limit: 10}, scopes...)
	if err != nil {
		t.Fatal(err)
	}
	for i, n := range want {
		if len(lists[i].Items) != n {
			t.Errorf("list %d has %d entries, want %d", i, len(lists[i].Items), n)
		}
		if got := facets[i][0].Values; n > 0 && (len(got) != 1 || got[0].Count != n) || n == 0 && len(got) != 0 {
			t.Errorf("facet %d is %+v, want %d", i, got, n)
		}
	}
}
