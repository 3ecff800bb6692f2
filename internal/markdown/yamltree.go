package markdown

import "strings"

// yamlTree returns the values of YAML front matter with their positions; nil if its form cannot be
// edited. The text must be valid. It does not use the positions of the parser's nodes, which can be
// wrong after texts of several lines.
func (l scanner) yamlTree() *node {
	line := l.nextContent(l.frontFrom)
	if line < 0 {
		return nil // only comments
	}
	at := l.starts[line] + l.indent(line)
	if l.source[at] == '{' {
		return l.brackets(at)
	}
	// A tree that ends before the front matter was not understood.
	if n := l.block(at, -1); n != nil && n.kind == blockMap && l.nextContent(n.last+1) < 0 {
		return n
	}
	return nil
}

// nextContent returns the first line of the front matter, starting at line, that is neither empty
// nor a comment; -1 when there is none.
func (l scanner) nextContent(line int) int {
	for ; line < l.frontTo; line++ {
		if !l.noContent(line) {
			return line
		}
	}
	return -1
}

// columnOf returns the column of an offset, from 0.
func (l scanner) columnOf(at int) int { return at - l.starts[l.line(at)] }

// block returns a value that may be a list or record on its own lines. It is indented more than
// parent, which is the column of the name or dash before the value, and -1 for the front matter
// itself.
func (l scanner) block(at, parent int) *node {
	switch {
	case l.dash(at):
		return l.blockItems(blockList, at)
	case l.named(at):
		return l.blockItems(blockMap, at)
	}
	return l.flat(at, parent)
}

// dash reports whether a list item starts at an offset. A dash without a space or line end after it
// starts a string, such as a negative number.
func (l scanner) dash(at int) bool {
	rest := l.source[at:l.lineEnd(at)]
	return rest == "-" || strings.HasPrefix(rest, "- ") || strings.HasPrefix(rest, "-\t")
}

// named reports whether a field of a record starts at an offset.
func (l scanner) named(at int) bool { return l.colon(at) >= 0 || l.longName(at) }

// longName reports whether a field starts whose name is marked by ?. Our fields have no such names.
func (l scanner) longName(at int) bool { return strings.HasPrefix(l.source[at:], "? ") }

// colon returns the offset of the colon after the name that starts at an offset; -1 for no name.
// Names are on one line. A name without quotes may contain a colon without a space after it and a
// hash without a space before it.
func (l scanner) colon(at int) int {
	end := l.lineEnd(at)
	if at == end || strings.IndexByte("[]{}#|>@`,", l.source[at]) >= 0 || l.longName(at) {
		return -1
	}
	from := at
	if c := l.source[at]; c == '"' || c == '\'' {
		if from = l.quoted(at); from < 0 || from > end {
			return -1
		}
		if strings.TrimLeft(l.source[from:end], " \t") == "" || strings.TrimLeft(l.source[from:end], " \t")[0] != ':' {
			return -1
		}
	}
	for i := from; i < end; i++ {
		switch {
		case l.source[i] == ':' && (i+1 == end || l.source[i+1] == ' ' || l.source[i+1] == '\t'):
			return i
		case l.source[i] == '#' && i > at && (l.source[i-1] == ' ' || l.source[i-1] == '\t'):
			return -1
		}
	}
	return -1
}

// blockItems returns a list or record whose items start at the column of an offset, each on its own
// line. The first one may follow the dash of the list around it. An item extends to the next one,
// without the comments that belong to that; see used.
func (l scanner) blockItems(k kind, at int) *node {
	n := &node{kind: k, from: at, column: l.columnOf(at)}
	for {
		it := &member{line: l.line(at), from: at, afterColon: at + 1, comma: -1}
		switch colon := l.colon(at); {
		case k == blockMap && l.longName(at):
			it.value = l.opaque(at, n.column, ":")
		case k == blockMap:
			it.name, it.afterColon = nameOf(l.source[at:colon]), colon+1
			fallthrough
		default:
			it.value = l.valueAfter(it.afterColon, n.column, k)
		}
		if it.value == nil {
			return nil
		}
		n.items, n.last = append(n.items, it), it.value.last
		next := l.nextContent(n.last + 1)
		end := next
		if next < 0 {
			end = l.frontTo
		}
		it.end = l.used(it.line, end, n.column)
		if next < 0 || l.indent(next) < n.column {
			return n // the parent continues
		}
		if at = l.starts[next] + n.column; l.indent(next) > n.column {
			return nil
		}
		switch {
		case k == blockList && !l.dash(at):
			return n // the record around the list continues
		case k == blockMap && (l.dash(at) || !l.named(at)):
			return nil
		}
	}
}

// valueAfter returns the value after a colon or a dash, on the same line or on lines below. On the
// same line, another dash or a name may follow a dash but not a colon. A list that is the value of
// a name may start at the column of the name.
func (l scanner) valueAfter(at, parent int, in kind) *node {
	end := l.lineEnd(at)
	rest := strings.TrimLeft(l.source[at:end], " \t")
	from := end - len(rest)
	switch {
	case rest != "" && rest[0] != '#' && in == blockList:
		return l.block(from, parent)
	case rest != "" && rest[0] != '#':
		return l.flat(from, parent)
	}
	n := &node{kind: missing, from: at, to: at}
	if next := l.nextContent(l.line(at) + 1); next >= 0 {
		column := l.indent(next)
		start := l.starts[next] + column
		if column > parent || column == parent && in == blockMap && l.dash(start) {
			if n = l.block(start, parent); n == nil {
				return nil
			}
			n.tail = l.source[at:end]
			if rest == "" {
				n.tail = ""
			}
			return n
		}
	}
	return l.value(n)
}

// flat returns a value that is not a list or record on its own lines. Anchors, aliases, tags and
// uncommon forms of brackets are opaque, since our fields have none of them.
func (l scanner) flat(at, parent int) *node {
	n := &node{kind: scalar, from: at}
	switch c := l.source[at]; {
	case c == '|' || c == '>':
		return l.textBlock(at, parent)
	case c == '[' || c == '{':
		if b := l.brackets(at); b != nil {
			return b
		}
		return l.opaque(at, parent, "-")
	case c == '"' || c == '\'':
		n.to = l.quoted(at)
	case strings.IndexByte("&*!", c) >= 0:
		return l.opaque(at, parent, "-")
	default:
		n.to = l.plain(at, parent)
	}
	if n.to < 0 {
		return nil
	}
	return l.value(n)
}

// opaque returns a value whose content does not matter, with its lines: those indented more than
// parent, and those at the same column that start with mark.
func (l scanner) opaque(at, parent int, mark string) *node {
	n := &node{kind: other, from: at, last: l.line(at)}
	for next := l.nextContent(n.last + 1); next >= 0; next = l.nextContent(next + 1) {
		if in := l.indent(next); in < parent || in == parent && !strings.HasPrefix(l.text[next][in:], mark) {
			break
		}
		n.last = next
	}
	return n
}

// plain returns the offset after a string without quotes, which continues on lines that are indented
// more than parent.
func (l scanner) plain(at, parent int) int {
	for line := l.line(at); ; {
		end := l.starts[line] + len(l.text[line])
		from := max(at, l.starts[line]+l.indent(line))
		text := l.source[from:end]
		// A comment ends the text, and so does a line with less indentation.
		for _, mark := range []string{" #", "\t#"} {
			text, _, _ = strings.Cut(text, mark)
		}
		to := from + len(strings.TrimRight(text, " \t"))
		next := line + 1
		for next < l.frontTo && blankLine(l.text[next]) {
			next++
		}
		if from+len(text) < end || next >= l.frontTo || l.noContent(next) || l.indent(next) <= parent {
			return to
		}
		line = next
	}
}

// textBlock returns a string on its own lines after a mark. An indented line that starts with a hash
// is text. Empty lines at the end are not included, since most marks ignore them.
func (l scanner) textBlock(at, parent int) *node {
	n := &node{kind: textBlock, from: at, to: at, last: l.line(at)}
	rest := l.source[at:l.lineEnd(at)]
	n.to += len(rest) - len(strings.TrimLeft(rest, "|>+-0123456789"))
	if comment := l.source[n.to : at+len(rest)]; strings.TrimSpace(comment) != "" {
		n.tail = comment
	}
	for line := n.last + 1; line < l.frontTo && (blankLine(l.text[line]) || l.indent(line) > parent); line++ {
		if !blankLine(l.text[line]) {
			n.last = line
		}
	}
	return n
}
