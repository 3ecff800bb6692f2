package operation

import (
	"bytes"
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
	// The text is valid here, so the decoder's errors cannot come from the client.
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	return readValue(d)
}

// readValue reads the next value of a valid JSON text.
func readValue(d *json.Decoder) (any, error) {
	token, err := d.Token()
	if err != nil {
		return nil, errors.New("it is not one valid JSON value")
	}
	switch token {
	case json.Delim('['):
		list := []any{}
		for d.More() {
			v, err := readValue(d)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err = d.Token()
		return list, err
	case json.Delim('{'):
		object := map[string]any{}
		// Keys are compared after unescaping: "a" and "\u0061" are equal.
		for d.More() {
			key, _ := d.Token()
			name, _ := key.(string)
			if _, twice := object[name]; twice {
				return nil, fmt.Errorf("key %q is given twice", Shorten(name))
			}
			v, err := readValue(d)
			if err != nil {
				return nil, err
			}
			object[name] = v
		}
		_, err = d.Token()
		return object, err
	}
	return token, nil
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
