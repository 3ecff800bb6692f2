package markdown

import (
	"reflect"
	"strings"

	"patternhub/content"
)

// Encode writes an entry as a file in the canonical form: front matter in the order of the
// type's fields, enums in lower case with dashes, then the sections, then the rest of the body.
// References are written as they are, so the caller puts slugs in place of keys.
// The text before the first heading of the second level comes before the sections, so that an
// introduction stays one. The result ends with a line end and has no empty line at its end. It is
// not always read back the same: a body with the heading of a section would be taken for it. Splice
// checks that; whoever calls this alone has to know.
func Encode(e content.Entry) []byte {
	v := reflect.ValueOf(e).Elem()
	var b strings.Builder
	b.WriteString("---\n")
	for _, c := range columns(v) {
		if !c.absent() {
			b.WriteString(strings.Join(c.lines(0), "\n") + "\n")
		}
	}
	b.WriteString("---\n")
	lead, rest := bodyOf(v), ""
	if at := firstSection(lead); at >= 0 {
		lead, rest = lead[:at], lead[at:]
	}
	parts := []string{lead}
	for _, c := range sectionColumns(v) {
		parts = append(parts, sectionText(c, 2))
	}
	for _, part := range append(parts, rest) {
		if part = strings.Trim(part, "\n"); part != "" {
			b.WriteString("\n" + part + "\n")
		}
	}
	return []byte(b.String())
}

// bodyOf gives the Markdown of an entry's body; empty for types without one.
func bodyOf(v reflect.Value) string {
	if body := v.FieldByName("Body"); body.IsValid() {
		return body.Interface().(content.RichText).Markdown
	}
	return ""
}

// firstSection is where the first heading of the second level is; -1 when there is none.
// It is an offset in bytes. Headings inside fenced code are text.
func firstSection(body string) int {
	at := 0
	var f fence
	for _, l := range strings.SplitAfter(body, "\n") {
		if !f.inside(l) && strings.HasPrefix(l, "## ") {
			return at
		}
		at += len(l)
	}
	return -1
}

// sectionText writes a section with its heading of that level; nothing when it is empty.
// It ends with one line end. A list's level does not matter; the parts of a struct come one level
// deeper.
func sectionText(c sectionColumn, level int) string {
	var text string
	switch {
	case c.value.Kind() == reflect.String:
		text = c.value.String()
	case c.value.Kind() == reflect.Struct:
		var parts []string
		for _, part := range sectionColumns(c.value) {
			if t := sectionText(part, level+1); t != "" {
				parts = append(parts, t)
			}
		}
		text = strings.Join(parts, "\n")
	default:
		text = strings.Join(pointLines(c.value), "\n")
	}
	if text = strings.Trim(text, "\n"); text == "" {
		return ""
	}
	return strings.Repeat("#", level) + " " + c.name + "\n\n" + text + "\n"
}

// pointLines writes a list; what is to be ticked has a box.
func pointLines(v reflect.Value) []string {
	mark := "- "
	if v.Type() == reflect.TypeFor[[]*content.ChecklistItem]() {
		mark = "- [ ] "
	}
	list := points(v)
	out := make([]string, len(list))
	for i, text := range list {
		out[i] = mark + text
	}
	return out
}

// Same tells whether two entries of one type are the same for a file: everything an author
// can write is equal, empty lines around a body left aside.
// Keys, revisions and times are the store's and are not compared. References are compared as they
// are, so both entries must hold slugs or both keys.
func Same(a, b content.Entry) bool {
	va, vb := reflect.ValueOf(a).Elem(), reflect.ValueOf(b).Elem()
	if va.Type() != vb.Type() {
		return false
	}
	ca, cb := columns(va), columns(vb)
	for i := range ca {
		if !same(ca[i], cb[i]) {
			return false
		}
	}
	sa, sb := sectionColumns(va), sectionColumns(vb)
	for i := range sa {
		if sectionText(sa[i], 2) != sectionText(sb[i], 2) {
			return false
		}
	}
	return strings.Trim(bodyOf(va), "\n") == strings.Trim(bodyOf(vb), "\n")
}

// same tells whether two values of a field are the same for a file.
func same(a, b column) bool {
	if a.absent() || b.absent() {
		return a.absent() == b.absent()
	}
	return flow(a.value) == flow(b.value)
}
