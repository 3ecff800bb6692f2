package search

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// vocabulary is what an index knows of words: their stems, for those that are spelt right, and
// the words themselves by length, to look for what a typo may stand for. It only grows; words
// of entries that have gone find nothing and leave with the next compaction. It is safe for
// concurrent use.
type vocabulary struct {
	mu     sync.RWMutex
	stemOf map[string]string
	known  map[string]bool // stems
	named  map[string]bool // words of names and aliases
	length map[int][]string
}

func newVocabulary() *vocabulary {
	return &vocabulary{stemOf: map[string]string{}, known: map[string]bool{}, named: map[string]bool{}, length: map[int][]string{}}
}

// learn takes in a word, perhaps of a name, and gives its stem.
// Most words are known already, so the read lock is tried first.
func (v *vocabulary) learn(word string, name bool) string {
	v.mu.RLock()
	s, ok := v.stemOf[word]
	named := v.named[word]
	v.mu.RUnlock()
	if ok && (named || !name) {
		return s
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	word = strings.Clone(word) // the text that it stands in is large
	if !ok {
		s = stem(word)
		v.stemOf[word] = s
		v.known[s] = true
		n := utf8.RuneCountInString(word)
		v.length[n] = append(v.length[n], word)
	}
	if name {
		v.named[word] = true
	}
	return s
}

// knows tells whether some word has that stem.
func (v *vocabulary) knows(stem string) bool {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.known[stem]
}

// stems gives the stems of texts, stop words left out, with a space between. names says that
// the texts are names.
func (v *vocabulary) stems(names bool, texts ...string) string {
	var b strings.Builder
	for _, text := range texts {
		eachWord(text, func(w string, _, _ int) {
			if !isStop(w) {
				b.WriteString(v.learn(w, names))
				b.WriteByte(' ')
			}
		})
	}
	return b.String()
}

// squeezeStems is a name's stems without spaces.
// Stop words stay in it: they are a part of a name.
func squeezeStems(name string) string {
	var b strings.Builder
	eachWord(name, func(w string, _, _ int) { b.WriteString(stem(w)) })
	return b.String()
}

const (
	// minForgiven is the length from which a word may have a typo: with one letter of three
	// changed, every word is like any other.
	minForgiven = 4
	// minPrefix is the length from which a beginning stands for a word.
	minPrefix = 3
	// maxAlternatives bounds what one word may stand for, so that a query stays small.
	maxAlternatives = 8
)

// guess is a word that another may stand for.
type guess struct {
	word  string
	typos int
	named bool
}

// near lists words with at most that many typos in them, the likeliest first: fewest typos,
// words of names, the same first letter.
// Only words of a length that can be so near are compared. The word itself is not among them.
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

// longer lists words that begin with that, the shortest first.
// It goes up in length and stops when it has enough, so short beginnings cost little.
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

// first is 1 for what stands first.
func first(b bool) int {
	if b {
		return 1
	}
	return 0
}
