package pages

import (
	"cmp"
	"reflect"
	"regexp"
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

// changedList is a field of the document: the newest entries of a type before the day asked for.
type changedList struct {
	title, path string
	entries     []Changed
	// whole reports whether the list has all entries of its type. Types with few entries have no
	// connection, so their fields return all of them whatever the day.
	whole bool
}

// lists returns the fields of the document. It finds them in the type of the answer, so that a type added
// to the document is on the page without more code.
func (a *ChangesAnswer) lists() []changedList {
	var out []changedList
	fields := reflect.ValueOf(*a)
	for i := range fields.NumField() {
		key := fields.Type().Field(i).Tag.Get("json")
		path := "/" + hyphens.ReplaceAllStringFunc(key, func(s string) string { return "-" + strings.ToLower(s) })
		l := changedList{title: label(strings.ReplaceAll(path[1:], "-", "_")), path: path}
		switch v := fields.Field(i); v.Kind() {
		case reflect.Slice:
			l.entries, l.whole = reflect.TypeAssert[[]Changed](v)
		case reflect.Pointer: // a connection, nil if the API could not read it
			if !v.IsNil() {
				l.entries, _ = reflect.TypeAssert[[]Changed](v.Elem().FieldByName("Nodes"))
				l.whole = len(l.entries) < changesPage
			}
		case reflect.Struct: // the entry of a singleton
			if one, ok := reflect.TypeAssert[Changed](v); ok {
				l.entries, l.whole = []Changed{one}, true
			}
		}
		out = append(out, l)
	}
	return out
}

// hyphens matches where the words of a key in camel case begin.
var hyphens = regexp.MustCompile("[A-Z]")

// days returns the days before a day, the newest first, and the first of them in time if there may be
// earlier ones. A list that is full ends the page at the day of its last entry, since entries of earlier
// days are missing from it; of that day it says that there are more.
func (a *ChangesAnswer) days(before string) (days []changedDay, first string) {
	lists := a.lists()
	for _, l := range lists {
		if n := len(l.entries); !l.whole && n > 0 {
			first = max(first, day(l.entries[n-1].PublishedAt))
		}
	}
	// The days after that one are complete: whatever is missing from a full list is older than its last
	// entry.
	byDay := map[string]map[string]*changedGroup{}
	for _, l := range lists {
		for i, e := range l.entries {
			d := day(e.PublishedAt)
			if d == "" || d < first || before != "" && d >= before {
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
			// Lists are sorted by the API, the newest first, so entries of a day keep that order.
			g.Entries = append(g.Entries, e)
			// The list ends within this day, so there may be more of it.
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
	// Revisions count drafts too, so they may skip numbers.
	if c.isNew() {
		return "new"
	}
	at := ""
	if c.PublishedAt != nil {
		at = c.PublishedAt.UTC().Format(time.TimeOnly)[:5] + " UTC, "
	}
	return at + "revision " + number(c.Revision)
}
