package advisor_test

import (
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"patternhub/internal/advisor"
	"patternhub/internal/content"
)

func TestCheckCompared(t *testing.T) {
	tests := map[string]struct {
		slugs []string
		code  content.Code
	}{
		"none":  {nil, content.BadUserInput},
		"one":   {[]string{"a"}, content.BadUserInput},
		"two":   {[]string{"a", "b"}, ""},
		"six":   {[]string{"a", "b", "c", "d", "e", "f"}, ""},
		"seven": {[]string{"a", "b", "c", "d", "e", "f", "g"}, content.BadUserInput},
		"twice": {[]string{"a", "b", "a"}, content.BadUserInput},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := content.CodeOf(advisor.CheckCompared(tt.slugs)); got != tt.code {
				t.Errorf("code %q, want %q", got, tt.code)
			}
		})
	}
}

// compared returns two patterns that differ only in what edit changes.
func compared(edit func(*advisor.Compared)) []advisor.Compared {
	out := make([]advisor.Compared, 2)
	for i, key := range []string{"a", "b"} {
		p := &content.Pattern{Category: "SCALING", Recommendation: "RECOMMENDED", Difficulty: "BEGINNER", Relevance: "MAINSTREAM", TierKey: "gold"}
		p.Key = key
		out[i] = advisor.Compared{Pattern: p, Tier: &content.Tier{Meta: content.Meta{Name: "Gold"}, Rank: 1}}
	}
	edit(&out[1])
	return out
}

func row(t *testing.T, c *content.PatternComparison, name content.ComparisonCriterion) content.ComparisonRow {
	t.Helper()
	for _, r := range c.Rows {
		if r.Criterion == name {
			return r
		}
	}
	t.Fatalf("no row %s", name)
	return content.ComparisonRow{}
}

func TestBest(t *testing.T) {
	score := 70
	tests := map[string]struct {
		edit      func(*advisor.Compared)
		criterion content.ComparisonCriterion
		best      []string
		differs   bool
	}{
		"equal":                {func(*advisor.Compared) {}, "TIER", nil, false},
		"lower rank":           {func(c *advisor.Compared) { c.Tier = &content.Tier{Meta: content.Meta{Name: "Silver"}, Rank: 2} }, "TIER", []string{"a"}, true},
		"harder":               {func(c *advisor.Compared) { c.Pattern.Difficulty = "ADVANCED" }, "DIFFICULTY", []string{"a"}, true},
		"more adopters":        {func(c *advisor.Compared) { c.Pattern.Adoptions = make([]content.Adoption, 3) }, "ADOPTERS", []string{"b"}, true},
		"more case studies":    {func(c *advisor.Compared) { c.CaseStudies = 2 }, "CASE_STUDIES", []string{"b"}, true},
		"only one has a score": {func(c *advisor.Compared) { c.Health = &content.PatternHealth{Score: &score} }, "HEALTH", nil, true},
		"no criterion without an order has a best": {func(c *advisor.Compared) { c.Pattern.Category = "SECURITY" }, "CATEGORY", nil, true},
		"the tier costs less":                      {func(c *advisor.Compared) { c.Pattern.TierKey = "bronze" }, "EFFORT", []string{"a"}, true},
		"the tier succeeds more":                   {func(c *advisor.Compared) { c.Pattern.TierKey = "bronze" }, "SUCCESS_RATE", []string{"a"}, true},
	}
	c := mustCorpus(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := row(t, advisor.Compare(compared(tt.edit), nil, c.calculator, c.tables.Weights), tt.criterion)
			if d := gocmp.Diff(tt.best, r.BestKeys); d != "" {
				t.Errorf("best (-want +got):\n%s", d)
			}
			if r.Differs != tt.differs {
				t.Errorf("differs is %v", r.Differs)
			}
			if (r.BestBecause != nil) != (len(tt.best) > 0) {
				t.Errorf("best because %v", r.BestBecause)
			}
		})
	}
}

// TestEveryValueIsThereOrSaysWhyNot checks patterns drawn at random.
func TestEveryValueIsThereOrSaysWhyNot(t *testing.T) {
	c := mustCorpus(t)
	rapid.Check(t, func(t *rapid.T) {
		subjects := compared(func(c *advisor.Compared) {
			c.Pattern.TierKey = rapid.SampledFrom([]string{"gold", "silver", "bronze", "none"}).Draw(t, "tier")
			if rapid.Bool().Draw(t, "no tier") {
				c.Tier = nil
			}
		})
		got := advisor.Compare(subjects, nil, c.calculator, c.tables.Weights)
		if len(got.Rows) != len(content.ComparisonCriterion("").Values()) {
			t.Fatalf("%d rows", len(got.Rows))
		}
		for _, r := range got.Rows {
			for _, v := range r.Values {
				if (v.Text == nil) != (v.Missing != nil) || v.Text != nil && v.Source == nil {
					t.Fatalf("%s: %+v", r.Criterion, v)
				}
			}
		}
	})
}

func TestCovering(t *testing.T) {
	named := func(keys ...string) *content.Slice[*content.Comparison] {
		var out content.Slice[*content.Comparison]
		for _, k := range keys {
			out.Items = append(out.Items, &content.Comparison{Meta: content.Meta{Key: k, Name: k}})
		}
		return &out
	}
	got := advisor.Covering([]*content.Slice[*content.Comparison]{named("z", "once"), named("b"), named("z", "b"), named("b")})
	if d := gocmp.Diff([]string{"b", "z"}, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestAmong(t *testing.T) {
	a, b := &content.Pattern{}, &content.Pattern{}
	a.Key, a.Slug, b.Key, b.Slug = "1", "a", "2", "b"
	a.Relations = []content.RelationRow{{PatternKey: "2", Relation: "COMPLEMENTS", Weight: 2}, {PatternKey: "3", Relation: "COMPLEMENTS"}}
	b.Relations = []content.RelationRow{{PatternKey: "1", Relation: "COMPLEMENTS", Weight: 2}, {PatternKey: "1", Relation: "PREREQUISITE", Weight: 1}}
	want := []content.PatternGraphEdge{
		{FromKey: "1", ToKey: "2", Relation: "COMPLEMENTS", Weight: 2},
		{FromKey: "2", ToKey: "1", Relation: "PREREQUISITE", Weight: 1},
	}
	if d := gocmp.Diff(want, advisor.Among([]*content.Pattern{b, a})); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
