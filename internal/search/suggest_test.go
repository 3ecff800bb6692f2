package search_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
)

// suggestions checks which names a prefix suggests and in which order: exact names first, then the types
// that readers look for most. One typo is forgiven, but not in short words.
func suggestions(t *testing.T, en *engine) {
	s := open(t)
	breaker := pattern("cb", "Circuit Breaker", "", "RESILIENCE", "BEGINNER")
	breaker.Aliases = []string{"Fuse", "Circuit Switch"}
	mustPublish(t, s,
		breaker,
		pattern("cs", "Circuit Switching", "", "SCALING", "BEGINNER"),
		pattern("ab", "A Breaker of Things", "", "SCALING", "BEGINNER"),
		page("guide/circuits", "Circuits"),
		&content.Company{Meta: meta(content.TypeCompany, "cafe", "cafe", "Café Zürich")},
	)
	i := en.start(t, s).At(content.Published)
	for name, tt := range map[string]struct {
		prefix string
		count  int
		want   string
	}{
		"types that people come for first": {"circ", 8, "Circuit Breaker, Circuit Switching, Circuits"},
		"at most so many":                  {"circ", 2, "Circuit Breaker, Circuit Switching"},
		"case":                             {"CIRCUIT B", 8, "Circuit Breaker"},
		"a later word":                     {"break", 8, "Circuit Breaker, A Breaker of Things"},
		"an exact name first":              {"circuits", 8, "Circuits"},
		"an alias":                         {"fus", 8, "Fuse (Circuit Breaker)"},
		"an entry once":                    {"circuit s", 8, "Circuit Switching, Circuit Switch (Circuit Breaker)"},
		"accents":                          {"cafe zu", 8, "Café Zürich"},
		"accents typed":                    {"cäfé", 8, "Café Zürich"},
		"two typos":                        {"criuit", 8, ""},
		"swapped once":                     {"ciruc", 8, "Circuit Breaker, Circuit Switching, Circuits"},
		"one typo":                         {"cirxuit", 8, "Circuit Breaker, Circuit Switching, Circuits"},
		"a letter too many":                {"circcuit b", 8, "Circuit Breaker"},
		"a letter missing":                 {"cicuit b", 8, "Circuit Breaker"},
		"two letters swapped":              {"cricuit b", 8, "Circuit Breaker"},
		"too short for a typo":             {"cxr", 8, ""},
		"nothing":                          {"", 8, ""},
		"punctuation":                      {"?!", 8, ""},
		"a stop word inside":               {"of th", 8, ""},
	} {
		t.Run(name, func(t *testing.T) {
			list, err := i.Suggest(t.Context(), tt.prefix, tt.count)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, s := range list {
				if s.Text != s.Name {
					s.Text += " (" + s.Name + ")"
				}
				got = append(got, s.Text)
			}
			if diff := cmp.Diff(tt.want, strings.Join(got, ", ")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	t.Run("bounds", func(t *testing.T) {
		for _, count := range []int{-1, 0, 21} {
			if _, err := i.Suggest(t.Context(), "x", count); content.CodeOf(err) != content.BadUserInput {
				t.Errorf("%d suggestions: got %v, want BAD_USER_INPUT", count, err)
			}
		}
		if _, err := i.Suggest(t.Context(), strings.Repeat("x", 201), 1); content.CodeOf(err) != content.BadUserInput {
			t.Errorf("201 characters: got %v, want BAD_USER_INPUT", err)
		}
	})
	t.Run("fields of a suggestion", func(t *testing.T) {
		list, err := i.Suggest(t.Context(), "circuits", 1)
		if err != nil {
			t.Fatal(err)
		}
		want := &content.Suggestion{Text: "Circuits", Name: "Circuits", ResourcePath: "/guide/circuits", Entry: content.ID{Type: content.TypePage, Key: "guide/circuits"}}
		if diff := cmp.Diff(want, list[0]); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if list[0].Type() != content.TypePage {
			t.Errorf("type %s", list[0].Type())
		}
	})
}

// everyNameIsSuggested types the full name of the hub's own entries. The entry must come before all
// entries with another name.
func everyNameIsSuggested(t *testing.T, en *engine) {
	i := en.seeded(t).At(content.Published)
	for _, e := range en.sample(mustRead(t)) {
		name := []rune(e.Head().Name)
		list, err := i.Suggest(t.Context(), string(name), 20)
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for n, s := range list {
			// Entries may share a name; all of them come first.
			found = found || s.Entry == e.ID()
			if !found && content.Fold(list[n].Text) != content.Fold(string(name)) {
				break
			}
		}
		if !found {
			t.Errorf("%q does not suggest its entry %s first", string(name), e.Head().Slug)
		}
	}
}
