package content_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"patternhub/internal/content"
)

func TestIDsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := content.ID{
			Type: rapid.SampledFrom(content.Types()).Draw(t, "type"),
			Key:  rapid.StringMatching(`[a-z0-9:/-]{1,60}`).Draw(t, "key"),
		}
		got, err := content.ParseID(id.String())
		if err != nil || got != id {
			t.Fatalf("%v became %v (%v)", id, got, err)
		}
	})
}

// TestParseIDRefusesOtherStrings shows that malformed, unknown and overlong ids are the client's fault,
// and that base64 padding is accepted.
func TestParseIDRefusesOtherStrings(t *testing.T) {
	long := content.ID{Type: content.TypePattern, Key: fmt.Sprintf("%0300d", 1)}
	for name, s := range map[string]string{
		"empty": "", "not base64": "!!!", "no type": "c2FnYQ", "unknown type": "Tm9uZTpzYWdh", "no key": "UGF0dGVybjo", "too long": long.String(),
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := content.ParseID(s); content.CodeOf(err) != content.BadUserInput {
				t.Errorf("got %v, want BAD_USER_INPUT", err)
			}
		})
	}
	if id, err := content.ParseID("UGF0dGVybjpzYWdh=="); err != nil || id.Key != "saga" {
		t.Errorf("a padded id is parsed as %v, %v", id, err)
	}
}

func TestResourcePaths(t *testing.T) {
	for name, tt := range map[string]struct {
		m    content.Meta
		path string
	}{
		"pattern":    {content.Meta{Type: content.TypePattern, Slug: "saga"}, "/patterns/saga"},
		"case study": {content.Meta{Type: content.TypeCaseStudy, Slug: "etcd"}, "/case-studies/etcd"},
		"page":       {content.Meta{Type: content.TypePage, Slug: "introduction/getting-started"}, "/introduction/getting-started"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := tt.m.ResourcePath(); got != tt.path {
				t.Errorf("path is %s, want %s", got, tt.path)
			}
			typ, slug := content.ParseResourcePath(tt.path)
			if typ != tt.m.Type || slug != tt.m.Slug {
				t.Errorf("%s is %s %s", tt.path, typ, slug)
			}
		})
	}
}

// TestEntryTypesAreComplete fails when a type is added without its names or its struct.
func TestEntryTypesAreComplete(t *testing.T) {
	for _, et := range content.Types() {
		if et.Name() == "" || et.Plural() == "" || et.Stem() == "" {
			t.Errorf("%s lacks a name", et)
		}
		if found, ok := content.TypeByStem(et.Stem()); !ok || found != et {
			t.Errorf("TypeByStem(%s) = %s, want %s", et.Stem(), found, et)
		}
		if e := content.NewEntry(et); e == nil || e.ID().Type != et {
			t.Errorf("a new %s is %v", et, e)
		}
	}
	if e, name := content.NewEntry("NONE"), content.EntryType("NONE").Name(); e != nil || name != "" {
		t.Errorf("NewEntry(NONE) = %v, its name is %q, want nil and no name", e, name)
	}
	if _, ok := content.TypeByStem("none"); ok {
		t.Error("TypeByStem(none) succeeded")
	}
}

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"API Gateway": "api gateway", " Éclair ": "eclair", "Straße": "strasse", "Ærø": "aero", "naïve Ĝ": "naive g", "e\u0301": "e", "日本": "日本",
		"Việt Nam": "viet nam", "Đà Nẵng": "da nang", "Łódź": "lodz", "İstanbul": "istanbul", "IŞIK": "isik", "Þór": "thor", "Ǻ": "a",
		"ＡＢＣ": "abc", "ﬁle": "file", "x²": "x2", "ΑΘΉΝΑ": "αθηνα", "ΣΊΣΥΦΟΣ": "σισυφοσ", "σίσυφος": "σισυφοσ", "Ёлка": "елка",
		"कि": "कि", "का": "का", "が": "が", "か\u3099": "が", "שָׁלוֹם": "שלום", "مُحَمَّد": "محمد", "한글": "한글", "C++": "c++",
	} {
		if got := content.Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestWords(t *testing.T) {
	for in, want := range map[string]string{"DATA_MANAGEMENT": "Data management", "case-studies": "Case studies", "": ""} {
		if got := content.Words(in); got != want {
			t.Errorf("Words(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestReferences(t *testing.T) {
	tier := content.TypeTier
	p := &content.Pattern{
		TierKey: "gold", LawKeys: []string{"l1", "", "l2"},
		Adoptions:          []content.Adoption{{CompanyKey: "c1"}},
		Relations:          []content.RelationRow{{PatternKey: "p1"}},
		ModernAlternatives: []content.Subject{{PracticeKey: "x"}, {Text: "label"}},
		TierClaims:         []content.TierClaim{{TierKey: "silver"}},
	}
	want := []content.Reference{
		{Path: "tier", Place: "tier", Target: content.ID{Type: tier, Key: "gold"}},
		{Path: "tierClaims.tier", Place: "tierClaims[0].tier", Target: content.ID{Type: tier, Key: "silver"}},
		{Path: "laws", Place: "laws[0]", Target: content.ID{Type: content.TypeLaw, Key: "l1"}},
		{Path: "laws", Place: "laws[2]", Target: content.ID{Type: content.TypeLaw, Key: "l2"}},
		{Path: "modernAlternatives.practice", Place: "modernAlternatives[0].practice", Target: content.ID{Type: content.TypePractice, Key: "x"}},
		{Path: "companies.company", Place: "companies[0].company", Target: content.ID{Type: content.TypeCompany, Key: "c1"}},
		{Path: "relatedPatterns.pattern", Place: "relatedPatterns[0].pattern", Target: content.ID{Type: content.TypePattern, Key: "p1"}},
	}
	if d := cmp.Diff(want, content.References(p)); d != "" {
		t.Errorf("references (-want +got):\n%s", d)
	}
	content.MapReferences(p, func(r content.Reference) string {
		if r.Target.Type == content.TypeLaw {
			return "new-" + r.Target.Key
		}
		return ""
	})
	if d := cmp.Diff([]string{"new-l1", "", "new-l2"}, p.LawKeys); d != "" || p.TierKey != "gold" {
		t.Errorf("mapped: tier %s, laws %s", p.TierKey, d)
	}
	optional := &content.Pillar{Example: &content.PillarExample{CompanyKey: "c"}}
	if refs := content.References(optional); len(refs) != 1 || refs[0].Path != "example.company" {
		t.Errorf("references of an optional part are %v", refs)
	}
}

func TestErrors(t *testing.T) {
	cause := errors.New("cause")
	err := fmt.Errorf("find: %w", content.Wrap(content.Unavailable, "Not now.", cause))
	if content.CodeOf(err) != content.Unavailable || !errors.Is(err, cause) {
		t.Errorf("%v has code %s", err, content.CodeOf(err))
	}
	if got := content.CodeOf(nil); got != "" {
		t.Errorf("CodeOf(nil) = %s, want none", got)
	}
	if got := content.CodeOf(cause); got != content.Internal {
		t.Errorf("CodeOf(%v) = %s, want %s", cause, got, content.Internal)
	}
	if got := content.Fault(content.NotFound, "No.").Error(); got != "No." {
		t.Errorf("message is %q", got)
	}
}

// TestRolesCover shows that roles are ordered, and that an unknown one neither covers nor is covered.
func TestRolesCover(t *testing.T) {
	roles := content.AccessRole("").Values()
	for i, held := range roles {
		for j, need := range roles {
			if got := content.AccessRole(held).Covers(content.AccessRole(need)); got != (i >= j) {
				t.Errorf("%s covers %s: %v", held, need, got)
			}
		}
	}
	if content.AccessRole("GOD").Covers(content.RoleReader) {
		t.Error("an unknown role covers READER")
	}
	if content.RoleAdmin.Covers("GOD") {
		t.Error("ADMIN covers an unknown role")
	}
}

func TestOrderValues(t *testing.T) {
	year := "2007"
	p := &content.Pattern{Meta: content.Meta{Name: "Éa"}, ReadingMinutes: 5, Introduced: &year}
	for field, want := range map[string]any{"": content.SortKey("ea"), "NAME": content.SortKey("ea"), "READING_MINUTES": 5, "INTRODUCED": "2007", "PUBLISHED_AT": nil} {
		if got, ok := p.OrderValue(field); !ok || got != want {
			t.Errorf("%s is %v (%v), want %v", field, got, ok, want)
		}
	}
	if _, ok := p.OrderValue("NONE"); ok {
		t.Error("OrderValue(NONE) succeeded")
	}
}

func TestStepLinkTarget(t *testing.T) {
	for want, l := range map[content.ID]content.StepLink{
		{Type: content.TypeLaw, Key: "l"}: {LawKey: "l"}, {Type: content.TypeQuickStart, Key: "q"}: {QuickStartKey: "q"}, {}: {},
	} {
		if got := l.Target(); got != want {
			t.Errorf("Target of %+v = %v, want %v", l, got, want)
		}
	}
}
