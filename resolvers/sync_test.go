package resolvers_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/event"
	"pgregory.net/rapid"

	"patternhub/graph"
	"patternhub/internal/auth"
	"patternhub/internal/cache"
	"patternhub/internal/content"
	"patternhub/internal/engine"
	"patternhub/internal/markdown"
	"patternhub/internal/mongodb"
	"patternhub/internal/mongodb/mongotest"
	"patternhub/internal/repository"
	"patternhub/loaders"
	"patternhub/resolvers"
)

// live is an empty hub to which tests write.
type live struct {
	store  *repository.Store
	feed   *mongodb.Feed
	tokens *auth.Tokens
	// exec runs the engine, and stock gqlgen's own executor.
	exec, stock *executor.Executor
	viewer      *content.Viewer
	// revisions counts the reads of revisions.
	revisions atomic.Int64
}

// newLive returns a hub on a database of its own.
func newLive(t testing.TB) *live {
	t.Helper()
	uri, database := mongotest.Open(t)
	return newLiveAt(t, uri, database)
}

// newLiveAt returns a hub on a database. The clock moves by a second at each write.
func newLiveAt(t testing.TB, uri, database string) *live {
	t.Helper()
	h := &live{viewer: &content.Viewer{AccessRole: content.RoleReader, Perspective: content.Published}}
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var clock sync.Mutex
	store, err := repository.Open(mongodb.Options{
		URI: uri, Database: database, Render: markdown.NewRenderer().Render,
		Now: func() time.Time {
			clock.Lock()
			defer clock.Unlock()
			at = at.Add(time.Second)
			return at
		},
		Committed: func([]content.Change) { h.feed.Notify() },
		Monitor: &event.CommandMonitor{Started: func(_ context.Context, e *event.CommandStartedEvent) {
			if name, _ := e.Command.Lookup("find").StringValueOK(); name == "revisions" {
				h.revisions.Add(1)
			}
		}},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close(context.WithoutCancel(t.Context())) })
	h.store, h.feed, h.tokens = store, mongodb.NewFeed(store.Store, slog.New(slog.DiscardHandler)), auth.NewTokens(store)
	publications := cache.NewPublications(store)
	cfg := graph.Config{Resolvers: &resolvers.Resolver{
		ViewerOf: func(context.Context) *content.Viewer { return h.viewer },
		Changes: resolvers.Changes{
			Store: store, Log: store, Feed: h.feed, Entry: publications.Entry, Tokens: h.tokens,
			Logger: slog.New(slog.DiscardHandler),
		},
	}}
	left := engine.OnStock(func(_ context.Context, reason string) { t.Errorf("left to stock: %s", reason) })
	h.exec = executor.New(graph.NewEngine(cfg, loaders.Levels{}, left))
	h.stock = executor.New(graph.NewExecutableSchema(cfg))
	return h
}

// run runs the feed until the test ends.
func (h *live) run(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- h.feed.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
}

// dispatch starts an operation on the engine.
func (h *live) dispatch(ctx context.Context, query string, variables map[string]any) (func() *graphql.Response, error) {
	return h.dispatchOn(ctx, h.exec, query, variables)
}

func (h *live) dispatchOn(ctx context.Context, exec *executor.Executor, query string, variables map[string]any) (func() *graphql.Response, error) {
	ctx = graphql.StartOperationTrace(ctx)
	op, errs := exec.CreateOperationContext(ctx, &graphql.RawParams{Query: query, Variables: variables})
	if errs != nil {
		return nil, errs
	}
	next, ctx := exec.DispatchOperation(ctx, op)
	return func() *graphql.Response {
		return next(loading(ctx, h.store.At(content.Published), time.Millisecond))
	}, nil
}

// change is one change as JSON shows it.
type change struct {
	Kind     string `json:"__typename"`
	Entry    json.RawMessage
	Revision int
	ID       string
	Type     content.EntryType
	Token    string
}

type syncPage struct {
	Changes   []change
	NextToken string
	HasMore   bool
}

const (
	entryFields = `{ __typename id slug name summary resourcePath revision status createdAt updatedAt publishedAt publication { replaced changed removed }
		... on Tier { rank body { markdown html } } ... on Pattern { tags difficulty body { markdown html wordCount } tier { id } } }`
	changeFields = `{ __typename ... on EntryUpsert { entry ` + entryFields + ` revision changedAt token } ... on EntryDeletion { id type changedAt token } }`
	syncQuery    = `query ($since: SyncToken, $types: [EntryType!], $first: Int) { sync(since: $since, types: $types, first: $first) { changes ` +
		changeFields + ` nextToken hasMore } }`
)

// page pulls one page; an empty token means none.
func (h *live) page(ctx context.Context, since string, types []string, first int) (*syncPage, error) {
	vars := map[string]any{"first": int64(first)}
	if since != "" {
		vars["since"] = since
	}
	if types != nil {
		vars["types"] = types
	}
	next, err := h.dispatch(ctx, syncQuery, vars)
	if err != nil {
		return nil, err
	}
	resp := next()
	if len(resp.Errors) > 0 {
		return nil, resp.Errors[0].Err
	}
	var data struct{ Sync syncPage }
	return &data.Sync, json.Unmarshal(resp.Data, &data)
}

// replica is a client's copy of the published graph: each entry's JSON by its id.
type replica struct {
	types   []string
	entries map[string]string
	token   string
	more    bool
}

// pull applies one page.
func (r *replica) pull(ctx context.Context, h *live, first int) error {
	page, err := h.page(ctx, r.token, r.types, first)
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, c := range page.Changes {
		id := c.ID
		if c.Kind == "EntryUpsert" {
			var e struct{ ID string }
			if err := json.Unmarshal(c.Entry, &e); err != nil {
				return fmt.Errorf("read entry: %w", err)
			}
			id = e.ID
			r.entries[id] = string(c.Entry)
		} else {
			delete(r.entries, id)
		}
		if seen[id] {
			return fmt.Errorf("%s is on one page twice", id)
		}
		seen[id] = true
	}
	r.token, r.more = page.NextToken, page.HasMore
	return nil
}

// finish pulls until nothing is left.
func (r *replica) finish(ctx context.Context, h *live, first int) error {
	for r.more = true; r.more; {
		if err := r.pull(ctx, h, first); err != nil {
			return err
		}
	}
	return nil
}

// json returns the copy as bytes.
func (r *replica) json() string {
	var b strings.Builder
	for _, id := range slices.Sorted(maps.Keys(r.entries)) {
		b.WriteString(r.entries[id] + "\n")
	}
	return b.String()
}

func newReplica(types ...string) *replica {
	return &replica{types: types, entries: map[string]string{}}
}

// equalsFresh compares an up-to-date copy with a fresh full pull.
func (h *live) equalsFresh(ctx context.Context, r *replica) error {
	fresh := newReplica(r.types...)
	if err := fresh.finish(ctx, h, 100); err != nil {
		return err
	}
	if d := cmp.Diff(fresh.json(), r.json()); d != "" {
		return fmt.Errorf("the copy differs (-fresh +copy):\n%s", d)
	}
	return nil
}

// author writes entries and tracks their state.
type author struct {
	store     *repository.Store
	made      int
	drafts    map[content.ID]content.Entry
	published map[content.ID]bool
}

func newAuthor(s *repository.Store) *author {
	return &author{store: s, drafts: map[content.ID]content.Entry{}, published: map[content.ID]bool{}}
}

// some returns the matching ids in order.
func (a *author) some(fits func(content.ID) bool) []content.ID {
	var out []content.ID
	for id := range a.drafts {
		if fits(id) {
			out = append(out, id)
		}
	}
	slices.SortFunc(out, func(x, y content.ID) int { return strings.Compare(x.Key, y.Key) })
	return out
}

func (a *author) create(ctx context.Context, tier bool) error {
	a.made++
	meta := content.Meta{Key: fmt.Sprintf("e%03d", a.made), Slug: fmt.Sprintf("entry-%03d", a.made), Name: fmt.Sprint("Entry ", a.made), Summary: "An entry."}
	var e content.Entry
	if tier {
		meta.Type = content.TypeTier
		e = &content.Tier{Meta: meta, Rank: a.made, Body: content.RichText{Markdown: "# A tier"}}
	} else {
		meta.Type = content.TypePattern
		e = &content.Pattern{Meta: meta, TierKey: "e001", Category: "RESILIENCE", Difficulty: "BEGINNER", Body: content.RichText{Markdown: "# A pattern"}}
	}
	return a.put(ctx, e)
}

func (a *author) put(ctx context.Context, e content.Entry) error {
	stored, err := a.store.Put(ctx, "test", e)
	if err != nil {
		return fmt.Errorf("put: %w", err)
	}
	a.drafts[e.ID()] = stored[0]
	return nil
}

// edit writes an entry again, with another text and, if rename is set, another slug.
func (a *author) edit(ctx context.Context, id content.ID, rename bool) error {
	e := content.AsPublished(a.drafts[id], content.Change{}) // a copy
	h := e.Head()
	h.Name = fmt.Sprint("Entry, edited ", h.Revision)
	if rename {
		h.Slug = fmt.Sprint(h.Key, "-renamed-", h.Revision)
	}
	if p, ok := e.(*content.Pattern); ok {
		p.Body = content.RichText{Markdown: fmt.Sprint("# Edited ", h.Revision)}
	}
	return a.put(ctx, e)
}

func (a *author) publish(ctx context.Context, ids ...content.ID) error {
	for _, id := range ids {
		a.published[id] = true
	}
	_, err := a.store.Publish(ctx, "test", ids...)
	return err
}

func (a *author) unpublish(ctx context.Context, id content.ID) error {
	delete(a.published, id)
	_, err := a.store.Unpublish(ctx, "test", id)
	return err
}

func (a *author) remove(ctx context.Context, id content.ID) error {
	delete(a.published, id)
	delete(a.drafts, id)
	return a.store.Delete(ctx, "test", id)
}

// fewChecks bounds the histories that rapid tries: each one has a database of its own.
func fewChecks(t *testing.T) {
	t.Helper()
	f := flag.Lookup("rapid.checks")
	before := f.Value.String()
	if err := f.Value.Set("15"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Value.Set(before) })
}

func TestAnyHistoryConvergesToAFullPull(t *testing.T) {
	fewChecks(t)
	rapid.Check(t, func(rt *rapid.T) {
		h := newLive(t)
		ctx := t.Context()
		a := newAuthor(h.store)
		copies := []*replica{newReplica(), newReplica(), newReplica("PATTERN"), newReplica("PATTERN", "TIER"), newReplica("LAW")}
		must := func(err error) {
			if err != nil {
				rt.Fatal(err)
			}
		}
		must(a.create(ctx, true)) // the tier that patterns refer to
		must(a.publish(ctx, content.ID{Type: content.TypeTier, Key: "e001"}))
		pick := func(ids []content.ID) content.ID {
			if len(ids) == 0 {
				rt.Skip("there is none")
			}
			return rapid.SampledFrom(ids).Draw(rt, "id")
		}
		any := func(content.ID) bool { return true }
		rt.Repeat(map[string]func(*rapid.T){
			"create":  func(*rapid.T) { must(a.create(ctx, rapid.Bool().Draw(rt, "tier"))) },
			"edit":    func(*rapid.T) { must(a.edit(ctx, pick(a.some(any)), false)) },
			"rename":  func(*rapid.T) { must(a.edit(ctx, pick(a.some(any)), true)) },
			"publish": func(*rapid.T) { must(a.publish(ctx, pick(a.some(any)))) },
			"release": func(*rapid.T) { must(a.publish(ctx, a.some(any)...)) },
			"unpublish": func(*rapid.T) {
				must(a.unpublish(ctx, pick(a.some(func(id content.ID) bool { return a.published[id] && id.Key != "e001" }))))
			},
			"delete": func(*rapid.T) {
				must(a.remove(ctx, pick(a.some(func(id content.ID) bool { return id.Key != "e001" }))))
			},
			"pull": func(*rapid.T) {
				r := rapid.SampledFrom(copies).Draw(rt, "copy")
				must(r.pull(ctx, h, rapid.IntRange(1, 4).Draw(rt, "first")))
			},
			"finish": func(*rapid.T) {
				r := rapid.SampledFrom(copies).Draw(rt, "copy")
				must(r.finish(ctx, h, rapid.IntRange(1, 4).Draw(rt, "first")))
				must(h.equalsFresh(ctx, r))
			},
		})
		for _, r := range copies {
			must(r.finish(ctx, h, 2))
			must(h.equalsFresh(ctx, r))
		}
		if len(copies[0].entries) != len(a.published) {
			rt.Fatalf("the copy has %d entries, %d are published", len(copies[0].entries), len(a.published))
		}
	})
}

func TestPullsWhileOthersWrite(t *testing.T) {
	h := newLive(t)
	const writers, writes, pullers = 3, 40, 3
	ctx := context.WithoutCancel(t.Context())
	lead := newAuthor(h.store)
	if err := lead.create(ctx, true); err != nil {
		t.Fatal(err)
	}
	if err := lead.publish(ctx, content.ID{Type: content.TypeTier, Key: "e001"}); err != nil {
		t.Fatal(err)
	}
	var writing sync.WaitGroup
	failed := make(chan error, writers+pullers)
	for w := range writers {
		writing.Go(func() { failed <- scribble(ctx, h.store, (w+1)*100, writes) })
	}
	over := make(chan struct{})
	go func() { writing.Wait(); close(over) }()
	var pulling sync.WaitGroup
	copies := make([]*replica, pullers)
	for i := range copies {
		copies[i] = newReplica()
		pulling.Go(func() {
			for {
				select {
				case <-over:
					failed <- copies[i].finish(ctx, h, i+1)
					return
				default:
					if err := copies[i].pull(ctx, h, i+1); err != nil {
						failed <- err
						return
					}
				}
			}
		})
	}
	pulling.Wait()
	for range writers + pullers {
		if err := <-failed; err != nil {
			t.Fatal(err)
		}
	}
	for _, r := range copies {
		if err := h.equalsFresh(ctx, r); err != nil {
			t.Error(err)
		}
	}
}

// scribble writes, publishes, unpublishes and deletes entries of its own.
func scribble(ctx context.Context, s *repository.Store, from, writes int) error {
	a := newAuthor(s)
	a.made = from
	for i := range writes {
		if err := a.create(ctx, i%3 == 0); err != nil {
			return err
		}
		ids := a.some(func(content.ID) bool { return true })
		release := slices.Compact([]content.ID{ids[len(ids)-1], ids[i%len(ids)]})
		if err := a.publish(ctx, release...); err != nil {
			return err
		}
		on := a.some(func(id content.ID) bool { return a.published[id] })
		var err error
		switch i % 5 {
		case 1:
			err = a.edit(ctx, on[0], true)
		case 2:
			err = a.unpublish(ctx, on[len(on)/2])
		case 4:
			err = a.remove(ctx, on[0])
		}
		if err != nil {
			return err
		}
	}
	return nil
}
