package hub_test

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"patternhub/internal/content"
)

// forms are the addresses of an entry on the site.
func forms(path string) []string { return []string{path, path + ".md", "/og" + path + ".png"} }

// siteLists are addresses of the site that list entries.
var siteLists = []string{
	"/", "/sitemap.xml", "/feed.atom", "/llms.txt", "/og.png", "/robots.txt",
	"/search?q=" + canary, "/search?q=" + canary[:5], "/search/suggest?q=" + canary[:5],
}

// openAll reads addresses of the site as a reader without a key. It adds what caches compare.
func openAll(t *testing.T, s *service, paths []string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, path := range paths {
		resp, body := s.open(t, path)
		out[path] = fmt.Sprintln(resp.StatusCode, resp.Header.Get("Location"), resp.Header.Get("Etag")) + body
	}
	return out
}

var sitemapPath = regexp.MustCompile(`<loc>https://hub\.example([^<]+)</loc>`)

// TestTheSiteRevealsNoDraft reads the site in all its forms before and after drafts are written: pages,
// lists, feeds, Markdown and pictures. All answers must be equal to the byte, and those of new drafts equal to
// those of what never was. The second time another replica answers, whose cache is empty.
func TestTheSiteRevealsNoDraft(t *testing.T) {
	const address = "--site-url=https://hub.example"
	s := newStaffed(t, address)
	store := s.store(t)
	paths := append([]string{}, siteLists...)
	for _, kind := range content.Types() {
		changed, hidden := anEntry(t, store, kind).Head(), content.Meta{Type: kind, Slug: canary}
		paths = append(append(append(paths, forms(changed.ResourcePath())...), forms(hidden.ResourcePath())...), "/"+kind.Plural())
	}
	_, sitemap := s.open(t, "/sitemap.xml")
	for i, found := range sitemapPath.FindAllStringSubmatch(sitemap, -1) {
		if i%10 == 0 {
			paths = append(paths, found[1])
		}
	}
	before := openAll(t, s.service, paths)
	if n := strings.Count(sitemap, "<loc>"); n < 100 {
		t.Fatalf("the sitemap has %d addresses", n)
	}
	for _, kind := range content.Types() {
		for _, path := range forms(anEntry(t, store, kind).Head().ResourcePath())[1:] {
			if !strings.HasPrefix(before[path], "200") {
				t.Errorf("%s, published, is answered %.100s", path, before[path])
			}
		}
	}
	hideCanaries(t, store)
	other := start(t, "--mongodb-uri", s.uri, "--mongodb-database", s.database, "--limit-restore", "1000000", "--limit-bucket", "100000000", address)
	other.mustHear(t, "^Ready")
	for path, after := range openAll(t, other, paths) {
		if after != before[path] {
			t.Errorf("%s differs once there are drafts: before %.300s, after %.300s", path, before[path], after)
		}
		if strings.Contains(strings.ReplaceAll(after, "q="+canary, ""), canary+" of a change") {
			t.Errorf("%s contains a draft", path)
		}
	}
}

// TestTheSiteForgetsWhatIsWithdrawn checks that an entry that was unpublished or deleted is gone in all forms.
func TestTheSiteForgetsWhatIsWithdrawn(t *testing.T) {
	s := newStaffed(t, "--site-url=https://hub.example")
	const name, slug = "Withdrawn Zebrawood", "withdrawn"
	for how, withdraw := range map[string]string{"unpublished": `mutation($id: ID!) { entryUnpublish(ids: [$id]) { userErrors { code } } }`, "deleted": `mutation($id: ID!) { entryDelete(ids: [$id]) { userErrors { code } } }`} {
		t.Run(how, func(t *testing.T) {
			path := "/" + slug + "-" + how
			a := s.author(t, content.RolePublisher, `mutation($i: PageInput!) { pageCreate(input: $i) { page { id } userErrors { code } } }`,
				map[string]any{"i": map[string]any{"slug": strings.TrimPrefix(path, "/"), "name": name + " " + how, "summary": "A page.", "body": "Text."}})
			id := map[string]any{"id": at(a, "page", "id")}
			s.author(t, content.RolePublisher, `mutation($id: ID!) { entryPublish(ids: [$id]) { userErrors { code } } }`, id)
			seen := openAll(t, s.service, append(forms(path)[1:], "/search/suggest?q=withdrawn"))
			for path, answer := range seen {
				if !strings.HasPrefix(answer, "200") {
					t.Fatalf("%s, published, is answered %.100s", path, answer)
				}
			}
			if !strings.Contains(seen["/search/suggest?q=withdrawn"], name+" "+how) {
				t.Fatalf("the published page is not suggested: %s", seen["/search/suggest?q=withdrawn"])
			}
			s.author(t, content.RolePublisher, withdraw, id)
			for path := range maps.Keys(seen) {
				resp, body := s.open(t, path)
				if path != "/search/suggest?q=withdrawn" && resp.StatusCode != http.StatusNotFound || strings.Contains(body, name+" "+how) {
					t.Errorf("%s is answered %d %s", path, resp.StatusCode, body)
				}
			}
			for path, answer := range openAll(t, s.service, siteLists) {
				if strings.Contains(answer, how+"</") || strings.Contains(answer, slug+"-"+how) {
					t.Errorf("%s still names it", path)
				}
			}
		})
	}
}
