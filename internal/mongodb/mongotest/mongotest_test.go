package mongotest_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"patternhub/internal/mongodb/mongotest"
)

// role is the environment variable that makes this test binary misuse the package, for
// TestMisuseFailsWithAMessage.
const role = "PATTERNHUB_TEST_ROLE"

// tests is a testing.M that runs one function.
type tests func() int

func (run tests) Run() int { return run() }

func TestMain(m *testing.M) {
	switch os.Getenv(role) {
	case "unmanaged":
		os.Exit(m.Run())
	case "leaking":
		mongotest.Main(tests(func() int {
			go func() { select {} }()
			return 0
		}))
	}
	mongotest.Main(m)
}

func mustConnect(t *testing.T, uri string) *mongo.Client {
	t.Helper()
	client, err := mongo.Connect(options.Client().ApplyURI(uri).SetTimeout(20 * time.Second))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := client.Disconnect(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return client
}

func mustInsert(t *testing.T, client *mongo.Client, database string) {
	t.Helper()
	_, err := client.Database(database).Collection("things").InsertOne(t.Context(), bson.D{{Key: "_id", Value: 1}})
	if err != nil {
		t.Fatal(err)
	}
}

func databases(t *testing.T, client *mongo.Client) []string {
	t.Helper()
	names, err := client.ListDatabaseNames(t.Context(), bson.D{})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestOpenReturnsADatabaseForEachTest(t *testing.T) {
	uri, outer := mongotest.Open(t)
	client := mustConnect(t, uri)
	mustInsert(t, client, outer)
	var inner, innerURI string
	t.Run("with a name / that is far too long for a database, Ü and all", func(t *testing.T) {
		innerURI, inner = mongotest.Open(t)
		mustInsert(t, client, inner)
	})
	if innerURI != uri {
		t.Errorf("the second address is %s, want the first, %s", innerURI, uri)
	}
	if inner == outer {
		t.Errorf("both tests got %s", inner)
	}
	left := databases(t, client)
	if slices.Contains(left, inner) {
		t.Errorf("%s exists after its test", inner)
	}
	if !slices.Contains(left, outer) {
		t.Errorf("%s is gone before its test has ended", outer)
	}
}

func TestOpenUsesTheNamedServer(t *testing.T) {
	server := mongotest.Server(t)
	output := mustRerun(t, true, "TestOpenReturnsADatabaseForEachTest", "MONGODB_URI_TEST="+server.URI())
	if !strings.Contains(output, "PASS") {
		t.Errorf("the output is %q", output)
	}
	// The oplog of that server has the drop of the test's database.
	oplog := mustConnect(t, server.URI()).Database("local").Collection("oplog.rs")
	if err := oplog.FindOne(t.Context(), bson.D{{Key: "o.dropDatabase", Value: 1}}).Err(); err != nil {
		t.Errorf("the named server was not used: %v", err)
	}
}

func TestMainRemovesItsFiles(t *testing.T) {
	folder := t.TempDir()
	mustRerun(t, true, "TestOpenReturnsADatabaseForEachTest", "TMPDIR="+folder, "TEMP="+folder)
	left, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestMisuseFailsWithAMessage(t *testing.T) {
	cases := map[string]struct {
		test    string
		setting string
		want    string
	}{
		"no Main":           {"TestOpenReturnsADatabaseForEachTest", role + "=unmanaged", "mongotest.Main(m)"},
		"leaked goroutine":  {"None", role + "=leaking", "goroutine"},
		"no mongod":         {"TestOpenReturnsADatabaseForEachTest", "MONGOD=/nowhere/mongod", "/nowhere/mongod"},
		"no private mongod": {"TestServerCanBeKilled", "MONGOD=/nowhere/mongod", "/nowhere/mongod"},
		"invalid address": {
			"TestOpenReturnsADatabaseForEachTest", "MONGODB_URI_TEST=http://127.0.0.1", "mongodb",
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			if output := mustRerun(t, false, test.test, test.setting); !strings.Contains(output, test.want) {
				t.Errorf("the output is %q, want %q in it", output, test.want)
			}
		})
	}
}

func TestServerCanBeKilled(t *testing.T) {
	server := mongotest.Server(t)
	if err := server.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := server.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// mustRerun runs one test in another process, with further environment variables, and returns its
// output.
func mustRerun(t *testing.T, pass bool, test string, settings ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+test+"$")
	cmd.Env = append(os.Environ(), settings...)
	output, err := cmd.CombinedOutput()
	if (err == nil) != pass {
		t.Fatalf("%s with %v: %v\n%s", test, settings, err, output)
	}
	return string(output)
}
