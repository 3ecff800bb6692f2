package content

import (
	"reflect"
	"strconv"
	"strings"
	"sync"
)

// Reference is what an entry states about another one by naming its key. Path is where in
// the entry's shape ("companies.company"), Place where in this entry ("companies[3].company").
type Reference struct {
	Path, Place string
	Target      ID
}

// References lists what an entry refers to, in the order of its fields. The fields carry the
// struct tag ref:"TYPE"; they are strings or lists of strings, at any depth.
func References(e Entry) []Reference {
	var out []Reference
	walkRefs(e, func(r Reference, _ func(string)) { out = append(out, r) })
	return out
}

// MapReferences replaces the key of each reference by what f gives for it, an empty string
// leaving it as it is. It is for entries that are not stored yet.
func MapReferences(e Entry, f func(Reference) string) {
	walkRefs(e, func(r Reference, set func(string)) {
		if key := f(r); key != "" {
			set(key)
		}
	})
}

func walkRefs(e Entry, visit func(Reference, func(string))) {
	v := reflect.ValueOf(e).Elem()
	for _, f := range refFields(v.Type()) {
		f.walk(v, "", visit)
	}
}

// refField is a field that leads to references. nested is set for structs and lists of them.
type refField struct {
	index  []int
	name   string
	target EntryType
	nested []refField
}

// refCache keeps the reflected shape of each struct type; it only ever grows to the number of
// types in this package.
var refCache sync.Map

// refFields tells which fields of t lead to references.
func refFields(t reflect.Type) []refField {
	if hit, ok := refCache.Load(t); ok {
		return hit.([]refField)
	}
	var out []refField
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("bson"), ",")
		if target := f.Tag.Get("ref"); target != "" {
			out = append(out, refField{index: f.Index, name: name, target: EntryType(target)})
			continue
		}
		elem := f.Type
		for elem.Kind() == reflect.Slice || elem.Kind() == reflect.Pointer {
			elem = elem.Elem()
		}
		if elem.Kind() != reflect.Struct || elem.PkgPath() != t.PkgPath() {
			continue
		}
		if nested := refFields(elem); len(nested) > 0 {
			out = append(out, refField{index: f.Index, name: name, nested: nested})
		}
	}
	refCache.Store(t, out)
	return out
}

func (f *refField) walk(parent reflect.Value, at string, visit func(Reference, func(string))) {
	v := parent.FieldByIndex(f.index)
	f.value(v, at+f.name, visit)
}

func (f *refField) value(v reflect.Value, place string, visit func(Reference, func(string))) {
	switch v.Kind() {
	case reflect.Slice:
		for i := range v.Len() {
			f.value(v.Index(i), place+"["+strconv.Itoa(i)+"]", visit)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			f.value(v.Elem(), place, visit)
		}
	case reflect.String:
		if key := v.String(); key != "" {
			visit(Reference{Path: shape(place), Place: place, Target: ID{Type: f.target, Key: key}}, v.SetString)
		}
	case reflect.Struct:
		for i := range f.nested {
			f.nested[i].walk(v, place+".", visit)
		}
	default: // no other kind carries the tag
	}
}

// shape takes the list indexes out of a place.
func shape(place string) string {
	if !strings.Contains(place, "[") {
		return place
	}
	var b strings.Builder
	skip := false
	for _, r := range place {
		switch {
		case r == '[':
			skip = true
		case r == ']':
			skip = false
		case !skip:
			b.WriteRune(r)
		}
	}
	return b.String()
}
