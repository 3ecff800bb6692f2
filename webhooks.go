package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"patternhub/auth"
	"patternhub/content"
	"patternhub/loaders"
	"patternhub/resolvers"
	"patternhub/webhook"
)

// webhooks builds the dispatcher, and what manages its endpoints.
// It is built whether or not there are endpoints, since one may be added at any time.
func (h *hub) webhooks() resolvers.Webhooks {
	private := h.program.cli.WebhookPrivate == "on"
	h.hooks = webhook.New(webhook.Options{
		Store: h.db, Log: h.db, Watch: h.feed.Watch, Entry: h.told, Select: h.selected, Token: h.tokens.SignSync,
		AllowPrivate: private, Logger: h.program.log,
	})
	return resolvers.Webhooks{
		Store: h.db, Poke: h.hooks.Poke,
		Endpoints: &webhook.Endpoints{Store: h.db, Log: h.db, Check: h.checkSelection, AllowPrivate: private, Now: time.Now},
	}
}

// told gives the entry that a change is about: as a publish made it, or as it was published
// last before it left. Nil when that is no longer known.
// Only what was published is ever shown, so a deletion does not tell what the draft was.
func (h *hub) told(ctx context.Context, c content.Change) (content.Entry, error) {
	if c.Op == content.OpDelete {
		last, err := h.db.LastPublish(ctx, c)
		if err != nil || last == nil {
			return nil, err
		}
		c = *last
	}
	return h.publications.Entry(ctx, c)
}

// selectionQuery makes a query of a selection on an entry. The line break ends a comment that
// the selection may end with.
func selectionQuery(selection string) string {
	return "query ($id: ID!) { node(id: $id) { ... on Entry " + selection + "\n} }"
}

// checkSelection refuses what is not one selection set that a reader may run.
// The whole query is then checked as the surface would check one that a client sends.
func (h *hub) checkSelection(selection string) error {
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: selection}, h.program.cli.Limits.Tokens)
	// Alone it is an anonymous query, so its braces are balanced and it cannot end the other.
	if err != nil || !strings.HasPrefix(selection, "{") || len(doc.Operations) != 1 || len(doc.Fragments) > 0 {
		return content.Fault(content.BadUserInput, "A selection is a selection set on an entry, such as { name ... on Pattern { tier { name } } }.")
	}
	return h.web.Check(selectionQuery(selection)) //nolint:wrapcheck // its message is for the client
}

// selected runs a selection on an entry as it was told, with the rights of an anonymous reader.
// The entry is made known to the loaders, so its own fields are those of the change even when a
// later one has come meanwhile. What it refers to is as it is now.
func (h *hub) selected(ctx context.Context, selection string, e content.Entry) (json.RawMessage, error) {
	ctx = auth.WithViewer(ctx, &content.Viewer{AccessRole: content.RoleReader, Perspective: content.Published})
	ctx = h.loaders(ctx, content.Published)
	loaders.For(ctx).Know(ctx, e)
	raw, err := h.web.Execute(ctx, selectionQuery(selection), map[string]any{"id": e.ID().String()})
	if err != nil {
		return nil, fmt.Errorf("run the selection: %w", err)
	}
	var data struct {
		Node json.RawMessage `json:"node"`
	}
	if err := json.Unmarshal(raw, &data); err != nil {
		return nil, fmt.Errorf("read the selection's answer: %w", err)
	}
	return data.Node, nil
}
