package seed_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"patternhub/internal/content"
)

// object is a JSON object that preserves the order of its keys.
type object []pair

// pair is a key of an object with its value, which is an object, a list or a scalar.
type pair struct {
	key   string
	value any
}

// get returns the value of a key; nil for null and for a missing key.
func (o object) get(key string) any {
	for _, p := range o {
		if p.key == key {
			return p.value
		}
	}
	return nil
}

// text returns the string of a key; "" if it is missing or no string.
func (o object) text(key string) string {
	s, _ := o.get(key).(string)
	return s
}

// rows returns a list of objects.
func (o object) rows(key string) []object {
	var out []object
	for _, v := range list(o.get(key)) {
		out = append(out, v.(object))
	}
	return out
}

// list returns a JSON list; nil for null and for a missing one.
func list(v any) []any {
	l, _ := v.([]any)
	return l
}

// ordered decodes one JSON value.
func ordered(d *json.Decoder) (any, error) {
	token, err := d.Token()
	if err != nil {
		return nil, fmt.Errorf("decode: %w", err)
	}
	switch token {
	case json.Delim('{'):
		o := object{}
		for d.More() {
			key, err := d.Token()
			if err != nil {
				return nil, fmt.Errorf("decode a key: %w", err)
			}
			v, err := ordered(d)
			if err != nil {
				return nil, err
			}
			o = append(o, pair{key.(string), v})
		}
		_, err = d.Token()
		return o, err
	case json.Delim('['):
		l := []any{}
		for d.More() {
			v, err := ordered(d)
			if err != nil {
				return nil, err
			}
			l = append(l, v)
		}
		_, err = d.Token()
		return l, err
	}
	return token, nil
}

// plain converts a value to maps and lists, and drops what is empty: null, false, "", an empty
// list. It never drops a number.
func plain(v any) any {
	switch v := v.(type) {
	case object:
		out := map[string]any{}
		for _, p := range v {
			if x := plain(p.value); x != nil {
				out[p.key] = x
			}
		}
		if len(out) == 0 {
			return nil
		}
		return out
	case []any:
		var out []any
		for _, x := range v {
			out = append(out, plain(x))
		}
		if len(out) == 0 {
			return nil
		}
		return out
	case bool:
		if !v {
			return nil
		}
	case string:
		if v == "" {
			return nil
		}
	case int:
		return float64(v)
	}
	return v
}

// tree converts an entry to the form of the facts, without its prose and the fields that a store
// adds.
func tree(e content.Entry) object {
	return structTree(reflect.ValueOf(e).Elem())
}

// structTree converts a struct, with the fields of embedded structs as its own. Keys are the bson names.
func structTree(v reflect.Value) object {
	out := object{}
	t := v.Type()
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			out = append(out, structTree(v.Field(i))...)
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("bson"), ",")
		switch name {
		case "_id", "type", "revision", "status", "createdAt", "updatedAt", "publishedAt", "formerSlugs":
			if t == reflect.TypeFor[content.Meta]() {
				continue
			}
		case "body":
			continue
		case "criteria":
			if t == reflect.TypeFor[content.Tier]() {
				continue // sentences, as in a tier
			}
		}
		if f.Tag.Get("section") != "" || proseFields()[name] {
			continue
		}
		out = append(out, pair{name, valueTree(v.Field(i))})
	}
	return out
}

// valueTree converts a value to what JSON decodes to: numbers to float64, and constants of an enumeration
// to lower case with hyphens, as the facts write them.
func valueTree(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return valueTree(v.Elem())
	case reflect.Slice:
		out := []any{}
		for i := range v.Len() {
			out = append(out, valueTree(v.Index(i)))
		}
		return out
	case reflect.Struct:
		return structTree(v)
	case reflect.String:
		if _, ok := reflect.TypeAssert[interface{ Values() []string }](v); ok {
			return strings.ToLower(strings.ReplaceAll(v.String(), "_", "-"))
		}
		return v.String()
	case reflect.Int:
		return float64(v.Int())
	default:
		return v.Interface()
	}
}
