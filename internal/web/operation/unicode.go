package operation

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// nameLimit is the length at which a client's name or message is cut: enough to find it, too little
// to amplify a flood.
const nameLimit = 64

// Shorten cuts a client's text to nameLimit bytes at a character's border.
func Shorten(s string) string {
	if len(s) <= nameLimit {
		return s
	}
	cut := nameLimit
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "..."
}

// shortenNames shortens every long name in an error of the parser or a rule, which quotes names of
// the document.
func shortenNames(message string) string {
	if len(message) <= nameLimit {
		return message
	}
	var b strings.Builder
	run := 0
	// Names are between spaces in every message, so a run without a space is a name.
	for _, r := range message {
		if r == ' ' {
			run = 0
		} else {
			run += utf8.RuneLen(r)
		}
		switch {
		case run <= nameLimit:
			b.WriteRune(r)
		case run-utf8.RuneLen(r) <= nameLimit:
			b.WriteString("...")
		}
		// Five errors of this length stay far below 4 KB with their locations.
		if b.Len() > 4*nameLimit {
			return b.String() + "..."
		}
	}
	return b.String()
}

// loneSurrogate reports whether an escape in a JSON text or in a GraphQL string is half of a
// surrogate pair. encoding/json and gqlparser both replace it silently; graphql-js refuses it. The
// text need not be valid; anything but an escape is ignored.
func loneSurrogate(text []byte) bool {
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' {
			continue
		}
		if i+1 < len(text) && text[i+1] != 'u' {
			i++
			continue
		}
		// Other escapes, including braces, never make half a pair.
		unit, ok := hexUnit(text, i)
		if !ok || unit < 0xD800 || unit > 0xDFFF {
			i++
			continue
		}
		low, ok := hexUnit(text, i+6)
		if unit > 0xDBFF || !ok || low < 0xDC00 || low > 0xDFFF {
			return true
		}
		i += 11
	}
	return false
}

// hexUnit reads the escape \uXXXX at i.
func hexUnit(text []byte, i int) (uint64, bool) {
	if i+6 > len(text) || text[i] != '\\' || text[i+1] != 'u' {
		return 0, false
	}
	v, err := strconv.ParseUint(string(text[i+2:i+6]), 16, 32)
	return v, err == nil
}
