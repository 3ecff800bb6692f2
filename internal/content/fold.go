package content

import (
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"
)

// Fold returns the form in which texts of any script are compared: Unicode's case folding of the
// compatibility form, without accents and with white space trimmed. "Việt Nam" becomes "viet nam",
// "Straße" becomes "strasse" and "ＡＢＣ" becomes "abc". A folded text folds to itself.
func Fold(s string) string {
	if isASCII(s) {
		return strings.ToLower(strings.TrimSpace(s))
	}
	s = norm.NFKD.String(s)
	// Case folding turns Cherokee into capitals, and its results may decompose again.
	s = strings.ToLower(cases.Fold().String(withoutAccents(s)))
	s = baseLetters.Replace(withoutAccents(norm.NFKD.String(s)))
	// Removing a mark may leave a space at an end.
	return strings.TrimSpace(norm.NFC.String(s))
}

// baseLetters replaces the Latin letters that Unicode does not decompose. People search for them by
// their base letter.
var baseLetters = strings.NewReplacer(
	"æ", "ae", "œ", "oe", "þ", "th", "đ", "d", "ð", "d", "ħ", "h", "ı", "i", "ł", "l", "ŋ", "n", "ø", "o", "ŧ", "t",
	"ƀ", "b", "ɓ", "b", "ƈ", "c", "ɖ", "d", "ɗ", "d", "ƒ", "f", "ɠ", "g", "ǥ", "g", "ɨ", "i", "ƙ", "k", "ĸ", "k",
	"ƚ", "l", "ɵ", "o", "ƥ", "p", "ɍ", "r", "ƭ", "t", "ʉ", "u", "ʋ", "v", "ƴ", "y", "ɏ", "y", "ƶ", "z",
)

// accents are the marks that can be omitted without making another word: those of Latin, Greek and
// Cyrillic letters, and the points of Hebrew and Arabic. Other scripts write vowels with marks, so
// those stay.
var accents = &unicode.RangeTable{R16: []unicode.Range16{
	{Lo: 0x0300, Hi: 0x036f, Stride: 1},
	{Lo: 0x0483, Hi: 0x0487, Stride: 1},
	{Lo: 0x0591, Hi: 0x05bd, Stride: 1},
	{Lo: 0x05bf, Hi: 0x05bf, Stride: 1},
	{Lo: 0x05c1, Hi: 0x05c2, Stride: 1},
	{Lo: 0x05c4, Hi: 0x05c5, Stride: 1},
	{Lo: 0x05c7, Hi: 0x05c7, Stride: 1},
	{Lo: 0x0610, Hi: 0x061a, Stride: 1},
	{Lo: 0x064b, Hi: 0x065f, Stride: 1},
	{Lo: 0x0670, Hi: 0x0670, Stride: 1},
	{Lo: 0x06d6, Hi: 0x06dc, Stride: 1},
	{Lo: 0x06df, Hi: 0x06e4, Stride: 1},
	{Lo: 0x06e7, Hi: 0x06e8, Stride: 1},
	{Lo: 0x06ea, Hi: 0x06ed, Stride: 1},
	{Lo: 0x1ab0, Hi: 0x1aff, Stride: 1},
	{Lo: 0x1dc0, Hi: 0x1dff, Stride: 1},
	{Lo: 0x20d0, Hi: 0x20ff, Stride: 1},
	{Lo: 0xfe20, Hi: 0xfe2f, Stride: 1},
}}

// withoutAccents removes the accents from a decomposed text.
func withoutAccents(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(accents, r) {
			return -1
		}
		return r
	}, s)
}

// isASCII reports whether s has no character beyond ASCII.
func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// SortKey returns the key by which texts are sorted. Keys compare byte by byte as the folded texts do
// in the root order of Unicode's collation (CLDR): punctuation comes first, then digits, then letters
// script by script, whatever their case and accents. Texts that fold to the same have the same key.
//
// To keep indexes small, an ASCII character takes one byte in a key; any other takes five.
func SortKey(s string) string {
	o := rootOrder()
	if !isASCII(s) {
		return string(o.appendWeights(nil, Fold(s)))
	}
	s = strings.TrimSpace(s)
	key := make([]byte, 0, len(s))
	for i := range len(s) {
		if p := o.positions[s[i]]; p != 0 { // the same for both cases
			key = append(key, p)
		}
	}
	return string(key)
}

// collation is the root order of characters, prepared for keys. An ASCII character is written as one
// byte, its position among them, from firstPosition up. Any other character is written as five bytes:
// the position of the ASCII character below it, the byte between, and its weight in three digits of
// seven bits. Since between is larger than any position, such a character sorts after every text that
// continues the lower character with ASCII, and before the next ASCII character.
type collation struct {
	positions [utf8.RuneSelf]byte // 0 for characters that do not count
	weights   []int               // of the position firstPosition+i, ascending
}

const (
	firstPosition = 0x20 // printable, since cursors contain keys; the byte below it sorts before all of ASCII
	between       = 0x7f
)

// AfterSortKeys is larger than any byte of a sort key: a prefix with it appended sorts after every
// key that has the prefix.
const AfterSortKeys = "\x80"

// rootOrder returns the collation, which is computed once.
var rootOrder = sync.OnceValue(func() *collation {
	o := &collation{}
	var weights [utf8.RuneSelf]int
	seen := map[int]bool{}
	for c := range weights {
		for _, w := range weightsOf(string(rune(c))) {
			weights[c] = w
			if !seen[w] {
				seen[w] = true
				o.weights = append(o.weights, w)
			}
		}
	}
	slices.Sort(o.weights)
	for c, w := range weights {
		if i, ok := slices.BinarySearch(o.weights, w); ok {
			o.positions[c] = byte(firstPosition + i)
		}
	}
	return o
})

// appendWeights appends the key of a string, made from the weights of its characters.
func (o *collation) appendWeights(key []byte, s string) []byte {
	for _, w := range weightsOf(s) {
		i, ok := slices.BinarySearch(o.weights, w)
		if ok {
			key = append(key, byte(firstPosition+i)) //nolint:gosec // fewer than 128
			continue
		}
		key = append(key, byte(firstPosition+i-1), between, byte(w>>14&0x7f), byte(w>>7&0x7f), byte(w&0x7f)) //nolint:gosec // as masked
	}
	return key
}

// collators are reused: one is slow to make and is not safe for concurrent use.
var collators = sync.Pool{New: func() any { return collate.New(language.Und, collate.Loose) }}

// weightsOf returns the primary weights of a string: numbers of at most 21 bits in the order of
// collation. Characters that do not count have none. The collator writes a weight in two bytes, or in
// three of which the first has its highest bit set.
func weightsOf(s string) []int {
	c, _ := collators.Get().(*collate.Collator)
	defer collators.Put(c)
	var buf collate.Buffer
	raw := c.KeyFromString(&buf, s)
	var out []int
	for len(raw) >= 2 {
		n := 2
		w := int(raw[0])<<8 | int(raw[1])
		if raw[0] >= 0x80 && len(raw) >= 3 {
			n = 3
			w = int(raw[0]&0x7f)<<16 | int(raw[1])<<8 | int(raw[2])
		}
		out, raw = append(out, w), raw[n:]
	}
	return out
}
