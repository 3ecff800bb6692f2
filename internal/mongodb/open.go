package mongodb

import (
	"context"
	"fmt"
	"net"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/event"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
	"go.mongodb.org/mongo-driver/v2/mongo/readpref"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"

	"patternhub/internal/content"
)

// Options says which database to open, and has what the store needs from its caller.
type Options struct {
	// URI is the address of a replica set or a mongos.
	URI string
	// Database is the name of the database.
	Database string
	// Render renders the rich texts of documents whose texts an older renderer has rendered.
	Render content.Render
	// Monitor observes every command; nil for none.
	Monitor *Monitor
	// Pool observes connections; nil for none.
	Pool *PoolMonitor
	// Committed is called with the changes of each write of this replica, before the write returns.
	Committed func([]content.Change)
	// CountFrom is the number of entries from which a collection is counted in memory, once the Counter
	// runs; 0 for never.
	CountFrom int
	// Now returns the time; nil for time.Now.
	Now func() time.Time
}

// Monitor observes commands; it is the driver's type.
type Monitor = event.CommandMonitor

// PoolMonitor observes connections; it is the driver's type.
type PoolMonitor = event.PoolMonitor

// Store stores the content. It implements content.Store without its Writer, which package repository
// adds. It is safe for concurrent use.
// It does not cache content; its callers do. After Close its methods return Unavailable.
type Store struct {
	client *mongo.Client
	db     *mongo.Database
	render content.Render
	now    func() time.Time
	// committed may be nil.
	committed func([]content.Change)
	counter   *Counter
	graphs    map[content.Perspective]*graph
	// counted has the names of the collections whose totals are kept.
	counted map[string]bool
	// writing is a semaphore for one write transaction at a time: concurrent ones would conflict on
	// the counter of changes and retry.
	writing chan struct{}
}

const (
	// selectionTimeout bounds the search for a server, so that a lost database is reported within a
	// second.
	selectionTimeout = 800 * time.Millisecond
	// connectTimeout bounds a dial and a heartbeat. If one of them fails, the driver closes all
	// connections and all running commands fail with Unavailable, so it must be longer than a busy machine
	// delays a server. A server that is gone refuses a dial immediately.
	connectTimeout = 3 * time.Second
	// minPool is the number of connections that stay open for the next burst; maxPool suits a small machine.
	minPool, maxPool = 4, 64
	// maxConnecting lets a burst open connections faster than the driver's two at a time.
	maxConnecting = 8
)

// Open connects to a database. It does not wait for the server: until the database can be reached,
// every method returns Unavailable. The only error is a URI that cannot be parsed. Close releases the
// connections.
// Timeouts and pool sizes in the URI replace the defaults.
// Reads and writes have majority concern: what was read or acknowledged is not rolled back when the
// primary changes. Reads go to the primary whatever the URI says: after a change was reported, a
// member that is behind would return the old entry. A heartbeat of a second, a tenth of the driver's
// default, detects a new primary soon.
func Open(o Options) (*Store, error) {
	opts := options.Client().
		SetAppName("patternhub").
		SetServerSelectionTimeout(selectionTimeout).SetConnectTimeout(connectTimeout).SetHeartbeatInterval(time.Second).
		SetDialer(dialer{&net.Dialer{}}).
		SetMinPoolSize(minPool).SetMaxPoolSize(maxPool).SetMaxConnecting(maxConnecting).
		ApplyURI(o.URI).
		SetWriteConcern(writeconcern.Majority()).SetReadConcern(readconcern.Majority()).
		SetReadPreference(readpref.Primary()).
		SetBSONOptions(&options.BSONOptions{NilSliceAsEmpty: true})
	if o.Monitor != nil {
		opts.SetMonitor(o.Monitor)
	}
	if o.Pool != nil {
		opts.SetPoolMonitor(o.Pool)
	}
	client, err := mongo.Connect(opts)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	s := &Store{
		client: client, db: client.Database(o.Database), render: o.Render, now: o.Now, committed: o.Committed,
		writing: make(chan struct{}, 1),
	}
	if s.now == nil {
		s.now = time.Now
	}
	s.counter = newCounter(s, o.CountFrom)
	s.graphs = map[content.Perspective]*graph{
		content.Published: newGraph(s.db, "", s.counter),
		content.Drafts:    newGraph(s.db, draftSuffix, s.counter),
	}
	for _, g := range s.graphs {
		g.content.Archive = s
	}
	s.counted = entryNames(s.graphs)
	return s, nil
}

// Close closes all connections.
// It waits for running commands until ctx ends. A second call returns an error.
func (s *Store) Close(ctx context.Context) error {
	return translate("close database", s.client.Disconnect(ctx))
}

// Ping returns an error if the database cannot serve now. It refuses a standalone server, which has
// neither transactions nor change streams.
// Every member answers hello, even without a primary. A mongos has no set name; its message identifies
// it.
func (s *Store) Ping(ctx context.Context) error {
	var hello struct {
		SetName string `bson:"setName"`
		Msg     string `bson:"msg"`
	}
	err := s.db.RunCommand(ctx, bson.D{{Key: "hello", Value: 1}}).Decode(&hello)
	if err != nil {
		return translate("ping database", err)
	}
	if hello.SetName == "" && hello.Msg != router {
		return content.Fault(content.Unavailable, "MONGODB_URI names a standalone server; transactions and change streams need a replica set. See compose.yaml.")
	}
	return nil
}

// router is the message by which a mongos identifies itself.
const router = "isdbgrid"

// Counter returns the counter of the store. It counts nothing until it runs.
func (s *Store) Counter() *Counter { return s.counter }

// At returns one perspective of the content.
// The graph is the same at every call and may be retained. At panics for an unknown perspective.
func (s *Store) At(p content.Perspective) *content.Graph { return &s.graphs[p].content }
