package hub

import (
	"context"
	"encoding/json"
	"time"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"patternhub/internal/auth"
	"patternhub/internal/content"
	"patternhub/internal/webhook"
	"patternhub/loaders"
	"patternhub/resolvers"
)

// webhooks builds the dispatcher and the manager of its endpoints. It does so even without
// endpoints, since one may be added at any time.
func (h *hub) webhooks() resolvers.Webhooks {
	cli := h.program.cli
	private := cli.WebhookAllowPrivate == "on"
	selections := &webhook.Selections{
		Store: h.db, Validate: func(query string) error { return h.web.Check(query) }, Execute: h.execute, MaxTokens: cli.Limits.Tokens,
	}
	h.hooks = webhook.New(webhook.Options{
		Store: h.db, Log: h.db, Watch: h.feed.Watch, WaitFor: h.vector.WaitFor, Entry: h.publications.Entry, Select: selections.Run,
		Token: h.tokens.SignSync, AllowPrivate: private, Logger: h.program.log,
	})
	return resolvers.Webhooks{
		Store: h.db, Notify: h.hooks.Notify,
		Endpoints: &webhook.Endpoints{Store: h.db, Log: h.db, Check: selections.Check, AllowPrivate: private, Now: time.Now},
	}
}

// execute answers a query that the program itself issues, as an anonymous reader; see
// webhook.Selections. The loaders already hold e, so the query sees e as published, not the stored copy.
func (h *hub) execute(ctx context.Context, query string, variables map[string]any, e content.Entry) (json.RawMessage, gqlerror.List, error) {
	reader := &content.Viewer{AccessRole: content.RoleReader, Perspective: content.Published}
	ctx = h.withReading(auth.WithViewer(ctx, reader), nil, reader)
	loaders.Prime(ctx, e)
	return h.web.Execute(ctx, query, variables)
}
