package content

import (
	"context"
	"time"
)

// Perspective chooses a whole graph: entries, relations, counts, facets and filters alike.
type Perspective string

// The perspectives.
const (
	Published Perspective = "PUBLISHED"
	Drafts    Perspective = "DRAFTS"
)

// Values lists the values of the enum.
func (Perspective) Values() []string { return []string{"PUBLISHED", "DRAFTS"} }

// Reader reads entries of one type without knowing their Go type. Results are in the order of
// the keys; a missing entry is nil, not an error. What a store gives is the caller's own.
type Reader interface {
	Type() EntryType
	EntriesByKeys(ctx context.Context, keys []string) ([]Entry, error)
	EntriesBySlugs(ctx context.Context, slugs []string) ([]Entry, error)
	// PagesByKeys reads entries whole, with what only a page shows: long texts, and where the facts
	// are from. The other methods leave that out.
	PagesByKeys(ctx context.Context, keys []string) ([]Entry, error)
}

// Collection reads the entries of one type in one perspective. Entities come without what only
// their page shows unless a method says otherwise. Every method costs one command, whatever the
// number of keys or scopes; a filter by a relation's slug or a facet's labels may add one
// look-up per type named. Results are in the order of what was asked; a missing entry is nil.
// Entries that come with their Go type may be shared by many readers and must not be changed.
type Collection[T, F any] interface {
	Reader
	ByKeys(ctx context.Context, keys []string) ([]*T, error)
	// BySlugs finds entries by their slug, or by a slug that they had before.
	BySlugs(ctx context.Context, slugs []string) ([]*T, error)
	// Pages reads entries whole.
	Pages(ctx context.Context, keys []string) ([]*T, error)
	// Find reads one list per scope.
	Find(ctx context.Context, q Query[F], scopes ...Scope) ([]Slice[T], error)
	// Count counts one list per scope.
	Count(ctx context.Context, filter *F, scopes ...Scope) ([]int, error)
	// Facets gives the facets of one list per scope.
	Facets(ctx context.Context, q FacetQuery[F], scopes ...Scope) ([][]Facet, error)
}

// Peeker is a Collection that has answers in memory. Its methods never wait; ok is false for
// what has to be read.
type Peeker[T, F any] interface {
	Peek(key string) (e *T, ok bool)
	PeekSlug(slug string) (e *T, ok bool)
	PeekPage(key string) (e *T, ok bool)
	PeekList(q Query[F], s Scope) (list *Slice[T], ok bool)
	PeekCount(filter *F, s Scope) (n int, ok bool)
	PeekFacets(q FacetQuery[F], s Scope) (facets []Facet, ok bool)
}

// Graph is one perspective of the store: a collection for every entry type.
type Graph struct {
	Tiers          Collection[Tier, TierFilter]
	Laws           Collection[Law, LawFilter]
	Pillars        Collection[Pillar, PillarFilter]
	Roles          Collection[Role, RoleFilter]
	Companies      Collection[Company, CompanyFilter]
	Practices      Collection[Practice, PracticeFilter]
	Patterns       Collection[Pattern, PatternFilter]
	CaseStudies    Collection[CaseStudy, CaseStudyFilter]
	FailureStudies Collection[FailureStudy, FailureStudyFilter]
	Guides         Collection[Guide, GuideFilter]
	QuickStarts    Collection[QuickStart, QuickStartFilter]
	LearningPaths  Collection[LearningPath, LearningPathFilter]
	Journeys       Collection[Journey, JourneyFilter]
	Migrations     Collection[Migration, MigrationFilter]
	Comparisons    Collection[Comparison, ComparisonFilter]
	Pages          Collection[Page, PageFilter]
	// Tables is what the tools need beside the entries.
	Tables Tables
	// Archive has what the entries were before.
	Archive Archive
}

// Readers lists the collections of a graph as readers, one per entry type.
func (g *Graph) Readers() []Reader {
	return []Reader{
		g.Tiers, g.Laws, g.Pillars, g.Roles, g.Companies, g.Practices, g.Patterns, g.CaseStudies, g.FailureStudies,
		g.Guides, g.QuickStarts, g.LearningPaths, g.Journeys, g.Migrations, g.Comparisons, g.Pages,
	}
}

// Reader gives the collection of one type; nil for an unknown type.
func (g *Graph) Reader(t EntryType) Reader {
	for _, r := range g.Readers() {
		if r.Type() == t {
			return r
		}
	}
	return nil
}

// Op is what a change did.
type Op string

// The operations of changes.
const (
	OpUpsert Op = "UPSERT"
	OpDelete Op = "DELETE"
)

// Change is a row of the change log. Seq grows in commit order without a gap filled later;
// Graph is the perspective whose content changed; By is the key id of who wrote, or a program's name.
type Change struct {
	Seq      int64       `bson:"_id"`
	Type     EntryType   `bson:"type"`
	Key      string      `bson:"key"`
	Op       Op          `bson:"op"`
	Graph    Perspective `bson:"graph"`
	Revision int         `bson:"revision"`
	At       time.Time   `bson:"at"`
	By       string      `bson:"by"`
	// Reread says that the feed had lost sight of the log and read this change afterwards. It is
	// about the reading, so it is never stored.
	Reread bool `bson:"-"`
}

// Snapshot is an immutable revision of an entry.
type Snapshot struct {
	Revision int
	At       time.Time
	By       string
	Entry    Entry
}

// Revision is a snapshot with the entry as the revision before had it, nil for the first one.
type Revision struct {
	Snapshot
	Before Entry
}

// RevisionID names a revision of an entry.
type RevisionID struct {
	ID       ID
	Revision int
}

// Archive reads the revisions of many entries at once, one command for each method.
type Archive interface {
	// RevisionNumbers lists the revisions of each entry, the newest first.
	RevisionNumbers(ctx context.Context, ids []ID) ([][]int, error)
	// Snapshots reads revisions; nil in the place of a missing one.
	Snapshots(ctx context.Context, names []RevisionID) ([]*Snapshot, error)
}

// Writer changes the graph. Every method is one transaction: entries, revisions and changes
// are all written or none is. Put accepts at most MaxBatch entries.
type Writer interface {
	// Put writes the working copies of entries. Head().Revision must be the current one (0 for
	// a new entry), else Conflict; an empty key gets a new one. A taken slug is Conflict.
	// Texts are rendered. It returns the entries as stored.
	Put(ctx context.Context, by string, entries ...Entry) ([]Entry, error)
	// Publish copies working copies to the published graph, at most MaxRelease of them.
	Publish(ctx context.Context, by string, ids ...ID) ([]Entry, error)
	// Unpublish takes entries out of the published graph; their working copies stay.
	Unpublish(ctx context.Context, by string, ids ...ID) ([]Entry, error)
	// Delete takes entries out of both graphs; their revisions stay.
	Delete(ctx context.Context, by string, ids ...ID) error
}

const (
	// MaxBatch bounds a Put, since a transaction has to fit the server's cache.
	MaxBatch = 200
	// MaxRelease bounds an atomic publish for the same reason.
	MaxRelease = 1000
)

// Log reads the change log and the revisions.
type Log interface {
	// Changes reads changes with a Seq above since, in order, at most limit.
	Changes(ctx context.Context, since int64, limit int) ([]Change, error)
	// LastSeq is the Seq of the newest change, 0 when there is none.
	LastSeq(ctx context.Context) (int64, error)
	// Revisions reads snapshots of an entry, newest first, those with a revision below before
	// (0: all), at most limit.
	Revisions(ctx context.Context, id ID, before, limit int) ([]Snapshot, error)
}

// Feed hands every change to its followers, in order and without a gap, for as long as they
// listen.
type Feed interface {
	// Follow calls f for each change after since, one at a time. It returns when ctx ends, or
	// with the error of f.
	Follow(ctx context.Context, since int64, f func(Change) error) error
	// Watch calls f, which must not block, whenever there may be new changes, until stop is
	// called. Together with After it is Follow for those who do without a goroutine of their
	// own while nothing happens.
	Watch(f func()) (stop func())
	// After gives changes after since that are there already; none when there are no more.
	After(ctx context.Context, since int64) ([]Change, error)
}

// Store keeps the content. Its errors are *Error where a client can do something about them;
// an unreachable database is Unavailable.
type Store interface {
	Writer
	Log
	// At gives one perspective of the content.
	At(p Perspective) *Graph
	// Ping tells whether the store can serve now.
	Ping(ctx context.Context) error
}
