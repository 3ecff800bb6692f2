package markdown

import (
	"reflect"
	"strings"
	"unicode"

	"patternhub/internal/content"
)

// mapping edits a record with one field per line, and returns false if its form does not allow it.
// It compares the fields before and after; the source only provides their positions.
func (s *splicer) mapping(n *node, before, after reflect.Value) bool {
	olds, news := columns(before), columns(after)
	gone := map[*member]bool{}
	for i, c := range news {
		if it := s.find(n, c.name); it != nil && c.absent() && !same(olds[i], c) {
			gone[it] = true
		}
	}
	var last *member // the field before, in the order of the type
	for _, it := range n.items {
		if last == nil && !gone[it] {
			last = it
		}
	}
	if last == nil && n != s.root {
		return false // no field would be left after the dash or name
	}
	s.drop(n, gone)
	for i, c := range news {
		it := s.find(n, c.name)
		switch {
		case gone[it]:
			continue
		case same(olds[i], c):
		case it != nil && !s.field(n, it, olds[i].value, c), it == nil && !s.add(n, last, c):
			return false
		}
		if it != nil {
			last = it
		}
	}
	return true
}

// find returns the item of a field. Names of other programs count only at the top.
func (s *splicer) find(n *node, name string) *member {
	if n == s.root {
		return n.find(name)
	}
	return n.named(name)
}

// drop removes fields. The first field of a record may follow the dash of a list item; the next
// remaining field then takes its position.
func (s *splicer) drop(n *node, gone map[*member]bool) {
	items := n.items
	if len(items) > 0 && gone[items[0]] && n.kind == blockMap && !s.startsLine(items[0].from) {
		k := 0
		for gone[items[k]] && items[k].end == items[k+1].line {
			k++
		}
		if !gone[items[k]] {
			s.write(items[0].from, items[k].from, "")
		} else {
			// There is a comment in between. It stays, so the dash is alone on its line.
			k = 1
			dash := strings.TrimRight(s.source[:items[0].from], " \t")
			s.write(len(dash), s.starts[items[0].end]-s.ending(items[0].end-1), "")
		}
		items = items[k:]
	}
	for _, it := range items {
		if gone[it] {
			s.remove(it, false)
		}
	}
}

// ending returns the length of a line's end.
func (s *splicer) ending(line int) int { return s.starts[line+1] - s.starts[line] - len(s.text[line]) }

// startsLine reports whether only spaces precede an offset on its line.
func (s *splicer) startsLine(at int) bool { return blankLine(s.source[s.starts[s.line(at)]:at]) }

// remove removes the lines of an item, with those of the comments above it if it moves.
func (s *splicer) remove(it *member, moves bool) {
	for _, line := range s.linesOf(it, moves) {
		s.replace(line, line+1)
	}
}

// field edits a field that stays. If its value cannot be edited, it is rewritten after its name;
// the spelling and quotes of the name stay, and so does the comment after the value.
func (s *splicer) field(n *node, it *member, before reflect.Value, c column) bool {
	if !s.coarse && s.within(func() bool { return s.value(it.value, before, c.value) }) {
		return true
	}
	switch k := it.value.kind; {
	case k == table || k == tableList:
		s.remove(it, false)
		return s.add(n, it, c)
	case s.toml:
		s.write(it.value.from, it.value.to, tomlValue(c.value))
	default:
		lines := block(s.source[it.from:it.afterColon], c.value, n.column)
		lines[0] += it.value.tail
		end := s.starts[it.value.last] + len(s.text[it.value.last])
		s.write(it.from, end, strings.Join(lines, s.eol))
	}
	return true
}

// add writes a new field: in YAML after its predecessor in the type, in TOML after all other
// fields, before the first table.
func (s *splicer) add(n *node, last *member, c column) bool {
	switch {
	case s.toml && n.next == 0:
		return false // a table without a header has no line for it
	case s.toml:
		s.replace(n.next, n.next, n.prefix+c.name+" = "+tomlValue(c.value))
	case last == nil:
		s.replace(n.items[0].line, n.items[0].line, c.lines(n.column)...)
	default:
		s.replace(last.end, last.end, c.lines(n.column)...)
	}
	return true
}

// value edits a value in its style, and returns false if it must be rewritten. A pointer that was
// or becomes nil has no value to edit.
func (s *splicer) value(n *node, before, after reflect.Value) bool {
	for after.Kind() == reflect.Pointer {
		if before.IsNil() || after.IsNil() {
			return false
		}
		before, after = before.Elem(), after.Elem()
	}
	switch n.kind {
	case scalar:
		return s.scalar(n, after)
	case textBlock:
		return s.textBlock(n, after)
	case inBrackets:
		return s.brackets(n, before, after)
	case blockList, tableList:
		return s.sequence(n, before, after)
	case blockMap, table:
		return s.mapping(n, before, after)
	case other, missing:
	}
	return false
}

// inline writes a value on one line.
func (s *splicer) inline(v reflect.Value) string {
	if s.toml {
		return tomlValue(v)
	}
	return flow(v)
}

// scalar replaces a scalar with one on one line, in the same quotes. A list or record cannot
// replace a scalar.
func (s *splicer) scalar(n *node, after reflect.Value) bool {
	if after.Kind() == reflect.Slice || isRecord(after) {
		return false
	}
	written := s.inline(after)
	if after.Kind() == reflect.String {
		written = s.like(s.source[n.from:n.to], content.TextOf(after))
	}
	s.write(n.from, n.to, written)
	return true
}

// like writes a string in the quotes of another one. Single quotes can contain only printable
// characters, and in TOML no single quotes; otherwise double quotes are used. A plain string remains
// plain if that is safe.
func (s *splicer) like(was, text string) string {
	unprintable := func(r rune) bool { return !unicode.IsPrint(r) }
	single := strings.HasPrefix(was, "'") && !strings.ContainsFunc(text, unprintable)
	switch {
	case single && !s.toml:
		return "'" + strings.ReplaceAll(text, "'", "''") + "'"
	case single && !strings.HasPrefix(was, "'''") && !strings.Contains(text, "'"):
		return "'" + text + "'"
	case s.toml:
		return tomlValue(reflect.ValueOf(text))
	case strings.HasPrefix(was, `"`) || strings.HasPrefix(was, "'"):
		return content.YAMLQuote(text)
	}
	return content.YAMLScalar(reflect.ValueOf(text))
}

// textBlock edits the lines of a string after |. A string that fits on one line, or that the style
// cannot hold, replaces all of it, before the comment after the mark.
func (s *splicer) textBlock(n *node, after reflect.Value) bool {
	if after.Kind() != reflect.String {
		return false
	}
	text := content.TextOf(after)
	first := s.line(n.from) + 1
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	mark := "|"
	if !strings.HasSuffix(text, "\n") {
		mark = "|-"
	}
	now := s.source[n.from:n.to]
	unprintable := func(r rune) bool { return !unicode.IsPrint(r) && r != '\t' && r != '\n' }
	if len(lines) == 1 && now != mark || now[0] == '>' || strings.ContainsAny(now, "0123456789") || first > n.last ||
		strings.ContainsFunc(text, unprintable) || blankLine(lines[0]) || blankLine(lines[len(lines)-1]) || strings.TrimLeft(lines[0], " \t") != lines[0] {
		s.write(n.from, s.starts[n.last]+len(s.text[n.last]), content.YAMLScalar(after)+n.tail)
		return true
	}
	if now != mark {
		s.write(n.from, n.to, mark)
	}
	indent := s.indent(first)
	var old []string
	for _, line := range s.text[first : n.last+1] {
		old = append(old, line[min(indent, len(line)):])
	}
	for _, h := range diff(old, lines) {
		var added []string
		for _, line := range lines[h.bFrom:h.bTo] {
			if line != "" {
				line = strings.Repeat(" ", indent) + line
			}
			added = append(added, line)
		}
		s.replace(first+h.aFrom, first+h.aTo, added...)
	}
	return true
}
