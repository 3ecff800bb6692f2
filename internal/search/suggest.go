package search

import (
	"cmp"
	"context"
	"slices"
	"sort"
	"strings"

	"patternhub/internal/content"
)

// spelling is a way to type a name: its folded words, from the first or a later one on.
// The spellings of all entries form one sorted list, so a prefix is found by binary search.
type spelling struct {
	key     string
	text    string // as the author wrote it
	literal string // with its signs; only for a whole name or alias
	letters []rune // of key, for names and aliases
	rank    int    // 0 for a name, 1 for an alias, 2 and 3 from a later word on
	card    *card
}

// spellings returns all spellings in order.
// No spelling begins with a later stop word, since no one looks for a name by "of".
func spellings(cards map[content.ID]*card) []spelling {
	var out []spelling
	for _, c := range cards {
		for n, text := range append([]string{c.name}, c.aliases...) {
			words := strings.Split(wordsOrSigns(text), " ")
			for i, w := range words {
				if i > 0 && isStop(w) {
					continue
				}
				s := spelling{key: strings.Join(words[i:], " "), text: text, card: c}
				s.rank = first(n > 0) + 2*first(i > 0)
				if i == 0 {
					s.letters, s.literal = []rune(s.key), literal(text)
				}
				out = append(out, s)
			}
		}
	}
	slices.SortFunc(out, func(a, b spelling) int { return strings.Compare(a.key, b.key) })
	return out
}

// wordsOrSigns returns a string's words or, if it has none, its signs.
func wordsOrSigns(text string) string {
	if words := wordsOf(text); len(words) > 0 {
		return strings.Join(words, " ")
	}
	return literal(text)
}

// maxSuggestions bounds a list of suggestions to what a user reads.
const maxSuggestions = 20

// Suggest returns at most count names and aliases that begin with prefix, or have a word that does.
// If nothing matches, it allows one typo.
// Each entry appears once, with its best spelling. A count out of range fails with BadUserInput.
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
	out := []*content.Suggestion{}
	err := i.withGeneration(ctx, func(g *generation) error {
		g.mu.RLock()
		names := g.names
		g.mu.RUnlock()
		out = append(out, suggest(names, prefix, count)...)
		return nil
	})
	return out, err
}

// suggest finds the names with the prefix by binary search. If there are none, it compares every
// name and allows one typo.
func suggest(names []spelling, typed string, count int) []*content.Suggestion {
	prefix, typed := wordsOrSigns(typed), literal(typed)
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
	slices.SortFunc(list, func(a, b spelling) int { return compareSpellings(a, b, prefix, typed) })
	list = list[:min(len(list), count)]
	out := make([]*content.Suggestion, len(list))
	for i, s := range list {
		out[i] = &content.Suggestion{Text: s.text, Name: s.card.name, ResourcePath: s.card.path, Entry: s.card.id}
	}
	return out
}

// better stores the best spelling of each entry.
func better(best map[content.ID]spelling, s spelling) {
	if old, ok := best[s.card.id]; !ok || s.rank < old.rank {
		best[s.card.id] = s
	}
}

// compareSpellings orders spellings: first the name that was typed, signs included, then names with
// that prefix; whole names before parts, exact ones before longer ones, types by precedence, and
// short names before long ones.
// The last two comparisons make the order total.
func compareSpellings(a, b spelling, prefix, typed string) int {
	return cmp.Or(
		first(b.literal == typed)-first(a.literal == typed),
		first(strings.HasPrefix(b.literal, typed))-first(strings.HasPrefix(a.literal, typed)),
		first(b.key == prefix)-first(a.key == prefix),
		a.rank-b.rank,
		rankOf(a.card.id.Type)-rankOf(b.card.id.Type),
		len(a.key)-len(b.key),
		strings.Compare(a.key, b.key),
		strings.Compare(a.card.id.Key, b.card.id.Key),
	)
}

// beginsNear reports whether some prefix of key is one typo away from prefix.
// It does not compute a distance, since it runs over all names while a user types. It skips the
// equal first letters, because a typo can only come after them.
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
