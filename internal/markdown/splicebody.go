package markdown

import (
	"reflect"
	"strings"
)

// body edits the sections and the rest of the body. Its lines get line feeds, whatever the source
// has, so that they are split as in decoding.
func (s *splicer) body(before, after reflect.Value) {
	lines := make([]string, len(s.text)-s.layout.body)
	for i, t := range s.text[s.layout.body:] {
		lines[i] = t + "\n"
	}
	lines[len(lines)-1] = strings.TrimSuffix(lines[len(lines)-1], "\n")
	named := map[string]reflect.Value{}
	found := map[string]section{}
	for _, c := range sectionColumns(before) {
		named[c.name] = c.value
	}
	for _, part := range sections(lines, 2) {
		if part.headed {
			found[part.name] = part
		}
	}
	s.sections(found, before, after)
	s.within(func() bool { s.remainder(lines, named, bodyOf(before), bodyOf(after)); return true })
}

// sections edits the sections of fields. A new section goes after its predecessor in the type, or
// before the first heading of its level. An empty section is removed with its heading.
func (s *splicer) sections(found map[string]section, before, after reflect.Value) {
	olds, news := sectionColumns(before), sectionColumns(after)
	at := -1 // the end of the section before
	for i, c := range news {
		part, there := found[c.name]
		text := sectionText(c, 2)
		if there {
			at = s.layout.body + part.end()
		}
		if text == sectionText(olds[i], 2) {
			continue
		}
		switch {
		case there && text == "":
			s.removePart(s.layout.body+part.from-1, at)
		case there && !s.coarse && s.within(func() bool { return s.points(part, olds[i].value, c.value) }):
		case there:
			s.rewrite(part, text)
		case at >= 0:
			s.insertApart(at, textLines(text)...)
		default:
			s.insertApart(s.leadEnd(), textLines(text)...)
		}
	}
}

// leadEnd returns the line of the first heading of the second level, or the end of the file.
func (s *splicer) leadEnd() int {
	var f fence
	for i := s.layout.body; i < len(s.text); i++ {
		if !f.inside(s.text[i]) && strings.HasPrefix(s.text[i], "## ") {
			return i
		}
	}
	if n := len(s.text); s.text[n-1] == "" {
		return n - 1
	}
	return len(s.text)
}

// rewrite changes the lines of a section that differ from its canonical text. The heading stays,
// and so do empty lines at both ends. text begins with the heading and an empty line, which are not
// used.
func (s *splicer) rewrite(part section, text string) {
	from, to := s.layout.body+part.from, s.layout.body+part.end()
	for from < to && strings.TrimSpace(s.text[from]) == "" {
		from++
	}
	for to > from && strings.TrimSpace(s.text[to-1]) == "" {
		to--
	}
	_, text, _ = strings.Cut(text, "\n\n")
	if from == to {
		s.insertApart(from, textLines(text)...)
		return
	}
	s.lines(from, s.text[from:to], textLines(text))
}

// lines replaces the lines that differ; from is the index of the first.
func (s *splicer) lines(from int, old, now []string) {
	for _, h := range diff(old, now) {
		s.replace(from+h.aFrom, from+h.aTo, now[h.bFrom:h.bTo]...)
	}
}

// points edits a list item by item, and returns false if the section is not a list or was not
// decoded item by item; the section is then rewritten. Items that stay retain their lines, their
// mark and the empty lines between them. Within a hunk, items are changed in pairs, and the rest
// removed or added.
func (s *splicer) points(part section, before, after reflect.Value) bool {
	if before.Kind() == reflect.Struct {
		s.parts(part, before, after)
		return true
	}
	list, _ := items(part.lines)
	old := points(before)
	if before.Kind() != reflect.Slice || len(list) != len(old) || len(old) == 0 {
		return false
	}
	base := s.layout.body + part.from
	now, written := points(after), pointLines(after)
	for _, h := range diff(old, now) {
		both := min(h.aTo-h.aFrom, h.bTo-h.bFrom)
		for i := range both {
			it := list[h.aFrom+i]
			s.replace(base+it.from, base+it.to, s.marked(base+it.from, now[h.bFrom+i]))
		}
		for _, it := range list[h.aFrom+both : h.aTo] {
			s.replace(base+it.from, base+it.to)
		}
		at := base + list[0].from
		if h.aFrom+both > 0 {
			at = base + list[h.aFrom+both-1].to
		}
		s.replace(at, at, written[h.bFrom+both:h.bTo]...)
	}
	return true
}

// marked returns a line with another text after its mark, with its indentation and checkbox. If the
// old text is not found on the line, the mark is a plain dash.
func (s *splicer) marked(line int, text string) string {
	was, _ := point(s.text[line])
	if at := strings.LastIndex(s.text[line], was); at > 0 && was != "" {
		return s.text[line][:at] + text
	}
	return "- " + text
}

// parts edits the parts of a section under their own headings. A new part goes after its
// predecessor, or directly below the section's heading.
func (s *splicer) parts(parent section, before, after reflect.Value) {
	found := map[string]section{}
	for _, part := range sections(parent.lines, 3) {
		if part.headed {
			part.from += parent.from
			found[part.name] = part
		}
	}
	olds, news := sectionColumns(before), sectionColumns(after)
	at := s.layout.body + parent.from
	for i, c := range news {
		part, there := found[c.name]
		text := sectionText(c, 3)
		if there {
			at = s.layout.body + part.end()
		}
		switch {
		case text == sectionText(olds[i], 3):
		case there && text == "":
			s.removePart(s.layout.body+part.from-1, at)
		case there && s.within(func() bool { return s.points(part, olds[i].value, c.value) }):
		case there:
			s.rewrite(part, text)
		default:
			s.insertApart(at, textLines(text)...)
		}
	}
}

// remainder edits the part of the body that belongs to no section. It edits line by line, so that
// unchanged lines stay as they are even if decoding changed them.
func (s *splicer) remainder(body []string, named map[string]reflect.Value, before, after string) {
	if strings.Trim(before, "\n") == strings.Trim(after, "\n") {
		return
	}
	_, index := remainder(strings.Join(body, ""), named)
	old := textLines(before)
	now := textLines(after)
	if len(old) != len(index) || len(index) == 0 {
		// There is no such part yet, or its lines do not correspond to those of the source: replace
		// all of it. The text before the first heading goes before the sections.
		for _, i := range index {
			s.removePart(s.layout.body+i, s.layout.body+i+1)
		}
		lead := len(now)
		if at := firstSection(after); at >= 0 {
			lead = len(textLines(after[:at]))
		}
		s.insertApart(s.layout.body, now[:lead]...)
		s.insertApart(len(s.text), textLines(strings.Join(now[lead:], "\n"))...)
		return
	}
	for _, h := range diff(old, now) {
		at := s.layout.body + index[len(index)-1] + 1
		if h.aFrom < len(index) {
			at = s.layout.body + index[h.aFrom]
		}
		if h.aFrom == h.aTo && h.aFrom > 0 {
			at = s.layout.body + index[h.aFrom-1] + 1 // new lines follow the ones before
		}
		s.replace(at, at, now[h.bFrom:h.bTo]...)
		s.edits[len(s.edits)-1].gapAfter = h.aTo == len(index) // a section may come next
		for _, i := range index[h.aFrom:h.aTo] {
			s.replace(s.layout.body+i, s.layout.body+i+1)
			s.edits[len(s.edits)-1].join = h.aFrom == 0 || h.aTo == len(index) // a section may be there
		}
	}
}

// textLines returns the lines of the text without empty lines at its ends.
func textLines(text string) []string {
	text = strings.Trim(text, "\n")
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}
