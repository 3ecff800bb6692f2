// Package mongotest provides each test with its own MongoDB database, on one private mongod for
// the whole test process. The store is only tested against a real server.
//
// A package that uses it calls Main from its TestMain. Only tests may import this package.
package mongotest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readpref"
	"go.uber.org/goleak"

	"patternhub/internal/mongodb/local"
)

// serverTimeout bounds this package's own commands, so that a lost server soon fails the test.
const serverTimeout = 30 * time.Second

// instance is the server of this test process.
type instance struct {
	mu      sync.Mutex // guards the fields below
	managed bool       // Main runs and will clean up
	uri     string
	dir     string
	server  *local.Server // nil if MONGODB_URI_TEST names one
	client  *mongo.Client // drops the databases
}

// shared is a global variable, because the testing package calls each test with its T alone.
var shared instance

// Main runs the tests of a package, stops its mongod, deletes the data, checks for leaked goroutines
// and exits. Options say which goroutines of libraries may remain:
//
//	func TestMain(m *testing.M) { mongotest.Main(m) }
func Main(m interface{ Run() int }, allowed ...goleak.Option) {
	shared.manage()
	code := m.Run()
	if err := shared.close(); err != nil {
		fmt.Fprintln(os.Stderr, "mongotest:", err)
		code = max(code, 1)
	}
	if code == 0 {
		if err := goleak.Find(allowed...); err != nil {
			fmt.Fprintln(os.Stderr, "mongotest:", err)
			code = 1
		}
	}
	os.Exit(code)
}

// Open returns the address of a MongoDB replica set and the name of a database for this test alone,
// which is dropped when the test ends. The first call starts the server, unless MONGODB_URI_TEST names
// a running one. Without a mongod the test fails with a message that says how to get one: a skipped
// test would look like a passed one.
func Open(t testing.TB) (uri, database string) {
	t.Helper()
	uri, client, err := shared.open(t.Context())
	if err != nil {
		t.Fatalf("mongotest: %v", err)
	}
	uri, database = withTimeout(uri), name(t.Name())
	t.Cleanup(func() {
		// The test's own context has ended by now.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), serverTimeout)
		defer cancel()
		if err := client.Database(database).Drop(ctx); err != nil {
			t.Errorf("mongotest: drop %s: %v", database, err)
		}
	})
	return uri, database
}

// withTimeout returns an address with which a client waits for the server as long as this package does: on a
// busy machine a connection can take seconds. The tests of a lost server start one with Server.
func withTimeout(uri string) string {
	separator := "&"
	if !strings.Contains(uri, "?") {
		uri, separator = strings.TrimSuffix(uri, "/")+"/", "?"
	}
	return fmt.Sprintf("%s%sserverSelectionTimeoutMS=%d", uri, separator, serverTimeout.Milliseconds())
}

// Backup copies the documents of a database into another one of the test, as mongodump and
// mongorestore do, and returns its name.
func Backup(t testing.TB, database string) string {
	t.Helper()
	_, into := Open(t)
	_, client, err := shared.open(t.Context())
	if err != nil {
		t.Fatalf("mongotest: %v", err)
	}
	names, err := client.Database(database).ListCollectionNames(t.Context(), bson.D{})
	if err != nil {
		t.Fatalf("mongotest: list %s: %v", database, err)
	}
	for _, name := range names {
		out := bson.D{{Key: "$out", Value: bson.D{{Key: "db", Value: into}, {Key: "coll", Value: name}}}}
		cur, err := client.Database(database).Collection(name).Aggregate(t.Context(), bson.A{out})
		if err != nil {
			t.Fatalf("mongotest: copy %s: %v", name, err)
		}
		if err := cur.Close(t.Context()); err != nil {
			t.Fatalf("mongotest: copy %s: %v", name, err)
		}
	}
	return into
}

// Server starts a mongod for a test that kills or stops it; it ends with the test. It costs about half
// a second and 150 MB, so other tests use Open.
func Server(t testing.TB) *local.Server {
	t.Helper()
	server, err := local.Start(t.Context(), local.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatalf("mongotest: %v", err)
	}
	t.Cleanup(func() {
		if err := server.Kill(); err != nil {
			t.Errorf("mongotest: %v", err)
		}
	})
	return server
}

// fewOpenFiles returns arguments with which mongod closes idle files soon: every test's database has
// some 500 files, and mongod retains a dropped one for five minutes for snapshot reads.
func fewOpenFiles() []string {
	return []string{
		"--wiredTigerEngineConfigString", "file_manager=(close_idle_time=5,close_scan_interval=2,close_handle_minimum=500)",
	}
}

func (i *instance) manage() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.managed = true
}

// open starts or finds the server once. After a failed start, the next test retries it, so that each
// test reports the reason.
func (i *instance) open(ctx context.Context) (string, *mongo.Client, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if !i.managed {
		return "", nil, errors.New("this package needs func TestMain(m *testing.M) { mongotest.Main(m) }, " +
			"which ends the server and removes its data")
	}
	if i.client != nil {
		return i.uri, i.client, nil
	}
	if err := i.start(ctx); err != nil {
		return "", nil, err
	}
	client, err := mongo.Connect(options.Client().ApplyURI(i.uri).SetMaxPoolSize(2).SetServerSelectionTimeout(serverTimeout))
	if err != nil {
		return "", nil, fmt.Errorf("connect: %w", err)
	}
	if err := client.Ping(ctx, readpref.Primary()); err != nil {
		return "", nil, errors.Join(fmt.Errorf("reach %s: %w", i.uri, err), client.Disconnect(context.WithoutCancel(ctx)))
	}
	i.client = client
	return i.uri, i.client, nil
}

// start returns when there is a server that accepts connections: that of MONGODB_URI_TEST, or one of its own.
func (i *instance) start(ctx context.Context) error {
	if i.uri != "" {
		return nil
	}
	if uri := os.Getenv("MONGODB_URI_TEST"); uri != "" {
		i.uri = uri
		return nil
	}
	dir, err := os.MkdirTemp("", "patternhub-test-")
	if err != nil {
		return fmt.Errorf("make a data folder: %w", err)
	}
	server, err := local.Start(ctx, local.Options{Args: fewOpenFiles(), Dir: dir})
	if err != nil {
		return errors.Join(err, os.RemoveAll(dir))
	}
	i.dir, i.server, i.uri = dir, server, server.URI()
	return nil
}

// close undoes open. It deletes the data, so mongod is killed.
func (i *instance) close() error {
	i.mu.Lock()
	defer i.mu.Unlock()
	var failed []error
	if i.client != nil {
		ctx, cancel := context.WithTimeout(context.Background(), serverTimeout)
		defer cancel()
		failed = append(failed, i.client.Disconnect(ctx))
	}
	if i.server != nil {
		failed = append(failed, i.server.Kill(), os.RemoveAll(i.dir))
	}
	i.client, i.server, i.uri, i.managed = nil, nil, "", false
	return errors.Join(failed...)
}

// name returns a unique database name that begins with the test's name. MongoDB allows 63 bytes and no
// dots, slashes or blanks.
func name(test string) string {
	readable := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		default:
			return '_'
		}
	}, strings.TrimPrefix(test, "Test"))
	// 24 bytes leave room for the 36 of a UUID.
	return readable[:min(len(readable), 24)] + "_" + uuid.NewString()
}
