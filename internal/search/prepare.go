package search

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"patternhub/internal/content"
)

// The fields of an index. This package prepares their values, and an engine at most splits them at
// spaces, so that queries, documents and highlights have the same words in every engine.
const (
	fieldLiteral       = "literal"       // the name with its signs: "C++" is not "C#"
	fieldLiteralAlias  = "literalalias"  // the same for aliases
	fieldSqueezed      = "squeezed"      // the name squeezed, to match without spaces and signs
	fieldSqueezedPrime = "squeezedprime" // the same for patterns and companies only
	fieldSqueezedAlias = "squeezedalias" // aliases and slugs squeezed
	fieldSqueezedStems = "squeezedstems" // names and aliases squeezed after stemming, to match plurals
	fieldName          = "name"          // stems of the name
	fieldAlias         = "alias"         // stems of aliases and slug
	fieldSummary       = "summary"
	fieldDetails       = "details"
	fieldBody          = "body"

	fieldType       = "type"
	fieldTier       = "tier"
	fieldCategory   = "category"
	fieldDifficulty = "difficulty"

	fieldWords = "words" // each word of the entry once, to correct typos
	fieldNamed = "named" // the same for names and aliases
	fieldSlug  = "slug"  // the slug and the former ones
	fieldWhole = "whole" // the words of the name and of each alias as one value
	fieldSigns = "signs" // the beginnings of names and aliases that have signs
	fieldOrder = "order" // sorts suggestions
	fieldCard  = "card"  // the card, stored and not searched
)

// beginField is the field with the beginnings of the spellings of a rank.
func beginField(rank int) string { return fmt.Sprint("begin", rank) }

// The kinds of fields.
var (
	// wordFields hold words that score.
	wordFields = []string{fieldSqueezed, fieldSqueezedPrime, fieldSqueezedAlias, fieldSqueezedStems, fieldName, fieldAlias, fieldSummary, fieldDetails, fieldBody}
	// stemFields are those of them with the stems of texts.
	stemFields = []string{fieldName, fieldAlias, fieldSummary, fieldDetails, fieldBody}
	// valueFields hold whole values that score.
	valueFields = []string{fieldLiteral, fieldLiteralAlias}
	// facetFields hold one value each, which is filtered by, counted or sorted by.
	facetFields = []string{fieldType, fieldTier, fieldCategory, fieldDifficulty, fieldOrder}
	// listFields hold values that are only looked up.
	listFields = []string{fieldWords, fieldNamed, fieldSlug, fieldWhole, fieldSigns, beginField(0), beginField(1), beginField(2), beginField(3)}
)

// document is an entry prepared for an index.
type document struct {
	card  *card
	one   map[string]string   // the values of fields with one value, or with words joined by spaces
	lists map[string][]string // the values of the others
}

// maxBegin bounds the beginnings of a spelling that an index holds, in characters. Longer prefixes are
// looked up by their first characters, and compared after that.
const maxBegin = 20

// prepare returns an entry as an index takes it.
func prepare(e content.Entry) *document {
	h, t := e.Head(), textsOf(e)
	d := &document{card: newCard(h, t.aliases), lists: map[string][]string{}}
	other := t.aliases
	for _, s := range append([]string{h.Slug}, h.FormerSlugs...) {
		d.add(fieldSlug, s)
		other = append(slices.Clip(other), s[strings.LastIndex(s, "/")+1:]) // a page's slug is its path, and people know its last part
	}
	stemmed, aliases := []string{squeezeStems(t.name)}, make([]string, 0, len(other))
	for _, s := range other {
		aliases, stemmed = append(aliases, squeeze(s)), append(stemmed, squeezeStems(s))
	}
	d.lists[fieldLiteralAlias] = literals(t.aliases)
	named, words := vocabulary{}, vocabulary{}
	d.one = map[string]string{
		fieldType: string(h.Type), fieldTier: t.tier, fieldCategory: t.category, fieldDifficulty: t.difficulty,
		fieldLiteral: literal(t.name), fieldSqueezed: squeeze(t.name), fieldSqueezedAlias: strings.Join(aliases, " "), fieldSqueezedStems: strings.Join(stemmed, " "),
		fieldName: named.stems(t.name), fieldAlias: named.stems(other...), fieldSummary: words.stems(t.summary),
		fieldDetails: words.stems(t.details...), fieldBody: words.stems(t.body),
		fieldOrder: orderOf(d.card),
	}
	if prime(h.Type) {
		d.one[fieldSqueezedPrime] = d.one[fieldSqueezed]
	}
	maps.Copy(words, named)
	d.lists[fieldNamed], d.lists[fieldWords] = named.list(), words.list()
	d.begin()
	return d
}

// add adds a value to a list once.
func (d *document) add(field, value string) {
	if value != "" && !slices.Contains(d.lists[field], value) {
		d.lists[field] = append(d.lists[field], value)
	}
}

// begin adds the spellings of the entry and their beginnings.
func (d *document) begin() {
	for _, s := range d.card.spellings() {
		if s.literal != "" {
			d.add(fieldWhole, s.key)
			if s.literal != s.key {
				d.beginnings(fieldSigns, s.literal)
			}
		}
		d.beginnings(beginField(s.rank), s.key)
	}
}

// beginnings adds the first characters of a text, one more each time.
func (d *document) beginnings(field, text string) {
	n := 0
	for at := range text {
		if at > 0 {
			d.add(field, text[:at])
		}
		if n++; n > maxBegin {
			return
		}
	}
	d.add(field, text)
}

// beginning returns the first characters of a text, at most limit.
func beginning(text string, limit int) string {
	for at := range text {
		if limit == 0 {
			return text[:at]
		}
		limit--
	}
	return text
}

// orderOf sorts suggestions as compareSpellings does as far as it follows from the entry alone: by the rank
// of the type, then short names before long ones.
func orderOf(c *card) string {
	return fmt.Sprintf("%02d%03d", rankOf(c.Type), min(utf8.RuneCountInString(c.Name), 999))
}
