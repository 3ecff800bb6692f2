package hub_test

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"

	"patternhub/internal/content"
)

// picture returns the bytes of a picture and its address.
func picture(name string) (data, address string) {
	data = "\x89PNG\r\n\x1a\n" + name
	sum := sha256.Sum256([]byte(data))
	return data, "/assets/" + hex.EncodeToString(sum[:]) + "/" + name
}

// TestFilesAreServedLikeTheirTexts imports a site with a draft, and reads its files as strangers and as holders
// of keys, before and after the draft is published and withdrawn.
func TestFilesAreServedLikeTheirTexts(t *testing.T) {
	s := newStaffed(t)
	open, openURL := picture("open.png")
	secret, secretURL := picture("secret.png")
	t.Chdir(t.TempDir())
	mustWrite(t, "site/mkdocs.yml", "nav:\n  - Home: index.md\n  - Plans:\n      - Zebrawood: secret.md\n")
	mustWrite(t, "site/docs/index.md", "# Home\n\n![Open](open.png)\n")
	mustWrite(t, "site/docs/secret.md", "---\ndraft: true\n---\n# Secret\n\n![Secret](secret.png) ![Open](open.png)\n")
	mustWrite(t, "site/docs/open.png", open)
	mustWrite(t, "site/docs/secret.png", secret)
	s.command(t, "import", "site", "--publish")
	closed := start(t, "--mongodb-uri", s.uri, "--mongodb-database", s.database, "--anonymous", "off")
	closed.mustHear(t, "^Ready")
	read := func(from *service, path, want string, status int, headers ...string) {
		t.Helper()
		resp, body := from.open(t, path, headers...)
		if resp.StatusCode != status || status == http.StatusOK && body != want || status != http.StatusOK && strings.Contains(body, want) {
			t.Errorf("%s is answered %d with %d bytes", path, resp.StatusCode, len(body))
		}
	}
	file := func(url string, headers ...header) any {
		t.Helper()
		hash := strings.Split(url, "/")[2]
		found := s.mustSend(t, `query($h: String!) { file(hash: $h) { url path size mediaType } }`, map[string]any{"h": hash}, headers...)
		if found["file"] == nil {
			return nil
		}
		return at(found, "file", "url")
	}
	read(s.service, openURL, open, http.StatusOK)
	read(s.service, secretURL, secret, http.StatusNotFound)
	read(s.service, secretURL, secret, http.StatusNotFound, "If-None-Match: \""+strings.Split(secretURL, "/")[2]+"\"")
	read(s.service, secretURL, secret, http.StatusNotFound, "Authorization: Bearer "+s.keys[content.RoleReader])
	read(closed, openURL, open, http.StatusUnauthorized)
	read(closed, openURL, open, http.StatusUnauthorized, "If-None-Match: \""+strings.Split(openURL, "/")[2]+"\"")
	if resp, body := s.open(t, "/docs"); !strings.Contains(body, `src="`+openURL+`"`) || strings.Contains(body, "Zebrawood") || strings.Contains(body, "Plans") {
		t.Errorf("the first page is answered %d %s", resp.StatusCode, body)
	}
	if file(openURL) != openURL || file(secretURL) != nil || file(secretURL, s.as(content.RolePreviewer), header{"X-Perspective", "drafts"}) != secretURL {
		t.Error("file does not follow the texts")
	}
	page := s.mustSend(t, `{ page(path: "docs") { body { files { link path url size mediaType } navigation { level title path } } } }`, nil)
	if files := at(page, "page", "body", "files").([]any); len(files) != 1 || at(files[0].(map[string]any), "url") != openURL {
		t.Errorf("the files of the first page are %v", files)
	}
	if nav := at(page, "page", "body", "navigation").([]any); len(nav) != 1 {
		t.Errorf("the navigation is %v", nav)
	}
	mustWrite(t, "site/docs/open.png", open+" in the next edition")
	next, nextURL := picture("open.png")
	next += " in the next edition"
	sum := sha256.Sum256([]byte(next))
	nextURL = "/assets/" + hex.EncodeToString(sum[:]) + nextURL[strings.LastIndexByte(nextURL, '/'):]
	s.command(t, "import", "site")
	read(s.service, openURL, open, http.StatusOK)
	read(s.service, nextURL, next, http.StatusNotFound)
	mustWrite(t, "site/docs/secret.md", "# Secret\n\n![Secret](secret.png) ![Open](open.png)\n")
	s.command(t, "import", "site", "--publish")
	// What another process has published arrives a moment later.
	s.mustSend(t, `mutation { pageCreate(input: {slug: "later", name: "Later", summary: "."}) { token } }`, nil, s.as(content.RolePublisher))
	read(s.service, nextURL, next, http.StatusOK)
	read(s.service, openURL, open, http.StatusNotFound)
	read(s.service, secretURL, secret, http.StatusOK)
	if _, body := s.open(t, "/docs"); !strings.Contains(body, "Zebrawood") {
		t.Errorf("the first page lacks the page that is published now: %s", body)
	}
	id := at(s.mustSend(t, `{ page(path: "docs/secret") { id } }`, nil), "page", "id")
	s.author(t, content.RolePublisher, `mutation($id: ID!) { entryUnpublish(ids: [$id]) { userErrors { code } } }`, map[string]any{"id": id})
	read(s.service, secretURL, secret, http.StatusNotFound)
	read(s.service, nextURL, next, http.StatusOK)
}
