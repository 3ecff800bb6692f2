package search

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/search/query"

	"patternhub/content"
)

const (
	// maxQuery bounds what people type, in characters.
	maxQuery = 200
	// maxWords bounds the words of a query that are looked up; the rest is left out.
	maxWords = 12
	// maxGuessed bounds the words that are looked for with a typo, which costs a walk through
	// the vocabulary each.
	maxGuessed = 6
	// few is how many hits are little: then something else may have been meant.
	few = 3
)

// The weights of matches, from an exact name down to a word somewhere in the body. The first
// three exceed whatever many words of a long text can add up to.
const (
	weightIs  = 400
	weightAka = 120
	// Of entries with one name the pattern or the company stands first: who asks for MongoDB wants
	// the database before the study of it.
	weightPrime = 100
	weightLike  = 60
	// A name with a typo in it stands among the words of names: what was typed may be right.
	weightNear = 8

	weightName    = 10
	weightAlias   = 6
	weightSummary = 3
	weightDetails = 1.2
	weightBody    = 1

	// A word with a typo in it, and the beginning of a word, count less than the word itself.
	shareTypo   = 0.4
	sharePrefix = 0.3
)

// term is a stem that a word of a query stands for, with its share of the weight.
type term struct {
	stem  string
	share float64
}

// plan is what a query looks for.
// It is made for one query text, and used for hits, counts, marks and the correction alike.
type plan struct {
	exact string   // squeezed
	like  string   // squeezed after stemming
	near  []string // names that are one typo away, squeezed
	asked []string // the words, stop words left out
	terms [][]term // what each of them stands for
	found int      // how many entries have the words as they are
	v     *vocabulary
}

// planOf reads what somebody typed. Words that no entry has may stand for what is one typo
// away or begins so; where the words lead nowhere together, all of them may.
// Stop words are looked for as part of an exact name and not as words. A text of nothing but
// punctuation has an empty plan, which finds nothing. Guessing costs most and is bounded apart.
func (g *generation) planOf(ctx context.Context, text string) (*plan, error) {
	words := wordsOf(text)
	p := &plan{exact: strings.Join(words, ""), like: squeezeStems(text), v: g.words}
	for _, w := range words {
		if len(p.asked) < maxWords && !isStop(w) && !slices.Contains(p.asked, w) {
			p.asked = append(p.asked, w)
		}
	}
	if p.exact == "" {
		return p, nil
	}
	unknown := 0
	for _, w := range p.asked {
		s := stem(w)
		p.terms = append(p.terms, []term{{s, 1}})
		if !p.v.knows(s) {
			unknown++
		}
	}
	var err error
	if p.found, err = g.count(ctx, p.query()); err != nil {
		return nil, err
	}
	guessed := 0
	for i, w := range p.asked {
		known := p.v.knows(p.terms[i][0].stem)
		if guessed < maxGuessed && (!known || p.found == 0 && unknown == 0) {
			p.terms[i] = p.v.alternatives(w, p.terms[i])
			guessed++
		}
	}
	p.near = g.nearNames(strings.Join(words, " "))
	return p, nil
}

const (
	// maxNear bounds the names that a misspelt one may stand for.
	// It keeps the query small; names that are so alike are rarely more.
	maxNear = 4
	// minTwice is the length from which a name may have two typos: it is two words then, with one
	// in each.
	minTwice = 12
)

// nearNames gives the names and aliases that a text with a typo may stand for, squeezed: those
// that are one typo away, and only where there are none, of a long one those that are two away.
// It compares with every name, letter by letter, and gives up early on each. Only names and aliases
// from their first word on count.
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
			typos, out = d, nil // those found before are farther
		}
		if name := strings.ReplaceAll(s.key, " ", ""); len(out) < maxNear && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// alternatives adds what a word may stand for.
// Stems that are there already are not added again, so the word itself keeps its full share.
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

// query is the plan for bleve: the exact name or most of the words, each in any field.
// A disjunction adds up what fits, so an entry with the exact name has the words' scores too.
func (p *plan) query() query.Query {
	if p.exact == "" {
		return bleve.NewMatchNoneQuery()
	}
	parts := []query.Query{
		termQuery(fieldIs, p.exact, weightIs), termQuery(fieldPrime, p.exact, weightPrime),
		termQuery(fieldAka, p.exact, weightAka), termQuery(fieldLike, p.like, weightLike),
	}
	for _, name := range p.near {
		parts = append(parts, termQuery(fieldIs, name, weightNear), termQuery(fieldAka, name, weightNear))
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
		// Of three words one may be missing.
		most.SetMin(float64(len(words) - len(words)/3))
		parts = append(parts, most)
	}
	return bleve.NewDisjunctionQuery(parts...)
}

// termQuery looks for one term as it is, without the analyzer.
func termQuery(field, value string, weight float64) query.Query {
	q := bleve.NewTermQuery(value)
	q.SetField(field)
	q.SetBoost(weight)
	return q
}

// count counts what a query finds.
func (g *generation) count(ctx context.Context, q query.Query) (int, error) {
	r := bleve.NewSearchRequestOptions(q, 0, 0, false)
	r.Score = "none"
	found, err := g.run(ctx, r)
	if err != nil {
		return 0, err
	}
	return int(found.Total), nil //nolint:gosec // at most the number of entries
}

// correction puts the likeliest words in the place of those that led to little; empty when
// there is nothing better.
// What it gives finds more than what was typed, else it would be no help. When some word is unknown
// only those are replaced; when all are known but not together, each may be.
func (g *generation) correction(ctx context.Context, p *plan) (string, error) {
	if p.found >= few || len(p.asked) == 0 {
		return "", nil
	}
	unknown := slices.ContainsFunc(p.asked, func(w string) bool { return !p.v.knows(stem(w)) })
	words := slices.Clone(p.asked)
	for i, w := range words {
		if i >= maxGuessed || unknown && p.v.knows(stem(w)) {
			continue
		}
		best, err := g.likeliest(ctx, w)
		if err != nil {
			return "", err
		}
		words[i] = best
	}
	if slices.Equal(words, p.asked) {
		return "", nil
	}
	other := &plan{exact: strings.Join(words, ""), like: squeezeStems(strings.Join(words, " ")), asked: words}
	for _, w := range words {
		other.terms = append(other.terms, []term{{stem(w), 1}})
	}
	n, err := g.count(ctx, other.query())
	if err != nil || n <= p.found {
		return "", err
	}
	return strings.Join(words, " "), nil
}

// likeliest is the word that was probably meant: one typo away, or two for a long word, and of
// several the one that finds most. A word that others begin with is no typo.
// Only the guesses that are as likely as the first are tried. It costs a count for each.
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
		n, err := g.count(ctx, (&plan{exact: other.word, terms: [][]term{{{stem(other.word), 1}}}}).query())
		if err != nil {
			return "", err
		}
		if n > most {
			best, most = other.word, n
		}
	}
	return best, nil
}

// checkText refuses what is too long to be a query.
// The length in bytes is looked at first, since most texts are short and counting characters takes
// time.
func checkText(what, text string) error {
	if len(text) > maxQuery && utf8.RuneCountInString(text) > maxQuery {
		return content.Fault(content.BadUserInput, what+" is at most 200 characters long.")
	}
	return nil
}
