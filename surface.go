package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"patternhub/auth"
	"patternhub/cache"
	"patternhub/config"
	"patternhub/content"
	"patternhub/loaders"
	"patternhub/resolvers"
	"patternhub/web"
)

// webOptions turns settings into options of the surface.
// Uncached names fields whose answers differ for equal questions: by the viewer, by the moment, or
// by what no type's revision tells. Scalars are checked before anything is resolved, so that a bad
// id costs nothing.
func webOptions(cfg *config.Config) (web.Options, error) {
	proxies, err := cfg.Proxies()
	if err != nil {
		return web.Options{}, err
	}
	answers, err := config.Bytes(cfg.ResponseCache)
	if err != nil {
		return web.Options{}, err
	}
	if answers == 0 {
		answers = -1 // off, where zero would mean the default
	}
	documents, err := trusted(cfg)
	if err != nil {
		return web.Options{}, err
	}
	trust := web.Trust(cfg.TrustedMode)
	if cfg.TrustedMode == "off" {
		trust = web.TrustOff
	}
	l := cfg.Limits
	return web.Options{
		Limits: web.Limits{
			DocumentBytes: l.DocumentBytes, Tokens: l.Tokens, Depth: l.Depth, Aliases: l.Aliases, RootFields: l.RootFields,
			Directives: l.Directives, Fragments: l.Fragments, Nodes: l.Nodes, Cost: l.Cost, Bucket: l.Bucket, Restore: l.Restore,
			BodyBytes: l.BodyBytes, Concurrent: l.Concurrent, Deadline: l.Deadline, Sockets: l.Sockets,
		},
		MeasureOnly:     cfg.LimitMode == "measure",
		Locked:          cfg.Profile == "locked",
		NoIntrospection: cfg.Introspection == "off",
		NoPlayground:    cfg.Playground == "off",
		Origins:         cfg.CORSOrigins,
		Credentials:     cfg.CORSCredentials,
		TrustedProxies:  proxies,
		CacheBytes:      answers,
		Documents:       documents,
		Trust:           trust,
		Uncached: []string{
			"rateLimit", "viewer", "sync", "brokenReferences", "entrySchedules", "revisions", "webhookEndpoints", "webhookDeliveries",
		},
		Scalars: map[string]func(string) error{
			"ID": func(s string) error { _, err := content.ParseID(s); return err },
		},
	}, nil
}

// trusted reads the manifest of trusted documents, where one is named.
// It is read once, at the start; another manifest needs a restart.
func trusted(cfg *config.Config) (map[string]string, error) {
	if cfg.TrustedFile == "" {
		return nil, nil //nolint:nilnil // without a manifest no document is trusted
	}
	raw, err := os.ReadFile(cfg.TrustedFile)
	if err != nil {
		return nil, fmt.Errorf("read TRUSTED_DOCUMENTS: %w", err)
	}
	documents, err := web.ParseManifest(raw)
	if err != nil {
		return nil, fmt.Errorf("read TRUSTED_DOCUMENTS: %w", err)
	}
	return documents, nil
}

// attach prepares the context of one response.
// It comes before any resolver of the response runs. Loaders live in it, so two responses share
// nothing.
func (h *hub) attach(ctx context.Context, r web.Request) context.Context {
	ctx = resolvers.WithLastEventID(ctx, r.LastEventID)
	ctx = resolvers.WithRateLimit(ctx, &content.RateLimit{
		Cost: int(r.Cost.Requested), NodeCount: int(r.Cost.Nodes),
		Limit: int(r.Rate.Limit), Remaining: int(r.Rate.Remaining), ResetAt: r.Rate.ResetAt,
	})
	ctx = loaders.WithTouch(ctx, r.Touch)
	return h.loaders(ctx, auth.ViewerOf(ctx).Perspective)
}

// authenticate turns a request's credentials into a viewer. Drafts are for keys that may read
// them.
// Scope is what answers are kept apart by: two viewers with the same scope may get the same kept
// answer, so whatever changes what somebody may see has to be in it. Drafts are never kept. Check
// is called again while a subscription lasts, so that it ends with the key. A preview token gives
// drafts to somebody without a key, and takes nothing from somebody with one.
func (h *hub) authenticate(ctx context.Context, c web.Credentials) (context.Context, web.Viewer, error) {
	viewer := &content.Viewer{AccessRole: content.RoleReader, Perspective: content.Published}
	seen := web.Viewer{}
	if c.Token != "" {
		key, err := h.keys.ByToken(ctx, c.Token)
		if err != nil {
			return ctx, seen, err
		}
		viewer.Key, viewer.AccessRole = key, key.Role
		seen.Scope, seen.Key = "key:"+string(key.Role), "key:"+key.ID
		seen.Check = func(ctx context.Context) error { _, err := h.keys.ByToken(ctx, c.Token); return err }
	} else if h.program.cli.Anonymous == "off" && c.Preview == "" {
		return ctx, seen, content.Fault(content.Unauthenticated, "This hub wants an API key: Authorization: Bearer phk_...")
	}
	if c.Preview != "" {
		if err := h.previews.Check(ctx, c.Preview); err != nil {
			return ctx, seen, err
		}
		c.Perspective = "drafts"
		if !viewer.AccessRole.Covers(content.RolePreviewer) {
			viewer.AccessRole = content.RolePreviewer
		}
		if seen.Check == nil {
			seen.Check = func(ctx context.Context) error { return h.previews.Check(ctx, c.Preview) }
		}
	}
	switch strings.ToLower(c.Perspective) {
	case "", "published":
	case "drafts":
		if !viewer.AccessRole.Covers(content.RolePreviewer) {
			return ctx, seen, content.Fault(content.Forbidden, "Drafts need a key with the role previewer or above.")
		}
		viewer.Perspective, seen.NoStore = content.Drafts, true
		seen.Scope += ":drafts"
	default:
		return ctx, seen, content.Fault(content.BadUserInput, "X-Perspective is published or drafts.")
	}
	return auth.WithViewer(ctx, viewer), seen, nil
}

// root admits a viewer to a root field. A mutation works on the draft graph, and each of them
// with loaders of its own, since the one before has changed what there is to read.
// A field that no row names is for admins, see auth.Access.
// Nothing is read before the content is there: half of a seed would be a wrong answer, and one
// that caches may keep.
func (h *hub) root(ctx context.Context, object, field string) (context.Context, error) {
	if err := h.prepared(); err != nil {
		return ctx, err
	}
	if err := h.access.Check(auth.ViewerOf(ctx), object, field); err != nil {
		return ctx, err
	}
	if object == "Mutation" {
		return h.loaders(ctx, content.Drafts), nil
	}
	return ctx, nil
}

// at gives a graph to read: the published one through memory, drafts from the store itself.
// Drafts change too often to be worth keeping, and must never be found in a memory that others
// read.
func (h *hub) at(p content.Perspective) *content.Graph {
	if p == content.Published && h.published != nil {
		return h.published
	}
	return h.db.At(p)
}

// remember puts memory in front of the published graph, unless that is switched off.
// Off is a size of 0. The memory follows the same vector as the answers do.
func (h *hub) remember() error {
	size, err := config.Bytes(h.program.cli.EntityCache)
	if err != nil || size == 0 {
		return err
	}
	memory, err := cache.NewMemory(size, h.vector)
	if err != nil {
		return fmt.Errorf("build the entity cache: %w", err)
	}
	h.published = memory.Graph(h.db.At(content.Published))
	h.seen.remembers(memory)
	return nil
}

// loaders gives a context with fresh loaders. Revisions are for those who may read drafts.
func (h *hub) loaders(ctx context.Context, p content.Perspective) context.Context {
	ctx = loaders.With(ctx, h.at(p), loaders.Wait)
	if auth.ViewerOf(ctx).AccessRole.Covers(h.access.Needs("Entry", "revisions")) {
		loaders.For(ctx).Open(h.db)
	}
	return ctx
}

// Wait returns once this replica has reached the write that a token names.
// How long that may take is the context's matter. A token of another hub is BadUserInput.
func (h *hub) Wait(ctx context.Context, token string) error {
	at, err := h.tokens.VerifySync(ctx, token)
	if err != nil {
		return err
	}
	return h.vector.WaitFor(ctx, at.Seq) //nolint:wrapcheck // the deadline is told as it is
}
