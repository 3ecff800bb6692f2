package markdown

import (
	"reflect"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// sequence edits a list whose points stand on lines of their own; false when the list has to
// be written anew.
// Points are compared as a whole: one that moved is taken away and added. Of what differs, as many
// as possible are edited in pairs, so that a comment inside of a point survives a change beside it.
func (s *splicer) sequence(n *ast.SequenceNode, end int, before, after reflect.Value) bool {
	if after.Kind() != reflect.Slice || after.Len() == 0 || len(n.Values) != before.Len() || before.Len() == 0 {
		return false
	}
	starts, ok := s.dashes(n)
	if !ok {
		return false
	}
	indent := n.Start.Position.Column - 1
	ends := make([]int, len(starts))
	for i, from := range starts {
		to := end
		if i+1 < len(starts) {
			to = starts[i+1]
		}
		ends[i] = s.used(from, to, indent)
	}
	for _, h := range diff(keysOf(before), keysOf(after)) {
		both := min(h.aTo-h.aFrom, h.bTo-h.bFrom)
		for i := range both {
			a, b := h.aFrom+i, h.bFrom+i
			s.item(n.Values[a], starts[a], ends[a], indent, before.Index(a), after.Index(b))
		}
		for a := h.aFrom + both; a < h.aTo; a++ {
			s.replace(starts[a], ends[a])
		}
		at := starts[0]
		if h.aFrom+both > 0 {
			at = ends[h.aFrom+both-1]
		}
		for b := h.bFrom + both; b < h.bTo; b++ {
			s.replace(at, at, listed(after.Index(b), indent)...)
		}
	}
	return true
}

// item edits a point of a list, or writes it anew.
// What value had noted before it failed is dropped.
func (s *splicer) item(n ast.Node, from, to, indent int, before, after reflect.Value) {
	mark := len(s.edits)
	if s.value(n, to, before, after) {
		return
	}
	s.edits = append(s.edits[:mark], edit{from: from, to: to, text: listed(after, indent)})
}

// dashes finds the lines on which the points of a list start.
// It looks from the line below the last dash to the line of the point's value, as a dash may stand
// on a line of its own. false when one is not found where it must be.
func (s *splicer) dashes(n *ast.SequenceNode) ([]int, bool) {
	column := n.Start.Position.Column - 1
	out := make([]int, len(n.Values))
	next := s.frontFrom + n.Start.Position.Line - 1
	for i, v := range n.Values {
		line, _ := start(v)
		found := -1
		for at := next; at <= s.frontFrom+line-1; at++ {
			text := s.text[at]
			if len(text) > column && text[column] == '-' && strings.TrimLeft(text[:column], " ") == "" {
				found = at
				break
			}
		}
		if found < 0 {
			return nil, false
		}
		out[i], next = found, found+1
	}
	return out, true
}

// keysOf gives for each point of a list what tells it from others.
// Two points that a file would write the same are the same.
func keysOf(list reflect.Value) []string {
	out := make([]string, list.Len())
	for i := range out {
		out[i] = flow(list.Index(i))
	}
	return out
}
