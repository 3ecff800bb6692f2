package hub_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"patternhub/internal/config"
	"patternhub/internal/hub"
	"patternhub/internal/mongodb/mongotest"
)

// fetch sends a query by GET, so that any cache may store its answer.
func (s *service) fetch(t *testing.T, query string, headers ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"?query="+url.QueryEscape(query), http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
	}
	resp, err := http.DefaultClient.Do(req)
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

func TestRateLimitShowsTheBudget(t *testing.T) {
	uri, database := mongotest.Open(t)
	s := start(t, "--mongodb-uri", uri, "--mongodb-database", database, "--limit-bucket", "500", "--limit-restore", "1")
	s.mustHear(t, "^Ready")
	const fields = `{ cost limit remaining used resetAt nodeCount }`
	dry := s.mustAsk(t, `{ rateLimit(dryRun: true) `+fields+` patterns(first: 50) { nodes { slug } } }`, nil)
	if _, ran := dry["patterns"]; ran {
		t.Error("a dry run has read patterns")
	}
	if got := at(dry, "rateLimit", "cost").(float64); got < 51 || got > 60 {
		t.Errorf("50 patterns cost %v", got)
	}
	if got := at(dry, "rateLimit", "nodeCount").(float64); got < 50 || got > 55 {
		t.Errorf("50 patterns are %v nodes", got)
	}
	before := at(dry, "rateLimit", "remaining").(float64)
	after := s.mustAsk(t, `{ rateLimit `+fields+` patterns(first: 50) { nodes { slug } } }`, nil)
	rate := after["rateLimit"].(map[string]any)
	if spent := before - rate["remaining"].(float64); spent < 50 || spent > 65 {
		t.Errorf("50 patterns took %v of the budget", spent)
	}
	if rate["limit"] != 500.0 || rate["used"].(float64) != 500-rate["remaining"].(float64) {
		t.Errorf("the budget is %v", rate)
	}
	for range 20 {
		a, err := s.ask(t.Context(), `{ rateLimit { remaining } patterns(first: 50) { nodes { slug } } }`, nil)
		if err != nil {
			t.Fatal(err)
		}
		if a.status == http.StatusTooManyRequests {
			return
		}
	}
	t.Error("the budget never ends")
}

func TestAnswersNameTheirEntries(t *testing.T) {
	s := seeded(t)
	for name, c := range map[string]struct{ query, want string }{
		"by slug":  {`{ pattern(slug: "circuit-breaker") { slug } }`, "pattern pattern:circuit-breaker"},
		"relation": {`{ pattern(slug: "circuit-breaker") { tier { name } } }`, "pattern tier pattern:circuit-breaker tier:gold"},
		"two words": {
			`{ caseStudy(slug: "ad-click-aggregation") { slug } learningPath(slug: "advanced-track") { slug } }`,
			"case-study learning-path case-study:ad-click-aggregation learning-path:advanced-track",
		},
		"list":   {`{ tiers { slug } }`, "tier tier:bronze tier:gold tier:silver"},
		"count":  {`{ patterns { totalCount } }`, "pattern"},
		"facets": {`{ patterns { facets(fields: [TIER]) { values { value } } } }`, "graph"},
	} {
		t.Run(name, func(t *testing.T) {
			resp, body := s.fetch(t, c.query)
			if got := resp.Header.Get("Surrogate-Key"); got != c.want {
				t.Errorf("Surrogate-Key is %q, want %q: %s", got, c.want, body)
			}
			// A hit has the same tags as the miss that stored it.
			if again, _ := s.fetch(t, c.query); again.Header.Get("Surrogate-Key") != c.want {
				t.Errorf("a hit has %q", again.Header.Get("Surrogate-Key"))
			}
		})
	}
	if resp, _ := s.fetch(t, `{ viewer { accessRole } pattern(slug: "circuit-breaker") { slug } }`); resp.Header.Get("ETag") != "" || resp.Header.Get("Surrogate-Key") != "" {
		t.Error("an answer about its viewer may be cached")
	}
}

func TestTrustedDocumentsOfAManifest(t *testing.T) {
	const trusted = `{ tiers { slug } }`
	sum := sha256.Sum256([]byte(trusted))
	id := hex.EncodeToString(sum[:])
	manifest := filepath.Join(t.TempDir(), "persisted-documents.json")
	raw, err := json.Marshal(map[string]string{"sha256:" + id: trusted})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(manifest, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	uri, database := mongotest.Open(t)
	args := []string{"--mongodb-uri", uri, "--mongodb-database", database, "--trusted-documents", manifest}
	s := start(t, append(args, "--trusted-mode", "enforce")...)
	s.mustHear(t, "^Ready")
	if status, body := get(t, s.url+"?documentId=sha256:"+id); status != http.StatusOK || !strings.Contains(body, "gold") {
		t.Errorf("a trusted document: %d %s", status, body)
	}
	if resp, body := s.fetch(t, `{ laws { slug } }`); resp.StatusCode != http.StatusForbidden {
		t.Errorf("another document: %d %s", resp.StatusCode, body)
	}
	if err := run(t.Context(), []string{"--trusted-mode", "enforce"}, func(string) string { return "" }, io.Discard); err == nil || !strings.Contains(err.Error(), "TRUSTED_DOCUMENTS") {
		t.Errorf("enforcing without a manifest: %v", err)
	}
	if err := os.WriteFile(manifest, []byte("[]"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := run(t.Context(), args, func(string) string { return "" }, io.Discard); err == nil || !strings.Contains(err.Error(), "TRUSTED_DOCUMENTS") {
		t.Errorf("a broken manifest: %v", err)
	}
}

// TestOperationsPageListsTheMetrics compares the page for operators with the metrics of a running hub.
func TestOperationsPageListsTheMetrics(t *testing.T) {
	s := seeded(t)
	s.mustAsk(t, `{ patterns(first: 3) { nodes { slug } } }`, nil)
	if a, err := s.ask(t.Context(), `{ `+strings.Repeat("a ", 2000)+` }`, nil); err != nil || len(a.Errors) == 0 {
		t.Fatalf("a long document: %+v %v", a, err)
	}
	for range 2 {
		if status, _ := get(t, strings.TrimSuffix(s.url, "/graphql")+"/patterns/saga"); status != http.StatusOK {
			t.Fatalf("a page is answered %d", status)
		}
	}
	page, err := os.ReadFile("docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	_, metrics := get(t, s.admin+"/metrics")
	rows := regexp.MustCompile("(?m)^\\| `([a-z]+_[a-z_]+)`").FindAllStringSubmatch(string(page), -1)
	if len(rows) < 15 {
		t.Fatalf("the page has %d metrics", len(rows))
	}
	for _, row := range rows {
		if !strings.Contains(metrics, "\n# TYPE "+row[1]+" ") {
			t.Errorf("%s is on the page and not among the metrics", row[1])
		}
	}
	for _, want := range []string{
		`db_client_operation_duration_seconds_count{db_collection_name="patterns",db_namespace=`,
		`db_client_connection_count{db_client_connection_state="idle"}`,
		`response_cache_total{result="miss"} 1`,
		`limited_total{limit="document"} 1`,
		`site_pages_total{result="miss"} 1`,
		`site_pages_total{result="hit"} 1`,
		`site_pages_kept 1`,
		`site_evictions_total 0`,
	} {
		if !strings.Contains(metrics, want) {
			t.Errorf("%s is missing", want)
		}
	}
}

// collector receives traces as a collector of OpenTelemetry does.
type collector struct {
	mu       sync.Mutex
	received strings.Builder
}

func (c *collector) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, _ = io.Copy(&c.received, r.Body)
}

func TestTracesGoWhereTheEnvironmentSays(t *testing.T) {
	c := &collector{}
	server := httptest.NewServer(c)
	defer server.Close()
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", server.URL)
	uri, database := mongotest.Open(t)
	s := startWith(t, os.Getenv, "--mongodb-uri", uri, "--mongodb-database", database)
	s.mustHear(t, "^Ready")
	s.mustAsk(t, `query Shown { pattern(slug: "circuit-breaker") { name } }`, nil)
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	// The protocol contains names as plain text.
	for _, want := range []string{"patternhub", "POST /graphql", "graphql.operation.name", "Shown", "find patterns", "db.collection.name"} {
		if !strings.Contains(c.received.String(), want) {
			t.Errorf("%q is in no trace", want)
		}
	}
	if strings.Contains(c.received.String(), "circuit-breaker") {
		t.Error("a value is in a trace")
	}
}

// TestSettingsReachTheSurface checks that settings from the environment become options of the HTTP
// server.
func TestSettingsReachTheSurface(t *testing.T) {
	set := map[string]string{"PROFILE": "locked", "CORS_ORIGINS": "https://a.example", "CORS_HEADERS": "X-A,X-B", "CORS_EXPOSED_HEADERS": "X-C", "LIMIT_BATCH": "3"}
	cli, _, err := config.Parse(nil, func(name string) string { return set[name] }, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	got, err := hub.WebOptions(&cli.Config)
	if err != nil {
		t.Fatal(err)
	}
	if !got.Locked || !slices.Equal(got.Headers, []string{"X-A", "X-B"}) || !slices.Equal(got.Exposed, []string{"X-C"}) || got.Limits.Batch != 3 {
		t.Errorf("options are %+v", got)
	}
}
