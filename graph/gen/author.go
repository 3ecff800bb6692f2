package main

import (
	"reflect"
	"strings"

	"github.com/99designs/gqlgen/codegen/config"

	"patternhub/content"
)

// They begin the full names under which gqlgen looks for Go types.
const (
	vocabulary = "patternhub/content."
	aliases    = "patternhub/graph/relay."
)

// bindAuthoring tells gqlgen what the stored names already say: an input for a part of an
// entry is that part's struct, and the payload of an entry type is the generic one. Inputs for
// whole entries stay generated, since null and absent differ in them.
// So a new field of an entry needs no line in gqlgen.yml.
func bindAuthoring(cfg *config.Config) {
	yes := true
	for _, t := range content.Types() {
		name := t.Name()
		input := config.TypeMapEntry{Fields: map[string]config.TypeMapField{}}
		for _, f := range content.Authored(t) {
			input.Fields[f] = config.TypeMapField{Omittable: &yes}
		}
		cfg.Models[name+"Input"] = input
		bind(cfg, name+"Payload", aliases+name+"Payload", map[string]string{strings.ToLower(name[:1]) + name[1:]: "Entry"})
		for _, part := range parts(reflect.TypeOf(content.NewEntry(t)).Elem(), map[reflect.Type]bool{}) {
			bind(cfg, part.Name()+"Input", vocabulary+part.Name(), storedNames(part))
		}
	}
}

// bind says which Go type a GraphQL type is, and which of its fields have other names.
func bind(cfg *config.Config, name, model string, fields map[string]string) {
	entry := config.TypeMapEntry{Model: config.StringList{model}, Fields: map[string]config.TypeMapField{}}
	for stored, field := range fields {
		entry.Fields[stored] = config.TypeMapField{FieldName: field}
	}
	cfg.Models[name] = entry
}

// parts lists the structs of the vocabulary that an entry is made of, itself left out.
// seen also ends the walk where structs contain each other.
func parts(t reflect.Type, seen map[reflect.Type]bool) []reflect.Type {
	var out []reflect.Type
	for f := range t.Fields() {
		elem := f.Type
		for elem.Kind() == reflect.Slice || elem.Kind() == reflect.Pointer {
			elem = elem.Elem()
		}
		if f.Anonymous || elem.Kind() != reflect.Struct || elem.PkgPath() != t.PkgPath() || seen[elem] {
			continue
		}
		seen[elem] = true
		out = append(append(out, elem), parts(elem, seen)...)
	}
	return out
}

// storedNames maps the stored names of a struct's fields to their Go names.
func storedNames(t reflect.Type) map[string]string {
	out := map[string]string{}
	for field := range t.Fields() {
		stored, _, _ := strings.Cut(field.Tag.Get("bson"), ",")
		out[stored] = field.Name
	}
	return out
}
