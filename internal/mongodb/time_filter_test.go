package mongodb_test

import (
	"testing"
	"time"

	"patternhub/internal/content"
	"patternhub/internal/repository/storetest"
)

// TestTimesAreComparedExactly filters by times between two milliseconds. "before" and "after" are the
// times just before and after that of the entry.
func TestTimesAreComparedExactly(t *testing.T) {
	s := storetest.Open(t)
	saga := storetest.Pattern("saga", "Saga", 10)
	storetest.Put(t, s, saga)
	at := saga.CreatedAt
	before, after := at.Add(-time.Microsecond), at.Add(time.Microsecond)
	for name, tt := range map[string]struct {
		filter content.TimeFilter
		want   int
	}{
		"eq":                  {content.TimeFilter{Eq: &at}, 1},
		"eq after":            {content.TimeFilter{Eq: &after}, 0},
		"gt":                  {content.TimeFilter{Gt: &at}, 0},
		"gt before":           {content.TimeFilter{Gt: &before}, 1},
		"gt after":            {content.TimeFilter{Gt: &after}, 0},
		"gte":                 {content.TimeFilter{Gte: &at}, 1},
		"gte before":          {content.TimeFilter{Gte: &before}, 1},
		"gte after":           {content.TimeFilter{Gte: &after}, 0},
		"lt":                  {content.TimeFilter{Lt: &at}, 0},
		"lt before":           {content.TimeFilter{Lt: &before}, 0},
		"lt after":            {content.TimeFilter{Lt: &after}, 1},
		"lte":                 {content.TimeFilter{Lte: &at}, 1},
		"lte before":          {content.TimeFilter{Lte: &before}, 0},
		"lte after":           {content.TimeFilter{Lte: &after}, 1},
		"gt before, lt after": {content.TimeFilter{Gt: &before, Lt: &after}, 1},
		"gte and lte after":   {content.TimeFilter{Gte: &after, Lte: &after}, 0},
	} {
		n, err := s.At(content.Drafts).Patterns.Count(t.Context(), &content.PatternFilter{EntryFilter: content.EntryFilter{CreatedAt: &tt.filter}}, content.Scope{})
		if err != nil || n[0] != tt.want {
			t.Errorf("%s: %v, %v, want %d", name, n, err, tt.want)
		}
	}
}
