package mcp

import (
	"encoding/json"

	"github.com/vektah/gqlparser/v2/ast"

	"patternhub/internal/content"
)

// Cut, EntryDocument and WriteDocument are for tests.
func Cut(data json.RawMessage, cursor string, budget int) (json.RawMessage, string, error) {
	return cut(data, cursor, budget)
}

// EntryDocument returns what get_entry asks for a type.
func EntryDocument(schema *ast.Schema, kind content.EntryType) string {
	return entryDocument(schema, kind)
}

// WriteDocument returns what the draft tools ask for a type.
func WriteDocument(schema *ast.Schema, kind content.EntryType, update bool) string {
	return writeDocument(schema, kind, update)
}

// Documents returns the documents of the package, by their names.
func Documents() map[string]string {
	files, err := documents.ReadDir("documents")
	if err != nil {
		panic(err)
	}
	out := map[string]string{}
	for _, f := range files {
		raw, err := documents.ReadFile("documents/" + f.Name())
		if err != nil {
			panic(err)
		}
		out[f.Name()] = string(raw)
	}
	return out
}

// ToolVariables returns the arguments of each tool that are the variables of its document.
func ToolVariables() map[string][]string {
	out := map[string][]string{}
	for _, t := range append(readTools(), draftTools()...) {
		if t.name == "query" || t.name == "get_entry" || t.name == "draft_create" || t.name == "draft_update" || t.name == "validate" {
			continue // their documents are made
		}
		for name := range t.input {
			if name != "cursor" && name != "drafts" && name != "show" {
				out[t.name] = append(out[t.name], name)
			}
		}
	}
	return out
}
