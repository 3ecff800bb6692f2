package markdown

import (
	"strconv"
	"strings"
)

// node is a value of the front matter with its position. It is found by its form alone, in text
// that is known to be valid; the decoder interprets it.
type node struct {
	kind kind
	// from and to are the offsets of a scalar or of brackets. A missing value is empty and its
	// position is after the colon or dash.
	from, to int
	// last is the value's last line.
	last int
	// tail is the comment after the value or, for a value on its own lines, after its name or the
	// mark of its style, with the spaces before it.
	tail string
	// items are the members of a list or record.
	items []*member
	// column is the column of the names or dashes of a block.
	column int
	// path identifies a table of TOML, and prefix precedes the names of its fields; next is the
	// line for a new field.
	path, prefix string
	next         int
}

// member is a field of a record, or an item of a list. Its lines are from line (included) to end
// (excluded), without the comments above it.
type member struct {
	name      string
	line, end int
	// from and to are the offsets of its first character and, in brackets, after its last one.
	from, to int
	// comma is the offset of the comma after it in brackets, -1 without one.
	comma int
	// afterColon is the offset after the colon of a name in a block of YAML.
	afterColon int
	value      *node
}

// kind is the form of a value.
type kind int

const (
	// other is a value that cannot be edited inside, such as one with an anchor.
	other kind = iota
	// missing is the value of a name with nothing after its colon, or the like.
	missing
	scalar
	// textBlock is a string on its own lines after | or >.
	textBlock
	// inBrackets is a list or record in brackets.
	inBrackets
	blockMap
	blockList
	// table is a record of TOML with a header, or with dotted names; tableList has a header for
	// each item.
	table
	tableList
)

// find returns the item of a name, nil when there is none. Our own name wins over another program's
// for the same field.
func (n *node) find(name string) *member {
	names := make([]string, len(n.items))
	for i, it := range n.items {
		names[i] = it.name
	}
	return n.named(nameFor(names, name))
}

// named returns the member with a name, or nil.
func (n *node) named(name string) *member {
	for _, it := range n.items {
		if it.name == name {
			return it
		}
	}
	return nil
}

// oneLine reports whether a value in brackets has no line end in it.
func (l *layout) oneLine(n *node) bool { return l.line(n.from) == n.last }

// scanner finds the positions of values in front matter. It knows the forms of YAML and TOML but
// not their meaning, and the text must be valid.
type scanner struct{ *layout }

// tree returns the record of the front matter; nil if its form cannot be edited.
func (l *layout) tree() *node {
	if l.toml {
		return scanner{l}.tomlTree()
	}
	return scanner{l}.yamlTree()
}

// value sets the last line of a node and the comment after it.
func (l scanner) value(n *node) *node {
	n.last = l.line(max(n.to-1, n.from))
	if rest := l.source[n.to:l.lineEnd(n.to)]; strings.HasPrefix(strings.TrimLeft(rest, " \t"), "#") {
		n.tail = rest
	}
	return n
}

// quoted returns the offset after a string in quotes, which may be triple in TOML, or -1 if it has no
// end.
func (l scanner) quoted(at int) int {
	mark := l.source[at : at+1]
	if triple := strings.Repeat(mark, 3); l.toml && strings.HasPrefix(l.source[at:], triple) {
		mark = triple
	}
	for i := at + len(mark); i < len(l.source); i++ {
		switch {
		case l.source[i] == '\\' && mark[0] == '"':
			i++
		case !strings.HasPrefix(l.source[i:], mark):
		case mark == "'" && !l.toml && strings.HasPrefix(l.source[i:], "''"):
			i++
		default:
			end := i + len(mark)
			for len(mark) == 3 && end < len(l.source) && l.source[end] == mark[0] {
				end++ // one or two more belong to the text
			}
			return end
		}
	}
	return -1
}

// nameOf returns a name without its quotes.
func nameOf(raw string) string {
	raw = strings.TrimSpace(raw)
	if len(raw) > 1 && raw[0] == '\'' {
		return strings.ReplaceAll(raw[1:len(raw)-1], "''", "'")
	}
	if s, err := strconv.Unquote(raw); err == nil {
		return s
	}
	return raw
}

// skip returns the offset of the next character that is not a space, line end or comment.
func (l scanner) skip(at int) int {
	for at < len(l.source) {
		switch l.source[at] {
		case ' ', '\t', '\r', '\n':
			at++
		case '#':
			at = l.lineEnd(at)
		default:
			return at
		}
	}
	return at
}

// brackets returns the list or record in brackets at an offset; nil for a form that our front
// matter does not use.
func (l scanner) brackets(at int) *node {
	n := &node{kind: inBrackets, from: at}
	closing := map[byte]byte{'[': ']', '{': '}'}[l.source[at]]
	for at = l.skip(at + 1); at < len(l.source); at = l.skip(at) {
		if l.source[at] == closing {
			n.to = at + 1
			return l.value(n)
		}
		it := &member{from: at, comma: -1}
		if closing == '}' {
			if at = l.name(it); at < 0 {
				return nil
			}
		}
		if it.value = l.inside(at); it.value == nil {
			return nil
		}
		it.to = it.value.to
		it.line, it.end = l.line(it.from), it.value.last+1
		n.items = append(n.items, it)
		if at = l.skip(it.to); at < len(l.source) && l.source[at] == ',' {
			it.comma = at
			at++
		} else if at < len(l.source) && l.source[at] != closing {
			return nil
		}
	}
	return nil
}

// name reads the name of a field in brackets and returns the offset of its value; -1 for a form
// that our front matter does not use.
func (l scanner) name(it *member) int {
	sign, end := byte(':'), it.from
	if l.toml {
		sign = '='
	}
	if c := l.source[it.from]; c == '"' || c == '\'' {
		end = l.quoted(it.from)
	} else {
		for end < len(l.source) && !strings.ContainsRune(":=,[]{}.#\r\n", rune(l.source[end])) {
			end++
		}
	}
	if end < 0 {
		return -1
	}
	it.name = nameOf(l.source[it.from:end])
	if end = l.skip(end); end == len(l.source) || l.source[end] != sign {
		return -1
	}
	return l.skip(end + 1)
}

// inside returns a value within brackets.
func (l scanner) inside(at int) *node {
	if at >= len(l.source) {
		return nil
	}
	n := &node{kind: scalar, from: at}
	switch c := l.source[at]; {
	case c == '[' || c == '{':
		return l.brackets(at)
	case c == '"' || c == '\'':
		n.to = l.quoted(at)
	case strings.IndexByte("&*!,", c) >= 0:
		return nil
	default:
		for n.to = at; n.to < len(l.source) && strings.IndexByte(",[]{}", l.source[n.to]) < 0; n.to++ {
			if l.toml && (l.source[n.to] == '\r' || l.source[n.to] == '\n') {
				break
			}
			if l.source[n.to] == '#' && (l.toml || strings.IndexByte(" \t\r\n", l.source[n.to-1]) >= 0) {
				break
			}
			if l.source[n.to] == ':' && !l.toml && strings.IndexByte(" \t\r\n", l.source[n.to+1]) >= 0 {
				return nil // a pair without braces
			}
		}
		n.to = at + len(strings.TrimRight(l.source[at:n.to], " \t\r\n"))
	}
	if n.to < 0 {
		return nil
	}
	n.last = l.line(n.to - 1)
	return n
}
