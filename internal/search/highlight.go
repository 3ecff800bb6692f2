package search

import (
	"cmp"
	"html"
	"slices"
	"strings"
	"unicode/utf8"

	"patternhub/internal/content"
)

const (
	// maxFragments bounds the fragments of a field: a reader of more could read the whole text.
	maxFragments = 3
	// before and after are how much text surrounds the first word of a fragment, in bytes: about
	// two lines on a screen.
	before = 60
	after  = 140
)

// Highlights marks the words of the search in a whole entry, field by field: name, aliases,
// summary, details, body. Fields without matches are left out.
// Words found through a typo or a prefix are marked too, since the plan has their stems. Fragments
// are safe HTML: everything but the marks is escaped.
func (a *Answer) Highlights(e content.Entry) []*content.Highlight {
	if len(a.plan.meanings) == 0 {
		return nil
	}
	m := &marker{stems: map[string]bool{}, starts: map[string]bool{}, results: map[string]bool{}}
	for _, meanings := range a.plan.meanings {
		for _, t := range meanings {
			m.stems[t.stem] = true
			m.starts[start(t.stem)] = true
		}
	}
	t := textsOf(e)
	var out []*content.Highlight
	for _, field := range []struct {
		name  string
		texts []string
		whole bool
	}{
		{"name", []string{t.name}, true},
		{"aliases", t.aliases, true},
		{fieldSummary, []string{t.summary}, true},
		{fieldDetails, t.details, false},
		{fieldBody, []string{t.body}, false},
	} {
		if fragments := m.fragments(field.texts, field.whole); len(fragments) > 0 {
			out = append(out, &content.Highlight{Field: field.name, Fragments: fragments})
		}
	}
	return out
}

// marker finds the words of a search in texts.
// Stemming is slow and text has many words, so two checks first rule out most of them.
type marker struct {
	stems   map[string]bool
	starts  map[string]bool // the first letters of stems; other words need no stemming
	results map[string]bool // results of fits by word
}

// start returns the letters that a stem shares with its words.
func start(word string) string { return word[:min(len(word), 2)] }

// fits reports whether a folded word is one of the search.
func (m *marker) fits(word string) bool {
	if !m.starts[start(word)] {
		return false
	}
	fit, ok := m.results[word]
	if !ok {
		fit = m.stems[stem(word)]
		m.results[word] = fit
	}
	return fit
}

// mark is the position of a word of the search in text, in bytes.
type mark struct {
	from, to int
	word     string
}

// fragment is a part of text with its marks.
// from and to are positions in text, in bytes. distinct counts different words, and order is the
// index in the list.
type fragment struct {
	from, to int
	marks    []mark
	distinct int
	order    int
	text     string
}

// fragments returns the parts of texts with the most different words, in text order.
// Among fragments with the same number of words, the earlier ones are used.
func (m *marker) fragments(texts []string, whole bool) []string {
	var found []fragment
	for _, text := range texts {
		found = append(found, m.cut(text, whole)...)
	}
	for i := range found {
		found[i].order = i
	}
	slices.SortStableFunc(found, func(a, b fragment) int { return b.distinct - a.distinct })
	found = found[:min(len(found), maxFragments)]
	slices.SortFunc(found, func(a, b fragment) int { return cmp.Compare(a.order, b.order) })
	var out []string
	for _, f := range found {
		out = append(out, f.html())
	}
	return out
}

// cut returns the fragments of one text, each around as many words as fit.
// With whole, the text is one fragment. Otherwise a fragment ends some distance after its first
// word, and the next one does not begin before that end, so they never overlap.
func (m *marker) cut(text string, whole bool) []fragment {
	var out []fragment
	eachWord(text, func(w string, from, to int) {
		if !m.fits(w) {
			return
		}
		// The word lies within the last fragment, which gets one more mark.
		if n := len(out) - 1; n >= 0 && to <= out[n].to {
			out[n].marks = append(out[n].marks, mark{from, to, w})
			return
		}
		f := fragment{from: 0, to: len(text), text: text, marks: []mark{{from, to, w}}}
		if !whole {
			f.from, f.to = boundary(text, from-before, from), boundary(text, max(to, from+after), max(to, from+after)+maxWord)
			if n := len(out) - 1; n >= 0 {
				f.from = min(max(f.from, out[n].to), from)
			}
		}
		out = append(out, f)
	})
	for i := range out {
		words := map[string]bool{}
		for _, k := range out[i].marks {
			words[k.word] = true
		}
		out[i].distinct = len(words)
	}
	return out
}

// boundary moves a position forward to the beginning of a word, or to about limit.
// It never splits a character, even if the text has no spaces.
func boundary(text string, at, limit int) int {
	if at <= 0 {
		return 0
	}
	for at < limit && at < len(text) && text[at-1] != ' ' && text[at-1] != '\n' {
		at++
	}
	for at < len(text) && !utf8.RuneStart(text[at]) {
		at++
	}
	return min(at, len(text))
}

// html returns a fragment as safe HTML, with dots where text was left out.
func (f *fragment) html() string {
	var b strings.Builder
	if f.from > 0 {
		b.WriteString("… ")
	}
	at := f.from
	for _, k := range f.marks {
		b.WriteString(html.EscapeString(f.text[at:k.from]))
		b.WriteString("<mark>")
		b.WriteString(html.EscapeString(f.text[k.from:k.to]))
		b.WriteString("</mark>")
		at = k.to
	}
	b.WriteString(html.EscapeString(strings.TrimRight(f.text[at:f.to], " \n")))
	if f.to < len(f.text) {
		b.WriteString(" …")
	}
	return strings.TrimSpace(b.String())
}
