package pages

import (
	"net/url"
	"strings"
	"time"

	"patternhub/internal/site/listing"
)

// Sections are the links at the top of every page, and Tools those to the tools at its end.
var (
	Sections = []Link{
		{"Patterns", "/patterns"},
		{"Case studies", "/case-studies"},
		{"Guides", "/guides"},
		{"Paths", "/learning-paths"},
		{"Wizard", "/wizard"},
		{"Compare", "/compare"},
		{"Health", "/health"},
		{"Graph", "/graph"},
	}
	Tools = []Link{
		{"Wizard", "/wizard"}, {"Compare", "/compare"}, {"Calculator", "/calculator"}, {"Health", "/health"}, {"Graph", "/graph"}, {"Changes", "/changes"},
	}
)

// NoticeText is the text of a notice.
type NoticeText struct {
	Title, Text    string
	Link, LinkText string
	Request        string // the id of the request, for reports of faults
}

// home is the first link of every breadcrumb.
var home = Link{"Home", "/"}

// within reports whether the page stands in a section, for the mark of its link.
// The character after the section is checked, so that /graphs is not within /graph.
func (f *Frame) within(section string) bool {
	rest, ok := strings.CutPrefix(f.Path, section)
	return ok && (rest == "" || rest[0] == '/' || rest[0] == '?')
}

// listHead returns the head of a list. Only its first page without anything chosen is for search engines.
func (f *Frame) listHead() Head {
	return Head{Title: f.List.Title, Description: f.List.Lead, Crumbs: []Link{home}, Unlisted: f.List.Encode() != ""}
}

// searchHead returns the head of a search.
func (f *Frame) searchHead() Head {
	title, about := "Search", "Search all texts of the hub."
	if f.List.Query != "" {
		title, about = "Results for "+f.List.Query, "What the hub has about "+f.List.Query+"."
	}
	return Head{Title: title, Description: about, Crumbs: []Link{home}, Unlisted: true}
}

// groups returns the groups of a list's form from the facets of its document.
func (f *Frame) groups(facets ...[]FacetPart) []listing.Group {
	return f.List.Groups(counted(facets...)...)
}

// slugOf returns a constant as URLs have it.
func slugOf(constant string) string { return strings.ToLower(strings.ReplaceAll(constant, "_", "-")) }

// escape returns a text for a parameter of a URL.
func escape(s string) string { return url.QueryEscape(s) }

// plainPath returns a path of the API without its escapes, for reading.
// A path with a wrong escape is returned as it is.
func plainPath(uri string) string {
	if plain, err := url.PathUnescape(uri); err == nil {
		return plain
	}
	return uri
}

// day returns the day of a time, empty for none.
// Days are those of UTC, whatever the zone of the server or the reader.
func day(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}

// maxPassages is the number of passages of a text that a hit shows.
const maxPassages = 2

// passages returns passages with the words of the search, from texts that the hit does not show whole.
func (e SearchAnswerSearchEdges) passages() []HTML {
	var out []HTML
	for _, h := range e.Highlights {
		if h.Field != "name" && h.Field != "aliases" && h.Field != "summary" {
			out = append(out, h.Fragments...)
		}
	}
	return out[:min(len(out), maxPassages)]
}
