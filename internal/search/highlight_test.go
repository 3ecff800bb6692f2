package search_test

import (
	"html"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
)

// highlights checks that fragments mark the words of the search, escape the text around them, and are cut
// at words. The entry itself is not in the index, whose words are needed for typos only.
func highlights(t *testing.T, en *engine) {
	s := open(t)
	mustPublish(t, s, page("other", "The breaker and circuits, caching"))
	i := en.start(t, s).At(content.Published)
	long := strings.Repeat("Some words before. ", 20)
	p := pattern("p", "Circuit Breaker <b>", "", "RESILIENCE", "BEGINNER")
	p.CatalogName = p.Name
	p.Aliases = []string{"Fuse", "Circuit's Breaker"}
	p.Summary = "Opens & closes."
	p.Problem = long + "A circuit <script>alert(1)</script> is here. " + long
	p.Body.Text = "No such word."
	for name, tt := range map[string]struct {
		text string
		want []*content.Highlight
	}{
		"words in fields": {"circuit breakers", []*content.Highlight{
			{Field: "name", Fragments: []string{"<mark>Circuit</mark> <mark>Breaker</mark> &lt;b&gt;"}},
			{Field: "aliases", Fragments: []string{"<mark>Circuit</mark>&#39;s <mark>Breaker</mark>"}},
			{Field: "details", Fragments: []string{"… Some words before. Some words before. Some words before. A <mark>circuit</mark> " +
				"&lt;script&gt;alert(1)&lt;/script&gt; is here. Some words before. Some words before. Some words before. Some words before. Some words before. Some …"}},
		}},
		"a typo": {"braeker", []*content.Highlight{
			{Field: "name", Fragments: []string{"Circuit <mark>Breaker</mark> &lt;b&gt;"}},
			{Field: "aliases", Fragments: []string{"Circuit&#39;s <mark>Breaker</mark>"}},
		}},
		"nowhere":    {"caching", nil},
		"stop words": {"is the", nil},
		"nothing":    {"", nil},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, mustSearch(t, i, content.Search{Text: tt.text}).Highlights(p)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	t.Run("the best fragments in their order", func(t *testing.T) {
		p := *p
		gap := strings.Repeat("x ", 200)
		p.Body.Text = "one circuit " + gap + "two circuit " + gap + "three breaker circuit " + gap + "four circuit " + gap + "five breaker circuit"
		list := mustSearch(t, i, content.Search{Text: "circuit breaker"}).Highlights(&p)
		var got []string
		for _, f := range list[len(list)-1].Fragments {
			got = append(got, strings.Join(strings.Fields(strings.ReplaceAll(f, "x ", ""))[:3], " "))
		}
		want := []string{"one <mark>circuit</mark>", "… three <mark>breaker</mark>", "… five <mark>breaker</mark>"}
		if len(got) != 3 || !strings.HasPrefix(got[0], "one") || got[1] != want[1] || got[2] != want[2] {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

// TestEveryTypeCanBeFoundAndShown searches for the words of the hub's own entries.
func TestEveryTypeCanBeFoundAndShown(t *testing.T) {
	s := open(t)
	i := start(t, s).At(content.Published)
	fields := map[content.EntryType]map[string]bool{}
	a := mustSearch(t, i, content.Search{Text: "system service data team pattern week failure latency server cost"})
	for _, e := range mustRead(t) {
		kind := e.ID().Type
		if fields[kind] == nil {
			fields[kind] = map[string]bool{}
		}
		for _, h := range a.Highlights(e) {
			fields[kind][h.Field] = true
			for _, f := range h.Fragments {
				checkHTML(t, f)
			}
		}
	}
	for kind, got := range fields {
		if !got["summary"] {
			t.Errorf("%s: no summary has any of the words", kind)
		}
		// Pages and roles have no texts but their body, which the store renders. Tools have tables.
		details := kind != content.TypeCalculator && kind != content.TypeWizard && kind != content.TypePage && kind != content.TypeRole && kind != content.TypeCompany && kind != content.TypePractice && kind != content.TypePillar
		if details && !got["details"] {
			t.Errorf("%s: no details have any of the words", kind)
		}
	}
	if len(fields) != len(content.Types()) {
		t.Errorf("the seed has %d types, want %d", len(fields), len(content.Types()))
	}
}

// checkHTML checks that a fragment has no markup except its marks.
func checkHTML(t testing.TB, fragment string) {
	t.Helper()
	bare := strings.NewReplacer("<mark>", "", "</mark>", "").Replace(fragment)
	if strings.ContainsAny(bare, "<>\"'") || !utf8.ValidString(fragment) ||
		strings.Count(fragment, "<mark>") != strings.Count(fragment, "</mark>") || !strings.Contains(fragment, "<mark>") {
		t.Errorf("unsafe fragment %q", fragment)
	}
	if html.UnescapeString(bare) == "" {
		t.Error("empty fragment")
	}
}
