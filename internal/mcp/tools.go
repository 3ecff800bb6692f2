package mcp

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"patternhub/internal/content"
)

// Schemas of arguments that several tools have. A test compares all schemas with the documents.
const (
	aText   = `{"type":"string"}`
	aNumber = `{"type":"integer"}`
	aFlag   = `{"type":"boolean"}`
	texts   = `{"type":"array","items":{"type":"string"}}`
	anInput = `{"type":"object"}`
	drafts  = `{"type":"boolean","description":"Read working copies (role previewer)."}`
	slugs   = `{"type":"array","items":{"type":"string"},"description":"slugs"}`
)

// schemas returns the schemas of arguments, given as pairs of name and schema.
// An odd number of texts is a mistake in this file, and panics.
func schemas(pairs ...string) map[string]json.RawMessage {
	out := make(map[string]json.RawMessage, len(pairs)/2)
	for pair := range slices.Chunk(pairs, 2) {
		out[pair[0]] = json.RawMessage(pair[1])
	}
	return out
}

// readTools returns the tools for everybody.
func readTools() []tool {
	return []tool{
		{
			// The pages of a search are GraphQL's own, since their cursors survive changes of the content.
			name: "search", title: "Search the hub",
			description: "Find entries by words, best first. Continue with after = pageInfo.endCursor.",
			input:       schemas("query", aText, "types", described(texts, "Such as PATTERN, CASE_STUDY, GUIDE, LAW, COMPANY."), "first", aNumber, "after", aText, "drafts", drafts, "cursor", aText),
			required:    []string{"query"},
		},
		{
			// The path is how all answers cite entries, so it is how entries are asked for.
			name: "get_entry", title: "Read an entry",
			description: "Read an entry: its Markdown, fields and relations.",
			input:       schemas("path", described(aText, "A resourcePath, such as /patterns/saga."), "drafts", drafts, "cursor", aText),
			required:    []string{"path"}, ask: askEntry,
		},
		{
			// The two objects are described in words: their schemas would take half of the list.
			name: "select_patterns", title: "Select patterns",
			description: "Recommend patterns, with the reasons of each score and why others were eliminated. All fields: PatternConstraintsInput, PatternPreferencesInput.",
			input: schemas(
				"constraints", described(anInput, "Such as {tierFloor: \"silver\", teamSize: 5, experience: MID_LEVEL}."),
				"preferences", described(anInput, "Raise scores: domain, users, consistency, latencyMs, teamSize, experience, problems, inUse."),
				"wizard", described(aText, "Its slug, such as pattern-selection; needed with answers."),
				"answers", `{"type":"array","items":{"type":"object","properties":{"question":{"type":"string"},"option":{"type":"string"}}}}`,
				"cursor", aText),
		},
		{
			name: "compare_patterns", title: "Compare patterns",
			description: "Compare 2 to 6 patterns by all criteria, with the best ones and why.",
			input:       schemas("slugs", slugs, "cursor", aText), required: []string{"slugs"},
		},
		{
			name: "estimate_effort", title: "Estimate effort",
			description: "Estimate person-days, weeks, cost and return of introducing patterns or migrations, with every number used and its source.",
			input: schemas("patterns", slugs, "migrations", slugs, "inUse", slugs, "teamSize", aNumber,
				"experience", aText, "architecture", aText, "currentUsers", aNumber, "projectedUsers", aNumber, "existingSystems", aNumber,
				"dailyRate", `{"type":"number"}`, "monthlyBenefit", `{"type":"number"}`, "cursor", aText),
			required: []string{"teamSize"},
		},
		{
			// One tool for three questions takes a third of the place in the list.
			name: "pattern_graph", title: "Relations of patterns",
			description: "Relations among patterns. path needs from and to; neighborhood needs slug (depth 1 to 3); impact needs slug: what depends on it and mentions it.",
			input: schemas("show", `{"enum":["path","neighborhood","impact"]}`, "from", aText, "to", aText, "slug", aText, "depth", aNumber,
				"relations", texts, "direction", `{"enum":["OUT","IN","BOTH"]}`, "cursor", aText),
			required: []string{"show"}, ask: askGraph,
		},
		{
			// The token is the client's memory, since the hub keeps nothing about assistants.
			name: "changes_since", title: "What has changed",
			description: "Entries published or gone since a token; all of them without one. Continue with since = nextToken, and keep it for later.",
			input:       schemas("since", aText, "types", texts, "first", aNumber, "cursor", aText),
		},
		{
			// This keeps the other tools few: what they leave out can be asked here.
			name: "query", title: "Query with GraphQL",
			description: "Ask anything else with a GraphQL query; no mutations. Introspection works. Entries are answered with resourcePath and revision.",
			input:       schemas("query", aText, "variables", anInput, "operationName", aText, "drafts", drafts, "cursor", aText),
			required:    []string{"query"}, ask: askQuery,
		},
	}
}

// draftTools returns the tools for authors. None publishes or deletes.
func draftTools() []tool {
	return []tool{
		{
			// The fields of an input are in the schema, which query can ask for.
			name: "draft_create", title: "Create a draft", writes: true,
			description: "Create a working copy. Run validate first. A person publishes it.",
			input:       schemas("type", described(aText, "Such as PATTERN."), "input", described(anInput, "The fields of the input type, such as PatternInput.")),
			required:    []string{"type", "input"}, ask: askWrite,
		},
		{
			// Without a revision the last one to save would win, and an assistant saves what it has read long ago.
			name: "draft_update", title: "Change a draft", writes: true,
			description: "Change fields of a working copy. ifRevision is the revision that you have read; a newer one is a conflict.",
			input:       schemas("id", aText, "ifRevision", aNumber, "input", described(anInput, "The fields to change.")),
			required:    []string{"id", "ifRevision", "input"}, ask: askWrite,
		},
		{
			// It uses the documents of the two writes, so what it finds is what they would find.
			name: "validate", title: "Check a draft", reports: true,
			description: "Say what draft_create (type, input) or draft_update (id, ifRevision, input) would refuse or change. Nothing is written.",
			input:       schemas("type", aText, "id", aText, "ifRevision", aNumber, "input", anInput),
			required:    []string{"input"}, ask: askValidate,
		},
		{
			// The entries of the answer are drafts, which the published graph may not have.
			name: "preview_link", title: "Make a preview link", writes: true,
			description: "Make links with which people without a key see working copies until they expire.",
			input:       schemas("ids", texts, "minutes", described(aNumber, "1 to 10080; a day if omitted.")),
			required:    []string{"ids"}, finish: addLinks,
			ask: func(_ *Server, args arguments) (question, error) {
				return question{Document: document("preview_link"), Variables: args, drafts: true}, nil
			},
		},
	}
}

// described adds a description to a schema.
// The schema must be an object that is not empty, as those above are.
func described(schema, description string) string {
	return strings.TrimSuffix(schema, "}") + `,"description":` + string(plain(description)) + "}"
}

// askGraph asks one of the operations of pattern_graph.
// The document has one operation for each value of show. What an operation needs depends on show, which the schema of
// the tool cannot say, so it is checked here.
func askGraph(_ *Server, args arguments) (question, error) {
	var show string
	if err := args.take("show", &show); err != nil {
		return question{}, err
	}
	needs := map[string][]string{"path": {"from", "to"}, "neighborhood": {"slug"}, "impact": {"slug"}}[show]
	if needs == nil {
		return question{}, content.Fault(content.BadUserInput, "show must be path, neighborhood or impact.")
	}
	for _, name := range needs {
		if _, ok := args[name]; !ok {
			return question{}, content.Fault(content.BadUserInput, fmt.Sprintf("%s needs the argument %q.", show, name))
		}
	}
	return question{Document: document("pattern_graph"), Operation: show, Variables: args}, nil
}

// addLinks adds the addresses of the pages of a preview.
// A link contains the token, so whoever has it sees the working copies until it expires. A refused preview has no
// links.
func addLinks(c *caller, data json.RawMessage) (json.RawMessage, error) {
	var made struct {
		PreviewCreate *struct {
			Preview *struct {
				Entries []struct{ ResourcePath string }
			}
			Token string
		}
	}
	if err := json.Unmarshal(data, &made); err != nil {
		return nil, fmt.Errorf("read the preview: %w", err)
	}
	p := made.PreviewCreate
	if p == nil || p.Preview == nil {
		return data, nil
	}
	// The address of the hub is not known to GraphQL.
	links := make([]string, 0, len(p.Preview.Entries))
	for _, e := range p.Preview.Entries {
		links = append(links, c.site+e.ResourcePath+"?preview="+url.QueryEscape(p.Token))
	}
	var whole map[string]json.RawMessage
	if err := json.Unmarshal(data, &whole); err != nil {
		return nil, fmt.Errorf("read the preview: %w", err)
	}
	whole["links"] = plain(links)
	return plain(whole), nil
}
