package operation

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"patternhub/internal/content"
)

// Params are the parameters of one GraphQL request on any transport. Empty and absent ones are equal.
type Params struct {
	Query         string
	OperationName string
	DocumentID    string
	Named         bool           // there is a document, even an empty one, or an id or hash of one
	Variables     map[string]any // numbers are json.Number, so that none is rounded
	Extensions    map[string]any
}

// names of the parameters. A key that differs from one of them only in case is refused, since
// encoding/json would accept it in other programs and a filtering proxy would not.
var names = [...]string{"query", "operationName", "documentId", "variables", "extensions"}

// IsParam reports whether a parameter of that name has a meaning, in any case.
func IsParam(name string) bool {
	for _, n := range names {
		if strings.EqualFold(n, name) {
			return true
		}
	}
	return false
}

// ParamsOf checks the types of the parameters. It ignores unknown ones, as the protocol requires. A
// missing document is detected later, since a hash or an id may name it instead.
func ParamsOf(object map[string]any) (*Params, *Refusal) {
	var p Params
	// Null is the same as absent.
	for name, value := range object {
		var ok bool
		switch name {
		case "query":
			p.Query, ok = text(value)
			p.Named = p.Named || value != nil
		case "operationName":
			p.OperationName, ok = text(value)
		case "documentId":
			p.DocumentID, ok = text(value)
			p.Named = p.Named || p.DocumentID != ""
		case "variables":
			p.Variables, ok = mapping(value)
		case "extensions":
			p.Extensions, ok = mapping(value)
			p.Named = p.Named || p.Extensions["persistedQuery"] != nil
		default:
			ok = !IsParam(name)
		}
		if !ok {
			return nil, Refuse(content.BadUserInput,
				fmt.Sprintf("Parameter %q has the wrong type or the wrong case.", Shorten(name)))
		}
	}
	return &p, nil
}

// text reads an optional string.
func text(v any) (string, bool) {
	if v == nil {
		return "", true
	}
	s, ok := v.(string)
	return s, ok
}

// mapping reads an optional object.
func mapping(v any) (map[string]any, bool) {
	if v == nil {
		return nil, true
	}
	m, ok := v.(map[string]any)
	return m, ok
}

// ReadJSON reads exactly one JSON value, more strictly than encoding/json: the bytes are UTF-8, no
// object repeats a key, no string holds half a surrogate pair, and nothing nests deeper than depth
// levels. The errors are ends of sentences for the client. The danger is two programs that read a
// text differently: a filter in front must see what runs here. The checks are in ascending order of
// their cost, and depth comes before anything recurses.
func ReadJSON(body []byte, depth int) (any, error) {
	switch {
	case !utf8.Valid(body):
		return nil, errors.New("it is not valid UTF-8")
	case tooDeep(body, depth):
		return nil, fmt.Errorf("it nests deeper than %d levels", depth)
	case !json.Valid(body):
		return nil, errors.New("it is not one valid JSON value")
	case loneSurrogate(body):
		return nil, errors.New("a string holds half of a surrogate pair")
	}
	r := reader{text: body}
	value := r.value()
	return value, r.err
}

// reader reads a text that is valid JSON, so it looks for ends without checking what is between. A
// json.Decoder takes three times as long.
type reader struct {
	text []byte
	at   int
	err  error // a key that an object repeats
}

// value reads the next value.
func (r *reader) value() any {
	switch r.next() {
	case '{':
		return r.object()
	case '[':
		r.at++
		list := []any{}
		for r.next() != ']' {
			list = append(list, r.value())
		}
		r.at++
		return list
	case '"':
		return r.string()
	case 't':
		r.at += len("true")
		return true
	case 'f':
		r.at += len("false")
		return false
	case 'n':
		r.at += len("null")
		return nil
	}
	begin := r.at
	for r.at < len(r.text) && strings.IndexByte("+-.0123456789Ee", r.text[r.at]) >= 0 {
		r.at++
	}
	return json.Number(r.text[begin:r.at])
}

// object reads an object. Keys are compared after unescaping: "a" and "\u0061" are equal.
func (r *reader) object() map[string]any {
	r.at++
	object := map[string]any{}
	for r.next() != '}' {
		name := r.string()
		if _, twice := object[name]; twice && r.err == nil {
			r.err = fmt.Errorf("key %q is given twice", Shorten(name))
		}
		object[name] = r.value()
	}
	r.at++
	return object
}

// string reads a string and resolves its escapes.
func (r *reader) string() string {
	begin, escaped := r.at, false
	for r.at++; r.text[r.at] != '"'; r.at++ {
		if r.text[r.at] == '\\' {
			r.at++
			escaped = true
		}
	}
	r.at++
	if !escaped {
		return string(r.text[begin+1 : r.at-1])
	}
	var s string
	_ = json.Unmarshal(r.text[begin:r.at], &s) // the text is valid
	return s
}

// next skips blanks and separators and returns the byte that begins or ends a value.
func (r *reader) next() byte {
	for strings.IndexByte(" \t\r\n,:", r.text[r.at]) >= 0 {
		r.at++
	}
	return r.text[r.at]
}

// tooDeep counts brackets outside strings, before anything recurses over them. The bytes may not be
// JSON, so it must not read beyond their end.
func tooDeep(body []byte, limit int) bool {
	depth, quoted := 0, false
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		// The character after a backslash is never a quote that ends the string.
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth > limit {
				return true
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return false
}
