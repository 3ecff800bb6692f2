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

// mustCompany makes and publishes a company of the drill's own and gives its id.
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
		t.Fatalf("%s is not made: %+v %v", slug, a.Errors, a.Data)
	}
	s.mustPublish(t, h, id, slug)
	return id
}

// mustPublish renames and publishes a company and gives the token of the publish.
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

// events reads the revisions of the entry behind a slug off an event stream until ctx ends.
func events(stream *bufio.Scanner, slug string, see func(revision int, reread bool)) error {
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
			see(event.Data.EntryChanged.Revision, event.Data.EntryChanged.Reread)
		}
	}
	return stream.Err()
}

// mustHearChanges makes a change beside a hub, and waits until its answers show it.
func (h *hub) mustHearChanges(ctx context.Context, t *testing.T, s *scene) {
	t.Helper()
	other := ready(t, "--mongodb-uri", s.server.URI())
	slug := fmt.Sprintf("heard-%d", time.Now().UnixNano())
	s.mustCompany(t, other, slug)
	for begun := time.Now(); ; {
		a, err := h.read(ctx, fmt.Sprintf(`{ company(slug: %q) { name } }`, slug))
		if err == nil && a.ok() && a.Data["company"] != nil {
			return
		}
		if time.Since(begun) > within(2*time.Second) {
			t.Fatalf("a change is not heard: %v %+v", err, a)
		}
	}
}

// mustForget makes the server tell a few times that the history of a change stream is lost, as it
// does when a reader was away for longer than the oplog lasts.
func (s *scene) mustForget(t *testing.T) {
	t.Helper()
	s.mustFail(t, bson.D{{Key: "times", Value: 3}})
}

// mustFail sets when the server fails those who follow the change stream.
func (s *scene) mustFail(t *testing.T, mode any) {
	t.Helper()
	s.mustSetFailure(t, mode, bson.D{
		{Key: "failCommands", Value: bson.A{"getMore"}}, // which change streams alone send here
		{Key: "errorCode", Value: 286},                  // ChangeStreamHistoryLost
	})
}

// mustSetFailure sets when and how the server fails, in place of how it failed before.
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

// drillStream cuts the change stream and loses its history while entries are published beside
// the hub: its subscriber misses nothing, sees everything in order, and is told what was read again.
func drillStream(t *testing.T, s *scene) {
	t.Helper()
	writer := ready(t, "--mongodb-uri", s.server.URI())
	id := s.mustCompany(t, writer, "drill-stream")
	h := ready(t, "--mongodb-uri", s.proxy.uri())
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	var mu sync.Mutex
	var seen []int
	told := 0
	var follower sync.WaitGroup
	stream := h.mustStream(ctx, t)
	moved := make(chan struct{}, 1)
	follower.Go(func() {
		err := events(stream, "drill-stream", func(revision int, reread bool) {
			mu.Lock()
			seen = append(seen, revision)
			if reread {
				told++
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
	defer s.mustFail(t, "off") // what is left of it is not for the next drill
	want := 0
	for n := range times(10) {
		switch n % 4 {
		case 1: // cut, and published while nothing can be heard
			s.proxy.Stop()
		case 2:
			s.mustForget(t)
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
				got = len(seen)
				mu.Unlock()
			case <-time.After(within(5 * time.Second)):
				t.Fatalf("%d of %d changes have come: %v", got, want, seen)
			}
		}
	}
	come()
	// The stream may still hand on one change before it breaks, but not several.
	s.mustFail(t, "alwaysOn")
	for n := range 4 {
		s.mustPublish(t, writer, id, fmt.Sprintf("Published out of sight %d", n))
		want++
		come()
	}
	cancel()
	follower.Wait()
	if told == 0 {
		t.Error("nobody was told that changes were read again")
	}
	for i, revision := range seen {
		// The first publish was revision 2, so those of the drill are 3 and up.
		if revision != seen[0]+i {
			t.Fatalf("the revisions came as %v", seen)
		}
	}
	if len(seen) != want {
		t.Errorf("%d changes came, want %d", len(seen), want)
	}
}
