package listing

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Group is a facet with its values, for the form.
type Group struct {
	Facet

	Values []Value
	Open   bool // it has a chosen value, or is among the first
}

// Value is one value of a group.
type Value struct {
	Param, Label string
	Count        int
	Chosen       bool
}

// Chip is a chosen value with the URL of the page without it.
type Chip struct{ Title, Label, URL string }

// Counted is one value of a facet with its count, as the document returns it.
type Counted struct {
	Value, Label string
	Count        int
}

// openGroups is the number of groups that are open at first.
const openGroups = 3

// Groups returns the groups of the form from the counts of each facet, in the order of the facets. A
// chosen value without a count is shown with 0, so that it can be taken back.
func (st *State) Groups(counts ...[]Counted) []Group {
	var out []Group
	for i, f := range st.Facets[:min(len(st.Facets), len(counts))] {
		g := Group{Facet: f, Open: i < openGroups}
		chosen := st.Chosen[f.Param]
		for _, c := range counts[i] {
			v := Value{Param: c.Value, Label: c.Label, Count: c.Count}
			if f.Kind == Enum {
				v.Param = param(c.Value)
			}
			v.Chosen = slices.Contains(chosen, v.Param)
			g.Values = append(g.Values, v)
		}
		for _, p := range chosen {
			if !slices.ContainsFunc(g.Values, func(v Value) bool { return v.Param == p }) {
				g.Values = append(g.Values, Value{Param: p, Label: readable(p), Chosen: true})
			}
		}
		g.Open = g.Open || len(chosen) > 0
		if len(g.Values) > 0 {
			out = append(out, g)
		}
	}
	return out
}

// Beside returns the groups with a chosen value, and all groups if there is none.
func (st *State) Beside(groups []Group) []Group {
	if len(st.Chosen) == 0 {
		return groups
	}
	return slices.DeleteFunc(slices.Clone(groups), func(g Group) bool { return len(st.Chosen[g.Param]) == 0 })
}

// readable returns a slug as people read it, where nothing says its name.
func readable(slug string) string {
	first, size := utf8.DecodeRuneInString(slug)
	return string(unicode.ToUpper(first)) + strings.ReplaceAll(slug[size:], "-", " ")
}

// Chips returns what the list is narrowed to, in the order of the form.
func (st *State) Chips(groups []Group) []Chip {
	var out []Chip
	if st.Query != "" && st.Words == "" {
		out = append(out, Chip{"Name", st.Query, st.With("q", "").URL()})
	}
	for _, g := range groups {
		for _, v := range g.Values {
			if v.Chosen {
				out = append(out, Chip{g.Title, v.Label, st.Without(g.Param, v.Param).URL()})
			}
		}
	}
	return out
}
