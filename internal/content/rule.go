package content

import (
	"fmt"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// The struct tag rule lists what a field must satisfy in addition to the rules of its Go type: an enum
// has one of its values, a string is valid UTF-8 without control characters, and strings and lists have a
// maximum length.
//
//	required  a working copy must have a value
//	publish   a published copy must have a value
//	max=N     a list has at most N items, the assumedSize of the contract, and a number is at most N
//	min=N     a number is at least N; in a working copy it may also be 0, for one that is not stated yet
//	date      a date with the precision of a month, a year or a decade

const (
	// maxLine bounds texts of one paragraph, in characters; the longest fact has 412.
	maxLine = 2_000
	// maxName bounds names and slugs, so that they fit a line.
	maxName = 200
	// maxSummary bounds summaries: two long sentences.
	maxSummary = 600
	// maxMarkdown bounds long texts: three times the largest page that a team has shown us.
	maxMarkdown = 200_000
	// maxTexts bounds lists of plain texts, and maxRows relations, which are read in pages.
	maxTexts, maxRows = 100, 1_000
	// maxProblems bounds the problems reported for one write; more would help no one.
	maxProblems = 100
)

// validator walks an entry and collects what is wrong with it.
type validator struct {
	publish  bool
	problems []UserError
}

// refuse adds a problem at a path, unless there are as many as are reported.
func (v *validator) refuse(at []string, code UserErrorCode, format string, args ...any) {
	if len(v.problems) < maxProblems {
		v.problems = append(v.problems, UserError{Field: append([]string{}, at...), Code: code, Message: fmt.Sprintf(format, args...)})
	}
}

// checker is a part of an entry that has rules over several of its fields.
type checker interface {
	check(v *validator, at []string)
}

// Validate returns all that is wrong with a working copy, in the order of the fields, at most
// maxProblems. With publish, it also checks what a published copy must have. It does not check
// whether the targets of references exist.
func Validate(e Entry, publish bool) []UserError {
	v := &validator{publish: publish}
	v.head(e.Head())
	v.fields(reflect.ValueOf(e).Elem(), nil)
	return v.problems
}

// dateForm matches a date with the precision of a month, a year or a decade.
var dateForm = regexp.MustCompile(`^[0-9]{4}(-(0[1-9]|1[0-2])|s)?$`)

// head checks the fields that all entries share.
func (v *validator) head(h *Meta) {
	if only := h.Type.OnlyKey(); only != "" && h.Key != "" && h.Key != only {
		v.refuse(nil, ErrTaken, "%s", Only(h.Type))
	}
	v.word(h.Slug, "slug")
	if h.Slug != "" {
		what := Reserved(h.Type, h.Slug)
		if what == "" {
			what = misfit(h.Type, h.Slug)
		}
		if what != "" {
			v.refuse([]string{"slug"}, ErrInvalid, "%s", what)
		}
	}
	v.word(h.Name, "name")
	v.text(h.Summary, []string{"summary"}, "summary", maxSummary)
	if v.publish && strings.TrimSpace(h.Summary) == "" {
		v.refuse([]string{"summary"}, ErrRequired, "A published entry needs a summary.")
	}
}

// word checks a short text that every working copy must have.
func (v *validator) word(s, name string) {
	if strings.TrimSpace(s) == "" {
		v.refuse([]string{name}, ErrRequired, "%s is required.", name)
	}
	v.text(s, []string{name}, name, maxName)
}

// text checks a string's length and characters; messages call it name.
func (v *validator) text(s string, at []string, name string, most int) {
	if n := utf8.RuneCountInString(s); n > most {
		v.refuse(at, ErrTooLong, "%s has %d characters; at most %d are allowed.", name, n, most)
	}
	if !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' && r != '\r' || r == 0x7f }) {
		v.refuse(at, ErrInvalid, "%s has control characters or is not valid UTF-8.", name)
	}
}

// rule is the parsed tags of a field. most is the maximum length of a list.
type rule struct {
	index             int
	name              string
	required, publish bool
	date              bool
	ref               EntryType
	most              int
	low, high         float64 // the bounds of a number
}

// bound returns the bounds of a number of a Go type before its tag restricts them.
func bound(t reflect.Type) (low, high float64) {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() == reflect.Int {
		return -maxInt - 1, maxInt
	}
	return -greatest, greatest
}

// ruleCache caches rulesOf by struct type. It never holds more than the types of this package.
var ruleCache sync.Map

// rulesOf returns the rules of a struct's own fields, without those of embedded structs.
func rulesOf(t reflect.Type) []rule {
	if hit, ok := ruleCache.Load(t); ok {
		return hit.([]rule)
	}
	var out []rule
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("bson"), ",")
		if f.Anonymous || name == "" {
			continue
		}
		r := rule{index: i, name: name, ref: EntryType(f.Tag.Get("ref"))}
		r.low, r.high = bound(f.Type)
		for part := range strings.SplitSeq(f.Tag.Get("rule"), ",") {
			switch key, value, _ := strings.Cut(part, "="); key {
			case "required":
				r.required = true
			case "publish":
				r.publish = true
			case "date":
				r.date = true
			case "min":
				r.low, _ = strconv.ParseFloat(value, 64)
			case "max":
				r.most, _ = strconv.Atoi(value)
				if f.Type.Kind() != reflect.Slice {
					r.high = float64(r.most)
				}
			}
		}
		if r.most == 0 {
			r.most = maxRows
			if f.Type.Kind() == reflect.Slice && f.Type.Elem().Kind() != reflect.Struct && f.Tag.Get("ref") == "" {
				r.most = maxTexts
			}
		}
		out = append(out, r)
	}
	ruleCache.Store(t, out)
	return out
}

// fields checks the fields of a struct.
func (v *validator) fields(s reflect.Value, at []string) {
	for _, r := range rulesOf(s.Type()) {
		v.value(s.Field(r.index), append(slices.Clip(at), r.name), r)
	}
	if c, ok := reflect.TypeAssert[checker](s.Addr()); ok {
		c.check(v, at)
	}
}

// value checks one value.
func (v *validator) value(x reflect.Value, at []string, r rule) {
	switch x.Kind() {
	case reflect.Pointer:
		if x.IsNil() {
			return
		}
		// An optional enum is absent if it is nil; an empty value is wrong.
		if _, enum := reflect.TypeAssert[interface{ Values() []string }](x.Elem()); enum && x.Elem().String() == "" {
			v.refuse(at, ErrInvalid, "%s has an unknown value.", r.name)
			return
		}
		v.value(x.Elem(), at, r)
	case reflect.Slice:
		if x.Len() > r.most {
			v.refuse(at, ErrTooLong, "%s has %d items; at most %d are allowed.", r.name, x.Len(), r.most)
			return
		}
		item := rule{name: r.name, required: true}
		item.low, item.high = bound(x.Type().Elem())
		for i := range x.Len() {
			v.value(x.Index(i), append(slices.Clip(at), strconv.Itoa(i)), item)
		}
		v.slugs(x, at)
	case reflect.Struct:
		if text, ok := reflect.TypeAssert[*RichText](x.Addr()); ok {
			v.text(text.Markdown, at, r.name, maxMarkdown)
			return
		}
		v.fields(x, at)
	case reflect.String:
		v.scalar(x, at, r)
	case reflect.Float64:
		v.number(x.Float(), at, r)
	case reflect.Int:
		v.number(float64(x.Int()), at, r)
	}
}

// number checks the bounds of a number. A number has no empty value, so a working copy may have 0 for one that
// is not stated yet.
func (v *validator) number(f float64, at []string, r rule) {
	if math.IsNaN(f) || (f < r.low || f > r.high) && (f != 0 || v.publish) {
		v.refuse(at, ErrInvalid, "%s is not a number between %.10g and %.10g.", r.name, r.low, r.high)
	}
}

// slugs requires that no two items of a list have the same slug, by which others find them.
func (v *validator) slugs(list reflect.Value, at []string) {
	if list.Len() < 2 || list.Type().Elem().Kind() != reflect.Struct || !list.Index(0).FieldByName("Slug").IsValid() {
		return
	}
	seen := map[string]bool{}
	for i := range list.Len() {
		slug := list.Index(i).FieldByName("Slug").String()
		if slug != "" && seen[slug] {
			v.refuse(append(slices.Clip(at), strconv.Itoa(i), "slug"), ErrInvalid, "The list has two items with the slug %q.", slug)
		}
		seen[slug] = true
	}
}

// scalar checks a string, an enum's value or a reference.
func (v *validator) scalar(x reflect.Value, at []string, r rule) {
	s := x.String()
	if s == "" {
		if r.required || r.publish && v.publish {
			v.refuse(at, ErrRequired, "%s is required.", r.name)
		}
		return
	}
	if e, ok := reflect.TypeAssert[interface{ Values() []string }](x); ok {
		if slices.Contains(e.Values(), s) {
			return
		}
		v.refuse(at, ErrInvalid, "%s has an unknown value.", r.name)
		return
	}
	v.text(s, at, r.name, maxLine)
	if r.date && !dateForm.MatchString(s) {
		v.refuse(at, ErrInvalid, "%s must be a month, a year or a decade, such as 2007-03, 2012 or 1970s.", r.name)
	}
}

// check requires a pattern, a practice or text.
func (s *Subject) check(v *validator, at []string) {
	if s.PatternKey != "" && s.PracticeKey != "" {
		v.refuse(at, ErrInvalid, "Name a pattern or a practice, not both.")
	}
	if s.PatternKey == "" && s.PracticeKey == "" && strings.TrimSpace(s.Text) == "" {
		v.refuse(at, ErrRequired, "Name a pattern, a practice, or a label.")
	}
}

// check requires that Min is not above Max.
func (r *IntRange) check(v *validator, at []string) {
	if r.Min != nil && r.Max != nil && *r.Min > *r.Max {
		v.refuse(at, ErrInvalid, "min is above max.")
	}
}

// check requires that the start is not after the end.
func (s *TimeSpan) check(v *validator, at []string) {
	if s.Start > s.End {
		v.refuse(at, ErrInvalid, "start is after end.")
	}
}

// check requires that each relation is listed once and none refers to the pattern itself.
func (p *Pattern) check(v *validator, _ []string) {
	type pair struct {
		key      string
		relation PatternRelation
	}
	seen := map[pair]bool{}
	for i, r := range p.Relations {
		at := []string{"relatedPatterns", strconv.Itoa(i)}
		if p.Key != "" && r.PatternKey == p.Key {
			v.refuse(at, ErrInvalid, "A pattern cannot be related to itself.")
		}
		if seen[pair{r.PatternKey, r.Relation}] {
			v.refuse(at, ErrInvalid, "The relation is listed twice.")
		}
		seen[pair{r.PatternKey, r.Relation}] = true
	}
}
