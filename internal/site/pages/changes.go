package pages

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// changesPage is the number of entries of each type that the document asks for.
const changesPage = 25

// changedDay is what was published on one day, by type.
type changedDay struct {
	Day    string
	Groups []*changedGroup
}

// changedGroup is the entries of one type.
type changedGroup struct {
	Title   string
	List    string // the list of the type
	Entries []Changed
	More    bool // there are more of that day
}

// changedList is a list of the document: the newest entries of a type before the day asked for.
type changedList struct {
	title, path string
	entries     []Changed
	whole       bool // the list has all entries of its type
}

// lists returns the lists of the document.
func (a *ChangesAnswer) lists() []changedList {
	var out []changedList
	add := func(path string, entries []Changed) {
		title := label(strings.ReplaceAll(strings.TrimPrefix(path, "/"), "-", "_"))
		out = append(out, changedList{title, path, entries, len(entries) < changesPage})
	}
	if a.Patterns != nil {
		add("/patterns", a.Patterns.Nodes)
	}
	if a.CaseStudies != nil {
		add("/case-studies", a.CaseStudies.Nodes)
	}
	if a.Companies != nil {
		add("/companies", a.Companies.Nodes)
	}
	if a.Guides != nil {
		add("/guides", a.Guides.Nodes)
	}
	if a.Migrations != nil {
		add("/migrations", a.Migrations.Nodes)
	}
	if a.Journeys != nil {
		add("/journeys", a.Journeys.Nodes)
	}
	if a.LearningPaths != nil {
		add("/learning-paths", a.LearningPaths.Nodes)
	}
	if a.QuickStarts != nil {
		add("/quick-starts", a.QuickStarts.Nodes)
	}
	if a.Practices != nil {
		add("/practices", a.Practices.Nodes)
	}
	if a.Comparisons != nil {
		add("/comparisons", a.Comparisons.Nodes)
	}
	if a.Failures != nil {
		add("/failures", a.Failures.Nodes)
	}
	if a.Pages != nil {
		add("/pages", a.Pages.Nodes)
	}
	for path, entries := range map[string][]Changed{"/laws": a.Laws, "/pillars": a.Pillars, "/roles": a.Roles, "/tiers": a.Tiers} {
		add(path, entries)
		out[len(out)-1].whole = true
	}
	return out
}

// days returns the days before a day, the newest first, and the day before which the next page is, empty
// for none. A list that has no more room ends the page at the day of its last entry, of which it says
// that there are more.
func (a *ChangesAnswer) days(before string) (days []changedDay, next string) {
	lists := a.lists()
	first := ""
	for _, l := range lists {
		if n := len(l.entries); !l.whole && n > 0 {
			first = max(first, day(l.entries[n-1].PublishedAt))
		}
	}
	byDay := map[string]map[string]*changedGroup{}
	for _, l := range lists {
		for i, e := range l.entries {
			d := day(e.PublishedAt)
			if d == "" || d < first || before != "" && d >= before {
				next = max(next, first)
				continue
			}
			if byDay[d] == nil {
				byDay[d] = map[string]*changedGroup{}
			}
			g := byDay[d][l.title]
			if g == nil {
				g = &changedGroup{Title: l.title, List: l.path}
				byDay[d][l.title] = g
			}
			g.Entries = append(g.Entries, e)
			g.More = !l.whole && i == len(l.entries)-1
		}
	}
	for d, groups := range byDay {
		out := changedDay{Day: d}
		for _, g := range groups {
			out.Groups = append(out.Groups, g)
		}
		slices.SortFunc(out.Groups, func(x, y *changedGroup) int { return cmp.Compare(x.Title, y.Title) })
		days = append(days, out)
	}
	slices.SortFunc(days, func(x, y changedDay) int { return cmp.Compare(y.Day, x.Day) })
	return days, first
}

// what returns what happened to an entry, as far as everybody may know.
func (c Changed) what() string {
	if c.Revision == 1 {
		return "new"
	}
	at := ""
	if c.PublishedAt != nil {
		at = c.PublishedAt.UTC().Format(time.TimeOnly)[:5] + " UTC, "
	}
	return at + "revision " + number(c.Revision)
}
