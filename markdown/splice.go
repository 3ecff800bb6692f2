package markdown

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"patternhub/content"
)

// Read reads a source into an entry, in the same way in which it was read when it came in.
type Read func(source []byte) (content.Entry, error)

// ErrUnwritable tells that an entry has texts that no file can hold so that they are read back
// the same, such as a body with a section that is a field of its own.
var ErrUnwritable = errors.New("the entry cannot be written as a file")

// Splice writes an entry over the source that it came from: what the entry says differently is
// changed on its lines, everything else stays byte for byte. Where that is not possible the
// fields, and in the end the file, are written anew in the canonical form; front matter that
// the type does not know is kept. The result is always read back as now.
// It tries from fine to coarse: single values, whole fields, and the file anew; and takes the first
// result that is read back as now. So a wrong guess about a file's form costs a larger difference,
// never a wrong entry. Reading is the caller's, because what a file says may depend on its place,
// as the name of a page without one does. source is not changed. ErrUnwritable is the only error of
// its own.
func Splice(source []byte, now content.Entry, read Read) ([]byte, error) {
	old, err := read(source)
	if err != nil {
		return nil, fmt.Errorf("read source: %w", err)
	}
	if Same(old, now) {
		return source, nil
	}
	for _, coarse := range []bool{false, true} {
		for _, before := range variants(old) {
			if out, ok := attempt(source, before, now, coarse); ok && holds(out, now, read) {
				return out, nil
			}
		}
	}
	if out := anew(source, old, now); holds(out, now, read) {
		return out, nil
	}
	return nil, ErrUnwritable
}

// holds tells whether a source is read as that entry.
func holds(source []byte, e content.Entry, read Read) bool {
	got, err := read(source)
	return err == nil && Same(got, e)
}

// variants gives the entry, and the entry without its summary, its name and both: what was
// taken from the body may follow the body, and then counts as changed so that it is written
// down.
// They are copies one level deep; only the head differs.
func variants(e content.Entry) []content.Entry {
	out := []content.Entry{e}
	for _, without := range []func(*content.Meta){
		func(m *content.Meta) { m.Summary = "" }, func(m *content.Meta) { m.Name = "" }, func(m *content.Meta) { m.Name, m.Summary = "", "" },
	} {
		v := reflect.New(reflect.TypeOf(e).Elem())
		v.Elem().Set(reflect.ValueOf(e).Elem())
		bare := v.Interface().(content.Entry)
		without(bare.Head())
		out = append(out, bare)
	}
	return out
}

// attempt edits a source; false when its form does not allow it.
// It does not look whether the result is right; holds does.
func attempt(source []byte, old, now content.Entry, coarse bool) (out []byte, ok bool) {
	l, err := lay(source)
	if err != nil {
		return nil, false
	}
	defer func() {
		// A position that the parser tells wrongly must not end an export: the next, coarser
		// attempt does not rely on it.
		if recover() != nil {
			out, ok = nil, false
		}
	}()
	before, after := reflect.ValueOf(old).Elem(), reflect.ValueOf(now).Elem()
	s := splicer{layout: l, coarse: coarse}
	if !s.front(before, after) {
		return nil, false
	}
	s.body(before, after)
	if !l.disjoint() {
		return nil, false
	}
	return l.bytes(), true
}

// anew writes the entry in the canonical form and keeps front matter that its type does not know.
// Comments in the front matter go, save those within what is kept. The mark and the line ends of
// the source stay.
func anew(source []byte, old, now content.Entry) []byte {
	l, err := lay(source)
	written := string(Encode(now))
	list, ok := pairs(l.front)
	if err != nil || !ok {
		return []byte(written)
	}
	known := map[string]bool{}
	for _, c := range columns(reflect.ValueOf(old).Elem()) {
		known[c.name] = true
	}
	var kept strings.Builder
	for i, pair := range list {
		if known[inOurWords(keyOf(pair))] {
			continue
		}
		from, to := l.pairRange(list, i, l.frontTo)
		for _, line := range l.text[from:to] {
			kept.WriteString(line + "\n")
		}
	}
	written = strings.Replace(written, "\n---\n", "\n"+kept.String()+"---\n", 1)
	return []byte(l.mark + strings.ReplaceAll(written, "\n", l.eol))
}

// splicer edits the lines of a source.
type splicer struct {
	*layout
	// coarse replaces fields whole.
	coarse bool
}

// front edits the front matter; false when its form does not allow it.
// Without front matter it is added only when a field has something to say.
func (s *splicer) front(before, after reflect.Value) bool {
	list, isMapping := pairs(s.layout.front)
	if s.layout.front != nil && !isMapping {
		return false
	}
	if len(list) > 0 {
		return s.mapping(list, before, after, s.frontTo)
	}
	var lines []string
	olds, news := columns(before), columns(after)
	for i, c := range news {
		if !same(olds[i], c) && !c.absent() {
			lines = append(lines, c.lines(0)...)
		}
	}
	switch {
	case len(lines) == 0:
	case s.fenced:
		s.replace(s.frontFrom, s.frontFrom, lines...)
	default:
		s.replace(0, 0, append(append([]string{"---"}, lines...), "---", "")...)
	}
	return true
}
