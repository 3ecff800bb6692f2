package content_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"patternhub/internal/content"
)

func TestRefsOfScopes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := content.ID{Type: anyType(t), Key: rapid.StringMatching(`[a-z0-9:.-]{1,40}`).Draw(t, "key")}
		if got, ok := content.ParseRef(content.RefToAny(id)); !ok || got != id {
			t.Errorf("%v became %v (%v)", id, got, ok)
		}
	})
	for _, ref := range []string{
		"", "saga", ":", "NONE:saga", "pattern:saga", "HEALTH:saga",
		content.RefTo("companies.company", "netflix"), content.RefTo("tier", "gold"),
	} {
		if id, ok := content.ParseRef(ref); ok {
			t.Errorf("ParseRef(%q) = %v, want none", ref, id)
		}
	}
}

// TestRefsOfDifferentPathsDiffer shows that one key cannot be taken for that of another field or type.
func TestRefsOfDifferentPathsDiffer(t *testing.T) {
	refs := []string{
		content.RefTo("tier", "gold"), content.RefTo("tierClaims.tier", "gold"), content.RefTo("tier", "silver"),
		content.RefToAny(content.ID{Type: "TIER", Key: "gold"}), content.RefToAny(content.ID{Type: "LAW", Key: "gold"}),
	}
	if sorted := slices.Sorted(slices.Values(refs)); len(slices.Compact(sorted)) != len(refs) {
		t.Errorf("two of %v are the same", refs)
	}
}

// TestKeysAreInTheCanonicalForm compares the forms of questions whose filters have other keys.
func TestKeysAreInTheCanonicalForm(t *testing.T) {
	type keys = map[content.EntryType]map[string]string
	filter := &content.PatternFilter{Tier: &content.SlugFilter{In: []string{"gold", "none"}}}
	forms := map[string]string{}
	for name, k := range map[string]keys{
		"none": nil, "one": {"TIER": {"gold": "a"}}, "another": {"TIER": {"gold": "b"}}, "a slug more": {"TIER": {"gold": "a", "none": "b"}},
		"another type": {"LAW": {"gold": "a"}}, "quoted": {"TIER": {`gold"" "a`: "a"}},
	} {
		q, again := content.Query{Filter: content.NewKeyed(filter, k)}, content.Query{Filter: content.NewKeyed(filter, k)}
		if q.Canonical() != again.Canonical() {
			t.Errorf("%s: equal questions have two forms", name)
		}
		if other, ok := forms[q.Canonical()]; ok {
			t.Errorf("%s and %s have one form", name, other)
		}
		forms[q.Canonical()] = name
		facets := content.FacetQuery{Filter: q.Filter}
		if facets.Canonical() == (content.FacetQuery{}).Canonical() {
			t.Errorf("%s: the facets' form has no filter", name)
		}
	}
}

func TestOrderValuesThatMayBeMissing(t *testing.T) {
	at := time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)
	for name, tt := range map[string]struct {
		entry content.Orderable
		field string
		want  any
	}{
		"never published":      {&content.Law{}, "PUBLISHED_AT", nil},
		"published":            {&content.Law{Meta: content.Meta{PublishedAt: &at}}, "PUBLISHED_AT", at},
		"created":              {&content.Page{Meta: content.Meta{CreatedAt: at}}, "CREATED_AT", at},
		"updated":              {&content.Company{Meta: content.Meta{UpdatedAt: at}}, "UPDATED_AT", at},
		"by name":              {&content.Company{Meta: content.Meta{Name: " Ärzte"}}, "NAME", content.SortKey("arzte")},
		"no reading time":      {&content.Guide{}, "READING_MINUTES", nil},
		"a reading time":       {&content.CaseStudy{ReadingMinutes: new(9)}, "READING_MINUTES", 9},
		"a year":               {&content.CaseStudy{Year: 2012}, "YEAR", 2012},
		"a failure's year":     {&content.FailureStudy{Year: 2012}, "YEAR", 2012},
		"a law's number":       {&content.Law{Number: 7, LearningOrder: 2}, "NUMBER", 7},
		"a law's position":     {&content.Law{Number: 7, LearningOrder: 2}, "LEARNING_ORDER", 2},
		"a pillar's number":    {&content.Pillar{Number: 3}, "NUMBER", 3},
		"a tier's rank":        {&content.Tier{Rank: 1}, "RANK", 1},
		"a role's order":       {&content.Role{Order: 4}, "ORDER", 4},
		"a journey's success":  {&content.Journey{SuccessRate: 80}, "SUCCESS_RATE", 80},
		"no duration":          {&content.LearningPath{}, "DURATION_WEEKS", nil},
		"a duration":           {&content.LearningPath{DurationWeeks: new(8)}, "DURATION_WEEKS", 8},
		"the minutes":          {&content.QuickStart{TotalMinutes: new(30)}, "TOTAL_MINUTES", 30},
		"no introduction year": {&content.Pattern{}, "INTRODUCED", nil},
	} {
		t.Run(name, func(t *testing.T) {
			if got, ok := tt.entry.OrderValue(tt.field); !ok || got != tt.want {
				t.Errorf("value is %v (%v), want %v", got, ok, tt.want)
			}
		})
	}
}

func TestOrderOfOrderBy(t *testing.T) {
	for name, tt := range map[string]struct {
		by   *content.OrderBy
		want content.Order
	}{
		"nothing":      {nil, content.Order{}},
		"no direction": {&content.OrderBy{Field: "YEAR"}, content.Order{Field: "YEAR"}},
		"ascending":    {&content.OrderBy{Field: "YEAR", Direction: content.Ascending}, content.Order{Field: "YEAR"}},
		"descending":   {&content.OrderBy{Field: "YEAR", Direction: content.Descending}, content.Order{Field: "YEAR", Desc: true}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := tt.by.Order(); got != tt.want {
				t.Errorf("order is %v, want %v", got, tt.want)
			}
		})
	}
}

func TestResourcePathRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := anyEntry(t, anyType(t))
		h := e.Head()
		if h.Type == content.TypePage && rapid.Bool().Draw(t, "deep") {
			h.Slug = "docs/" + h.Slug + "/" + h.Slug
		}
		path := h.ResourcePath()
		if !strings.HasPrefix(path, "/") || strings.HasSuffix(path, "/") || strings.ToLower(path) != path {
			t.Errorf("%s is at %s", h.Slug, path)
		}
		for _, p := range []string{path, path + "/", strings.TrimPrefix(path, "/")} {
			if et, slug := content.ParseResourcePath(p); et != h.Type || slug != h.Slug && !et.Singleton() {
				t.Errorf("ParseResourcePath(%s) = %s %s, want %s %s", p, et, slug, h.Type, h.Slug)
			}
		}
	})
}

// TestUnknownPathsArePages shows that paths are compared exactly, and that what no type claims is the
// slug of a page.
func TestUnknownPathsArePages(t *testing.T) {
	for path, slug := range map[string]string{
		"/": "", "": "", "/patterns": "patterns", "/patterns/": "patterns", "/patterns/saga/more": "patterns/saga/more",
		"/pages/x": "pages/x", "/Patterns/saga": "Patterns/saga", "/pattern/saga": "pattern/saga", "/tools": "tools",
	} {
		if et, got := content.ParseResourcePath(path); et != content.TypePage || got != slug {
			t.Errorf("ParseResourcePath(%s) = %s %q, want the page %q", path, et, got, slug)
		}
	}
}

func TestPartsOfEntriesReturnTheirTarget(t *testing.T) {
	for name, tt := range map[string]struct {
		part interface{ Target() string }
		want string
	}{
		"adoption": {content.Adoption{CompanyKey: "c"}, "c"}, "relation": {content.RelationRow{PatternKey: "p"}, "p"}, "fit": {content.PatternFit{PatternKey: "p"}, "p"},
		"company": {content.CompanyPart{CompanyKey: "c"}, "c"}, "use": {content.PatternUse{PatternKey: "p", ListedTierKey: "t"}, "p"},
	} {
		if got := tt.part.Target(); got != tt.want {
			t.Errorf("%s: Target() = %q, want %q", name, got, tt.want)
		}
	}
}
