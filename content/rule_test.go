package content_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"patternhub/content"
)

// sound is a pattern that may be published.
func sound() *content.Pattern {
	return &content.Pattern{
		Meta:        content.Meta{Type: content.TypePattern, Key: "k", Slug: "saga", Name: "Saga", Summary: "One."},
		CatalogName: "Saga", TierKey: "gold", Category: "RESILIENCE", CatalogGroup: "CORE", CatalogStatus: "EMERGING",
		Recommendation: "RECOMMENDED", Relevance: "NICHE", Difficulty: "BEGINNER", Problem: "P", Solution: "S",
	}
}

func TestValidate(t *testing.T) {
	one, two := 1, 2
	for name, tt := range map[string]struct {
		change  func(*content.Pattern)
		publish bool
		want    []string
	}{
		"sound":                      {func(*content.Pattern) {}, true, nil},
		"a draft may lack texts":     {func(p *content.Pattern) { p.Problem, p.Summary = "", "" }, false, nil},
		"publishing needs them":      {func(p *content.Pattern) { p.Problem, p.Summary = "", "" }, true, []string{"REQUIRED summary", "REQUIRED problem"}},
		"what the schema needs":      {func(p *content.Pattern) { p.TierKey, p.Category = "", "" }, false, []string{"REQUIRED tier", "REQUIRED category"}},
		"slug and name":              {func(p *content.Pattern) { p.Slug, p.Name = "", " " }, false, []string{"REQUIRED slug", "REQUIRED name"}},
		"form of a slug":             {func(p *content.Pattern) { p.Slug = "a--b" }, false, []string{"INVALID slug"}},
		"length of a name":           {func(p *content.Pattern) { p.Name = strings.Repeat("é", 201) }, false, []string{"TOO_LONG name"}},
		"length of a name in runes":  {func(p *content.Pattern) { p.Name = strings.Repeat("é", 200) }, false, nil},
		"control characters":         {func(p *content.Pattern) { p.Problem = "a\x00" }, false, []string{"INVALID problem"}},
		"not UTF-8":                  {func(p *content.Pattern) { p.Problem = "\xff" }, false, []string{"INVALID problem"}},
		"length of a body":           {func(p *content.Pattern) { p.Body.Markdown = strings.Repeat("x", 200_001) }, false, []string{"TOO_LONG body"}},
		"unknown value":              {func(p *content.Pattern) { p.ProblemDomains = []content.ProblemDomain{"NONE"} }, false, []string{"INVALID problemDomains.0"}},
		"empty item":                 {func(p *content.Pattern) { p.Tags = []string{"a", ""} }, false, []string{"REQUIRED tags.1"}},
		"items beyond the list size": {func(p *content.Pattern) { p.LawKeys = make([]string, 8) }, false, []string{"TOO_LONG laws"}},
		"date":                       {func(p *content.Pattern) { s := "2007-13"; p.Introduced = &s }, false, []string{"INVALID introduced"}},
		"decade":                     {func(p *content.Pattern) { s := "1970s"; p.Introduced = &s }, false, nil},
		"subject without a name":     {func(p *content.Pattern) { p.ModernAlternatives = []content.Subject{{}} }, false, []string{"REQUIRED modernAlternatives.0"}},
		"subject with two": {func(p *content.Pattern) {
			p.ModernAlternatives = []content.Subject{{PatternKey: "a", PracticeKey: "b"}}
		}, false, []string{"INVALID modernAlternatives.0"}},
		"relation to itself": {func(p *content.Pattern) {
			p.Relations = []content.RelationRow{{PatternKey: "k", Relation: "COMPLEMENTS"}}
		}, false, []string{"INVALID relatedPatterns.0"}},
		"relation stated twice": {func(p *content.Pattern) {
			p.Relations = []content.RelationRow{{PatternKey: "a", Relation: "COMPLEMENTS"}, {PatternKey: "a", Relation: "COMPLEMENTS"}}
		}, false, []string{"INVALID relatedPatterns.1"}},
		"year is a plain number": {func(p *content.Pattern) { p.Adoptions = []content.Adoption{{CompanyKey: "c", Year: &two}} }, false, nil},
		"reference of a row":     {func(p *content.Pattern) { p.Adoptions = []content.Adoption{{Year: &one}} }, false, []string{"REQUIRED companies.0.company"}},
	} {
		t.Run(name, func(t *testing.T) {
			p := sound()
			tt.change(p)
			var got []string
			for _, e := range content.Validate(p, tt.publish) {
				got = append(got, string(e.Code)+" "+strings.Join(e.Field, "."))
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("problems (-want +got):\n%s", d)
			}
		})
	}
}

func TestValidateOtherParts(t *testing.T) {
	two, one := 2, 1
	j := &content.Journey{
		Meta:       content.Meta{Type: content.TypeJourney, Slug: "j", Name: "J"},
		Difficulty: "BEGINNER", Audience: "STARTUP", Investment: "HIGH",
		DurationMonths: content.IntRange{Min: &two, Max: &one},
		Phases:         []content.JourneyPhase{{When: &content.TimeSpan{Unit: "WEEK", Start: 3, End: 1}}},
	}
	var got []string
	for _, e := range content.Validate(j, false) {
		got = append(got, string(e.Code)+" "+strings.Join(e.Field, "."))
	}
	if d := cmp.Diff([]string{"INVALID durationMonths", "INVALID phases.0.when"}, got); d != "" {
		t.Errorf("problems (-want +got):\n%s", d)
	}
	page := &content.Page{Meta: content.Meta{Type: content.TypePage, Slug: "a/b-c", Name: "P"}}
	if got := content.Validate(page, false); len(got) > 0 {
		t.Errorf("a page in a folder: %+v", got)
	}
	if many := content.Validate(&content.Pattern{Meta: content.Meta{Type: content.TypePattern}, Adoptions: make([]content.Adoption, 500)}, true); len(many) != 100 {
		t.Errorf("%d problems are told, want 100 at most", len(many))
	}
}
