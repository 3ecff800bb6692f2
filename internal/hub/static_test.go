package hub_test

import (
	"bytes"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"patternhub/internal/content"
)

// siteCommands returns the commands of docs/site.md.
func siteCommands(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("docs/site.md")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, m := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
		out = append(out, strings.Split(strings.TrimSpace(m[1]), "\n")...)
	}
	if len(out) != 2 {
		t.Fatalf("the page has the commands %q", out)
	}
	return out
}

// export runs a command of the page, with words of the environment before it, in a folder.
func (s *staffed) export(t *testing.T, line, dir string) string {
	t.Helper()
	vars := map[string]string{"MONGODB_URI": s.uri, "MONGODB_DATABASE": s.database, "ANONYMOUS": "off", "PROFILE": "locked", "SITE": "off"}
	args := strings.Fields(line)
	for ; strings.Contains(args[0], "="); args = args[1:] {
		name, value, _ := strings.Cut(args[0], "=")
		vars[name] = value
	}
	for i := range args {
		args[i] = strings.Replace(args[i], "public", dir, 1)
	}
	var out bytes.Buffer
	if err := run(t.Context(), args[1:], func(name string) string { return vars[name] }, &out); err != nil {
		t.Fatalf("%s: %v\n%s", line, err, &out)
	}
	return out.String()
}

// hosted serves a folder below a path as a static host would.
func hosted(t *testing.T, dir, below string) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle(below+"/", http.StripPrefix(below, http.FileServer(http.Dir(dir))))
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

// written returns the files of a folder that were written since a time.
func written(t *testing.T, dir string, since time.Time) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), ".patternhub-site") {
			return err
		}
		info, err := d.Info()
		if err == nil && info.ModTime().After(since) {
			name, _ := filepath.Rel(dir, path)
			out = append(out, filepath.ToSlash(name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(out)
	return out
}

// TestTheSiteAsFiles exports the hub's own content with the commands of docs/site.md, serves the files and
// crawls them like the site itself: no dead link, fragment or form, and every relation in both directions.
func TestTheSiteAsFiles(t *testing.T) {
	s := newStaffed(t)
	hideCanaries(t, s.store(t))
	commands, dir := siteCommands(t), t.TempDir()
	if said := s.export(t, commands[0], dir); strings.Contains(said, "problem ") || !strings.Contains(said, " 0 removed") {
		t.Errorf("the export says\n%s", said)
	}
	at := hosted(t, dir, "")
	c := crawlAll(t, at, "/")
	checkFiles(t, dir)
	plain := &crawl{pages: map[string]*crawled{}}
	for path, p := range c.pages {
		links := map[string]bool{}
		for to := range maps.Keys(p.links) {
			links[strings.TrimSuffix(to, "/")] = true
		}
		plain.pages[strings.TrimSuffix(path, "/")] = &crawled{status: p.status, links: links}
	}
	plain.checkRelations(t)
	_, sitemap := open(t, at+"/sitemap.xml")
	found := sitemapPath.FindAllStringSubmatch(sitemap, -1)
	if len(found) < 500 {
		t.Errorf("the sitemap has %d addresses", len(found))
	}
	for _, m := range found {
		if resp, _ := open(t, at+m[1]); resp.StatusCode != http.StatusOK {
			t.Errorf("%s of the sitemap is answered %d", m[1], resp.StatusCode)
		}
	}
	for path, want := range map[string]string{
		"/404.html": "There is no page here", "/feed.atom": "https://hub.example/", "/llms.txt": "/patterns/saga.md", "/robots.txt": "Sitemap:",
		"/patterns/saga.md": "name: Saga", "/og/patterns/saga.png": "PNG", "/site.webmanifest": "start_url", "/favicon.ico": "PNG",
		"/patterns/tier=gold/page=2/": "Tier: Gold", "/search/": "needs JavaScript", "/health/trend=rising/": "Pattern health",
	} {
		if resp, body := open(t, at+path); resp.StatusCode != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%s is answered %d and has no %q", path, resp.StatusCode, want)
		}
	}
	s.exportChanges(t, commands[0], dir)
	s.exportBelowAPath(t, commands[1])
}

// exportChanges exports again: without a change, and after one publish.
func (s *staffed) exportChanges(t *testing.T, command, dir string) {
	t.Helper()
	begun := time.Now()
	if said := s.export(t, command, dir); !strings.Contains(said, "files made, 0 written") || !strings.Contains(said, " 0 removed") {
		t.Errorf("the second export says\n%s", said)
	}
	if files := written(t, dir, begun); len(files) > 0 {
		t.Errorf("the second export writes %q", files)
	}
	id := map[string]any{"id": content.ID{Type: content.TypePage, Key: "introduction/getting-started"}.String()}
	s.author(t, content.RolePublisher, `mutation($id: ID!) { pageUpdate(id: $id, input: {slug: "introduction/first-hour", body: "See [nothing](/no/such/page). Zebrawood."}) { userErrors { code } } }`, id)
	s.author(t, content.RolePublisher, `mutation($id: ID!) { entryPublish(ids: [$id]) { userErrors { code } } }`, id)
	said := s.export(t, command, dir)
	files := written(t, dir, begun)
	for _, want := range []string{"introduction/first-hour/index.html", "introduction/first-hour.md", "introduction/getting-started/index.html", "sitemap.xml"} {
		if !slices.Contains(files, want) {
			t.Errorf("%s was not written, but %q", want, files)
		}
	}
	if len(files) > 120 || !strings.Contains(said, "a link to /no/such/page is left out") {
		t.Errorf("%d files were written: %q\n%s", len(files), files, said)
	}
	at := hosted(t, dir, "")
	if _, body := open(t, at+"/introduction/getting-started/"); !strings.Contains(body, `url=/introduction/first-hour/`) {
		t.Errorf("the former address has %s", body)
	}
	if _, body := open(t, at+"/introduction/first-hour/"); !strings.Contains(body, "See nothing. Zebrawood.") {
		t.Errorf("the page has %s", body)
	}
	crawlAll(t, at, "/")
}

// exportBelowAPath exports below a path and without the address of the site.
func (s *staffed) exportBelowAPath(t *testing.T, command string) {
	t.Helper()
	dir := t.TempDir()
	said := s.export(t, command, dir)
	if !strings.Contains(said, "without SITE_URL there is no absolute address") {
		t.Errorf("the export says\n%s", said)
	}
	crawlAll(t, hosted(t, dir, "/docs"), "/docs/")
	for _, name := range []string{"sitemap.xml", "feed.atom", "og.png"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			t.Errorf("there is %s", name)
		}
	}
}

// TestTheSiteAsFilesStandsBelowPathsOnly shows that a base that is no plain path is refused before
// anything is read, and that the error names the option.
func TestTheSiteAsFilesStandsBelowPathsOnly(t *testing.T) {
	dir := t.TempDir()
	for _, wrong := range []string{"docs", "/docs//a", "/docs/../..", "/a?b", "https://hub.example/", "//hub.example", "/a b"} {
		var out bytes.Buffer
		if err := run(t.Context(), []string{"site", dir, "--base", wrong}, func(string) string { return "" }, &out); err == nil || !strings.Contains(err.Error(), "--base") {
			t.Errorf("the base %s is refused with %v", wrong, err)
		}
	}
}

// checkFiles checks that all forms of a copy lead to the search, and that it has nothing of drafts.
func checkFiles(t *testing.T, dir string) {
	t.Helper()
	form, count := regexp.MustCompile(`<form[^>]* action="([^"]*)"`), 0
	for _, file := range written(t, dir, time.Time{}) {
		text, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(text, []byte(canary)) || strings.Contains(file, canary) {
			t.Errorf("%s has something of a draft", file)
		}
		for _, m := range form.FindAllSubmatch(text, -1) {
			if count++; string(m[1]) != "/search/" {
				t.Errorf("%s has a form to %s", file, m[1])
			}
		}
	}
	if count < 500 {
		t.Errorf("there are %d forms", count)
	}
}
