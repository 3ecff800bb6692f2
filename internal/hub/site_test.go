package hub_test

import (
	"bytes"
	"encoding/json"
	"html"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
	"patternhub/internal/mongodb/mongotest"
	"patternhub/internal/site"
)

// open requests a page and does not follow redirects.
func (s *service) open(t *testing.T, path string, headers ...string) (*http.Response, string) {
	t.Helper()
	return open(t, strings.TrimSuffix(s.url, "/graphql")+path, headers...)
}

// open requests an address and does not follow redirects.
func open(t *testing.T, address string, headers ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

// pagePaths are an address for each pattern of the site's routes, and what its page must contain.
var pagePaths = map[string]struct{ path, want string }{
	"/{$}":                   {"/", "Patterns by tier"},
	"/patterns":              {"/patterns?q=a&tier=gold&category=resilience&order=newest", "Clear all"},
	"/patterns/{slug}":       {"/patterns/circuit-breaker", "Who runs it"},
	"/companies":             {"/companies?kind=company&industry=payments", "Industry: payments"},
	"/companies/{slug}":      {"/companies/netflix", "Patterns it runs"},
	"/case-studies":          {"/case-studies?collection=gaming&scale=large-scale&pattern=caching-strategies&law=cognitive-load&order=recent", "Clear all"},
	"/case-studies/{slug}":   {"/case-studies/amazon-dynamo", "Scale in figures"},
	"/guides":                {"/guides?kind=pattern-pack&order=shortest", "Pattern pack"},
	"/guides/{slug}":         {"/guides/resilience-first", "By scale"},
	"/migrations":            {"/migrations?effort=high&risk=high", "Effort: High"},
	"/migrations/{slug}":     {"/migrations/batch-to-streaming", "How complex is yours?"},
	"/journeys":              {"/journeys?audience=startup&order=success", "Startup to Scale"},
	"/journeys/{slug}":       {"/journeys/startup-to-scale", "Phases"},
	"/learning-paths":        {"/learning-paths?role=new-graduate&order=shortest", "Role: "},
	"/learning-paths/{slug}": {"/learning-paths/foundation-excellence", "Week by week"},
	"/quick-starts":          {"/quick-starts?kind=challenge&order=shortest", "Kind: Challenge"},
	"/quick-starts/{slug}":   {"/quick-starts/for-teams", "Steps"},
	"/practices":             {"/practices?tier=bronze&effort=high", "Tier: "},
	"/practices/{slug}":      {"/practices/two-phase-commit", "Use instead"},
	"/comparisons":           {"/comparisons?q=patterns&order=newest", "Messaging Patterns"},
	"/comparisons/{slug}":    {"/comparisons/messaging-patterns", "Side by side"},
	"/failures":              {"/failures?company=aws&order=recent", "AWS"},
	"/failures/{slug}":       {"/failures/aws-s3-2017", "/companies/aws"},
	"/laws":                  {"/laws", "7 laws"},
	"/laws/{slug}":           {"/laws/correlated-failure", "How it meets the other laws"},
	"/pillars":               {"/pillars", "5 pillars"},
	"/pillars/{slug}":        {"/pillars/work-distribution", "How well patterns fit"},
	"/roles":                 {"/roles", "4 roles"},
	"/roles/{slug}":          {"/roles/new-graduate", "Weeks 1–2"},
	"/tiers":                 {"/tiers", "3 tiers"},
	"/tiers/{slug}":          {"/tiers/gold", "Criteria"},
	"/pages":                 {"/pages?q=pattern", "Pattern Discovery"},
	"/{path...}":             {"/introduction/getting-started", "Five ideas for the first hour"},
	"/compare":               {"/compare?patterns=saga,outbox,cqrs", "Written comparisons"},
	"/wizard":                {"/wizard", "Pattern Selector Tool"},
	"/wizard/{slug}":         {"/wizard/pattern-selector?answer=goal.scale,current-scale.growth&tier=gold&team=3", "left out by a condition"},
	"/wizard/{slug}/advice":  {"/wizard/pattern-selector/advice", "Latency targets"},
	"/calculator":            {"/calculator?patterns=saga,cqrs&migrations=2pc-to-saga&team=6&rate=700", "What changes it most"},
	"/health":                {"/health?tier=gold&order=rising", "Where the numbers are from"},
	"/health/{slug}":         {"/health/saga", "What the score is made of"},
	"/graph":                 {"/graph?relation=prerequisite,complements&from=service-mesh&to=timeout&impact=retry-backoff", "What depends on Retry with Backoff"},
	"/changes":               {"/changes", "<time datetime="},
	"/search":                {"/search?q=circut+braker&type=pattern", "Did you mean"}, //nolint:misspell // as a reader may write it
	"/":                      {"/pattern/circuit-braker", "Perhaps one of these"},
}

var playgroundLink = regexp.MustCompile(`href="/playground/#([^"]+)"`)

// TestPagesAreDocumentsOfReaders asks the document of each page as a reader without a key would, over
// HTTP and within the default limits.
func TestPagesAreDocumentsOfReaders(t *testing.T) {
	uri, database := mongotest.Open(t)
	s := start(t, "--mongodb-uri", uri, "--mongodb-database", database)
	s.mustHear(t, "^Ready")
	for _, pattern := range site.Patterns() {
		t.Run(pattern, func(t *testing.T) {
			page, ok := pagePaths[pattern]
			if !ok {
				t.Fatal("pagePaths has no address for it")
			}
			resp, body := s.open(t, page.path)
			if want := map[bool]int{true: 404, false: 200}[pattern == "/"]; resp.StatusCode != want || !strings.Contains(body, page.want) {
				t.Fatalf("%s: the answer is %d %s", page.path, resp.StatusCode, body)
			}
			link := playgroundLink.FindStringSubmatch(body)
			if link == nil {
				t.Fatalf("%s has no link to its document", page.path)
			}
			values, err := url.ParseQuery(html.UnescapeString(link[1]))
			if err != nil {
				t.Fatal(err)
			}
			sent, err := json.Marshal(map[string]any{"query": values.Get("query"), "variables": json.RawMessage(values.Get("variables"))})
			if err != nil {
				t.Fatal(err)
			}
			answer, err := http.Post(s.url, "application/json", bytes.NewReader(sent))
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			text, err := io.ReadAll(answer.Body)
			if err != nil || answer.StatusCode != http.StatusOK || strings.Contains(string(text), `"errors"`) || !strings.Contains(string(text), `"data":{`) {
				t.Errorf("the document's answer is %d %s, %v", answer.StatusCode, text, err)
			}
		})
	}
}

// TestNextLeadsThroughTheWholeList follows the links to the next pattern from the first to the last, which are
// more than a page of a list has, and the links back.
func TestNextLeadsThroughTheWholeList(t *testing.T) {
	uri, database := mongotest.Open(t)
	s := start(t, "--mongodb-uri", uri, "--mongodb-database", database, "--limit-restore", "1000000", "--limit-bucket", "100000000")
	s.mustHear(t, "^Ready")
	follow := func(path, rel string) (passed []string) {
		link := regexp.MustCompile(`rel="` + rel + `" href="(/patterns/[^"]+)"`)
		for path != "" && len(passed) < 1000 {
			passed = append(passed, path)
			_, body := s.open(t, path)
			path = append(link.FindStringSubmatch(body), "", "")[1]
		}
		return passed
	}
	forth := follow("/patterns/actor-model", "next")
	if len(forth) <= 100 {
		t.Errorf("%d patterns follow each other: %v", len(forth), forth)
	}
	back := follow(forth[len(forth)-1], "prev")
	slices.Reverse(back)
	if d := cmp.Diff(forth, back); d != "" {
		t.Errorf("the way back is another one (-forth +back):\n%s", d)
	}
}

// TestTheSiteShowsWhatIsPublished checks that a page is the same for all readers, unchanged until a publish
// and new right after it.
func TestTheSiteShowsWhatIsPublished(t *testing.T) {
	s := newStaffed(t)
	first, body := s.open(t, "/patterns/circuit-breaker")
	tag := first.Header.Get("Etag")
	if again, other := s.open(t, "/patterns/circuit-breaker", "Authorization: "+s.as(content.RoleAdmin)[1], "Cookie: a=b"); other != body || again.Header.Get("Etag") != tag {
		t.Error("the page differs by reader")
	}
	if same, _ := s.open(t, "/patterns/circuit-breaker", "If-None-Match: "+tag); same.StatusCode != http.StatusNotModified {
		t.Errorf("an unchanged page is answered %d", same.StatusCode)
	}
	id := map[string]any{"id": content.ID{Type: content.TypePattern, Key: "circuit-breaker"}.String()}
	s.author(t, content.RolePublisher, `mutation($id: ID!) { patternUpdate(id: $id, input: {slug: "fuse", summary: "A summary <of> the test."}) { userErrors { code } } }`, id)
	if same, _ := s.open(t, "/patterns/circuit-breaker", "If-None-Match: "+tag); same.StatusCode != http.StatusNotModified {
		t.Errorf("with a draft the page is answered %d", same.StatusCode)
	}
	s.author(t, content.RolePublisher, `mutation($id: ID!) { entryPublish(ids: [$id]) { userErrors { code } } }`, id)
	moved, _ := s.open(t, "/patterns/circuit-breaker", "If-None-Match: "+tag)
	if moved.StatusCode != http.StatusMovedPermanently || moved.Header.Get("Location") != "/patterns/fuse" {
		t.Errorf("the former address is answered %d to %q", moved.StatusCode, moved.Header.Get("Location"))
	}
	if _, body := s.open(t, "/patterns/fuse"); !strings.Contains(body, "A summary &lt;of&gt; the test.") {
		t.Error("the page does not show what was published")
	}
}

func TestTheSiteOfClosedProfiles(t *testing.T) {
	uri, database := mongotest.Open(t)
	manifest := filepath.Join(t.TempDir(), "manifest.json")
	if err := os.WriteFile(manifest, []byte(`{"a": "{ patterns { totalCount } }"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	at := []string{"--mongodb-uri", uri, "--mongodb-database", database}
	for name, c := range map[string]struct {
		args   []string
		status int
		want   string
	}{
		"keys only": {[]string{"--anonymous", "off"}, http.StatusUnauthorized, "Authorization: Bearer"},
		"locked":    {[]string{"--profile", "locked", "--trusted-mode", "enforce", "--trusted-documents", manifest}, http.StatusOK, "Circuit Breaker"},
		"off":       {[]string{"--site", "off"}, http.StatusNotFound, `"status":"not found"`},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, append(at, c.args...)...)
			s.mustHear(t, "^Ready")
			resp, body := s.open(t, "/patterns/circuit-breaker")
			if resp.StatusCode != c.status || !strings.Contains(body, c.want) || (c.status == http.StatusUnauthorized && strings.Contains(body, "Circuit")) {
				t.Errorf("the answer is %d %s", resp.StatusCode, body)
			}
			if strings.Contains(body, "/playground") && name == "locked" {
				t.Error("a locked hub links to its playground")
			}
		})
	}
}

// pictureOf matches the address of a drawn diagram in a page.
var pictureOf = regexp.MustCompile(`src="(/diagrams/[^"]+)"`)

func TestDiagramsAreServedWhileTheirEntryIsPublished(t *testing.T) {
	s := newStaffed(t)
	_, body := s.open(t, "/patterns/circuit-breaker")
	found := pictureOf.FindStringSubmatch(body)
	if found == nil {
		t.Fatal("the page has no picture")
	}
	picture := html.UnescapeString(found[1])
	resp, svg := s.open(t, picture)
	if resp.StatusCode != http.StatusOK || !strings.HasPrefix(svg, "<svg") {
		t.Fatalf("the picture is answered %d %s", resp.StatusCode, svg)
	}
	elsewhere, _, _ := strings.Cut(picture, "?")
	if resp, _ := s.open(t, elsewhere+"?in=%2Fpatterns%2Fsaga"); resp.StatusCode != http.StatusNotFound {
		t.Errorf("as a picture of another entry it is answered %d", resp.StatusCode)
	}
	id := map[string]any{"id": content.ID{Type: content.TypePattern, Key: "circuit-breaker"}.String()}
	s.author(t, content.RolePublisher, `mutation($id: ID!) { patternUpdate(id: $id, input: {body: "Without a diagram."}) { userErrors { code } } }`, id)
	s.author(t, content.RolePublisher, `mutation($id: ID!) { entryPublish(ids: [$id]) { userErrors { code } } }`, id)
	if resp, _ := s.open(t, picture); resp.StatusCode != http.StatusNotFound {
		t.Errorf("after the diagram was withdrawn it is answered %d", resp.StatusCode)
	}
}
