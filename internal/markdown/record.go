package markdown

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"patternhub/internal/content"
)

// EncodeRecord writes an entry as one line of JSON: its type, key and slug, its fields as front
// matter names them, the fields that files have in sections, and the body. It writes references as
// they are, so the caller replaces keys with slugs.
// The line has no line end. Equal entries have equal bytes, since the fields are in the order of
// the struct, so that exports can be compared. HTML is not escaped.
func EncodeRecord(e content.Entry) ([]byte, error) {
	h := e.Head()
	var b bytes.Buffer
	b.WriteByte('{')
	for i, f := range [][2]string{{"type", content.Kebab(string(h.Type))}, {"key", h.Key}, {"slug", h.Slug}} {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "%q:", f[0])
		if err := writeJSON(&b, reflect.ValueOf(f[1])); err != nil {
			return nil, err
		}
	}
	v := reflect.ValueOf(e).Elem()
	for _, c := range recordColumns(v) {
		if c.absent() || c.name == "body" && strings.Trim(c.value.String(), "\n") == "" {
			continue
		}
		fmt.Fprintf(&b, ",%q:", c.name)
		if err := writeJSON(&b, c.value); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// writeJSON writes a value, with the names and omissions of files rather than json tags, so that
// both forms of an export correspond.
func writeJSON(b *bytes.Buffer, v reflect.Value) error {
	if list, ok := reflect.TypeAssert[[]*content.ChecklistItem](v); ok {
		v = reflect.ValueOf(points(reflect.ValueOf(list)))
	}
	switch {
	case v.Kind() == reflect.Pointer && !v.IsNil():
		return writeJSON(b, v.Elem())
	case v.Kind() == reflect.Slice:
		b.WriteByte('[')
		for i := range v.Len() {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := writeJSON(b, v.Index(i)); err != nil {
				return err
			}
		}
		b.WriteByte(']')
		return nil
	case isRecord(v):
		b.WriteByte('{')
		first := true
		for _, c := range recordColumns(v) {
			if c.absent() {
				continue
			}
			if !first {
				b.WriteByte(',')
			}
			first = false
			fmt.Fprintf(b, "%q:", c.name)
			if err := writeJSON(b, c.value); err != nil {
				return err
			}
		}
		b.WriteByte('}')
		return nil
	}
	return writeScalar(b, v)
}

// writeScalar writes a scalar, with times in UTC and enums in the form of files.
func writeScalar(b *bytes.Buffer, v reflect.Value) error {
	value := v.Interface()
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
		value = v.Interface().(time.Time).UTC().Format(time.RFC3339Nano)
	case v.Kind() == reflect.String:
		value = content.TextOf(v)
	}
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(value); err != nil {
		return fmt.Errorf("write %s: %w", v.Type(), err)
	}
	b.Truncate(b.Len() - 1) // the encoder ends with a line end
	return nil
}

// DecodeRecord reads a record in the form of EncodeRecord, from any program. References are slugs.
// Problems have the given line and the column in it. unknown lists fields that the type does not
// have.
// e is nil if the line is not a JSON object or its type is unknown, since no other field can be
// read then. A key is not required: the caller may assign a new one.
func DecodeRecord(line int, src []byte) (e content.Entry, unknown []string, err error) {
	n, err := parseRecord(src)
	if err != nil {
		if p, ok := errors.AsType[*Problem](err); ok {
			p.Line = line
		}
		return nil, nil, err
	}
	d := &decoder{shift: line - 1, record: true, foreign: map[string]bool{}}
	list, _ := pairs(n)
	head := map[string]string{}
	rest := list[:0:0]
	for _, pair := range list {
		switch name := keyOf(pair); name {
		case "type", "key", "slug":
			text, ok := scalarText(pair.Value)
			if !ok {
				d.at(pair.Value, "%s: expected text", name)
			}
			head[name] = text
		default:
			rest = append(rest, pair)
		}
	}
	e = content.NewEntry(content.EntryType(strings.ToUpper(strings.ReplaceAll(head["type"], "-", "_"))))
	if e == nil {
		d.refuse(line, 1, "type: %q is not an entry type", head["type"])
		return nil, nil, errors.Join(d.problems...)
	}
	h := e.Head()
	h.Key, h.Slug = head["key"], head["slug"]
	n.(*ast.MappingNode).Values = rest
	v := reflect.ValueOf(e).Elem()
	d.mapping(n, v, true)
	if body := bodyField(e); body != nil {
		body.Markdown = trimBody(body.Markdown)
	}
	if err := Check(bodyOf(v)); err != nil {
		d.refuse(line, 1, "body: %s", err.(*Problem).What) //nolint:forcetypeassert,errorlint // Check returns no other type
	}
	for name, given := range map[string]string{"slug": h.Slug, "name": h.Name} {
		if given == "" {
			d.refuse(line, 1, "%s is missing", name)
		}
	}
	return e, d.unknown, errors.Join(d.problems...)
}

// maxDepth bounds the depth of a record; the deepest of ours is 6.
const maxDepth = 32

// parseRecord parses JSON to the nodes of front matter, so that one decoder reads both. It accepts
// exactly one object; anything after it is refused.
func parseRecord(src []byte) (ast.Node, error) {
	if err := encoded(src); err != nil {
		return nil, err
	}
	r := &recordReader{src: src, dec: json.NewDecoder(bytes.NewReader(src))}
	r.dec.UseNumber()
	n, err := r.next(0)
	if err != nil {
		return nil, err
	}
	if _, ok := n.(*ast.MappingNode); !ok {
		return nil, &Problem{Column: 1, What: "each line must be one JSON object"}
	}
	if _, err := r.dec.Token(); !errors.Is(err, io.EOF) {
		return nil, r.refuse("something follows the JSON object")
	}
	return n, nil
}

// recordReader converts tokens to nodes and sets their positions.
type recordReader struct {
	src []byte
	dec *json.Decoder
	// passed is the number of bytes counted so far, characters the number of characters in them.
	passed, characters int
}

// refuse returns the error of a record that cannot be read, with its column.
func (r *recordReader) refuse(what string) error {
	return &Problem{Column: r.column(), What: what}
}

// column returns the column of the next value, in characters from 1. It counts each byte once, so
// that a long line takes linear time.
func (r *recordReader) column() int {
	at := min(int(r.dec.InputOffset()), len(r.src))
	for at < len(r.src) && strings.IndexByte(" \t,:", r.src[at]) >= 0 {
		at++
	}
	r.characters += utf8.RuneCount(r.src[r.passed:max(at, r.passed)])
	r.passed = max(at, r.passed)
	return r.characters + 1
}

// next reads one value. depth counts lists and objects. Whole numbers beyond 64 bits become floats,
// which fields for whole numbers refuse.
func (r *recordReader) next(depth int) (ast.Node, error) {
	if depth > maxDepth {
		return nil, r.refuse("the JSON is nested too deeply")
	}
	at := &token.Position{Line: 1, Column: r.column()}
	t, err := r.dec.Token()
	if err != nil {
		return nil, r.refuse("this is not valid JSON")
	}
	switch t := t.(type) {
	case json.Delim:
		if t == '[' {
			return r.list(at, depth)
		}
		return r.object(at, depth)
	case string:
		return ast.String(token.New(t, t, at)), nil
	case json.Number:
		if _, err := strconv.ParseInt(t.String(), 10, 64); err == nil {
			return ast.Integer(token.New(t.String(), t.String(), at)), nil
		}
		return ast.Float(token.New(t.String(), t.String(), at)), nil
	case bool:
		text := strconv.FormatBool(t)
		return ast.Bool(token.New(text, text, at)), nil
	}
	return ast.Null(token.New("null", "null", at)), nil
}

// list reads the rest of a list after its bracket.
func (r *recordReader) list(at *token.Position, depth int) (ast.Node, error) {
	n := ast.Sequence(token.New("[", "[", at), true)
	for r.dec.More() {
		v, err := r.next(depth + 1)
		if err != nil {
			return nil, err
		}
		n.Values = append(n.Values, v)
	}
	if _, err := r.dec.Token(); err != nil {
		return nil, r.refuse("this is not valid JSON")
	}
	return n, nil
}

// object reads the rest of an object after its brace. It does not check for repeated names; the
// decoder refuses them.
func (r *recordReader) object(at *token.Position, depth int) (ast.Node, error) {
	n := ast.Mapping(token.New("{", "{", at), true)
	for r.dec.More() {
		key, err := r.next(depth + 1)
		if err != nil {
			return nil, err
		}
		name, ok := key.(*ast.StringNode)
		if !ok {
			return nil, r.refuse("this is not valid JSON")
		}
		v, err := r.next(depth + 1)
		if err != nil {
			return nil, err
		}
		n.Values = append(n.Values, ast.MappingValue(token.New(":", ":", at), name, v))
	}
	if _, err := r.dec.Token(); err != nil {
		return nil, r.refuse("this is not valid JSON")
	}
	return n, nil
}
