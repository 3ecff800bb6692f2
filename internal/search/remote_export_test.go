package search

import (
	"context"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"patternhub/internal/content"
	"patternhub/internal/search/opensearch"
	"patternhub/internal/wait"
)

// mustClient returns a client of a search server that is closed when the test ends.
func mustClient(t testing.TB, url string) *opensearch.Client {
	t.Helper()
	c, err := opensearch.New(url, wait.Sleep)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// must ends the test if err is not nil.
func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// RemoteIndex is an index on a server that a test writes itself.
type RemoteIndex struct{ x *remoteIndex }

// NewRemoteIndex returns an empty index.
func NewRemoteIndex(t testing.TB, url, name string) *RemoteIndex {
	t.Helper()
	x := &remoteIndex{client: mustClient(t, url), name: name}
	must(t, x.remove(t.Context()))
	must(t, x.create(t.Context()))
	t.Cleanup(func() { _ = x.remove(context.WithoutCancel(t.Context())) })
	return &RemoteIndex{x}
}

// MustWrite writes entries as of a change, and makes them visible.
func (i *RemoteIndex) MustWrite(t testing.TB, version int64, entries map[content.ID]content.Entry) {
	t.Helper()
	must(t, i.x.write(t.Context(), version, entries))
	must(t, i.x.show(t.Context()))
}

// MustCount returns the number of entries with a word.
func (i *RemoteIndex) MustCount(t testing.TB, word string) int {
	t.Helper()
	n, err := countOf(t.Context(), i.x, term{fieldName, stem(word), 1})
	must(t, err)
	return n
}

// MustForgetDeletions lets the server forget what was deleted.
func (i *RemoteIndex) MustForgetDeletions(t testing.TB) {
	t.Helper()
	must(t, i.x.client.Do(t.Context(), opensearch.Request{Method: http.MethodPut, Path: i.x.name + "/_settings", Body: object{"index": object{"gc_deletes": "1ms"}}}, nil))
	must(t, i.x.client.Do(t.Context(), opensearch.Request{Method: http.MethodPost, Path: i.x.name + "/_flush?force=true"}, nil))
	time.Sleep(50 * time.Millisecond) // of the server's clock
	must(t, i.x.show(t.Context()))
}

// MustWriteBehind writes entries to the shared index of a graph, as only a fault could.
func MustWriteBehind(t testing.TB, i *Index, entries map[content.ID]content.Entry) {
	t.Helper()
	r, _ := i.keeper.(*remote)
	at, err := r.row(t.Context())
	must(t, err)
	x := &RemoteIndex{&remoteIndex{client: r.client, name: at.Index}}
	x.MustWrite(t, at.Position.Seq+1000, entries)
}

// MustLoseIndex removes the shared index of a graph.
func MustLoseIndex(t testing.TB, i *Index) {
	t.Helper()
	r, _ := i.keeper.(*remote)
	at, err := r.row(t.Context())
	must(t, err)
	must(t, (&remoteIndex{client: r.client, name: at.Index}).remove(t.Context()))
}

// Indexer is an indexer of the published graph that a test moves.
type Indexer struct{ x *indexer }

// NewIndexer returns an indexer with the lease.
func NewIndexer(t testing.TB, s Store, url, holder string) *Indexer {
	t.Helper()
	r := newRemote(s, content.Published, mustClient(t, url), slog.New(slog.DiscardHandler))
	identity, err := s.Identity(t.Context())
	must(t, err)
	r.database = identity.Database
	r.name, err = leaseName(r.database, content.Published)
	must(t, err)
	l, err := s.TakeLease(t.Context(), r.name, holder, time.Hour)
	must(t, err)
	return &Indexer{&indexer{remote: r, lease: l}}
}

// MustFill fills an index and makes it the one that is searched.
func (i *Indexer) MustFill(t testing.TB) {
	t.Helper()
	must(t, i.Fill(t))
}

// Fill fills an index.
func (i *Indexer) Fill(t testing.TB) error { return i.x.fill(t.Context()) }

// CatchUp applies changes.
func (i *Indexer) CatchUp(t testing.TB) error { return i.x.catchUp(t.Context()) }

// Tidy removes older indexes.
func (i *Indexer) Tidy(t testing.TB) error { return i.x.tidy(t.Context()) }

// Row returns what the store has of the index.
func (i *Indexer) Row(t testing.TB) any {
	t.Helper()
	at, err := i.x.remote.row(t.Context())
	must(t, err)
	return at
}

// LoseLease ends the lease without telling the indexer.
func (i *Indexer) LoseLease(t testing.TB) {
	t.Helper()
	must(t, i.x.store.EndLease(t.Context(), i.x.lease))
}
