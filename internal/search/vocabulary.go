package search

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// vocabulary holds the words of an index: their stems, and the words by length, to find the likely
// meaning of a typo. It only grows; words of deleted entries find nothing and go with the
// generation. It is safe for concurrent use.
type vocabulary struct {
	mu      sync.RWMutex
	stemOf  map[string]string
	hasStem map[string]bool // stems
	named   map[string]bool // words of names and aliases
	length  map[int][]string
}

func newVocabulary() *vocabulary {
	return &vocabulary{stemOf: map[string]string{}, hasStem: map[string]bool{}, named: map[string]bool{}, length: map[int][]string{}}
}

// add adds a word, perhaps of a name, and returns its stem.
// Most words are already present, so it tries the read lock first.
func (v *vocabulary) add(word string, name bool) string {
	v.mu.RLock()
	s, ok := v.stemOf[word]
	named := v.named[word]
	v.mu.RUnlock()
	if ok && (named || !name) {
		return s
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	word = strings.Clone(word) // a copy, since the text that contains it is large
	if !ok {
		s = stem(word)
		v.stemOf[word] = s
		v.hasStem[s] = true
		n := utf8.RuneCountInString(word)
		v.length[n] = append(v.length[n], word)
	}
	if name {
		v.named[word] = true
	}
	return s
}

// contains reports whether some word has the stem.
func (v *vocabulary) contains(stem string) bool {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.hasStem[stem]
}

// stems returns the stems of texts, joined by spaces, without stop words. names says that the texts
// are names.
func (v *vocabulary) stems(names bool, texts ...string) string {
	var b strings.Builder
	for _, text := range texts {
		eachWord(text, func(w string, _, _ int) {
			if !isStop(w) {
				b.WriteString(v.add(w, names))
				b.WriteByte(' ')
			}
		})
	}
	return b.String()
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
	named bool
}

// near returns the words with at most typos typos, the likeliest first: fewest typos, words of
// names, the same first letter.
// It compares only words of a similar length. The word itself is not included.
func (v *vocabulary) near(word string, typos int) []guess {
	letters := []rune(word)
	if len(letters) < minForgiven {
		return nil
	}
	v.mu.RLock()
	defer v.mu.RUnlock()
	var out []guess
	for n := len(letters) - typos; n <= len(letters)+typos; n++ {
		for _, w := range v.length[n] {
			if d := distance(letters, []rune(w), typos); d <= typos && d > 0 {
				out = append(out, guess{w, d, v.named[w]})
			}
		}
	}
	slices.SortFunc(out, func(a, b guess) int {
		return cmp.Or(a.typos-b.typos, first(b.named)-first(a.named), first(b.word[0] == word[0])-first(a.word[0] == word[0]), strings.Compare(a.word, b.word))
	})
	return out[:min(len(out), maxAlternatives)]
}

// longer returns words with a prefix, the shortest first.
// It goes up in length and stops when it has enough, so short prefixes cost little.
func (v *vocabulary) longer(word string) []string {
	n := utf8.RuneCountInString(word)
	if n < minPrefix {
		return nil
	}
	v.mu.RLock()
	defer v.mu.RUnlock()
	var out []string
	for l := n + 1; l <= maxWord && len(out) < maxAlternatives; l++ {
		for _, w := range v.length[l] {
			if strings.HasPrefix(w, word) {
				out = append(out, w)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b string) int { return cmp.Or(len(a)-len(b), strings.Compare(a, b)) })
	return out[:min(len(out), maxAlternatives)]
}

// first returns 1 for true, to sort it first in descending order.
func first(b bool) int {
	if b {
		return 1
	}
	return 0
}
