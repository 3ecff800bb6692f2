package content_test

import (
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"patternhub/internal/content"
)

// frontMatter returns a field's front matter, "nothing" for none.
func frontMatter(e content.Entry, field string, names content.Names) string {
	if s := content.FrontMatter(e, field, names); s != nil {
		return *s
	}
	return "nothing"
}

func TestFrontMatterOfFields(t *testing.T) {
	p := &content.Pattern{
		Meta:                content.Meta{Type: content.TypePattern, Name: "Saga: a story", Slug: "saga"},
		TierKey:             "t1",
		Category:            "DATA_MANAGEMENT",
		Enhanced:            true,
		MigrationComplexity: new(content.Effort("LOW_MEDIUM")),
		StatedStatus:        new("- stated"),
		ProblemDomains:      []content.ProblemDomain{"REAL_TIME", "COST"},
		Tags:                []string{"plain", "a: b", "12"},
		LawKeys:             []string{"l1", "l2"},
		Body:                content.RichText{Markdown: "# Body\n", HTML: "<h1>"},
		TradeOffs:           content.TradeOffs{Pros: []string{"one", "two"}},
		Adoptions: []content.Adoption{
			{CompanyKey: "c1", Scale: new("1 M/s"), Sources: []string{"page", "talk"}},
			{CompanyKey: "c2", Year: new(2012)},
		},
		ModernAlternatives: []content.Subject{{PatternKey: "p1"}, {Text: "none: yet"}},
	}
	names := func(id content.ID) string {
		return map[content.ID]string{
			{Type: content.TypeTier, Key: "t1"}: "gold", {Type: content.TypeLaw, Key: "l1"}: "failure", {Type: content.TypeCompany, Key: "c1"}: "netflix",
			{Type: content.TypePattern, Key: "p1"}: "outbox", {Type: content.TypeLaw, Key: "t1"}: "wrong",
		}[id]
	}
	for field, want := range map[string]string{
		"name":                "Saga: a story",
		"summary":             "nothing",
		"tier":                "gold",
		"category":            "data-management",
		"relevance":           "nothing",
		"enhanced":            "true",
		"readingMinutes":      "0",
		"introduced":          "nothing",
		"migrationComplexity": "low-medium",
		"statedStatus":        "- stated",
		"problemDomains":      "- real-time\n- cost",
		"tags":                "- plain\n- \"a: b\"\n- \"12\"",
		"laws":                "- failure\n- l2",
		"pillars":             "nothing",
		"body":                "# Body\n",
		"tradeOffs":           "pros:\n  - one\n  - two",
		"companies":           "- company: netflix\n  scale: \"1 M/s\"\n  sources:\n    - page\n    - talk\n- company: c2\n  year: 2012",
		"modernAlternatives":  "- pattern: outbox\n- label: \"none: yet\"",
		"relatedPatterns":     "nothing",
		"provenance":          "nothing",
	} {
		t.Run(field, func(t *testing.T) {
			if got := frontMatter(p, field, names); got != want {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

func TestFrontMatterOfNumbers(t *testing.T) {
	for name, tt := range map[string]struct {
		entry content.Entry
		field string
		want  string
	}{
		"zero":     {&content.Tier{}, "rank", "0"},
		"negative": {&content.Tier{Rank: -3}, "rank", "-3"},
		"absent":   {&content.Tier{}, "statedPatternCount", "nothing"},
		"given 0":  {&content.Tier{StatedPatternCount: new(0)}, "statedPatternCount", "0"},
		"fraction": {&content.Guide{TradeOffWeights: []content.Weight{{Factor: "cost", Weight: 0.25}}}, "tradeOffWeights", "- factor: cost\n  weight: 0.25"},
		"large":    {&content.Tier{Targets: []content.Figure{{Metric: "m", Label: "l", Value: new(1e12)}}}, "targets", "- metric: m\n  label: l\n  value: 1000000000000"},
		"list":     {&content.Migration{TeamSizes: []int{3, 0}}, "teamSizes", "- 3\n- 0"},
		"range":    {&content.Role{PillarWeeks: &content.IntRange{Min: new(2)}}, "pillarWeeks", "min: 2"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := frontMatter(tt.entry, tt.field, nil); got != tt.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, tt.want)
			}
		})
	}
}

// TestFrontMatterOfListsIsYAML parses front matter: every text is read back as the same text.
func TestFrontMatterOfListsIsYAML(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := &content.Pattern{Tags: rapid.SliceOfN(anyTrickyText(), 1, 5).Draw(t, "tags")}
		text := frontMatter(p, "tags", nil)
		var got []any
		if err := yaml.Unmarshal([]byte(text), &got); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		want := make([]any, len(p.Tags))
		for i, s := range p.Tags {
			want[i] = s
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%q (-want +got):\n%s", text, d)
		}
	})
}

func TestFrontMatterOfRowsIsYAML(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) content.Adoption {
			return content.Adoption{CompanyKey: anyKey(t), Scale: new(anyText(t)), Sources: []string{anyText(t), anyText(t)}, Year: new(rapid.IntRange(1900, 2100).Draw(t, "year"))}
		}), 1, 4).Draw(t, "rows")
		text := frontMatter(&content.Pattern{Adoptions: rows}, "companies", nil)
		var got []struct {
			Company string
			Scale   string
			Sources []string
			Year    int
		}
		if err := yaml.Unmarshal([]byte(text), &got); err != nil || len(got) != len(rows) {
			t.Fatalf("%q: %v", text, err)
		}
		for i, r := range rows {
			g := got[i]
			if g.Company != r.CompanyKey || g.Scale != *r.Scale || g.Year != *r.Year || !cmp.Equal(g.Sources, r.Sources) {
				t.Errorf("%q: row %d is %+v", text, i, g)
			}
		}
	})
}

func TestEveryFieldWithAValueHasFrontMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := anyEntry(t, anyType(t))
		empty := content.NewEntry(e.Head().Type)
		for _, field := range content.Changed(empty, e) {
			if content.FrontMatter(e, field, nil) == nil {
				t.Errorf("%s has no front matter", field)
			}
		}
	})
}
