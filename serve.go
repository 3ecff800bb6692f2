package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"patternhub/advisor"
	"patternhub/auth"
	"patternhub/cache"
	"patternhub/content"
	"patternhub/graph"
	"patternhub/loaders"
	"patternhub/mongodb"
	"patternhub/resolvers"
	"patternhub/search"
	"patternhub/seed"
	"patternhub/web"
	"patternhub/webhook"
)

// hub is a running service: the store, what follows its changes, and the HTTP surface.
// It is built once, in serve, before anything runs, and its fields do not change after that. What
// moves is inside of them, safe for concurrent use, or atomic.
type hub struct {
	program *program
	db      *database
	feed    *mongodb.Feed
	keys    *auth.Keys
	vector  *cache.Revisions
	// published is the published graph read through memory; nil when that is off.
	published *content.Graph
	tokens    *auth.Tokens
	previews  *auth.Previews
	access    *auth.Access
	index     *search.Engine
	hooks     *webhook.Dispatcher
	// publications are entries as they were published, for those who follow changes.
	publications *cache.Publications
	// networks holds the relations among patterns in memory.
	networks *advisor.Live
	seen     *telemetry
	web      *web.Server
	// ready is set once the content can be served.
	ready atomic.Bool
}

// stopLimit bounds the orderly end: requests in flight have 10 s at most.
// A platform that waits ten seconds before it kills then still sees an orderly end.
const stopLimit = 9 * time.Second

// serve runs the hub until ctx ends.
// It listens before the database is there: readiness is what tells whether queries can be answered.
// What runs in the background ends after the last request, because requests wait for the feed; the
// database is closed after both.
func (p *program) serve(ctx context.Context) error {
	h := &hub{program: p, vector: cache.NewRevisions(nil, 0)}
	var err error
	if h.seen, err = p.newTelemetry(ctx); err != nil {
		return err
	}
	defer h.endTelemetry(ctx)
	db, err := p.open(ctx, hooks{observer: h.seen.database, committed: h.committed})
	if err != nil {
		return err
	}
	defer db.Close()
	h.db, h.feed, h.keys = db, mongodb.NewFeed(db.Store, p.log), auth.NewKeys(db, nil)
	h.networks = advisor.NewLive(db)
	h.index = search.New(db, p.log)
	h.tokens, h.access = auth.NewTokens(db, p.cli.TokenSecrets...), auth.NewAccess()
	h.previews = auth.NewPreviews(h.tokens, h.keys, nil)
	if err := h.remember(); err != nil {
		return err
	}
	if h.web, err = h.surface(); err != nil {
		return err
	}
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	var running sync.WaitGroup
	defer func() { stop(); running.Wait() }()
	running.Go(func() { h.prepare(background) })
	running.Go(func() { h.revive(background) })
	return h.listen(ctx)
}

// committed takes in the changes of this replica's own writes before they are answered. The
// index is told first: an answer kept under the new revision must not come from the old index.
// Each of them may be told the same change again by the feed, and does nothing then.
func (h *hub) committed(changes []content.Change) {
	h.networks.Note(changes...)
	h.index.Note(changes...)
	h.vector.Advance(changes...)
	h.feed.Poke()
}

// surface builds the HTTP surface over the graph.
// The engine and the stock executor take the same resolvers, so that switching it off changes the
// speed and not the answers.
func (h *hub) surface() (*web.Server, error) {
	cfg := &h.program.cli.Config
	opts, err := webOptions(cfg)
	if err != nil {
		return nil, err
	}
	root, err := h.resolver()
	if err != nil {
		return nil, err
	}
	opts.Schema = graph.NewExecutableSchema(graph.Config{Resolvers: root})
	if cfg.Engine != "off" {
		var reasons []string
		opts.Schema, reasons = web.BreadthFirst(opts.Schema, loaders.Levels{}, h.seen.onStock)
		h.seen.mayLeave(reasons)
	}
	opts.Log, opts.Build = h.program.log, version
	opts.Ready = h.isReady
	opts.Authenticate = h.authenticate
	opts.Revisions = h
	opts.Attach = h.attach
	opts.Registry = h.seen.registry
	if h.seen.spans != nil {
		opts.Tracer = h.seen.spans
	}
	opts.Root = h.root
	s, err := web.New(opts)
	if err != nil {
		return nil, fmt.Errorf("build the surface: %w", err)
	}
	return s, nil
}

// endLimit bounds the sending of the last traces, so that a lost collector does not hold the
// exit up.
const endLimit = time.Second

// endTelemetry sends what is left of the traces.
func (h *hub) endTelemetry(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endLimit)
	defer cancel()
	if err := h.seen.close(ctx); err != nil {
		h.program.log.WarnContext(ctx, "the last traces are lost", "error", err)
	}
}

// resolver builds what answers the root fields.
// Everything it hands out is shared by all requests.
func (h *hub) resolver() (*resolvers.Resolver, error) {
	var err error
	if h.publications, err = cache.NewPublications(h.db); err != nil {
		return nil, fmt.Errorf("build the resolvers: %w", err)
	}
	return &resolvers.Resolver{
		ViewerOf: auth.ViewerOf,
		Networks: h.networks,
		Health:   resolvers.Health{Store: h.db, Now: time.Now},
		Index:    h.index,
		Changes: resolvers.Changes{
			Store: h.db, Log: h.db, Feed: h.feed, Entry: h.publications.Entry, Tokens: h.tokens,
			Logger: h.program.log,
		},
		Authoring: resolvers.Authoring{Store: h.db, Tokens: h.tokens, Preview: h.previews.Create},
		Webhooks:  h.webhooks(),
	}, nil
}

// isReady tells whether queries can be answered now.
// The database is asked each time, so a hub that has lost it is taken out of service until it is
// back.
func (h *hub) isReady(ctx context.Context) error {
	if err := h.prepared(); err != nil {
		return err
	}
	return h.db.Ping(ctx)
}

// prepared tells whether the content is there to be served.
func (h *hub) prepared() error {
	if h.ready.Load() {
		return nil
	}
	return content.Fault(content.Unavailable, "The hub is still preparing its content. Try again in a moment.")
}

// Of names the state of what is published of the named types.
// It makes the hub what the surface knows as revisions, together with Wait.
func (h *hub) Of(types []string) uint64 { return h.vector.Of(types) }

// prepareEvery is the pause between attempts to prepare while the database is absent.
const prepareEvery = 500 * time.Millisecond

// prepare makes the database ready for queries and then follows its changes, until ctx ends.
// An absent database is waited for.
// Following begins at what the vector was set to, so no change between the two is missed. All that
// it starts has ended when it returns.
func (h *hub) prepare(ctx context.Context) {
	for {
		err := h.prepareOnce(ctx)
		if err == nil || ctx.Err() != nil {
			break
		}
		h.program.log.WarnContext(ctx, "the database is not ready", "error", err)
		select {
		case <-ctx.Done():
		case <-time.After(prepareEvery):
		}
	}
	var running sync.WaitGroup
	defer running.Wait()
	running.Go(func() { _ = h.feed.Run(ctx) })
	running.Go(func() { h.index.Run(ctx) })
	running.Go(func() { h.settle(ctx) })
	running.Go(func() { h.prune(ctx) })
	running.Go(func() { h.hooks.Run(ctx) })
	running.Go(func() { h.schedules(ctx) })
	_ = h.feed.Follow(ctx, h.vector.Seen(), func(c content.Change) error {
		h.index.Note(c) // before the vector, as in committed
		h.networks.Note(c)
		h.vector.Advance(c)
		h.vector.Reach(c.Seq)
		return nil
	})
}

// lookEvery is how late a schedule that another replica has taken in can be.
const lookEvery = time.Second

// schedules does what is due, until ctx ends.
// Every replica looks; of two that find the same one, the database lets one do it.
func (h *hub) schedules(ctx context.Context) {
	clock := time.NewTicker(lookEvery)
	defer clock.Stop()
	for {
		if _, err := h.db.Due(ctx); err != nil && ctx.Err() == nil {
			h.program.log.WarnContext(ctx, "schedules wait for the database", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-clock.C:
		}
	}
}

// pruneEvery is often enough for CHANGES_KEEP, which is an hour at least.
const pruneEvery = 10 * time.Minute

// prune forgets old changes now and then, until ctx ends.
// Replicas prune without regard to each other, which Prune allows. A fault is logged and the next
// look makes up for it.
func (h *hub) prune(ctx context.Context) {
	clock := time.NewTicker(pruneEvery)
	defer clock.Stop()
	for {
		n, err := h.db.Prune(ctx, time.Now().Add(-h.program.cli.ChangesKeep))
		if err != nil && ctx.Err() == nil {
			h.program.log.WarnContext(ctx, "old changes could not be pruned", "error", err)
		} else if n > 0 {
			h.program.log.InfoContext(ctx, "old changes pruned", "changes", n)
		}
		select {
		case <-ctx.Done():
			return
		case <-clock.C:
		}
	}
}

// prepareOnce checks the database, makes what is missing and sets the vector. It may be run again
// from the beginning after a fault: each step looks first. The number of the newest change is read
// before those of the types: what comes in between is told by the feed once more.
func (h *hub) prepareOnce(ctx context.Context) error {
	if err := h.db.Ping(ctx); err != nil {
		return err
	}
	if err := h.db.EnsureIndexes(ctx); err != nil {
		return err
	}
	switch n, err := h.db.Upgrade(ctx); {
	case err != nil:
		return err
	case n > 0:
		h.program.say("Upgraded: %d documents of an older release.", n)
	}
	empty, err := h.db.Empty(ctx)
	if err != nil {
		return err
	}
	if empty {
		h.program.say("The database is empty: loading the hub's content.")
		if err := h.program.load(ctx, h.db); err != nil {
			return err
		}
	}
	// Content of a release before the tools has no tables yet.
	if _, err := h.db.At(content.Published).Tables.Weights(ctx); content.CodeOf(err) == content.NotFound {
		if err := seed.LoadTables(ctx, h.db); err != nil {
			return err
		}
	}
	seen, err := h.db.LastSeq(ctx)
	if err != nil {
		return err
	}
	published, err := h.db.PublishedSeqs(ctx)
	if err != nil {
		return err
	}
	h.vector.Begin(published, seen)
	h.ready.Store(true)
	h.program.say("Ready: %d changes in the log.", seen)
	return nil
}

// listen serves both addresses until ctx ends, then stops in order: readiness fails, sockets
// close, requests in flight are answered.
// An address that cannot be listened at is an error at once. When one of the two servers fails the
// other is closed, since half a hub would be noticed by nobody.
func (h *hub) listen(ctx context.Context) error {
	p := h.program
	public := web.NewHTTPServer(h.web.Public(), p.log)
	admin := web.NewHTTPServer(h.web.Admin(), p.log)
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", p.cli.Addr)
	if err != nil {
		return fmt.Errorf("listen on ADDR: %w", err)
	}
	failed := make(chan error, 2)
	var running sync.WaitGroup
	defer running.Wait()
	running.Go(func() { failed <- public.Serve(listener) })
	if p.cli.AdminAddr != "off" {
		adminListener, err := new(net.ListenConfig).Listen(ctx, "tcp", p.cli.AdminAddr)
		if err != nil {
			return errors.Join(fmt.Errorf("listen on ADMIN_ADDR: %w", err), public.Close())
		}
		running.Go(func() { failed <- admin.Serve(adminListener) })
		p.say("Admin:      http://%s/metrics", adminListener.Addr())
	}
	p.say("GraphQL:    http://%s/graphql", listener.Addr())
	p.say("Playground: http://%s/playground", listener.Addr())
	select {
	case err := <-failed:
		return errors.Join(fmt.Errorf("serve: %w", err), public.Close(), admin.Close())
	case <-ctx.Done():
	}
	p.say("Stopping.")
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopLimit)
	defer cancel()
	err = errors.Join(h.web.Drain(end), public.Shutdown(end), admin.Shutdown(end))
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return err
}
