package mongodb_test

import (
	"context"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/event"

	"patternhub/internal/content"
	"patternhub/internal/mongodb"
	"patternhub/internal/repository/storetest"
)

// TestFacetsOfAllEntriesReadTheirIndexes compares facets that are counted by indexes with those that are
// counted from the entries, and checks that the server reads no entry for the first.
func TestFacetsOfAllEntriesReadTheirIndexes(t *testing.T) {
	var opened mongodb.Options
	var last bson.Raw
	s := storetest.Open(t, func(o *mongodb.Options) {
		o.Monitor = &event.CommandMonitor{Started: func(_ context.Context, e *event.CommandStartedEvent) {
			if e.CommandName == "aggregate" {
				last = slices.Clone(e.Command)
			}
		}}
		opened = *o
	})
	all := library(t, s)
	c := s.At(content.Published).Patterns
	q := content.FacetQuery{Fields: []string{"CATEGORY", "DIFFICULTY", "ENHANCED", "RELEVANCE"}, Limit: 10}
	// One facet: some servers cannot explain a union.
	if _, err := c.Facets(t.Context(), content.FacetQuery{Fields: q.Fields[:1], Limit: 10}, content.Scope{}); err != nil {
		t.Fatal(err)
	}
	raw, err := raw(t, &opened).RunCommand(t.Context(), bson.D{{Key: "explain", Value: explainable(t, last)}, {Key: "verbosity", Value: "executionStats"}}).Raw()
	if err != nil {
		t.Fatal(err)
	}
	first := raw.Lookup("stages", "0", "$cursor", "executionStats")
	if first.Type == 0 {
		first = raw.Lookup("executionStats")
	}
	if keys, docs := first.Document().Lookup("totalKeysExamined").AsInt64(), first.Document().Lookup("totalDocsExamined").AsInt64(); keys < int64(len(all)) || docs != 0 {
		t.Errorf("the server reads %d keys and %d entries of %d", keys, docs, len(all))
	}
	got, err := c.Facets(t.Context(), q, content.Scope{})
	if err != nil {
		t.Fatal(err)
	}
	q.Filter = &content.PatternFilter{ReadingMinutes: &content.IntFilter{Gte: new(-1)}} // all entries
	want, err := c.Facets(t.Context(), q, content.Scope{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("from the entries (-) and by indexes (+):\n%s", diff)
	}
	sum := 0
	for _, v := range got[0][0].Values {
		sum += v.Count
	}
	if sum != len(all) {
		t.Errorf("categories sum to %d of %d", sum, len(all))
	}
	none, err := s.At(content.Published).Companies.Facets(t.Context(), content.FacetQuery{Fields: []string{"KIND"}, Limit: 5}, content.Scope{})
	if err != nil || len(none) != 1 || none[0][0].Values == nil || len(none[0][0].Values) != 0 {
		t.Errorf("facets of nothing are %v (%v)", none, err)
	}
}
