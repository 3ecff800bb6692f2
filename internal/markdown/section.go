package markdown

import (
	"reflect"
	"strings"

	"patternhub/internal/content"
)

// section is a part of a body under a heading; the part before the first heading has none. Its
// lines include their ends. Indexes are those of the list of lines, from 0.
type section struct {
	name   string
	headed bool
	// from is the index of the first line below the heading.
	from  int
	lines []string
}

// text returns the section as it stands in the file.
func (s section) text() string { return strings.Join(s.lines, "") }

// end returns the index after the last line.
func (s section) end() int { return s.from + len(s.lines) }

// sections splits a body at headings of a level, except in fenced code. The first section has no
// heading and may be empty. Deeper headings belong to the section around them. Underlined headings
// do not count.
func sections(body []string, level int) []section {
	mark := strings.Repeat("#", level) + " "
	out := []section{{}}
	var f fence
	for i, l := range body {
		if !f.inside(l) && strings.HasPrefix(l, mark) {
			out = append(out, section{name: strings.TrimSpace(l[len(mark):]), headed: true, from: i + 1})
			continue
		}
		last := &out[len(out)-1]
		last.lines = append(last.lines, l)
	}
	return out
}

// fence tracks fenced code from line to line. The zero value is outside of code. A closing fence is
// at least as long as the opening one, of the same character, with nothing after it. A line that
// opens with back quotes has no others after them; otherwise it is a code span.
type fence struct{ mark string }

// inside reads the next line and reports whether it belongs to fenced code, the fences included.
func (f *fence) inside(line string) bool {
	trimmed := strings.TrimSpace(line)
	if f.mark != "" {
		if rest, ok := strings.CutPrefix(trimmed, f.mark); ok && strings.Trim(rest, f.mark[:1]) == "" {
			f.mark = ""
		}
		return true
	}
	for _, c := range []string{"`", "~"} {
		if run := len(trimmed) - len(strings.TrimLeft(trimmed, c)); run >= 3 && (c != "`" || !strings.Contains(trimmed[run:], c)) {
			f.mark = trimmed[:run]
			return true
		}
	}
	return false
}

// point removes the mark of a list item from a line, and its checkbox: whether it is checked
// depends on the reader, not on the file. It reports whether the line has a mark.
func point(line string) (string, bool) {
	for _, mark := range []string{"- ", "* ", "+ "} {
		if text, ok := strings.CutPrefix(line, mark); ok {
			text = strings.TrimSpace(text)
			for _, box := range []string{"[ ] ", "[x] ", "[X] "} {
				text = strings.TrimPrefix(text, box)
			}
			return text, true
		}
	}
	return "", false
}

// item is an item of a list with its lines.
type item struct {
	text     string
	from, to int
}

// items returns the items of a list. stray is the index of the first line with text that belongs to
// no item, -1 when there is none. A line without a mark continues the item above it, and so does a
// deeper list.
func items(lines []string) (list []item, stray int) {
	stray = -1
	for i, l := range lines {
		l = strings.TrimSuffix(l, "\n")
		text, ok := point(l)
		switch {
		case ok:
			list = append(list, item{text: text, from: i, to: i + 1})
		case strings.TrimSpace(l) == "":
		case len(list) == 0:
			if stray < 0 {
				stray = i
			}
		default:
			last := &list[len(list)-1]
			last.text += " " + strings.TrimSpace(l)
			last.to = i + 1
		}
	}
	return list, stray
}

// body decodes the sections into their fields, and the rest into Body. A section that the type does
// not have stays in the body with its heading. A second section with the same name is a problem,
// since a field can hold only one.
func (d *decoder) body(f *file, v reflect.Value) {
	named := map[string]reflect.Value{}
	for _, c := range sectionColumns(v) {
		named[c.name] = c.value
	}
	done := map[string]bool{}
	for _, s := range sections(strings.SplitAfter(f.body, "\n"), 2) {
		field, ok := named[s.name]
		if !ok || !s.headed {
			continue
		}
		if done[s.name] {
			d.refuse(f.bodyLine+s.from-1, 1, "the section %s is given twice", s.name)
			continue
		}
		done[s.name] = true
		d.section(f.bodyLine, s, field)
	}
	if body := v.FieldByName("Body"); body.IsValid() {
		text, _ := remainder(f.body, named)
		body.Addr().Interface().(*content.RichText).Markdown = trimBody(text)
	}
}

// trimBody returns a body as files have it: without empty lines around it and with one line end
// after it. An empty body is an empty text.
func trimBody(body string) string {
	if body = strings.Trim(body, "\n"); body == "" {
		return ""
	}
	return body + "\n"
}

// remainder returns the part of a body that belongs to no section, and the indexes of its lines. It
// removes empty lines at both ends. The text ends with one line end, even if it is empty.
func remainder(body string, named map[string]reflect.Value) (text string, index []int) {
	var lines []string
	for _, s := range sections(strings.SplitAfter(body, "\n"), 2) {
		if _, ok := named[s.name]; ok && s.headed {
			continue
		}
		if s.headed {
			lines, index = append(lines, strings.TrimSuffix("## "+s.name, " ")+"\n"), append(index, s.from-1)
		}
		for i, l := range s.lines {
			lines, index = append(lines, l), append(index, s.from+i)
		}
	}
	for len(lines) > 0 && strings.Trim(lines[0], "\n") == "" {
		lines, index = lines[1:], index[1:]
	}
	for len(lines) > 0 && strings.Trim(lines[len(lines)-1], "\n") == "" {
		lines, index = lines[:len(lines)-1], index[:len(index)-1]
	}
	return strings.TrimSuffix(strings.Join(lines, ""), "\n") + "\n", index
}

// section decodes a section into its field: text, a list, or named parts. base is the line of the
// file at which the lines of the section count from 0.
func (d *decoder) section(base int, s section, v reflect.Value) {
	switch {
	case v.Kind() == reflect.String:
		v.SetString(strings.TrimSpace(s.text()))
	case v.Kind() == reflect.Struct:
		d.parts(base+s.from, s, v)
	default:
		list, stray := items(s.lines)
		if stray >= 0 {
			d.refuse(base+s.from+stray, 1, "%s is a list: its points start with a dash", s.name)
		}
		texts := make([]string, len(list))
		for i, p := range list {
			texts[i] = p.text
		}
		setPoints(v, texts)
	}
}

// parts decodes a section with parts under their own headings. Unknown parts are refused, since
// they have no body to stay in as unknown sections do.
func (d *decoder) parts(base int, s section, v reflect.Value) {
	fields := map[string]reflect.Value{}
	for _, c := range sectionColumns(v) {
		fields[c.name] = c.value
	}
	for _, part := range sections(s.lines, 3) {
		field, ok := fields[part.name]
		switch {
		case ok && part.headed:
			d.section(base, part, field)
		case part.headed:
			d.refuse(base+part.from-1, 1, "%s has no part named %s", s.name, part.name)
		case strings.TrimSpace(part.text()) != "":
			d.refuse(base, 1, "%s has text before its first part", s.name)
		}
	}
}

// setPoints sets a list field to some texts. An empty list is nil, as in an entry that never had
// one. Items of a checklist are numbered from 1 in order.
func setPoints(v reflect.Value, texts []string) {
	if len(texts) == 0 {
		v.SetZero()
		return
	}
	if v.Type() == reflect.TypeFor[[]string]() {
		v.Set(reflect.ValueOf(texts))
		return
	}
	list := make([]*content.ChecklistItem, len(texts))
	for i, t := range texts {
		list[i] = &content.ChecklistItem{Order: i + 1, Text: t}
	}
	v.Set(reflect.ValueOf(list))
}

// points returns the texts of a list field.
func points(v reflect.Value) []string {
	switch list := v.Interface().(type) {
	case []string:
		return list
	case []*content.ChecklistItem:
		out := make([]string, len(list))
		for i, c := range list {
			out[i] = c.Text
		}
		return out
	}
	return nil
}
