package content

import "reflect"

// EntryValues are the values of a working copy as the input of its type takes them, so that an editor can
// send them back, changed. Revision is the one to base the change on.
type EntryValues struct {
	Target   ID
	Revision int
	Values   map[string]any
}

// Input returns what authors have written in an entry, by the names of the fields of its input: long texts
// as Markdown, other entries by the slugs that names returns, groups as objects. Nil means no value. An
// entry to which these values are written does not change.
func Input(e Entry, names Names) map[string]any {
	// MapReferences changes the entry.
	e = Clone(e)
	MapReferences(e, func(r Reference) string { return names(r.Target) })
	out := map[string]any{}
	for _, name := range Authored(e.Head().Type) {
		v := FieldValue(e, name)
		out[name] = inputValue(v)
		if v.Kind() == reflect.String && v.Len() == 0 {
			out[name] = nil // as it is for a field that was never written
		}
	}
	return out
}

// inputValue returns one value of an input.
// A list is never nil, so an editor need not distinguish an empty one from none.
func inputValue(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return inputValue(v.Elem())
	case reflect.Slice:
		list := make([]any, v.Len())
		for i := range list {
			list[i] = inputValue(v.Index(i))
		}
		return list
	case reflect.Struct:
		if text, ok := reflect.TypeAssert[RichText](v); ok {
			return text.Markdown
		}
		return inputGroup(v)
	case reflect.String:
		return v.String()
	}
	return v.Interface()
}

// inputGroup returns a group as an object. The position of an item in its list is not an input, and
// neither is an empty text that is stored as absent.
// An item without its position takes that of its place in the list when it is written.
func inputGroup(v reflect.Value) map[string]any {
	out := map[string]any{}
	for _, r := range rulesOf(v.Type()) {
		f, field := v.Field(r.index), v.Type().Field(r.index)
		empty := f.Kind() == reflect.String && f.Len() == 0
		if field.Name == "Order" || empty && !r.required && (r.ref != "" || r.date || f.Type() != reflect.TypeFor[string]()) {
			continue
		}
		out[r.name] = inputValue(f)
	}
	return out
}
