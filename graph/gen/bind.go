package main

import (
	"github.com/99designs/gqlgen/codegen/config"

	"patternhub/graph/gen/vocabulary"
)

// The prefixes of the full names under which gqlgen looks for Go types.
const (
	contentPackage = "patternhub/internal/content."
	relayPackage   = "patternhub/graph/relay."
	graphqlString  = "github.com/99designs/gqlgen/graphql.String"
)

// bind configures gqlgen with what follows from the vocabulary, so that a new type, or a new field of
// one, needs no line in gqlgen.yml. For an entry type X and a part P of entries, the Go types are:
//
//	PInput               content.P
//	XPayload             relay.XPayload
//	XOrder               content.OrderBy
//	XOrderField, XFacet  string
//
// The input of X remains generated, because it must distinguish null from absent. A field that lists omit gets a
// resolver.
func bind(cfg *config.Config, v *vocabulary.Vocabulary) {
	yes := true
	for _, e := range v.Entries {
		input := config.TypeMapEntry{Fields: map[string]config.TypeMapField{}}
		for _, f := range inputFields(e) {
			input.Fields[f] = config.TypeMapField{Omittable: &yes}
		}
		cfg.Models[v.Input(e.Struct)] = input
		bindType(cfg, e.Name+"Payload", relayPackage+e.Name+"Payload", map[string]string{e.Lower(): "Entry"})
		bindType(cfg, e.Name+"OrderField", graphqlString, nil)
		bindType(cfg, e.Name+"Order", contentPackage+"OrderBy", nil)
		bindType(cfg, e.Name+"Facet", graphqlString, nil)
		model := cfg.Models[e.Name]
		if model.Fields == nil {
			model.Fields = map[string]config.TypeMapField{}
		}
		for _, f := range e.Pages() {
			field := model.Fields[f.Stored]
			field.Resolver = true
			model.Fields[f.Stored] = field
		}
		cfg.Models[e.Name] = model
	}
	for _, part := range v.Parts() {
		if part.Name != "Meta" {
			bindType(cfg, v.Input(part), contentPackage+part.Name, storedNames(part))
		}
	}
}

// bindType sets the Go type of a GraphQL type, and the Go names of its fields whose names differ. A line
// in gqlgen.yml takes precedence.
func bindType(cfg *config.Config, name, model string, fields map[string]string) {
	if _, exists := cfg.Models[name]; exists || cfg.Models == nil {
		return
	}
	entry := config.TypeMapEntry{Model: config.StringList{model}, Fields: map[string]config.TypeMapField{}}
	for stored, field := range fields {
		entry.Fields[stored] = config.TypeMapField{FieldName: field}
	}
	cfg.Models[name] = entry
}

// inputFields lists the stored names of the fields that authors write.
func inputFields(e *vocabulary.Entry) []string {
	out := []string{"slug", "name", "summary"}
	for _, f := range e.Fields {
		if f.Stored != "" {
			out = append(out, f.Stored)
		}
	}
	return out
}

// storedNames maps the stored names of a struct's fields to their Go names.
func storedNames(s *vocabulary.Struct) map[string]string {
	out := map[string]string{}
	for _, f := range s.Fields {
		if f.Stored != "" {
			out[f.Stored] = f.Name
		}
	}
	return out
}
