package hub_test

import (
	"net/http"
	"testing"

	"patternhub/internal/mongodb/mongotest"
)

// TestHalfASeedIsNoAnswer sends queries from the start while an empty database is filled: until all
// of it is there, the answer is UNAVAILABLE and never a part of the content.
func TestHalfASeedIsNoAnswer(t *testing.T) {
	uri, database := mongotest.Open(t)
	s := start(t, "--mongodb-uri", uri, "--mongodb-database", database, "--limit-restore", "1000000", "--limit-bucket", "100000000")
	refused := 0
	for {
		a, err := s.ask(t.Context(), `{ patterns { totalCount } companies { totalCount } home { metrics { current } } }`, nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(a.Errors) > 0 {
			if code := a.Errors[0].Extensions.Code; code != "UNAVAILABLE" || a.status != http.StatusServiceUnavailable {
				t.Fatalf("%d %+v", a.status, a.Errors)
			}
			refused++
			continue
		}
		for field, want := range map[string]float64{"patterns": 101, "companies": 191} {
			if got := a.Data[field].(map[string]any)["totalCount"]; got != want {
				t.Errorf("%v %s, want %v", got, field, want)
			}
		}
		break
	}
	if refused == 0 {
		t.Error("the seed was complete before the first query")
	}
}
