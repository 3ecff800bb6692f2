package resolvers

import (
	"fmt"
	"reflect"
	"strings"

	"patternhub/internal/content"
)

// apply copies the given fields of an input into an entry, which should be empty, and returns
// their stored names. An absent field is left out; null empties the field. Inputs name fields as
// they are stored, so one function serves every type; references stay slugs. input is one of the
// generated input structs, which record whether a field was given. An error is a mistake of the
// program, not of the client.
func apply(input any, e content.Entry) ([]string, error) {
	var fields []string
	v := reflect.ValueOf(input)
	for i := range v.NumField() {
		given := v.Field(i)
		if set, ok := reflect.TypeAssert[interface{ IsSet() bool }](given); !ok || !set.IsSet() {
			continue
		}
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		to := content.FieldValue(e, name)
		if !to.IsValid() || !put(to, given.MethodByName("Value").Call(nil)[0]) {
			return nil, fmt.Errorf("apply %s.%s: %w", v.Type().Name(), name, errShape)
		}
		fields = append(fields, name)
	}
	return fields, nil
}

// put copies a value of an input to a field and reports whether they fit. Pointers to plain values
// come from nullable arguments, and null empties the field. Long texts arrive as Markdown; the
// store renders them. Lists are copied element by element, so that lists of pointers and of values
// both fit.
func put(to, from reflect.Value) bool {
	if text, ok := reflect.TypeAssert[*content.RichText](to.Addr()); ok {
		*text = content.RichText{}
		markdown, ok := reflect.TypeAssert[*string](from)
		if ok && markdown != nil {
			text.Markdown = *markdown
		}
		return ok
	}
	switch {
	case from.Type().AssignableTo(to.Type()):
		to.Set(from)
		return true
	case from.Kind() == reflect.Pointer && from.Type().Elem().AssignableTo(to.Type()):
		to.SetZero()
		if !from.IsNil() {
			to.Set(from.Elem())
		}
		return true
	case from.Kind() == reflect.Slice && to.Kind() == reflect.Slice:
		list := reflect.MakeSlice(to.Type(), from.Len(), from.Len())
		for i := range from.Len() {
			if !put(list.Index(i), from.Index(i)) {
				return false
			}
		}
		to.Set(list)
		return true
	}
	return false
}
