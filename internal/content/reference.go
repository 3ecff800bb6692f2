package content

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Reference is a reference of an entry to another one by its key. Path is its path without list
// indexes ("companies.company"), Place the path with them ("companies[3].company"). Mutual marks a
// symmetric relation of patterns, which both sides state.
type Reference struct {
	Path, Place string
	Target      ID
	Mutual      bool
}

// References lists the references of an entry, in the order of its fields. Fields with references
// have the struct tag ref:"TYPE"; they are strings or lists of strings, at any depth.
func References(e Entry) []Reference {
	var out []Reference
	walkRefs(e, func(r Reference, _ func(string)) { out = append(out, r) })
	if p, ok := e.(*Pattern); ok {
		p.markMutual(out)
	}
	return out
}

// Needed lists the references whose targets must be published before the entry can be. Mutual ones
// are omitted: a published copy has them only while both sides are published.
func Needed(e Entry) []Reference {
	return slices.DeleteFunc(References(e), func(r Reference) bool { return r.Mutual })
}

// MapReferences replaces the key of each reference by the result of f, unless that is empty. It is for
// entries that are not stored yet.
func MapReferences(e Entry, f func(Reference) string) {
	walkRefs(e, func(r Reference, set func(string)) {
		if key := f(r); key != "" {
			set(key)
		}
	})
}

// walkRefs calls visit for each reference of an entry, in the order of its fields.
func walkRefs(e Entry, visit func(Reference, func(string))) {
	walkStruct(reflect.ValueOf(e).Elem(), visit)
}

// walkStruct visits the references in a struct in the order of its fields. visit gets a function that
// sets the reference's key.
func walkStruct(v reflect.Value, visit func(Reference, func(string))) {
	for _, f := range refFields(v.Type()) {
		f.walk(v, "", visit)
	}
}

// refField is a field that contains references. nested is set for structs and lists of them.
type refField struct {
	index  []int
	name   string
	target EntryType
	nested []refField
}

// refCache caches refFields by struct type. It never holds more than the types of this package.
var refCache sync.Map

// refFields returns the fields of t that contain references.
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

// walk visits the references in one field of a struct. prefix is the path of the struct, with its point.
func (f *refField) walk(parent reflect.Value, prefix string, visit func(Reference, func(string))) {
	v := parent.FieldByIndex(f.index)
	f.value(v, prefix+f.name, visit)
}

// value visits the references in a value at a place: in each item of a list, and in each field of a struct.
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
			visit(Reference{Path: withoutIndexes(place), Place: place, Target: ID{Type: f.target, Key: key}}, v.SetString)
		}
	case reflect.Struct:
		for i := range f.nested {
			f.nested[i].walk(v, place+".", visit)
		}
	default: // no other kind has the tag
	}
}

// DropReferences removes the references for which drop returns true, and with each the item of a list that it is
// a part of. It is for entries that are not stored yet.
func DropReferences(e Entry, drop func(ID) bool) {
	v := reflect.ValueOf(e).Elem()
	for _, f := range refFields(v.Type()) {
		f.drop(v.FieldByIndex(f.index), drop)
	}
}

// drop removes references in a value, and reports whether the value has lost one that is not in a list of its own.
func (f *refField) drop(v reflect.Value, drop func(ID) bool) bool {
	lost := false
	switch v.Kind() {
	case reflect.Slice:
		kept := reflect.MakeSlice(v.Type(), 0, v.Len())
		for i := range v.Len() {
			if !f.drop(v.Index(i), drop) {
				kept = reflect.Append(kept, v.Index(i))
			}
		}
		if kept.Len() < v.Len() {
			v.Set(kept)
		}
	case reflect.Pointer:
		return !v.IsNil() && f.drop(v.Elem(), drop)
	case reflect.String:
		if lost = v.String() != "" && drop(ID{Type: f.target, Key: v.String()}); lost {
			v.SetString("")
		}
	case reflect.Struct:
		for i := range f.nested {
			n := &f.nested[i]
			lost = n.drop(v.FieldByIndex(n.index), drop) || lost
		}
	default: // no other kind has the tag
	}
	return lost
}

// withoutIndexes removes the list indexes from a place.
func withoutIndexes(place string) string {
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
