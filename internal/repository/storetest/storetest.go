// Package storetest opens stores for tests and fills them.
package storetest

import (
	"context"
	"testing"
	"time"

	"patternhub/internal/content"
	"patternhub/internal/markdown"
	"patternhub/internal/mongodb"
	"patternhub/internal/mongodb/mongotest"
	"patternhub/internal/repository"
)

// Clock returns a clock that advances by a second with each call, so that no two writes have the
// same time.
func Clock() func() time.Time {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	return func() time.Time { at = at.Add(time.Second); return at }
}

// Open returns a store with its indexes on a database of the test's own. It is closed at the end of
// the test.
func Open(t testing.TB, change ...func(*mongodb.Options)) *repository.Store {
	t.Helper()
	uri, database := mongotest.Open(t)
	o := mongodb.Options{URI: uri, Database: database, Render: markdown.NewRenderer().Render, Now: Clock()}
	for _, c := range change {
		c(&o)
	}
	s, err := repository.Open(o, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	if err := s.EnsureIndexes(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// Tier returns a tier that can be published.
func Tier(slug string, rank int) *content.Tier {
	return &content.Tier{Meta: content.Meta{Type: content.TypeTier, Key: slug, Slug: slug, Name: slug, Summary: "A tier."}, Rank: rank}
}

// Pattern returns a pattern of the tier gold, with its slug as its key.
func Pattern(slug, name string, minutes int) *content.Pattern {
	return &content.Pattern{
		Meta:    content.Meta{Type: content.TypePattern, Key: slug, Slug: slug, Name: name, Summary: "A pattern."},
		TierKey: "gold", Category: "RESILIENCE", Difficulty: "BEGINNER", ReadingMinutes: minutes,
		Body: content.RichText{Markdown: "# Text\n\nOf " + name + "\n"},
	}
}

// Put writes working copies.
func Put(t testing.TB, s *repository.Store, entries ...content.Entry) {
	t.Helper()
	if _, err := s.Put(t.Context(), "test", entries...); err != nil {
		t.Fatal(err)
	}
}

// Publish writes entries and publishes them.
func Publish(t testing.TB, s *repository.Store, entries ...content.Entry) {
	t.Helper()
	Put(t, s, entries...)
	ids := make([]content.ID, len(entries))
	for i, e := range entries {
		ids[i] = e.ID()
	}
	if _, err := s.Publish(t.Context(), "test", ids...); err != nil {
		t.Fatal(err)
	}
}

// ByKey returns the entry of a collection with a key, or nil if there is none.
func ByKey[E content.Entry](t testing.TB, c content.Collection[E], key string) E {
	t.Helper()
	found, err := c.ByKeys(t.Context(), []string{key})
	if err != nil {
		t.Fatal(err)
	}
	return found[0]
}

// Keyed returns a filter with the keys of the slugs that it names. It returns a filter that names none, or
// that the collection refuses, as it is.
func Keyed[E content.Entry](t testing.TB, g *content.Graph, c content.Collection[E], filter any) any {
	t.Helper()
	slugs, err := c.Slugs(filter)
	if err != nil || len(slugs) == 0 {
		return filter
	}
	keys := map[content.EntryType]map[string]string{}
	for named, list := range slugs {
		found, err := g.Reader(named).EntriesBySlugs(t.Context(), list)
		if err != nil {
			t.Fatal(err)
		}
		keys[named] = map[string]string{}
		for i, e := range found {
			if e != nil {
				keys[named][list[i]] = e.Head().Key
			}
		}
	}
	return content.NewKeyed(filter, keys)
}
