// Package search implements full-text search. It keeps one index per perspective, which it fills from
// the store and updates with the store's changes.
//
// The two indexes share only code: the published one never contains a draft. Hits are ids with
// scores; callers read the entries. A query is plain words and has no syntax.
//
// How it works:
//
//	document.go    the searchable texts of an entry; words.go, vocabulary.go: words and stems
//	prepare.go     an entry as an index takes it; card.go: the part of it that comes back
//	plan.go        the parsed query; filter.go narrows it
//	answer.go      hits, facets and corrections; highlight.go marks the words in them
//	suggest.go     names that complete a prefix
//	query.go       what all of these ask an index for
//	bleve.go       an index of bleve's, which answers that
//	generation.go  such an index as it is written; folder.go: where it is on disk
//	local.go       keeps such an index of one graph; follow.go fills it and applies changes
//	remote.go      searches an index on a shared server; remote_index.go translates for it
//	lead.go        fills and updates it, in one process of all
//
// A search waits until the index has applied all changes noted before it. A client that hears of a
// change after Note therefore finds it, and an author finds a new publication at once.
package search

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"patternhub/internal/content"
	"patternhub/internal/search/opensearch"
	"patternhub/internal/wait"
)

// Store has the content to index and the log of its changes.
type Store interface {
	At(p content.Perspective) *content.Graph
	Identity(ctx context.Context) (*content.Identity, error)
	LastSeq(ctx context.Context) (int64, error)
	Changes(ctx context.Context, since int64, limit int) ([]content.Change, error)
	// Now returns the state of the newest change, at which entries can be read.
	Now(ctx context.Context) (published map[content.EntryType]int64, at content.State, err error)
	content.LeaseStore
}

// Options are the options of New.
type Options struct {
	// Dir is the folder for indexes on disk. Without it, or if it cannot be written, they are in memory.
	Dir string
	// URL is the address of an OpenSearch server with indexes that all replicas share. Dir is not used then.
	URL string
	// Log gets records that name the index; nil discards them.
	Log *slog.Logger
}

// Engine has an index for each perspective. It is safe for concurrent use.
type Engine struct {
	opts    Options
	store   Store
	client  *opensearch.Client // nil without a URL
	indexes map[content.Perspective]*Index
}

// maxWait is how long a search waits for an index that is being filled or updated: longer than
// either takes for the hub's content, and short enough for a user.
const maxWait = 2 * time.Second

// keeper keeps the index of one graph, in this process or on a shared server.
type keeper interface {
	// run keeps the index until ctx ends.
	run(ctx context.Context, h home)
	// ready is closed when the index can be searched for the first time.
	ready() <-chan struct{}
	// note records changes; see Engine.Note.
	note(at content.State, changes []content.Change)
	// await returns when the index has applied all changes noted before the call. It fails with Unavailable
	// after maxWait.
	await(ctx context.Context) error
	// read calls f with the index, which f must not retain. If the index may contain changes after the state of
	// ctx, read marks the response as inconsistent; see content.Leave.
	read(ctx context.Context, f func(documents) error) error
	// lag returns the number of changes that the index does not contain yet.
	lag() int64
}

// home is where an engine keeps its indexes: for a database, and in a folder, nil for none.
type home struct {
	database string
	folder   *folder
}

// New returns an engine over a store. Until Run has opened or filled the indexes, searches wait, then fail
// with Unavailable. It fails if the options have a wrong URL.
func New(store Store, opts Options) (*Engine, error) {
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	e := &Engine{opts: opts, store: store, indexes: map[content.Perspective]*Index{}}
	if opts.URL != "" {
		var err error
		if e.client, err = opensearch.New(opts.URL, wait.Sleep); err != nil {
			return nil, fmt.Errorf("SEARCH_URL: %w", err)
		}
	}
	for _, p := range []content.Perspective{content.Published, content.Drafts} {
		log := opts.Log.With("index", string(p))
		if e.client != nil {
			e.indexes[p] = &Index{newRemote(store, p, e.client, log)}
		} else {
			e.indexes[p] = &Index{newLocal(store, p, log)}
		}
	}
	return e, nil
}

// Run opens or fills the indexes and updates them until ctx ends, then closes them. It must be called once,
// with a readable store. Every change after the call must be passed to Note.
func (e *Engine) Run(ctx context.Context) {
	var h home
	err := wait.Retry(ctx, wait.Short, func(ctx context.Context) error {
		identity, err := e.store.Identity(ctx)
		if err == nil {
			h.database = identity.Database
		}
		return err //nolint:wrapcheck // it is only logged
	}, func(err error) {
		e.opts.Log.WarnContext(ctx, "search cannot read the store; retrying", "error", err)
	})
	if err != nil {
		return // ctx has ended
	}
	if h.folder = e.claim(ctx); h.folder != nil {
		defer e.unlock(ctx, h.folder)
	}
	if e.client != nil {
		defer e.client.Close()
	}
	var running sync.WaitGroup
	for _, i := range e.indexes {
		running.Go(func() { i.run(ctx, h) })
	}
	if e.filled(ctx) {
		e.release(ctx)
	}
	running.Wait()
}

func (e *Engine) unlock(ctx context.Context, f *folder) {
	if err := f.close(); err != nil {
		e.opts.Log.ErrorContext(ctx, "cannot unlock the folder of the search indexes", "error", err)
	}
}

// claim returns the folder of this process; nil if the indexes are in memory.
func (e *Engine) claim(ctx context.Context) *folder {
	if e.opts.Dir == "" || e.client != nil {
		return nil
	}
	f, err := claim(e.opts.Dir)
	if err != nil {
		e.opts.Log.WarnContext(ctx, "search keeps its indexes in memory and fills them at every start, since it cannot use SEARCH_DIR", "error", err)
		return nil
	}
	e.opts.Log.InfoContext(ctx, "search keeps its indexes on disk", "dir", f.path)
	return f
}

// release returns memory to the system once the indexes are filled: reading every text takes several
// times as much as the indexes hold, and the runtime would keep it for minutes.
func (e *Engine) release(ctx context.Context) {
	debug.FreeOSMemory()
	e.opts.Log.InfoContext(ctx, "search indexes are ready")
}

// Note records that entries have changed, up to a state; the zero state means the newest one when
// the index reads them. Later searches wait until the index has applied the changes, so no one who
// learns of a change after Note gets an older answer. It never blocks.
func (e *Engine) Note(at content.State, changes ...content.Change) {
	for _, i := range e.indexes {
		i.note(at, changes)
	}
}

// filled waits until each index can be searched for the first time. It reports false if ctx ends first.
func (e *Engine) filled(ctx context.Context) bool {
	for _, i := range e.indexes {
		select {
		case <-i.ready():
		case <-ctx.Done():
			return false
		}
	}
	return true
}

// At returns the index of a perspective. The caller must check that the viewer may read it.
func (e *Engine) At(p content.Perspective) *Index { return e.indexes[p] }

// Lag returns the number of changes in the log that an index does not contain yet.
func (e *Engine) Lag(p content.Perspective) int64 { return e.indexes[p].lag() }

// Index is the index of one perspective. It is safe for concurrent use.
type Index struct {
	keeper
}
