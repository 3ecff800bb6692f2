package drills_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// drillReplicas publishes on one replica and reads on both, first with both caches and then with
// the entity cache only.
func drillReplicas(t *testing.T, s *scene) {
	t.Helper()
	for _, tt := range []struct {
		name string
		args []string
	}{
		{"both caches", nil},
		{"the entity cache", []string{"--response-cache", "off"}},
	} {
		args := append([]string{"--mongodb-uri", s.server.URI()}, tt.args...)
		one, two := ready(t, args...), ready(t, args...)
		lags := s.mustFollow(t, one, two, "drill-replicas-"+strings.ReplaceAll(tt.name, " ", "-"))
		slices.Sort(lags)
		most := lags[len(lags)*99/100]
		t.Logf("with %s the other replica answers anew after %v in the median of %d changes, %v at the 99th percentile, %v at most",
			tt.name, lags[len(lags)/2], len(lags), most, lags[len(lags)-1])
		if most > within(100*time.Millisecond) {
			t.Errorf("with %s one change in a hundred takes %v", tt.name, most)
		}
		one.kill()
		two.kill()
	}
}

// mustFollow publishes on one replica, and returns the times from its answer until the other one
// returns the same answer to a client without a token. Every fourth change is read with its token.
func (s *scene) mustFollow(t *testing.T, one, two *hub, slug string) []time.Duration {
	t.Helper()
	id := s.mustCompany(t, one, slug)
	name := func(h *hub, headers ...string) string {
		a, err := h.read(t.Context(), fmt.Sprintf(`{ company(slug: %q) { name } }`, slug), headers...)
		if err != nil || !a.ok() {
			t.Fatalf("%v %+v", err, a)
		}
		company, _ := a.Data["company"].(map[string]any)
		got, _ := company["name"].(string)
		return got
	}
	var lags []time.Duration
	for n := range repeats(20) {
		want := fmt.Sprintf("Name %d", n)
		name(one) // both replicas cache it
		name(two)
		token := s.mustPublish(t, one, id, want)
		published := time.Now()
		if n%4 == 0 {
			// The replica waits for the write with this token.
			if got := name(two, "X-After: "+token); got != want {
				t.Fatalf("a read with the token of %q returns %q", want, got)
			}
			if got := name(one); got != want {
				t.Fatalf("the replica that wrote %q returns %q", want, got)
			}
			continue
		}
		for name(two) != want {
			if time.Since(published) > within(time.Second) {
				t.Fatalf("the other replica does not return %q after %v", want, time.Since(published))
			}
		}
		lags = append(lags, time.Since(published))
	}
	return lags
}

const publishLaw = `mutation($id: ID!, $name: String!) {
	lawUpdate(id: $id, input: {name: $name}) { userErrors { code message } }
	entryPublish(ids: [$id]) { userErrors { code message } token } }`

// drillLateWrite lets a replica write before it has received an earlier write of another replica. Its
// answers after its own write contain the earlier one too.
func drillLateWrite(t *testing.T, s *scene) {
	t.Helper()
	one, late := ready(t, "--mongodb-uri", s.server.URI()), ready(t, "--mongodb-uri", s.server.URI())
	id := s.mustCompany(t, one, "drill-late")
	const query = `{ company(slug: "drill-late") { name } law(slug: "emergent-chaos") { id name } }`
	read := func() (law, company map[string]any) {
		a, err := late.read(t.Context(), query)
		if err != nil || !a.ok() {
			t.Fatalf("%v %+v", err, a)
		}
		law, _ = a.Data["law"].(map[string]any)
		company, _ = a.Data["company"].(map[string]any)
		return law, company
	}
	defer s.mustFail(t, "off")
	for n := range repeats(5) {
		want := fmt.Sprintf("Name %d", n)
		law, _ := read() // cached
		s.mustDelayLog(t, 300*time.Millisecond)
		s.mustPublish(t, one, id, want)
		a, err := late.write(t.Context(), s.key, publishLaw, map[string]any{"id": law["id"], "name": want})
		if err != nil || !a.ok() {
			t.Fatalf("the law is not published: %v %+v", err, a)
		}
		law, company := read()
		if law["name"] != want {
			t.Fatalf("the replica that wrote %q returns %q", want, law["name"])
		}
		if company["name"] != want {
			t.Fatalf("the replica has its own write but not the earlier one: %q, want %q", company["name"], want)
		}
		s.mustFail(t, "off")
	}
}

// mustDelayLog delays the server's answers to readers of the change log.
func (s *scene) mustDelayLog(t *testing.T, by time.Duration) {
	t.Helper()
	s.mustSetFailure(t, "alwaysOn", bson.D{
		{Key: "failCommands", Value: bson.A{"find"}},
		{Key: "namespace", Value: "patternhub.changes"},
		{Key: "blockConnection", Value: true},
		{Key: "blockTimeMS", Value: by.Milliseconds()},
	})
}

// drillNoStream ends the change streams and prevents new ones: publishes of other replicas arrive
// later, but they arrive.
func drillNoStream(t *testing.T, s *scene) {
	t.Helper()
	one, deaf := ready(t, "--mongodb-uri", s.server.URI()), ready(t, "--mongodb-uri", s.server.URI())
	id := s.mustCompany(t, one, "drill-deaf")
	s.mustSetFailure(t, "alwaysOn", bson.D{
		{Key: "failCommands", Value: bson.A{"aggregate", "getMore"}},
		{Key: "namespace", Value: "patternhub.changes"},
		{Key: "errorCode", Value: 13}, // Unauthorized
	})
	defer s.mustFail(t, "off")
	var lag longest
	for n := range repeats(5) {
		want := fmt.Sprintf("Name %d", n)
		s.mustPublish(t, one, id, want)
		for begun := time.Now(); ; {
			a, err := deaf.read(t.Context(), `{ company(slug: "drill-deaf") { name } }`)
			if err != nil || !a.ok() {
				t.Fatalf("%v %+v", err, a)
			}
			if company, _ := a.Data["company"].(map[string]any); company["name"] == want {
				lag.note(time.Since(begun))
				break
			}
			if time.Since(begun) > within(2*time.Second) {
				t.Fatalf("%q has not arrived after %v", want, time.Since(begun))
			}
		}
	}
	t.Logf("a replica without a change stream answers anew after %v at most", lag.all())
}
