package loaders

import (
	"context"
	"sync"
	"time"

	"patternhub/internal/content"
)

// Loaders holds the loaders of one response: one set per collection of one perspective.
// Responses never share one, because each has its own viewer and its own state of the content.
type Loaders struct {
	Sets

	Tables *Tables

	// History loads revisions; it is nil if the viewer may not see them.
	History *History

	shared *shared
}

// shared holds what all loaders of a response share.
type shared struct {
	// wait is the time that a load waits for others if no executor flushes it.
	wait   time.Duration
	active active
	// archive has the past revisions of entries, and past loads them; see snapshots.
	archive  content.Archive
	pastOnce sync.Once
	past     *Loader[content.RevisionID, *content.Snapshot]
}

// snapshots loads revisions of entries, nil for a missing one. The loader is made on first use: by
// viewers of revisions, and rarely by Set.Page.
func (s *shared) snapshots() *Loader[content.RevisionID, *content.Snapshot] {
	s.pastOnce.Do(func() {
		s.past = &Loader[content.RevisionID, *content.Snapshot]{read: s.archive.Snapshots, shared: s}
	})
	return s.past
}

// entries loads entries of one type without their Go type. Every Set implements it.
// A missing entry is nil, and never a nil pointer inside the interface.
type entries interface {
	Type() content.EntryType
	entry(ctx context.Context, key string) (content.Entry, error)
	entryBySlug(ctx context.Context, slug string) (content.Entry, error)
	entryPage(ctx context.Context, e content.Entry) (content.Entry, error)
	requestEntries(ctx context.Context, keys []string) pendingEntries
	prime(e content.Entry)
}

// For returns the loaders of the response that ctx belongs to; With must have added them.
// It panics without them: a field that reads outside of a response is a bug.
func For(ctx context.Context) *Loaders { return ctx.Value(contextKey{}).(*promise).loaders() }

// With returns a context with new loaders over a graph. A load waits that long for others to join
// its batch: Wait in production, longer in tests that count commands.
func With(ctx context.Context, g *content.Graph, wait time.Duration) context.Context {
	return WithLater(ctx, func() *content.Graph { return g }, wait)
}

// WithLater is With for a graph that is chosen at the first load. Inlined, it would compile the loaders
// again in the caller.
//
//go:noinline
func WithLater(ctx context.Context, graph func() *content.Graph, wait time.Duration) context.Context {
	return context.WithValue(ctx, contextKey{}, &promise{graph: graph, shared: shared{wait: wait}})
}

// promise makes loaders on first use: an idle subscription holds a context for its next event, and
// loaders take kilobytes.
// shared is here and not only in Loaders, so that Flush need not make loaders.
type promise struct {
	graph  func() *content.Graph
	shared shared
	once   sync.Once
	made   *Loaders
}

func (p *promise) loaders() *Loaders {
	p.once.Do(func() { p.made = newLoaders(p.graph(), &p.shared) })
	return p.made
}

type contextKey struct{}

// newLoaders returns the loaders of one response. It runs for each request, so each set makes its
// loaders on first use.
func newLoaders(g *content.Graph, s *shared) *Loaders {
	s.archive = g.Archive
	return &Loaders{Sets: newSets(g, s), Tables: &Tables{tables: g.Tables, shared: s}, shared: s}
}

// Entry loads an entry of any type; nil if it is missing.
func (l *Loaders) Entry(ctx context.Context, id content.ID) (content.Entry, error) {
	set := l.of(id.Type)
	if set == nil || id.Key == "" {
		return nil, nil
	}
	return set.entry(ctx, id.Key)
}

// EntryAt loads the entry at a resource path; nil if there is none. If no entry of the type in the
// path has the slug, it looks for a page: sites have folders with the names of types.
func (l *Loaders) EntryAt(ctx context.Context, path string) (content.Entry, error) {
	t, slug := content.ParseResourcePath(path)
	e, err := l.of(t).entryBySlug(ctx, slug)
	if err != nil || e != nil || t == content.TypePage {
		return e, err
	}
	return l.Pages.entryBySlug(ctx, content.CleanPath(path))
}

func (s *Set[E]) entry(ctx context.Context, key string) (content.Entry, error) {
	return asEntry(s.Load(ctx, key))
}

// EntryPage loads an entry of any type whole; see Set.Page.
func (l *Loaders) EntryPage(ctx context.Context, e content.Entry) (content.Entry, error) {
	return l.of(e.ID().Type).entryPage(ctx, e)
}

func (s *Set[E]) entryPage(ctx context.Context, e content.Entry) (content.Entry, error) {
	entity, _ := e.(E)
	return asEntry(s.Page(ctx, entity))
}

func (s *Set[E]) entryBySlug(ctx context.Context, slug string) (content.Entry, error) {
	return asEntry(s.BySlug(ctx, slug))
}

// asEntry returns a plain nil for a missing entry, since an interface around a nil pointer is not
// nil.
func asEntry[E content.Entry](e E, err error) (content.Entry, error) {
	if err != nil || content.Missing(e) {
		return nil, err
	}
	return e, nil
}

// Prime stores a whole entry as of some moment, so that the rest of the response of ctx uses it.
// Callers pass an entry that they have just written, or one as it was published: a read would
// return another state.
//
//go:noinline
func Prime(ctx context.Context, e content.Entry) {
	if set := For(ctx).of(e.ID().Type); set != nil {
		set.prime(e)
	}
}

// prime primes both loaders, since a whole entry also serves as an entity.
func (s *Set[E]) prime(e content.Entry) {
	if whole, ok := e.(E); ok {
		o := s.open()
		o.byKey.Prime(e.Head().Key, whole)
		o.whole().Prime(e.Head().Key, whole)
	}
}

// Entries loads entries of any types in the order of their ids, with one command per type; a
// missing one is nil.
// It requests all types before it waits, so that they are read at the same time.
func (l *Loaders) Entries(ctx context.Context, ids []content.ID) ([]content.Entry, error) {
	keys := map[content.EntryType][]string{}
	for _, id := range ids {
		keys[id.Type] = append(keys[id.Type], id.Key)
	}
	var loads []pendingEntries
	waiting := false
	for t, list := range keys {
		set := l.of(t)
		if set == nil { // the id of something that is not an entry
			continue
		}
		a := set.requestEntries(ctx, list)
		loads, waiting = append(loads, a), waiting || a.waits()
	}
	// Once, after all requests.
	if waiting && !block(ctx) {
		for _, a := range loads {
			a.abandon()
		}
		return nil, errRetry
	}
	byID := make(map[content.ID]content.Entry, len(ids))
	for _, a := range loads {
		found, err := a.entries(ctx)
		if err != nil {
			return nil, err
		}
		for _, e := range found {
			byID[e.ID()] = e
		}
	}
	out := make([]content.Entry, len(ids))
	for i, id := range ids {
		out[i] = byID[id]
	}
	return out, nil
}

// pendingEntries is a load of entries of one type. entries waits, and leaves out missing entries.
type pendingEntries interface {
	waits() bool
	abandon()
	entries(ctx context.Context) ([]content.Entry, error)
}

// requestEntries starts a load without waiting.
func (s *Set[E]) requestEntries(ctx context.Context, keys []string) pendingEntries {
	return &pendingOf[E]{s.open().byKey.request(ctx, keys)}
}

// pendingOf is a load of entries of a Go type.
type pendingOf[E content.Entry] struct{ pending[string, E] }

func (a *pendingOf[E]) entries(ctx context.Context) ([]content.Entry, error) {
	found, err := a.values(ctx)
	var out []content.Entry
	for _, e := range found {
		if !content.Missing(e) {
			out = append(out, e)
		}
	}
	return out, err
}
