package search

import (
	"fmt"
	"slices"
	"strings"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis/analyzer/custom"
	"github.com/blevesearch/bleve/v2/analysis/analyzer/keyword"
	"github.com/blevesearch/bleve/v2/analysis/tokenizer/whitespace"
	"github.com/blevesearch/bleve/v2/index/scorch"
	"github.com/blevesearch/bleve/v2/mapping"

	"patternhub/content"
)

// The fields of the index. Texts are stemmed words, made by this package and only split again
// by bleve, so that queries, documents and highlights agree on what a word is.
const (
	fieldIs      = "is"    // the name squeezed, for exact matches
	fieldPrime   = "prime" // the same of patterns and companies alone
	fieldAka     = "aka"   // aliases and slugs squeezed
	fieldLike    = "like"  // names and aliases squeezed after stemming, for their plurals
	fieldName    = "name"  // words of the name
	fieldAlias   = "alias" // words of aliases and slug
	fieldSummary = "summary"
	fieldDetails = "details"
	fieldBody    = "body"

	fieldType       = "type"
	fieldTier       = "tier"
	fieldCategory   = "category"
	fieldDifficulty = "difficulty"
)

// wordsAnalyzer splits prepared texts.
const wordsAnalyzer = "words"

// newBleve makes an empty index in memory. It stores no texts and no positions: hits are ids,
// and highlights come from the entries themselves.
// Positions would be needed for phrases, which nobody can ask for. Frequencies are left out where a
// field is only filtered by. It lives in memory: it is filled from the store within seconds and
// needs no disk.
func newBleve() (bleve.Index, error) {
	m := bleve.NewIndexMapping()
	err := m.AddCustomAnalyzer(wordsAnalyzer, map[string]any{"type": custom.Name, "tokenizer": whitespace.Name})
	if err != nil {
		return nil, fmt.Errorf("build index mapping: %w", err)
	}
	doc := bleve.NewDocumentStaticMapping()
	field := func(name, analyzer string, change func(*mapping.FieldMapping)) {
		f := bleve.NewTextFieldMapping()
		f.Analyzer, f.Store, f.IncludeTermVectors, f.IncludeInAll, f.DocValues = analyzer, false, false, false, false
		if change != nil {
			change(f)
		}
		doc.AddFieldMappingsAt(name, f)
	}
	for _, name := range []string{fieldIs, fieldPrime, fieldAka, fieldLike, fieldName, fieldAlias, fieldSummary, fieldDetails, fieldBody} {
		field(name, wordsAnalyzer, nil)
	}
	for _, name := range []string{fieldType, fieldTier, fieldCategory, fieldDifficulty} {
		field(name, keyword.Name, func(f *mapping.FieldMapping) { f.DocValues, f.SkipFreqNorm = true, true })
	}
	m.DefaultMapping = doc
	index, err := bleve.NewUsing("", m, scorch.Name, scorch.Name, nil)
	if err != nil {
		return nil, fmt.Errorf("make index: %w", err)
	}
	return index, nil
}

// fields prepares an entry for the index.
// slugs are changed in place, so the caller hands over a list of its own. Preparing teaches the
// vocabulary the words.
func (v *vocabulary) fields(id content.ID, slugs []string, t *texts) map[string]any {
	// A page's slug is its path, whose last part is what people call it.
	for i, s := range slugs {
		slugs[i] = s[strings.LastIndex(s, "/")+1:]
	}
	other := slices.Concat(slugs, t.aliases)
	like := []string{squeezeStems(t.name)}
	aka := make([]string, 0, len(other))
	for _, s := range other {
		aka = append(aka, squeeze(s))
		like = append(like, squeezeStems(s))
	}
	out := map[string]any{
		fieldIs: squeeze(t.name), fieldAka: strings.Join(aka, " "), fieldLike: strings.Join(like, " "),
		fieldName: v.stems(true, t.name), fieldAlias: v.stems(true, other...), fieldSummary: v.stems(false, t.summary),
		fieldDetails: v.stems(false, t.details...), fieldBody: v.stems(false, t.body), fieldType: string(id.Type),
	}
	if prime(id.Type) {
		out[fieldPrime] = out[fieldIs]
	}
	for name, value := range map[string]string{fieldTier: t.tier, fieldCategory: t.category, fieldDifficulty: t.difficulty} {
		if value != "" {
			out[name] = value
		}
	}
	return out
}
