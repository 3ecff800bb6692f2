package markdown

import (
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// layout is a source as lines, so that an edit can leave all others as they are.
// Indexes of lines are from 0 and in the source without its byte-order mark, and edits speak of the
// lines as they were: no edit moves another.
type layout struct {
	mark string
	// lines keep their ends; text is the same without them.
	lines, text []string
	// eol ends the lines that an edit adds.
	eol string
	// front is what the front matter says; its first line is frontFrom, and the closing fence
	// stands on frontTo. Without front matter both are 0 and fenced is false.
	front              ast.Node
	fenced             bool
	frontFrom, frontTo int
	// body is the index of the first line of the body.
	body  int
	edits []edit
}

// edit replaces lines from (included) to (excluded) by others.
type edit struct {
	from, to int
	text     []string
}

// lay takes a source apart; the caller knows that it can be read.
// The end of the first line decides for lines that are added; a file that mixes both keeps its own
// on all others.
func lay(source []byte) (*layout, error) {
	f, err := split(source)
	if err != nil {
		return nil, err
	}
	s := string(source)
	l := &layout{eol: "\n", fenced: f.fenced, front: f.front, body: f.bodyLine - 1}
	if rest, ok := strings.CutPrefix(s, byteOrderMark); ok {
		l.mark, s = byteOrderMark, rest
	}
	l.lines = strings.SplitAfter(s, "\n")
	if strings.HasSuffix(l.lines[0], "\r\n") {
		l.eol = "\r\n"
	}
	l.text = make([]string, len(l.lines))
	for i, line := range l.lines {
		end := strings.TrimSuffix(line, "\n")
		if end != line {
			end = strings.TrimSuffix(end, "\r")
		}
		l.text[i] = end
	}
	if f.fenced {
		l.frontFrom, l.frontTo = 1, l.body-1
	}
	return l, nil
}

// replace notes an edit. A replacement that is what stands there already is none.
// Where from is to, text is inserted before that line; no text takes the lines away.
func (l *layout) replace(from, to int, text ...string) {
	l.edits = append(l.edits, edit{from: from, to: to, text: text})
}

// disjoint tells whether no two edits concern the same line.
// Insertions never conflict, as they take no line. Edits are few, so comparing each with each will
// do.
func (l *layout) disjoint() bool {
	for i, a := range l.edits {
		for _, b := range l.edits[:i] {
			if a.from < b.to && b.from < a.to {
				return false
			}
		}
	}
	return true
}

// bytes gives the source with the edits. Edits at the same place keep their order.
// A last line without an end gets one when something is added behind it.
func (l *layout) bytes() []byte {
	inserted := map[int][]string{}
	gone := map[int]bool{}
	for _, e := range l.edits {
		inserted[e.from] = append(inserted[e.from], e.text...)
		for i := e.from; i < e.to; i++ {
			gone[i] = true
		}
	}
	var b strings.Builder
	b.WriteString(l.mark)
	for i := 0; i <= len(l.lines); i++ {
		for _, t := range inserted[i] {
			if s := b.String(); s != l.mark && s[len(s)-1] != '\n' {
				b.WriteString(l.eol)
			}
			b.WriteString(t + l.eol)
		}
		if i < len(l.lines) && !gone[i] {
			b.WriteString(l.lines[i])
		}
	}
	return []byte(b.String())
}

// used is the end of a range of lines without the empty lines and comments that end it and
// belong to what comes next: comments that stand at most as far in as indent.
func (l *layout) used(from, to, indent int) int {
	for to > from+1 {
		line := l.text[to-1]
		trimmed := strings.TrimLeft(line, " ")
		if trimmed != "" && (trimmed[0] != '#' || len(line)-len(trimmed) > indent) {
			break
		}
		to--
	}
	return to
}

// column turns a column of a line, counted in characters from 1, into an offset in bytes.
// The parser counts characters and Go's strings bytes. A column past the end gives the length.
func (l *layout) column(line, column int) int {
	for i := range l.text[line] {
		if column--; column == 0 {
			return i
		}
	}
	return len(l.text[line])
}
