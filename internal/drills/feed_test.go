package drills_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

const publish = `mutation($id: ID!, $name: String!) {
	companyUpdate(id: $id, input: {name: $name}) { company { revision } userErrors { code message } }
	entryPublish(ids: [$id]) { entries { revision } userErrors { code message } token } }`

// mustCompany creates and publishes a company for the drill and returns its id.
func (s *scene) mustCompany(t *testing.T, h *hub, slug string) string {
	t.Helper()
	a, err := h.write(t.Context(), s.key, create, map[string]any{"slug": slug, "once": slug})
	if err != nil {
		t.Fatal(err)
	}
	payload, _ := a.Data["companyCreate"].(map[string]any)
	company, _ := payload["company"].(map[string]any)
	id, _ := company["id"].(string)
	if id == "" {
		t.Fatalf("%s is not created: %+v %v", slug, a.Errors, a.Data)
	}
	s.mustPublish(t, h, id, slug)
	return id
}

// mustPublish renames and publishes a company and returns the token of the publish.
func (s *scene) mustPublish(t *testing.T, h *hub, id, name string) string {
	t.Helper()
	a, err := h.write(t.Context(), s.key, publish, map[string]any{"id": id, "name": name})
	if err != nil {
		t.Fatal(err)
	}
	payload, _ := a.Data["entryPublish"].(map[string]any)
	token, _ := payload["token"].(string)
	if token == "" || len(a.Errors) > 0 {
		t.Fatalf("%s is not published: %+v %v", name, a.Errors, a.Data)
	}
	return token
}

// events reads the revisions of the entry with a slug from an event stream until ctx ends.
func events(stream *bufio.Scanner, slug string, report func(revision int, reread bool)) error {
	for stream.Scan() {
		data, ok := strings.CutPrefix(stream.Text(), "data: ")
		if !ok || data == "" {
			continue
		}
		var event struct {
			Data struct {
				EntryChanged struct {
					Revision int
					Reread   bool
					Entry    struct{ Slug string }
				}
			}
			Errors []any
		}
		if err := json.Unmarshal([]byte(data), &event); err != nil {
			return fmt.Errorf("read %q: %w", data, err)
		}
		if len(event.Errors) > 0 {
			return fmt.Errorf("an event is %s", data)
		}
		if event.Data.EntryChanged.Entry.Slug == slug {
			report(event.Data.EntryChanged.Revision, event.Data.EntryChanged.Reread)
		}
	}
	return stream.Err()
}

// mustReceiveChanges makes a change through the store, and waits until the hub's answers show it.
func (h *hub) mustReceiveChanges(ctx context.Context, t *testing.T, s *scene) {
	t.Helper()
	other := ready(t, "--mongodb-uri", s.server.URI())
	slug := fmt.Sprintf("received-%d", time.Now().UnixNano())
	s.mustCompany(t, other, slug)
	for begun := time.Now(); ; {
		a, err := h.read(ctx, fmt.Sprintf(`{ company(slug: %q) { name } }`, slug))
		if err == nil && a.ok() && a.Data["company"] != nil {
			return
		}
		if time.Since(begun) > within(2*time.Second) {
			t.Fatalf("a change is not received: %v %+v", err, a)
		}
	}
}

// mustLoseHistory makes the server report a few times that the history of a change stream is lost,
// as it does if a reader was away for longer than the oplog lasts.
func (s *scene) mustLoseHistory(t *testing.T) {
	t.Helper()
	s.mustFail(t, bson.D{{Key: "times", Value: 3}})
}

// mustFail sets when the server fails readers of the change stream.
func (s *scene) mustFail(t *testing.T, mode any) {
	t.Helper()
	s.mustSetFailure(t, mode, bson.D{
		{Key: "failCommands", Value: bson.A{"getMore"}}, // only change streams send it here
		{Key: "errorCode", Value: 286},                  // ChangeStreamHistoryLost
	})
}

// mustSetFailure sets when and how the server fails, and replaces the previous setting.
func (s *scene) mustSetFailure(t *testing.T, mode any, how bson.D) {
	t.Helper()
	client, err := mongo.Connect(options.Client().ApplyURI(s.server.URI()))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Disconnect(t.Context()) }()
	err = client.Database("admin").RunCommand(t.Context(), bson.D{
		{Key: "configureFailPoint", Value: "failCommand"}, {Key: "mode", Value: mode}, {Key: "data", Value: how},
	}).Err()
	if err != nil {
		t.Fatal(err)
	}
}

// drillStream cuts the change stream and loses its history while another process publishes entries:
// the hub's subscriber misses nothing, gets everything in order, and is notified of changes that
// were read again.
func drillStream(t *testing.T, s *scene) {
	t.Helper()
	writer := ready(t, "--mongodb-uri", s.server.URI())
	id := s.mustCompany(t, writer, "drill-stream")
	h := ready(t, "--mongodb-uri", s.proxy.uri())
	ctx, cancel := context.WithTimeout(t.Context(), 2*maxWait)
	defer cancel()
	var mu sync.Mutex
	var received []int
	rereads := 0
	var follower sync.WaitGroup
	stream := h.mustStream(ctx, t)
	moved := make(chan struct{}, 1)
	follower.Go(func() {
		err := events(stream, "drill-stream", func(revision int, reread bool) {
			mu.Lock()
			received = append(received, revision)
			if reread {
				rereads++
			}
			mu.Unlock()
			select {
			case moved <- struct{}{}:
			default:
			}
		})
		if err != nil && ctx.Err() == nil {
			t.Error(err)
		}
	})
	defer s.mustFail(t, "off") // the rest of the setting must not affect the next drill
	want := 0
	for n := range repeats(10) {
		switch n % 4 {
		case 1: // cut, with a publish that the stream cannot deliver
			s.proxy.Stop()
		case 2:
			s.mustLoseHistory(t)
		}
		s.mustPublish(t, writer, id, fmt.Sprintf("Published %d", n))
		want++
		if n%4 == 1 {
			s.proxy.mustOpen(t)
		}
	}
	come := func() {
		for got := 0; got < want; {
			select {
			case <-moved:
				mu.Lock()
				got = len(received)
				mu.Unlock()
			case <-time.After(within(5 * time.Second)):
				t.Fatalf("%d of %d changes have arrived: %v", got, want, received)
			}
		}
	}
	come()
	// The stream may still deliver one change before it breaks, but not several.
	s.mustFail(t, "alwaysOn")
	for n := range 4 {
		s.mustPublish(t, writer, id, fmt.Sprintf("Published unobserved %d", n))
		want++
		come()
	}
	cancel()
	follower.Wait()
	if rereads == 0 {
		t.Error("no event reports that changes were read again")
	}
	for i, revision := range received {
		// The first publish is revision 2, so those of the drill begin with 3.
		if revision != received[0]+i {
			t.Fatalf("the revisions arrived as %v", received)
		}
	}
	if len(received) != want {
		t.Errorf("%d changes arrived, want %d", len(received), want)
	}
}
