package content

import (
	"context"
	"time"
)

// Perspective selects a whole graph: entries, relations, counts, facets and filters alike.
type Perspective string

// The perspectives.
const (
	Published Perspective = "PUBLISHED"
	Drafts    Perspective = "DRAFTS"
)

// Values lists the values of the enum.
func (Perspective) Values() []string { return []string{"PUBLISHED", "DRAFTS"} }

// Reader is the untyped view of a Collection. Results are in the order of the keys; a missing entry is
// nil, not an error. The caller owns the results.
type Reader interface {
	Type() EntryType
	EntriesByKeys(ctx context.Context, keys []string) ([]Entry, error)
	EntriesBySlugs(ctx context.Context, slugs []string) ([]Entry, error)
	// PagesByKeys reads whole entries, including what only a page shows: long texts and provenance.
	// The other methods omit that.
	PagesByKeys(ctx context.Context, keys []string) ([]Entry, error)
}

// Collection reads the entries of one type in one perspective. Entries omit what only a page shows
// unless a method says otherwise. Every method that reads issues at most one database command, regardless of the
// number of keys or scopes. Results are in the order of the arguments; a missing entry is nil. Entries
// returned by their Go type may be shared by many readers and must not be changed.
type Collection[E Entry] interface {
	Reader
	ByKeys(ctx context.Context, keys []string) ([]E, error)
	// BySlugs finds entries by their slug or by a former slug.
	BySlugs(ctx context.Context, slugs []string) ([]E, error)
	// Pages, PagesBySlugs and FindPages are ByKeys, BySlugs and Find of whole entries.
	Pages(ctx context.Context, keys []string) ([]E, error)
	PagesBySlugs(ctx context.Context, slugs []string) ([]E, error)
	// Slugs returns the slugs by which a filter names entries of each type, or what is wrong with the
	// filter. It reads nothing: callers look the slugs up once, and pass a *Keyed to the methods below.
	Slugs(filter any) (map[EntryType][]string, error)
	// Find reads one list per scope.
	Find(ctx context.Context, q Query, scopes ...Scope) ([]Slice[E], error)
	FindPages(ctx context.Context, q Query, scopes ...Scope) ([]Slice[E], error)
	// Count counts one list per scope.
	Count(ctx context.Context, filter any, scopes ...Scope) ([]int, error)
	// Facets returns the facets of one list per scope.
	Facets(ctx context.Context, q FacetQuery, scopes ...Scope) ([][]Facet, error)
}

// Peeker is implemented by collections with an in-memory cache. Its methods never block; ok is false if
// the result has to be read from the store.
type Peeker[E Entry] interface {
	Peek(key string) (e E, ok bool)
	PeekSlug(slug string) (e E, ok bool)
	PeekPage(key string) (e E, ok bool)
	PeekList(q Query, s Scope) (list *Slice[E], ok bool)
	PeekCount(filter any, s Scope) (n int, ok bool)
	PeekFacets(q FacetQuery, s Scope) (facets []Facet, ok bool)
}

// Graph is one perspective of the store.
type Graph struct {
	Collections
	// Tables reads the data other than entries that the tools need.
	Tables Tables
	// Archive reads earlier revisions.
	Archive Archive
}

// Reader returns the collection of one type, or nil if the type is unknown.
func (g *Graph) Reader(t EntryType) Reader {
	for _, r := range g.Readers() {
		if r.Type() == t {
			return r
		}
	}
	return nil
}

// Op is the operation of a change.
type Op string

// The operations of changes.
const (
	OpUpsert Op = "UPSERT"
	OpDelete Op = "DELETE"
)

// Change is a row of the change log. Seq grows in commit order; a gap is never filled later. Graph is
// the perspective that changed. By is the id of the writer's API key, or a program's name.
//
// A follower of the log that has missed many changes may get one without a Key in place of the older ones. It
// stands for changes of any entries of its type and graph, up to its Seq.
type Change struct {
	Seq      int64       `bson:"_id"`
	Type     EntryType   `bson:"type"`
	Key      string      `bson:"key"`
	Op       Op          `bson:"op"`
	Graph    Perspective `bson:"graph"`
	Revision int         `bson:"revision"`
	At       time.Time   `bson:"at"`
	By       string      `bson:"by"`
	// Relations holds the published copy's relations when they differ from the revision's (see
	// Pattern.Shown); otherwise it is nil.
	Relations *[]RelationRow `bson:"relations,omitempty"`
	// Publication is what the change did to the published copy; nil for other changes and old rows.
	Publication *Publication `bson:"publication,omitempty"`
	// Reread reports that the feed was interrupted and read this change late. It is specific
	// to one reader, so it is not stored.
	Reread bool `bson:"-"`
}

// Snapshot is an immutable revision of an entry.
type Snapshot struct {
	Revision int
	At       time.Time
	By       string
	Entry    Entry
}

// Revision is a snapshot with the entry of the revision before it, nil for the first one.
type Revision struct {
	Snapshot
	Before Entry
}

// RevisionID identifies a revision of an entry.
type RevisionID struct {
	ID       ID
	Revision int
}

// Archive reads the revisions of many entries, with one command for each method.
type Archive interface {
	// RevisionNumbers lists the revisions of each entry, the newest first.
	RevisionNumbers(ctx context.Context, ids []ID) ([][]int, error)
	// Snapshots reads revisions, in the order of ids; a missing one is nil.
	Snapshots(ctx context.Context, ids []RevisionID) ([]*Snapshot, error)
}

// Writer changes the content. Every method is one transaction: entries, revisions and changes are
// all written or none is.
type Writer interface {
	// Put writes working copies, at most MaxBatch of them. Head().Revision must be the current one
	// (0 for a new entry); otherwise it returns Conflict, as for a slug that another entry has. An
	// empty key is replaced by a new one. Put renders the texts and returns the entries as stored.
	Put(ctx context.Context, by string, entries ...Entry) ([]Entry, error)
	// Publish copies working copies to the published graph, at most MaxRelease of them. Symmetric
	// relations are in both published copies while both patterns are published, see Pattern.Shown.
	Publish(ctx context.Context, by string, ids ...ID) ([]Entry, error)
	// Unpublish removes entries from the published graph; their working copies remain.
	Unpublish(ctx context.Context, by string, ids ...ID) ([]Entry, error)
	// Delete removes entries from both graphs; their revisions remain.
	Delete(ctx context.Context, by string, ids ...ID) error
}

const (
	// MaxBatch bounds a Put, since a transaction has to fit into the server's cache.
	MaxBatch = 200
	// MaxRelease bounds an atomic publish for the same reason, and since the server ends a transaction
	// after a time. A slow server has to write that many in 10 s.
	MaxRelease = 500
	// MaxReflected bounds how many other patterns a publish of several entries may change, because the
	// patterns are related to its entries.
	MaxReflected = 1000
)

// Log reads the change log and the revisions.
type Log interface {
	// Changes reads at most limit changes whose Seq is greater than since, in the order of Seq.
	Changes(ctx context.Context, since int64, limit int) ([]Change, error)
	// LastSeq returns the Seq of the newest change, or 0 if there is none.
	LastSeq(ctx context.Context) (int64, error)
	// Revisions reads at most limit snapshots of an entry whose revision is less than before, or of any
	// revision if before is 0. The newest is first.
	Revisions(ctx context.Context, id ID, before, limit int) ([]Snapshot, error)
}

// Feed delivers every change to its followers, in order and without a gap.
type Feed interface {
	// Follow calls f for each change whose Seq is greater than since, one at a time. It returns when
	// ctx ends, or with the error of f.
	Follow(ctx context.Context, since int64, f func(Change) error) error
	// Watch calls f whenever there may be new changes, until stop is called. f must not block.
	// Watch and After together replace Follow for callers that need no goroutine while nothing
	// happens.
	Watch(f func()) (stop func())
	// After returns existing changes whose Seq is greater than since, or none if there are no more.
	After(ctx context.Context, since int64) ([]Change, error)
}

// Store stores the content. Its errors are *Error if a client can do something about them; an
// unreachable database returns Unavailable.
type Store interface {
	Writer
	Log
	// At returns one perspective of the content.
	At(p Perspective) *Graph
	// Ping returns an error if the store is not available.
	Ping(ctx context.Context) error
}
