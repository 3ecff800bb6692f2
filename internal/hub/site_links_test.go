package hub_test

import (
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"

	"patternhub/internal/mongodb/mongotest"
)

// seedLinks are addresses to which the front page of the documentation site links, with the pages of
// the hub that they lead to. The facts have more of them.
var seedLinks = map[string]string{
	"part1-axioms": "/laws", "part2-pillars": "/pillars", "patterns": "/patterns", "case-studies": "/case-studies",
	"part1-axioms/law1-failure": "/laws/correlated-failure", "part1-axioms/law7-economics": "/laws/economic-reality",
	"part2-pillars/work": "/pillars/work-distribution", "part2-pillars/intelligence": "/pillars/intelligence-distribution",
	"learning-paths/new-graduate": "/roles/new-graduate", "learning-paths/senior-engineer": "/roles/mid-level-engineer",
	"learning-paths/architect": "/roles/senior-engineer", "learning-paths/manager": "/roles/engineering-manager",
	"patterns/event-streaming": "/patterns/event-streaming",
	"excellence/real-world-excellence/elite-engineering/discord-voice": "/case-studies/discord-voice-infrastructure",
	"excellence/pattern-discovery/#wizard":                             "/excellence/pattern-discovery",
	"excellence/pattern-discovery/calculator":                          "/excellence/pattern-discovery/calculator",
}

// TestEveryLinkOfTheSeedPageLeadsSomewhere follows the links of the documentation site's front page, with
// and without a slash at the end, to a page of the hub.
func TestEveryLinkOfTheSeedPageLeadsSomewhere(t *testing.T) {
	raw, err := os.ReadFile("seed/testdata/facts/metrics.json")
	if err != nil {
		t.Fatal(err)
	}
	var facts struct {
		Sections []struct{ Link string }
		Featured []struct{ SeedPath string }
	}
	if err := json.Unmarshal(raw, &facts); err != nil {
		t.Fatal(err)
	}
	links := map[string]string{}
	for _, x := range facts.Sections {
		links[x.Link] = ""
	}
	for _, x := range facts.Featured {
		links[x.SeedPath] = ""
	}
	if len(links) < 12 {
		t.Fatalf("the facts have %d links", len(links))
	}
	for link, to := range seedLinks {
		links[link] = to
	}
	uri, database := mongotest.Open(t)
	s := start(t, "--mongodb-uri", uri, "--mongodb-database", database)
	s.mustHear(t, "^Ready")
	for link, want := range links {
		t.Run(link, func(t *testing.T) {
			path, fragment, _ := strings.Cut(link, "#")
			for _, from := range []string{"/" + strings.Trim(path, "/"), "/" + strings.Trim(path, "/") + "/"} {
				at, status, body := s.follow(t, from)
				if status != http.StatusOK || want != "" && at != want {
					t.Errorf("%s leads to %s with %d, want %s", from, at, status, want)
				}
				if fragment != "" && !strings.Contains(body, ` id="`+fragment+`"`) {
					t.Errorf("%s has no %s", at, fragment)
				}
			}
		})
	}
}

// follow requests a page and follows a few redirects.
func (s *service) follow(t *testing.T, path string) (at string, status int, body string) {
	t.Helper()
	for range 4 {
		resp, text := s.open(t, path)
		to := resp.Header.Get("Location")
		if to == "" {
			return path, resp.StatusCode, text
		}
		path = to
	}
	t.Fatalf("%s redirects for ever", path)
	return "", 0, ""
}
