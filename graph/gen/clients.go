package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// clientDir is the folder of the schema's facts for normalizing clients.
const clientDir = "docs/clients"

// writeClientFiles writes the files for clients; top is the top of the repository.
func writeClientFiles(top string, schema *ast.Schema) error {
	files, err := clientFiles(schema)
	if err != nil {
		return err
	}
	for name, text := range files {
		path := filepath.Join(top, clientDir, name)
		if err := os.WriteFile(path, text, 0o644); err != nil { //nolint:gosec // part of the repository
			return fmt.Errorf("write %s: %w", name, err)
		}
	}
	return nil
}

// clientFiles returns the files for clients: Apollo's possibleTypes, and the introspection result for
// urql's Graphcache, without what Graphcache does not read. Each type is on its own line.
func clientFiles(schema *ast.Schema) (map[string][]byte, error) {
	var types, possible []string
	for _, name := range slices.Sorted(maps.Keys(schema.Types)) {
		def := schema.Types[name]
		if strings.HasPrefix(name, "__") || !def.IsCompositeType() {
			continue
		}
		line, err := json.Marshal(minimal(schema, def))
		if err != nil {
			return nil, fmt.Errorf("describe %s: %w", name, err)
		}
		types = append(types, string(line))
		if def.IsAbstractType() {
			line, err := json.Marshal(members(schema, def))
			if err != nil {
				return nil, fmt.Errorf("list the types of %s: %w", name, err)
			}
			possible = append(possible, fmt.Sprintf("%q: %s", name, line))
		}
	}
	types = append(types, `{"kind":"SCALAR","name":"Any"}`)
	var graphcache bytes.Buffer
	graphcache.WriteString(`{"__schema": {"queryType": {"name": "Query"}, "mutationType": {"name": "Mutation"}, "subscriptionType": {"name": "Subscription"}, "types": [` + "\n")
	graphcache.WriteString(strings.Join(types, ",\n") + "\n]}}\n")
	return map[string][]byte{
		"possibleTypes.json": []byte("{\n  " + strings.Join(possible, ",\n  ") + "\n}\n"),
		"graphcache.json":    graphcache.Bytes(),
	}, nil
}

// members returns the names of the object types of an interface or a union.
func members(schema *ast.Schema, def *ast.Definition) []string {
	var out []string
	for _, d := range schema.GetPossibleTypes(def) {
		if d.Kind == ast.Object {
			out = append(out, d.Name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// clientType is a type, a field or an argument in the form of introspection. Leaves and inputs are Any.
type clientType struct {
	Kind          string        `json:"kind,omitempty"`
	Name          string        `json:"name,omitempty"`
	OfType        *clientType   `json:"ofType,omitempty"`
	Type          *clientType   `json:"type,omitempty"`
	Args          *[]clientType `json:"args,omitempty"`
	Fields        []clientType  `json:"fields,omitempty"`
	Interfaces    *[]clientType `json:"interfaces,omitempty"`
	PossibleTypes []clientType  `json:"possibleTypes,omitempty"`
}

// minimal describes an object type, an interface or a union.
func minimal(schema *ast.Schema, def *ast.Definition) clientType {
	out := clientType{Kind: string(def.Kind), Name: def.Name}
	for _, f := range def.Fields {
		if strings.HasPrefix(f.Name, "__") {
			continue
		}
		args := []clientType{}
		for _, a := range f.Arguments {
			args = append(args, clientType{Name: a.Name, Type: reference(schema, a.Type)})
		}
		out.Fields = append(out.Fields, clientType{Name: f.Name, Type: reference(schema, f.Type), Args: &args})
	}
	if def.Kind != ast.Union {
		interfaces := []clientType{}
		for _, name := range def.Interfaces {
			interfaces = append(interfaces, clientType{Kind: string(ast.Interface), Name: name})
		}
		out.Interfaces = &interfaces
	}
	if def.IsAbstractType() {
		for _, name := range members(schema, def) {
			out.PossibleTypes = append(out.PossibleTypes, clientType{Kind: string(ast.Object), Name: name})
		}
	}
	return out
}

// reference describes the type of a field or an argument.
func reference(schema *ast.Schema, t *ast.Type) *clientType {
	if t.NonNull {
		bare := *t
		bare.NonNull = false
		return &clientType{Kind: "NON_NULL", OfType: reference(schema, &bare)}
	}
	if t.Elem != nil {
		return &clientType{Kind: "LIST", OfType: reference(schema, t.Elem)}
	}
	if def := schema.Types[t.Name()]; def.IsCompositeType() {
		return &clientType{Kind: string(def.Kind), Name: def.Name}
	}
	return &clientType{Kind: string(ast.Scalar), Name: "Any"}
}
