package static_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/site/static"
)

// words returns the numbers and weights of a word in the index of a copy.
func words(t *testing.T, dir, word string) []int {
	t.Helper()
	var parts []string
	for _, r := range word {
		if parts = append(parts, strconv.FormatInt(int64(r), 36)); len(parts) == 2 {
			break
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, "search/words", strings.Join(parts, "-")+".json"))
	if err != nil {
		return nil
	}
	var all map[string][]int
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	return all[word]
}

// The script of the search page cuts words in the same way (internal/site/islands/find.ts).
func TestTheIndexHasTheWordsOfEntries(t *testing.T) {
	f, dir := &fake{starts: []string{"/a", "/b", "/c"}, pages: map[string]served{
		"/a": entry("Saga", "Undo &amp; compensate.", "Zoë's steps: steps and steps; steps or steps. ΟΔΟΣ 分布 x2"),
		"/b": entry("Outbox", "Beside sagas.", "A saga needs it. "+strings.Repeat("x", 41)),
		"/c": page("<main>saga</main>"),
	}}, t.TempDir()
	export(t, f, dir, static.Options{Base: "/docs"})
	for word, want := range map[string][]int{
		"saga": {1, 48, 2, 1}, "sagas": {2, 8}, "compensate": {1, 8}, "steps": {1, 4}, "zoe": {1, 1}, "s": {1, 1}, "οδοσ": {1, 1}, "分": {1, 1}, "布": {1, 1}, "x2": {1, 1},
		"navigation": nil, "drawing": nil, "amp": nil, strings.Repeat("x", 41): nil,
	} {
		if d := cmp.Diff(want, words(t, dir, word)); d != "" {
			t.Errorf("%s (-want +got)\n%s", word, d)
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, "search/entries/0.json"))
	if want := `[null,["/docs/a/","Saga","Undo \u0026 compensate."],["/docs/b/","Outbox","Beside sagas."]]`; err != nil || string(text) != want {
		t.Errorf("the entries are %s, %v", text, err)
	}
}

// A new entry must not change the numbers of others, or each publish would write the whole index anew.
func TestEntriesKeepTheirNumbers(t *testing.T) {
	f, dir := &fake{starts: []string{"/b", "/c"}, pages: map[string]served{"/a": entry("Apple", "A.", "Pie."), "/b": entry("Bread", "B.", "Butter."), "/c": entry("Corn", "C.", "Cob.")}}, t.TempDir()
	export(t, f, dir, static.Options{})
	f.starts = []string{"/a", "/c"}
	r := export(t, f, dir, static.Options{})
	for word, want := range map[string][]int{"apple": {3, 48}, "corn": {2, 48}, "bread": nil} {
		if d := cmp.Diff(want, words(t, dir, word)); d != "" {
			t.Errorf("%s (-want +got)\n%s", word, d)
		}
	}
	// Written are the page, its three words and the entries.
	if r.Written != 5 {
		t.Errorf("%+v", r)
	}
	if err := os.Remove(filepath.Join(dir, "search/entries/0.json")); err != nil {
		t.Fatal(err)
	}
	if r := export(t, f, dir, static.Options{}); r.Written != 1 || r.Rendered != 0 {
		t.Errorf("after a file of the index was removed: %+v", r)
	}
}
