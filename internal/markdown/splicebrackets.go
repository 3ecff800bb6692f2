package markdown

import (
	"reflect"
	"slices"
	"strings"
)

// slot is an item of the resulting list or record in brackets: an old one, or the text of a new
// one. A moved item has the comments above and after it.
type slot struct {
	old        *member
	above      []string
	text, tail string
}

// brackets edits a list or record in brackets. One on a single line is rewritten; over several
// lines each item retains its lines and comments.
func (s *splicer) brackets(n *node, before, after reflect.Value) bool {
	isList := after.Kind() == reflect.Slice
	switch {
	case !isList && !isRecord(after):
		return false
	case s.oneLine(n) && n != s.root, isList && after.Len() == 0, len(n.items) == 0:
		s.write(n.from, n.to, s.inline(after))
		return true
	case !isList:
		return s.recordInBrackets(n, before, after)
	case len(n.items) != before.Len():
		return false
	}
	p := pairing(before, after)
	var parts []slot
	for b := range after.Len() {
		switch a, m := p.stays[b], p.moves[b]; {
		case a >= 0:
			if p.changed(a, b) {
				s.inside(n.items[a], before.Index(a), after.Index(b))
			}
			parts = append(parts, slot{old: n.items[a]})
		case m >= 0:
			it := n.items[m]
			edits := s.apart(func() {
				if p.changed(m, b) {
					s.inside(it, before.Index(m), after.Index(b))
				}
			})
			parts = append(parts, s.moving(n, it, edits))
		default:
			parts = append(parts, slot{text: s.inline(after.Index(b))})
		}
	}
	for _, m := range p.moves {
		if m >= 0 && s.startsLine(n.items[m].from) {
			line := n.items[m].line
			s.replace(s.lead(line, s.line(n.from)+1), line)
		}
	}
	s.arrange(n, parts)
	return true
}

// moving returns an item that moves elsewhere, with edits applied, and with its comments unless it
// shares its line with other items.
func (s *splicer) moving(n *node, it *member, edits []edit) slot {
	p := slot{text: s.render(it.from, it.to, edits)}
	if s.startsLine(it.from) {
		p.above = s.text[s.lead(it.line, s.line(n.from)+1):it.line]
	}
	if at := unit(it); s.endsLine(at) {
		p.tail = strings.TrimRight(s.source[at:s.lineEnd(at)], " \t")
	}
	return p
}

// recordInBrackets edits a record in brackets over several lines. A new field goes after its
// predecessor in the type.
func (s *splicer) recordInBrackets(n *node, before, after reflect.Value) bool {
	var parts []slot
	olds, news := columns(before), columns(after)
	for _, it := range n.items {
		parts = append(parts, slot{old: it})
	}
	at := -1
	for i, c := range news {
		it := s.find(n, c.name)
		pos := slices.IndexFunc(parts, func(p slot) bool { return it != nil && p.old == it })
		switch {
		case it != nil && c.absent() && !same(olds[i], c):
			parts = slices.Delete(parts, pos, pos+1)
			if pos <= at {
				at--
			}
			continue
		case same(olds[i], c):
		case it != nil:
			s.inside(it, olds[i].value, c.value)
		default:
			sign := ": "
			if s.toml {
				sign = " = "
			}
			pos = at + 1
			parts = slices.Insert(parts, pos, slot{text: c.name + sign + s.inline(c.value)})
		}
		if pos >= 0 {
			at = pos
		}
	}
	if len(parts) == 0 {
		return false
	}
	s.arrange(n, parts)
	return true
}

// inside edits the value of an item within brackets, or rewrites it.
func (s *splicer) inside(it *member, before, after reflect.Value) {
	if !s.within(func() bool { return s.value(it.value, before, after) }) {
		s.write(it.value.from, it.value.to, s.inline(after))
	}
}

// arrange makes a list or record in brackets consist of parts. Old items that are not among them
// are removed with the comments after them, and new ones go after the part before them. Missing
// commas are added. The last item has a comma only if the last one had one before.
func (s *splicer) arrange(n *node, parts []slot) {
	gone := map[*member]bool{}
	for _, it := range n.items {
		gone[it] = !slices.ContainsFunc(parts, func(p slot) bool { return p.old == it })
	}
	trailing := n.items[len(n.items)-1].comma >= 0
	for i, p := range parts {
		switch comma := trailing || i < len(parts)-1; {
		case p.old == nil:
		case comma && p.old.comma < 0:
			s.write(p.old.to, p.old.to, ",")
		case !comma && p.old.comma >= 0:
			s.write(p.old.comma, p.old.comma+1, "")
		}
	}
	for i := 0; i < len(n.items); i++ {
		if first := n.items[i]; gone[first] {
			for i+1 < len(n.items) && gone[n.items[i+1]] && s.line(unit(n.items[i])) == n.items[i+1].line {
				i++
			}
			s.cut(first, n.items[i])
		}
	}
	var last *member
	for i, p := range parts {
		if p.old != nil {
			last = p.old
			continue
		}
		if trailing || i < len(parts)-1 {
			p.text += ","
		}
		s.insert(n, last, p)
	}
}

// insert writes a new part after an item, or before the first one: on its own line if that item
// ends its line, otherwise on the same line. A part with comments always gets its own lines, since
// a comment hides the rest of its line.
func (s *splicer) insert(n *node, last *member, p slot) {
	at := n.items[0].from
	if last != nil {
		at = unit(last)
	}
	blanks := len(s.source[at:]) - len(strings.TrimLeft(s.source[at:], " \t"))
	margin := s.margin(n)
	lines := append(slices.Clone(p.above), margin+p.text+p.tail)
	switch {
	case last != nil && s.endsLine(at):
		s.replace(s.line(at)+1, s.line(at)+1, lines...)
	case last == nil && s.startsLine(at):
		line := s.lead(s.line(at), s.line(n.from)+1)
		s.replace(line, line, lines...)
	case p.above != nil || p.tail != "":
		s.write(at, at, s.eol+strings.Join(lines, s.eol)+s.eol+margin[:max(0, len(margin)-blanks)])
	case last != nil:
		s.write(at, at, " "+p.text)
	default:
		s.write(at, at, p.text+" ")
	}
}

// cut removes items of one line with their commas. If nothing else is on the line, it also removes
// the comment after them; otherwise the comment may belong to what stays.
func (s *splicer) cut(first, last *member) {
	end := unit(last)
	blanks := len(s.source[end:]) - len(strings.TrimLeft(s.source[end:], " \t"))
	switch {
	case s.startsLine(first.from) && s.endsLine(end):
		s.replace(first.line, s.line(end)+1)
	case s.startsLine(first.from):
		s.write(first.from, end+blanks, "")
	default:
		s.write(len(strings.TrimRight(s.source[:first.from], " \t")), end, "")
	}
}

// unit returns the offset after an item and its comma.
func unit(it *member) int { return max(it.to, it.comma+1) }

// endsLine reports whether at most a comment follows an offset on its line.
func (s *splicer) endsLine(at int) bool {
	rest := strings.TrimLeft(s.source[at:s.lineEnd(at)], " \t")
	return rest == "" || rest[0] == '#'
}

// margin returns the indentation of items that start their lines. If none does, it is two spaces
// more than that of the line of the opening bracket.
func (s *splicer) margin(n *node) string {
	for _, it := range n.items {
		if s.startsLine(it.from) {
			return indented(s.text[it.line])
		}
	}
	return indented(s.text[s.line(n.from)]) + "  "
}
