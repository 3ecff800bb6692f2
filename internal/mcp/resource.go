package mcp

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"patternhub/internal/content"
)

// scheme is that of the addresses of entries for assistants, such as hub://pattern/saga.
const scheme = "hub"

// addResources adds the entries, each as the Markdown of its author.
func (s *Server) addResources(server *sdk.Server) {
	server.AddResourceTemplate(&sdk.ResourceTemplate{
		URITemplate: scheme + "://{type}/{+slug}", Name: "entry", Title: "An entry of the hub", MIMEType: "text/markdown",
		Description: "The Markdown of a published entry, such as hub://pattern/saga or hub://case-study/netflix-streaming. " + notice,
	}, s.resource)
}

// resource returns an entry.
// It reads the published graph alone, since an address has no place for another.
func (s *Server) resource(ctx context.Context, req *sdk.ReadResourceRequest) (*sdk.ReadResourceResult, error) {
	path := resourcePath(req.Params.URI)
	if path == "" {
		return nil, sdk.ResourceNotFoundError(req.Params.URI)
	}
	r, err := s.ask(ctx, "", question{Document: document("resource"), Variables: arguments{"path": plain(path)}})
	if err != nil {
		return nil, err
	}
	// The error of a resource is one of the protocol, since a resource has no other place for it.
	if len(r.Errors) > 0 {
		return nil, content.Fault(content.Code(r.Errors[0].Extensions.Code), r.Errors[0].Message)
	}
	var data struct {
		Entry *struct {
			Name, ResourcePath, Summary string
			Revision                    int
			Body                        struct{ Markdown string }
		}
	}
	if err := json.Unmarshal(r.Data, &data); err != nil {
		return nil, fmt.Errorf("read the entry: %w", err)
	}
	e := data.Entry
	if e == nil {
		return nil, sdk.ResourceNotFoundError(req.Params.URI)
	}
	// Some entries, such as companies, have no long text.
	text := e.Body.Markdown
	if text == "" {
		text = e.Summary
	}
	return &sdk.ReadResourceResult{Contents: []*sdk.ResourceContents{{
		URI: req.Params.URI, MIMEType: "text/markdown", Text: "# " + e.Name + "\n\n" + text,
		Meta: sdk.Meta{"resourcePath": e.ResourcePath, "revision": e.Revision, "notice": notice},
	}}}, nil
}

// resourcePath returns the path of the entry with an address for assistants; "" if there can be none.
// It checks the form of the address only. Whether there is such an entry is for the API to say.
func resourcePath(uri string) string {
	// Queries and fragments have no meaning here. Ignoring them would make two addresses of one entry.
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != scheme || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return ""
	}
	for _, t := range content.Types() {
		if t.Tag() == u.Host {
			m := content.Meta{Type: t, Slug: strings.TrimPrefix(u.Path, "/")}
			return m.ResourcePath()
		}
	}
	return ""
}

// argumentLimit bounds an argument of a prompt.
const argumentLimit = 2000

// addPrompts adds what people can begin with.
func (s *Server) addPrompts(server *sdk.Server) {
	for _, p := range []struct{ name, title, description, argument, about, text string }{
		{
			"choose_a_pattern", "Choose a pattern", "Find patterns for a problem, with reasons and citations.",
			"problem", "What the system has to do, its load, the team, what is in use.",
			"Help me to choose patterns of distributed systems. Use the hub's tools: turn my problem into constraints and preferences for select_patterns, " +
				"read the best results with get_entry, compare two to four of them with compare_patterns, and estimate the best one with estimate_effort if I have named a team. " +
				"Give the reasons that the tools give, say what was eliminated and why, and cite each entry by its resourcePath and revision. My problem:",
		},
		{
			"review_this_draft", "Review this draft", "Review a working copy before a person publishes it.",
			"path", "The resourcePath of the draft, such as /patterns/saga.",
			"Review a draft of the hub. Read it with get_entry and drafts: true, and the published entry without drafts. " +
				"Check that its claims have sources, that its relations exist and are the right ones, that nothing contradicts the entries that it refers to, and that it is plain to read. " +
				"Name each finding with the field and a suggestion. Change nothing unless I ask; then use validate before draft_update, and hand me a preview_link. The draft:",
		},
	} {
		server.AddPrompt(&sdk.Prompt{
			Name: p.name, Title: p.title, Description: p.description,
			Arguments: []*sdk.PromptArgument{{Name: p.argument, Description: p.about, Required: true}},
		}, func(_ context.Context, req *sdk.GetPromptRequest) (*sdk.GetPromptResult, error) {
			// What people write stands in a message of its own, after the task.
			given := req.Params.Arguments[p.argument]
			if strings.TrimSpace(given) == "" || len(given) > argumentLimit {
				return nil, content.Fault(content.BadUserInput, fmt.Sprintf("The argument %q must have 1 to %d bytes.", p.argument, argumentLimit))
			}
			return &sdk.GetPromptResult{Description: p.description, Messages: []*sdk.PromptMessage{
				{Role: "user", Content: &sdk.TextContent{Text: p.text}},
				{Role: "user", Content: &sdk.TextContent{Text: given}},
			}}, nil
		})
	}
}
