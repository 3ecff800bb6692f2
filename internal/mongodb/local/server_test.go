package local_test

import (
	"bufio"
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"

	"patternhub/internal/mongodb/local"
)

// unbounded returns a context for calls after the end of a test's own context.
func unbounded() context.Context { return context.Background() }

func mustStart(t *testing.T, options local.Options) *local.Server {
	t.Helper()
	server, err := local.Start(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		// The data is deleted with the test, and an orderly end would take a second.
		if err := server.Kill(); err != nil {
			t.Error(err)
		}
	})
	return server
}

func mustConnect(t *testing.T, uri string) *mongo.Client {
	t.Helper()
	client, err := mongo.Connect(options.Client().ApplyURI(uri).SetWriteConcern(writeconcern.Majority()).
		SetTimeout(20 * time.Second))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := client.Disconnect(unbounded()); err != nil && !errors.Is(err, mongo.ErrClientDisconnected) {
			t.Error(err)
		}
	})
	return client
}

// withCollection connects for one call only: the disconnect of a client that outlives its server
// takes the selection timeout.
func withCollection(t *testing.T, uri string, do func(*mongo.Collection) error) {
	t.Helper()
	client := mustConnect(t, uri)
	if err := do(client.Database("local_test").Collection("things")); err != nil {
		t.Fatal(err)
	}
	if err := client.Disconnect(unbounded()); err != nil {
		t.Fatal(err)
	}
}

func mustInsert(t *testing.T, uri, id string) {
	t.Helper()
	withCollection(t, uri, func(things *mongo.Collection) error {
		_, err := things.InsertOne(t.Context(), bson.D{{Key: "_id", Value: id}})
		return err
	})
}

func mustHave(t *testing.T, uri, id string) {
	t.Helper()
	withCollection(t, uri, func(things *mongo.Collection) error {
		return things.FindOne(t.Context(), bson.D{{Key: "_id", Value: id}}).Err()
	})
}

// mustTake listens on a port of the loopback address, 0 for any, and closes every connection: a mongod
// connects to the port of its old configuration and would wait for a reply.
func mustTake(t *testing.T, port int) (taken int, release func()) {
	t.Helper()
	listener, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			caller, err := listener.Accept()
			if err != nil {
				return
			}
			_ = caller.Close()
		}
	}()
	release = func() {
		_ = listener.Close() // called again at the test's end
		<-done
	}
	t.Cleanup(release)
	return listener.Addr().(*net.TCPAddr).Port, release
}

func mustWrite(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

func TestServerIsAReplicaSet(t *testing.T) {
	server := mustStart(t, local.Options{Dir: t.TempDir()})
	client := mustConnect(t, server.URI())
	collection := client.Database("local_test").Collection("things")
	stream, err := collection.Watch(t.Context(), mongo.Pipeline{})
	if err != nil {
		t.Fatalf("watch: %v", err)
	}
	defer func() { _ = stream.Close(unbounded()) }()
	session, err := client.StartSession()
	if err != nil {
		t.Fatal(err)
	}
	defer session.EndSession(unbounded())
	_, err = session.WithTransaction(t.Context(), func(ctx context.Context) (any, error) {
		return collection.InsertOne(ctx, bson.D{{Key: "_id", Value: "in a transaction"}})
	})
	if err != nil {
		t.Fatalf("transaction: %v", err)
	}
	if !stream.Next(t.Context()) {
		t.Fatalf("the change stream ended: %v", stream.Err())
	}
}

func TestKillAndRestartPreserveDataAndAddress(t *testing.T) {
	server := mustStart(t, local.Options{Dir: t.TempDir()})
	uri := server.URI()
	mustInsert(t, uri, "acknowledged")
	exited := server.Exited()
	if err := server.Kill(); err != nil {
		t.Fatal(err)
	}
	<-exited
	if pid := server.PID(); pid != 0 {
		t.Errorf("process id is %d after the kill, want 0", pid)
	}
	<-server.Exited()
	if err := server.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	if server.URI() != uri {
		t.Errorf("address is %s after the restart, want %s", server.URI(), uri)
	}
	mustHave(t, uri, "acknowledged")
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	if err := server.Close(); err != nil {
		t.Errorf("second close: %v", err)
	}
}

func TestPortIsStoredAndCanChange(t *testing.T) {
	dir := t.TempDir()
	first := mustStart(t, local.Options{Dir: dir})
	mustInsert(t, first.URI(), "moved")
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	again := mustStart(t, local.Options{Dir: dir})
	if again.URI() != first.URI() {
		t.Errorf("address is %s at the second start, want %s", again.URI(), first.URI())
	}
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}

	port, release := mustTake(t, 0)
	release()
	named := mustStart(t, local.Options{Dir: dir, Port: port})
	if !strings.Contains(named.URI(), ":"+strconv.Itoa(port)+"/") {
		t.Errorf("address is %s, want port %d", named.URI(), port)
	}
	mustHave(t, named.URI(), "moved")
	if err := named.Close(); err != nil {
		t.Fatal(err)
	}

	mustTake(t, port)
	elsewhere := mustStart(t, local.Options{Dir: dir})
	if elsewhere.URI() == named.URI() {
		t.Errorf("address is still %s though the port is taken", elsewhere.URI())
	}
	mustHave(t, elsewhere.URI(), "moved")
}

func TestSecondStartOnAFolderIsRefused(t *testing.T) {
	dir := t.TempDir()
	first := mustStart(t, local.Options{Dir: dir})
	_, err := local.Start(t.Context(), local.Options{Dir: dir})
	if !errors.Is(err, local.ErrInUse) {
		t.Fatalf("error is %v, want ErrInUse", err)
	}
	for _, part := range []string{dir, "process id " + strconv.Itoa(first.PID())} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("message %q does not say %q", err, part)
		}
	}
	mustInsert(t, first.URI(), "still served")
}

func TestNamedPortOfAnotherServerIsLeftAlone(t *testing.T) {
	first := mustStart(t, local.Options{Dir: t.TempDir()})
	_, text, err := net.SplitHostPort(strings.TrimSuffix(strings.TrimPrefix(first.URI(), "mongodb://"), "/?replicaSet=patternhub"))
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := local.Start(t.Context(), local.Options{Dir: t.TempDir(), Port: port}); err == nil {
		t.Fatal("a second server started on the port of the first")
	}
	mustInsert(t, first.URI(), "undisturbed")
}

func TestChildDiesWithItsParent(t *testing.T) {
	dir := t.TempDir()
	parent := exec.Command(os.Args[0])
	parent.Env = append(os.Environ(), parentFolder+"="+dir)
	input, err := parent.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = input.Close() }()
	output, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(output).ReadString('\n')
	if _, wrong := strconv.Atoi(strings.TrimSpace(line)); err != nil || wrong != nil {
		t.Fatalf("the parent printed %q (%v), want a process id", line, err)
	}
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait() // the error is that it was killed

	// A running mongod has a lock on the folder, so a successful start proves that the child has
	// ended and left the data intact.
	mustStart(t, local.Options{Dir: dir})
}

func TestStartReportsWhyItFailed(t *testing.T) {
	folder := t.TempDir()
	loader := filepath.Join(folder, "loader")
	mustWrite(t, loader, "#!/bin/sh\necho 'libfoo.so.9: cannot open shared object file' >&2\nexit 127\n", 0o755)
	fatal := filepath.Join(folder, "fatal")
	mustWrite(t, fatal, `#!/bin/sh
echo '{"s":"I","msg":"Hello"}'
echo '{"s":"F","msg":"Disk","attr":{"error":"is full"}}'
echo '{"s":"I","msg":"Bye"}'
exit 14
`, 0o755)
	tests := map[string]struct {
		options local.Options
		parts   []string
	}{
		"a library is missing": {local.Options{Dir: t.TempDir(), Binary: loader}, []string{"127", "libfoo.so.9", "mongod.log"}},
		"a fault in the log":   {local.Options{Dir: t.TempDir(), Binary: fatal}, []string{"14", "Disk", "is full"}},
		"no such binary":       {local.Options{Dir: t.TempDir(), Binary: filepath.Join(folder, "none")}, []string{"none"}},
		"wrong argument":       {local.Options{Dir: t.TempDir(), Args: []string{"--nonsense"}}, []string{"nonsense"}},
		"no folder":            {local.Options{}, []string{"folder"}},
		"a file as folder":     {local.Options{Dir: loader}, []string{loader}},
		"log cannot be opened": {local.Options{Dir: t.TempDir(), Log: folder}, []string{"log"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := local.Start(t.Context(), test.options)
			if err == nil {
				t.Fatal("it started")
			}
			for _, part := range test.parts {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("message %q does not say %q", err, part)
				}
			}
			if strings.Contains(err.Error(), "Bye") {
				t.Errorf("message %q has a line that is not a fault", err)
			}
		})
	}
}

func TestStartEndsWithItsContext(t *testing.T) {
	silent := filepath.Join(t.TempDir(), "silent")
	mustWrite(t, silent, "#!/bin/sh\nexec sleep 600\n", 0o755)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := local.Start(ctx, local.Options{Dir: t.TempDir(), Binary: silent})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("error is %v, want the deadline", err)
	}
}

func TestLongLogIsRotated(t *testing.T) {
	dir := t.TempDir()
	log := filepath.Join(dir, "mongod.log")
	mustWrite(t, log, strings.Repeat("old line\n", 2<<20), 0o600)
	mustStart(t, local.Options{Dir: dir})
	info, err := os.Stat(log)
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() == 0 || info.Size() > 1<<20 {
		t.Errorf("the new log has %d bytes, want 1 to %d", info.Size(), 1<<20)
	}
	if _, err := os.Stat(log + ".old"); err != nil {
		t.Error(err)
	}
}
