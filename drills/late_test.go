package drills_test

import (
	"fmt"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
)

const publishLaw = `mutation($id: ID!, $name: String!) {
	lawUpdate(id: $id, input: {name: $name}) { userErrors { code message } }
	entryPublish(ids: [$id]) { userErrors { code message } token } }`

// drillLate lets a replica write while it has not heard yet what the other one wrote before. What
// it answers by then must not stay once it has heard.
func drillLate(t *testing.T, s *scene) {
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
	heard := 0
	for n := range times(5) {
		want := fmt.Sprintf("Name %d", n)
		law, _ := read() // kept
		s.mustDelayLog(t, 300*time.Millisecond)
		s.mustPublish(t, one, id, want)
		a, err := late.write(t.Context(), s.key, publishLaw, map[string]any{"id": law["id"], "name": want})
		if err != nil || !a.ok() {
			t.Fatalf("the law is not published: %v %+v", err, a)
		}
		law, company := read()
		if law["name"] != want {
			t.Fatalf("the replica that wrote %q answers %q", want, law["name"])
		}
		if company["name"] == want {
			heard++ // by chance it was not late
		}
		s.mustFail(t, "off")
		for begun := time.Now(); company["name"] != want; _, company = read() {
			if time.Since(begun) > within(2*time.Second) {
				t.Fatalf("what was answered before the replica heard of %q stays: %q", want, company["name"])
			}
		}
	}
	if heard == times(5) {
		t.Error("the replica was never late")
	}
}

// mustDelayLog makes the server answer those late who read the change log.
func (s *scene) mustDelayLog(t *testing.T, by time.Duration) {
	t.Helper()
	s.mustSetFailure(t, "alwaysOn", bson.D{
		{Key: "failCommands", Value: bson.A{"find"}},
		{Key: "namespace", Value: "patternhub.changes"},
		{Key: "blockConnection", Value: true},
		{Key: "blockTimeMS", Value: by.Milliseconds()},
	})
}

// drillDeaf ends the change streams and lets nobody open another one: what other replicas publish
// comes later, but it comes.
func drillDeaf(t *testing.T, s *scene) {
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
	for n := range times(5) {
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
				t.Fatalf("%q has not come after %v", want, time.Since(begun))
			}
		}
	}
	t.Logf("a replica without a change stream answers anew after %v at most", lag.all())
}
