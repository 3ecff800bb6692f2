package search_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
	"patternhub/seed"
)

// mustRead returns the hub's own entries, straight from the seed and without a store.
func mustRead(t testing.TB) []content.Entry {
	t.Helper()
	entries, err := seed.Read(seed.Files())
	if err != nil {
		t.Fatal(err)
	}
	return entries
}

// rankingOfNames checks the ranking of the hub's own content for names and words.
func rankingOfNames(t *testing.T, en *engine) {
	e := en.seeded(t)
	entries := mustRead(t)
	t.Run("an exact name comes first", func(t *testing.T) { exactNames(t, entries, func(s string) *content.Hits { return find(t, e, s) }) })
	sample := en.sample(entries)
	t.Run("aliases and slugs find their pattern", func(t *testing.T) {
		for _, x := range sample {
			p, ok := x.(*content.Pattern)
			if !ok {
				continue
			}
			for _, text := range append([]string{p.Slug, p.CatalogName}, p.Aliases...) {
				if got := ids(find(t, e, text)); len(got) == 0 || !slices.Contains(got[:min(2, len(got))], "PATTERN:"+p.Key) {
					t.Errorf("%q found %v, want %s among the first two", text, got, p.Key)
				}
			}
		}
	})
	t.Run("one typo is forgiven", func(t *testing.T) { typos(t, sample, func(s string) *content.Hits { return find(t, e, s) }) })
	for text, want := range map[string]string{
		"circuit breakers":                "PATTERN:circuit-breaker",
		"CIRCUIT BREAKER":                 "PATTERN:circuit-breaker",
		"Cïrcüit Brèaker":                 "PATTERN:circuit-breaker",
		"circuitbreaker":                  "PATTERN:circuit-breaker",
		"circuit-breaker":                 "PATTERN:circuit-breaker",
		"circiut braker":                  "PATTERN:circuit-breaker",
		"breaker":                         "PATTERN:circuit-breaker",
		"sagas":                           "PATTERN:saga",
		"cqrs":                            "PATTERN:cqrs",
		"pub/sub":                         "PATTERN:publish-subscribe",
		"pubsub":                          "PATTERN:publish-subscribe",
		"event driven":                    "PATTERN:event-driven",
		"the circuit breaker":             "PATTERN:circuit-breaker",
		"netflix":                         "COMPANY:netflix",
		"MongoDB":                         "COMPANY:mongodb",
		"consitent hashng":                "PATTERN:consistent-hashing",
		"kubernets":                       "COMPANY:kubernetes",
		"twitter timeline":                "CASE_STUDY:twitter-timeline",
		"monolith microservice migration": "MIGRATION:monolith-to-microservices",
		"gold":                            "TIER:gold",
	} {
		t.Run(text, func(t *testing.T) {
			if got := ids(find(t, e, text)); !slices.Contains(got[:min(en.firsts, len(got))], want) {
				t.Errorf("found %v, want %s among the first %d", got[:min(4, len(got))], want, en.firsts)
			}
		})
	}
	for name, text := range map[string]string{
		"nothing": "", "blanks": " \t ", "punctuation": "?!*", "an unknown word": "qqqqzzzz", "a stop word": "the",
	} {
		t.Run(name, func(t *testing.T) {
			if got := find(t, e, text); got.Total != 0 || len(got.Items) != 0 {
				t.Errorf("found %v, want nothing", ids(got))
			}
		})
	}
}

// exactNames checks that the entries with a name come before all others in a search for it.
func exactNames(t *testing.T, entries []content.Entry, find func(string) *content.Hits) {
	t.Helper()
	named := map[string][]content.ID{}
	for _, x := range entries {
		name := content.Fold(x.Head().Name)
		named[name] = append(named[name], x.ID())
	}
	for name, want := range named {
		var got []content.ID
		for _, h := range find(name).Items {
			got = append(got, h.ID)
		}
		got = got[:min(len(want), len(got))]
		byKey := func(a, b content.ID) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) }
		slices.SortFunc(got, byKey)
		slices.SortFunc(want, byKey)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", name, diff)
		}
	}
}

// typos misspells the longest word of each pattern's name in four ways.
func typos(t *testing.T, entries []content.Entry, find func(string) *content.Hits) {
	t.Helper()
	tried, first := 0, 0
	for _, x := range entries {
		name := content.Fold(x.Head().Name)
		word := slices.MaxFunc(strings.FieldsFunc(name, func(r rune) bool { return r == ' ' || r == '-' || r == '(' || r == ')' }),
			func(a, b string) int { return len(a) - len(b) })
		if x.ID().Type != content.TypePattern || len(word) < 5 {
			continue
		}
		at := len(word) / 2
		for _, misspelt := range []string{
			word[:at] + word[at+1:],
			word[:at] + "x" + word[at:],
			word[:at] + "x" + word[at+1:],
			word[:at-1] + word[at:at+1] + word[at-1:at] + word[at+1:],
		} {
			text := strings.Replace(name, word, misspelt, 1)
			got := ids(find(text))
			tried++
			if len(got) > 0 && got[0] == "PATTERN:"+x.Head().Key {
				first++
			}
			if !slices.Contains(got, "PATTERN:"+x.Head().Key) {
				t.Errorf("%q did not find %s", text, x.Head().Key)
			}
		}
	}
	t.Logf("%d of %d misspelt names rank their pattern first", first, tried)
	// A misspelt name may be nearer to another name; that is rare.
	if first*100 < tried*90 {
		t.Errorf("only %d of %d misspelt names rank their pattern first", first, tried)
	}
}

// didYouMean checks the corrections of misspelt words. Texts that find something, unfinished words, and
// words that are near to nothing have none.
func didYouMean(t *testing.T, en *engine) {
	i := en.seeded(t).At(content.Published)
	for text, want := range map[string]string{
		"circiut breaker":  "circuit breaker",
		"circuit braeker":  "circuit breaker",
		"kuberntees":       "kubernetes",
		"mircosevrices":    "microservices",
		"circuit breaker":  "",
		"kube":             "",
		"qqqqzzzz":         "",
		"":                 "",
		"event sourcing":   "",
		"CIRCIUT BRËAKER ": "circuit breaker",
	} {
		t.Run(text, func(t *testing.T) {
			got, err := mustSearch(t, i, content.Search{Text: text}).DidYouMean(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if given := value(got); given != want {
				t.Errorf("got %q, want %q", given, want)
			}
		})
	}
}

// value returns the text of an optional string, and "" for nil.
func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
