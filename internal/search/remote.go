package search

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"patternhub/internal/content"
	"patternhub/internal/search/opensearch"
	"patternhub/internal/wait"
)

// remote searches the index of one graph on a shared server. One process of all fills and updates it, see
// lead.go; what it has reached stands in the row of its lease, which all processes read.
type remote struct {
	store       Store
	client      *opensearch.Client
	perspective content.Perspective
	graph       *content.Graph
	log         *slog.Logger
	wake        wait.Signal // notified when changes are noted
	readyCh     chan struct{}

	// name of the lease, and the beginning of the names of its indexes; run sets both, and database.
	name     string
	database string

	mu     sync.Mutex // guards the fields below
	newest int64      // the Seq of the newest change noted, of any graph
	own    int64      // the Seq of the newest one of an entry of this graph
	seen   row        // the newest row that was read
}

// row is what the indexer has reached, as it is stored with its lease.
type row struct {
	// Index is the alias of the index that searches use; empty before the first one is complete.
	Index string `json:"index"`
	// Position is the change up to which the index is complete.
	Position position `json:"position"`
	// Own is the number of the newest change that the index contains of an entry of its graph.
	Own int64 `json:"own"`
	// Ahead is the number of the newest change that the index may contain.
	Ahead int64 `json:"ahead"`
}

// newRemote returns the index of one graph on a search server.
func newRemote(store Store, p content.Perspective, client *opensearch.Client, log *slog.Logger) *remote {
	return &remote{
		store: store, client: client, perspective: p, graph: store.At(p), log: log,
		wake: wait.NewSignal(), readyCh: make(chan struct{}),
	}
}

// ready returns a channel that is closed once the index can be searched.
func (r *remote) ready() <-chan struct{} { return r.readyCh }

// remoteFormat identifies the mapping and the way in which entries are prepared. Replicas of two releases
// have an index each.
var remoteFormat = sync.OnceValues(func() (string, error) { return hashOf(preparation, descriptionOf()) })

// leaseName returns the name of a lease, by which the indexes of other databases, graphs and releases on
// the same server are distinguished.
func leaseName(database string, p content.Perspective) (string, error) {
	of, err := hashOf(database)
	if err != nil {
		return "", err
	}
	format, err := remoteFormat()
	return fmt.Sprintf("patternhub-%s-%s-%s", of, strings.ToLower(string(p)), format), err
}

// run takes the lease whenever it is free, and then keeps the index; otherwise it waits.
func (r *remote) run(ctx context.Context, h home) {
	name, err := leaseName(h.database, r.perspective)
	if err != nil {
		r.log.ErrorContext(ctx, "search has no index", "error", err)
		return
	}
	r.mu.Lock()
	r.name, r.database = name, h.database
	r.mu.Unlock()
	var running sync.WaitGroup
	running.Go(func() { r.watch(ctx) })
	r.lead(ctx)
	running.Wait()
}

// watchEvery is the interval at which a process looks at the row without a search, for the metric of its lag.
const watchEvery = time.Second

// watch reads the row again and again, and closes readyCh once there is an index.
func (r *remote) watch(ctx context.Context) {
	ready := false
	for {
		if at, err := r.row(ctx); err == nil && at.Index != "" && !ready {
			ready = true
			close(r.readyCh)
		}
		pause := watchEvery
		if !ready {
			pause = pollRow
		}
		if !wait.Sleep(ctx, pause) {
			return
		}
	}
}

// note records changes; see Engine.Note. The indexer reads them from the log.
func (r *remote) note(_ content.State, changes []content.Change) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range changes {
		r.newest = max(r.newest, changes[i].Seq)
		if c := &changes[i]; c.Graph == r.perspective && c.Type.Name() != "" {
			r.own = max(r.own, c.Seq)
		}
	}
	if r.newest > r.seen.Position.Seq {
		r.wake.Notify()
	}
}

// row reads what the indexer has reached, from the store each time: a row in memory could name an index that
// is gone, or a position that is not reached any more.
func (r *remote) row(ctx context.Context) (row, error) {
	r.mu.Lock()
	name := r.name
	r.mu.Unlock()
	if name == "" {
		return row{}, nil // run has not begun
	}
	l, err := r.store.LeaseByName(content.ReadNewest(ctx), name)
	if err != nil {
		return row{}, fmt.Errorf("read the position of the search index: %w", err)
	}
	var out row
	if l != nil && len(l.State) > 0 {
		if err := json.Unmarshal(l.State, &out); err != nil {
			return row{}, fmt.Errorf("read the position of the search index: %w", err)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seen = out
	return out, nil
}

// lag is for a metric. It returns by how many changes, of both graphs, the index was behind when this process last looked.
func (r *remote) lag() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return max(0, r.newest-r.seen.Position.Seq)
}

// pollRow is the interval at which a waiting search looks whether the indexer has reached its changes.
const pollRow = 30 * time.Millisecond

// await reads the row until the index contains the changes of this graph that were noted before the call.
func (r *remote) await(ctx context.Context) error {
	r.mu.Lock()
	target := r.own
	r.mu.Unlock()
	deadline := time.Now().Add(maxWait)
	for {
		at, err := r.row(ctx)
		switch {
		case err != nil:
			return err
		case at.Index != "" && at.Position.Seq >= target:
			return nil
		case time.Now().After(deadline):
			return content.Fault(content.Unavailable, "The search index is being prepared. Try again in a moment.")
		}
		if !wait.Sleep(ctx, pollRow) {
			return ctx.Err() //nolint:wrapcheck // the caller's own
		}
	}
}

// read calls f with the index of the row; see keeper. What f gets is checked against the store.
func (r *remote) read(ctx context.Context, f func(documents) error) error {
	at, err := r.row(ctx)
	if err != nil {
		return err
	}
	if at.Index == "" {
		return content.Fault(content.Unavailable, "The search index is not available.")
	}
	index := &remoteIndex{client: r.client, name: at.Index, mark: uint64(at.Own)} //nolint:gosec // never negative
	if err := f(&checked{documents: index, graph: r.graph}); err != nil {
		r.log.WarnContext(ctx, "search failed", "error", err)
		return err
	}
	s, ok := content.StateOf(ctx)
	if !ok {
		return nil
	}
	if at, err = r.row(ctx); err != nil { // the indexer may have gone on meanwhile
		return err
	}
	if at.Ahead > s.Seq {
		content.Leave(ctx)
	}
	return nil
}

// checked is an index whose cards are compared with the store, so that nothing is shown of an entry that is
// no longer there or has changed, whatever the shared server contains. Hits without cards are checked where
// their entries are read.
type checked struct {
	documents
	graph *content.Graph
}

func (c *checked) find(ctx context.Context, r *request) (*result, error) {
	found, err := c.documents.find(ctx, r)
	if err != nil || !r.cards {
		return found, err
	}
	keys := map[content.EntryType][]string{}
	for _, card := range found.cards() {
		keys[card.Type] = append(keys[card.Type], card.Key)
	}
	present := map[content.ID]int{} // the revisions in the store
	for t, list := range keys {
		reader := c.graph.Reader(t)
		if reader == nil {
			continue // a type of another release
		}
		entries, err := reader.EntriesByKeys(ctx, list)
		if err != nil {
			return nil, fmt.Errorf("check what search has found: %w", err)
		}
		for _, e := range entries {
			if e != nil {
				present[e.ID()] = e.Head().Revision
			}
		}
	}
	hits := found.hits[:0]
	for _, h := range found.hits {
		if revision, ok := present[h.id]; ok && h.card != nil && revision == h.card.Revision {
			hits = append(hits, h)
		}
	}
	found.hits = hits
	return found, nil
}
