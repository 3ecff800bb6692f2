package mongodb_test

import (
	"context"
	"fmt"
	"strconv"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/event"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"patternhub/internal/content"
	"patternhub/internal/mongodb"
	"patternhub/internal/repository"
	"patternhub/internal/repository/storetest"
)

// openRows opens a store whose list has n entries, and returns the last find that it has sent.
func openRows(t testing.TB, n int) (s *repository.Store, db *mongo.Database, find func() bson.Raw) {
	t.Helper()
	var opened mongodb.Options
	var last bson.Raw
	s = storetest.Open(t, func(o *mongodb.Options) {
		opened = *o
		o.Monitor = &event.CommandMonitor{Started: func(_ context.Context, e *event.CommandStartedEvent) {
			if e.CommandName == "find" {
				last = append(bson.Raw{}, e.Command...)
			}
		}}
	})
	db = raw(t, &opened)
	begun := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	types := content.Types()
	var rows []any
	for i := range n {
		of := types[i%len(types)]
		at := begun.Add(time.Duration(i*7919%n) * time.Minute)
		name := fmt.Sprintf("Entry %d of a list", i)
		rows = append(rows, bson.D{
			{Key: "_id", Value: fmt.Sprint(of, ":", i)},
			{Key: "type", Value: of},
			{Key: "key", Value: strconv.Itoa(i)},
			{Key: "slug", Value: fmt.Sprint("e", i)},
			{Key: "name", Value: name},
			{Key: "sortName", Value: content.SortKey(name)},
			{Key: "revision", Value: 1 + i%5},
			{Key: "status", Value: content.PublicationStatus("").Values()[i%3]},
			{Key: "createdAt", Value: at},
			{Key: "updatedAt", Value: at},
			{Key: "by", Value: fmt.Sprint("author", i%50)},
			{Key: "words", Value: content.NameWords(name)},
			{Key: "refs", Value: []string{fmt.Sprint("TIER:", i%9), fmt.Sprint("LAW:", i%40)}},
		})
		if len(rows) == 10_000 || i == n-1 {
			if _, err := db.Collection("rows").InsertMany(t.Context(), rows); err != nil {
				t.Fatal(err)
			}
			rows = nil
		}
	}
	return s, db, func() bson.Raw { return last }
}

// looked are the lists that editors look at.
func looked() map[string]*content.EntriesFilter {
	return map[string]*content.EntriesFilter{
		"all":          nil,
		"of a type":    {Types: []content.EntryType{content.TypePattern}},
		"of two types": {Types: []content.EntryType{content.TypePattern, content.TypeGuide}},
		"drafts":       {Status: &content.PublicationStatusFilter{In: []content.PublicationStatus{content.StatusDraft}}},
		"of an author": {Author: []string{"author7"}},
		"referring":    {RefersTo: &content.ID{Type: content.TypeTier, Key: "3"}},
	}
}

// TestAPageReadsLittleMoreThanItShows compares the documents that the server examines for a page with those that the
// page has: they do not grow with the list. After a cursor it merges the rows with the same time and those with
// another one.
func TestAPageReadsLittleMoreThanItShows(t *testing.T) {
	s, db, find := openRows(t, 3000)
	const page = 20
	for name, f := range looked() {
		t.Run(name, func(t *testing.T) {
			w := content.Window{Limit: page}
			for range 3 {
				found, err := s.Entries(t.Context(), f, content.Order{Field: "UPDATED_AT", Desc: true}, w)
				if err != nil || len(found.Items) != page {
					t.Fatalf("%d entries (%v)", len(found.Items), err)
				}
				w.After = new(found.Items[page-1].Position(content.Order{Field: "UPDATED_AT", Desc: true}))
				var command bson.D
				for _, e := range elementsOf(t, find()) {
					switch e.Key {
					case "find", "filter", "sort", "projection", "limit":
						command = append(command, e)
					}
				}
				var plan struct {
					Stats struct {
						Docs int `bson:"totalDocsExamined"`
					} `bson:"executionStats"`
				}
				err = db.RunCommand(t.Context(), bson.D{{Key: "explain", Value: command}, {Key: "verbosity", Value: "executionStats"}}).Decode(&plan)
				if err != nil || plan.Stats.Docs < page || plan.Stats.Docs > 4*page {
					t.Errorf("%d documents are examined for a page of %d (%v)", plan.Stats.Docs, page, err)
				}
			}
		})
	}
}

// elementsOf returns the elements of a command.
func elementsOf(t *testing.T, raw bson.Raw) bson.D {
	t.Helper()
	var out bson.D
	if err := bson.Unmarshal(raw, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// BenchmarkEntries reads lists of a small and of a large hub.
func BenchmarkEntries(b *testing.B) {
	for _, n := range []int{100, 100_000} {
		s, _, _ := openRows(b, n)
		for name, f := range looked() {
			for what, read := range map[string]func() error{
				"page": func() error {
					_, err := s.Entries(b.Context(), f, content.Order{Field: "UPDATED_AT", Desc: true}, content.Window{Limit: 20})
					return err
				},
				"count":  func() error { _, err := s.CountEntries(b.Context(), f); return err },
				"facets": func() error { _, err := s.EntriesFacets(b.Context(), f, content.EntriesFacets(), 20); return err },
				"digest": func() error { _, err := s.EntriesDigest(b.Context(), f); return err },
			} {
				b.Run(fmt.Sprint(n, "/", name, "/", what), func(b *testing.B) {
					for b.Loop() {
						if err := read(); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
		}
	}
}
