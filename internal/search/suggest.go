package search

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"patternhub/internal/content"
)

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
	err := i.read(ctx, func(in documents) error {
		list, err := suggest(ctx, in, prefix, count)
		out = append(out, list...)
		return err
	})
	return out, err
}

// suggest finds the names with the prefix. If there are none, it allows one typo.
func suggest(ctx context.Context, in documents, typed string, count int) ([]*content.Suggestion, error) {
	prefix, typed := wordsOrSigns(typed), literal(typed)
	if prefix == "" {
		return nil, nil
	}
	best, err := withPrefix(ctx, in, prefix, typed)
	if err == nil && len(best) == 0 && len(prefix) >= minForgiven {
		best, err = nearPrefix(ctx, in, prefix)
	}
	if err != nil {
		return nil, err
	}
	list := slices.Collect(maps.Values(best))
	slices.SortFunc(list, func(a, b spelling) int { return compareSpellings(a, b, prefix, typed) })
	list = list[:min(len(list), count)]
	out := make([]*content.Suggestion, len(list))
	for i, s := range list {
		out[i] = &content.Suggestion{Text: s.text, Name: s.card.Name, ResourcePath: s.card.Path, Entry: s.card.id()}
	}
	return out, nil
}

// withPrefix returns the best spellings of entries that have one with the prefix.
// It asks for the entries in the order of compareSpellings, from exact names down to later words of
// aliases, and stops when it has enough. So it reads few entries, however many there are.
func withPrefix(ctx context.Context, in documents, prefix, typed string) (map[content.ID]spelling, error) {
	steps := []clause{some{of: []clause{term{fieldLiteral, typed, 1}, term{fieldLiteralAlias, typed, 1}, term{fieldWhole, prefix, 1}}}}
	if typed != prefix {
		steps = append(steps, term{fieldSigns, beginning(typed, maxBegin), 1})
	}
	for rank := range ranks {
		steps = append(steps, term{beginField(rank), beginning(prefix, maxBegin), 1})
	}
	best := map[content.ID]spelling{}
	for _, step := range steps {
		list, err := candidates(ctx, in, step)
		for _, s := range list {
			// The index holds beginnings of at most maxBegin, so a longer prefix is compared here.
			if strings.HasPrefix(s.key, prefix) {
				better(best, s)
			}
		}
		if err != nil || len(best) >= maxSuggestions {
			return best, err
		}
	}
	return best, nil
}

// nearPrefix returns the best spellings of entries that have one whose beginning is one typo away from
// prefix. The longest beginnings of an index are one character longer than what it looks for, so that a
// missing letter is found.
func nearPrefix(ctx context.Context, in documents, prefix string) (map[content.ID]spelling, error) {
	letters := []rune(prefix)
	best := map[content.ID]spelling{}
	for rank := range ranks {
		step := fuzzy{beginField(rank), beginning(prefix, maxBegin-1), 1}
		list, err := candidates(ctx, in, step)
		for _, s := range list {
			if beginsNear(letters, s.key) {
				better(best, s)
			}
		}
		if err != nil || len(best) >= maxSuggestions {
			return best, err
		}
	}
	return best, nil
}

// candidates returns the spellings of the entries that match.
func candidates(ctx context.Context, in documents, c clause) ([]spelling, error) {
	found, err := in.find(ctx, &request{query: c, limit: maxCandidates, cards: true})
	if err != nil {
		return nil, err
	}
	return spellingsOf(found.cards()), nil
}

// better stores the best spelling of each entry.
func better(best map[content.ID]spelling, s spelling) {
	if old, ok := best[s.card.id()]; !ok || s.rank < old.rank {
		best[s.card.id()] = s
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
		rankOf(a.card.Type)-rankOf(b.card.Type),
		len(a.key)-len(b.key),
		strings.Compare(a.key, b.key),
		strings.Compare(a.card.Key, b.card.Key),
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
