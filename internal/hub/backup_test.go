package hub_test

import (
	"fmt"
	"testing"

	"patternhub/internal/content"
	"patternhub/internal/mongodb/mongotest"
)

// TestARestoredBackupServesOn restores a backup after later writes: everything of its time is
// there, including drafts, keys and revisions. Tokens of its time are accepted, and later ones are
// refused as such.
func TestARestoredBackupServesOn(t *testing.T) {
	s := newStaffed(t)
	id := map[string]any{"id": content.ID{Type: content.TypeLaw, Key: "emergent-chaos"}.String()}
	rename := func(name string) {
		id["name"] = name
		s.author(t, content.RoleAuthor, `mutation($id: ID!, $name: String!) { lawUpdate(id: $id, input: {name: $name}) { userErrors { message } } }`, id)
	}
	publish := func() any {
		return s.author(t, content.RolePublisher, `mutation($id: ID!) { entryPublish(ids: [$id]) { token } }`, map[string]any{"id": id["id"]})["token"]
	}
	rename("Before")
	before := publish()
	rename("A draft of then")
	into := mongotest.Backup(t, s.database)
	after := publish()

	restored := &staffed{uri: s.uri, database: into, keys: s.keys}
	restored.service = start(t, "--mongodb-uri", s.uri, "--mongodb-database", into)
	restored.mustHear(t, "^Ready")
	law := `{ law(slug: "emergent-chaos") { name status } }`
	if got := fmt.Sprint(restored.mustSend(t, law, nil)); got != "map[law:map[name:Before status:PUBLISHED]]" {
		t.Errorf("published: %s", got)
	}
	drafts := []header{restored.as(content.RolePreviewer), {"X-Perspective", "drafts"}}
	history := `{ law(slug: "emergent-chaos") { name status revisions { totalCount } } }`
	if got := fmt.Sprint(restored.mustSend(t, history, nil, drafts...)); got != "map[law:map[name:A draft of then revisions:map[totalCount:3] status:CHANGED]]" {
		t.Errorf("drafts: %s", got)
	}
	sync := `query($since: SyncToken) { sync(since: $since) { changes { __typename } } }`
	if got := fmt.Sprint(restored.mustSend(t, sync, map[string]any{"since": before})); got != "map[sync:map[changes:[]]]" {
		t.Errorf("a token of its time returns %s", got)
	}
	a, _, err := restored.send(t.Context(), sync, map[string]any{"since": after})
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Errors) != 1 || a.Errors[0].Extensions.Code != "SYNC_TOKEN_EXPIRED" {
		t.Errorf("a token of a later time returns %+v", a)
	}
	restored.author(t, content.RolePublisher, `mutation($id: ID!) { entryPublish(ids: [$id]) { token } }`, map[string]any{"id": id["id"]})
	if got := fmt.Sprint(restored.mustSend(t, law, nil)); got != "map[law:map[name:A draft of then status:PUBLISHED]]" {
		t.Errorf("after a publish it returns %s", got)
	}
}
