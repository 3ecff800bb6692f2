package drills_test

import (
	"context"
	"fmt"
	"net"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"patternhub/internal/markdown"
	"patternhub/internal/mongodb"
	"patternhub/internal/mongodb/local"
	"patternhub/internal/repository"
)

// members is the number of servers of the set whose primary changes.
const members = 3

// TestElections lets the primary of three servers step down while authors write: no acknowledged write is
// lost or made twice, and the hub serves again when there is a new primary.
func TestElections(t *testing.T) {
	uri, client := mustSet(t)
	s := &scene{}
	mustRun(t, "seed", "--mongodb-uri", uri)
	s.key, _, _ = strings.Cut(mustRun(t, "keys", "create", "--role", "publisher", "--mongodb-uri", uri), "\n")
	var err error
	s.store, err = repository.Open(mongodb.Options{URI: uri + "&serverSelectionTimeoutMS=30000", Database: "patternhub", Render: markdown.NewRenderer().Render}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.store.Close(context.WithoutCancel(t.Context())) })
	since, l := s.mustLastSeq(t), &ledger{tried: map[string]bool{}}
	h := ready(t, "--mongodb-uri", uri)
	ctx, stop := context.WithTimeout(t.Context(), 5*maxWait)
	defer stop()
	var writers sync.WaitGroup
	for i := range authors {
		writers.Go(func() { s.author(ctx, t, fmt.Sprintf("elected%d", i), l, func() *hub { return h }) })
	}
	var back longest
	await := func() {
		for n := l.acknowledged(); l.acknowledged() < n+10 && ctx.Err() == nil; {
			<-time.After(time.Millisecond)
		}
	}
	for range repeats(2) {
		await()
		// It may answer by closing the connection.
		_ = client.Database("admin").RunCommand(ctx, bson.D{{Key: "replSetStepDown", Value: 5}, {Key: "force", Value: true}}).Err()
		back.note(h.serves(t))
	}
	await()
	stop()
	writers.Wait()
	s.mustMatch(t, l, since)
	t.Logf("%d writes were acknowledged over %d elections; serving again %v after one at most", l.acknowledged(), repeats(2), back.all())
}

// mustSet starts a replica set of several servers and returns its address with a client of it.
func mustSet(t *testing.T) (uri string, client *mongo.Client) {
	t.Helper()
	binary, err := local.Find()
	if err != nil {
		t.Fatal(err)
	}
	var hosts []string
	var config bson.A
	for i := range members {
		host := mustFreeAddress(t)
		_, port, _ := net.SplitHostPort(host)
		cmd := exec.Command(binary, "--dbpath", t.TempDir(), "--replSet", "drill", "--port", port, "--bind_ip", "127.0.0.1", //nolint:noctx // killed below
			"--nounixsocket", "--wiredTigerCacheSizeGB", "0.25", "--oplogSize", "128", "--setParameter", "diagnosticDataCollectionEnabled=false")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
		hosts, config = append(hosts, host), append(config, bson.D{{Key: "_id", Value: i}, {Key: "host", Value: host}})
	}
	first := mustConnect(t, "mongodb://"+hosts[0]+"/?directConnection=true")
	initiate := bson.D{{Key: "replSetInitiate", Value: bson.D{
		{Key: "_id", Value: "drill"},
		{Key: "members", Value: config},
		{Key: "settings", Value: bson.D{{Key: "electionTimeoutMillis", Value: 2000}}},
	}}}
	for end := time.Now().Add(maxWait); ; <-time.After(100 * time.Millisecond) {
		if err = first.Database("admin").RunCommand(t.Context(), initiate).Err(); err == nil {
			break
		}
		if time.Now().After(end) {
			t.Fatal(err)
		}
	}
	uri = "mongodb://" + strings.Join(hosts, ",") + "/?replicaSet=drill"
	client = mustConnect(t, uri)
	for end := time.Now().Add(maxWait); client.Ping(t.Context(), nil) != nil; {
		if time.Now().After(end) {
			t.Fatal("there is no primary")
		}
	}
	return uri, client
}

func mustConnect(t *testing.T, uri string) *mongo.Client {
	t.Helper()
	client, err := mongo.Connect(options.Client().ApplyURI(uri))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Disconnect(context.WithoutCancel(t.Context())) })
	return client
}

// mustFreeAddress returns an address on which nothing listens.
func mustFreeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // closed at once
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
