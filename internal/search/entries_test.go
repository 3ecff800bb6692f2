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

// meta returns the head of an entry. All entries of the tests have the same summary, so that a search for
// its words finds every one.
func meta(t content.EntryType, key, slug, name string) content.Meta {
	return content.Meta{Type: t, Key: key, Slug: slug, Name: name, Summary: "A summary."}
}

// page returns a page whose key is also its slug.
func page(key, name string) *content.Page {
	return &content.Page{Meta: meta(content.TypePage, key, key, name)}
}

// tier returns a tier with a key and a slug of their own, since filters name a tier by its slug while
// patterns refer to its key.
func tier(key, slug, name string) *content.Tier {
	return &content.Tier{Meta: meta(content.TypeTier, key, slug, name)}
}

// pattern returns a pattern whose key is also its slug. An empty tier leaves it without one.
func pattern(key, name, tier string, c content.PatternCategory, d content.Difficulty) *content.Pattern {
	return &content.Pattern{Meta: meta(content.TypePattern, key, key, name), CatalogName: name, TierKey: tier, Category: c, Difficulty: d}
}

// mustPut stores drafts and returns them as stored, in the order of the arguments.
func mustPut(t testing.TB, s *repository.Store, entries ...content.Entry) []content.Entry {
	t.Helper()
	stored, err := s.Put(t.Context(), "test", entries...)
	if err != nil {
		t.Fatal(err)
	}
	return stored
}

// idsOf returns the ids of entries in the same order.
func idsOf(entries []content.Entry) []content.ID {
	out := make([]content.ID, len(entries))
	for i, e := range entries {
		out[i] = e.ID()
	}
	return out
}

// mustPublish stores entries and publishes all of them in one act. Each entry makes two changes: one of
// the draft and one of the published copy.
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
