package hub_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"patternhub/internal/content"
)

// author writes with the key of a role and returns the payload.
func (s *staffed) author(t *testing.T, role content.AccessRole, mutation string, variables map[string]any) map[string]any {
	t.Helper()
	for _, payload := range s.mustSend(t, mutation, variables, s.as(role)) {
		return payload.(map[string]any)
	}
	t.Fatalf("%s has no payload", mutation)
	return nil
}

func TestPerspectivesArePropertiesOfRequests(t *testing.T) {
	s := newStaffed(t)
	ask := `{ pattern(slug: "saga") { name status tier { slug } laws { slug } } }`
	published := fmt.Sprint(s.mustSend(t, ask, nil))
	id := content.ID{Type: content.TypePattern, Key: "saga"}.String()
	s.author(t, content.RoleAuthor, `mutation($id: ID!) { patternUpdate(id: $id, input: {name: "Draft", tier: "bronze", laws: ["emergent-chaos"]}) { userErrors { code } } }`, map[string]any{"id": id})
	drafts := header{"X-Perspective", "drafts"}
	token := s.author(t, content.RolePreviewer, `mutation { previewTokenCreate(minutes: 5) { token } }`, nil)["token"].(string)
	want := "map[pattern:map[laws:[map[slug:emergent-chaos]] name:Draft status:CHANGED tier:map[slug:bronze]]]"
	for range 2 { // alternately, so that a cache must not confuse them
		if got := fmt.Sprint(s.mustSend(t, ask, nil, s.as(content.RolePreviewer), drafts)); got != want {
			t.Errorf("drafts by key: %s", got)
		}
		if got := fmt.Sprint(s.mustSend(t, ask, nil, header{"X-Preview-Token", token})); got != want {
			t.Errorf("drafts by token: %s", got)
		}
		for _, who := range []header{{}, s.as(content.RolePreviewer)} {
			if got := fmt.Sprint(s.mustSend(t, ask, nil, who)); got != published {
				t.Errorf("published: %s, want %s", got, published)
			}
		}
	}
	for name, tt := range map[string]struct {
		headers []header
		code    string
	}{
		"drafts without a key":   {[]header{drafts}, "UNAUTHENTICATED"},
		"drafts as a reader":     {[]header{drafts, s.as(content.RoleReader)}, "FORBIDDEN"},
		"another perspective":    {[]header{{"X-Perspective", "future"}}, "BAD_USER_INPUT"},
		"a made-up token":        {[]header{{"X-Preview-Token", "AAAA"}}, "UNAUTHENTICATED"},
		"a token with a bit off": {[]header{{"X-Preview-Token", token[:len(token)-2] + "AA"}}, "UNAUTHENTICATED"},
	} {
		a, _, err := s.send(t.Context(), ask, nil, tt.headers...)
		if err != nil {
			t.Fatal(err)
		}
		if len(a.Errors) != 1 || a.Errors[0].Extensions.Code != tt.code {
			t.Errorf("%s: %+v, want %s", name, a.Errors, tt.code)
		}
	}
	if _, head, err := s.send(t.Context(), ask, nil, header{"X-Preview-Token", token}); err != nil || head.Get("Cache-Control") != "private, no-store" {
		t.Errorf("a preview may be cached: %q, %v", head.Get("Cache-Control"), err)
	}
}

// TestRevokedKeysAndTheirPreviewsEnd checks that both are refused within a second of the revocation.
func TestRevokedKeysAndTheirPreviewsEnd(t *testing.T) {
	s := newStaffed(t)
	token := s.author(t, content.RolePreviewer, `mutation { previewTokenCreate { token } }`, nil)["token"].(string)
	s.mustSend(t, `{ viewer { accessRole } }`, nil, header{"X-Preview-Token", token})
	store := s.store(t)
	keys, err := store.Keys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range keys {
		if k.Role == content.RolePreviewer {
			if _, err := store.RevokeKey(t.Context(), k.Key, time.Now()); err != nil {
				t.Fatal(err)
			}
		}
	}
	revoked := time.Now()
	for name, who := range map[string]header{"key": s.as(content.RolePreviewer), "preview token": {"X-Preview-Token", token}} {
		for {
			a, _, err := s.send(t.Context(), `{ viewer { accessRole } }`, nil, who)
			if err != nil {
				t.Fatal(err)
			}
			if len(a.Errors) > 0 && a.Errors[0].Extensions.Code == "UNAUTHENTICATED" {
				break
			}
			if time.Since(revoked) > 10*time.Second { // tenfold, for a busy machine
				t.Fatalf("the %s is still accepted", name)
			}
		}
	}
}

// TestAnotherReplicaWaitsForTheWrite reads on a second replica with the token of each publish.
func TestAnotherReplicaWaitsForTheWrite(t *testing.T) {
	s := newStaffed(t)
	other := &staffed{service: start(t, "--mongodb-uri", s.uri, "--mongodb-database", s.database)}
	other.mustHear(t, "^Ready")
	id := content.ID{Type: content.TypeLaw, Key: "emergent-chaos"}.String()
	for i := range 10 {
		name := fmt.Sprintf("Name %d", i)
		s.author(t, content.RoleAuthor, `mutation($id: ID!, $name: String!) { lawUpdate(id: $id, input: {name: $name}) { userErrors { code } } }`, map[string]any{"id": id, "name": name})
		token := s.author(t, content.RolePublisher, `mutation($id: ID!) { entryPublish(ids: [$id]) { token } }`, map[string]any{"id": id})["token"].(string)
		got := other.mustSend(t, `{ law(slug: "emergent-chaos") { name } }`, nil, header{"X-After", token})
		if at(got, "law", "name") != name {
			t.Errorf("the other replica returns %v after %s", at(got, "law", "name"), name)
		}
	}
	a, _, err := s.send(t.Context(), `{ laws { id } }`, nil, header{"X-After", "made up"})
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Errors) != 1 || a.Errors[0].Extensions.Code != "BAD_USER_INPUT" {
		t.Errorf("a made-up token returns %+v", a.Errors)
	}
}

// TestSchedulesSurviveARestart schedules a publish, stops the hub before its time and starts two hubs:
// the entry is published once.
func TestSchedulesSurviveARestart(t *testing.T) {
	s := newStaffed(t)
	id := content.ID{Type: content.TypeLaw, Key: "emergent-chaos"}
	s.author(t, content.RoleAuthor, `mutation($id: ID!) { lawUpdate(id: $id, input: {name: "Planned"}) { userErrors { code } } }`, map[string]any{"id": id.String()})
	soon := time.Now().Add(time.Second).UTC().Format(time.RFC3339Nano)
	planned := s.author(t, content.RolePublisher, `mutation($id: ID!, $at: DateTime) { entrySchedulePublish(id: $id, at: $at) { schedule { state } userErrors { message } } }`, map[string]any{"id": id.String(), "at": soon})
	if at(planned, "schedule", "state") != "WAITING" {
		t.Fatalf("planned: %v", planned)
	}
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		again := start(t, "--mongodb-uri", s.uri, "--mongodb-database", s.database)
		again.mustHear(t, "^Ready")
		s.service = again
	}
	ctx, cancel := context.WithTimeout(t.Context(), waitLimit)
	defer cancel()
	for at(s.mustSend(t, `{ law(slug: "emergent-chaos") { name } }`, nil), "law", "name") != "Planned" {
		if ctx.Err() != nil {
			t.Fatal("the schedule was not performed")
		}
	}
	changes, err := s.store(t).Changes(t.Context(), 0, 10_000)
	if err != nil {
		t.Fatal(err)
	}
	published := 0
	for _, c := range changes {
		if c.Type == id.Type && c.Key == id.Key && c.Graph == content.Published {
			published++
		}
	}
	if published != 2 {
		t.Errorf("the entry was published %d times, want once by the seed and once by the schedule", published)
	}
}

// TestAuthoringPageRuns runs docs/authoring.md from top to bottom. A comment in a query names the
// role that sends it; its variables are what earlier queries return.
func TestAuthoringPageRuns(t *testing.T) {
	s := newStaffed(t)
	as, perspective := regexp.MustCompile(`(?m)^# as (\w+)$`), regexp.MustCompile(`(?m)^# X-Perspective: (\w+)$`)
	var got []string
	known := map[string]any{}
	for _, b := range blocks(t) {
		if b.file != "docs/authoring.md" {
			continue
		}
		role := as.FindStringSubmatch(b.query)
		if role == nil {
			t.Fatalf("no role is named for %s", b.query)
		}
		headers := []header{s.as(content.AccessRole(strings.ToUpper(role[1])))}
		if p := perspective.FindStringSubmatch(b.query); p != nil {
			headers = append(headers, header{"X-Perspective", p[1]})
		}
		for name, v := range known {
			if strings.Contains(b.query, "$"+name+":") {
				if b.variables == nil {
					b.variables = map[string]any{}
				}
				b.variables[name] = v
			}
		}
		data := s.mustSend(t, b.query, b.variables, headers...)
		for name, path := range map[string][]string{
			"id": {"patternCreate", "pattern", "id"}, "name": {"previewCreate", "preview", "name"},
			"count": {"entries", "totalCount"}, "digest": {"entries", "digest"}, "token": {"entriesPublish", "token"},
			"release": {"releaseCreate", "release", "id"},
		} {
			if data[path[0]] != nil {
				known[name] = at(data, path...)
			}
		}
		for _, field := range []string{
			"patternCreate", "patternUpdate", "refused", "merged", "entryPublish", "entryScheduleUnpublish", "entryUnpublish", "entryDelete", "entryRestore",
			"entriesPublish", "entriesUndo", "entriesSchedule", "releaseCreate", "releaseUpdate", "releaseSchedule", "releasePublish", "releaseUndo",
			"previewCreate", "previewRevoke", "previewTokenCreate",
		} {
			if payload, ok := data[field].(map[string]any); ok {
				var codes strings.Builder
				for _, e := range payload["userErrors"].([]any) {
					codes.WriteString(" " + fmt.Sprint(at(e, "code")))
				}
				got = append(got, field+codes.String())
			}
		}
	}
	want := "patternCreate, patternUpdate, refused CONFLICT, merged, entryPublish, entryUnpublish, entryScheduleUnpublish, entryUnpublish, entryDelete STILL_REFERENCED, entryRestore, " +
		"entriesPublish, entriesUndo, entriesSchedule, releaseCreate, releaseUpdate, previewCreate, releaseSchedule, releasePublish, releaseUndo, previewCreate, previewRevoke, previewTokenCreate"
	if strings.Join(got, ", ") != want {
		t.Errorf("the page's writes end as\n%s, want\n%s", strings.Join(got, ", "), want)
	}
}
