package mcp

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"patternhub/internal/content"
)

// What one type of entries has is in the schema, so the documents of single types are made from it. A new
// type needs nothing here.

// askEntry asks everything about an entry.
func askEntry(s *Server, args arguments) (question, error) {
	var path string
	if err := args.take("path", &path); err != nil {
		return question{}, err
	}
	// A former path has the same type as the present one.
	kind, _ := content.ParseResourcePath(path)
	return question{Document: entryDocument(s.o.Schema, kind), Variables: arguments{"path": plain(path)}}, nil
}

// entryDocument returns the document that asks for an entry of a type.
func entryDocument(schema *ast.Schema, kind content.EntryType) string {
	return "query McpGetEntry($path: String!) { entry(path: $path) { __typename " + strings.Join(cited, " ") +
		" ... on " + kind.Name() + " { " + selection(schema, schema.Types[kind.Name()], 2) + " } } }"
}

// cited are the fields that cite an entry.
var cited = []string{"resourcePath", "revision"}

// connected is how many related entries are read; totalCount says how many there are.
const connected = 10

// plumbing are the fields of connections that say nothing about an entry.
var plumbing = []string{"cursor", "pageInfo", "facets"}

// items returns the field of a connection that has its items: edges if they state something about the
// relation, such as its kind, and otherwise nodes.
func items(schema *ast.Schema, def *ast.Definition) string {
	edges := def.Fields.ForName("edges")
	if edges != nil && len(schema.Types[edges.Type.Name()].Fields) > len([]string{"cursor", "node"}) {
		return "edges"
	}
	return "nodes"
}

// selection selects what a type has: texts and numbers, related entries by what cites them, and parts that
// many levels deep.
func selection(schema *ast.Schema, def *ast.Definition, levels int) string {
	var out []string
	for _, f := range def.Fields {
		if strings.HasPrefix(f.Name, "__") || slices.Contains(plumbing, f.Name) || needsArguments(f) || f.Directives.ForName("deprecated") != nil {
			continue
		}
		if (f.Name == "edges" || f.Name == "nodes") && f.Name != items(schema, def) {
			continue
		}
		// Such a field depends on the caller, and may be refused.
		if f.Directives.ForName("uncached") != nil {
			continue
		}
		if part := selectField(schema, f, levels); part != "" {
			out = append(out, part)
		}
	}
	return strings.Join(out, " ")
}

// selectField selects one field; "" if it has nothing that is selected.
func selectField(schema *ast.Schema, f *ast.FieldDefinition, levels int) string {
	target := schema.Types[f.Type.Name()]
	switch {
	case target.IsLeafType():
		return f.Name
	// Related entries are read by their own call, so that one answer does not contain half of the hub.
	case isEntry(target):
		return f.Name + " { name " + strings.Join(cited, " ") + " }"
	// The Markdown is what the author has written; HTML and plain text are made of it.
	case target.Name == "RichText":
		return f.Name + " { markdown }"
	// Parts of parts end here: an entry refers to others, and those to it.
	case target.IsAbstractType() || levels == 0:
		return ""
	}
	call := f.Name
	if f.Arguments.ForName("first") != nil {
		call = fmt.Sprintf("%s(first: %d)", f.Name, connected)
	}
	if inner := selection(schema, target, levels-1); inner != "" {
		return call + " { " + inner + " }"
	}
	return ""
}

// needsArguments reports whether a field cannot be selected without arguments.
func needsArguments(f *ast.FieldDefinition) bool {
	return slices.ContainsFunc(f.Arguments, func(a *ast.ArgumentDefinition) bool { return a.Type.NonNull && a.DefaultValue == nil })
}

// isEntry reports whether a type is one of entries, or the interface of all.
func isEntry(def *ast.Definition) bool {
	return def.Name == "Entry" || slices.Contains(def.Interfaces, "Entry")
}

// askWrite asks to create an entry of a type, or to update the one with an id.
func askWrite(s *Server, args arguments) (question, error) {
	// The id of an entry has its type, so an update needs no second argument for it.
	var kind content.EntryType
	if _, update := args["id"]; update {
		var id string
		if err := json.Unmarshal(args["id"], &id); err != nil {
			return question{}, content.Fault(content.BadUserInput, "The argument id must be a text.")
		}
		parsed, err := content.ParseID(id)
		if err != nil {
			return question{}, err //nolint:wrapcheck // its message is for the caller
		}
		kind = parsed.Type
	} else if err := args.take("type", &kind); err != nil {
		return question{}, err
	}
	_, update := args["id"]
	text := writeDocument(s.o.Schema, kind, update)
	if text == "" {
		return question{}, content.Fault(content.BadUserInput, "There is no such type whose entries can be written so. Types are, for example, PATTERN and CASE_STUDY.")
	}
	return question{Document: text, Variables: args}, nil
}

// askValidate asks what a write would do.
func askValidate(s *Server, args arguments) (question, error) {
	_, update := args["id"]
	if _, create := args["type"]; create == update {
		return question{}, content.Fault(content.BadUserInput, "validate needs either type, or id and ifRevision.")
	}
	if _, based := args["ifRevision"]; update != based {
		return question{}, content.Fault(content.BadUserInput, "validate needs id and ifRevision together.")
	}
	args["validateOnly"] = json.RawMessage("true")
	return askWrite(s, args)
}

// writeDocument returns the document that writes an entry of a type; "" if there is none.
func writeDocument(schema *ast.Schema, kind content.EntryType, update bool) string {
	name := kind.Name()
	if name == "" || !kind.IsEntry() {
		return ""
	}
	action, params, args := "Create", "", ""
	if update {
		action, params, args = "Update", "$id: ID!, $ifRevision: Int!, ", "id: $id, ifRevision: $ifRevision, "
	}
	// The mutations of a type are named after it.
	field := schema.Mutation.Fields.ForName(strings.ToLower(name[:1]) + name[1:] + action)
	if field == nil {
		return "" // a type with one entry
	}
	input, payload := field.Arguments.ForName("input"), schema.Types[field.Type.Name()]
	var parts []string
	for _, f := range payload.Fields {
		switch target := schema.Types[f.Type.Name()]; {
		case isEntry(target):
			parts = append(parts, f.Name+" { id name status "+strings.Join(cited, " ")+" }")
		case f.Name == "userErrors":
			parts = append(parts, "userErrors { field message code }")
		case f.Name == "conflicts":
			parts = append(parts, "conflicts { path base theirs yours }")
		case f.Name == "effects":
			parts = append(parts, "effects { count pages entries { graph name resourcePath removed changes { path before after } } }")
		}
	}
	return fmt.Sprintf("mutation McpDraft%s(%s$input: %s, $validateOnly: Boolean! = false) { %s(%sinput: $input, validateOnly: $validateOnly) { %s } }",
		action, params, input.Type, field.Name, args, strings.Join(parts, " "))
}
