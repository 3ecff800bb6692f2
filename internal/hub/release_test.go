package hub_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"patternhub/internal/content"
	"patternhub/internal/repository"
)

// relaunch makes drafts of two published entries with our word, and a page that is published. It returns the entries
// of a release that publishes the former and unpublishes the latter.
func relaunch(t *testing.T, store *repository.Store) []map[string]any {
	t.Helper()
	page := &content.Page{Meta: content.Meta{Type: content.TypePage, Slug: "goes", Name: "Goes", Summary: "It goes."}}
	if _, err := store.Put(t.Context(), "test", page); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Publish(t.Context(), "test", page.ID()); err != nil {
		t.Fatal(err)
	}
	law, err := store.At(content.Drafts).Laws.PagesBySlugs(t.Context(), []string{"emergent-chaos"})
	if err != nil {
		t.Fatal(err)
	}
	law[0].Name = ours
	if _, err := store.Put(t.Context(), "test", law[0]); err != nil {
		t.Fatal(err)
	}
	return []map[string]any{
		{"id": draft(t, store, "saga").String()}, {"id": law[0].ID().String(), "action": "PUBLISH"}, {"id": page.ID().String(), "action": "UNPUBLISH"},
	}
}

// mustRelease sends a mutation of releases as a publisher and returns the release.
func (s *staffed) mustRelease(t *testing.T, mutation string, vars map[string]any) map[string]any {
	t.Helper()
	payload := s.author(t, content.RolePublisher, mutation, vars)
	release, ok := payload["release"].(map[string]any)
	if !ok {
		t.Fatalf("%s: %v", mutation, payload)
	}
	return release
}

const (
	makeRelease = `mutation($name: String! = "Relaunch", $entries: [ReleaseEntryInput!]!) { releaseCreate(name: $name, entries: $entries) { release { id state entryCount } userErrors { field message code } } }`
	// threeEntries shows what relaunch changes.
	threeEntries = `{ pattern(slug: "saga") { name } law(slug: "emergent-chaos") { name } page(path: "goes") { name } }`
)

// TestReadersSeeAReleaseWhole reads from two replicas, again and again, while one of them publishes a scheduled release
// of three types: each answer is old or new as a whole. Then the release is undone, and readers see that in the same way.
func TestReadersSeeAReleaseWhole(t *testing.T) {
	s := newStaffed(t)
	other := start(t, "--mongodb-uri", s.uri, "--mongodb-database", s.database)
	other.mustHear(t, "^Ready")
	release := s.mustRelease(t, makeRelease, map[string]any{"entries": relaunch(t, s.store(t))})
	// The page was published behind the back of the hubs.
	read := func(hub *staffed) string {
		a, _, err := hub.send(t.Context(), threeEntries, nil)
		if err != nil || len(a.Errors) > 0 {
			t.Errorf("read: %+v, %v", a.Errors, err)
		}
		return fmt.Sprint(a.Data)
	}
	hubs := []*staffed{s, {service: other}}
	for _, hub := range hubs {
		waitUntil(t, func() bool { return strings.Contains(read(hub), "Goes") })
	}
	before := read(s)
	change := func(publish func(), isNew func(string) bool) {
		var all sync.WaitGroup
		for _, hub := range hubs {
			all.Go(func() {
				waitUntil(t, func() bool {
					switch got := read(hub); {
					case isNew(got):
						return true
					case strings.Contains(got, ours) && (strings.Contains(got, "Goes") || strings.Count(got, ours) < 2):
						t.Errorf("half a release: %s", got)
						return true
					}
					return false
				})
			})
		}
		publish()
		all.Wait()
	}
	change(func() {
		soon := time.Now().Add(time.Second).UTC().Format(time.RFC3339Nano)
		s.mustRelease(t, `mutation($id: ID!, $at: DateTime!) { releaseSchedule(id: $id, at: $at) { release { state at } userErrors { message } } }`, map[string]any{"id": release["id"], "at": soon})
	}, func(got string) bool { return strings.Count(got, ours) == 2 && !strings.Contains(got, "Goes") })
	undo := s.mustRelease(t, `mutation($id: ID!) { releaseUndo(id: $id) { release { id undoes gate { userErrors { message } kept effects { count } } } kept userErrors { message } } }`, map[string]any{"id": release["id"]})
	if undo["undoes"] != release["id"] || at(undo, "gate", "effects", "count") == nil {
		t.Errorf("the undo is %v", undo)
	}
	change(func() {
		s.mustRelease(t, `mutation($id: ID!) { releasePublish(id: $id) { release { state } userErrors { message } token } }`, map[string]any{"id": undo["id"]})
	}, func(got string) bool { return got == before })
}

// waitUntil asks until something holds, or the test has failed.
func waitUntil(t *testing.T, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(waitLimit); !holds() && !t.Failed(); {
		if time.Now().After(end) {
			t.Error("it never held")
			return
		}
	}
}

// TestTheUseOfReleases follows a release through its payloads: what is wrong with arguments, the gate, a preview that
// shows it all before it is published, and the list.
func TestTheUseOfReleases(t *testing.T) {
	s := newStaffed(t)
	entries := relaunch(t, s.store(t))
	release := s.mustRelease(t, makeRelease, map[string]any{"entries": entries})
	id, nobody := release["id"].(string), content.ID{Type: content.NonEntryRelease, Key: "nobody"}.String()
	saga := entries[0]["id"].(string)
	for name, tt := range map[string]struct{ mutation, want string }{
		"no such entry":   {`it: releaseCreate(name: "x", entries: [{id: "` + id + `"}]) { userErrors { field code } }`, "map[code:NOT_FOUND field:[entries 0 id]]"},
		"no name":         {`it: releaseCreate(name: " ") { userErrors { field code } }`, "map[code:REQUIRED field:[name]]"},
		"no such release": {`it: releaseUpdate(id: "` + nobody + `") { userErrors { field code } }`, "map[code:NOT_FOUND field:[id]]"},
		"an entry's id":   {`it: releaseUpdate(id: "` + saga + `", name: "x") { userErrors { field code } }`, "map[code:NOT_FOUND field:[id]]"},
		"not in it":       {`it: releaseUpdate(id: "` + id + `", remove: ["` + id + `"]) { userErrors { field code } }`, "map[code:NOT_FOUND field:[remove 0]]"},
		"delete another":  {`it: releaseDelete(id: "` + nobody + `") { userErrors { field code } }`, "map[code:NOT_FOUND field:[id]]"},
		"publish another": {`it: releasePublish(id: "` + saga + `") { userErrors { field code } }`, "map[code:NOT_FOUND field:[id]]"},
		"too early":       {`it: releaseSchedule(id: "` + id + `", at: "2001-01-01T00:00:00Z") { userErrors { field code } }`, "map[code:INVALID field:[at]]"},
		"not scheduled":   {`it: releaseUnschedule(id: "` + id + `") { userErrors { field code } }`, "map[code:INVALID field:[id]]"},
		"not published":   {`it: releaseUndo(id: "` + id + `") { userErrors { field code } }`, "map[code:INVALID field:[id]]"},
		"both":            {`it: previewCreate(ids: ["` + saga + `"], release: "` + id + `") { userErrors { field code } }`, "map[code:INVALID field:[ids]]"},
		"a preview":       {`it: previewCreate(release: "` + nobody + `", minutes: 0) { userErrors { field code } }`, "map[code:INVALID field:[minutes]] map[code:NOT_FOUND field:[release]]"},
	} {
		if got := fmt.Sprint(s.author(t, content.RolePublisher, "mutation { "+tt.mutation+" }", nil)["userErrors"]); got != "["+tt.want+"]" {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
	made := s.author(t, content.RolePreviewer, `mutation($id: ID!) { previewCreate(release: $id) { token preview { release entries { id } } userErrors { message } } }`, map[string]any{"id": id})
	sent := header{"X-Preview-Token", fmt.Sprint(made["token"])}
	if got := fmt.Sprint(made["preview"]); got != "map[entries:[] release:"+id+"]" {
		t.Errorf("the preview is %s", got)
	}
	if got := fmt.Sprint(s.mustSend(t, threeEntries, nil, sent)); strings.Count(got, ours) != 2 || strings.Contains(got, "Goes") {
		t.Errorf("the preview shows %s", got)
	}
	if got := fmt.Sprint(s.mustSend(t, `{ pages(first: 100) { nodes { name } } }`, nil, sent)); strings.Contains(got, "Goes") {
		t.Errorf("the preview lists %s", got)
	}
	gate := fmt.Sprint(s.mustSend(t, `query($id: ID!) { release(id: $id) { gate { userErrors { code } clashes { kind } effects { entries { graph name removed } } } entries { action entry { slug } } } }`, map[string]any{"id": id}, s.as(content.RolePreviewer), header{"X-Perspective", "drafts"}))
	if !strings.Contains(gate, "removed:true") || !strings.Contains(gate, "clashes:[]") || !strings.Contains(gate, "slug:goes") {
		t.Errorf("the gate is %s", gate)
	}
	done := s.mustSend(t, `mutation($id: ID!) { releasePublish(id: $id) { release { state entries { entry { status } } } userErrors { message } token } }`, map[string]any{"id": id}, s.as(content.RolePublisher), header{"X-Perspective", "drafts"})
	if got := fmt.Sprint(at(done, "releasePublish", "release")); got != "map[entries:[map[entry:map[status:PUBLISHED]] map[entry:map[status:PUBLISHED]] map[entry:map[status:DRAFT]]] state:PUBLISHED]" {
		t.Errorf("it is %s", got)
	}
	if a, _, err := s.send(t.Context(), threeEntries, nil, sent); err != nil || a.status != 401 {
		t.Errorf("the preview of a published release: %+v, %v", a, err)
	}
	if node := s.mustSend(t, `query($id: ID!) { node(id: $id) { ... on Release { name } } }`, map[string]any{"id": id}, s.as(content.RolePreviewer)); at(node, "node", "name") != "Relaunch" {
		t.Errorf("the node is %v", node)
	}
	list := fmt.Sprint(s.mustSend(t, `{ releases(first: 1, filter: {state: {in: [PUBLISHED]}}) { totalCount nodes { id name } pageInfo { hasNextPage } } }`, nil, s.as(content.RolePreviewer)))
	if list != "map[releases:map[nodes:[map[id:"+id+" name:Relaunch]] pageInfo:map[hasNextPage:false] totalCount:1]]" {
		t.Errorf("the list is %s", list)
	}
}

// TestReleasesAreForStaff asks for a release and changes it without a role that may.
func TestReleasesAreForStaff(t *testing.T) {
	s := newStaffed(t)
	made := s.mustRelease(t, makeRelease, map[string]any{"name": canary, "entries": []any{}})
	id := made["id"].(string)
	for name, tt := range map[string]struct{ query, reader, previewer string }{
		"release":           {`{ release(id: "` + id + `") { name } }`, "UNAUTHENTICATED", ""},
		"releases":          {`{ releases { nodes { name } totalCount } }`, "UNAUTHENTICATED", ""},
		"node":              {`{ node(id: "` + id + `") { id } }`, "", ""},
		"releaseCreate":     {`mutation { releaseCreate(name: "x") { release { name } } }`, "UNAUTHENTICATED", "FORBIDDEN"},
		"releaseUpdate":     {`mutation { releaseUpdate(id: "` + id + `") { release { name } } }`, "UNAUTHENTICATED", "FORBIDDEN"},
		"releaseDelete":     {`mutation { releaseDelete(id: "` + id + `") { deleted } }`, "UNAUTHENTICATED", "FORBIDDEN"},
		"releasePublish":    {`mutation { releasePublish(id: "` + id + `", validateOnly: true) { userErrors { code } } }`, "UNAUTHENTICATED", "FORBIDDEN"},
		"releaseSchedule":   {`mutation { releaseSchedule(id: "` + id + `", at: "2035-01-01T00:00:00Z") { userErrors { code } } }`, "UNAUTHENTICATED", "FORBIDDEN"},
		"releaseUnschedule": {`mutation { releaseUnschedule(id: "` + id + `") { userErrors { code } } }`, "UNAUTHENTICATED", "FORBIDDEN"},
		"releaseUndo":       {`mutation { releaseUndo(id: "` + id + `") { userErrors { code } } }`, "UNAUTHENTICATED", "FORBIDDEN"},
	} {
		t.Run(name, func(t *testing.T) {
			for want, headers := range map[string][]header{"reader " + tt.reader: nil, "previewer " + tt.previewer: {s.as(content.RolePreviewer)}} {
				a, _, err := s.send(t.Context(), tt.query, nil, headers...)
				if err != nil {
					t.Fatal(err)
				}
				who, code, _ := strings.Cut(want, " ")
				got := ""
				if len(a.Errors) > 0 {
					got = a.Errors[0].Extensions.Code
				}
				if got != code || who == "reader" && strings.Contains(fmt.Sprint(a), canary) {
					t.Errorf("a %s gets %+v, want %q", who, a, code)
				}
			}
		})
	}
}
