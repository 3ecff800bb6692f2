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

	"patternhub/internal/content"
)

// The fields of the index. Their texts are stemmed words, which this package makes and bleve only
// splits, so that queries, documents and highlights have the same words.
const (
	fieldLiteral       = "literal"       // the name with its signs: "C++" is not "C#"
	fieldLiteralAlias  = "literalalias"  // the same for aliases
	fieldSqueezed      = "squeezed"      // the name squeezed, to match without spaces and signs
	fieldSqueezedPrime = "squeezedprime" // the same for patterns and companies only
	fieldSqueezedAlias = "squeezedalias" // aliases and slugs squeezed
	fieldSqueezedStems = "squeezedstems" // names and aliases squeezed after stemming, to match plurals
	fieldName          = "name"          // words of the name
	fieldAlias         = "alias"         // words of aliases and slug
	fieldSummary       = "summary"
	fieldDetails       = "details"
	fieldBody          = "body"

	fieldType       = "type"
	fieldTier       = "tier"
	fieldCategory   = "category"
	fieldDifficulty = "difficulty"
)

// wordsAnalyzer splits prepared texts at spaces.
const wordsAnalyzer = "words"

// newBleve returns an empty index in memory. It stores no texts and no positions: hits are ids, and
// highlights use the entries themselves.
// Positions would serve phrase queries, which the hub does not have. Fields that are only filtered
// by have no frequencies. The index needs no disk, because the store refills it within seconds.
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
	for _, name := range []string{fieldSqueezed, fieldSqueezedPrime, fieldSqueezedAlias, fieldSqueezedStems, fieldName, fieldAlias, fieldSummary, fieldDetails, fieldBody} {
		field(name, wordsAnalyzer, nil)
	}
	for _, name := range []string{fieldLiteral, fieldLiteralAlias} {
		field(name, keyword.Name, nil)
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

// fields prepares an entry for the index and adds its words to the vocabulary.
// It modifies slugs, so the caller must pass its own copy.
func (v *vocabulary) fields(id content.ID, slugs []string, t *texts) map[string]any {
	// A page's slug is its path, and people know its last part.
	for i, s := range slugs {
		slugs[i] = s[strings.LastIndex(s, "/")+1:]
	}
	other := slices.Concat(slugs, t.aliases)
	stemmed := []string{squeezeStems(t.name)}
	aliases := make([]string, 0, len(other))
	for _, s := range other {
		aliases = append(aliases, squeeze(s))
		stemmed = append(stemmed, squeezeStems(s))
	}
	out := map[string]any{
		fieldLiteral: literal(t.name), fieldLiteralAlias: literals(t.aliases), fieldSqueezed: squeeze(t.name), fieldSqueezedAlias: strings.Join(aliases, " "), fieldSqueezedStems: strings.Join(stemmed, " "),
		fieldName: v.stems(true, t.name), fieldAlias: v.stems(true, other...), fieldSummary: v.stems(false, t.summary),
		fieldDetails: v.stems(false, t.details...), fieldBody: v.stems(false, t.body), fieldType: string(id.Type),
	}
	if prime(id.Type) {
		out[fieldSqueezedPrime] = out[fieldSqueezed]
	}
	for name, value := range map[string]string{fieldTier: t.tier, fieldCategory: t.category, fieldDifficulty: t.difficulty} {
		if value != "" {
			out[name] = value
		}
	}
	return out
}
