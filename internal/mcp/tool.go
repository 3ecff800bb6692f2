package mcp

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"patternhub/internal/content"
)

// documents are what the tools ask.
//
//go:embed documents/*.graphql
var documents embed.FS

// document returns a document by its name.
func document(name string) string {
	raw, err := documents.ReadFile("documents/" + name + ".graphql")
	if err != nil {
		panic(fmt.Sprintf("mcp: there is no document %q", name)) // a test reads them all
	}
	return string(raw)
}

// tool is a tool: what it is called, what it takes, and what it asks. An argument is the variable of that
// name, which GraphQL checks, unless ask does something else with it.
type tool struct {
	name, title, description string
	// input is the JSON Schema of the arguments, by their names.
	input map[string]json.RawMessage
	// required are the arguments that must be given.
	required []string
	// writes reports whether a call changes something.
	writes bool
	// ask returns the question of a call; nil asks the document of the tool's name.
	ask func(s *Server, args arguments) (question, error)
	// finish changes the answer; nil leaves it as it is.
	finish func(c *caller, data json.RawMessage) (json.RawMessage, error)
	// reports says that user errors are the answer and not an error of the call.
	reports bool
}

// arguments are those of a call, as they were sent.
type arguments map[string]json.RawMessage

// take removes an argument and reads it into a variable, which stays as it is if the argument is absent.
func (a arguments) take(name string, to any) error {
	raw, ok := a[name]
	delete(a, name)
	if !ok {
		return nil
	}
	if err := json.Unmarshal(raw, to); err != nil {
		return content.Fault(content.BadUserInput, "The argument "+name+" is not of the type that the tool's schema states.")
	}
	return nil
}

// output is the schema of every tool's answer. It is short since it stands in the list for each tool.
var output = json.RawMessage(`{"type":"object","required":["notice","data"]}`)

// definition returns what is listed of a tool.
func (t tool) definition() *sdk.Tool {
	no := false
	hints := &sdk.ToolAnnotations{ReadOnlyHint: !t.writes, IdempotentHint: !t.writes, OpenWorldHint: &no}
	if t.writes {
		hints.DestructiveHint = &no // it says nothing about what only reads
	}
	return &sdk.Tool{
		Name: t.name, Title: t.title, Description: t.description, OutputSchema: output,
		InputSchema: struct {
			Type       string                     `json:"type"`
			Properties map[string]json.RawMessage `json:"properties"`
			Required   []string                   `json:"required,omitempty"`
			Closed     bool                       `json:"additionalProperties"`
		}{"object", t.input, t.required, false},
		Annotations: hints,
	}
}

// serve returns the handler of a tool. What goes wrong is the answer of the call, so that the assistant
// sees it and can ask better.
func (s *Server) serve(t tool) sdk.ToolHandler {
	return func(ctx context.Context, req *sdk.CallToolRequest) (*sdk.CallToolResult, error) {
		args := arguments{}
		// The values stay as they were sent, so that the API checks them and nothing is lost on the way.
		if raw := req.Params.Arguments; len(raw) > 0 {
			if err := json.Unmarshal(raw, &args); err != nil {
				return failed(content.Fault(content.BadUserInput, "The arguments must be a JSON object.")), nil //nolint:nilerr // the answer has it
			}
		}
		result, err := s.call(ctx, t, args, client(req))
		if err != nil {
			return failed(err), nil
		}
		return result, nil
	}
}

// client returns what a client calls itself. Older revisions of the protocol say it only once, so that a
// server that keeps nothing has forgotten it.
func client(req *sdk.CallToolRequest) string {
	if info := req.ClientInfo(); info != nil {
		return clean(info.Name + " " + info.Version)
	}
	if req.Extra != nil {
		return clean(req.Extra.Header.Get("User-Agent"))
	}
	return ""
}

// call calls a tool.
func (s *Server) call(ctx context.Context, t tool, args arguments, client string) (*sdk.CallToolResult, error) {
	if err := t.check(args); err != nil {
		return nil, err
	}
	var cursor string
	if err := args.take("cursor", &cursor); err != nil {
		return nil, err
	}
	q, err := t.question(s, args)
	if err != nil {
		return nil, err
	}
	r, err := s.ask(ctx, client, q)
	if err != nil {
		return nil, err
	}
	if len(r.Errors) > 0 {
		return refusedBy(r), nil
	}
	data := r.Data
	// What is added becomes part of the answer before it is cut, so that cursors are about the whole.
	if t.finish != nil {
		if data, err = t.finish(callerOf(ctx), data); err != nil {
			return nil, err
		}
	}
	piece, next, err := cut(data, cursor, pieceBytes)
	if err != nil {
		return nil, err
	}
	return &sdk.CallToolResult{
		// Clients that do not know structured answers read the text, which is the same.
		Content: says(plain(answer{notice, piece, next})), StructuredContent: answer{notice, piece, next},
		IsError: !t.reports && hasUserErrors(data),
	}, nil
}

// answer is what a tool answers.
type answer struct {
	Notice string          `json:"notice"`
	Data   json.RawMessage `json:"data"`
	Next   string          `json:"next,omitempty"`
}

// check refuses arguments that the tool does not have: GraphQL would ignore them, and the assistant would
// believe that they count.
func (t tool) check(args arguments) error {
	names := slices.Sorted(maps.Keys(t.input))
	for name := range args {
		if !slices.Contains(names, name) {
			return content.Fault(content.BadUserInput, fmt.Sprintf("%s has no argument %q. It has %s.", t.name, clean(name), strings.Join(names, ", ")))
		}
	}
	for _, name := range t.required {
		if _, ok := args[name]; !ok {
			return content.Fault(content.BadUserInput, fmt.Sprintf("%s needs the argument %q.", t.name, name))
		}
	}
	return nil
}

// question returns the question of a call.
func (t tool) question(s *Server, args arguments) (question, error) {
	var drafts bool
	if err := args.take("drafts", &drafts); err != nil {
		return question{}, err
	}
	q, err := question{Document: "", Variables: args}, error(nil)
	if t.ask != nil {
		q, err = t.ask(s, args)
	} else {
		q.Document = document(t.name)
	}
	q.drafts = q.drafts || drafts
	return q, err
}

// failed returns the result of a call that went wrong.
func failed(err error) *sdk.CallToolResult {
	message := err.Error()
	// A code lets a program react; INTERNAL would say nothing.
	if code := content.CodeOf(err); code != "" && code != content.Internal {
		message += " (" + string(code) + ")"
	}
	return &sdk.CallToolResult{IsError: true, Content: says([]byte(message))}
}

// refusedBy returns the errors of GraphQL, with what was answered in spite of them.
func refusedBy(r *reply) *sdk.CallToolResult {
	lines := make([]string, 0, len(r.Errors))
	for _, e := range r.Errors {
		lines = append(lines, e.String())
	}
	result := &sdk.CallToolResult{IsError: true, Content: says([]byte(strings.Join(lines, "\n")))}
	// A refused request has no data.
	if !r.has() {
		return result
	}
	if piece, _, err := cut(r.Data, "", pieceBytes); err == nil {
		result.StructuredContent = struct {
			answer
			Errors []fault `json:"errors"`
		}{answer{Notice: notice, Data: piece}, r.Errors}
	}
	return result
}

// says returns a text as content.
func says(text []byte) []sdk.Content { return []sdk.Content{&sdk.TextContent{Text: string(text)}} }

// hasUserErrors reports whether a write was refused.
func hasUserErrors(data json.RawMessage) bool {
	var payloads map[string]struct{ UserErrors []json.RawMessage }
	return json.Unmarshal(data, &payloads) == nil && slices.ContainsFunc(slices.Collect(maps.Values(payloads)),
		func(p struct{ UserErrors []json.RawMessage }) bool { return len(p.UserErrors) > 0 })
}
