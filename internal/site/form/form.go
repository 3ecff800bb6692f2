// Package form is the state of the pages with a form: what their URL asks for, what is wrong with it, and
// the URLs of their links. Like a list, a page with a form has one canonical URL, so that equal pages
// have equal URLs and can be shared.
package form

import (
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Kind is what the values of a field are.
type Kind int

const (
	// Slugs are keys of entries, which only the API can check.
	Slugs Kind = iota
	// Choice is a value of an enum; URLs have it in lower case with hyphens.
	Choice
	// Number is a number within bounds.
	Number
	// Day is a calendar day, such as 2026-01-31.
	Day
)

// Field is one parameter of a form.
type Field struct {
	// Param is its name in the URL and Title its name on the page.
	Param, Title string
	// Help says in a few words what to write.
	Help string
	Kind Kind
	// Many is how many values a field of slugs or choices may have; 0 counts as 1.
	Many int
	// Values are those of a choice.
	Values []string
	// Min and Max bound a number, which is whole unless Decimal is set.
	Min, Max float64
	Decimal  bool
}

// Spec describes the form of a page.
type Spec struct {
	// Path is the page's path; a page with a variable part sets it for each request.
	Path   string
	Fields []Field
}

// maxValue bounds a value, so that the URLs of pages are bounded.
const maxValue = 400

// State is what the URL of a page with a form asks for.
type State struct {
	*Spec

	// At is the path of the page.
	At string
	// Refused says why the API refused the whole form; empty if it has not.
	Refused  string
	values   map[string][]string
	problems map[string]string
}

// Parse reads the parameters of a URL. It ignores those that no field has, and keeps wrong values, so
// that the reader can mend them.
func (s *Spec) Parse(at string, from url.Values) *State {
	st := &State{Spec: s, At: at, values: map[string][]string{}, problems: map[string]string{}}
	for i := range s.Fields {
		f := &s.Fields[i]
		values, problem := f.read(from[f.Param])
		if len(values) > 0 {
			st.values[f.Param] = values
		}
		if problem != "" {
			st.problems[f.Param] = problem
		}
	}
	return st
}

// read returns the values of a field, and what is wrong with them. One value more than allowed is kept
// to show that there are too many.
func (f *Field) read(sent []string) (values []string, problem string) {
	for _, v := range f.split(sent) {
		v = strings.TrimSpace(strings.ToValidUTF8(v, ""))
		if len(v) > maxValue {
			v = strings.ToValidUTF8(v[:maxValue], "")
		}
		if f.Kind == Choice {
			v = Param(v) // an address may have the constant of the API
		}
		if v != "" && !slices.Contains(values, v) && len(values) <= f.most() {
			values = append(values, v)
		}
	}
	// A number of values is checked before their form, since it is the first thing to mend.
	if len(values) > f.most() {
		return values, fmt.Sprintf("Choose at most %d.", f.most())
	}
	for _, v := range values {
		if problem := f.check(v); problem != "" {
			return values, problem
		}
	}
	return values, ""
}

// split returns the values of a parameter. A field with several values has them in one parameter with
// commas in a canonical URL, and as several parameters when a browser sends the form.
func (f *Field) split(sent []string) []string {
	if f.most() == 1 {
		return sent[:min(len(sent), 1)]
	}
	return strings.Split(strings.Join(sent, ","), ",")
}

// most returns how many values the field takes.
func (f *Field) most() int { return max(f.Many, 1) }

// check returns what is wrong with a value, in words for the reader.
func (f *Field) check(v string) string {
	switch f.Kind {
	case Slugs: // only the API can check them
	case Choice:
		if !slices.Contains(f.Values, Constant(v)) {
			return "Choose one of the values of the list."
		}
	case Day:
		if !isDay(v) {
			return "Write a day, such as 2026-01-31."
		}
	case Number:
		// ParseFloat reads NaN and Inf as well, and both pass no bounds.
		n, err := strconv.ParseFloat(v, 64)
		bounds := fmt.Sprintf("from %s to %s", plain(f.Min), plain(f.Max))
		switch {
		case err != nil || math.IsNaN(n):
			return "Write a number " + bounds + "."
		case n < f.Min || n > f.Max:
			return "The number must be " + bounds + "."
		case !f.Decimal && n != math.Trunc(n):
			return "Write a whole number " + bounds + "."
		}
	}
	return ""
}

// isDay reports whether a text is a calendar day.
func isDay(v string) bool {
	_, err := time.Parse(time.DateOnly, v)
	return err == nil
}

// plain returns a number without an exponent and with groups of digits.
func plain(n float64) string {
	s := strconv.FormatFloat(n, 'f', -1, 64)
	whole, rest, _ := strings.Cut(s, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if rest != "" {
		whole += "." + rest
	}
	return whole
}

// Constant returns the value of an enum for a value of a URL.
func Constant(v string) string { return strings.ToUpper(strings.ReplaceAll(v, "-", "_")) }

// Param returns the value of a URL for a value of an enum.
func Param(v string) string { return strings.ToLower(strings.ReplaceAll(v, "_", "-")) }

// Field returns a field by its parameter, which must exist.
func (st *State) Field(param string) *Field {
	i := slices.IndexFunc(st.Fields, func(f Field) bool { return f.Param == param })
	return &st.Fields[i]
}

// Values returns the values of a field.
func (st *State) Values(param string) []string { return st.values[param] }

// Value returns the only value of a field, empty for none.
func (st *State) Value(param string) string {
	if v := st.values[param]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// Has reports whether a field has a value.
func (st *State) Has(param, value string) bool { return slices.Contains(st.values[param], value) }

// Problem returns what is wrong with a field, empty if nothing is.
func (st *State) Problem(param string) string { return st.problems[param] }

// Object adds a problem to a field, unless it has one.
func (st *State) Object(param, problem string) {
	if st.problems[param] == "" {
		st.problems[param] = problem
	}
}

// Sound reports whether nothing is wrong.
func (st *State) Sound() bool { return len(st.problems) == 0 && st.Refused == "" }

// Empty reports whether no field has a value.
func (st *State) Empty() bool { return len(st.values) == 0 }

// Int returns the number of a field, or a default if it has none or a wrong one.
func (st *State) Int(param string, otherwise int) int {
	n, err := strconv.Atoi(st.Value(param))
	if err != nil || st.problems[param] != "" {
		return otherwise
	}
	return n
}

// Set sets a key of an input of the API to the values of a field, if it has any: a list for a field with
// several, constants for choices, numbers for numbers.
func (st *State) Set(input map[string]any, key, param string) {
	values, f := st.values[param], st.Field(param)
	if len(values) == 0 {
		return
	}
	out := make([]any, len(values))
	for i, v := range values {
		switch f.Kind {
		case Choice:
			out[i] = Constant(v)
		case Number:
			n, err := strconv.ParseFloat(v, 64)
			if err != nil {
				return
			}
			out[i] = n
		default:
			out[i] = v
		}
	}
	if f.most() > 1 {
		input[key] = out
		return
	}
	input[key] = out[0]
}

// URL returns the page's canonical URL.
func (st *State) URL() string {
	var parts []string
	for _, f := range st.Fields {
		var values []string
		for _, v := range st.values[f.Param] {
			values = append(values, url.QueryEscape(v))
		}
		if len(values) > 0 {
			parts = append(parts, f.Param+"="+strings.Join(values, ","))
		}
	}
	if len(parts) == 0 {
		return st.At
	}
	return st.At + "?" + strings.Join(parts, "&")
}

// With returns the state with other values of a field; none removes it.
func (st *State) With(param string, values ...string) *State {
	// The problems stay behind, as they may be those of the value that is replaced.
	out := *st
	out.Refused = ""
	out.values, out.problems = map[string][]string{}, map[string]string{}
	for name, v := range st.values {
		if name != param {
			out.values[name] = v
		}
	}
	if len(values) > 0 {
		out.values[param] = values
	}
	return &out
}

// Without returns the state without one value of a field.
func (st *State) Without(param, value string) *State {
	kept := slices.DeleteFunc(slices.Clone(st.values[param]), func(v string) bool { return v == value })
	return st.With(param, kept...)
}
