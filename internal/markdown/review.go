package markdown

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"patternhub/internal/content"
)

// Review brings the texts of an author's entry into the form in which a file holds them, and
// returns errors, by field, for what cannot be rendered as intended and what no file can hold. It
// changes only white space: line ends become line feeds, an item of a list in the body becomes one
// line, and the body ends with one line end. So whatever it accepts is equal after an export and an
// import.
//
// Imports do not use it: their texts come from files, and an old site may have diagrams for its own
// tools.
func Review(e content.Entry) []content.UserError {
	var out []content.UserError
	refuse := func(field, format string, args ...any) {
		out = append(out, content.UserError{Field: []string{field}, Code: content.ErrInvalid, Message: fmt.Sprintf(format, args...)})
	}
	v := reflect.ValueOf(e).Elem()
	plainEnds(v)
	if body := bodyField(e); body != nil {
		body.Markdown = trimBody(body.Markdown)
	}
	oneLine(sectionColumns(v))
	for _, wrong := range reviewText(bodyOf(v)) {
		refuse("body", "body cannot be rendered: %s.", wrong)
	}
	if len(out) > 0 || len(content.Validate(e, false)) > 0 {
		return out // the text may be slow to parse, or the entry not valid
	}
	if normalize(e) {
		return nil
	}
	names := unwritable(e)
	if len(names) == 0 {
		names = []string{"body"} // each field alone can be written, but not all together
	}
	for _, name := range names {
		refuse(name, "%s cannot be written to a file and read back: it has text that would be read as something else there, "+
			"such as a heading of a section, an open block of code, or the box of a list; or the fields are too long for front matter.", name)
	}
	return out
}

// plainEnds replaces the line ends of other systems in all texts of a value.
func plainEnds(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			plainEnds(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			plainEnds(v.Index(i))
		}
	case reflect.Struct:
		for _, f := range v.Fields() {
			if f.CanSet() {
				plainEnds(f)
			}
		}
	case reflect.String:
		if s := v.String(); strings.Contains(s, "\r") {
			v.SetString(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s))
		}
	default: // no other kind has text
	}
}

// oneLine joins the lines of each list item in some sections, as decoding does.
func oneLine(list []sectionColumn) {
	for _, c := range list {
		switch c.value.Kind() {
		case reflect.Struct:
			oneLine(sectionColumns(c.value))
		case reflect.Slice:
			texts := slices.Clone(points(c.value))
			for i, s := range texts {
				texts[i] = joined(s)
			}
			setPoints(c.value, texts)
		default: // the lines of text remain
		}
	}
}

// joined joins the lines of a string.
func joined(s string) string {
	var lines []string
	for l := range strings.SplitSeq(s, "\n") {
		if l = strings.TrimSpace(l); l != "" {
			lines = append(lines, l)
		}
	}
	return strings.Join(lines, " ")
}

// maxPasses bounds the round trips of an entry until it no longer changes.
const maxPasses = 4

// normalize changes the fields of an entry to what is read back from its file. It returns false if
// they would differ in more than white space.
func normalize(e content.Entry) bool {
	for range maxPasses {
		same, ok := roundTrip(e)
		if same || !ok {
			return ok
		}
	}
	return false
}

// roundTrip encodes an entry, decodes it, and sets the fields that differ. same reports whether
// none did, ok whether all differ in white space only; otherwise it changes nothing.
func roundTrip(e content.Entry) (same, ok bool) {
	decoded := content.NewEntry(e.Head().Type)
	decoded.Head().Slug = e.Head().Slug
	if _, err := Decode(Encode(e), decoded); err != nil {
		return false, false
	}
	was, now := parts(e), parts(decoded)
	for i := range was {
		if was[i].text(content.Spaced) != now[i].text(content.Spaced) {
			return false, false
		}
	}
	same = true
	for i := range was {
		if was[i].text(exact) != now[i].text(exact) {
			was[i].value.Set(now[i].value)
			same = false
		}
	}
	return same, true
}

// unwritable returns the names of the fields that prevent a file from holding the entry. It adds
// the fields one after the other to what a working copy needs, each followed by a body text, so
// that a field that would swallow the text after it is found.
func unwritable(e content.Entry) []string {
	const following = "Following."
	trial := content.NewEntry(e.Head().Type)
	reflect.ValueOf(trial).Elem().Set(reflect.ValueOf(e).Elem())
	var values []reflect.Value
	added := parts(trial)
	for _, p := range added {
		value := reflect.New(p.value.Type()).Elem()
		value.Set(p.value)
		if values = append(values, value); !p.needed {
			p.value.SetZero()
		}
	}
	var out []string
	for i, p := range added {
		p.value.Set(values[i])
		if body := bodyField(trial); body != nil && p.name != "body" {
			body.Markdown = following
		}
		sound := normalize(trial)
		if body := bodyField(trial); body != nil && p.name != "body" {
			body.Markdown = ""
		}
		if !sound {
			out = append(out, p.name)
			p.value.SetZero()
		}
	}
	return out
}

// part is a field of an entry in its file: in the front matter, in a section, or as the body.
type part struct {
	name   string
	value  reflect.Value
	needed bool
	front  bool
}

// text returns the texts of a field, each converted by as. Two fields are equal if the results are.
func (p part) text(as func(string) string) string {
	switch {
	case p.front:
		return as(flow(p.value))
	case p.name == "body":
		return as(p.value.FieldByName("Markdown").String())
	}
	var b strings.Builder
	var walk func(reflect.Value)
	walk = func(v reflect.Value) {
		switch {
		case v.Kind() == reflect.String:
			b.WriteString(as(v.String()) + "\x00")
		case v.Kind() == reflect.Struct:
			for _, c := range sectionColumns(v) {
				walk(c.value)
				b.WriteByte(0)
			}
		default:
			for _, s := range points(v) {
				walk(reflect.ValueOf(s))
			}
		}
	}
	walk(p.value)
	return b.String()
}

// exact returns a text as it is.
func exact(s string) string { return s }

// parts returns the fields of an entry in its file, the body last.
func parts(e content.Entry) []part {
	v := reflect.ValueOf(e).Elem()
	var out []part
	for _, c := range columns(v) {
		out = append(out, part{name: c.name, value: c.value, needed: c.requiredInDraft || c.name == "name", front: true})
	}
	for _, c := range sectionColumns(v) {
		out = append(out, part{name: c.field, value: c.value})
	}
	if body := bodyField(e); body != nil {
		out = append(out, part{name: "body", value: reflect.ValueOf(body).Elem()})
	}
	return out
}

// bodyField returns the body of an entry; nil for types without one.
func bodyField(e content.Entry) *content.RichText {
	if body := reflect.ValueOf(e).Elem().FieldByName("Body"); body.IsValid() {
		text, _ := reflect.TypeAssert[*content.RichText](body.Addr())
		return text
	}
	return nil
}
