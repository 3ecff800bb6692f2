// Package highlight marks the words of code in HTML, so that a page needs no script for it. It knows what
// languages have in common: keywords, strings, numbers, comments and names before a colon. It is no parser, and
// shows code that it does not understand as it is.
package highlight

import (
	"html"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The classes of the marks, which the style sheet gives colours.
const (
	keyword = "k"
	text    = "s"
	comment = "c"
	number  = "n"
	name    = "a"
)

const (
	opening = `<pre><code class="language-`
	closing = `</code></pre>`
)

// HTML returns HTML in which the blocks of code in known languages are marked. The HTML must be sanitised; what
// stands in a block is escaped again, so it stays so.
func HTML(in string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(in, opening)
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		b.WriteString(opening)
		lang, after, ok := strings.Cut(rest, `">`)
		code, tail, closed := strings.Cut(after, closing)
		l := languages[lang]
		// Markup within a block is the author's, and stays.
		if !ok || !closed || l == nil || strings.Contains(code, "<") {
			in = rest
			continue
		}
		b.WriteString(lang + `">`)
		l.mark(&b, html.UnescapeString(code))
		b.WriteString(closing)
		in = tail
	}
}

// mark writes code with its marks.
func (l *language) mark(b *strings.Builder, code string) {
	for code != "" {
		class, n := l.token(code)
		word := html.EscapeString(code[:n])
		code = code[n:]
		if class == "" {
			b.WriteString(word)
			continue
		}
		b.WriteString(`<span class="` + class + `">` + word + `</span>`)
	}
}

// token returns the class of what code begins with, empty for none, and its length.
func (l *language) token(code string) (class string, n int) {
	for _, start := range l.line {
		if strings.HasPrefix(code, start) {
			return comment, lengthTo(code, 0, "\n", false)
		}
	}
	if l.open != "" && strings.HasPrefix(code, l.open) {
		return comment, lengthTo(code, len(l.open), l.close, true)
	}
	first, size := utf8.DecodeRuneInString(code)
	switch {
	case strings.ContainsRune(l.quotes, first):
		n = quoted(code)
		if l.names && strings.HasPrefix(strings.TrimLeft(code[n:], " "), ":") {
			return name, n
		}
		return text, n
	case unicode.IsDigit(first):
		return number, lengthOf(code, func(r rune) bool { return isWord(r) || r == '.' })
	case isWord(first):
		n = lengthOf(code, isWord)
		word := code[:n]
		if l.fold {
			word = strings.ToLower(word)
		}
		switch {
		case slices.Contains(l.keywords, word):
			return keyword, n
		case l.names && strings.HasPrefix(code[n:], ":"):
			return name, n
		}
		return "", n
	}
	return "", size
}

// quoted returns the length of the string that code begins with. It ends with its quote, or with the line if
// that has none; backquotes hold several lines.
func quoted(code string) int {
	quote := code[0]
	for i := 1; i < len(code); i++ {
		switch {
		case code[i] == quote:
			return i + 1
		case code[i] == '\n' && quote != '`':
			return i
		case code[i] == '\\' && quote != '`':
			i++
		}
	}
	return len(code)
}

// lengthTo returns the length of code up to what ends it, which is searched from an offset, or all of it.
func lengthTo(code string, from int, end string, with bool) int {
	i := strings.Index(code[from:], end)
	switch {
	case i < 0:
		return len(code)
	case with:
		return from + i + len(end)
	}
	return from + i
}

// lengthOf returns the length of the first runes of code that are of a kind.
func lengthOf(code string, is func(rune) bool) int {
	i := strings.IndexFunc(code, func(r rune) bool { return !is(r) })
	if i < 0 {
		return len(code)
	}
	return i
}

// isWord reports whether a rune may be in a word. A word is taken whole, so that no keyword is found in a name.
func isWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }
