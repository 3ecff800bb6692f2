package hub_test

import (
	"bytes"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"patternhub/internal/mongodb/mongotest"
)

// TestThePageOnMkDocsIsTrue runs the five commands of docs/mkdocs.md on a site.
func TestThePageOnMkDocsIsTrue(t *testing.T) {
	text, err := os.ReadFile("docs/mkdocs.md")
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)```sh\n(.*?)\n```").FindSubmatch(text)
	if block == nil {
		t.Fatal("the page has no commands")
	}
	commands := strings.Split(string(block[1]), "\n")
	if len(commands) != 5 || commands[2] != "patternhub serve" {
		t.Fatalf("the commands are %q", commands)
	}
	uri, database := mongotest.Open(t)
	getenv := func(name string) string {
		return map[string]string{"MONGODB_URI": uri, "MONGODB_DATABASE": database}[name]
	}
	site, err := filepath.Abs("internal/hub/testdata/mkdocs")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	if err := os.CopyFS("my-site", os.DirFS(site)); err != nil {
		t.Fatal(err)
	}
	for _, line := range commands {
		words := strings.Fields(line)
		var out bytes.Buffer
		switch {
		case line == "patternhub serve":
			readSite(t, start(t, "--mongodb-uri", uri, "--mongodb-database", database))
		case words[0] == "patternhub":
			if err := run(t.Context(), words[1:], getenv, &out); err != nil {
				t.Fatalf("%s: %v\n%s", line, err, &out)
			}
			if strings.Contains(out.String(), "note ") || slices.Contains(words, "--publish") && !strings.Contains(out.String(), "4 created, 0 changed, 0 unchanged, 4 files of pages, 4 published") {
				t.Errorf("%s prints %s", line, &out)
			}
		default:
			if found, err := exec.CommandContext(t.Context(), words[0], words[1:]...).CombinedOutput(); err != nil {
				t.Errorf("%s: %v\n%s", line, err, found)
			}
		}
	}
}

// readSite reads the pages of the site and all that they show.
func readSite(t *testing.T, s *service) {
	t.Helper()
	s.mustHear(t, "^Ready")
	shown := regexp.MustCompile(`(?:src|href)="(/[^"#]*)`)
	seen := map[string]bool{}
	for _, page := range []struct{ path, want string }{
		{"/docs", `<a href="/docs" aria-current="page">Start</a>`},
		{"/docs/guide/install", `<details open><summary>Guide</summary>`},
		{"/docs/guide/install", `class="tab-title"`},
		{"/docs/guide/install", `admonition warning`},
		{"/docs/guide/install", `href="/docs/reference/limits#disk"`},
		{"/docs/guide/install", `<a rel="next" href="/docs/guide/delivery">`},
		{"/docs/guide/delivery", `class="footnotes"`},
		{"/docs/guide/delivery", `/flow.svg" alt="The way of a message"`},
		{"/docs/reference/limits", `<a href="https://www.rfc-editor.org/rfc/rfc9110"`},
	} {
		resp, body := s.open(t, page.path)
		if resp.StatusCode != http.StatusOK || !strings.Contains(body, page.want) {
			t.Fatalf("%s is answered %d without %s:\n%s", page.path, resp.StatusCode, page.want, body)
		}
		for _, m := range shown.FindAllStringSubmatch(body, -1) {
			if seen[m[1]] || strings.HasPrefix(m[1], "/playground") {
				continue
			}
			seen[m[1]] = true
			if resp, _ := s.open(t, m[1]); resp.StatusCode != http.StatusOK {
				t.Errorf("%s leads to %s, which is answered %d", page.path, m[1], resp.StatusCode)
			}
		}
	}
}
