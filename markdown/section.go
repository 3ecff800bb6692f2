package markdown

import (
	"reflect"
	"strings"

	"patternhub/content"
)

// section is a part of a body under a heading; what stands before the first heading has none.
// Lines keep their ends. Indexes are those of the list that was cut, from 0.
type section struct {
	name   string
	headed bool
	// from is the index of the first line below the heading.
	from  int
	lines []string
}

func (s section) text() string { return strings.Join(s.lines, "") }

// end is the index of the line after the last one.
func (s section) end() int { return s.from + len(s.lines) }

// sections cuts a body at headings of that level. Fences are left alone.
// There is always a first one without a heading, be it empty. Deeper headings belong to the section
// they stand in. Headings underlined with dashes are not looked for.
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

// fence follows fenced code from line to line.
// The zero value is outside of code. A closing fence is at least as long as the opening one, of the
// same character, with nothing behind it; an opening one of back quotes has none in the rest of its
// line, else it is a code span.
type fence struct{ mark string }

// inside takes in the next line and tells whether it belongs to fenced code, the fences
// themselves included.
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

// point takes the mark of a list's point off a line.
// A box to tick is taken off too: that something is ticked is the reader's and not the file's.
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

// item is a point of a list and the lines it stands on.
type item struct {
	text     string
	from, to int
}

// items takes the points of a list with what belongs to them. stray is the index of the first
// line with text that belongs to no point, -1 when there is none.
// A line below a point that is no point itself continues its text, so deeper lists become part of
// it.
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

// body puts the sections that fields are made of into those fields, and the rest into Body.
// A section that the type does not know stays in the body with its heading. A second section of the
// same name is a problem, since only one of them could be kept.
func (d *decoder) body(f *file, v reflect.Value) {
	named := map[string]reflect.Value{}
	for _, c := range sectionColumns(v) {
		named[c.name] = c.value
	}
	seen := map[string]bool{}
	for _, s := range sections(strings.SplitAfter(f.body, "\n"), 2) {
		field, ok := named[s.name]
		if !ok || !s.headed {
			continue
		}
		if seen[s.name] {
			d.refuse(f.bodyLine+s.from-1, 1, "the section %s is given twice", s.name)
			continue
		}
		seen[s.name] = true
		d.section(f.bodyLine, s, field)
	}
	if body := v.FieldByName("Body"); body.IsValid() {
		text, _ := remainder(f.body, named)
		body.Addr().Interface().(*content.RichText).Markdown = text
	}
}

// remainder is the part of a body that no section holds, and the indexes of its lines.
// Empty lines at both ends are taken off. The text ends with one line end, also when it is empty;
// index has one number for each of its lines.
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

// section reads a section into its field: a paragraph, a list, or parts with names of their own.
// base is the line of the file on which the lines of the section are counted from 0.
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

// parts reads a section whose parts stand under headings of their own.
// Unlike unknown sections, unknown parts are refused, because there is no body for them to stay in.
func (d *decoder) parts(base int, s section, v reflect.Value) {
	known := map[string]reflect.Value{}
	for _, c := range sectionColumns(v) {
		known[c.name] = c.value
	}
	for _, part := range sections(s.lines, 3) {
		field, ok := known[part.name]
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

// setPoints puts a list of texts into a field.
// An empty list is nil and not an empty slice, as in an entry that never had one. Points of a
// checklist are numbered from 1 in the order of the file.
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

// points gives the texts of a list field.
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
