package search

import (
	"cmp"
	"context"
	"slices"
	"sort"
	"strings"

	"patternhub/content"
)

// spelling is a way in which a name may be typed: its folded words, from the first one or from
// a later one on.
// Several spellings of one entry stand in the same sorted list, which is what makes a look-up of a
// beginning a binary search.
type spelling struct {
	key     string
	text    string // as written
	letters []rune // of the key, for names and aliases
	rank    int    // 0 a name, 1 an alias, 2 and 3 from a later word on
	card    *card
}

// spellings lists all spellings in order.
// A later word that is a stop word begins no spelling: nobody looks for a name by "of".
func spellings(cards map[content.ID]*card) []spelling {
	var out []spelling
	for _, c := range cards {
		for n, text := range append([]string{c.name}, c.aliases...) {
			words := wordsOf(text)
			for i, w := range words {
				if i > 0 && isStop(w) {
					continue
				}
				s := spelling{key: strings.Join(words[i:], " "), text: text, card: c}
				s.rank = first(n > 0) + 2*first(i > 0)
				if i == 0 {
					s.letters = []rune(s.key)
				}
				out = append(out, s)
			}
		}
	}
	slices.SortFunc(out, func(a, b spelling) int { return strings.Compare(a.key, b.key) })
	return out
}

// maxSuggestions bounds a list of suggestions, which nobody reads to the end.
const maxSuggestions = 20

// Suggest gives at most count names and aliases that begin with what somebody types, or have a
// word that does. When nothing fits, one typo is forgiven.
// Each entry comes once, by its best spelling. A count out of range is BadUserInput.
func (i *Index) Suggest(ctx context.Context, prefix string, count int) ([]*content.Suggestion, error) {
	if err := checkText("prefix", prefix); err != nil {
		return nil, err
	}
	if count < 1 || count > maxSuggestions {
		return nil, content.Fault(content.BadUserInput, "first must be from 1 to 20.")
	}
	if err := i.await(ctx); err != nil {
		return nil, err
	}
	var out []*content.Suggestion
	err := i.with(func(g *generation) error {
		g.mu.RLock()
		names := g.names
		g.mu.RUnlock()
		out = suggest(names, strings.Join(wordsOf(prefix), " "), count)
		return nil
	})
	return out, err
}

// suggest looks the beginning up and, when nothing begins so, at every name for one typo.
func suggest(names []spelling, prefix string, count int) []*content.Suggestion {
	if prefix == "" {
		return nil
	}
	from := sort.Search(len(names), func(i int) bool { return names[i].key >= prefix })
	best := map[content.ID]spelling{}
	for _, s := range names[from:] {
		if !strings.HasPrefix(s.key, prefix) {
			break
		}
		better(best, s)
	}
	if len(best) == 0 && len(prefix) >= minForgiven {
		letters := []rune(prefix)
		for _, s := range names {
			if beginsNear(letters, s.key) {
				better(best, s)
			}
		}
	}
	list := make([]spelling, 0, len(best))
	for _, s := range best {
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b spelling) int { return compareSpellings(a, b, prefix) })
	list = list[:min(len(list), count)]
	out := make([]*content.Suggestion, len(list))
	for i, s := range list {
		out[i] = &content.Suggestion{Text: s.text, Name: s.card.name, ResourcePath: s.card.path, Entry: s.card.id}
	}
	return out
}

// better keeps the best spelling of each entry.
func better(best map[content.ID]spelling, s spelling) {
	if old, ok := best[s.card.id]; !ok || s.rank < old.rank {
		best[s.card.id] = s
	}
}

// compareSpellings puts whole names before parts, an exact one before longer ones, types that
// people come for first, and short names before long ones.
// The last two make the order total.
func compareSpellings(a, b spelling, prefix string) int {
	return cmp.Or(
		first(b.key == prefix)-first(a.key == prefix),
		a.rank-b.rank,
		rankOf(a.card.id.Type)-rankOf(b.card.id.Type),
		len(a.key)-len(b.key),
		strings.Compare(a.key, b.key),
		strings.Compare(a.card.id.Key, b.card.id.Key),
	)
}

// beginsNear tells whether a key begins with something that is one typo away from prefix.
// It is written out instead of computed by distance, since it runs over all names while somebody
// types. The first letters that agree are passed over; a typo can only come after them.
func beginsNear(prefix []rune, key string) bool {
	letters := []rune(key)
	at := 0
	for at < len(prefix) && at < len(letters) && prefix[at] == letters[at] {
		at++
	}
	begins := func(rest, typed []rune) bool {
		return len(rest) >= len(typed) && slices.Equal(rest[:len(typed)], typed)
	}
	typed, rest := prefix[at:], letters[at:]
	switch {
	case len(typed) == 0:
		return true
	case begins(rest, typed[1:]): // a letter too many
		return true
	case len(rest) == 0:
		return false
	case begins(rest[1:], typed[1:]), begins(rest[1:], typed): // a wrong letter, a letter missing
		return true
	}
	swapped := len(typed) > 1 && len(rest) > 1 && typed[0] == rest[1] && typed[1] == rest[0]
	return swapped && begins(rest[2:], typed[2:])
}
