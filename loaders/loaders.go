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
	archive content.Archive
	// shown returns the types of the entries that the field of a context shows whole; see ReadWhole.
	shown func(context.Context) []content.EntryType
	// sets has the loaders of all types, for filters that name entries by their slugs.
	sets     *Sets
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
	ask(ctx context.Context, keys []string, out []any) (failed []error, ready bool)
	askWhole(ctx context.Context, of, out []any) (failed []error, ready bool)
	askSlugs(ctx context.Context, slugs []string) (ready bool)
	requestEntries(ctx context.Context, keys []string) pendingEntries
	requestBySlug(ctx context.Context, slugs []string) pendingEntries
	primeEntry(e content.Entry)
}

// ReadWhole makes the loaders of the response of ctx read entries whole for fields that show what only
// pages have, so that their pages are not read afterwards. shown returns the types of the entries of
// which the field with that context shows it. Call it before the first load.
//
//go:noinline
func ReadWhole(ctx context.Context, shown func(context.Context) []content.EntryType) {
	ctx.Value(contextKey{}).(*promise).shared.shown = shown
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

// loaders returns the loaders, which the first call makes.
func (p *promise) loaders() *Loaders {
	p.once.Do(func() { p.made = newLoaders(p.graph(), &p.shared) })
	return p.made
}

type contextKey struct{}

// newLoaders returns the loaders of one response. It runs for each request, so each set makes its
// loaders on first use.
func newLoaders(g *content.Graph, s *shared) *Loaders {
	l := &Loaders{Sets: newSets(g, s), Tables: &Tables{tables: g.Tables, shared: s}, shared: s}
	s.archive, s.sets = g.Archive, &l.Sets
	return l
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
	if only := t.OnlyKey(); only != "" {
		return l.of(t).entry(ctx, only)
	}
	e, err := l.of(t).entryBySlug(ctx, slug)
	if err != nil || e != nil || t == content.TypePage {
		return e, err
	}
	return l.Pages.entryBySlug(ctx, content.CleanPath(path))
}

// entry loads an entry by its key, a plain nil if it is missing.
func (s *Set[E]) entry(ctx context.Context, key string) (content.Entry, error) {
	return asEntry(s.Load(ctx, key))
}

// EntryPage loads an entry of any type whole; see Set.Page.
func (l *Loaders) EntryPage(ctx context.Context, e content.Entry) (content.Entry, error) {
	return l.of(e.ID().Type).entryPage(ctx, e)
}

// entryPage loads an entry with the fields that only pages show.
func (s *Set[E]) entryPage(ctx context.Context, e content.Entry) (content.Entry, error) {
	entity, _ := e.(E)
	return asEntry(s.Page(ctx, entity))
}

// entryBySlug loads an entry by its slug or a former one, a plain nil if it is missing.
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
		set.primeEntry(e)
	}
}

// primeEntry stores a whole entry for both loaders, since it serves as an entity too.
func (s *Set[E]) primeEntry(e content.Entry) {
	if whole, ok := e.(E); ok {
		o := s.open()
		o.byKey.Prime(e.Head().Key, whole)
		o.keepWhole(whole)
	}
}

// Entries loads entries of any types in the order of their ids, with one command per type; a
// missing one is nil.
func (l *Loaders) Entries(ctx context.Context, ids []content.ID) ([]content.Entry, error) {
	keys := map[content.EntryType][]string{}
	for _, id := range ids {
		keys[id.Type] = append(keys[id.Type], id.Key)
	}
	found, err := l.together(ctx, keys, entries.requestEntries)
	if err != nil {
		return nil, err
	}
	out := make([]content.Entry, len(ids))
	for i, id := range ids {
		if of := found[id.Type]; of != nil {
			out[i], found[id.Type] = of[0], of[1:]
		}
	}
	return out, nil
}

// keysOf loads the keys of entries by their slugs, current or former, with one command per type; the
// result has no key for an unknown slug. The entries are stored for Load.
func (s *Sets) keysOf(ctx context.Context, slugs map[content.EntryType][]string) (map[content.EntryType]map[string]string, error) {
	found, err := s.together(unshown{ctx}, slugs, entries.requestBySlug) //nolint:contextcheck // unshown stands on ctx
	if err != nil {
		return nil, err
	}
	out := make(map[content.EntryType]map[string]string, len(found))
	for t, list := range found {
		keys := make(map[string]string, len(list))
		for i, e := range list {
			if e != nil {
				keys[slugs[t][i]] = e.Head().Key
			}
		}
		out[t] = keys
	}
	return out, nil
}

// together loads entries of several types in the order of their names, which are keys or slugs; a
// missing one is nil. It requests all types before it waits, so that they are read at the same time.
// It leaves out what is not a type of entries.
func (s *Sets) together(ctx context.Context, names map[content.EntryType][]string, request func(entries, context.Context, []string) pendingEntries) (map[content.EntryType][]content.Entry, error) {
	loads := make(map[content.EntryType]pendingEntries, len(names))
	waiting := false
	for t, list := range names {
		if set := s.of(t); set != nil {
			loads[t] = request(set, ctx, list)
			waiting = loads[t].waits() || waiting
		}
	}
	// Once, after all requests.
	if waiting {
		block(ctx)
	}
	out := make(map[content.EntryType][]content.Entry, len(loads))
	for t, a := range loads {
		var err error
		if out[t], err = a.entries(ctx); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// pendingEntries is a load of entries of one type. entries waits, and returns nil for missing entries.
type pendingEntries interface {
	waits() bool
	entries(ctx context.Context) ([]content.Entry, error)
}

// requestEntries starts a load without waiting.
func (s *Set[E]) requestEntries(ctx context.Context, keys []string) pendingEntries {
	return &pendingOf[E]{s.open().byKey.request(ctx, keys)}
}

// requestBySlug is requestEntries by slug.
func (s *Set[E]) requestBySlug(ctx context.Context, slugs []string) pendingEntries {
	return &pendingOf[E]{s.open().bySlug().request(ctx, slugs)}
}

// pendingOf is a load of entries of a Go type.
type pendingOf[E content.Entry] struct{ pending[string, E] }

func (a *pendingOf[E]) entries(ctx context.Context) ([]content.Entry, error) {
	return content.Entries(a.values(ctx))
}
