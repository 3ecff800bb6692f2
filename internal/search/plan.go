package search

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/search/query"

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

// term is a stem that a word of a query may mean, with its share of the weight.
type term struct {
	stem  string
	share float64
}

// plan is the parsed form of a query.
// It is made once for a search text and used for hits, counts, marks and the correction.
type plan struct {
	literal  string   // the text, folded
	squeezed string   // squeezed
	stemmed  string   // squeezed after stemming
	near     []string // names that are one typo away, squeezed
	words    []string // without stop words
	terms    [][]term // the possible stems of each word
	found    int      // the number of entries that match the words unchanged
	v        *vocabulary
}

// planOf parses a query text. It adds alternatives, one typo away or with the word as a prefix, for
// words that no entry has; if no entry has all words together, it adds them for each.
// Stop words count only as part of an exact name. A search text of signs only finds the entries with that
// name. Finding alternatives costs most and has a bound of its own.
func (g *generation) planOf(ctx context.Context, text string) (*plan, error) {
	words := wordsOf(text)
	p := &plan{literal: literal(text), squeezed: strings.Join(words, ""), stemmed: squeezeStems(text), v: g.words}
	for _, w := range words {
		if len(p.words) < maxWords && !isStop(w) && !slices.Contains(p.words, w) {
			p.words = append(p.words, w)
		}
	}
	if p.squeezed == "" {
		return p, nil // no words to look for
	}
	unknown := 0
	for _, w := range p.words {
		s := stem(w)
		p.terms = append(p.terms, []term{{s, 1}})
		if !p.v.contains(s) {
			unknown++
		}
	}
	var err error
	if p.found, err = g.count(ctx, p.query()); err != nil {
		return nil, err
	}
	guessed := 0
	for i, w := range p.words {
		inIndex := p.v.contains(p.terms[i][0].stem)
		if guessed < maxGuessed && (!inIndex || p.found == 0 && unknown == 0) {
			p.terms[i] = p.v.alternatives(w, p.terms[i])
			guessed++
		}
	}
	p.near = g.nearNames(strings.Join(words, " "))
	return p, nil
}

const (
	// maxNear bounds the names that a misspelt one may mean. It limits the query; rarely are more
	// names so similar.
	maxNear = 4
	// minTwice is the length from which a name may have two typos: such a name has two words, with
	// one typo in each.
	minTwice = 12
)

// nearNames returns the names and aliases that a search text with a typo may mean, squeezed: those one
// typo away or, for a long text without such names, two.
// It compares with every name, letter by letter, and stops early on each. It uses only spellings of
// names and aliases from their first word on.
func (g *generation) nearNames(text string) []string {
	letters := []rune(text)
	if len(letters) < minForgiven {
		return nil
	}
	typos := 1
	if len(letters) >= minTwice {
		typos = 2
	}
	g.mu.RLock()
	names := g.names
	g.mu.RUnlock()
	var out []string
	for _, s := range names {
		if s.rank > 1 || typos == 1 && len(out) == maxNear {
			continue
		}
		d := distance(letters, s.letters, typos)
		if d == 0 || d > typos {
			continue
		}
		if d < typos {
			typos, out = d, nil // the earlier ones are farther away
		}
		if name := strings.ReplaceAll(s.key, " ", ""); len(out) < maxNear && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// alternatives adds the stems that a word may mean.
// It skips stems that terms already has, so the word itself keeps its full share.
func (v *vocabulary) alternatives(word string, terms []term) []term {
	add := func(w string, share float64) {
		s := stem(w)
		if !slices.ContainsFunc(terms, func(t term) bool { return t.stem == s }) {
			terms = append(terms, term{s, share})
		}
	}
	for _, g := range v.near(word, 1) {
		add(g.word, shareTypo)
	}
	for _, w := range v.longer(word) {
		add(w, sharePrefix)
	}
	return terms
}

// query returns the query for bleve: the exact name or most of the words, each in any field.
// A disjunction adds up the scores of its matches, so an entry with the exact name has the words'
// scores too.
func (p *plan) query() query.Query {
	var parts []query.Query
	if p.literal != "" {
		parts = append(parts, termQuery(fieldLiteral, p.literal, weightLiteral))
		if bare := strings.Trim(p.literal, `"“”„«»`); bare != p.literal && bare != "" {
			// The quotes may be syntax of the user; a name that contains them comes first.
			parts = append(parts, termQuery(fieldLiteral, bare, weightLiteral/2))
		}
		if p.literal != strings.Join(wordsOf(p.literal), " ") {
			parts = append(parts, termQuery(fieldLiteralAlias, p.literal, weightLiteralAlias))
		}
	}
	if p.squeezed == "" {
		return bleve.NewDisjunctionQuery(parts...)
	}
	parts = append(parts,
		termQuery(fieldSqueezed, p.squeezed, weightSqueezed), termQuery(fieldSqueezedPrime, p.squeezed, weightPrime),
		termQuery(fieldSqueezedAlias, p.squeezed, weightSqueezedAlias), termQuery(fieldSqueezedStems, p.stemmed, weightSqueezedStems))
	for _, name := range p.near {
		parts = append(parts, termQuery(fieldSqueezed, name, weightNear), termQuery(fieldSqueezedAlias, name, weightNear))
	}
	words := make([]query.Query, len(p.terms))
	for i, terms := range p.terms {
		var fields []query.Query
		for _, t := range terms {
			fields = append(fields,
				termQuery(fieldName, t.stem, weightName*t.share), termQuery(fieldAlias, t.stem, weightAlias*t.share),
				termQuery(fieldSummary, t.stem, weightSummary*t.share), termQuery(fieldDetails, t.stem, weightDetails*t.share),
				termQuery(fieldBody, t.stem, weightBody*t.share))
		}
		words[i] = bleve.NewDisjunctionQuery(fields...)
	}
	if len(words) > 0 {
		most := bleve.NewDisjunctionQuery(words...)
		// One of three words may be missing.
		most.SetMin(float64(len(words) - len(words)/3))
		parts = append(parts, most)
	}
	return bleve.NewDisjunctionQuery(parts...)
}

// termQuery matches one term as it is, without the analyzer.
func termQuery(field, value string, weight float64) query.Query {
	q := bleve.NewTermQuery(value)
	q.SetField(field)
	q.SetBoost(weight)
	return q
}

// count returns the number of matches of a query.
func (g *generation) count(ctx context.Context, q query.Query) (int, error) {
	r := bleve.NewSearchRequestOptions(q, 0, 0, false)
	r.Score = "none"
	found, err := g.run(ctx, r)
	if err != nil {
		return 0, err
	}
	return int(found.Total), nil //nolint:gosec // at most the number of entries
}

// correction replaces words that found little with the likeliest ones; it returns "" if there are
// no better ones.
// The result finds more than the text. If some words are unknown, only those are replaced;
// otherwise each may be.
func (g *generation) correction(ctx context.Context, p *plan) (string, error) {
	if p.found >= few || len(p.words) == 0 {
		return "", nil
	}
	unknown := slices.ContainsFunc(p.words, func(w string) bool { return !p.v.contains(stem(w)) })
	words := slices.Clone(p.words)
	for i, w := range words {
		if i >= maxGuessed || unknown && p.v.contains(stem(w)) {
			continue
		}
		best, err := g.likeliest(ctx, w)
		if err != nil {
			return "", err
		}
		words[i] = best
	}
	if slices.Equal(words, p.words) {
		return "", nil
	}
	other := &plan{squeezed: strings.Join(words, ""), stemmed: squeezeStems(strings.Join(words, " ")), words: words}
	for _, w := range words {
		other.terms = append(other.terms, []term{{stem(w), 1}})
	}
	n, err := g.count(ctx, other.query())
	if err != nil || n <= p.found {
		return "", err
	}
	return strings.Join(words, " "), nil
}

// likeliest returns the word that was probably meant: one typo away, or two for a long word, and of
// several the one with the most matches. A word that is a prefix of others is not a typo.
// It tries only the guesses that are as likely as the first, since each costs a count.
func (g *generation) likeliest(ctx context.Context, word string) (string, error) {
	typos := 1
	if utf8.RuneCountInString(word) >= 2*minForgiven {
		typos = 2
	}
	list := g.words.near(word, typos)
	if len(list) == 0 || len(g.words.longer(word)) > 0 {
		return word, nil
	}
	best, most := word, 0
	for _, other := range list {
		if other.typos != list[0].typos || other.named != list[0].named {
			break
		}
		n, err := g.count(ctx, (&plan{squeezed: other.word, terms: [][]term{{{stem(other.word), 1}}}}).query())
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
