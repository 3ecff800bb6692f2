package markdown

import (
	"reflect"
	"slices"
	"strings"
)

// body edits the sections and the rest of the body.
// Lines get a plain end here, whatever the source has, so that the same functions cut them as in
// decoding.
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
	s.remainder(lines, named, bodyOf(before), bodyOf(after))
}

// sections edits the sections that fields are made of.
// A new section goes behind the one that comes before it in the type, or before the first heading
// of its level. A section without content goes with its heading.
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
			s.replace(s.layout.body+part.from-1, at)
		case there && !s.coarse && s.points(part, olds[i].value, c.value):
		case there:
			s.rewrite(part, text)
		case at >= 0:
			s.replace(at, at, fresh(text)...)
		default:
			s.replace(s.leadEnd(), s.leadEnd(), fresh(text)...)
		}
	}
}

// fresh gives the lines of a new section with an empty one behind it.
func fresh(text string) []string {
	return append(strings.Split(strings.TrimSuffix(text, "\n"), "\n"), "")
}

// leadEnd is the line of the first heading of the second level, or the end of the file.
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

// rewrite changes the lines of a section that differ from its canonical text, empty lines at
// its ends left as they are.
// The heading stays. text has one, followed by an empty line, and is cut behind it.
func (s *splicer) rewrite(part section, text string) {
	from, to := s.layout.body+part.from, s.layout.body+part.end()
	for from < to && strings.TrimSpace(s.text[from]) == "" {
		from++
	}
	for to > from && strings.TrimSpace(s.text[to-1]) == "" {
		to--
	}
	_, text, _ = strings.Cut(text, "\n\n")
	s.lines(from, s.text[from:to], strings.Split(strings.TrimRight(text, "\n"), "\n"))
}

// lines replaces the lines that differ; from is the index of the first.
func (s *splicer) lines(from int, old, now []string) {
	for _, h := range diff(old, now) {
		s.replace(from+h.aFrom, from+h.aTo, now[h.bFrom:h.bTo]...)
	}
}

// points edits a list point by point; false when the section is no list.
// Points that stay keep their lines, their mark and the empty lines between them. Within a hunk
// points are changed in pairs, then the ones left over are taken away or added. When the list was
// not read point by point, the whole section is rewritten.
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

// marked puts a text behind the mark that the line has.
// It keeps an indentation and a ticked box. A point whose text cannot be found on its line gets a
// plain dash.
func (s *splicer) marked(line int, text string) string {
	was, _ := point(s.text[line])
	if at := strings.LastIndex(s.text[line], was); at > 0 && was != "" {
		return s.text[line][:at] + text
	}
	return "- " + text
}

// parts edits the parts of a section that stand under headings of their own.
// New parts come behind the one before, or right below the section's heading.
func (s *splicer) parts(whole section, before, after reflect.Value) {
	found := map[string]section{}
	for _, part := range sections(whole.lines, 3) {
		if part.headed {
			part.from += whole.from
			found[part.name] = part
		}
	}
	olds, news := sectionColumns(before), sectionColumns(after)
	at := s.layout.body + whole.from
	for i, c := range news {
		part, there := found[c.name]
		text := sectionText(c, 3)
		if there {
			at = s.layout.body + part.end()
		}
		switch {
		case text == sectionText(olds[i], 3):
		case there && text == "":
			s.replace(s.layout.body+part.from-1, at)
		case there && s.points(part, olds[i].value, c.value):
		case there:
			s.rewrite(part, text)
		default:
			s.replace(at, at, fresh(text)...)
		}
	}
}

// remainder edits the part of the body that no section holds. Its lines are those of the
// source one by one, so that unchanged ones stay as they are even where reading changed them.
func (s *splicer) remainder(body []string, named map[string]reflect.Value, before, after string) {
	if strings.Trim(before, "\n") == strings.Trim(after, "\n") {
		return
	}
	_, index := remainder(strings.Join(body, ""), named)
	old := splitLines(before)
	now := splitLines(after)
	if len(old) != len(index) || len(index) == 0 {
		// What was read does not follow the source line by line: all of it is replaced.
		at := len(s.text)
		for _, i := range slices.Backward(index) {
			at = s.layout.body + i
			s.replace(at, at+1)
		}
		s.replace(at, at, now...)
		return
	}
	for _, h := range diff(old, now) {
		at := s.layout.body + index[len(index)-1] + 1
		if h.aFrom < len(index) {
			at = s.layout.body + index[h.aFrom]
		}
		if h.aFrom == h.aTo && h.aFrom > 0 {
			at = s.layout.body + index[h.aFrom-1] + 1 // new lines stand behind the ones before
		}
		s.replace(at, at, now[h.bFrom:h.bTo]...)
		for _, i := range index[h.aFrom:h.aTo] {
			s.replace(s.layout.body+i, s.layout.body+i+1)
		}
	}
}

// splitLines gives the lines of a text without empty ones at its ends.
func splitLines(text string) []string {
	text = strings.Trim(text, "\n")
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}
