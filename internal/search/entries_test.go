package search_test

import (
	"context"
	"slices"
	"sync"
	"testing"

	"patternhub/internal/content"
	"patternhub/internal/repository"
	"patternhub/internal/search"
)

func sortStrings(list []string) { slices.Sort(list) }

func meta(t content.EntryType, key, slug, name string) content.Meta {
	return content.Meta{Type: t, Key: key, Slug: slug, Name: name, Summary: "A summary."}
}

func page(key, name string) *content.Page {
	return &content.Page{Meta: meta(content.TypePage, key, key, name)}
}

func tier(key, slug, name string) *content.Tier {
	return &content.Tier{Meta: meta(content.TypeTier, key, slug, name)}
}

func pattern(key, name, tier string, c content.PatternCategory, d content.Difficulty) *content.Pattern {
	return &content.Pattern{Meta: meta(content.TypePattern, key, key, name), CatalogName: name, TierKey: tier, Category: c, Difficulty: d}
}

func mustPut(t testing.TB, s *repository.Store, entries ...content.Entry) []content.Entry {
	t.Helper()
	stored, err := s.Put(t.Context(), "test", entries...)
	if err != nil {
		t.Fatal(err)
	}
	return stored
}

func idsOf(entries []content.Entry) []content.ID {
	out := make([]content.ID, len(entries))
	for i, e := range entries {
		out[i] = e.ID()
	}
	return out
}

func mustPublish(t testing.TB, s *repository.Store, entries ...content.Entry) {
	t.Helper()
	if _, err := s.Publish(t.Context(), "test", idsOf(mustPut(t, s, entries...))...); err != nil {
		t.Fatal(err)
	}
}

// following runs an engine. The returned function reports to it all changes written since the last
// call, as the hub's feed does.
func (en *engine) following(t *testing.T, s *repository.Store) (*search.Engine, func(*testing.T)) {
	t.Helper()
	since, err := s.LastSeq(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	e := en.start(t, s)
	var mu sync.Mutex
	return e, func(t *testing.T) {
		t.Helper()
		mu.Lock()
		defer mu.Unlock()
		changes, err := s.Changes(context.WithoutCancel(t.Context()), since, 100_000)
		if err != nil {
			t.Fatal(err)
		}
		e.Note(content.State{}, changes...)
		if len(changes) > 0 {
			since = changes[len(changes)-1].Seq
		}
	}
}
