package hub_test

import (
	"fmt"
	"testing"
	"time"

	"patternhub/internal/content"
	"patternhub/internal/search/searchtest"
)

// TestTheHubGoesOnWithoutItsSearchServer kills the search server of a hub and starts it again. Meanwhile search says
// that it is not available and all else works; afterwards it finds what was published without the server.
func TestTheHubGoesOnWithoutItsSearchServer(t *testing.T) {
	node := searchtest.Cluster(t, 1)[0]
	s := newStaffed(t, "--search-url", node.URL)
	const search = `query($text: String!) { search(query: $text, first: 5) { totalCount nodes { name } } }`
	finds := func(text string, want int) {
		t.Helper()
		for end := time.Now().Add(waitLimit); ; <-time.After(50 * time.Millisecond) {
			a, _, err := s.send(t.Context(), search, map[string]any{"text": text})
			if err != nil {
				t.Fatal(err)
			}
			if len(a.Errors) == 0 && at(a.Data, "search", "totalCount") == float64(want) {
				return
			}
			if time.Now().After(end) {
				t.Fatalf("a search for %s answers %v %+v, want %d", text, a.Data, a.Errors, want)
			}
		}
	}
	finds("quagga", 0)
	s.mustPublishCompany(t, "quagga")
	finds("quagga", 1)

	if err := node.Kill(); err != nil {
		t.Fatal(err)
	}
	for name, query := range map[string]string{
		"search":  `{ search(query: "quagga") { totalCount } }`,
		"suggest": `{ suggest(prefix: "quag") { text } }`,
	} {
		a, _, err := s.send(t.Context(), query, nil)
		if err != nil {
			t.Fatal(err)
		}
		want := "Search is not available right now. Try again in a moment."
		if len(a.Errors) != 1 || a.Errors[0].Extensions.Code != "UNAVAILABLE" || a.Errors[0].Message != want {
			t.Errorf("%s answers %v %+v, want %q", name, a.Data, a.Errors, want)
		}
	}
	begun := time.Now()
	s.mustPublishCompany(t, "wolpertinger")
	got := s.mustSend(t, `{ company(slug: "wolpertinger") { name } companies { totalCount } pattern(slug: "saga") { name } }`, nil)
	if at(got, "company", "name") != "Company wolpertinger" || at(got, "pattern") == nil {
		t.Errorf("without search: %v", got)
	}
	if ready, _ := get(t, s.admin+"/readyz"); ready != 200 {
		t.Errorf("/readyz is %d", ready)
	}
	t.Logf("writing, publishing and reading took %v without the search server", time.Since(begun))

	if err := node.Start(); err != nil {
		t.Fatal(err)
	}
	finds("wolpertinger", 1)
	finds("quagga", 1)
}

// mustPublishCompany writes a company and publishes it.
func (s *staffed) mustPublishCompany(t *testing.T, slug string) {
	t.Helper()
	created := s.author(t, content.RolePublisher, `mutation($slug: String!, $name: String!) {
		companyCreate(input: {slug: $slug, name: $name, summary: "A company.", kind: COMPANY, industry: "Software"}) { company { id } userErrors { message } } }`,
		map[string]any{"slug": slug, "name": "Company " + slug})
	company, ok := created["company"].(map[string]any)
	if !ok {
		t.Fatalf("the company is not written: %v", created)
	}
	published := s.author(t, content.RolePublisher, `mutation($id: ID!) { entryPublish(ids: [$id]) { userErrors { message } } }`, map[string]any{"id": company["id"]})
	if fmt.Sprint(published["userErrors"]) != "[]" {
		t.Fatalf("the company is not published: %v", published)
	}
}
