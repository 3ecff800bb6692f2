package listing_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/site/listing"
)

var patterns = listing.Spec{
	Path: "/patterns",
	Facets: []listing.Facet{
		{Param: "tier", Title: "Tier", Field: "tier"},
		{Param: "domain", Title: "Problem", Field: "problemDomains", Kind: listing.Enum, Values: []string{"REAL_TIME", "COST"}},
	},
	Orders: []listing.Order{{Title: "Name"}, {Param: "newest", Title: "Newest", Field: "PUBLISHED_AT", Descending: true}},
}

func parse(t *testing.T, query string) *listing.State {
	t.Helper()
	values, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	return patterns.Parse(values)
}

func TestURLsAreCanonical(t *testing.T) {
	long := strings.Repeat("x", 500)
	for name, c := range map[string]struct{ in, want string }{
		"nothing":                {"", ""},
		"empty fields":           {"q=&order=&tier=", ""},
		"order of parameters":    {"tier=gold&q=a", "q=a&tier=gold"},
		"order of values":        {"tier=silver&tier=gold&tier=gold", "tier=gold&tier=silver"},
		"spaces":                 {"q=+a++b+", "q=a+b"},
		"unknown parameter":      {"utm_source=x&tier=gold", "tier=gold"},
		"unknown enum":           {"domain=nonsense", ""},
		"spelling of an enum":    {"domain=REAL_TIME", "domain=real-time"},
		"unknown order":          {"order=price", ""},
		"order":                  {"order=newest", "order=newest"},
		"after wins":             {"before=a&after=b", "after=b"},
		"long value":             {"tier=" + long, ""},
		"long cursor":            {"after=" + long, ""},
		"long query":             {"q=" + long, "q=" + long[:200]},
		"bytes that are no text": {"q=%ff&tier=%ff", ""},
		"signs":                  {"q=%3Cb%3E%26", "q=%3Cb%3E%26"},
	} {
		t.Run(name, func(t *testing.T) {
			got := parse(t, c.in).Encode()
			if got != c.want {
				t.Errorf("Encode() = %q, want %q", got, c.want)
			}
			if again := parse(t, got).Encode(); again != got {
				t.Errorf("the canonical form of %q is %q", got, again)
			}
		})
	}
}

func TestVarsLeaveOutTheirOwnFacet(t *testing.T) {
	got := parse(t, "q=log&tier=gold&domain=real-time&order=newest&after=c").Vars()
	name, tier := map[string]any{"contains": "log"}, map[string]any{"in": []any{"gold"}}
	domain := map[string]any{"in": []any{"REAL_TIME"}}
	want := map[string]any{
		"first": listing.PageSize, "after": "c", "orderBy": map[string]any{"field": "PUBLISHED_AT", "direction": "DESC"},
		"filter": map[string]any{"name": name, "tier": tier, "problemDomains": domain},
		"tier":   map[string]any{"name": name, "problemDomains": domain},
		"domain": map[string]any{"name": name, "tier": tier},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]any{"last": listing.PageSize, "before": "c"}, parse(t, "before=c").Vars()); diff != "" {
		t.Error(diff)
	}
}

func TestChips(t *testing.T) {
	st := parse(t, "q=log&tier=gold&tier=odd&after=c")
	groups := st.Groups([]listing.Counted{{Value: "gold", Label: "Gold", Count: 3}, {Value: "silver", Label: "Silver", Count: 2}}, nil)
	want := []listing.Chip{
		{Title: "Name", Label: "log", URL: "/patterns?tier=gold&tier=odd"},
		{Title: "Tier", Label: "Gold", URL: "/patterns?q=log&tier=odd"},
		{Title: "Tier", Label: "Odd", URL: "/patterns?q=log&tier=gold"},
	}
	if diff := cmp.Diff(want, st.Chips(groups)); diff != "" {
		t.Error(diff)
	}
	if got := st.Cleared().URL(); got != "/patterns" {
		t.Errorf("Cleared().URL() = %q", got)
	}
}

func TestShortListsHaveOneAddress(t *testing.T) {
	short := listing.Spec{Path: "/laws"}
	st := short.Parse(url.Values{"q": {"a"}, "after": {"b"}})
	if got := st.URL(); got != "/laws" || len(st.Vars()) != 0 || !st.Short() {
		t.Errorf("the address is %q, and the variables %v", got, st.Vars())
	}
}
