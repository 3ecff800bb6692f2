package hub_test

import (
	"fmt"
	"html"
	"maps"
	"net/http"
	"strings"
	"testing"

	"patternhub/internal/content"
	"patternhub/internal/repository"
)

// ours is a word that only the drafts of a preview contain.
const ours = "bubinga"

// preview makes a preview of entries as a previewer and returns its token.
func (s *staffed) preview(t *testing.T, ids ...content.ID) string {
	t.Helper()
	token, _ := s.author(t, content.RolePreviewer, `mutation($ids: [ID!]!) { previewCreate(ids: $ids) { token userErrors { code } } }`, map[string]any{"ids": texts(ids)})["token"].(string)
	if token == "" {
		t.Fatalf("there is no preview of %v", ids)
	}
	return token
}

// texts returns ids as clients send them.
func texts(ids []content.ID) (out []string) {
	for _, id := range ids {
		out = append(out, id.String())
	}
	return out
}

// with adds a preview token to an address.
func with(token, path string) string {
	if strings.Contains(path, "?") {
		return path + "&preview=" + token
	}
	return path + "?preview=" + token
}

// draft changes the working copy of a pattern so that all that a page shows of it has our word, and returns its id.
func draft(t *testing.T, store *repository.Store, slug string) content.ID {
	t.Helper()
	found, err := store.At(content.Drafts).Patterns.PagesBySlugs(t.Context(), []string{slug})
	if err != nil || found[0] == nil {
		t.Fatalf("read %s: %v", slug, err)
	}
	p := found[0]
	p.Name, p.Summary = ours+" "+p.Name, "A summary with "+ours
	p.Body.Markdown = "# " + ours + "\n\n" + p.Body.Markdown
	if _, err := store.Put(t.Context(), "test", p); err != nil {
		t.Fatal(err)
	}
	return p.ID()
}

// TestNoOtherDraftIsInAPreview asks for everything that the schema offers with the token of one preview, before and
// after other drafts are written: the answers are equal to the byte. Then the entry of the preview has a draft, and
// answers differ only where they show it.
func TestNoOtherDraftIsInAPreview(t *testing.T) {
	s := newStaffed(t, "--limit-mode", "measure")
	store := s.store(t)
	saga := content.ID{Type: content.TypePattern, Key: "saga"}
	if slug := anEntry(t, store, content.TypePattern).Head().Slug; slug == "saga" {
		t.Fatal("the entry of the preview is among those that others change")
	}
	token := header{"X-Preview-Token", s.preview(t, saga)}
	queries := allQueries(t, store)
	before := make([]seen, len(queries))
	for i, q := range queries {
		before[i] = s.see(t, q, token)
		if before[i].etag != "" || before[i].keys != "" {
			t.Fatalf("%s may be stored: %+v", q, before[i])
		}
	}
	if public := s.see(t, queries[0]); public.body != before[0].body || public.etag == "" {
		t.Errorf("without a draft the preview differs from what is published: %.300s", public.body)
	}
	hideCanaries(t, store)
	after := func(stage string, every int, differs func(body string) bool) (shown int) {
		failed := 0
		for i, q := range queries {
			if i%every > 0 {
				continue
			}
			body := s.see(t, q, token).body
			switch {
			case body == before[i].body:
			case differs(body):
				shown++
			default:
				t.Errorf("%s: %.200s\nbefore %.300s\nafter  %.300s", stage, q, before[i].body, body)
				if failed++; failed == 10 {
					t.Fatal("and so on")
				}
			}
			if strings.Contains(body, canary+" of a change") {
				t.Errorf("%s: %.200s shows another draft", stage, q)
			}
		}
		return shown
	}
	after("others' drafts", 1, func(string) bool { return false })
	draft(t, store, "saga")
	if shown := after("its own draft", 5, func(body string) bool { return strings.Contains(body, ours) }); shown < 10 {
		t.Errorf("%d answers of %d show the draft", shown, len(queries))
	}
	for i, q := range queries {
		if i%5 == 0 && strings.Contains(s.see(t, q).body, ours) {
			t.Fatalf("%s: readers see the draft", q)
		}
	}
}

// TestTheSiteOfAPreview reads the site in all its forms with the tokens of two previews, before and after there are
// drafts. Each shows its own draft, and nothing of the other one and of all others.
func TestTheSiteOfAPreview(t *testing.T) {
	s := newStaffed(t, "--site-url=https://hub.example")
	store := s.store(t)
	saga, bulkhead := content.ID{Type: content.TypePattern, Key: "saga"}, content.ID{Type: content.TypePattern, Key: "bulkhead"}
	with1, with2 := s.preview(t, saga), s.preview(t, bulkhead)
	paths := append([]string{"/laws/nope", "/health/saga", "/graph", "/compare?patterns=saga,bulkhead", "/search?q=saga"}, siteLists...)
	for _, kind := range content.Types() {
		changed, hidden := anEntry(t, store, kind).Head(), content.Meta{Type: kind, Slug: canary}
		paths = append(append(append(paths, forms(changed.ResourcePath())...), forms(hidden.ResourcePath())...), "/"+kind.Plural())
	}
	paths = append(append(paths, forms("/patterns/saga")...), forms("/patterns/bulkhead")...)
	read := func(token string) map[string]string {
		out := map[string]string{}
		for _, path := range paths {
			resp, body := s.open(t, with(token, path))
			h := resp.Header
			if h.Get("Cache-Control") != "no-store" || h.Get("Etag") != "" || h.Get("Referrer-Policy") != "no-referrer" || !strings.Contains(h.Get("X-Robots-Tag"), "noindex") {
				t.Errorf("%s: the headers are %v", path, h)
			}
			out[path] = fmt.Sprintln(resp.StatusCode, h.Get("Location")) + body
		}
		return out
	}
	public, before1, before2 := openAll(t, s.service, paths), read(with1), read(with2)
	hideCanaries(t, store)
	draft(t, store, "saga")
	after1, after2 := read(with1), read(with2)
	for path, body := range after1 {
		if body != before1[path] && !strings.Contains(body, ours) && path != "/og/patterns/saga.png" {
			t.Errorf("%s differs and does not show the draft", path)
		}
	}
	for _, path := range []string{"/patterns/saga", "/search?q=saga", "/compare?patterns=saga,bulkhead", "/graph"} {
		if !strings.Contains(after1[path], ours) {
			t.Errorf("%s does not show the draft: %.300s", path, after1[path])
		}
	}
	if after1["/og/patterns/saga.png"] == before1["/og/patterns/saga.png"] {
		t.Error("the picture does not show the draft")
	}
	// The other preview has no draft, so nothing may differ from before.
	if !maps.Equal(after2, before2) {
		for path, body := range after2 {
			if body != before2[path] {
				t.Errorf("with the other token %s differs: %.300s", path, body)
			}
		}
	}
	for path, body := range after1 {
		if strings.Contains(strings.ReplaceAll(body, "q="+canary, ""), canary+" of a change") {
			t.Errorf("%s contains another draft", path)
		}
	}
	if again := openAll(t, s.service, paths); !maps.Equal(again, public) {
		t.Error("what readers get differs after the previews")
	}
}

// TestAPreviewOfANewEntry shows a page that was never published, with its picture and diagrams, and follows its links.
func TestAPreviewOfANewEntry(t *testing.T) {
	s := newStaffed(t, "--site-url=https://hub.example")
	made := s.author(t, content.RoleAuthor, `mutation($i: PageInput!) { pageCreate(input: $i) { page { id } userErrors { code message } } }`, map[string]any{"i": map[string]any{
		"slug": "plans/" + ours, "name": "The " + ours, "summary": "A page.", "body": "[inside](/patterns/saga) [outside](https://example.org/x)\n\n" + diagramOf(t, s),
	}})
	id, err := content.ParseID(at(made, "page", "id").(string))
	if err != nil {
		t.Fatal(err)
	}
	token, other := s.preview(t, id), s.preview(t, content.ID{Type: content.TypePattern, Key: "saga"})
	const path = "/plans/" + ours
	resp, body := s.open(t, with(token, path))
	if resp.StatusCode != http.StatusOK || !strings.Contains(body, "The "+ours) || !strings.Contains(body, `class="preview"`) {
		t.Fatalf("the preview is %d %s", resp.StatusCode, body)
	}
	for _, want := range []string{`href="/patterns/saga?preview=` + token + `"`, `href="https://example.org/x"`, `href="/?preview=` + token + `"`} {
		if !strings.Contains(body, want) {
			t.Errorf("the page has no %s", want)
		}
	}
	found := pictureOf.FindStringSubmatch(body)
	if found == nil {
		t.Fatal("the page has no diagram")
	}
	picture := html.UnescapeString(found[1])
	public := strings.TrimSuffix(picture, "&preview="+token)
	for name, tt := range map[string]struct {
		path   string
		status int
	}{
		"its diagram": {picture, 200}, "its diagram without the token": {public, 404}, "its diagram with another token": {public + "&preview=" + other, 404},
		"its picture": {with(token, "/og"+path+".png"), 200}, "its picture without the token": {"/og" + path + ".png", 404}, "its picture with another token": {with(other, "/og"+path+".png"), 404},
		"its page without the token": {path, 404}, "its page with another token": {with(other, path), 404}, "its Markdown, which is as published": {with(token, path+".md"), 404},
	} {
		if resp, body := s.open(t, tt.path); resp.StatusCode != tt.status || strings.Contains(body, "The "+ours) {
			t.Errorf("%s is answered %d, want %d", name, resp.StatusCode, tt.status)
		}
	}
	if _, list := s.open(t, with(token, "/pages")); strings.Contains(list, ours) {
		t.Error("the page is in the list of what is published")
	}
}

// TestDraftsThatNeedEachOther: the page of a draft that requires another draft says so, unless both are in the preview.
func TestDraftsThatNeedEachOther(t *testing.T) {
	s := newStaffed(t)
	made := s.author(t, content.RoleAuthor, `mutation { companyCreate(input: {slug: "bubinga", name: "The bubinga firm", summary: "A firm.", kind: COMPANY, industry: "Tools"}) { company { id } userErrors { message } } }`, nil)
	company, err := content.ParseID(at(made, "company", "id").(string))
	if err != nil {
		t.Fatal(err)
	}
	made = s.author(t, content.RoleAuthor, `mutation { failureStudyCreate(input: {slug: "bubinga-failed", name: "An outage", summary: "A day.", company: "bubinga", year: 2020, cause: "Load"}) { failureStudy { id } userErrors { message } } }`, nil)
	failure, err := content.ParseID(at(made, "failureStudy", "id").(string))
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		token  string
		status int
		shows  bool
	}{"alone": {s.preview(t, failure), 409, false}, "both": {s.preview(t, failure, company), 200, true}} {
		resp, body := s.open(t, with(tt.token, "/failures/bubinga-failed"))
		if resp.StatusCode != tt.status || strings.Contains(body, "The "+ours) != tt.shows || strings.Contains(body, "An outage") != tt.shows {
			t.Errorf("%s: the page is %d %.2000s", name, resp.StatusCode, body)
		}
	}
}

// diagramOf returns a diagram of the hub's own content, which is drawn already.
func diagramOf(t *testing.T, s *staffed) string {
	t.Helper()
	data := s.mustSend(t, `{ pattern(slug: "circuit-breaker") { body { diagrams { source } } } }`, nil)
	list, _ := at(data, "pattern", "body", "diagrams").([]any)
	if len(list) == 0 {
		t.Fatal("the pattern has no diagram")
	}
	return "```mermaid\n" + at(list[0], "source").(string) + "\n```\n"
}

// TestWhatATokenOfEntriesAllows: the rights are those of a reader, and the token ends on all replicas when it is
// revoked, at once.
func TestWhatATokenOfEntriesAllows(t *testing.T) {
	s := newStaffed(t)
	other := start(t, "--mongodb-uri", s.uri, "--mongodb-database", s.database)
	other.mustHear(t, "^Ready")
	id := draft(t, s.store(t), "saga")
	created := s.author(t, content.RolePreviewer, `mutation($id: ID!) { previewCreate(ids: [$id, $id], minutes: 5) { token preview { name author entries { id } } userErrors { code } } }`, map[string]any{"id": id.String()})
	token, name := created["token"].(string), at(created, "preview", "name").(string)
	if got := fmt.Sprint(at(created, "preview", "entries")); got != "[map[id:"+id.String()+"]]" {
		t.Errorf("it is of %s", got)
	}
	sent := header{"X-Preview-Token", token}
	viewer := s.mustSend(t, `{ viewer { accessRole perspective } pattern(slug: "saga") { status revisions { totalCount } } }`, nil, sent)
	if got, want := fmt.Sprint(viewer), "map[pattern:map[revisions:<nil> status:CHANGED] viewer:map[accessRole:READER perspective:PUBLISHED]]"; got != want {
		t.Errorf("the viewer is %s, want %s", got, want)
	}
	for _, query := range []string{`{ previews { name } }`, `{ brokenReferences { place } }`, `{ entries { totalCount nodes { name } } }`, `mutation { previewTokenCreate { token } }`, `mutation { previewRevoke(name: "x") { revoked } }`} {
		a, _, err := s.send(t.Context(), query, nil, sent)
		if err != nil {
			t.Fatal(err)
		}
		if len(a.Errors) == 0 || a.Errors[0].Extensions.Code != "UNAUTHENTICATED" {
			t.Errorf("%s: %+v", query, a)
		}
	}
	list := fmt.Sprint(s.mustSend(t, `{ previews { name author entries { slug name } } }`, nil, s.as(content.RolePreviewer)))
	if !strings.Contains(list, name) || !strings.Contains(list, "slug:saga") || strings.Contains(list, token) || strings.Contains(list, ours) {
		t.Errorf("the list is %s", list)
	}
	if revoked := s.author(t, content.RolePreviewer, `mutation($name: String!) { previewRevoke(name: $name) { revoked userErrors { code } } }`, map[string]any{"name": name}); revoked["revoked"] != name {
		t.Errorf("the revocation is %v", revoked)
	}
	replica := &staffed{service: other}
	for which, hub := range map[string]*staffed{"its hub": s, "another replica": replica} {
		if a, _, err := hub.send(t.Context(), `{ viewer { accessRole } }`, nil, sent); err != nil || a.status != http.StatusUnauthorized {
			t.Errorf("%s still accepts it: %+v, %v", which, a, err)
		}
		if resp, body := hub.open(t, with(token, "/patterns/saga")); resp.StatusCode != http.StatusNotFound || strings.Contains(body, ours) || !strings.Contains(body, "not available") {
			t.Errorf("%s still shows the page: %d", which, resp.StatusCode)
		}
	}
	for name, tt := range map[string]struct{ mutation, want string }{
		"revoked twice":    {`mutation { it: previewRevoke(name: "` + name + `") { userErrors { field code } } }`, "map[code:NOT_FOUND field:[name]]"},
		"no entries":       {`mutation { it: previewCreate(ids: []) { userErrors { field code } } }`, "map[code:INVALID field:[ids]]"},
		"no such entry":    {`mutation { it: previewCreate(ids: ["` + id.String() + `", "` + content.ID{Type: content.TypeLaw, Key: "nope"}.String() + `"]) { userErrors { field code } } }`, "map[code:NOT_FOUND field:[ids 1]]"},
		"too long":         {`mutation { it: previewCreate(ids: ["` + id.String() + `"], minutes: 10081) { userErrors { field code } } }`, "map[code:INVALID field:[minutes]]"},
		"too many entries": {`mutation { it: previewCreate(ids: [` + strings.Repeat(`"`+id.String()+`", `, 21) + `]) { userErrors { field code } } }`, "map[code:INVALID field:[ids]]"},
	} {
		if got := fmt.Sprint(s.author(t, content.RolePreviewer, tt.mutation, nil)["userErrors"]); got != "["+tt.want+"]" {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
}

// TestPreviewsOfAClosedHub: there a token of entries adds their drafts to what a key may read, and is nothing without
// one. A token for the draft graph shows the site.
func TestPreviewsOfAClosedHub(t *testing.T) {
	s := newStaffed(t, "--anonymous", "off")
	id := draft(t, s.store(t), "saga")
	of := s.preview(t, id)
	whole := s.author(t, content.RolePreviewer, `mutation { previewTokenCreate { token } }`, nil)["token"].(string)
	for name, tt := range map[string]struct {
		path   string
		status int
		shows  bool
	}{
		"of the entry": {with(of, "/patterns/saga"), 401, false}, "nonsense": {with("x", "/patterns/saga"), 401, false}, "of the draft graph": {with(whole, "/patterns/saga"), 200, true}, "none": {"/patterns/saga", 401, false},
	} {
		if resp, body := s.open(t, tt.path); resp.StatusCode != tt.status || strings.Contains(body, ours) != tt.shows {
			t.Errorf("%s: the page is %d", name, resp.StatusCode)
		}
	}
	query := `{ pattern(slug: "saga") { name } }`
	if a, _, err := s.send(t.Context(), query, nil, header{"X-Preview-Token", of}); err != nil || a.status != http.StatusUnauthorized {
		t.Errorf("without a key: %+v, %v", a, err)
	}
	if got := fmt.Sprint(s.mustSend(t, query, nil, header{"X-Preview-Token", of}, s.as(content.RoleReader))); !strings.Contains(got, ours) {
		t.Errorf("with a key: %s", got)
	}
}
