package drills_test

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"patternhub/internal/content"
)

// batchSize is the number of patterns, and of companies, that the drill publishes in one call.
const batchSize = 8

const (
	releaseQuery = `{ pattern(slug: "together-0") { summary companies(first: 8) { nodes { summary patterns(first: 8) { nodes { summary } } } } } }`
	draftQuery   = `{ company(slug: "together-1") { summary patterns(first: 8) { nodes { summary companies(first: 8) { nodes { summary } } } } } }`
)

// drillRelease publishes patterns and companies in one call, again and again, while readers query
// two replicas with all caches and two with none: no answer shows part of a release. Creating an
// index at the same time, as a newer replica would, must not make a query fail.
func drillRelease(t *testing.T, s *scene) {
	t.Helper()
	var entries []content.Entry
	var ids []content.ID
	for i := range batchSize {
		key := fmt.Sprint("together-", i)
		c := &content.Company{Meta: content.Meta{Type: content.TypeCompany, Key: key, Slug: key, Name: key}, Kind: "COMPANY", Industry: "Zoology"}
		p := &content.Pattern{Meta: content.Meta{Type: content.TypePattern, Key: key, Slug: key, Name: key}}
		for j := range batchSize {
			p.Adoptions = append(p.Adoptions, content.Adoption{CompanyKey: fmt.Sprint("together-", j)})
		}
		entries, ids = append(entries, c, p), append(ids, c.ID(), p.ID())
	}
	write := func(number int) {
		for _, e := range entries {
			e.Head().Summary = fmt.Sprint("release ", number)
		}
		if _, err := s.store.Put(t.Context(), "drill", entries...); err != nil {
			t.Fatal(err)
		}
		if _, err := s.store.Publish(t.Context(), "drill", ids...); err != nil {
			t.Fatal(err)
		}
	}
	write(0)
	var hubs []*hub
	for _, args := range [][]string{nil, nil, {"--response-cache", "off", "--entity-cache", "off"}, {"--response-cache", "off", "--entity-cache", "off"}} {
		hubs = append(hubs, ready(t, append([]string{"--mongodb-uri", s.server.URI()}, args...)...))
	}
	var ended atomic.Bool
	var reads atomic.Int64
	var readers sync.WaitGroup
	for i, h := range hubs {
		for _, drafts := range []bool{false, true} {
			readers.Go(func() {
				for !ended.Load() {
					if err := s.readTogether(t, h, drafts); err != nil {
						t.Errorf("replica %d, drafts %v: %v", i, drafts, err)
						return
					}
					reads.Add(1)
				}
			})
		}
	}
	for n := range repeats(10) {
		write(n + 1)
		s.mustIndex(t, fmt.Sprint("drill", n))
	}
	ended.Store(true)
	readers.Wait()
	t.Logf("%d answers, each from one release", reads.Load())
	for _, h := range hubs {
		h.kill()
	}
}

// readTogether reads the entries of a release and returns an error if they come from
// different releases.
func (s *scene) readTogether(t *testing.T, h *hub, drafts bool) error {
	t.Helper()
	query, headers := releaseQuery, []string(nil)
	if drafts {
		query, headers = draftQuery, []string{"Authorization: Bearer " + s.key, "X-Perspective: drafts"}
	}
	a, err := h.read(t.Context(), query, headers...)
	if err != nil {
		return err
	}
	if !a.ok() {
		return fmt.Errorf("got %d %+v", a.status, a.Errors)
	}
	all := summaries(a.Data)
	slices.Sort(all)
	if n := len(all); n != 1+batchSize+batchSize*batchSize {
		return fmt.Errorf("%d entries", n)
	}
	if all = slices.Compact(all); len(all) > 1 {
		return fmt.Errorf("mixed releases: %v", all)
	}
	return nil
}

// summaries returns all values of summary in an answer.
func summaries(v any) []string {
	var out []string
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			out = append(out, summaries(item)...)
		}
	case map[string]any:
		for name, item := range v {
			if text, ok := item.(string); ok && name == "summary" {
				out = append(out, text)
			}
			out = append(out, summaries(item)...)
		}
	}
	return out
}

// mustIndex creates an index on a field while it is read, and drops it again.
func (s *scene) mustIndex(t *testing.T, field string) {
	t.Helper()
	client, err := mongo.Connect(options.Client().ApplyURI(s.server.URI()).SetTimeout(10 * time.Second))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Disconnect(t.Context()) }()
	for _, collection := range []string{"companies", "patterns"} {
		indexes := client.Database("patternhub").Collection(collection).Indexes()
		name, err := indexes.CreateOne(t.Context(), mongo.IndexModel{Keys: bson.D{{Key: field, Value: 1}}})
		if err != nil {
			t.Fatal(err)
		}
		if err := indexes.DropOne(t.Context(), name); err != nil {
			t.Fatal(err)
		}
	}
}
