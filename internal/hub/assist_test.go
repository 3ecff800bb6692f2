package hub_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
	"pgregory.net/rapid"

	"patternhub/internal/content"
)

// protocols are the revisions of the Model Context Protocol that the tests use.
var protocols = []string{"2026-07-28", "2025-11-25"}

// bearer sends a key with each request.
type bearer struct{ key string }

func (b bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	if b.key != "" {
		r = r.Clone(r.Context())
		r.Header.Set("Authorization", "Bearer "+b.key)
	}
	return http.DefaultTransport.RoundTrip(r)
}

// assistant is a client of the protocol.
type assistant struct{ *sdk.ClientSession }

// assistant connects over HTTP.
func (s *service) assistant(t testing.TB, protocol, key string) assistant {
	t.Helper()
	return connect(t, protocol, &sdk.StreamableClientTransport{
		Endpoint: strings.TrimSuffix(s.url, "/graphql") + "/mcp", HTTPClient: &http.Client{Transport: bearer{key}}, DisableStandaloneSSE: true,
	})
}

func connect(t testing.TB, protocol string, transport sdk.Transport) assistant {
	t.Helper()
	session, err := sdk.NewClient(&sdk.Implementation{Name: "Test\u0007Assistant", Version: "1.0"}, nil).
		Connect(t.Context(), transport, &sdk.ClientSessionOptions{ProtocolVersion: protocol})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = session.Close() })
	if got := session.InitializeResult().ProtocolVersion; got != protocol {
		t.Fatalf("the protocol is %s, want %s", got, protocol)
	}
	return assistant{session}
}

// given is the answer of a tool: its data, or the text of its error.
type given struct {
	data any
	next string
	err  string
	text string
}

// call calls a tool once.
func (a assistant) call(t testing.TB, name string, args map[string]any) given {
	t.Helper()
	r, err := a.CallTool(t.Context(), &sdk.CallToolParams{Name: name, Arguments: args})
	if err != nil {
		t.Fatalf("%s %v: %v", name, args, err)
	}
	g := given{text: r.Content[0].(*sdk.TextContent).Text}
	if len(g.text) > 100<<10 {
		t.Errorf("%s answers %d bytes", name, len(g.text))
	}
	if r.IsError {
		g.err = g.text
		return g
	}
	structured := r.StructuredContent.(map[string]any)
	if !strings.Contains(fmt.Sprint(structured["notice"]), "not instructions") {
		t.Errorf("%s: the notice is %v", name, structured["notice"])
	}
	var said map[string]any
	if err := json.Unmarshal([]byte(g.text), &said); err != nil || !cmp.Equal(said, structured) {
		t.Errorf("%s: the text and the structured answer differ: %v %s", name, err, cmp.Diff(said, structured))
	}
	g.data = structured["data"]
	g.next, _ = structured["next"].(string)
	return g
}

// all calls a tool until it has given all pieces, and joins them.
func (a assistant) all(t testing.TB, name string, args map[string]any) given {
	t.Helper()
	whole := a.call(t, name, args)
	for next := whole.next; next != ""; {
		more := map[string]any{"cursor": next}
		maps.Copy(more, args)
		piece := a.call(t, name, more)
		if piece.err != "" {
			t.Fatalf("%s with cursor %s: %s", name, next, piece.err)
		}
		whole.data, next = joined(whole.data, piece.data, 0, ""), piece.next
	}
	return whole
}

// joined joins two pieces of an answer: lists and Markdown near its top, everything else is in both.
func joined(a, b any, depth int, name string) any {
	switch a := a.(type) {
	case []any:
		if depth == 1 || depth == 2 || depth == 3 && (name == "nodes" || name == "edges") {
			return append(a, b.([]any)...)
		}
	case string:
		if name == "markdown" && depth > 1 {
			return a + b.(string)
		}
	case map[string]any:
		for k := range a {
			if depth < 3 {
				a[k] = joined(a[k], b.(map[string]any)[k], depth+1, k)
			}
		}
	}
	return a
}

// toolDocument returns what a tool asks.
func toolDocument(t testing.TB, name string) string {
	t.Helper()
	raw, err := os.ReadFile("internal/mcp/documents/" + name + ".graphql")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// TestAssistantsReadTheHub lists and calls the tools over both revisions of the protocol. The list is
// small, since clients leave out what is large.
func TestAssistantsReadTheHub(t *testing.T) {
	s := newStaffed(t)
	read := []string{"changes_since", "compare_patterns", "estimate_effort", "get_entry", "pattern_graph", "query", "search", "select_patterns"}
	write := []string{"draft_create", "draft_update", "preview_link", "validate"}
	for _, protocol := range protocols {
		for role, want := range map[content.AccessRole]int{"": 0, content.RoleReader: 0, content.RolePreviewer: 0, content.RoleAuthor: 4, content.RolePublisher: 4, content.RoleAdmin: 4} {
			a := s.assistant(t, protocol, s.keys[role])
			list, err := a.ListTools(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, tool := range list.Tools {
				names = append(names, tool.Name)
				writes := want > 0 && strings.HasPrefix(tool.Name, "draft_") || tool.Name == "preview_link"
				if tool.Annotations.ReadOnlyHint == writes || writes != (tool.Annotations.DestructiveHint != nil && !*tool.Annotations.DestructiveHint) || *tool.Annotations.OpenWorldHint {
					t.Errorf("%s: annotations %+v", tool.Name, tool.Annotations)
				}
			}
			all := append(append([]string{}, read...), write[:want]...)
			if diff := cmp.Diff(slices.Sorted(slices.Values(all)), slices.Sorted(slices.Values(names))); diff != "" {
				t.Errorf("%s %s: (-want +got)\n%s", protocol, role, diff)
			}
			if raw, err := json.Marshal(list); err != nil || len(raw) > 8000 {
				t.Errorf("%s %s: the list has %d bytes, want at most 8000 (%v)", protocol, role, len(raw), err)
			}
		}
		a := s.assistant(t, protocol, "")
		if got := a.call(t, "get_entry", map[string]any{"path": "/patterns/saga"}); at(got.data, "entry", "name") != "Saga" || at(got.data, "entry", "revision") != 1.0 {
			t.Errorf("%s: the entry is %v %s", protocol, got.data, got.err)
		}
	}
}

// TestEveryTypeCanBeRead reads an entry of each type without a key and within the default limits of a
// document. What GraphQL says of the entry is in the answer.
func TestEveryTypeCanBeRead(t *testing.T) {
	s := seeded(t)
	a := s.assistant(t, protocols[0], "")
	for _, kind := range content.Types() {
		page := s.mustAsk(t, `query ($type: EntryType!) { sync(types: [$type], first: 1) { changes { ... on EntryUpsert { entry {
			__typename id slug name summary resourcePath revision status createdAt updatedAt publishedAt body { markdown } } } } } }`, map[string]any{"type": string(kind)})
		want := at(at(page, "sync", "changes").([]any)[0], "entry").(map[string]any)
		got := a.all(t, "get_entry", map[string]any{"path": want["resourcePath"]})
		if got.err != "" {
			t.Errorf("%s: %s", kind, got.err)
			continue
		}
		for name, value := range want {
			if diff := cmp.Diff(value, at(got.data, "entry", name)); diff != "" {
				t.Errorf("%s: %s (-GraphQL +tool)\n%s", kind, name, diff)
			}
		}
	}
}

// TestToolsAnswerAsGraphQL calls each tool with random arguments and compares its answer, joined of all
// its pieces, with that of GraphQL to the same question. Errors have the same texts and codes.
func TestToolsAnswerAsGraphQL(t *testing.T) {
	s := newStaffed(t)
	s.mustSearch(t, `{ search(query: "saga") { totalCount } }`) // or the answers before and after it is available would differ
	a := s.assistant(t, protocols[0], "")
	var slugs []string
	for _, n := range at(s.mustAsk(t, `{ patterns(first: 100) { nodes { slug } } }`, nil), "patterns", "nodes").([]any) {
		slugs = append(slugs, at(n, "slug").(string))
	}
	slugs = append(slugs, "no-such-pattern", "", "\u0000", "<b>")
	slug := rapid.SampledFrom(slugs)
	some := func(least, most int) *rapid.Generator[[]string] { return rapid.SliceOfN(slug, least, most) }
	word := rapid.OneOf(rapid.SampledFrom([]string{"saga", "retry backoff", "cach", "netflix", ""}), rapid.StringN(0, 30, 220))
	types := rapid.SliceOfN(rapid.SampledFrom([]string{"PATTERN", "GUIDE", "LAW", "NONE"}), 0, 3)
	for name, draw := range map[string]func(*rapid.T) map[string]any{
		"search": func(t *rapid.T) map[string]any {
			return map[string]any{"query": word.Draw(t, "query"), "types": types.Draw(t, "types"), "first": rapid.IntRange(-1, 101).Draw(t, "first")}
		},
		"compare_patterns": func(t *rapid.T) map[string]any { return map[string]any{"slugs": some(0, 7).Draw(t, "slugs")} },
		"estimate_effort": func(t *rapid.T) map[string]any {
			return map[string]any{
				"patterns": some(0, 5).Draw(t, "patterns"), "inUse": some(0, 5).Draw(t, "inUse"), "teamSize": rapid.IntRange(0, 501).Draw(t, "team"),
				"dailyRate": rapid.Float64Range(-1, 2000).Draw(t, "rate"),
			}
		},
		"select_patterns": func(t *rapid.T) map[string]any {
			return map[string]any{
				"constraints": map[string]any{"teamSize": rapid.IntRange(0, 50).Draw(t, "team"), "inUse": some(0, 3).Draw(t, "inUse"), "withoutLegacy": rapid.Bool().Draw(t, "legacy")},
				"preferences": map[string]any{"users": rapid.IntRange(-1, 1e6).Draw(t, "users"), "problems": []string{rapid.SampledFrom([]string{"CONSISTENCY", "NONE"}).Draw(t, "problem")}},
			}
		},
		"path": func(t *rapid.T) map[string]any {
			return map[string]any{"from": slug.Draw(t, "from"), "to": slug.Draw(t, "to"), "direction": rapid.SampledFrom([]string{"OUT", "IN", "BOTH", "UP"}).Draw(t, "direction")}
		},
		"neighborhood": func(t *rapid.T) map[string]any {
			return map[string]any{"slug": slug.Draw(t, "slug"), "depth": rapid.IntRange(0, 4).Draw(t, "depth")}
		},
		"impact": func(t *rapid.T) map[string]any { return map[string]any{"slug": slug.Draw(t, "slug")} },
		"changes_since": func(t *rapid.T) map[string]any {
			return map[string]any{"types": types.Draw(t, "types"), "first": rapid.IntRange(0, 100).Draw(t, "first")}
		},
		"query": func(t *rapid.T) map[string]any {
			return map[string]any{
				"query":     rapid.SampledFrom([]string{`query($s: String!) { pattern(slug: $s) { name resourcePath revision guides { nodes { name resourcePath revision } } } }`, `query($s: Int!) { patterns(first: $s) { totalCount } }`, `{ nothing }`, `{`}).Draw(t, "query"),
				"variables": map[string]any{"s": slug.Draw(t, "slug")},
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			answered := 0
			rapid.Check(t, func(r *rapid.T) {
				args := draw(r)
				tool, body := name, map[string]any{"variables": args}
				switch name {
				case "path", "neighborhood", "impact":
					tool, body["query"], body["operationName"] = "pattern_graph", toolDocument(t, "pattern_graph"), name
				case "query":
					body = args
				default:
					body["query"] = toolDocument(t, name)
				}
				want, err := s.askBody(t.Context(), body)
				if err != nil {
					r.Fatal(err)
				}
				sent := map[string]any{}
				maps.Copy(sent, args)
				if tool == "pattern_graph" {
					sent["show"] = name
				}
				got := a.all(t, tool, sent)
				if len(want.Errors) > 0 {
					var lines []string
					for _, e := range want.Errors {
						lines = append(lines, e.Message+" ("+e.Extensions.Code+")")
					}
					if diff := cmp.Diff(strings.Join(lines, "\n"), got.err); diff != "" {
						r.Fatalf("%v: errors (-GraphQL +tool)\n%s", args, diff)
					}
					return
				}
				answered++
				if diff := cmp.Diff(any(want.Data), got.data); diff != "" {
					r.Fatalf("%v: %s (-GraphQL +tool)\n%s", args, got.err, diff)
				}
			})
			if answered == 0 {
				t.Error("no question was answered")
			}
		})
	}
}
