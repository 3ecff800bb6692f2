package markdown

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"patternhub/internal/content"
)

// Read decodes a source into an entry, in the same way as at its import.
type Read func(source []byte) (content.Entry, error)

// ErrUnwritable means that an entry has texts that no file can hold so that they are read back
// equal, such as a body with a section that is a field.
var ErrUnwritable = errors.New("the entry cannot be written as a file")

// Splice writes an entry over the source that it came from. It changes the lines whose content
// differs, and leaves everything else as it is, byte for byte. If that is not possible, it writes
// the fields, and as a last resort the file, in the canonical form; front matter that the type does
// not know is preserved. The result is always read back as now.
// It tries single values, whole fields, the body, and the whole file, and takes the first result
// that is read back as now. So a wrong guess about a file's form costs a larger difference, but
// never a wrong entry. The caller provides read, because the meaning of a file may depend on its
// path, as with the name of a page. source is not changed. Apart from errors of read, the only
// error is ErrUnwritable.
func Splice(source []byte, now content.Entry, read Read) ([]byte, error) {
	old, err := read(source)
	if err != nil {
		return nil, fmt.Errorf("read source: %w", err)
	}
	if Same(old, now) {
		return source, nil
	}
	if out, ok := edited(source, old, now, read, false); ok {
		return out, nil
	}
	if out, ok := stepwise(source, old, now, read); ok {
		return out, nil
	}
	if out := rewritten(source, old, now); readsAs(out, now, read) {
		return out, nil
	}
	return nil, ErrUnwritable
}

// stepwise edits one field after the other, so that one whose form does not allow an edit costs
// only its own lines, and then the body, which is rewritten if necessary.
func stepwise(source []byte, old, now content.Entry, read Read) ([]byte, bool) {
	for i, c := range columns(reflect.ValueOf(now).Elem()) {
		next := copyOf(old)
		field := columns(reflect.ValueOf(next).Elem())[i]
		if same(field, c) {
			continue
		}
		field.value.Set(c.value)
		out, ok := edited(source, old, next, read, false)
		if !ok {
			out, ok = edited(source, old, next, read, true)
		}
		if !ok {
			return nil, false
		}
		source, old = out, next
	}
	if out, ok := edited(source, old, now, read, false); ok {
		return out, true
	}
	out := withNewBody(source, now)
	return out, readsAs(out, now, read)
}

// edited edits a source and reports whether it is then read as now. coarse rewrites fields whole.
func edited(source []byte, old, now content.Entry, read Read, coarse bool) ([]byte, bool) {
	for _, before := range variants(old) {
		if out, ok := attempt(source, before, now, coarse); ok && readsAs(out, now, read) {
			return out, true
		}
	}
	return nil, false
}

// withNewBody returns a source with its front matter and the canonical body.
func withNewBody(source []byte, now content.Entry) []byte {
	l, err := newLayout(source)
	if err != nil {
		return nil
	}
	_, body, _ := strings.Cut(string(Encode(now)), "\n---\n")
	l.replace(l.body, len(l.text), strings.Split(strings.TrimSuffix(body, "\n"), "\n")...)
	return l.bytes()
}

// readsAs reports whether a source is read as that entry.
func readsAs(source []byte, e content.Entry, read Read) bool {
	got, err := read(source)
	return err == nil && Same(got, e)
}

// variants returns the entry, and the entry without its summary, its name and both. A name or
// summary that was taken from the body changes with it; in a variant it counts as changed and is
// written down.
func variants(e content.Entry) []content.Entry {
	out := []content.Entry{e}
	for _, without := range []func(*content.Meta){
		func(m *content.Meta) { m.Summary = "" }, func(m *content.Meta) { m.Name = "" }, func(m *content.Meta) { m.Name, m.Summary = "", "" },
	} {
		bare := copyOf(e)
		without(bare.Head())
		out = append(out, bare)
	}
	return out
}

// copyOf copies an entry one level deep.
func copyOf(e content.Entry) content.Entry {
	v := reflect.New(reflect.TypeOf(e).Elem())
	v.Elem().Set(reflect.ValueOf(e).Elem())
	out, _ := reflect.TypeAssert[content.Entry](v)
	return out
}

// attempt edits a source, and returns false if its form does not allow it. It does not check the
// result; readsAs does.
func attempt(source []byte, old, now content.Entry, coarse bool) (out []byte, ok bool) {
	l, err := newLayout(source)
	if err != nil {
		return nil, false
	}
	defer func() {
		// An unexpected form must not end an export: the next, coarser attempt depends less on the
		// form.
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

// rewritten returns the entry in the canonical form, with the front matter that its type does not
// know. Other comments in the front matter are lost. The byte-order mark and the line ends of the
// source remain.
func rewritten(source []byte, old, now content.Entry) []byte {
	written := string(Encode(now))
	l, err := newLayout(source)
	if err != nil {
		return []byte(written)
	}
	fields := map[string]bool{}
	for _, c := range columns(reflect.ValueOf(old).Elem()) {
		fields[c.name] = true
	}
	var foreign strings.Builder
	if root := l.tree(); root != nil && !l.toml && root.kind == blockMap {
		for _, it := range root.items {
			if own := ownName(it.name); fields[own] && (root.find(own) == it || own == it.name) {
				continue
			}
			for _, line := range l.text[it.line:it.end] {
				foreign.WriteString(line + "\n")
			}
		}
	}
	written = strings.Replace(written, "\n---\n", "\n"+foreign.String()+"---\n", 1)
	return []byte(l.mark + strings.ReplaceAll(written, "\n", l.eol))
}

// splicer edits the lines of a source.
type splicer struct {
	*layout
	// root is the record of the front matter.
	root *node
	// coarse rewrites fields whole.
	coarse bool
}

// front edits the front matter, and returns false if its form does not allow it. It adds front
// matter only if a field needs it.
func (s *splicer) front(before, after reflect.Value) bool {
	olds, news := columns(before), columns(after)
	var lines []string
	differ := false
	for i, c := range news {
		if same(olds[i], c) {
			continue
		}
		if differ = true; !c.absent() {
			lines = append(lines, c.lines(0)...)
		}
	}
	blank := true
	for line := s.frontFrom; line < s.frontTo; line++ {
		blank = blank && s.noContent(line)
	}
	switch {
	case !differ:
	case s.toml || !blank:
		if s.root = s.tree(); s.root == nil {
			return false
		}
		return s.value(s.root, before, after)
	case len(lines) == 0:
	case s.fenced:
		s.replace(s.frontFrom, s.frontFrom, lines...)
	default:
		s.replace(0, 0, append(append([]string{"---"}, lines...), "---", "")...)
	}
	return true
}
