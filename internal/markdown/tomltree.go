package markdown

import (
	"strings"
)

// tomlTree returns the values of TOML front matter with their positions; nil if its form cannot be
// edited. The text must be valid. Each name and each header starts a line, which may be indented. A
// field belongs to the table of the last header before it. A new field goes after the last field of
// its table, since after the next header it would belong to another.
func (l scanner) tomlTree() *node {
	root := &node{kind: table, next: l.frontFrom}
	in, head := root, (*member)(nil) // the current table, and its item
	for line := l.frontFrom; line < l.frontTo; {
		if l.noContent(line) {
			line++
			continue
		}
		at := l.starts[line] + len(l.text[line]) - len(strings.TrimLeft(l.text[line], " \t"))
		it := &member{line: line, from: at, comma: -1}
		if l.source[at] == '[' {
			brackets := 1
			if l.source[at+1] == '[' {
				brackets = 2
			}
			path, end := l.path(at + brackets)
			if path == nil {
				return nil
			}
			if head = open(root, path, it, brackets == 2); head == nil {
				return nil
			}
			in, line = head.value, line+1
			in.path = strings.TrimSpace(l.source[at+brackets : end])
			head.end, in.next = line, line
			continue
		}
		path, end := l.path(at)
		if path == nil || l.source[end] != '=' {
			return nil
		}
		if it.value = l.inside(l.skip(end + 1)); it.value == nil {
			return nil
		}
		it.value = l.value(it.value)
		it.end, line = it.value.last+1, it.value.last+1
		if in.next = line; head != nil {
			head.end = line
		}
		if !addField(in, path, it, l.source[at:end]) {
			return nil
		}
	}
	return root
}

// path reads a dotted name and returns its parts and the offset of what ends it; nil for anything
// else. Spaces are allowed around the dots. A part in quotes may contain dots and spaces.
func (l scanner) path(at int) (parts []string, end int) {
	for {
		for l.source[at] == ' ' || l.source[at] == '\t' {
			at++
		}
		from := at
		if c := l.source[at]; c == '"' || c == '\'' {
			if at = l.quoted(at); at < 0 {
				return nil, 0
			}
		} else {
			for strings.IndexByte(" \t.=]\r\n", l.source[at]) < 0 {
				at++
			}
		}
		parts = append(parts, nameOf(l.source[from:at]))
		for l.source[at] == ' ' || l.source[at] == '\t' {
			at++
		}
		if l.source[at] != '.' {
			return parts, at
		}
		at++
	}
}

// open adds the item of a header to the tree, and returns it; nil if the name has another value. A
// table may already exist because of the header of a table in it.
func open(n *node, path []string, it *member, list bool) *member {
	for _, name := range path[:len(path)-1] {
		if n = deeper(n, name, table); n == nil {
			return nil
		}
		if n.kind == tableList {
			n = n.items[len(n.items)-1].value // a header within a list belongs to its last item
		}
	}
	it.name, it.value = path[len(path)-1], &node{kind: table}
	before := n.named(it.name)
	switch {
	case list:
		if n = deeper(n, it.name, tableList); n == nil || n.kind != tableList {
			return nil
		}
	case before != nil && before.value.kind == table && before.value.next == 0:
		before.line, before.from = it.line, it.from
		return before
	case before != nil:
		return nil
	}
	n.items = append(n.items, it)
	return it
}

// deeper returns the table or list of a name, and adds it if there is none; nil if the name has
// another kind of value. A new one has no line, and therefore no line for new fields.
func deeper(n *node, name string, k kind) *node {
	it := n.named(name)
	if it == nil {
		it = &member{name: name, value: &node{kind: k}, comma: -1}
		n.items = append(n.items, it)
	}
	if it.value.kind != table && it.value.kind != tableList {
		return nil
	}
	return it.value
}

// addField adds a field to a table. All parts of its name but the last are tables without a header,
// whose new fields get the same prefix.
func addField(n *node, path []string, it *member, written string) bool {
	for i, name := range path[:len(path)-1] {
		if n = deeper(n, name, table); n == nil || n.kind != table {
			return false
		}
		n.prefix = strings.Join(strings.SplitAfter(written, ".")[:i+1], "")
		n.next = it.end
	}
	it.name = path[len(path)-1]
	n.items = append(n.items, it)
	return n.named(it.name) == it
}

// extent returns the lines of an item: its own and those of all tables in it. In TOML these may be
// apart, since the dotted names of one table may be between others. Comments between them do not
// belong to the item.
func extent(it *member) map[int]bool {
	out := map[int]bool{}
	for line := it.line; line < it.end; line++ {
		out[line] = true
	}
	if k := it.value.kind; k == table || k == tableList {
		for _, inner := range it.value.items {
			for line := range extent(inner) {
				out[line] = true
			}
		}
	}
	return out
}
