package search

import (
	"cmp"
	"slices"
	"strings"
)

// vocabulary holds the words of an entry and their stems.
type vocabulary map[string]string

// stems adds the words of texts, without stop words, and returns their stems, joined by spaces.
func (v vocabulary) stems(texts ...string) string {
	var b strings.Builder
	for _, text := range texts {
		eachWord(text, func(w string, _, _ int) {
			if isStop(w) {
				return
			}
			s, ok := v[w]
			if !ok {
				s = stem(w)
				v[w] = s
			}
			b.WriteString(s)
			b.WriteByte(' ')
		})
	}
	return b.String()
}

// list returns the words in order.
func (v vocabulary) list() []string {
	out := make([]string, 0, len(v))
	for w := range v {
		out = append(out, w)
	}
	slices.Sort(out)
	return out
}

// squeezeStems returns a name's stems without spaces. It includes stop words, since they are part
// of a name.
func squeezeStems(name string) string {
	var b strings.Builder
	eachWord(name, func(w string, _, _ int) { b.WriteString(stem(w)) })
	return b.String()
}

const (
	// minForgiven is the length from which a word may have a typo: with one letter of three
	// changed, every word resembles any other.
	minForgiven = 4
	// minPrefix is the length from which a prefix stands for a word.
	minPrefix = 3
	// maxAlternatives bounds the alternatives of one word, so that a query stays small.
	maxAlternatives = 8
)

// guess is a word that another may mean.
type guess struct {
	word  string
	typos int
	named bool // whether it is a word of a name or alias
}

// likelier sorts the guesses for a word, the likeliest first: fewest typos, words of names, the same first
// letter. It leaves out the word itself and what is farther away than typos, and returns at most
// maxAlternatives.
func likelier(word string, typos int, list []guess) []guess {
	letters := []rune(word)
	out := list[:0]
	for _, g := range list {
		if g.typos = distance(letters, []rune(g.word), typos); g.typos > 0 && g.typos <= typos {
			out = append(out, g)
		}
	}
	slices.SortFunc(out, func(a, b guess) int {
		return cmp.Or(a.typos-b.typos, first(b.named)-first(a.named), first(b.word[0] == word[0])-first(a.word[0] == word[0]), strings.Compare(a.word, b.word))
	})
	return out[:min(len(out), maxAlternatives)]
}

// shorter compares two words by length, and then by their letters.
func shorter(a, b string) int { return cmp.Or(len(a)-len(b), strings.Compare(a, b)) }

// first returns 1 for true, to sort it first in descending order.
func first(b bool) int {
	if b {
		return 1
	}
	return 0
}
