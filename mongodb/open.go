package mongodb

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/event"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
	"go.mongodb.org/mongo-driver/v2/mongo/readpref"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"

	"patternhub/content"
)

// Options says which database to open and what the store needs from above.
type Options struct {
	// URI is the address of a replica set or a mongos.
	URI string
	// Database is the name of the database.
	Database string
	// Render makes a rich text from the Markdown of the entry with that type and slug; Put
	// calls it for every long text.
	Render Render
	// Review tells what keeps a long text that an author writes from being rendered as it is
	// meant; nil for nothing.
	Review func(markdown string) []error
	// Monitor sees every command; nil for none.
	Monitor *Monitor
	// Pool sees what becomes of connections; nil for none.
	Pool *PoolMonitor
	// Committed is told what a write of this replica has changed, before the write returns.
	Committed func([]content.Change)
	// Now gives the time; nil for time.Now.
	Now func() time.Time
}

// Monitor sees commands; it is the driver's own.
type Monitor = event.CommandMonitor

// PoolMonitor sees connections come and go; it is the driver's own.
type PoolMonitor = event.PoolMonitor

// Render makes a rich text from Markdown.
// It must be safe for concurrent use. A text is rendered when it is written, at times within a
// transaction that may be tried again, so it must have no other effect.
type Render func(t content.EntryType, slug, markdown string) content.RichText

// Store is the content.Store on MongoDB. It is safe for concurrent use.
// It holds no content in memory; caching is for those above. After Close its methods answer
// Unavailable.
type Store struct {
	client *mongo.Client
	db     *mongo.Database
	render Render
	review func(markdown string) []error
	now    func() time.Time
	// committed may be nil.
	committed func([]content.Change)
	newKey    func() (string, error)
	graphs    map[content.Perspective]*graph
	// writing admits one write transaction at a time: on one counter they would otherwise
	// retry each other.
	writing chan struct{}
}

const (
	// selectionTimeout bounds the search for a server, so that a lost database is told within a second.
	selectionTimeout = 800 * time.Millisecond
	// connectTimeout bounds a dial, for the same reason.
	connectTimeout = 800 * time.Millisecond
	// minPool keeps connections open for the next burst; maxPool suits a small machine.
	minPool, maxPool = 4, 64
	// maxConnecting lets a burst open connections faster than the driver's two at a time.
	maxConnecting = 8
)

// Open connects to a database. It does not wait for the server: a database that is absent
// now may come, and until then every method answers Unavailable. Close releases it.
// Reads and writes are of the majority: what was once read or acknowledged is not rolled back when
// the primary changes. Reads go to the primary whatever the URI says: an entry from a member that
// is behind the one that told of its change would be taken for the new one. The heartbeat of a
// second, a tenth of the driver's own pause, lets a new primary be found soon. A URI that cannot be
// understood is the only error.
func Open(o Options) (*Store, error) {
	opts := options.Client().ApplyURI(o.URI).
		SetAppName("patternhub").
		SetServerSelectionTimeout(selectionTimeout).SetConnectTimeout(connectTimeout).
		SetMinPoolSize(minPool).SetMaxPoolSize(maxPool).SetMaxConnecting(maxConnecting).
		SetWriteConcern(writeconcern.Majority()).SetReadConcern(readconcern.Majority()).
		SetReadPreference(readpref.Primary()).
		SetHeartbeatInterval(time.Second).
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
		client: client, db: client.Database(o.Database), render: o.Render, review: o.Review, now: o.Now, committed: o.Committed,
		writing: make(chan struct{}, 1),
		newKey: func() (string, error) {
			id, err := uuid.NewV7()
			return id.String(), err
		},
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.review == nil {
		s.review = func(string) []error { return nil }
	}
	s.graphs = map[content.Perspective]*graph{
		content.Published: newGraph(s.db, ""),
		content.Drafts:    newGraph(s.db, draftSuffix),
	}
	for _, g := range s.graphs {
		g.content.Archive = s
	}
	return s, nil
}

// Close ends all connections.
// It waits for commands that are under way until ctx ends. A second call is an error of the driver.
func (s *Store) Close(ctx context.Context) error {
	return translate("close database", s.client.Disconnect(ctx))
}

// Ping tells whether the database can serve now. A standalone server is refused, since it has
// neither transactions nor change streams.
// hello is answered by every member, whether or not there is a primary, and by a mongos, which has
// no set name and is told by its message.
func (s *Store) Ping(ctx context.Context) error {
	var hello struct {
		SetName string `bson:"setName"`
		Msg     string `bson:"msg"`
	}
	err := s.db.RunCommand(ctx, bson.D{{Key: "hello", Value: 1}}).Decode(&hello)
	if err != nil {
		return translate("ping database", err)
	}
	if hello.SetName == "" && hello.Msg != "isdbgrid" {
		return content.Fault(content.Unavailable, "MONGODB_URI names a standalone server; transactions and change streams need a replica set. See compose.yaml.")
	}
	return nil
}

// At gives one perspective of the content.
// The graph is the same at every call and may be kept. A perspective that does not exist panics.
func (s *Store) At(p content.Perspective) *content.Graph { return &s.graphs[p].content }
