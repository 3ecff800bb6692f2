package resolvers

import (
	"fmt"
	"reflect"
	"strings"

	"patternhub/content"
)

// apply puts what an input gives into an entry and lists the stored names of those fields. An
// absent field is left out, null is the empty value. Inputs name fields as they are stored, so
// that one function serves every type; references stay slugs.
// input is a struct of the generated inputs, whose fields know whether they were given. e should be
// empty. An error here is a mistake of the program and not of the client.
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

// put gives a field a value of an input; false when they do not fit.
// Pointers to plain values come from nullable arguments, and null empties the field. Long texts are
// given as Markdown and rendered by the store. Lists are taken over point by point, so that lists
// of pointers and of values both fit.
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
