package content_test

import (
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"patternhub/internal/content"
)

// head returns a valid head of an entry.
func head(et content.EntryType) content.Meta {
	return content.Meta{Type: et, Key: "k", Slug: "a-slug", Name: "A name", Summary: "A summary."}
}

// pattern returns a pattern that may be published, after a change.
func pattern(change func(*content.Pattern)) *content.Pattern {
	p := &content.Pattern{
		Meta: head(content.TypePattern), CatalogName: "c", TierKey: "gold", Category: "SCALING", CatalogGroup: "CORE", CatalogStatus: "LEGACY",
		Recommendation: "RECOMMENDED", Relevance: "NICHE", Difficulty: "BEGINNER", Problem: "p", Solution: "s",
	}
	change(p)
	return p
}

// law returns a law that Validate accepts, after a change.
func law(change func(*content.Law)) *content.Law {
	l := &content.Law{Meta: head(content.TypeLaw), ShortCode: "L1", Group: "HUMAN"}
	change(l)
	return l
}

// codes returns problems as "path CODE".
func codes(problems []content.UserError) []string {
	var out []string
	for _, p := range problems {
		out = append(out, strings.Join(p.Field, ".")+" "+string(p.Code))
	}
	return out
}

// written returns an entry as text, to compare it before and after.
func written(t *rapid.T, e content.Entry) string {
	raw, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestValidateReportsWhatIsWrongAndWhere(t *testing.T) {
	rows := func(n int) []content.Adoption {
		return slices.Repeat([]content.Adoption{{CompanyKey: "c"}}, n)
	}
	for name, tt := range map[string]struct {
		entry content.Entry
		want  []string
	}{
		"nothing":                 {pattern(func(*content.Pattern) {}), nil},
		"a missing enum":          {pattern(func(p *content.Pattern) { p.Category = "" }), []string{"category REQUIRED"}},
		"an unknown enum":         {pattern(func(p *content.Pattern) { p.Category = "COOKING" }), []string{"category INVALID"}},
		"an enum in lower case":   {pattern(func(p *content.Pattern) { p.Difficulty = "beginner" }), []string{"difficulty INVALID"}},
		"an unknown enum inside":  {pattern(func(p *content.Pattern) { p.ProblemDomains = []content.ProblemDomain{"COST", "FUN", "GEO"} }), []string{"problemDomains.1 INVALID"}},
		"an empty enum in a list": {pattern(func(p *content.Pattern) { p.ProblemDomains = []content.ProblemDomain{""} }), []string{"problemDomains.0 REQUIRED"}},
		"an unknown optional":     {pattern(func(p *content.Pattern) { p.MigrationComplexity = new(content.Effort("HUGE")) }), []string{"migrationComplexity INVALID"}},
		"an empty optional enum":  {pattern(func(p *content.Pattern) { p.MigrationComplexity = new(content.Effort("")) }), []string{"migrationComplexity INVALID"}},
		"a missing reference":     {pattern(func(p *content.Pattern) { p.TierKey = "" }), []string{"tier REQUIRED"}},
		"a missing company":       {pattern(func(p *content.Pattern) { p.Adoptions = []content.Adoption{{CompanyKey: "c"}, {}} }), []string{"companies.1.company REQUIRED"}},
		"an empty key in a list":  {pattern(func(p *content.Pattern) { p.LawKeys = []string{"a", ""} }), []string{"laws.1 REQUIRED"}},
		"an empty text in a list": {pattern(func(p *content.Pattern) { p.Tags = []string{""} }), []string{"tags.0 REQUIRED"}},
		"all at once, in order": {pattern(func(p *content.Pattern) {
			p.Name, p.Category, p.Relevance, p.Tags = "", "x", "", []string{""}
		}), []string{"name REQUIRED", "category INVALID", "relevance REQUIRED", "tags.0 REQUIRED"}},
		"too many claims": {pattern(func(p *content.Pattern) {
			p.TierClaims = slices.Repeat([]content.TierClaim{{Source: "TIER_PAGE", TierKey: "gold"}}, 11)
		}), []string{"tierClaims TOO_LONG"}},
		"as many as fit": {pattern(func(p *content.Pattern) {
			p.TierClaims = slices.Repeat([]content.TierClaim{{Source: "TIER_PAGE", TierKey: "gold"}}, 10)
		}), nil},
		"too many texts":   {pattern(func(p *content.Pattern) { p.Tags = texts(101) }), []string{"tags TOO_LONG"}},
		"a hundred texts":  {pattern(func(p *content.Pattern) { p.Tags = texts(100) }), nil},
		"too many rows":    {pattern(func(p *content.Pattern) { p.Adoptions = rows(1001) }), []string{"companies TOO_LONG"}},
		"a thousand rows":  {pattern(func(p *content.Pattern) { p.Adoptions = rows(1000) }), nil},
		"a list in a part": {pattern(func(p *content.Pattern) { p.TradeOffs.Cons = texts(101) }), []string{"tradeOffs.cons TOO_LONG"}},
		"a pattern to itself": {pattern(func(p *content.Pattern) {
			p.Relations = []content.RelationRow{{PatternKey: "k", Relation: "PREREQUISITE"}}
		}), []string{"relatedPatterns.0 INVALID"}},
		"two kinds of relation": {pattern(func(p *content.Pattern) {
			p.Relations = []content.RelationRow{{PatternKey: "q", Relation: "PREREQUISITE"}, {PatternKey: "q", Relation: "COMPLEMENTS"}}
		}), nil},
		"a relation twice": {pattern(func(p *content.Pattern) {
			p.Relations = []content.RelationRow{{PatternKey: "q", Relation: "PREREQUISITE"}, {PatternKey: "r", Relation: "PREREQUISITE"}, {PatternKey: "q", Relation: "PREREQUISITE", Weight: 2}}
		}), []string{"relatedPatterns.2 INVALID"}},
		"a subject with two keys": {law(func(l *content.Law) { l.KeyPatterns = []content.Subject{{PatternKey: "a", PracticeKey: "b"}} }), []string{"keyPatterns.0 INVALID"}},
		"a subject with nothing":  {law(func(l *content.Law) { l.KeyPatterns = []content.Subject{{Text: "x"}, {Text: " "}} }), []string{"keyPatterns.1 REQUIRED"}},
		"a subject with a label":  {law(func(l *content.Law) { l.KeyPatterns = []content.Subject{{PatternKey: "a", Text: "as called there"}} }), nil},
		"a subject deep inside": {law(func(l *content.Law) {
			l.Combinations = []content.LawCombination{{Effect: "SYNERGY", Patterns: []content.Subject{{}}}}
		}), []string{"combinations.0.patterns.0 REQUIRED"}},
		"an empty point of a checklist": {pattern(func(p *content.Pattern) { p.Checklist = []*content.ChecklistItem{{}} }), []string{"checklist.0.text REQUIRED"}},
		"a range upside down":           {law(func(l *content.Law) { l.StudyHours = content.IntRange{Min: new(3), Max: new(2)} }), []string{"studyHours INVALID"}},
		"a range of one":                {law(func(l *content.Law) { l.StudyHours = content.IntRange{Min: new(3), Max: new(3)} }), nil},
		"a range open above":            {law(func(l *content.Law) { l.StudyHours = content.IntRange{Min: new(3)} }), nil},
		"a range open below":            {law(func(l *content.Law) { l.StudyHours = content.IntRange{Max: new(-3)} }), nil},
		"a migration from nowhere":      {&content.Migration{Meta: head(content.TypeMigration), Kind: "OUTLINE"}, []string{"from REQUIRED"}},
		"an end before the start": {&content.Journey{
			Meta: head(content.TypeJourney), Difficulty: "ADVANCED", Audience: "LEGACY", Investment: "HIGH",
			Phases: []content.JourneyPhase{{When: &content.TimeSpan{Unit: "WEEK", Start: 4, End: 3}}},
		}, []string{"phases.0.when INVALID"}},
	} {
		t.Run(name, func(t *testing.T) {
			problems := content.Validate(tt.entry, false)
			if d := cmp.Diff(tt.want, codes(problems)); d != "" {
				t.Errorf("problems (-want +got):\n%s", d)
			}
			for _, p := range problems {
				if p.Message == "" || !strings.HasSuffix(p.Message, ".") && !strings.Contains(p.Message, ": ") {
					t.Errorf("message is %q", p.Message)
				}
			}
		})
	}
}

// TestPublishingRequiresMore shows that a draft may lack what its published copy needs.
func TestPublishingRequiresMore(t *testing.T) {
	draft := pattern(func(p *content.Pattern) { p.Summary, p.CatalogName, p.Problem, p.Solution = " ", "", "", "" })
	if got := content.Validate(draft, false); len(got) > 0 {
		t.Errorf("a draft has the problems %v", got)
	}
	want := []string{"summary REQUIRED", "catalogName REQUIRED", "problem REQUIRED", "solution REQUIRED"}
	if d := cmp.Diff(want, codes(content.Validate(draft, true))); d != "" {
		t.Errorf("problems of publishing (-want +got):\n%s", d)
	}
}

func TestSlugs(t *testing.T) {
	for name, tt := range map[string]struct {
		slug       string
		word, page []string
	}{
		"a word":         {"saga", nil, nil},
		"words":          {"two-phase-commit-2", nil, nil},
		"digits":         {"12", nil, nil},
		"a path":         {"guides/start", []string{"slug INVALID"}, nil},
		"empty":          {"", []string{"slug REQUIRED"}, []string{"slug REQUIRED"}},
		"blank":          {" ", []string{"slug REQUIRED", "slug INVALID"}, []string{"slug REQUIRED", "slug INVALID"}},
		"upper case":     {"Saga", []string{"slug INVALID"}, []string{"slug INVALID"}},
		"a double dash":  {"a--b", []string{"slug INVALID"}, []string{"slug INVALID"}},
		"a dash first":   {"-a", []string{"slug INVALID"}, []string{"slug INVALID"}},
		"a dash last":    {"a-", []string{"slug INVALID"}, []string{"slug INVALID"}},
		"an underscore":  {"a_b", []string{"slug INVALID"}, []string{"slug INVALID"}},
		"an accent":      {"é", []string{"slug INVALID"}, []string{"slug INVALID"}},
		"another script": {"模式", []string{"slug INVALID"}, nil},
		"a line end":     {"a\n", []string{"slug INVALID"}, []string{"slug INVALID"}},
		"dots":           {"../a", []string{"slug INVALID"}, []string{"slug INVALID"}},
		"empty parts":    {"a//b", []string{"slug INVALID"}, []string{"slug INVALID"}},
		"a slash first":  {"/a", []string{"slug INVALID"}, []string{"slug INVALID"}},
		"200 letters":    {strings.Repeat("a", 200), nil, nil},
		"201 letters":    {strings.Repeat("a", 201), []string{"slug TOO_LONG"}, []string{"slug TOO_LONG"}},
	} {
		t.Run(name, func(t *testing.T) {
			tier := &content.Comparison{Meta: head(content.TypeComparison)}
			tier.Slug = tt.slug
			if d := cmp.Diff(tt.word, codes(content.Validate(tier, false))); d != "" {
				t.Errorf("a word (-want +got):\n%s", d)
			}
			page := &content.Page{Meta: head(content.TypePage)}
			page.Slug = tt.slug
			if d := cmp.Diff(tt.page, codes(content.Validate(page, false))); d != "" {
				t.Errorf("a page (-want +got):\n%s", d)
			}
		})
	}
}

func TestTextsAreShortAndClean(t *testing.T) {
	set := map[string]func(*content.Pattern, string){
		"name":         func(p *content.Pattern, s string) { p.Name = s },
		"summary":      func(p *content.Pattern, s string) { p.Summary = s },
		"problem":      func(p *content.Pattern, s string) { p.Problem = s },
		"statedStatus": func(p *content.Pattern, s string) { p.StatedStatus = &s },
		"tags.0":       func(p *content.Pattern, s string) { p.Tags = []string{s} },
		"body":         func(p *content.Pattern, s string) { p.Body.Markdown = s },
	}
	most := map[string]int{"name": 200, "summary": 600, "problem": 2000, "statedStatus": 2000, "tags.0": 2000, "body": 200_000}
	for field, write := range set {
		with := func(s string) []string {
			return codes(content.Validate(pattern(func(p *content.Pattern) { write(p, s) }), false))
		}
		t.Run(field, func(t *testing.T) {
			for name, tt := range map[string]struct{ text, code string }{
				"white space":      {"a\n\tb\r\nc", ""},
				"any language":     {"日本 é 🎉", ""},
				"full":             {strings.Repeat("é", most[field]), ""},
				"one too many":     {strings.Repeat("é", most[field]+1), "TOO_LONG"},
				"a zero byte":      {"a\x00b", "INVALID"},
				"an escape":        {"a\x1b[31mb", "INVALID"},
				"a delete":         {"a\x7fb", "INVALID"},
				"no UTF-8":         {"a\xff", "INVALID"},
				"a lone surrogate": {"a\xed\xa0\x80", "INVALID"},
			} {
				var want []string
				if tt.code != "" {
					want = []string{field + " " + tt.code}
				}
				if d := cmp.Diff(want, with(tt.text)); d != "" {
					t.Errorf("%s (-want +got):\n%s", name, d)
				}
			}
		})
	}
}

func TestMessagesNameTheField(t *testing.T) {
	p := pattern(func(p *content.Pattern) { p.Tags = []string{"ok", strings.Repeat("x", 2001)} })
	want := []content.UserError{{Field: []string{"tags", "1"}, Code: content.ErrTooLong, Message: "tags has 2001 characters; at most 2000 are allowed."}}
	if d := cmp.Diff(want, content.Validate(p, false)); d != "" {
		t.Errorf("problems (-want +got):\n%s", d)
	}
}

func TestPartialDates(t *testing.T) {
	for date, good := range map[string]bool{
		"2007": true, "2007-03": true, "1970s": true, "0000": true, "2007-12": true,
		"2007-13": false, "2007-00": false, "2007-3": false, "2007-03-01": false, "70s": false, "2007s-03": false, "about 2007": false, "2007\n": false, " 2007": false,
	} {
		if got := content.Validate(pattern(func(p *content.Pattern) { p.Introduced = &date }), false); (len(got) == 0) != good {
			t.Errorf("%q: %v", date, got)
		}
	}
}

func TestNumbersOutOfRangeAreRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		value float64
		good  bool
	}{
		"zero": {0, true}, "negative": {-0.5, true}, "the largest": {1e15, true}, "the smallest": {-1e15, true},
		"too large": {1.1e15, false}, "too small": {-1.1e15, false}, "infinite": {math.Inf(1), false}, "not a number": {math.NaN(), false},
	} {
		t.Run(name, func(t *testing.T) {
			for path, g := range map[string]*content.Tier{
				"targets.0.value":    {Meta: head(content.TypeTier), Targets: []content.Figure{{Value: &tt.value}}},
				"targets.0.valueMax": {Meta: head(content.TypeTier), Targets: []content.Figure{{ValueMax: &tt.value}}},
			} {
				var want []string
				if !tt.good {
					want = []string{path + " INVALID"}
				}
				if d := cmp.Diff(want, codes(content.Validate(g, false))); d != "" {
					t.Errorf("problems (-want +got):\n%s", d)
				}
			}
		})
	}
}

// TestValidateReportsAtMostAHundredProblems bounds the answer to an input that is wrong everywhere.
func TestValidateReportsAtMostAHundredProblems(t *testing.T) {
	p := pattern(func(p *content.Pattern) { p.Adoptions = make([]content.Adoption, 500) })
	if got := content.Validate(p, false); len(got) != 100 {
		t.Errorf("%d problems are reported", len(got))
	}
}

// TestProblemsDoNotSharePaths has lists in lists: if paths shared an array, later problems would
// overwrite the places of earlier ones.
func TestProblemsDoNotSharePaths(t *testing.T) {
	p := pattern(func(p *content.Pattern) {
		p.Adoptions = []content.Adoption{{Sources: []string{"", ""}}, {Sources: []string{"", "", ""}}}
	})
	want := []string{
		"companies.0.company REQUIRED", "companies.0.sources.0 REQUIRED", "companies.0.sources.1 REQUIRED",
		"companies.1.company REQUIRED", "companies.1.sources.0 REQUIRED", "companies.1.sources.1 REQUIRED", "companies.1.sources.2 REQUIRED",
	}
	if d := cmp.Diff(want, codes(content.Validate(p, false))); d != "" {
		t.Errorf("problems (-want +got):\n%s", d)
	}
}

// TestValidateDoesNotChangeTheEntry also checks that the problems of a draft are among those of
// publishing it.
func TestValidateDoesNotChangeTheEntry(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := anyEntry(t, anyType(t))
		names := content.Authored(e.Head().Type)
		for _, name := range someFields(t, e.Head().Type) {
			f := content.FieldValue(e, name)
			if f.Kind() == reflect.String {
				f.SetString(rapid.SampledFrom([]string{"", "\x00", strings.Repeat("x", 3000)}).Draw(t, "wrong"))
			}
		}
		before := written(t, e)
		draft, published := codes(content.Validate(e, false)), codes(content.Validate(e, true))
		if written(t, e) != before {
			t.Error("the entry was changed")
		}
		for _, p := range draft {
			if !slices.Contains(published, p) {
				t.Errorf("%s is a problem of a draft, but not of publishing it", p)
			}
			if field, _, _ := strings.Cut(strings.Fields(p)[0], "."); !slices.Contains(names, field) {
				t.Errorf("%s is about no field that authors write", p)
			}
		}
	})
}
