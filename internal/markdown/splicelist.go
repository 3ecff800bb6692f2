package markdown

import (
	"maps"
	"reflect"
	"slices"
	"strings"
)

// sequence edits a list with its items on separate lines, and returns false if the list must be
// rewritten. Items that stay are edited where they are, so that the comments in and around them
// stay too. New and moved items go after the item before them; those at the start go above the
// comments of the first old item.
func (s *splicer) sequence(n *node, before, after reflect.Value) bool {
	if after.Kind() != reflect.Slice || after.Len() == 0 || len(n.items) != before.Len() || before.Len() == 0 {
		return false
	}
	p := pairing(before, after)
	for a, it := range n.items {
		if !slices.Contains(p.stays, a) {
			s.remove(it, slices.Contains(p.moves, a))
		}
	}
	// at is the line after the last item that stays, where the next new one goes.
	at := s.lead(n.items[0].line, s.frontFrom)
	for b := range after.Len() {
		switch a, m := p.stays[b], p.moves[b]; {
		case a >= 0:
			if p.changed(a, b) {
				s.point(n, n.items[a], before.Index(a), after.Index(b))
			}
			lines := s.linesOf(n.items[a], false)
			at = lines[len(lines)-1] + 1
		case m >= 0:
			it := n.items[m]
			edits := s.apart(func() {
				if p.changed(m, b) {
					s.point(n, it, before.Index(m), after.Index(b))
				}
			})
			s.replace(at, at, s.moved(s.linesOf(it, true), edits)...)
		default:
			s.replace(at, at, s.listed(n, after.Index(b))...)
		}
	}
	return true
}

// moved returns lines with edits applied, to insert elsewhere.
func (s *splicer) moved(lines []int, edits []edit) []string {
	var out []string
	for len(lines) > 0 {
		run := 1
		for run < len(lines) && lines[run] == lines[0]+run {
			run++
		}
		from, to := s.starts[lines[0]], s.starts[lines[0]+run]
		inside := slices.DeleteFunc(slices.Clone(edits), func(e edit) bool { return e.from < from || e.to > to })
		for _, line := range linesOf(strings.TrimRight(s.render(from, to, inside), "\r\n")) {
			out = append(out, strings.TrimRight(line, "\r\n"))
		}
		lines = lines[run:]
	}
	return out
}

// point edits an item of a list, or rewrites it with the comment after it. The lines of an item in
// tables may be apart, so the first one is replaced and the others are removed.
func (s *splicer) point(n *node, it *member, before, after reflect.Value) {
	if s.within(func() bool { return s.value(it.value, before, after) }) {
		return
	}
	lines := s.linesOf(it, false)
	for _, line := range lines[1:] {
		s.replace(line, line+1)
	}
	written := s.listed(n, after)
	written[0] += it.value.tail
	s.replace(lines[0], lines[0]+1, written...)
}

// listed writes a new item of a list, in the form of the list. In tables of TOML a record within a
// record is written in braces, since its own header would have to come last.
func (s *splicer) listed(n *node, v reflect.Value) []string {
	if n.kind != tableList {
		return listed(v, n.column)
	}
	for v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	out := []string{"[[" + n.items[0].value.path + "]]"}
	for _, c := range columns(v) {
		if !c.absent() {
			out = append(out, c.name+" = "+tomlValue(c.value))
		}
	}
	return out
}

// linesOf returns the lines of an item in order, with those of the comments directly above it if
// comments is set. A comment that is separated by an empty line belongs to the list.
func (s *splicer) linesOf(it *member, comments bool) []int {
	out := slices.Sorted(maps.Keys(extent(it)))
	if comments {
		for line := out[0] - 1; line >= s.lead(out[0], s.frontFrom); line-- {
			out = append([]int{line}, out...)
		}
	}
	return out
}

// indented returns the indentation of a line.
func indented(line string) string { return line[:len(line)-len(strings.TrimLeft(line, " \t"))] }
