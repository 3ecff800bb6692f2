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

	"patternhub/mongodb/mongotest"
)

// role is the variable that makes this test binary run one test of a kind that ends a process.
const role = "PATTERNHUB_TEST_ROLE"

// tests is a testing.M whose tests are one function.
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

func TestOpenGivesEachTestItsOwnDatabase(t *testing.T) {
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
		t.Errorf("%s is there after its test", inner)
	}
	if !slices.Contains(left, outer) {
		t.Errorf("%s is gone before its test has ended", outer)
	}
}

func TestOpenUsesTheNamedServer(t *testing.T) {
	server := mongotest.Server(t)
	output := mustRerun(t, true, "TestOpenGivesEachTestItsOwnDatabase", "MONGODB_URI_TEST="+server.URI())
	if !strings.Contains(output, "PASS") {
		t.Errorf("it said %q", output)
	}
	// A database that it made and dropped leaves its mark in the oplog of that server.
	oplog := mustConnect(t, server.URI()).Database("local").Collection("oplog.rs")
	if err := oplog.FindOne(t.Context(), bson.D{{Key: "o.dropDatabase", Value: 1}}).Err(); err != nil {
		t.Errorf("the named server was not used: %v", err)
	}
}

func TestMainLeavesNothingBehind(t *testing.T) {
	folder := t.TempDir()
	mustRerun(t, true, "TestOpenGivesEachTestItsOwnDatabase", "TMPDIR="+folder, "TEMP="+folder)
	left, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestMisuseFailsWithAWord(t *testing.T) {
	cases := map[string]struct {
		test    string
		setting string
		want    string
	}{
		"no Main":           {"TestOpenGivesEachTestItsOwnDatabase", role + "=unmanaged", "mongotest.Main(m)"},
		"a leaked routine":  {"None", role + "=leaking", "goroutine"},
		"no mongod":         {"TestOpenGivesEachTestItsOwnDatabase", "MONGOD=/nowhere/mongod", "/nowhere/mongod"},
		"a private one too": {"TestServerCanBeKilled", "MONGOD=/nowhere/mongod", "/nowhere/mongod"},
		"an address that is none": {
			"TestOpenGivesEachTestItsOwnDatabase", "MONGODB_URI_TEST=http://127.0.0.1", "mongodb",
		},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			if output := mustRerun(t, false, test.test, test.setting); !strings.Contains(output, test.want) {
				t.Errorf("it said %q, want a word of %q", output, test.want)
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

// mustRerun runs one test in a process of its own, with further settings, and gives its output.
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
