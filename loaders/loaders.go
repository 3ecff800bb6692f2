package loaders

import (
	"context"
	"strings"
	"sync"
	"time"

	"patternhub/content"
)

// Loaders holds the loaders of one response: one set per collection of one perspective.
// Two responses never share one: what a viewer may see, and the moment that is shown, are the
// response's own.
type Loaders struct {
	Tiers          *Set[content.Tier, content.TierFilter]
	Laws           *Set[content.Law, content.LawFilter]
	Pillars        *Set[content.Pillar, content.PillarFilter]
	Roles          *Set[content.Role, content.RoleFilter]
	Companies      *Set[content.Company, content.CompanyFilter]
	Practices      *Set[content.Practice, content.PracticeFilter]
	Patterns       *Set[content.Pattern, content.PatternFilter]
	CaseStudies    *Set[content.CaseStudy, content.CaseStudyFilter]
	FailureStudies *Set[content.FailureStudy, content.FailureStudyFilter]
	Guides         *Set[content.Guide, content.GuideFilter]
	QuickStarts    *Set[content.QuickStart, content.QuickStartFilter]
	LearningPaths  *Set[content.LearningPath, content.LearningPathFilter]
	Journeys       *Set[content.Journey, content.JourneyFilter]
	Migrations     *Set[content.Migration, content.MigrationFilter]
	Comparisons    *Set[content.Comparison, content.ComparisonFilter]
	Pages          *Set[content.Page, content.PageFilter]
	Tables         *Tables

	// History reads revisions; nil where the viewer may not see them.
	History *History

	shared *shared
}

// shared is what all loaders of a response have in common.
type shared struct {
	// wait is how long a load waits for company when nobody flushes it.
	wait   time.Duration
	opened opened
	// archive has entries as they were, and past loads them; see snapshots.
	archive  content.Archive
	pastOnce sync.Once
	past     *Loader[content.RevisionID, *content.Snapshot]
}

// snapshots loads revisions of entries, nil for a missing one. The loader is made when it is first
// asked for: by a viewer of revisions, and seldom by Set.Page.
func (s *shared) snapshots() *Loader[content.RevisionID, *content.Snapshot] {
	s.pastOnce.Do(func() {
		s.past = &Loader[content.RevisionID, *content.Snapshot]{read: s.archive.Snapshots, shared: s}
	})
	return s.past
}

// entries reads entries of one type without knowing their Go type.
// Every Set is one. An entry that is missing is nil, and never a nil pointer inside the interface.
type entries interface {
	Type() content.EntryType
	entry(ctx context.Context, key string) (content.Entry, error)
	entryBySlug(ctx context.Context, slug string) (content.Entry, error)
	entryPage(ctx context.Context, e content.Entry) (content.Entry, error)
	askEntries(ctx context.Context, keys []string) askedEntries
	know(e content.Entry)
}

// For gives the loaders of the response that ctx belongs to; With must have put them there.
// It panics without them: a field that reads outside of a response is a mistake of the program.
func For(ctx context.Context) *Loaders { return ctx.Value(contextKey{}).(*promise).loaders() }

// With gives a context that carries loaders of its own over a graph. A load waits that long
// for company: Wait in production, longer in tests that count commands.
func With(ctx context.Context, g *content.Graph, wait time.Duration) context.Context {
	return context.WithValue(ctx, contextKey{}, &promise{graph: g, shared: shared{wait: wait}})
}

// promise makes loaders when they are first asked for: an idle subscription holds a context
// for its next event, and many of them would otherwise hold kilobytes of loaders each.
// shared is here and not only in Loaders, so that Flush need not make what nobody has asked for.
type promise struct {
	graph  *content.Graph
	shared shared
	once   sync.Once
	made   *Loaders
}

func (p *promise) loaders() *Loaders {
	p.once.Do(func() { p.made = newLoaders(p.graph, &p.shared) })
	return p.made
}

type contextKey struct{}

// newLoaders makes the loaders of one response. It is done for each request, so each set makes
// what it holds when it is first asked.
func newLoaders(g *content.Graph, s *shared) *Loaders {
	s.archive = g.Archive
	return &Loaders{
		Tiers: newSet(g.Tiers, s), Laws: newSet(g.Laws, s), Pillars: newSet(g.Pillars, s), Roles: newSet(g.Roles, s),
		Companies: newSet(g.Companies, s), Practices: newSet(g.Practices, s), Patterns: newSet(g.Patterns, s),
		CaseStudies: newSet(g.CaseStudies, s), FailureStudies: newSet(g.FailureStudies, s), Guides: newSet(g.Guides, s),
		QuickStarts: newSet(g.QuickStarts, s), LearningPaths: newSet(g.LearningPaths, s), Journeys: newSet(g.Journeys, s),
		Migrations: newSet(g.Migrations, s), Comparisons: newSet(g.Comparisons, s), Pages: newSet(g.Pages, s),
		Tables: &Tables{tables: g.Tables, shared: s}, shared: s,
	}
}

// of finds the set of a type; nil for what is no type of entries.
func (l *Loaders) of(t content.EntryType) entries {
	for _, e := range [...]entries{
		l.Tiers, l.Laws, l.Pillars, l.Roles, l.Companies, l.Practices, l.Patterns, l.CaseStudies, l.FailureStudies,
		l.Guides, l.QuickStarts, l.LearningPaths, l.Journeys, l.Migrations, l.Comparisons, l.Pages,
	} {
		if e.Type() == t {
			return e
		}
	}
	return nil
}

// Entry reads an entry of any type; nil when it is missing.
func (l *Loaders) Entry(ctx context.Context, id content.ID) (content.Entry, error) {
	set := l.of(id.Type)
	if set == nil || id.Key == "" {
		return nil, nil
	}
	return set.entry(ctx, id.Key)
}

// EntryAt reads the entry behind a resource path; nil when there is none. Where no entry of the
// type that the path names has the slug, a page may lie there: sites have folders of such names.
func (l *Loaders) EntryAt(ctx context.Context, path string) (content.Entry, error) {
	t, slug := content.ParseResourcePath(path)
	e, err := l.of(t).entryBySlug(ctx, slug)
	if err != nil || e != nil || t == content.TypePage {
		return e, err
	}
	return l.Pages.entryBySlug(ctx, strings.Trim(path, "/"))
}

func (s *Set[T, F]) entry(ctx context.Context, key string) (content.Entry, error) {
	return asEntry(s.Load(ctx, key))
}

// EntryPage reads an entry of any type whole; see Set.Page.
func (l *Loaders) EntryPage(ctx context.Context, e content.Entry) (content.Entry, error) {
	return l.of(e.ID().Type).entryPage(ctx, e)
}

func (s *Set[T, F]) entryPage(ctx context.Context, e content.Entry) (content.Entry, error) {
	entity, _ := any(e).(*T)
	return asEntry(s.Page(ctx, entity))
}

func (s *Set[T, F]) entryBySlug(ctx context.Context, slug string) (content.Entry, error) {
	return asEntry(s.BySlug(ctx, slug))
}

// asEntry keeps a missing entry a plain nil, which an interface around a nil pointer is not.
func asEntry[T any](e *T, err error) (content.Entry, error) {
	if err != nil || e == nil {
		return nil, err
	}
	return any(e).(content.Entry), nil
}

// Know makes a whole entry known, as it was at some moment: what the response asks of it is
// then answered from it.
// It is for what was just written, or is told as it was published: a read would give another state.
func (l *Loaders) Know(_ context.Context, e content.Entry) {
	if set := l.of(e.ID().Type); set != nil {
		set.know(e)
	}
}

// know primes both loaders: a whole entry is an entity too.
func (s *Set[T, F]) know(e content.Entry) {
	if whole, ok := any(e).(*T); ok {
		o := s.opened()
		o.byKey.Prime(e.Head().Key, whole)
		o.whole().Prime(e.Head().Key, whole)
	}
}

// Entries reads entries of any types in the order of their ids, with one command per type;
// nil in place of what is missing.
// All types are asked before any is waited for, so they are read at the same time.
func (l *Loaders) Entries(ctx context.Context, ids []content.ID) ([]content.Entry, error) {
	keys := map[content.EntryType][]string{}
	for _, id := range ids {
		keys[id.Type] = append(keys[id.Type], id.Key)
	}
	var asked []askedEntries
	waiting := false
	for t, list := range keys {
		set := l.of(t)
		if set == nil { // an id of something else is of no entry
			continue
		}
		a := set.askEntries(ctx, list)
		asked, waiting = append(asked, a), waiting || a.waits()
	}
	// Once, when all are asked.
	if waiting && !block(ctx) {
		for _, a := range asked {
			a.giveUp()
		}
		return nil, errAgain
	}
	known := make(map[content.ID]content.Entry, len(ids))
	for _, a := range asked {
		found, err := a.entries(ctx)
		if err != nil {
			return nil, err
		}
		for _, e := range found {
			known[e.ID()] = e
		}
	}
	out := make([]content.Entry, len(ids))
	for i, id := range ids {
		out[i] = known[id]
	}
	return out, nil
}

// askedEntries is a question for entries of one type; entries waits, and leaves out what is
// missing.
type askedEntries interface {
	waits() bool
	giveUp()
	entries(ctx context.Context) ([]content.Entry, error)
}

// askEntries asks without waiting.
func (s *Set[T, F]) askEntries(ctx context.Context, keys []string) askedEntries {
	return &askedOf[T]{s.opened().byKey.ask(ctx, keys)}
}

// askedOf is the question for entries of a Go type.
type askedOf[T any] struct{ asked[string, *T] }

func (a *askedOf[T]) entries(ctx context.Context) ([]content.Entry, error) {
	found, err := a.values(ctx)
	var out []content.Entry
	for _, e := range found {
		if e != nil {
			out = append(out, any(e).(content.Entry))
		}
	}
	return out, err
}
