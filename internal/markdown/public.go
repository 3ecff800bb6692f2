package markdown

import (
	"reflect"
	"strings"

	"patternhub/internal/content"
)

// Public returns the source of an entry as readers may see it: without comments in the front matter and
// without names there that the type does not have, since both are for the author's own programs. All
// other lines are those of the source, byte for byte; a value with a comment in it is written anew. now is
// what the source is read as. The result is read as now too; where it is not, as when a name that goes
// has decided about one that stays, the front matter is written in the canonical form, which has the
// type's own names only.
func Public(source []byte, now content.Entry, read Read) []byte {
	l, err := newLayout(source)
	if err != nil {
		return Encode(now)
	}
	if l.frontFrom == l.frontTo {
		return source
	}
	v := reflect.ValueOf(now).Elem()
	for _, front := range [][]string{l.ownLines(v), canonicalLines(v)} {
		out := l.withFront(front)
		if front != nil && readsAs(out, now, read) {
			return out
		}
	}
	return Encode(now)
}

// ownLines returns the lines of the front matter that its type knows, nil if their form does not allow
// to find them.
func (l *layout) ownLines(v reflect.Value) []string {
	blank := true
	for line := l.frontFrom; line < l.frontTo; line++ {
		blank = blank && l.noContent(line)
	}
	if blank {
		return []string{}
	}
	root := l.tree()
	if root == nil || root.kind != blockMap || l.toml {
		return nil
	}
	fields := map[string]column{}
	for _, c := range columns(v) {
		fields[c.name] = c
	}
	out := []string{}
	for _, it := range root.items {
		c, ok := fields[ownName(it.name)]
		if !ok || root.find(c.name) != it {
			continue
		}
		lines := l.text[it.line:it.end]
		if strings.Contains(strings.Join(lines, ""), "#") {
			lines = nil // it may be a comment
			if !c.absent() {
				lines = c.lines(0)
			}
		}
		out = append(out, lines...)
	}
	return out
}

// canonicalLines returns the front matter of an entry in the canonical form.
func canonicalLines(v reflect.Value) []string {
	out := []string{}
	for _, c := range columns(v) {
		if !c.absent() {
			out = append(out, c.lines(0)...)
		}
	}
	return out
}

// withFront returns the source with other front matter, in YAML. Without any lines it has none.
func (l *layout) withFront(lines []string) []byte {
	var b strings.Builder
	b.WriteString(l.mark)
	if len(lines) > 0 {
		for _, line := range append(append([]string{"---"}, lines...), "---") {
			b.WriteString(line + l.eol)
		}
	}
	b.WriteString(l.source[l.starts[l.body]:])
	return []byte(b.String())
}
