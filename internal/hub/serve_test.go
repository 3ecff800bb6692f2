package hub_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"patternhub/internal/mongodb/local"
	"patternhub/internal/mongodb/mongotest"
)

func TestTheHubServesItsNumbers(t *testing.T) {
	s := seeded(t)
	data := s.mustAsk(t, `{
		patterns { totalCount } enhanced: patterns(filter: {enhanced: true}) { totalCount }
		companies { totalCount } caseStudies { totalCount } practices { totalCount } failures { totalCount } guides { totalCount }
		learningPaths { totalCount } migrations { totalCount } quickStarts { totalCount } comparisons { totalCount } journeys { totalCount } pages { totalCount }
	}`, nil)
	for field, want := range map[string]float64{
		"patterns": 101, "enhanced": 57, "companies": 191, "caseStudies": 91, "practices": 62, "failures": 3, "guides": 16,
		"learningPaths": 15, "migrations": 23, "quickStarts": 6, "comparisons": 5, "journeys": 4, "pages": 12,
	} {
		if got := at(data, field, "totalCount"); got != want {
			t.Errorf("%s: %v, want %v", field, got, want)
		}
	}
	var tiers []float64
	for _, tier := range s.mustAsk(t, `{ tiers { patterns { totalCount } } }`, nil)["tiers"].([]any) {
		tiers = append(tiers, at(tier, "patterns", "totalCount").(float64))
	}
	if fmt.Sprint(tiers) != "[38 38 25]" {
		t.Errorf("tiers have %v patterns", tiers)
	}
	rest := s.mustAsk(t, `{ laws { slug } pillars { slug } roles { slug } }`, nil)
	for field, want := range map[string]int{"laws": 7, "pillars": 5, "roles": 4} {
		if got := len(rest[field].([]any)); got != want {
			t.Errorf("%s: %d, want %d", field, got, want)
		}
	}
}

func TestEveryListWalksBothWays(t *testing.T) {
	s := seeded(t)
	for _, field := range []string{"patterns", "companies", "caseStudies", "practices", "failures", "guides", "learningPaths", "migrations", "quickStarts", "comparisons", "journeys", "pages"} {
		t.Run(field, func(t *testing.T) {
			forward := s.walk(t, field, "first", "after", "hasNextPage", "endCursor")
			backward := s.walk(t, field, "last", "before", "hasPreviousPage", "startCursor")
			if len(forward) != len(backward) {
				t.Fatalf("%d forward, %d backward", len(forward), len(backward))
			}
			for i, slug := range forward {
				if backward[len(backward)-1-i] != slug {
					t.Fatalf("position %d is %s forward and %s backward", i, slug, backward[len(backward)-1-i])
				}
			}
		})
	}
}

// walk reads a list page by page; with backward pages the result is in reverse.
func (s *service) walk(t *testing.T, field, size, cursor, more, next string) []string {
	t.Helper()
	query := fmt.Sprintf(`query($c: String) { %s(%s: 9, %s: $c) { nodes { slug } pageInfo { %s %s } totalCount } }`, field, size, cursor, more, next)
	var out []string
	var c any
	for range 100 {
		list := at(s.mustAsk(t, query, map[string]any{"c": c}), field)
		nodes := at(list, "nodes").([]any)
		for i := range nodes {
			n := nodes[i]
			if size == "last" {
				n = nodes[len(nodes)-1-i]
			}
			out = append(out, at(n, "slug").(string))
		}
		if at(list, "pageInfo", more) != true {
			if total := at(list, "totalCount").(float64); int(total) != len(out) {
				t.Errorf("%d of %v were walked", len(out), total)
			}
			return out
		}
		c = at(list, "pageInfo", next)
	}
	t.Fatal("the walk does not end")
	return nil
}

func TestWrongArgumentsHaveCodeAndPath(t *testing.T) {
	s := seeded(t)
	foreign := at(s.mustAsk(t, `{ companies(first: 1) { pageInfo { endCursor } } }`, nil), "companies", "pageInfo", "endCursor")
	for query, code := range map[string]string{
		`{ patterns(first: 0) { totalCount } }`:                                      "BAD_USER_INPUT",
		`{ patterns(first: -1) { totalCount } }`:                                     "BAD_USER_INPUT",
		`{ patterns(first: 101) { totalCount } }`:                                    "BAD_USER_INPUT",
		`{ patterns(first: 1, last: 1) { totalCount } }`:                             "BAD_USER_INPUT",
		`{ patterns(after: "x") { totalCount } }`:                                    "BAD_USER_INPUT",
		fmt.Sprintf(`{ patterns(after: %q) { totalCount } }`, foreign):               "BAD_USER_INPUT",
		`{ node(id: "x") { id } }`:                                                   "GRAPHQL_VALIDATION_FAILED",
		`{ patterns(filter: {nope: 1}) { totalCount } }`:                             "GRAPHQL_VALIDATION_FAILED",
		`{ patterns(filter: {not: {not: {not: {not: {not: {}}}}}}) { totalCount } }`: "BAD_USER_INPUT",
		`{ nope }`: "GRAPHQL_VALIDATION_FAILED",
		`{`:        "GRAPHQL_PARSE_FAILED",
	} {
		t.Run(query, func(t *testing.T) {
			a, err := s.ask(t.Context(), query, nil)
			if err != nil {
				t.Fatal(err)
			}
			if len(a.Errors) == 0 || a.Errors[0].Extensions.Code != code {
				t.Fatalf("errors are %+v, want %s", a.Errors, code)
			}
			if code == "BAD_USER_INPUT" && len(a.Errors[0].Path) == 0 {
				t.Errorf("no path: %+v", a.Errors[0])
			}
		})
	}
	if got := s.mustAsk(t, `{ pattern(slug: "none") { slug } entry(path: "/patterns/none") { id } page(path: "none") { slug } }`, nil); got["pattern"] != nil || got["entry"] != nil || got["page"] != nil {
		t.Errorf("missing entries are %v", got)
	}
}

func TestHealthAndPages(t *testing.T) {
	s := seeded(t)
	base := strings.TrimSuffix(s.url, "/graphql")
	for path, want := range map[string]int{"/livez": 200, "/readyz": 200, "/": 200, "/playground/": 200, "/none": 404} {
		if got, body := get(t, base+path); got != want {
			t.Errorf("%s: %d, want %d: %s", path, got, want, body)
		}
	}
	for _, path := range []string{"/metrics", "/statz", "/readyz", "/livez"} {
		if got, _ := get(t, s.admin+path); got != http.StatusOK {
			t.Errorf("admin %s: %d", path, got)
		}
	}
}

func TestSecondStartWritesNothing(t *testing.T) {
	uri, database := mongotest.Open(t)
	args := []string{"--mongodb-uri", uri, "--mongodb-database", database}
	first := start(t, args...)
	first.mustHear(t, fmt.Sprintf("^Seed: %d created, 0 changed, 0 unchanged", seedSize(t)))
	changes := first.mustHear(t, `^Ready: (\d+) changes`)
	if err := first.stop(); err != nil {
		t.Fatal(err)
	}
	second := start(t, args...)
	if again := second.mustHear(t, `^Ready: (\d+) changes`); again != changes {
		t.Errorf("%s changes after a second start, %s before", again, changes)
	}
	var out bytes.Buffer
	if err := run(t.Context(), append([]string{"seed"}, args...), func(string) string { return "" }, &out); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), fmt.Sprintf("0 created, 0 changed, %d unchanged", seedSize(t))) {
		t.Errorf("a second seed prints %s", out.String())
	}
}

func TestAbsentDatabase(t *testing.T) {
	s := start(t, "--mongodb-uri", "mongodb://127.0.0.1:1/?replicaSet=none")
	base := strings.TrimSuffix(s.url, "/graphql")
	if got, _ := get(t, base+"/livez"); got != http.StatusOK {
		t.Errorf("/livez: %d", got)
	}
	if got, _ := get(t, base+"/readyz"); got != http.StatusServiceUnavailable {
		t.Errorf("/readyz: %d", got)
	}
	a, err := s.ask(t.Context(), `{ patterns { totalCount } }`, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Errors) == 0 || a.Errors[0].Extensions.Code != "UNAVAILABLE" {
		t.Errorf("errors are %+v, want UNAVAILABLE", a.Errors)
	}
}

// TestLostDatabaseIsReportedAndRecovers kills mongod under load: until it is back, every answer is
// UNAVAILABLE, and then the hub recovers by itself.
func TestLostDatabaseIsReportedAndRecovers(t *testing.T) {
	server := mongotest.Server(t)
	s := start(t, "--mongodb-uri", server.URI(), "--response-cache", "off", "--entity-cache", "off", "--limit-restore", "1000000", "--limit-bucket", "100000000")
	s.mustHear(t, "^Ready")
	ctx, cancel := context.WithTimeout(t.Context(), waitLimit)
	defer cancel()
	var readers sync.WaitGroup
	recovered := make(chan struct{}, 4)
	for range 4 {
		readers.Go(func() { s.readUntilRecovered(ctx, t, recovered) })
	}
	mustRestart(ctx, t, server)
	readers.Wait()
	if len(recovered) != 4 {
		t.Errorf("%d of 4 readers saw the database come back", len(recovered))
	}
}

func mustRestart(ctx context.Context, t *testing.T, server *local.Server) {
	t.Helper()
	if err := server.Kill(); err != nil {
		t.Error(err)
	}
	if err := server.Restart(ctx); err != nil {
		t.Error(err)
	}
}

// readUntilRecovered reads until an answer follows an UNAVAILABLE, and reports any other error.
func (s *service) readUntilRecovered(ctx context.Context, t *testing.T, recovered chan<- struct{}) {
	t.Helper()
	lost := false
	for ctx.Err() == nil {
		a, err := s.ask(ctx, `{ patterns(first: 5) { nodes { name tier { name } } } }`, nil)
		if err != nil {
			t.Errorf("a request failed: %v", err)
			return
		}
		switch {
		case len(a.Errors) == 0 && lost:
			recovered <- struct{}{}
			return
		case len(a.Errors) == 0:
		case a.Errors[0].Extensions.Code == "UNAVAILABLE":
			lost = true
		default:
			t.Errorf("errors are %+v", a.Errors)
			return
		}
	}
}

func TestKeysOnTheCommandLine(t *testing.T) {
	uri, database := mongotest.Open(t)
	do := func(args ...string) string {
		t.Helper()
		var out bytes.Buffer
		if err := run(t.Context(), append(args, "--mongodb-uri", uri, "--mongodb-database", database), func(string) string { return "" }, &out); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	token, _, _ := strings.Cut(do("keys", "create", "--role", "previewer", "--name", "site"), "\n")
	id := strings.Split(token, "_")[1]
	if list := do("keys", "list"); !strings.Contains(list, id) || strings.Contains(list, token) {
		t.Errorf("the list is %s", list)
	}
	s := start(t, "--mongodb-uri", uri, "--mongodb-database", database)
	s.mustHear(t, "^Ready")
	asked := s.viewer(t, token)
	if len(asked.Errors) > 0 || at(asked.Data, "viewer", "accessRole") != "PREVIEWER" || at(asked.Data, "viewer", "perspective") != "DRAFTS" {
		t.Errorf("viewer is %+v", asked)
	}
	do("keys", "revoke", id)
	ctx, cancel := context.WithTimeout(t.Context(), waitLimit)
	defer cancel()
	for ctx.Err() == nil {
		if a := s.viewer(t, token); len(a.Errors) > 0 {
			if a.Errors[0].Extensions.Code != "UNAUTHENTICATED" || a.status != http.StatusUnauthorized {
				t.Errorf("a revoked key returns %+v", a)
			}
			return
		}
	}
	t.Error("the revoked key is still accepted")
}

// viewer returns the viewer that the hub sees for a token, in drafts.
func (s *service) viewer(t *testing.T, token string) *answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url, strings.NewReader(`{"query":"{ viewer { accessRole perspective key { name } } }"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("X-Perspective", "drafts")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	a := &answer{status: resp.StatusCode}
	if err := json.NewDecoder(resp.Body).Decode(a); err != nil {
		t.Fatal(err)
	}
	return a
}
