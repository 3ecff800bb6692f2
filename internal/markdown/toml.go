package markdown

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"

	"patternhub/internal/content"
)

// tomlFence opens and closes front matter in TOML, as Hugo writes it.
const tomlFence = "+++"

// parseTOML parses TOML to the nodes of front matter, so that one decoder reads both.
func parseTOML(front string) (ast.Node, error) {
	var values map[string]any
	if err := toml.Unmarshal([]byte(front), &values); err != nil {
		p := &Problem{Line: 2, Column: 1, What: "the front matter is not valid TOML"}
		if wrong, ok := errors.AsType[*toml.DecodeError](err); ok {
			line, column := wrong.Position()
			p.Line, p.Column = line+1, column
			p.What += ": " + strings.TrimPrefix(wrong.Error(), "toml: ")
		}
		return nil, p
	}
	n := ast.Mapping(token.New("{", "{", &token.Position{Line: 1, Column: 1}), true)
	done := map[string]bool{}
	for _, e := range tomlExpressions(front) {
		if done[e.key] {
			continue // a later line of the same table
		}
		done[e.key] = true
		at := &token.Position{Line: e.line + 1, Column: e.column}
		n.Values = append(n.Values, tomlPair(e.key, values[e.key], at))
	}
	return n, nil
}

func tomlPair(key string, value any, at *token.Position) *ast.MappingValueNode {
	return ast.MappingValue(token.New(":", ":", at), ast.String(token.New(key, key, at)), tomlNode(value, at))
}

// tomlNode returns the node of a value. All values of a key have the position of the key.
func tomlNode(value any, at *token.Position) ast.Node {
	switch value := value.(type) {
	case string:
		return ast.String(token.New(value, value, at))
	case int64:
		s := strconv.FormatInt(value, 10)
		return ast.Integer(token.New(s, s, at))
	case float64:
		s := strconv.FormatFloat(value, 'g', -1, 64)
		return ast.Float(token.New(s, s, at))
	case bool:
		s := strconv.FormatBool(value)
		return ast.Bool(token.New(s, s, at))
	case time.Time:
		s := value.Format(time.RFC3339Nano)
		return ast.String(token.New(s, s, at))
	case []any:
		n := ast.Sequence(token.New("[", "[", at), true)
		for _, item := range value {
			n.Values = append(n.Values, tomlNode(item, at))
		}
		return n
	case map[string]any:
		n := ast.Mapping(token.New("{", "{", at), true)
		keys := make([]string, 0, len(value))
		for key := range value {
			keys = append(keys, key)
		}
		sort.Strings(keys)
		for _, key := range keys {
			n.Values = append(n.Values, tomlPair(key, value[key], at))
		}
		return n
	}
	s := fmt.Sprint(value) // a date or time without a zone
	return ast.String(token.New(s, s, at))
}

// tomlExpression is the first part of a name at the top, with its position: the line from 0 and the
// column from 1.
type tomlExpression struct {
	key          string
	line, column int
}

// tomlExpressions returns the names and headers of front matter that is known to be valid.
func tomlExpressions(front string) []tomlExpression {
	var p unstable.Parser
	p.Reset([]byte(front))
	var out []tomlExpression
	inTable := false
	for p.NextExpression() {
		e := p.Expression()
		key := e.Key()
		if !key.Next() || inTable && e.Kind == unstable.KeyValue {
			continue
		}
		inTable = e.Kind != unstable.KeyValue
		at := int(key.Node().Raw.Offset)
		out = append(out, tomlExpression{
			key: string(key.Node().Data), line: strings.Count(front[:at], "\n"), column: at - strings.LastIndexByte(front[:at], '\n'),
		})
	}
	return out
}

// tomlValue writes a value on one line.
func tomlValue(v reflect.Value) string {
	switch {
	case v.Kind() == reflect.Pointer:
		return tomlValue(v.Elem())
	case v.Type() == reflect.TypeFor[time.Time]():
		return v.Interface().(time.Time).UTC().Format(time.RFC3339Nano)
	case v.Kind() == reflect.Slice:
		items := make([]string, v.Len())
		for i := range items {
			items[i] = tomlValue(v.Index(i))
		}
		return "[" + strings.Join(items, ", ") + "]"
	case v.Kind() == reflect.Struct:
		var fields []string
		for _, c := range columns(v) {
			if !c.absent() {
				fields = append(fields, c.name+" = "+tomlValue(c.value))
			}
		}
		return "{ " + strings.Join(fields, ", ") + " }"
	case v.Kind() == reflect.String:
		// Every JSON string is a TOML string.
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		_ = enc.Encode(content.TextOf(v)) // a string can always be encoded
		return strings.TrimSpace(b.String())
	}
	return fmt.Sprint(v.Interface())
}
