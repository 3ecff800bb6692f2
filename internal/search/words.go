package search

import (
	"strings"
	"unicode"

	"github.com/blevesearch/bleve/v2/analysis"
	"github.com/blevesearch/bleve/v2/analysis/token/porter"

	"patternhub/internal/content"
)

// maxWord bounds a word, in bytes; longer ones are noise and are left out.
const maxWord = 60

// stopWords are so common that they say nothing about the topic.
// The string begins and ends with a space, as isStop needs.
const stopWords = " a an and are as at be but by can do for from has have how if in into is it its no not of on or " +
	"so such than that the their then there these they this to was we what when where which who will with you your "

// isStop reports whether a folded word is a stop word.
func isStop(word string) bool { return strings.Contains(stopWords, " "+word+" ") }

// eachWord calls f for each word of a string: folded, with its position in bytes. A word is a run of
// letters, digits and marks, without a possessive s.
// start and end are positions in the original text, for the marks.
func eachWord(text string, f func(word string, start, end int)) {
	start := -1
	flush := func(end int) {
		if start >= 0 && end-start <= maxWord {
			if w := content.Fold(text[start:end]); w != "" {
				f(w, start, end)
			}
		}
		start = -1
	}
	skip := 0
	for i, r := range text {
		switch {
		case i < skip:
		case unicode.IsLetter(r), unicode.IsDigit(r), start >= 0 && unicode.IsMark(r):
			if start < 0 {
				start = i
			}
		default:
			possessive := start >= 0 && (r == '\'' || r == '’')
			flush(i)
			if n := len(string(r)); possessive && endsWithS(text[i+n:]) {
				skip = i + n + 1
			}
		}
	}
	flush(len(text))
}

// endsWithS reports whether a word ends after an s at the beginning of rest.
func endsWithS(rest string) bool {
	if rest == "" || rest[0] != 's' && rest[0] != 'S' {
		return false
	}
	for _, r := range rest[1:] {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}
	return true
}

// wordsOf returns the words of a string.
func wordsOf(text string) []string {
	var out []string
	eachWord(text, func(w string, _, _ int) { out = append(out, w) })
	return out
}

// stem removes the endings of a folded word, so that plurals and verb forms match.
// It is Porter's algorithm of 1980. Two words that differ for people may share a stem.
func stem(word string) string {
	out := porter.NewPorterStemmer().Filter(analysis.TokenStream{{Term: []byte(word)}})
	return string(out[0].Term)
}

// squeeze returns a name without spaces and punctuation: "Pub/Sub" and "pubsub" are the same.
func squeeze(text string) string { return strings.Join(wordsOf(text), "") }

// literal returns a name with its signs, but without case, accents and repeated spaces. It is the
// only form that distinguishes "C++" from "C#", and the only one of a name without words.
func literal(name string) string { return content.Spaced(content.Fold(name)) }

// literals returns the literal forms of several names.
func literals(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = literal(n)
	}
	return out
}

// distance counts the typos between two words: letters added, lost, replaced or swapped. It stops
// above limit and then returns limit+1.
// It is the optimal string alignment distance, in three rows of memory: swapped letters need the
// two rows before. A row whose best value is above limit ends it early.
func distance(a, b []rune, limit int) int {
	// Each letter more or less is a typo of its own, so the lengths alone may decide.
	if d := len(a) - len(b); d > limit || -d > limit {
		return limit + 1
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		best := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
			best = min(best, row[j])
		}
		if best > limit {
			return limit + 1
		}
		before, last, row = last, row, before
	}
	return min(last[len(b)], limit+1)
}
