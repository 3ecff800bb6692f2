package markdown

import (
	"reflect"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// pairRange tells the lines of a pair: from its key to the last line of its value. end is the
// line after the mapping.
// Comments between two pairs belong to the next one, unless they stand further in.
func (l *layout) pairRange(list []*ast.MappingValueNode, i, end int) (from, to int) {
	line, column := start(list[i].Key)
	from = l.frontFrom + line - 1
	if i+1 < len(list) {
		next, _ := start(list[i+1].Key)
		end = l.frontFrom + next - 1
	}
	return from, l.used(from, end, column-1)
}

// find gives the index of the pair for a field, -1 when there is none.
// Our own name wins over another program's for the same field.
func find(list []*ast.MappingValueNode, name string) int {
	foreign := -1
	for i, pair := range list {
		switch key := keyOf(pair); {
		case key == name:
			return i
		case inOurWords(key) == name:
			foreign = i
		}
	}
	return foreign
}

// mapping edits a mapping in block style whose last line is before end; false when its form
// does not allow it.
// Fields are compared before and after; the source is only looked at for where they stand. A field
// that is gone takes its lines with it, which needs them to be its own.
func (s *splicer) mapping(list []*ast.MappingValueNode, before, after reflect.Value, end int) bool {
	olds, news := columns(before), columns(after)
	_, column := start(list[0].Key)
	indent := column - 1
	last := -1 // the pair of the last field that is there
	for i, c := range news {
		at := find(list, c.name)
		if at >= 0 {
			last = at
		}
		if same(olds[i], c) {
			continue
		}
		switch {
		case at >= 0 && c.absent():
			from, to := s.pairRange(list, at, end)
			if !s.startsLine(from, indent) {
				return false
			}
			s.replace(from, to)
		case at >= 0:
			if !s.pair(list, at, end, olds[i].value, c) {
				return false
			}
		default:
			// A new field stands behind the one that comes before it in the type.
			_, to := s.pairRange(list, max(last, 0), end)
			s.replace(to, to, c.lines(indent)...)
		}
	}
	return true
}

// startsLine tells whether nothing but blanks stands before that column.
func (s *splicer) startsLine(line, indent int) bool {
	text := s.text[line]
	return len(text) >= indent && strings.TrimSpace(text[:indent]) == ""
}

// pair edits the value of a pair that stays.
// When the value cannot be edited it is written anew behind its key, whose spelling and quotes
// stay.
func (s *splicer) pair(list []*ast.MappingValueNode, at, end int, before reflect.Value, c column) bool {
	from, to := s.pairRange(list, at, end)
	if !s.coarse && s.value(list[at].Value, to, before, c.value) {
		return true
	}
	_, column := start(list[at].Key)
	key := s.text[from]
	colon := strings.IndexByte(key[s.column(from, column):], ':')
	if colon < 0 {
		return false
	}
	key = key[:s.column(from, column)+colon+1]
	s.replace(from, to, block(key, c.value, column-1)...)
	return true
}

// value edits a value in the style it is written in; false when the pair has to be written anew.
// Edits of a mapping that fails half way are taken back, so that nothing is done twice. A pointer
// that was or becomes nil has no value to edit.
func (s *splicer) value(n ast.Node, end int, before, after reflect.Value) bool {
	for after.Kind() == reflect.Pointer {
		if before.IsNil() || after.IsNil() {
			return false
		}
		before, after = before.Elem(), after.Elem()
	}
	switch n := n.(type) {
	case *ast.SequenceNode:
		if n.IsFlowStyle {
			return s.inline(n.Start, n.End, flow(after))
		}
		return s.sequence(n, end, before, after)
	case *ast.MappingNode:
		if n.IsFlowStyle {
			return s.inline(n.Start, n.End, flow(after))
		}
		mark := len(s.edits)
		if len(n.Values) > 0 && s.mapping(n.Values, before, after, end) {
			return true
		}
		s.edits = s.edits[:mark]
		return false
	case *ast.StringNode, *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return s.scalar(n.GetToken(), after)
	}
	return false
}

// inline replaces what stands between two brackets, these included.
// What stands before and behind the brackets, such as a comment, stays. The characters at both
// places are compared with the brackets, since the parser's positions are not always right.
func (s *splicer) inline(open, closing *token.Token, text string) bool {
	if open == nil || closing == nil {
		return false
	}
	from, to := s.frontFrom+open.Position.Line-1, s.frontFrom+closing.Position.Line-1
	a, b := s.column(from, open.Position.Column), s.column(to, closing.Position.Column)+1
	first, last := s.text[from], s.text[to]
	if first[a:a+1] != open.Value || last[b-1:b] != closing.Value {
		return false
	}
	s.replace(from, to+1, first[:a]+text+last[b:])
	return true
}

// scalar replaces a scalar that stands on one line, in the quotes it has.
// A comment behind it stays. Lists and records cannot take the place of a scalar.
func (s *splicer) scalar(t *token.Token, after reflect.Value) bool {
	if k := after.Kind(); k == reflect.Slice || k == reflect.Struct {
		return false
	}
	line := s.frontFrom + t.Position.Line - 1
	from := s.column(line, t.Position.Column)
	text := s.text[line]
	to := scalarEnd(text, from, t.Type)
	if to < 0 {
		return false
	}
	written := flow(after)
	if after.Kind() == reflect.String {
		written = like(t.Type, textOf(after))
	}
	s.replace(line, line+1, text[:from]+written+text[to:])
	return true
}

// scalarEnd is where a scalar that starts at from ends on its line; -1 when it goes on below.
// A plain scalar ends before a blank with a hash, or with its line. What goes on below in a plain
// scalar is not noticed here, but the result is then not read back as it should be, and a coarser
// attempt follows.
func scalarEnd(text string, from int, t token.Type) int {
	switch t {
	case token.DoubleQuoteType:
		for i := from + 1; i < len(text); i++ {
			switch text[i] {
			case '\\':
				i++
			case '"':
				return i + 1
			}
		}
		return -1
	case token.SingleQuoteType:
		for i := from + 1; i < len(text); i++ {
			if text[i] == '\'' {
				if i+1 == len(text) || text[i+1] != '\'' {
					return i + 1
				}
				i++
			}
		}
		return -1
	}
	end := len(text)
	if at := strings.Index(text[from:], " #"); at >= 0 {
		end = from + at
	}
	return from + len(strings.TrimRight(text[from:end], " \t"))
}
