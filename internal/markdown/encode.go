package markdown

import (
	"reflect"
	"strings"

	"patternhub/internal/content"
)

// Encode writes an entry as a file in the canonical form: front matter in the order of the type's
// fields, enums in lower case with dashes, then the sections, then the rest of the body. It writes
// references as they are, so the caller replaces keys with slugs.
// The text before the first heading of the second level precedes the sections, so that an
// introduction stays one. The result ends with one line end. It may not decode to the same entry,
// since a heading in the body may have the name of a section. Splice checks that; other callers
// must do so themselves.
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

// bodyOf returns the Markdown of an entry's body; empty for types without one.
func bodyOf(v reflect.Value) string {
	if body := v.FieldByName("Body"); body.IsValid() {
		return body.Interface().(content.RichText).Markdown
	}
	return ""
}

// firstSection returns the offset of the first heading of the second level in bytes; -1 when there
// is none. Headings inside fenced code are text.
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

// sectionText writes a section with its heading of that level; empty when the section is. It ends
// with one line end. The parts of a struct have headings one level deeper.
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

// pointLines writes a list; items of a checklist have a box.
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

// Same reports whether two entries of one type are equal for a file: everything that an author can
// write is equal, apart from empty lines around the body.
// Keys, revisions and times belong to the store and are not compared. References are compared as
// they are, so both entries must have slugs or both keys.
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

// same reports whether two values of a field are equal for a file.
func same(a, b column) bool {
	if a.absent() || b.absent() {
		return a.absent() == b.absent()
	}
	return flow(a.value) == flow(b.value)
}
