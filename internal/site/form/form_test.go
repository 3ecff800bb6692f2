package form_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/site/form"
)

var spec = form.Spec{Path: "/tool", Fields: []form.Field{
	{Param: "patterns", Title: "Patterns", Many: 3},
	{Param: "level", Title: "Level", Kind: form.Choice, Values: []string{"MID_LEVEL", "SENIOR"}},
	{Param: "team", Title: "Team", Kind: form.Number, Min: 1, Max: 2000},
	{Param: "rate", Title: "Rate", Kind: form.Number, Min: 0.01, Max: 100, Decimal: true},
	{Param: "day", Title: "Day", Kind: form.Day},
}}

func parse(t *testing.T, query string) *form.State {
	t.Helper()
	values, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	return spec.Parse("/tool", values)
}

func TestCanonicalURLs(t *testing.T) {
	for name, c := range map[string]struct{ query, want string }{
		"empty":             {"", "/tool"},
		"as a browser":      {"patterns=b&patterns=a&level=&team=", "/tool?patterns=b,a"},
		"as a link":         {"patterns=b,a", "/tool?patterns=b,a"},
		"order of fields":   {"team=3&patterns=a", "/tool?patterns=a&team=3"},
		"twice and spaces":  {"patterns=a,+a,,b", "/tool?patterns=a,b"},
		"unknown parameter": {"utm_source=x&team=3", "/tool?team=3"},
		"a constant":        {"level=MID_LEVEL", "/tool?level=mid-level"},
		"one of two":        {"team=3&team=4", "/tool?team=3"},
		"wrong, but kept":   {"team=many", "/tool?team=many"},
		"hostile":           {"patterns=%22%3E%3Cscript%3E&day=%ff", "/tool?patterns=%22%3E%3Cscript%3E"},
		"at most one more":  {"patterns=a,b,c,d,e,f", "/tool?patterns=a,b,c,d"},
	} {
		t.Run(name, func(t *testing.T) {
			st := parse(t, c.query)
			if got := st.URL(); got != c.want {
				t.Errorf("the URL is %s, want %s", got, c.want)
			}
			_, query, _ := strings.Cut(st.URL(), "?")
			if again := parse(t, query); again.URL() != st.URL() || again.Sound() != st.Sound() {
				t.Errorf("the canonical URL %s is read as %s", st.URL(), again.URL())
			}
		})
	}
	if got := parse(t, "patterns="+strings.Repeat("x", 5000)).URL(); len(got) > 500 {
		t.Errorf("a long value makes a URL of %d bytes", len(got))
	}
}

func TestProblemsAreSaidAtTheField(t *testing.T) {
	for name, c := range map[string]struct{ query, param, want string }{
		"no number":       {"team=many", "team", "Write a number from 1 to 2,000."},
		"not a number":    {"team=NaN", "team", "Write a number from 1 to 2,000."},
		"too large":       {"team=2001", "team", "The number must be from 1 to 2,000."},
		"infinite":        {"rate=Inf", "rate", "The number must be from 0.01 to 100."},
		"not whole":       {"team=2.5", "team", "Write a whole number from 1 to 2,000."},
		"decimal":         {"rate=2.5", "rate", ""},
		"unknown choice":  {"level=expert", "level", "Choose one of the values of the list."},
		"too many":        {"patterns=a,b,c,d", "patterns", "Choose at most 3."},
		"enough":          {"patterns=a,b,c", "patterns", ""},
		"no day":          {"day=2026-02-30", "day", "Write a day, such as 2026-01-31."},
		"a leap day":      {"day=2028-02-29", "day", ""},
		"another writing": {"day=20260101", "day", "Write a day, such as 2026-01-31."},
	} {
		t.Run(name, func(t *testing.T) {
			st := parse(t, c.query)
			if got := st.Problem(c.param); got != c.want || st.Sound() != (c.want == "") {
				t.Errorf("the problem is %q, want %q; the form is sound: %v", got, c.want, st.Sound())
			}
		})
	}
}

func TestInputsOfTheAPI(t *testing.T) {
	st := parse(t, "patterns=a,b&level=senior&team=7&rate=1.5")
	input := map[string]any{}
	for _, f := range spec.Fields {
		st.Set(input, f.Param, f.Param)
	}
	want := map[string]any{"patterns": []any{"a", "b"}, "level": "SENIOR", "team": 7.0, "rate": 1.5}
	if diff := cmp.Diff(want, input); diff != "" {
		t.Error(diff)
	}
	if n := st.Int("team", 5); n != 7 {
		t.Errorf("the team has %d people", n)
	}
	if n := parse(t, "team=9999").Int("team", 5); n != 5 {
		t.Errorf("a wrong number counts as %d, want the default", n)
	}
}

func TestLinksOfAForm(t *testing.T) {
	st := parse(t, "patterns=a,b&team=7")
	for want, got := range map[string]*form.State{
		"/tool?patterns=b&team=7":   st.Without("patterns", "a"),
		"/tool?team=7":              st.With("patterns"),
		"/tool?patterns=c&team=7":   st.With("patterns", "c"),
		"/tool?patterns=a,b&team=7": st,
	} {
		if got.URL() != want {
			t.Errorf("the link is %s, want %s", got.URL(), want)
		}
	}
}
