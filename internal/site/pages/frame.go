// Package pages holds the site's pages: a component for each, the components that they share, and the
// types of what their documents return, which ../gen writes. It contains no map of unknown values and
// asks for nothing: what a page shows is in its answer.
package pages

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/a-h/templ"

	"patternhub/internal/site/form"
	"patternhub/internal/site/listing"
)

// Document is the query of a page whose answer has the type A.
type Document[A any] struct{ Text string }

// HTML is sanitised HTML from the API, the only text that pages write without escaping it.
type HTML string

// Frame is what a page shows around its content.
type Frame struct {
	// Site is the title of the site, Origin the address that absolute links begin with, empty if it is
	// not known, and Logo the path of a picture, empty for none.
	Site, Origin, Logo string
	// Styles are the paths of the style sheets. Theme is that of the script that sets the chosen theme
	// before the page is shown, and Script that of the islands.
	Styles        []string
	Theme, Script string
	// Icon and Touch are the paths of the site's icon, and of the one for the screen of a phone.
	Icon, Touch string
	// Entry reports whether the page is about an entry, and Published is when that was published.
	Entry     bool
	Published *time.Time
	// Static reports that the page is for a copy on a static host, which has no forms but the search and
	// none of the pages that need a server. Find is then the path of the script that searches, and Policy the
	// Content-Security-Policy, since such a host sends none.
	Static       bool
	Find, Policy string
	// Lists lead to the lists of all types, at the end of every page.
	Lists []Link
	// Path is the canonical path of the page with its query.
	Path string
	// Words are shown in the search field.
	Words string
	// Playground opens the page's document in the playground; empty if there is none.
	Playground string
	// Preview reports that the page shows drafts to the holder of a preview token.
	Preview bool
	// List is the state of a list page, nil on other pages.
	List *listing.State
	// Form is the state of a page with a form, nil on other pages.
	Form *form.State
}

// Head is what a page says about itself.
type Head struct {
	Title, Description string
	// Crumbs are the pages above this one, the highest first.
	Crumbs []Link
	// Unlisted keeps the page out of search engines.
	Unlisted bool
}

// title returns the title of a page in a browser's tab: its own and that of the site, which the first page has
// alone.
func (f *Frame) title(h Head) string {
	if h.Title == f.Site {
		return f.Site
	}
	return h.Title + " – " + f.Site
}

// section is a heading of a page, for its table of contents.
type section struct{ ID, Title string }

// label returns a constant as people read it: "Real time" for REAL_TIME.
func label(constant string) string { return phrase(strings.ToLower(constant)) }

// spaced replaces what stands between the words of a key.
var spaced = strings.NewReplacer("_", " ", "-", " ")

// phrase returns a key as people read it, in its own case: "Page load" for page_load. A text with spaces
// keeps its hyphens.
// It is empty for an empty key.
func phrase(key string) string {
	if !strings.Contains(key, " ") {
		key = spaced.Replace(key)
	}
	first, size := utf8.DecodeRuneInString(key)
	if size == 0 {
		return ""
	}
	return string(unicode.ToUpper(first)) + key[size:]
}

// typeLabel returns the name of an entry type as people read it: "Case study" for CaseStudy.
func typeLabel(name string) string {
	var b strings.Builder
	for i, r := range name {
		if i > 0 && r >= 'A' && r <= 'Z' {
			b.WriteByte('_')
		}
		b.WriteRune(r)
	}
	return label(b.String())
}

// count returns a number with the word for it.
func count(n int, one, many string) string {
	if n == 1 {
		return number(n) + " " + one
	}
	return number(n) + " " + many
}

// number returns a number with thin spaces between its thousands.
// The spaces do not break at the end of a line. n must not be negative.
func number(n int) string {
	digits := []byte{}
	for i := 0; n > 0 || i == 0; i++ {
		if i > 0 && i%3 == 0 {
			digits = append(digits, ' ')
		}
		digits = append(digits, byte('0'+n%10))
		n /= 10
	}
	var b strings.Builder
	for _, digit := range slices.Backward(digits) {
		if digit == ' ' {
			b.WriteString("\u202f")
			continue
		}
		b.WriteByte(digit)
	}
	return b.String()
}

// counted returns the counts of the facets of a document in the form that a list takes.
func counted(facets ...[]FacetPart) [][]listing.Counted {
	out := make([][]listing.Counted, len(facets))
	for i, parts := range facets {
		for _, p := range parts {
			for _, v := range p.Values {
				out[i] = append(out[i], listing.Counted{Value: v.Value, Label: v.Label, Count: v.Count})
			}
		}
	}
	return out
}

// path returns a link of the site. Paths come from the API as URIs.
func path(uri string) templ.SafeURL { return templ.URL(uri) }

// canonical returns the absolute address of a page, empty if the site does not know its own.
func (f *Frame) canonical() string {
	if f.Origin == "" {
		return ""
	}
	return f.Origin + f.Path
}
