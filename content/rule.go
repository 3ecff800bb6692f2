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

// The struct tag rule states what a field must satisfy, beside what its Go type says: enums
// have one of their values, texts are UTF-8 without control characters and within their
// length, lists within theirs.
//
//	required  a working copy needs it
//	publish   the published copy needs it
//	max=N     a list has at most N items, the assumed size of the contract
//	date      a date known to the month, the year or the decade

const (
	// maxLine bounds texts of one paragraph; the longest fact has 412 characters.
	maxLine = 2_000
	// maxName bounds names and slugs, so that they fit a line.
	maxName = 200
	// maxSummary bounds summaries: two long sentences.
	maxSummary = 600
	// maxMarkdown bounds a long text: three times the largest page that a team has shown us.
	maxMarkdown = 200_000
	// maxTexts bounds lists of plain texts, and maxRows relations, which are read in pages.
	maxTexts, maxRows = 100, 1_000
	// maxProblems bounds what one write is told; more help nobody.
	maxProblems = 100
)

// validator walks an entry and gathers what is wrong with it.
type validator struct {
	publish  bool
	problems []UserError
}

func (v *validator) refuse(at []string, code UserErrorCode, format string, args ...any) {
	if len(v.problems) < maxProblems {
		v.problems = append(v.problems, UserError{Field: append([]string{}, at...), Code: code, Message: fmt.Sprintf(format, args...)})
	}
}

// checker is a part of an entry with rules over several of its fields.
type checker interface {
	check(v *validator, at []string)
}

// Validate tells what is wrong with a working copy, all of it, in the order of the fields.
// With publish, what the published copy needs is asked for too. It does not look at what
// references lead to.
func Validate(e Entry, publish bool) []UserError {
	v := &validator{publish: publish}
	v.head(e.Head())
	v.fields(reflect.ValueOf(e).Elem(), nil)
	return v.problems
}

// slugForm is a slug: words of lower-case letters and digits, joined by single dashes.
var slugForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// partForm is a part of a page's path. Pages come from sites in any language, so letters of
// every script will do, folded as slugs are looked up.
var partForm = regexp.MustCompile(`^[\p{Ll}\p{Lo}\p{Lm}\p{N}]+(-[\p{Ll}\p{Lo}\p{Lm}\p{N}]+)*$`)

// dateForm is a date known to the month, the year or the decade.
var dateForm = regexp.MustCompile(`^[0-9]{4}(-(0[1-9]|1[0-2])|s)?$`)

// head checks what all entries share.
func (v *validator) head(h *Meta) {
	v.word(h.Slug, "slug")
	parts, form := []string{h.Slug}, slugForm
	if h.Type == TypePage {
		parts, form = strings.Split(h.Slug, "/"), partForm
	}
	for _, p := range parts {
		if h.Slug != "" && (!form.MatchString(p) || Fold(p) != p) {
			v.refuse([]string{"slug"}, ErrInvalid, "A slug has lower-case letters, digits and single dashes between them.")
			break
		}
	}
	v.word(h.Name, "name")
	v.text(h.Summary, []string{"summary"}, "summary", maxSummary)
	if v.publish && strings.TrimSpace(h.Summary) == "" {
		v.refuse([]string{"summary"}, ErrRequired, "A published entry needs a summary.")
	}
}

// word checks a text that every working copy has.
func (v *validator) word(s, name string) {
	if strings.TrimSpace(s) == "" {
		v.refuse([]string{name}, ErrRequired, "%s is required.", name)
	}
	v.text(s, []string{name}, name, maxName)
}

// text checks a text's length and characters; name is what the messages call it.
func (v *validator) text(s string, at []string, name string, most int) {
	if n := utf8.RuneCountInString(s); n > most {
		v.refuse(at, ErrTooLong, "%s has %d characters; at most %d are kept.", name, n, most)
	}
	if !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' && r != '\r' || r == 0x7f }) {
		v.refuse(at, ErrInvalid, "%s holds characters that no text has.", name)
	}
}

// rule is a field's tag, read once.
type rule struct {
	index             int
	name              string
	required, publish bool
	date              bool
	ref               EntryType
	most              int
}

// ruleCache keeps the rules of each struct type; it only ever grows to the number of types in
// this package.
var ruleCache sync.Map

// rulesOf reads the rules of a struct's own fields.
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
		for part := range strings.SplitSeq(f.Tag.Get("rule"), ",") {
			switch key, value, _ := strings.Cut(part, "="); key {
			case "required":
				r.required = true
			case "publish":
				r.publish = true
			case "date":
				r.date = true
			case "max":
				r.most, _ = strconv.Atoi(value)
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
		// An enum that is given has a value; only an absent one has none.
		if _, enum := reflect.TypeAssert[interface{ Values() []string }](x.Elem()); enum && x.Elem().String() == "" {
			v.refuse(at, ErrInvalid, "%s has no such value.", r.name)
			return
		}
		v.value(x.Elem(), at, r)
	case reflect.Slice:
		if x.Len() > r.most {
			v.refuse(at, ErrTooLong, "%s has %d items; at most %d are kept.", r.name, x.Len(), r.most)
			return
		}
		item := rule{name: r.name, required: true}
		for i := range x.Len() {
			v.value(x.Index(i), append(slices.Clip(at), strconv.Itoa(i)), item)
		}
	case reflect.Struct:
		if text, ok := reflect.TypeAssert[*RichText](x.Addr()); ok {
			v.text(text.Markdown, at, r.name, maxMarkdown)
			return
		}
		v.fields(x, at)
	case reflect.String:
		v.scalar(x, at, r)
	case reflect.Float64:
		if f := x.Float(); math.IsNaN(f) || math.Abs(f) > 1e15 {
			v.refuse(at, ErrInvalid, "%s is no number that can be kept.", r.name)
		}
	}
}

// scalar checks a text, an enum's value or a reference.
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
		v.refuse(at, ErrInvalid, "%s has no such value.", r.name)
		return
	}
	v.text(s, at, r.name, maxLine)
	if r.date && !dateForm.MatchString(s) {
		v.refuse(at, ErrInvalid, "%s is a month, a year or a decade: 2007-03, 2012, 1970s.", r.name)
	}
}

// check wants a pattern, a practice or a text.
func (s *Subject) check(v *validator, at []string) {
	if s.PatternKey != "" && s.PracticeKey != "" {
		v.refuse(at, ErrInvalid, "Name a pattern or a practice, not both.")
	}
	if s.PatternKey == "" && s.PracticeKey == "" && strings.TrimSpace(s.Text) == "" {
		v.refuse(at, ErrRequired, "Name a pattern, a practice, or a label.")
	}
}

// check wants the ends in order.
func (r *IntRange) check(v *validator, at []string) {
	if r.Min != nil && r.Max != nil && *r.Min > *r.Max {
		v.refuse(at, ErrInvalid, "min is above max.")
	}
}

// check wants the end after the start.
func (s *TimeSpan) check(v *validator, at []string) {
	if s.Start > s.End {
		v.refuse(at, ErrInvalid, "start is after end.")
	}
}

// check wants the relations of a pattern to lead elsewhere, each stated once.
func (p *Pattern) check(v *validator, _ []string) {
	type pair struct {
		key      string
		relation PatternRelation
	}
	seen := map[pair]bool{}
	for i, r := range p.Relations {
		at := []string{"relatedPatterns", strconv.Itoa(i)}
		if p.Key != "" && r.PatternKey == p.Key {
			v.refuse(at, ErrInvalid, "A pattern has no relation to itself.")
		}
		if seen[pair{r.PatternKey, r.Relation}] {
			v.refuse(at, ErrInvalid, "The relation is stated twice.")
		}
		seen[pair{r.PatternKey, r.Relation}] = true
	}
}
