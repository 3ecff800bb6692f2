package search

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"patternhub/internal/content"
)

const (
	// maxQuery bounds a query, in characters.
	maxQuery = 200
	// maxWords bounds the words of a query that are looked up; others are ignored.
	maxWords = 12
	// maxGuessed bounds the words that are corrected, since each walks through the vocabulary.
	maxGuessed = 6
	// few is the number of hits below which another text may be suggested.
	few = 3
)

// The weights of matches, from an exact name down to a word in the body. The first ones exceed the
// sum of any number of words in a long text.
const (
	weightLiteral       = 2000
	weightSqueezed      = 400
	weightSqueezedAlias = 120
	// Among entries with the same name the pattern or the company comes first: a search for MongoDB
	// means the database and not the study about it.
	weightPrime = 100
	// An alias with the signs of the query comes before a name without them.
	weightLiteralAlias  = 600
	weightSqueezedStems = 60
	// A name with a typo ranks with the words of names, since the text may be right.
	weightNear = 8

	weightName    = 10
	weightAlias   = 6
	weightSummary = 3
	weightDetails = 1.2
	weightBody    = 1

	// A word with a typo, and a prefix of a word, count less than the word itself.
	shareTypo   = 0.4
	sharePrefix = 0.3
)

// meaning is a stem that a word of a query may mean, with its share of the weight.
type meaning struct {
	stem  string
	share float64
}

// plan is the parsed form of a query.
// It is made once for a search text and used for hits, counts, marks and the correction.
type plan struct {
	literal  string          // the text, folded
	squeezed string          // squeezed
	stemmed  string          // squeezed after stemming
	near     []string        // names that are one typo away, squeezed
	words    []string        // without stop words
	meanings [][]meaning     // the possible stems of each word
	known    map[string]bool // the stems of words that some entry has
	found    int             // the number of entries that match the words unchanged
}

// unknown reports whether no entry has a word.
func (p *plan) unknown(word string) bool { return !p.known[stem(word)] }

// planOf parses a query text. It adds alternatives, one typo away or with the word as a prefix, for
// words that no entry has; if no entry has all words together, it adds them for each.
// Stop words count only as part of an exact name. A search text of signs only finds the entries with that
// name. Finding alternatives costs most and has a bound of its own.
func planOf(ctx context.Context, in documents, text string) (*plan, error) {
	words := wordsOf(text)
	p := &plan{literal: literal(text), squeezed: strings.Join(words, ""), stemmed: squeezeStems(text)}
	for _, w := range words {
		if len(p.words) < maxWords && !isStop(w) && !slices.Contains(p.words, w) {
			p.words = append(p.words, w)
		}
	}
	if p.squeezed == "" {
		return p, nil // no words to look for
	}
	p.meanings = literally(p.words)
	stems := make([]string, len(p.words))
	for i := range p.words {
		stems[i] = p.meanings[i][0].stem
	}
	var err error
	if p.known, err = in.known(ctx, stems); err != nil {
		return nil, err
	}
	if p.found, err = countOf(ctx, in, p.clause()); err != nil {
		return nil, err
	}
	if err := p.guess(ctx, in); err != nil {
		return nil, err
	}
	p.near, err = nearNames(ctx, in, strings.Join(words, " "))
	return p, err
}

// literally returns the meanings of words as they are.
func literally(words []string) [][]meaning {
	out := make([][]meaning, len(words))
	for i, w := range words {
		out[i] = []meaning{{stem(w), 1}}
	}
	return out
}

// guess adds the alternatives of words that no entry has; if no entry has all words together, of each.
func (p *plan) guess(ctx context.Context, in documents) error {
	each := p.found == 0 && !slices.ContainsFunc(p.words, p.unknown)
	guessed := 0
	for i, w := range p.words {
		if guessed == maxGuessed || !each && !p.unknown(w) {
			continue
		}
		guessed++
		var err error
		if p.meanings[i], err = alternatives(ctx, in, w, p.meanings[i]); err != nil {
			return err
		}
	}
	return nil
}

const (
	// maxNear bounds the names that a misspelt one may mean. It limits the query; rarely are more
	// names so similar.
	maxNear = 4
	// maxCandidates bounds the entries that are read to compare their names with a text.
	maxCandidates = 64
	// minTwice is the length from which a name may have two typos: such a name has two words, with
	// one typo in each.
	minTwice = 12
)

// nearNames returns the names and aliases that a search text with a typo may mean, squeezed: those one
// typo away or, for a long text without such names, two.
// Only spellings of names and aliases from their first word on are compared.
func nearNames(ctx context.Context, in documents, text string) ([]string, error) {
	letters := []rune(text)
	if len(letters) < minForgiven {
		return nil, nil
	}
	most := 1
	if len(letters) >= minTwice {
		most = 2
	}
	for typos := 1; typos <= most; typos++ {
		found, err := in.find(ctx, &request{query: fuzzy{fieldWhole, text, typos}, limit: maxCandidates, cards: true})
		if err != nil {
			return nil, err
		}
		var out []string
		for _, s := range spellingsOf(found.cards()) {
			name := strings.ReplaceAll(s.key, " ", "")
			if s.rank < 2 && len(out) < maxNear && distance(letters, []rune(s.key), most) == typos && !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
		if len(out) > 0 {
			return out, nil
		}
	}
	return nil, nil
}

// alternatives adds the stems that a word may mean.
// It skips stems that list already has, so the word itself keeps its full share.
func alternatives(ctx context.Context, in documents, word string, list []meaning) ([]meaning, error) {
	add := func(w string, share float64) {
		s := stem(w)
		if !slices.ContainsFunc(list, func(m meaning) bool { return m.stem == s }) {
			list = append(list, meaning{s, share})
		}
	}
	guesses, err := nearWords(ctx, in, word, 1)
	if err != nil {
		return nil, err
	}
	for _, g := range guesses {
		add(g.word, shareTypo)
	}
	longer, err := longerWords(ctx, in, word)
	for _, w := range longer {
		add(w, sharePrefix)
	}
	return list, err
}

// nearWords returns the words with at most so many typos, the likeliest first.
func nearWords(ctx context.Context, in documents, word string, typos int) ([]guess, error) {
	if utf8.RuneCountInString(word) < minForgiven {
		return nil, nil
	}
	list, err := in.near(ctx, word, typos)
	return likelier(word, typos, list), err
}

// longerWords returns words with a prefix, the shortest first.
func longerWords(ctx context.Context, in documents, word string) ([]string, error) {
	if utf8.RuneCountInString(word) < minPrefix {
		return nil, nil
	}
	return in.longer(ctx, word)
}

// clause returns what to look for: the exact name or most of the words, each in any field.
// The scores of all matches add up, so an entry with the exact name has the words' scores too.
func (p *plan) clause() clause {
	var parts []clause
	if p.literal != "" {
		parts = append(parts, term{fieldLiteral, p.literal, weightLiteral})
		if bare := strings.Trim(p.literal, `"“”„«»`); bare != p.literal && bare != "" {
			// The quotes may be syntax of the user; a name that contains them comes first.
			parts = append(parts, term{fieldLiteral, bare, weightLiteral / 2})
		}
		if p.literal != strings.Join(wordsOf(p.literal), " ") {
			parts = append(parts, term{fieldLiteralAlias, p.literal, weightLiteralAlias})
		}
	}
	if p.squeezed == "" {
		return some{of: parts}
	}
	parts = append(parts,
		term{fieldSqueezed, p.squeezed, weightSqueezed}, term{fieldSqueezedPrime, p.squeezed, weightPrime},
		term{fieldSqueezedAlias, p.squeezed, weightSqueezedAlias}, term{fieldSqueezedStems, p.stemmed, weightSqueezedStems})
	for _, name := range p.near {
		parts = append(parts, term{fieldSqueezed, name, weightNear}, term{fieldSqueezedAlias, name, weightNear})
	}
	words := make([]clause, len(p.meanings))
	for i, meanings := range p.meanings {
		var fields []clause
		for _, m := range meanings {
			fields = append(fields,
				term{fieldName, m.stem, weightName * m.share}, term{fieldAlias, m.stem, weightAlias * m.share},
				term{fieldSummary, m.stem, weightSummary * m.share}, term{fieldDetails, m.stem, weightDetails * m.share},
				term{fieldBody, m.stem, weightBody * m.share})
		}
		words[i] = some{of: fields}
	}
	if len(words) > 0 {
		// One of three words may be missing.
		parts = append(parts, some{of: words, min: len(words) - len(words)/3})
	}
	return some{of: parts}
}

// countOf returns the number of matches of a clause.
func countOf(ctx context.Context, in documents, c clause) (int, error) {
	found, err := in.find(ctx, &request{query: c})
	if err != nil {
		return 0, err
	}
	return found.total, nil
}

// correction replaces words that found little with the likeliest ones; it returns "" if there are
// no better ones.
// The result finds more than the text. If some words are unknown, only those are replaced;
// otherwise each may be.
func (p *plan) correction(ctx context.Context, in documents) (string, error) {
	// Who finds enough has probably typed what they meant, and a correction costs several searches.
	if p.found >= few || len(p.words) == 0 {
		return "", nil
	}
	unknown := slices.ContainsFunc(p.words, p.unknown)
	words := slices.Clone(p.words)
	for i, w := range words {
		if i >= maxGuessed || unknown && !p.unknown(w) {
			continue
		}
		best, err := likeliest(ctx, in, w)
		if err != nil {
			return "", err
		}
		words[i] = best
	}
	if slices.Equal(words, p.words) {
		return "", nil
	}
	other := &plan{squeezed: strings.Join(words, ""), stemmed: squeezeStems(strings.Join(words, " ")), meanings: literally(words)}
	n, err := countOf(ctx, in, other.clause())
	if err != nil || n <= p.found {
		return "", err
	}
	return strings.Join(words, " "), nil
}

// likeliest returns the word that was probably meant: one typo away, or two for a long word, and of
// several the one with the most matches. A word that is a prefix of others is not a typo.
// It tries only the guesses that are as likely as the first, since each costs a count.
func likeliest(ctx context.Context, in documents, word string) (string, error) {
	typos := 1
	if utf8.RuneCountInString(word) >= 2*minForgiven {
		typos = 2
	}
	list, err := nearWords(ctx, in, word, typos)
	if err != nil || len(list) == 0 {
		return word, err
	}
	// The user may still be typing.
	if longer, err := longerWords(ctx, in, word); err != nil || len(longer) > 0 {
		return word, err
	}
	best, most := word, 0
	for _, other := range list {
		if other.typos != list[0].typos || other.named != list[0].named {
			break
		}
		n, err := countOf(ctx, in, (&plan{squeezed: other.word, meanings: literally([]string{other.word})}).clause())
		if err != nil {
			return "", err
		}
		if n > most {
			best, most = other.word, n
		}
	}
	return best, nil
}

// checkText rejects search text that is too long.
// It checks the length in bytes first: most texts are short, and counting characters takes time.
func checkText(what, text string) error {
	if len(text) > maxQuery && utf8.RuneCountInString(text) > maxQuery {
		return content.Fault(content.BadUserInput, what+" is at most 200 characters long.")
	}
	return nil
}
