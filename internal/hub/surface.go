package hub

import (
	"context"
	"strings"
	"sync"

	"patternhub/graph/relay"
	"patternhub/internal/auth"
	"patternhub/internal/cache"
	"patternhub/internal/config"
	"patternhub/internal/content"
	"patternhub/internal/overlay"
	"patternhub/internal/web"
	"patternhub/loaders"
	"patternhub/resolvers"
)

// webOptions turns settings into options of the HTTP server. Scalars are checked before anything is
// resolved, so that an invalid id costs nothing.
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
		answers = -1 // off; zero would mean the default
	}
	documents, err := trusted(cfg)
	if err != nil {
		return web.Options{}, err
	}
	trust := web.Trust(cfg.TrustedMode)
	if cfg.TrustedMode == "off" {
		trust = web.TrustOff
	}
	return web.Options{
		Limits:          web.LimitsOf(cfg.Limits),
		MeasureOnly:     cfg.LimitMode == "measure",
		Locked:          cfg.Profile == "locked",
		NoIntrospection: cfg.Introspection == "off",
		NoPlayground:    cfg.Playground == "off",
		Origins:         cfg.CORSOrigins,
		Credentials:     cfg.CORSCredentials,
		Headers:         cfg.CORSHeaders,
		Exposed:         cfg.CORSExposed,
		TrustedProxies:  proxies,
		CacheBytes:      answers,
		Documents:       documents,
		Trust:           trust,
		Scalars:         relay.Scalars(),
	}, nil
}

// attach prepares the context of one response, before any of its resolvers runs. The context holds the
// loaders, so two responses share nothing.
func (h *hub) attach(ctx context.Context, r web.Request) context.Context {
	ctx = resolvers.WithLastEventID(ctx, r.LastEventID)
	ctx = resolvers.WithRateLimit(ctx, &r.Rate)
	ctx = loaders.WithTouch(ctx, r.Touch)
	given, _ := r.Generation.(*cache.Generation)
	return h.withReading(ctx, given, auth.ViewerOf(ctx))
}

// authenticate admits the sender of a request and puts the viewer into the context.
func (h *hub) authenticate(ctx context.Context, c web.Credentials) (context.Context, web.Viewer, error) {
	a, err := h.authenticator.Admit(ctx, auth.Credentials(c))
	if err != nil {
		return ctx, web.Viewer{}, err
	}
	return auth.WithViewer(ctx, a.Viewer), web.Viewer{Scope: a.Scope, Key: a.Sender, NoStore: a.NoStore, AnyDocument: a.AnyDocument, Check: a.Check}, nil
}

// root admits a viewer to a root field. A mutation works on the draft graph, each with loaders of
// its own, since the one before has changed what they read. A field without a row is for admins
// only, see auth.Access. Meta fields such as introspection are open to every viewer at any time.
// Nothing is read before the content is complete: an answer from half of a seed would be wrong, and
// caches might store it.
func (h *hub) root(ctx context.Context, object, field string) (context.Context, error) {
	if strings.HasPrefix(field, "__") {
		return ctx, nil
	}
	if err := h.prepared(); err != nil {
		return ctx, err
	}
	if err := h.access.Check(auth.ViewerOf(ctx), object, field); err != nil {
		return ctx, err
	}
	if object == "Mutation" {
		return h.loaders(ctx, func() *content.Graph { return h.db.At(content.Drafts) }), nil
	}
	return ctx, nil
}

// at returns the graph of a generation that a viewer reads: the published one through the cache, drafts
// from the store. Drafts change too often for a cache to help, and must never be in a cache that
// other viewers read: those of a preview are laid over what comes from it.
func (h *hub) at(g *cache.Generation, v *content.Viewer) *content.Graph {
	if v.Perspective == content.Drafts {
		return h.db.At(content.Drafts)
	}
	published := h.db.At(content.Published)
	if h.memory != nil {
		published = h.memory.At(g)
	}
	if len(v.Previewed) == 0 {
		return published
	}
	return overlay.New(published, h.db.At(content.Drafts), v.Previewed)
}

// withReading returns a context in which all reads see one generation: the given one or, if nil, the
// newest at the first read.
func (h *hub) withReading(ctx context.Context, given *cache.Generation, v *content.Viewer) context.Context {
	generation := func() *cache.Generation { return given }
	if given == nil {
		generation = sync.OnceValue(func() *cache.Generation {
			g, _ := h.vector.Now()
			return g
		})
	}
	ctx = content.ReadOne(ctx, func() content.State { return generation().State })
	return h.loaders(ctx, func() *content.Graph { return h.at(generation(), v) })
}

// addCache puts the entity cache in front of the published graph, unless its size is 0, which turns
// it off.
func (h *hub) addCache() error {
	size, err := config.Bytes(h.program.cli.EntityCache)
	if err != nil || size == 0 {
		return err
	}
	h.memory = cache.NewMemory(size, h.db.At(content.Published))
	h.telemetry.observeCache(h.memory)
	return nil
}

// loaders returns a context with new loaders. Revisions are only for viewers who may read drafts.
func (h *hub) loaders(ctx context.Context, graph func() *content.Graph) context.Context {
	ctx = loaders.WithLater(ctx, graph, loaders.Wait)
	loaders.ReadWhole(ctx, resolvers.Shown)
	if auth.ViewerOf(ctx).AccessRole.Covers(h.access.Needs("Entry", "revisions")) {
		loaders.OpenHistory(ctx, h.db)
	}
	return ctx
}

// Now returns the newest generation. Now, Wait and Next implement web.Revisions.
func (h *hub) Now() (g web.Generation, current bool) { return h.vector.Now() }

// Wait returns when this replica has reached its own writes and the write that a token names, or
// with ctx's error. A token of another hub fails with BadUserInput.
func (h *hub) Wait(ctx context.Context, token string) error {
	var at content.SyncToken
	if token != "" {
		var err error
		if at, err = h.tokens.VerifySync(ctx, token); err != nil {
			return err
		}
	}
	return h.vector.WaitFor(ctx, at.Seq) //nolint:wrapcheck // the caller reports the deadline
}

// Next returns a generation after g. It reads the log, since each read makes one.
func (h *hub) Next(ctx context.Context, g web.Generation) (web.Generation, error) {
	h.feed.Notify()
	if old, ok := g.(*cache.Generation); ok {
		if err := old.Wait(ctx); err != nil {
			return nil, err //nolint:wrapcheck // as above
		}
	}
	if err := h.vector.WaitFor(ctx, 0); err != nil {
		return nil, err //nolint:wrapcheck // as above
	}
	next, _ := h.vector.Now()
	return next, nil
}
