package search

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis/analyzer/custom"
	"github.com/blevesearch/bleve/v2/analysis/analyzer/keyword"
	"github.com/blevesearch/bleve/v2/analysis/tokenizer/whitespace"
	"github.com/blevesearch/bleve/v2/mapping"
	"github.com/blevesearch/bleve/v2/search/query"
	index "github.com/blevesearch/bleve_index_api"

	"patternhub/internal/content"
)

// wordsAnalyzer splits prepared texts at spaces.
const wordsAnalyzer = "words"

// mappingOf returns bleve's description of the fields. It stores no texts and no positions: hits are ids,
// highlights use the entries themselves, and the hub has no phrase queries. Fields that are only filtered
// by have no frequencies.
func mappingOf() (*mapping.IndexMappingImpl, error) {
	m := bleve.NewIndexMapping()
	err := m.AddCustomAnalyzer(wordsAnalyzer, map[string]any{"type": custom.Name, "tokenizer": whitespace.Name})
	if err != nil {
		return nil, fmt.Errorf("describe the search index: %w", err)
	}
	doc := bleve.NewDocumentStaticMapping()
	field := func(name, analyzer string) *mapping.FieldMapping {
		f := bleve.NewTextFieldMapping()
		f.Analyzer, f.Store, f.IncludeTermVectors, f.IncludeInAll, f.DocValues = analyzer, false, false, false, false
		doc.AddFieldMappingsAt(name, f)
		return f
	}
	for _, name := range wordFields {
		field(name, wordsAnalyzer)
	}
	for _, name := range valueFields {
		field(name, keyword.Name)
	}
	for _, name := range facetFields {
		f := field(name, keyword.Name)
		f.DocValues, f.SkipFreqNorm = true, true
	}
	for _, name := range listFields {
		field(name, keyword.Name).SkipFreqNorm = true
	}
	f := field(fieldCard, keyword.Name)
	f.Index, f.Store = false, true
	m.DefaultMapping = doc
	return m, nil
}

// bleveIndex is an index of bleve's, on disk or in memory, that a search reads.
type bleveIndex struct {
	bleve.Index
	// mark is the state; one goroutine changes it.
	mark atomic.Uint64
}

// fields returns a document as bleve takes it. An empty value is left out, so that no facet counts it.
func (d *document) fields() map[string]any {
	out := make(map[string]any, len(d.one)+len(d.lists)+1)
	for name, value := range d.one {
		if value != "" {
			out[name] = value
		}
	}
	for name, values := range d.lists {
		out[name] = values
	}
	out[fieldCard] = d.card.text()
	return out
}

// state returns the exclusive or of the fingerprints of all entries.
func (x *bleveIndex) state(context.Context) (uint64, error) { return x.mark.Load(), nil }

// find translates a request and its result. A cursor has the score as text that represents it exactly, since
// a hit is found again by its score.
func (x *bleveIndex) find(ctx context.Context, r *request) (*result, error) {
	q := translate(r.query)
	if r.filter != nil {
		narrowed := bleve.NewBooleanQuery()
		narrowed.AddMust(q)
		narrowed.AddFilter(translate(r.filter)) // it does not score
		q = narrowed
	}
	req := bleve.NewSearchRequestOptions(q, r.limit, 0, false)
	for _, f := range r.facets {
		req.AddFacet(f, bleve.NewFacetRequest(f, r.values))
	}
	if r.cards {
		req.Fields = []string{fieldCard}
	}
	if r.byScore {
		req.SortBy([]string{"-_score", "_id"})
	} else {
		req.Score = "none" // then bleve joins lists of entries without reading how often a word occurs
		req.SortBy([]string{fieldOrder, "_id"})
	}
	if r.after != nil {
		score, _ := r.after.Value.(float64)
		req.SetSearchAfter([]string{strconv.FormatFloat(score, 'g', -1, 64), r.after.Key})
	}
	found, err := x.SearchInContext(ctx, req)
	if err != nil {
		return nil, asked(ctx, err)
	}
	return resultOf(found, r)
}

// asked returns the error of a read. It is internal, except for the end of ctx.
func asked(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err() //nolint:wrapcheck // the caller's own
	}
	return fmt.Errorf("ask the search index: %w", err)
}

// resultOf translates a result.
func resultOf(found *bleve.SearchResult, r *request) (*result, error) {
	out := &result{total: int(found.Total), facets: map[string][]count{}} //nolint:gosec // at most the number of entries
	for _, m := range found.Hits {
		h := hit{id: entryID(m.ID), score: m.Score}
		if text, ok := m.Fields[fieldCard].(string); ok {
			var err error
			if h.card, err = cardOf(text); err != nil {
				return nil, err
			}
		}
		out.hits = append(out.hits, h)
	}
	for _, f := range r.facets {
		if found.Facets[f] == nil {
			continue
		}
		for _, t := range found.Facets[f].Terms.Terms() {
			out.facets[f] = append(out.facets[f], count{t.Term, t.Count})
		}
	}
	return out, nil
}

// translate returns a clause as a query of bleve's. Values are not analyzed, as they are prepared.
func translate(c clause) query.Query {
	switch c := c.(type) {
	case term:
		q := bleve.NewTermQuery(c.value)
		q.SetField(c.field)
		q.SetBoost(c.weight)
		return q
	case fuzzy:
		q := bleve.NewFuzzyQuery(c.value)
		q.SetField(c.field)
		q.SetFuzziness(c.typos)
		return q
	case ids:
		names := make([]string, len(c))
		for i, id := range c {
			names[i] = docID(id)
		}
		return bleve.NewDocIDQuery(names)
	case some:
		q := bleve.NewDisjunctionQuery(translateAll(c.of)...)
		q.SetMin(float64(c.min))
		return q
	case every:
		if len(c) == 0 {
			return bleve.NewMatchAllQuery()
		}
		return bleve.NewConjunctionQuery(translateAll(c)...)
	case none:
		q := bleve.NewBooleanQuery()
		q.AddMust(bleve.NewMatchAllQuery()) // bleve needs a query to subtract from
		q.AddMustNot(translate(c.of))
		return q
	}
	return bleve.NewMatchNoneQuery()
}

// translateAll returns clauses as queries of bleve's.
func translateAll(list []clause) []query.Query {
	out := make([]query.Query, len(list))
	for i, c := range list {
		out[i] = translate(c)
	}
	return out
}

// dictionaries calls f with the reader of bleve's dictionaries, which list the values of each field. They
// may have values of entries that are deleted, until bleve merges what holds them.
func (x *bleveIndex) dictionaries(ctx context.Context, f func(index.IndexReader) error) (err error) {
	advanced, err := x.Advanced()
	if err != nil {
		return asked(ctx, err)
	}
	reader, err := advanced.Reader()
	if err != nil {
		return asked(ctx, err)
	}
	defer func() { err = errors.Join(err, asked(ctx, reader.Close())) }()
	return asked(ctx, f(reader))
}

// contains returns a function that reports whether a field has a value, by its dictionary alone.
func contains(reader index.IndexReader, field string) (func(string) (bool, error), error) {
	r, ok := reader.(index.IndexReaderContains)
	if !ok {
		return nil, errors.New("the index cannot look values up")
	}
	dict, err := r.FieldDictContains(field)
	if err != nil {
		return nil, err //nolint:wrapcheck // dictionaries does
	}
	return func(value string) (bool, error) { return dict.Contains([]byte(value)) }, nil
}

// known looks stems up in the fields of texts. It reads no entries, so it costs some microseconds.
func (x *bleveIndex) known(ctx context.Context, stems []string) (map[string]bool, error) {
	out := make(map[string]bool, len(stems))
	err := x.dictionaries(ctx, func(reader index.IndexReader) error {
		for _, field := range stemFields {
			has, err := contains(reader, field)
			if err != nil {
				return err
			}
			for _, s := range stems {
				if out[s] {
					continue
				}
				if out[s], err = has(s); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return out, err
}

// near asks the dictionary of words, which finds similar ones without reading all: it walks its own automaton
// and that of the word at the same time.
func (x *bleveIndex) near(ctx context.Context, word string, typos int) ([]guess, error) {
	var out []guess
	err := x.dictionaries(ctx, func(reader index.IndexReader) error {
		r, ok := reader.(index.IndexReaderFuzzy)
		if !ok {
			return errors.New("the index cannot find similar words")
		}
		dict, err := r.FieldDictFuzzy(fieldWords, word, typos, "")
		if err != nil {
			return err //nolint:wrapcheck // dictionaries does
		}
		named, err := contains(reader, fieldNamed)
		if err != nil {
			return errors.Join(err, dict.Close())
		}
		return errors.Join(walk(dict, func(w string) (more bool, err error) {
			g := guess{word: w}
			g.named, err = named(w)
			out = append(out, g)
			return true, err
		}), dict.Close())
	})
	return out, err
}

// maxLonger bounds the words that are read for a prefix. A prefix of three letters has about a thousand
// in a vocabulary of half a million words.
const maxLonger = 20_000

// longer reads the words with the prefix, which are in a row, and keeps the shortest.
func (x *bleveIndex) longer(ctx context.Context, prefix string) ([]string, error) {
	var out []string
	err := x.dictionaries(ctx, func(reader index.IndexReader) error {
		dict, err := reader.FieldDictPrefix(fieldWords, []byte(prefix))
		if err != nil {
			return err //nolint:wrapcheck // dictionaries does
		}
		n := 0
		return errors.Join(walk(dict, func(w string) (bool, error) {
			if w == prefix {
				return true, nil
			}
			at, _ := slices.BinarySearchFunc(out, w, shorter)
			if at < maxAlternatives {
				out = slices.Insert(out, at, strings.Clone(w))
				out = out[:min(len(out), maxAlternatives)]
			}
			n++
			return n < maxLonger, nil
		}), dict.Close())
	})
	return out, err
}

// walk calls f with the values of a dictionary until it returns false.
func walk(dict index.FieldDict, f func(string) (bool, error)) error {
	for {
		e, err := dict.Next()
		if err != nil || e == nil {
			return err //nolint:wrapcheck // dictionaries does
		}
		if more, err := f(e.Term); err != nil || !more {
			return err
		}
	}
}

// storedCard returns the card of an entry, nil if the index does not have it. Only cards are stored, so it
// reads little.
func (x *bleveIndex) storedCard(id content.ID) (*card, error) {
	doc, err := x.Document(docID(id))
	if err != nil || doc == nil {
		return nil, err //nolint:wrapcheck // apply does
	}
	var text string
	doc.VisitFields(func(f index.Field) {
		if f.Name() == fieldCard {
			text = string(f.Value())
		}
	})
	return cardOf(text)
}

// format identifies the fields of an index, how bleve writes them and how this package prepares them. An
// index of another format is built anew.
var format = sync.OnceValues(func() (string, error) {
	m, err := mappingOf()
	if err != nil {
		return "", err
	}
	return hashOf(preparation, m)
})

// preparation is the number of the way in which entries are prepared. It grows whenever prepare makes
// other values of the same entry, so that indexes are built anew.
const preparation = 1
