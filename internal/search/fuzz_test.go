package search_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"patternhub/internal/content"
)

// FuzzSearch uses any text as a search and in an entry.
func FuzzSearch(f *testing.F) {
	s := open(f)
	mustPublish(f, s, page("a", "Circuit Breaker"), page("b", "Café — naïve 漢字 words' end"), page("c", "Sagas"))
	i := start(f, s).At(content.Published)
	for _, text := range []string{
		"circuit", "circiut braker", "name:circuit +must -not \"phrase\"~2 ^5 (a OR b) /reg.*/ [1 TO 2]", "'s ’S s's", "漢字", "e\u0301\u0301", "\xff\xfe",
		"İstanbul ß ﬁ", strings.Repeat("a", 200), strings.Repeat("a b ", 50), "\x00", "*", "~", "ing ed s ies",
	} {
		f.Add(text, text)
	}
	f.Fuzz(func(t *testing.T, text, body string) {
		began := time.Now()
		a, err := i.Search(t.Context(), content.Search{Text: text})
		if utf8.RuneCountInString(text) > 200 {
			if content.CodeOf(err) != content.BadUserInput {
				t.Errorf("%d characters: got %v", utf8.RuneCountInString(text), err)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		hits := mustHits(t, a, nil, 10)
		if len(hits.Items) != hits.Total {
			t.Errorf("%d hits, total %d", len(hits.Items), hits.Total)
		}
		if _, err := a.DidYouMean(t.Context()); err != nil {
			t.Error(err)
		}
		if _, err := i.Suggest(t.Context(), text, 20); err != nil {
			t.Error(err)
		}
		for _, h := range a.Highlights(&content.Page{Meta: content.Meta{Name: body}, Body: content.RichText{Text: body + " " + text + " " + body}}) {
			for _, fragment := range h.Fragments {
				if utf8.ValidString(body + text) {
					checkHTML(t, fragment)
				}
			}
		}
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("took %s", took)
		}
	})
}
