package hub

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"patternhub/internal/advisor"
	"patternhub/internal/auth"
	"patternhub/internal/cache"
	"patternhub/internal/content"
	"patternhub/internal/diagram"
	"patternhub/internal/markdown"
	"patternhub/internal/mongodb"
	"patternhub/internal/search"
	"patternhub/internal/site"
	"patternhub/internal/wait"
	"patternhub/internal/web"
	"patternhub/internal/webhook"
	"patternhub/loaders"
	"patternhub/resolvers"
	"patternhub/seed"
)

// hub is a running service: the store, the followers of its changes, and the HTTP server. serve
// builds it before anything runs, and its fields do not change afterwards; what changes is inside
// them and safe for concurrent use.
type hub struct {
	program *Program
	db      *database
	feed    *mongodb.Feed
	keys    *auth.Keys
	vector  *cache.Revisions
	// memory is the cache in front of the published graph; nil if the cache is off.
	memory   *cache.Memory
	tokens   *auth.Tokens
	previews *auth.Previews
	// authenticator identifies viewers; access holds what they may do.
	authenticator *auth.Authenticator
	// people has the accounts, sessions the sign-ins, and place the address at which signing in is possible.
	people   *auth.People
	sessions *auth.Sessions
	place    *auth.Place
	// names has the names of people and keys, and presences who has entries open.
	names     *auth.Names
	presences *auth.Presences
	access    *auth.Access
	index     *search.Engine
	diagrams  *diagram.Drawer
	hooks     *webhook.Dispatcher
	// publications holds entries as they were published, for those who follow changes.
	publications *cache.Publications
	// networks holds the relations among patterns in memory.
	networks  *advisor.Live
	telemetry *telemetry
	web       *web.Server
	// pages is the site, nil if SITE is off.
	pages *site.Site
	// ready is set once the content can be served.
	ready atomic.Bool
}

// stopLimit bounds an orderly shutdown. A platform that waits ten seconds before it kills the
// process sees it end in time.
const stopLimit = 9 * time.Second

// reserved is memory that is never touched, so that it takes none of the system. The garbage collector counts
// it as live, so it runs after 32 MB of garbage instead of 15: the content in memory is small, and a reply with
// twenty long texts has a quarter of a megabyte.
const reserved = 16 << 20

// serve runs the hub until ctx ends. It listens before the database is reachable; readiness reports
// whether queries can be answered. Background work ends after the last request, because requests
// wait for the feed; the database is closed after both.
func (p *Program) serve(ctx context.Context) error {
	reserve := make([]byte, reserved)
	defer runtime.KeepAlive(reserve)
	h := &hub{program: p, vector: cache.NewRevisions(content.State{})}
	defer h.close(ctx)
	if err := h.compose(ctx); err != nil {
		return err
	}
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	var running sync.WaitGroup
	defer func() { stop(); running.Wait() }()
	running.Go(func() { h.prepare(background) })
	if h.db.server != nil { // a child process, which has no other supervisor
		running.Go(func() {
			h.db.server.Supervise(background, p.log, func() { p.say("MongoDB had ended and was restarted.") })
		})
	}
	running.Go(h.retrust(background))
	return h.listen(ctx)
}

// compose connects the parts of the hub. Nothing runs afterwards.
func (h *hub) compose(ctx context.Context) error {
	p := h.program
	var err error
	if h.telemetry, err = p.newTelemetry(ctx); err != nil {
		return err
	}
	db, err := p.open(ctx, hooks{observer: h.telemetry.database, committed: h.committed})
	if err != nil {
		return err
	}
	h.db, h.feed, h.keys = db, mongodb.NewFeed(db.Store.Store, p.log), auth.NewKeys(db, nil)
	h.networks = advisor.NewLive(db)
	if h.index, err = search.New(db, search.Options{Dir: p.searchDir(), URL: p.cli.SearchURL, Log: p.log}); err != nil {
		return err
	}
	h.telemetry.observeSearch(h.index)
	h.telemetry.observeCounter(db.Counter())
	h.diagrams = p.drawer()
	h.tokens, h.access = auth.NewTokens(db, p.cli.TokenSecrets...), auth.NewAccess()
	h.previews = auth.NewPreviews(db, h.tokens, h.keys, nil)
	if h.place, err = auth.NewPlace(p.cli.SiteURL); err != nil {
		return err
	}
	h.people, h.sessions = auth.NewPeople(db, nil), auth.NewSessions(db, h.tokens, nil)
	h.previews.WithPeople(h.people)
	h.names = auth.NewNames(h.keys, h.people, nil)
	h.presences = auth.NewPresences(db, h.names, nil)
	h.authenticator = auth.NewAuthenticator(h.keys, h.previews, p.cli.Anonymous == "on").WithSessions(h.sessions)
	if err := h.addCache(); err != nil {
		return err
	}
	h.web, err = h.surface()
	return err
}

// close closes what compose has opened, also if it failed.
func (h *hub) close(ctx context.Context) {
	if h.diagrams != nil {
		h.diagrams.Close()
	}
	if h.db != nil {
		_ = h.db.Close() // the program ends, and its answers are sent
	}
	if h.telemetry != nil {
		h.endTelemetry(ctx)
	}
}

// drawer returns what draws the diagrams of texts. The pictures of the hub's own content are there from the
// start, others are kept in a folder.
func (p *Program) drawer() *diagram.Drawer {
	return diagram.New(diagram.Options{
		Shipped: seed.Diagrams, Store: diagram.Folder(filepath.Join(p.cli.DataDir, "diagrams")),
		Report: func(err error) { p.log.Warn("a diagram was not drawn or not kept", "error", err) },
	})
}

// searchDir returns the folder of the search indexes; "" if they are to be in memory.
func (p *Program) searchDir() string {
	switch dir := p.cli.SearchDir; dir {
	case "off":
		return ""
	case "":
		return filepath.Join(p.cli.DataDir, "search")
	default:
		return dir
	}
}

// committed is called with this replica's own writes before they are answered. It makes every later
// answer wait until the feed has read them from the log, and notifies the feed. It does not apply
// them itself, since other replicas may have written before them.
func (h *hub) committed(changes []content.Change) {
	if n := len(changes); n > 0 {
		h.vector.Owe(changes[n-1].Seq)
	}
	h.feed.Notify()
}

// followers returns the followers of the log, in the order in which each change is passed to them,
// including this replica's own. The vector is last: a new generation must not be answered from
// older state.
func (h *hub) followers() []mongodb.Follower {
	return []mongodb.Follower{h.index.Note, h.networks.Note, h.db.Counter().Note, h.vector.Advance}
}

// surface builds the HTTP server over the graph. The engine and the stock executor use the same
// resolvers, so turning the engine off changes the speed and not the answers.
func (h *hub) surface() (*web.Server, error) {
	cfg := &h.program.cli.Config
	opts, err := webOptions(cfg)
	if err != nil {
		return nil, err
	}
	opts.Schema = h.resolver().Schema()
	if cfg.Engine != "off" {
		var reasons []string
		opts.Schema, reasons = web.BreadthFirst(opts.Schema, loaders.Levels{}, h.telemetry.onStock)
		h.telemetry.mayLeave(reasons)
	}
	opts.Log, opts.Build = h.program.log, h.program.version
	opts.Ready = h.isReady
	opts.Authenticate = h.authenticate
	opts.Cookies = h.place
	if opts.SignIn, err = h.signIn(); err != nil {
		return nil, err
	}
	opts.Revisions = h
	opts.Attach = h.attach
	opts.Registry = h.telemetry.registry
	if h.telemetry.spans != nil {
		opts.Tracer = h.telemetry.spans
	}
	opts.Root = h.root
	opts.Site = h.site()
	opts.Assistants = h.assistants(opts.Limits)
	s, err := web.New(opts)
	if err != nil {
		return nil, fmt.Errorf("build the HTTP server: %w", err)
	}
	return s, nil
}

// endLimit bounds the sending of the last traces, so that a lost collector does not delay the exit.
const endLimit = time.Second

// endTelemetry sends the remaining traces.
func (h *hub) endTelemetry(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endLimit)
	defer cancel()
	if err := h.telemetry.close(ctx); err != nil {
		h.program.log.WarnContext(ctx, "the last traces are lost", "error", err)
	}
}

// resolver builds the resolvers of the root fields. All requests share them.
func (h *hub) resolver() *resolvers.Resolver {
	h.publications = cache.NewPublications(h.db)
	return &resolvers.Resolver{
		ViewerOf: auth.ViewerOf,
		Networks: h.networks,
		Health:   resolvers.Health{Store: h.db, Now: time.Now},
		Index:    h.index,
		Changes: resolvers.Changes{
			Store: h.db, Log: h.db, Feed: h.feed, Acts: h.db, Entry: h.publications.Entry, Tokens: h.tokens,
			Logger: h.program.log,
		},
		Authoring: resolvers.Authoring{Store: h.db, Tokens: h.tokens, Previews: h.previews},
		Webhooks:  h.webhooks(),
		Texts:     resolvers.Texts{Renderer: markdown.NewRenderer(), Drafts: h.db.At(content.Drafts)},
		Accounts: resolvers.Accounts{
			People: h.people, Sessions: h.sessions, Keys: h.keys, Names: h.names,
			LinkAddress: func(token string) string { return h.place.Address(h.program.cli.Addr, linkPath(token)) },
		},
		Comments: resolvers.Comments{Store: h.db, Now: time.Now},
		Presence: h.presences,
	}
}

// isReady returns nil if queries can be answered now. It pings the database each time, so that a
// hub that has lost it gets no requests until it is back.
func (h *hub) isReady(ctx context.Context) error {
	if err := h.prepared(); err != nil {
		return err
	}
	return h.db.Ping(ctx)
}

// prepared returns nil once the content can be served.
func (h *hub) prepared() error {
	if h.ready.Load() {
		return nil
	}
	return content.Fault(content.Unavailable, "The hub is still preparing its content. Try again in a moment.")
}

// prepare makes the database ready for queries and then follows its changes, until ctx ends. It
// waits for a database that is not reachable. Following begins at the vector's position, so that no
// change in between is missed. All goroutines that it starts have ended when it returns.
func (h *hub) prepare(ctx context.Context) {
	if wait.Retry(ctx, wait.Short, h.prepareOnce, func(err error) {
		h.program.log.WarnContext(ctx, "the database is not ready", "error", err)
	}) != nil {
		return
	}
	begun, _ := h.vector.Now()
	h.feed.Lead(begun.Seq, h.followers()...)
	var running sync.WaitGroup
	defer running.Wait()
	running.Go(func() { h.index.Run(ctx) })
	running.Go(func() {
		h.db.Counter().Run(ctx, func(err error) { h.program.log.WarnContext(ctx, "counting waits for the database", "error", err) })
	})
	running.Go(func() { wait.Every(ctx, pruneEvery, h.prune) })
	running.Go(func() { h.hooks.Run(ctx) })
	running.Go(func() { wait.Every(ctx, scheduleEvery, h.perform) })
	running.Go(func() {
		h.presences.Run(ctx, func(err error) { h.program.log.WarnContext(ctx, "presence waits for the database", "error", err) })
	})
	_ = h.feed.Run(ctx)
}

// scheduleEvery is the longest delay of a schedule that another replica has accepted.
const scheduleEvery = time.Second

// perform performs the schedules that are due. If two replicas find the same schedule, the database
// lets one perform it.
func (h *hub) perform(ctx context.Context) {
	failed := func(r *content.NamedRelease) {
		h.program.log.WarnContext(ctx, "a scheduled release was refused", "release", r.Key, "faults", len(r.Faults), "first", r.Faults[0].Message)
	}
	if _, err := h.db.Due(ctx, failed); err != nil && ctx.Err() == nil {
		h.program.log.WarnContext(ctx, "schedules wait for the database", "error", err)
	}
}

// pruneEvery is often enough for CHANGES_KEEP, which is at least an hour.
const pruneEvery = 10 * time.Minute

// prune removes old changes. Replicas prune without coordination, which Prune allows. After an
// error the next call removes the rest.
func (h *hub) prune(ctx context.Context) {
	n, err := h.db.Prune(ctx, time.Now().Add(-h.program.cli.ChangesKeep))
	switch {
	case err != nil && ctx.Err() == nil:
		h.program.log.WarnContext(ctx, "old changes could not be pruned", "error", err)
	case n > 0:
		h.program.log.InfoContext(ctx, "old changes pruned", "changes", n)
	}
}

// prepareOnce checks the database, creates what is missing and sets the vector. It can be repeated
// after an error, since each step checks what is there.
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
	if err := seed.LoadTools(ctx, h.db); err != nil {
		return err
	}
	published, at, err := h.db.Now(ctx)
	if err != nil {
		return err
	}
	h.vector.Begin(published, at)
	h.ready.Store(true)
	h.program.say("Ready: %d changes in the log.", at.Seq)
	return nil
}

// listen serves both addresses until ctx ends, then stops in order: readiness fails, sockets close,
// requests in flight are answered. An address that cannot be listened on is an immediate error. If
// one of the two servers fails, the other is closed, so that the failure is noticed.
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
	linking, linked := context.WithCancel(ctx)
	defer linked()
	running.Go(func() { h.firstLink(linking, listener.Addr().String()) })
	if p.cli.AdminAddr != "off" {
		adminListener, err := new(net.ListenConfig).Listen(ctx, "tcp", p.cli.AdminAddr)
		if err != nil {
			return errors.Join(fmt.Errorf("listen on ADMIN_ADDR: %w", err), public.Close())
		}
		running.Go(func() { failed <- admin.Serve(adminListener) })
		p.say("Admin:      http://%s/metrics", adminListener.Addr())
	}
	if p.cli.Site != "off" {
		p.say("Site:       http://%s/", listener.Addr())
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
