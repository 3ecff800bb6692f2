package hub_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/mongodb/mongotest"
)

// TestSearchIndexSurvivesARestart starts the hub twice on one folder. The second start uses what the
// first one has left there.
func TestSearchIndexSurvivesARestart(t *testing.T) {
	uri, database := mongotest.Open(t)
	dir := t.TempDir()
	indexes := func() []string {
		list, err := filepath.Glob(filepath.Join(dir, "1", "*-*-*"))
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	args := []string{"--mongodb-uri", uri, "--mongodb-database", database, "--search-dir", dir}
	const query = `{ search(query: "circiut braker", first: 3) { totalCount nodes { name } edges { cursor } } suggest(prefix: "circ") { text } }`
	var answers []map[string]any
	var stored [][]string
	for range 2 {
		s := start(t, args...)
		s.mustHear(t, "^Ready")
		answers = append(answers, s.mustSearch(t, query))
		if _, metrics := get(t, s.admin+"/metrics"); !strings.Contains(metrics, `search_lag_changes{graph="published"} 0`) {
			t.Error("the metrics do not have the lag of search")
		}
		if err := s.stop(); err != nil {
			t.Fatal(err)
		}
		stored = append(stored, indexes())
	}
	if diff := cmp.Diff(answers[0], answers[1]); diff != "" {
		t.Errorf("after the restart (-before +after):\n%s", diff)
	}
	if diff := cmp.Diff(stored[0], stored[1]); diff != "" || len(stored[0]) != 2 {
		t.Errorf("the indexes on disk (-before +after):\n%s", diff)
	}
}

// mustSearch asks until the index is filled, which may take longer than a search waits.
func (s *service) mustSearch(t *testing.T, query string) map[string]any {
	t.Helper()
	for range 30 {
		a, err := s.ask(t.Context(), query, nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(a.Errors) == 0 {
			return a.Data
		}
	}
	t.Fatal("search is never available")
	return nil
}
