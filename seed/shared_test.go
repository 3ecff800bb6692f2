package seed_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"patternhub/internal/content"
)

// TestParagraphsAreOwn requires that every paragraph and every point of a list appears in one entry
// only. Very short points may coincide by nature.
func TestParagraphsAreOwn(t *testing.T) {
	const shortest = 6 // words; no one owns "Time from failure to detection"
	seen := map[string]string{}
	for _, e := range mustRead(t) {
		for _, x := range texts(e) {
			for _, p := range paragraphs(x.markdown) {
				w := words(p)
				if len(w) < shortest {
					continue
				}
				key := strings.Join(w, " ")
				if other, ok := seen[key]; ok {
					t.Errorf("%s and %s share the paragraph %q", other, file(e), p)
				}
				seen[key] = file(e)
			}
		}
	}
}

// sequence is the number of consecutive words that are compared; five are rarely equal by chance.
const sequence = 5

// sequences returns the sets of five-word sequences of the bodies that are long enough for a share
// to have a meaning.
func sequences(entries []content.Entry) (names []string, sets []map[string]bool) {
	const shortest = 60 // words; in fewer, one shared phrase is already a fifth
	for _, e := range entries {
		w := words(body(e))
		if len(w) < shortest {
			continue
		}
		set := map[string]bool{}
		for i := range len(w) - sequence + 1 {
			set[strings.Join(w[i:i+sequence], " ")] = true
		}
		names = append(names, file(e))
		sets = append(sets, set)
	}
	return names, sets
}

// TestPhrasesAreOwn requires that in fewer than one of a hundred pairs of bodies, more than a fifth
// of the shorter one's five-word sequences are shared.
func TestPhrasesAreOwn(t *testing.T) {
	names, sets := sequences(mustRead(t))
	holders := map[string][]int{}
	for i, set := range sets {
		for s := range set {
			holders[s] = append(holders[s], i)
		}
	}
	common := map[[2]int]int{}
	for _, list := range holders {
		slices.Sort(list)
		for i, a := range list {
			for _, b := range list[i+1:] {
				common[[2]int{a, b}]++
			}
		}
	}
	var alike []string
	highest, pair := 0.0, ""
	for ab, n := range common {
		share := float64(n) / float64(min(len(sets[ab[0]]), len(sets[ab[1]])))
		line := fmt.Sprintf("%s and %s: %.3f", names[ab[0]], names[ab[1]], share)
		if share > highest {
			highest, pair = share, line
		}
		if share > 0.2 {
			alike = append(alike, line)
		}
	}
	pairs := len(sets) * (len(sets) - 1) / 2
	if len(alike)*100 >= pairs {
		t.Errorf("%d of %d pairs of bodies are alike, want fewer than 1 in 100:\n%s", len(alike), pairs, strings.Join(alike, "\n"))
	}
	t.Logf("%d of %d pairs are alike; the most alike are %s", len(alike), pairs, pair)
}

// TestPhrasesAreNotHabits requires that no sequence of eight words appears in entry after entry,
// like phrases of a form letter.
func TestPhrasesAreNotHabits(t *testing.T) {
	const run, most = 8, 4
	holders := map[string]map[string]bool{}
	for _, e := range mustRead(t) {
		for _, x := range texts(e) {
			for _, p := range paragraphs(x.markdown) {
				w := words(p)
				for i := range max(0, len(w)-run+1) {
					s := strings.Join(w[i:i+run], " ")
					if holders[s] == nil {
						holders[s] = map[string]bool{}
					}
					holders[s][file(e)] = true
				}
			}
		}
	}
	for s, files := range holders {
		if len(files) > most {
			t.Errorf("%d entries say %q", len(files), s)
		}
	}
}
