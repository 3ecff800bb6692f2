package resolvers_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"patternhub/internal/advisor"
	"patternhub/internal/content"
	"patternhub/loaders"
	"patternhub/resolvers"
)

// bench is a seeded hub on which the tools are tested.
type bench struct {
	*hub
	schema graphql.ExecutableSchema
}

func newBench(t *testing.T) *bench {
	t.Helper()
	h := newHub(t)
	return &bench{hub: h, schema: (&resolvers.Resolver{
		ViewerOf: func(context.Context) *content.Viewer {
			return &content.Viewer{AccessRole: content.RoleAuthor, Key: &content.APIKey{Key: "observer"}, Perspective: content.Published}
		},
		Networks: advisor.NewLive(h.store),
		Health:   resolvers.Health{Store: h.store, Now: func() time.Time { return time.Date(2026, 1, 15, 0, 0, 0, 0, time.UTC) }},
	}).Schema()}
}

// run runs an operation and returns its data and the code of its first error.
func (b *bench) run(t *testing.T, query string) (map[string]any, content.Code) {
	t.Helper()
	exec := executor.New(b.schema)
	var code content.Code
	exec.SetErrorPresenter(func(ctx context.Context, err error) *gqlerror.Error {
		code = content.CodeOf(err)
		return graphql.DefaultErrorPresenter(ctx, err)
	})
	ctx := loading(graphql.StartOperationTrace(t.Context()), b.store.At(content.Published), loaders.Wait)
	op, errs := exec.CreateOperationContext(ctx, &graphql.RawParams{Query: query})
	if errs != nil {
		t.Fatalf("%s: %v", query, errs)
	}
	respond, ctx := exec.DispatchOperation(ctx, op)
	resp := respond(ctx)
	var out map[string]any
	if len(resp.Data) > 0 {
		if err := json.Unmarshal(resp.Data, &out); err != nil {
			t.Fatal(err)
		}
	}
	if code != "" && len(resp.Errors) == 0 {
		t.Fatalf("%s: an internal error", query)
	}
	return out, code
}

// TestTools runs its parts on one hub, since seeding takes most of the time.
func TestTools(t *testing.T) {
	b := newBench(t)
	for name, part := range map[string]func(*testing.T, *bench){
		"mistakes are refused":       testMistakesAreRefused,
		"the dashboard pages":        testDashboardPages,
		"records move the dashboard": testRecordsMoveTheDashboard,
		"wrong records are refused":  testWrongRecords,
	} {
		t.Run(name, func(t *testing.T) { part(t, b) })
	}
}

func testMistakesAreRefused(t *testing.T, b *bench) {
	seven := `"saga","cqrs","outbox","cdc","wal","hlc","crdt"`
	for name, query := range map[string]string{
		"compare none":        `{comparePatterns(slugs:[]){formulaVersion}}`,
		"compare one":         `{comparePatterns(slugs:["saga"]){formulaVersion}}`,
		"compare seven":       `{comparePatterns(slugs:[` + seven + `]){formulaVersion}}`,
		"compare unknown":     `{comparePatterns(slugs:["saga","none"]){formulaVersion}}`,
		"compare twice":       `{comparePatterns(slugs:["saga","saga"]){formulaVersion}}`,
		"path from unknown":   `{patternPath(from:"none",to:"saga"){weight}}`,
		"path to unknown":     `{patternPath(from:"saga",to:"none"){weight}}`,
		"depth 0":             `{patternNeighborhood(slug:"saga",depth:0){depth}}`,
		"depth 4":             `{patternNeighborhood(slug:"saga",depth:4){depth}}`,
		"around unknown":      `{patternNeighborhood(slug:"none"){depth}}`,
		"impact of unknown":   `{patternImpact(slug:"none"){pattern{slug}}}`,
		"select unknown":      `{selectPatterns(input:{wizard:"none"}){formulaVersion}}`,
		"estimate nothing":    `{estimateEffort(input:{teamSize:1}){formulaVersion}}`,
		"estimate unknown":    `{estimateEffort(input:{teamSize:1,patterns:["none"]}){formulaVersion}}`,
		"migrate unknown":     `{estimateEffort(input:{teamSize:1,migrations:["none"]}){formulaVersion}}`,
		"dashboard page of 0": `{healthDashboard{patterns(first:0){totalCount}}}`,
		"after no entry":      `{patterns(first:1,after:"@none"){nodes{slug}}}`,
		"after no row":        `{healthDashboard{patterns(after:"@saga"){totalCount}}}`,
		"broken cursor":       `{healthDashboard{patterns(after:"x"){totalCount}}}`,
	} {
		t.Run(name, func(t *testing.T) {
			if _, code := b.run(t, query); code != content.BadUserInput {
				t.Errorf("code %q", code)
			}
		})
	}
	if got, code := b.run(t, `{wizard(slug:"none"){slug}}`); code != "" || got["wizard"] != nil {
		t.Errorf("a missing wizard: %v %q", got, code)
	}
}

// testDashboardPages walks through the dashboard page by page.
func testDashboardPages(t *testing.T, b *bench) {
	seen, after := map[string]bool{}, ""
	for range 20 {
		got, code := b.run(t, `{healthDashboard{patterns(first:12`+after+`){nodes{pattern{slug}} pageInfo{hasNextPage endCursor}}}}`)
		if code != "" {
			t.Fatal(code)
		}
		page := dig(got, "healthDashboard", "patterns").(map[string]any)
		for _, n := range page["nodes"].([]any) {
			slug := dig(n, "pattern", "slug").(string)
			if seen[slug] {
				t.Errorf("%s twice", slug)
			}
			seen[slug] = true
		}
		if !dig(page, "pageInfo", "hasNextPage").(bool) {
			break
		}
		after = `,after:"` + dig(page, "pageInfo", "endCursor").(string) + `"`
	}
	if len(seen) != 101 {
		t.Errorf("%d patterns on all pages", len(seen))
	}
}

// dig follows names into an answer.
func dig(v any, path ...string) any {
	for _, p := range path {
		v = v.(map[string]any)[p]
	}
	return v
}

// testRecordsMoveTheDashboard records two months in one operation: each payload and every later
// read has them.
func testRecordsMoveTheDashboard(t *testing.T, b *bench) {
	before, _ := b.run(t, `{pattern(slug:"outbox"){health{score}}}`)
	record := func(month, stars string) string {
		return `patternHealthRecord(input:{pattern:"outbox",metric:GITHUB_STARS,month:"` + month + `",value:` + stars + `,how:"counted"}){health{score trend trendSource} observation{source month value} userErrors{code}}`
	}
	got, code := b.run(t, `mutation{a:`+record("2025-11", "20000")+` b:`+record("2025-12", "60000")+`}`)
	if code != "" {
		t.Fatal(code)
	}
	was := dig(before, "pattern", "health", "score").(float64)
	want := map[string]any{
		"health":      map[string]any{"score": was + 25, "trend": "RISING", "trendSource": "RECORDED"},
		"observation": map[string]any{"source": "RECORDED", "month": "2025-12", "value": float64(60000)},
		"userErrors":  []any{},
	}
	if d := cmp.Diff(want, got["b"]); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if a := dig(got, "a", "health", "score"); a != was+20 {
		t.Errorf("after the first: %v, before: %v", a, was)
	}
	after, _ := b.run(t, `{healthDashboard(filter:{trend:{in:[RISING]}},orderBy:{field:CHANGE}){patterns(first:100){nodes{pattern{slug} score}}}}`)
	found := false
	for _, n := range dig(after, "healthDashboard", "patterns", "nodes").([]any) {
		found = found || dig(n, "pattern", "slug") == "outbox" && dig(n, "score") == was+25
	}
	if !found {
		t.Error("the dashboard does not have it among those that rise")
	}
	last, err := b.store.Changes(t.Context(), 0, 100_000)
	if err != nil || last[len(last)-1].Type != content.NonEntryHealth || last[len(last)-1].By != "observer" {
		t.Errorf("the last change: %+v %v", last[len(last)-1], err)
	}
}

func testWrongRecords(t *testing.T, b *bench) {
	got, code := b.run(t, `mutation{patternHealthRecord(input:{pattern:"none",metric:DASHBOARD_SCORE,month:"2030-01",value:-1}){health{score} observation{month} userErrors{field code message}}}`)
	if code != "" {
		t.Fatal(code)
	}
	payload := got["patternHealthRecord"].(map[string]any)
	if payload["health"] != nil || payload["observation"] != nil {
		t.Errorf("got %v", payload)
	}
	var fields []string
	for _, e := range payload["userErrors"].([]any) {
		fields = append(fields, dig(e, "field").([]any)[1].(string)+" "+dig(e, "code").(string))
	}
	if want := "pattern NOT_FOUND, metric INVALID, month INVALID, value INVALID"; strings.Join(fields, ", ") != want {
		t.Errorf("got %v", fields)
	}
}
