// Package listing is the state of a list page: what its URL asks for, the variables of its document, and
// the URLs of its links. A URL has one canonical form, so that equal pages have equal URLs.
package listing

import (
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// Kind is the way in which the values of a facet go into a filter.
type Kind int

const (
	// Slug filters by slugs of entries, or by texts.
	Slug Kind = iota
	// Enum filters by values of an enum; its URLs have them in lower case with hyphens.
	Enum
)

// Facet is one group of values that a list can be narrowed to.
type Facet struct {
	// Param is the parameter of the URL, and the variable of the document that holds the filter without
	// this facet. Without it, the other values of a chosen facet would have no counts.
	Param string
	// Title names the group.
	Title string
	// Field is the field of the filter.
	Field string
	// Kind and Values are those of the filter's field; an enum has its values.
	Kind   Kind
	Values []string
}

// Order is one way to sort a list.
type Order struct {
	Param, Title string // Param is empty for the default
	Field        string
	Descending   bool
}

// Spec describes the list page of one type.
type Spec struct {
	// Path is the page's path, Title its heading and Lead a sentence about it.
	Path, Title, Lead string
	// Many and One name the entries in a text: patterns, pattern.
	Many, One string
	Facets    []Facet
	Orders    []Order
	// Words is the name of the variable that holds the words of a search; empty for a list, where they
	// narrow by name.
	Words string
}

const (
	// PageSize is the number of entries on a page.
	PageSize = 24
	// maxWords is the length of a query, as the schema's search allows.
	maxWords = 200
	// maxValues and maxValue bound the chosen values of a facet, and maxCursor a cursor, so that the URLs
	// of pages are bounded.
	maxValues, maxValue, maxCursor = 10, 80, 400
)

// State is what the URL of a list page asks for.
type State struct {
	*Spec

	Query  string
	Chosen map[string][]string // by the parameter of the facet; sorted
	Order  Order
	After  string
	Before string
}

// Short reports whether the list shows all its entries in their own order, so that nothing narrows or sorts
// it: it has no orders and is no search.
func (s *Spec) Short() bool { return len(s.Orders) == 0 && s.Words == "" }

// Parse reads the parameters of a URL. It ignores what it does not know.
func (s *Spec) Parse(from url.Values) *State {
	if s.Short() {
		return &State{Spec: s}
	}
	st := &State{Spec: s, Query: Words(from.Get("q")), Chosen: map[string][]string{}}
	for _, f := range s.Facets {
		if chosen := f.clean(from[f.Param]); len(chosen) > 0 {
			st.Chosen[f.Param] = chosen
		}
	}
	if len(s.Orders) > 0 {
		st.Order = s.Orders[0]
		if i := slices.IndexFunc(s.Orders, func(o Order) bool { return o.Param == from.Get("order") }); i > 0 {
			st.Order = s.Orders[i]
		}
	}
	st.After = cursor(from.Get("after"))
	if st.After == "" && s.Words == "" {
		st.Before = cursor(from.Get("before"))
	}
	return st
}

// Words returns a query without what cannot be in one.
func Words(q string) string {
	q = strings.Join(strings.Fields(strings.ToValidUTF8(q, "")), " ")
	for utf8.RuneCountInString(q) > maxWords {
		_, size := utf8.DecodeLastRuneInString(q)
		q = q[:len(q)-size]
	}
	return q
}

// cursor returns a cursor, or nothing if it is longer than any.
func cursor(s string) string {
	if len(s) > maxCursor || !utf8.ValidString(s) {
		return ""
	}
	return s
}

// clean returns the known values of a facet in order, each once.
func (f *Facet) clean(values []string) []string {
	var out []string
	for _, v := range values {
		if v == "" || len(v) > maxValue || !utf8.ValidString(v) {
			continue
		}
		if f.Kind == Enum && !slices.Contains(f.Values, constant(v)) {
			continue
		}
		if f.Kind == Enum {
			v = param(v)
		}
		out = append(out, v)
	}
	slices.Sort(out)
	out = slices.Compact(out)
	return out[:min(len(out), maxValues)]
}

// constant returns the value of an enum for a value of a URL, and param the opposite.
func constant(v string) string { return strings.ToUpper(strings.ReplaceAll(v, "-", "_")) }

// param returns an enum's value as it stands in addresses: lower case, with dashes.
func param(v string) string { return strings.ToLower(strings.ReplaceAll(v, "_", "-")) }

// Encode returns the canonical query of the URL.
func (st *State) Encode() string {
	var parts []string
	add := func(name, value string) {
		if value != "" {
			parts = append(parts, name+"="+url.QueryEscape(value))
		}
	}
	add("q", st.Query)
	for _, f := range st.Facets {
		for _, v := range st.Chosen[f.Param] {
			add(f.Param, v)
		}
	}
	add("order", st.Order.Param)
	add("after", st.After)
	add("before", st.Before)
	return strings.Join(parts, "&")
}

// URL returns the page's URL.
func (st *State) URL() string {
	if q := st.Encode(); q != "" {
		return st.Path + "?" + q
	}
	return st.Path
}

// With returns the state with another value of q, order, after or before. All but a move to another
// page lead to the first page.
func (st *State) With(name, value string) *State {
	out := *st
	out.After, out.Before = "", ""
	switch name {
	case "q":
		out.Query = value
	case "after":
		out.After = value
	case "before":
		out.Before = value
	}
	return &out
}

// Without returns the state without one chosen value.
func (st *State) Without(facet, value string) *State {
	out := st.With("", "")
	out.Chosen = map[string][]string{}
	for name, values := range st.Chosen {
		if name == facet {
			values = slices.DeleteFunc(slices.Clone(values), func(v string) bool { return v == value })
		}
		if len(values) > 0 {
			out.Chosen[name] = values
		}
	}
	return out
}

// Only returns the state with one chosen value and nothing else.
func (st *State) Only(facet, value string) *State {
	out := st.Cleared()
	out.Query, out.Order = "", Order{}
	out.Chosen[facet] = []string{value}
	return out
}

// Narrowed reports whether the list is narrowed by words or values.
func (st *State) Narrowed() bool { return len(st.Chosen) > 0 || st.Words == "" && st.Query != "" }

// Cleared returns the state without anything that narrows the list. A search keeps its words.
func (st *State) Cleared() *State {
	out := st.With("", "")
	out.Chosen = map[string][]string{}
	if st.Words == "" {
		out.Query = ""
	}
	return out
}

// Vars returns the variables of the list's document.
func (st *State) Vars() map[string]any {
	vars := map[string]any{}
	if st.Short() {
		return vars
	}
	if st.Before != "" {
		vars["last"], vars["before"] = PageSize, st.Before
	} else {
		vars["first"] = PageSize
		if st.After != "" {
			vars["after"] = st.After
		}
	}
	if st.Order.Field != "" {
		direction := "ASC"
		if st.Order.Descending {
			direction = "DESC"
		}
		vars["orderBy"] = map[string]any{"field": st.Order.Field, "direction": direction}
	}
	if st.Words != "" {
		vars[st.Words] = st.Query
	}
	if filter := st.filter(""); len(filter) > 0 {
		vars["filter"] = filter
	}
	for _, f := range st.Facets {
		if filter := st.filter(f.Param); len(filter) > 0 {
			vars[f.Param] = filter
		}
	}
	return vars
}

// filter returns the filter of the state without one of its facets.
func (st *State) filter(without string) map[string]any {
	filter := map[string]any{}
	if st.Query != "" && st.Words == "" {
		filter["name"] = map[string]any{"contains": st.Query}
	}
	for _, f := range st.Facets {
		values := st.Chosen[f.Param]
		if f.Param == without || len(values) == 0 {
			continue
		}
		in := make([]any, len(values))
		for i, v := range values {
			if in[i] = v; f.Kind == Enum {
				in[i] = constant(v)
			}
		}
		filter[f.Field] = map[string]any{"in": in}
	}
	return filter
}
