package markdown

import (
	"cmp"
	"slices"
	"sort"
	"strings"
)

// layout is a source as lines, so that an edit can leave all other lines as they are. Indexes of
// lines count from 0, offsets count bytes, and both refer to the original source without its
// byte-order mark: no edit changes the offsets of another.
type layout struct {
	mark, source string
	// text holds the lines without their ends; starts the offset of each line, and the end of the
	// source.
	text   []string
	starts []int
	// eol is the line end of added lines.
	eol string
	// fenced means that there is front matter, even if it is empty. Its first line is frontFrom,
	// and its closing fence is on frontTo; both are 0 without front matter.
	fenced, toml       bool
	frontFrom, frontTo int
	// body is the index of the first line of the body.
	body  int
	edits []edit
	// depth is the nesting depth of the next edit in the file's fields.
	depth int
}

// edit replaces the bytes from (included) to (excluded).
type edit struct {
	from, to int
	// lines are whole lines, each written with a line end; without any, text is written as it is.
	lines []string
	text  string
	depth int
	// gapBefore and gapAfter require an empty line between the lines and their neighbours.
	gapBefore, gapAfter bool
	// join reduces the empty lines around a removed part to one.
	join bool
}

// newLayout splits a source that is known to be readable. Added lines get the line end of the first
// line; a file with mixed line ends retains them on all other lines.
func newLayout(source []byte) (*layout, error) {
	f, err := split(source)
	if err != nil {
		return nil, err
	}
	l := &layout{source: string(source), eol: "\n", fenced: f.fenced, toml: f.toml, body: f.bodyLine - 1}
	if rest, ok := strings.CutPrefix(l.source, byteOrderMark); ok {
		l.mark, l.source = byteOrderMark, rest
	}
	at := 0
	for i, line := range linesOf(l.source) {
		text := strings.TrimRight(line, "\r\n")
		if i == 0 && len(text) < len(line) {
			l.eol = line[len(text):]
		}
		l.text, l.starts = append(l.text, text), append(l.starts, at)
		at += len(line)
	}
	l.starts = append(l.starts, at)
	if f.fenced {
		l.frontFrom, l.frontTo = 1, l.body-1
	}
	return l, nil
}

// replace adds an edit of whole lines. If from equals to, lines are inserted before that line;
// without lines the old ones are removed.
func (l *layout) replace(from, to int, lines ...string) {
	l.edits = append(l.edits, edit{from: l.starts[from], to: l.starts[to], lines: lines, depth: l.depth})
}

// insertApart inserts lines with an empty line before and after them, as for a section.
func (l *layout) insertApart(at int, lines ...string) {
	l.replace(at, at, lines...)
	e := &l.edits[len(l.edits)-1]
	e.gapBefore, e.gapAfter = true, true
}

// removePart removes the lines of a part of the body.
func (l *layout) removePart(from, to int) {
	l.replace(from, to)
	l.edits[len(l.edits)-1].join = true
}

// write adds an edit within lines.
func (l *layout) write(from, to int, text string) {
	l.edits = append(l.edits, edit{from: from, to: to, text: text, depth: l.depth})
}

// within runs do one level deeper, and drops its edits if it returns false.
func (l *layout) within(do func() bool) bool {
	mark := len(l.edits)
	l.depth++
	defer func() { l.depth-- }()
	if do() {
		return true
	}
	l.edits = l.edits[:mark]
	return false
}

// apart returns the edits of do without adding them.
func (l *layout) apart(do func()) []edit {
	mark := len(l.edits)
	do()
	out := slices.Clone(l.edits[mark:])
	l.edits = l.edits[:mark]
	return out
}

// inOrder compares edits by their position. At one offset, insertions come before replacements, and
// of the insertions the end of an inner list comes before a new field.
func inOrder(a, b edit) int {
	replaces := func(e edit) int { return min(e.to-e.from, 1) }
	return cmp.Or(a.from-b.from, replaces(a)-replaces(b), b.depth-a.depth)
}

// disjoint reports whether no two edits replace the same bytes. Insertions replace none, so they
// never conflict.
func (l *layout) disjoint() bool {
	slices.SortStableFunc(l.edits, inOrder)
	end := 0
	for _, e := range l.edits {
		if e.from < end {
			return false
		}
		end = max(end, e.to)
	}
	return true
}

// bytes returns the source with the edits, in the order of inOrder; equal edits remain in theirs.
// It ends a last line without a line end before it adds another, and leaves no empty line at the
// end if the source has none.
func (l *layout) bytes() []byte {
	out := l.render(0, len(l.source), l.edits)
	if strings.TrimRight(l.source, "\r\n")+l.eol == l.source {
		out = strings.TrimRight(out, "\r\n") + l.eol
	}
	return []byte(l.mark + out)
}

// render returns a part of the source with some edits.
func (l *layout) render(from, to int, edits []edit) string {
	slices.SortStableFunc(edits, inOrder)
	w := writer{eol: l.eol}
	at := from
	for _, e := range edits {
		w.text(l.source[at:e.from])
		at = e.to
		if len(e.lines) == 0 {
			w.text(e.text)
			w.join = w.join || e.join
			continue
		}
		w.endLine()
		w.gap = w.gap || e.gapBefore
		w.text(strings.Join(e.lines, l.eol) + l.eol)
		w.gap = e.gapAfter
	}
	w.text(l.source[at:to])
	return w.b.String()
}

// writer assembles a source from parts.
type writer struct {
	b   strings.Builder
	eol string
	// gap requires an empty line before the next text.
	gap bool
	// join drops the empty lines at the start of the next text if there is one already.
	join bool
}

// text writes a text with one empty line, and no more, before it where the parts around it need that.
func (w *writer) text(s string) {
	if s == "" {
		return
	}
	if w.gap && !w.blank() && !blankLine(linesOf(s)[0]) {
		w.b.WriteString(w.eol)
	}
	for w.join && w.blank() && s != "" && blankLine(linesOf(s)[0]) {
		s = s[len(linesOf(s)[0]):]
	}
	w.b.WriteString(s)
	w.gap, w.join = false, w.join && s == ""
}

// blank reports whether the last line is empty, or nothing is written yet.
func (w *writer) blank() bool {
	lines := linesOf(w.b.String())
	return len(lines) == 1 || blankLine(lines[len(lines)-2])
}

// endLine adds a line end to the last line if it has none.
func (w *writer) endLine() {
	if s := w.b.String(); s != "" && s[len(s)-1] != '\n' && s[len(s)-1] != '\r' {
		w.b.WriteString(w.eol)
	}
}

// blankLine reports whether a line has only white space.
func blankLine(line string) bool { return strings.TrimSpace(line) == "" }

// used returns the end of a range of lines without the empty lines and comments at its end that
// belong to what follows: comments indented by at most indent.
func (l *layout) used(from, to, indent int) int {
	for to > from+1 && l.noContent(to-1) && (blankLine(l.text[to-1]) || l.indent(to-1) <= indent) {
		to--
	}
	return to
}

// lead returns the first line of the comments directly above a line, which belong to it. It does
// not search above the line first.
func (l *layout) lead(line, first int) int {
	for line > first && l.noContent(line-1) && !blankLine(l.text[line-1]) {
		line--
	}
	return line
}

// noContent reports whether a line is empty or a comment.
func (l *layout) noContent(line int) bool {
	text := strings.TrimLeft(l.text[line], " \t")
	return text == "" || text[0] == '#'
}

// indent returns the number of spaces at the start of a line.
func (l *layout) indent(line int) int {
	return len(l.text[line]) - len(strings.TrimLeft(l.text[line], " "))
}

// line returns the line of an offset.
func (l *layout) line(offset int) int {
	return min(sort.SearchInts(l.starts, offset+1), len(l.text)) - 1
}

// lineEnd returns the offset of the end of the line of an offset.
func (l *layout) lineEnd(offset int) int {
	line := l.line(offset)
	return l.starts[line] + len(l.text[line])
}
