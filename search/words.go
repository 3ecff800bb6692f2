package search

import (
	"strings"
	"unicode"

	"github.com/blevesearch/bleve/v2/analysis"
	"github.com/blevesearch/bleve/v2/analysis/token/porter"

	"patternhub/content"
)

// maxWord bounds a word, in bytes; what is longer is no word but noise, and is left out.
const maxWord = 60

// stopWords are so common that they tell nothing about a text.
// It begins and ends with a blank, as isStop needs.
const stopWords = " a an and are as at be but by can do for from has have how if in into is it its no not of on or " +
	"so such than that the their then there these they this to was we what when where which who will with you your "

// isStop tells whether a folded word is a stop word.
func isStop(word string) bool { return strings.Contains(stopWords, " "+word+" ") }

// eachWord calls f for the words of a text in turn: folded, with their place in bytes. A word
// is a run of letters, digits and marks; a possessive s does not belong to it.
// The word is folded but start and end are places in the text as it is written, for the marks.
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

// endsWithS tells whether a word ends after an s at the beginning of rest.
func endsWithS(rest string) bool {
	if rest == "" || rest[0] != 's' && rest[0] != 'S' {
		return false
	}
	for _, r := range rest[1:] {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}
	return true
}

// wordsOf lists the words of a text.
func wordsOf(text string) []string {
	var out []string
	eachWord(text, func(w string, _, _ int) { out = append(out, w) })
	return out
}

// stem takes the endings off a folded word, so that plurals and verbs meet.
// It is Porter's algorithm of 1980. Two words that are different to people may share a stem.
func stem(word string) string {
	out := porter.NewPorterStemmer().Filter(analysis.TokenStream{{Term: []byte(word)}})
	return string(out[0].Term)
}

// squeeze is a name without spaces and punctuation: "Pub/Sub" and "pubsub" are the same.
func squeeze(text string) string { return strings.Join(wordsOf(text), "") }

// distance counts the typos between two words: letters added, lost, replaced or swapped. It
// gives up above limit and then tells limit+1.
// It is the optimal string alignment distance, in three rows of memory: the two before are needed
// for swapped letters. A row whose best is above limit ends it early.
func distance(a, b []rune, limit int) int {
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
