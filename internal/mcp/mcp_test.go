package mcp_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
	"github.com/vektah/gqlparser/v2/parser"
	"pgregory.net/rapid"

	"patternhub/graph"
	"patternhub/internal/content"
	"patternhub/internal/mcp"
)

func schema() *ast.Schema { return graph.NewExecutableSchema(graph.Config{}).Schema() }

// api is a hub that answers every question about the viewer, and others with a text. It keeps the
// questions.
type api struct {
	role    string
	answer  string
	asked   []string
	headers []http.Header
	remote  []string
}

func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raw, _ := io.ReadAll(r.Body)
	var q struct{ Query string }
	_ = json.Unmarshal(raw, &q)
	a.headers, a.remote = append(a.headers, r.Header), append(a.remote, r.RemoteAddr)
	if strings.Contains(q.Query, "viewer {") {
		_, _ = io.WriteString(w, `{"data":{"viewer":{"accessRole":"`+a.role+`"}}}`)
		return
	}
	a.asked = append(a.asked, q.Query)
	_, _ = io.WriteString(w, a.answer)
}

// serve returns a server that asks the API.
func serve(a *api, site string) *mcp.Server {
	return mcp.New(mcp.Options{
		API: mcp.InProcess(a), URL: "http://hub/graphql", Schema: schema(), SiteURL: site, Version: "test", BodyBytes: 10_000, Deadline: 10 * time.Second,
	})
}

// send sends a message, of the older protocol, and returns the answer.
func send(s http.Handler, method, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://localhost:8080/mcp", strings.NewReader(body))
	r.RemoteAddr = "203.0.113.7:4000"
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json, text/event-stream")
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			r.Host = headers[i+1]
			continue
		}
		r.Header.Del(headers[i])
		if headers[i+1] != "" {
			r.Header.Set(headers[i], headers[i+1])
		}
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// tool returns the message of a call.
func tool(t testing.TB, name string, args map[string]any) string {
	t.Helper()
	raw, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": map[string]any{"name": name, "arguments": args}})
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

const list = `{"jsonrpc":"2.0","id":1,"method":"tools/list"}`

// TestTheGuard sends requests that must be refused, and some that are nearly the same and served.
func TestTheGuard(t *testing.T) {
	const site = "https://hub.example"
	for name, test := range map[string]struct {
		site, method, body string
		headers            []string
		want               int
	}{
		"localhost":                    {want: 200},
		"a number":                     {headers: []string{"Host", "192.0.2.1:8080"}, want: 200},
		"a number of IPv6":             {headers: []string{"Host", "[2001:db8::1]:8080"}, want: 200},
		"the site":                     {site: site, headers: []string{"Host", "hub.example"}, want: 200},
		"the site in capitals":         {site: site, headers: []string{"Host", "HUB.example"}, want: 200},
		"another name":                 {site: site, headers: []string{"Host", "evil.example"}, want: 403},
		"a name without a setting":     {headers: []string{"Host", "hub.example"}, want: 403},
		"a name that begins so":        {site: site, headers: []string{"Host", "hub.example.evil.example"}, want: 403},
		"another port of the site":     {site: site, headers: []string{"Host", "hub.example:81"}, want: 403},
		"localhost as a part":          {headers: []string{"Host", "localhost.evil.example"}, want: 403},
		"no host":                      {headers: []string{"Host", ""}, want: 403},
		"its own origin":               {headers: []string{"Origin", "http://localhost:8080"}, want: 200},
		"the origin of the site":       {site: site, headers: []string{"Host", "hub.example", "Origin", site}, want: 200},
		"another origin":               {headers: []string{"Origin", "https://evil.example"}, want: 403},
		"another port":                 {headers: []string{"Origin", "http://localhost:3000"}, want: 403},
		"an opaque origin":             {headers: []string{"Origin", "null"}, want: 403},
		"a rebound name":               {headers: []string{"Host", "evil.example", "Origin", "http://evil.example"}, want: 403},
		"GET":                          {method: http.MethodGet, want: 405},
		"DELETE":                       {method: http.MethodDelete, want: 405},
		"OPTIONS":                      {method: http.MethodOptions, want: 405},
		"a form":                       {headers: []string{"Content-Type", "text/plain"}, want: 415},
		"no type":                      {headers: []string{"Content-Type", ""}, want: 415},
		"a compressed body":            {headers: []string{"Content-Encoding", "gzip"}, want: 415},
		"a batch":                      {body: "[" + list + "," + list + "]", want: 400},
		"no JSON":                      {body: "{", want: 400},
		"two messages":                 {body: list + list, want: 400},
		"nothing":                      {body: " ", want: 400},
		"very deep":                    {body: `{"a":` + strings.Repeat("[", 4000) + strings.Repeat("]", 4000) + "}", want: 400},
		"very large":                   {body: `{"a":"` + strings.Repeat("x", 10_000) + `"}`, want: 413},
		"a revision that is not there": {headers: []string{"Mcp-Protocol-Version", "2020-01-01"}, want: 400},
		"it takes no events":           {headers: []string{"Accept", "text/html"}, want: 400},
		"a stream without an end":      {body: `{"jsonrpc":"2.0","id":1,"method":"subscriptions/listen","params":{"notifications":{"toolsListChanged":true},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}`, headers: []string{"Mcp-Protocol-Version", "2026-07-28", "Mcp-Method", "subscriptions/listen"}, want: 200},
	} {
		a := &api{role: "READER"}
		if test.body == "" {
			test.body = list
		}
		if test.method == "" {
			test.method = http.MethodPost
		}
		w := send(serve(a, test.site), test.method, test.body, test.headers...)
		if w.Code != test.want || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d, want %d, %q: %s", name, w.Code, test.want, w.Header().Get("Cache-Control"), w.Body)
		}
		if refused := w.Code != http.StatusOK && w.Code != http.StatusBadRequest; refused && len(a.headers) > 0 {
			t.Errorf("%s: the API was asked", name)
		}
	}
}

// TestWhatTheAPISees shows the headers of a question: the key, and what is known of the address; no cookie,
// no origin, and of the client's name only what is visible.
func TestWhatTheAPISees(t *testing.T) {
	a := &api{role: "READER", answer: `{"data":{"search":null}}`}
	body := `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"search","arguments":{"query":"x"},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",` +
		`"io.modelcontextprotocol/clientCapabilities":{},"io.modelcontextprotocol/clientInfo":{"name":"evil\r\nX-Role: admin\u0000\u202e` + strings.Repeat("x", 500) + `","version":"1"}}}}`
	w := send(serve(a, ""), http.MethodPost, body, "Mcp-Protocol-Version", "2026-07-28", "Mcp-Method", "tools/call", "Mcp-Name", "search",
		"Authorization", "Bearer phk_x", "Cookie", "session=1", "X-Forwarded-For", "198.51.100.1", "X-Session-Ticket", "t", "X-Perspective", "drafts", "User-Agent", "agent/1")
	if w.Code != http.StatusOK || len(a.headers) != 2 {
		t.Fatalf("%d %s, %d questions", w.Code, w.Body, len(a.headers))
	}
	got := a.headers[1]
	name := got.Get("Graphql-Client-Name")
	if len(name) > 64 || !strings.HasPrefix(name, "evil X-Role: admin x") || strings.ContainsAny(name, "\r\n\x00\u202e") {
		t.Errorf("the client's name is %q", name)
	}
	got.Del("Graphql-Client-Name")
	want := http.Header{
		"Accept": {"application/graphql-response+json"}, "Content-Type": {"application/json"},
		"Authorization": {"Bearer phk_x"}, "X-Forwarded-For": {"198.51.100.1"}, "User-Agent": {"agent/1"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("headers (-want +got)\n%s", diff)
	}
	if a.remote[1] != "203.0.113.7:4000" {
		t.Errorf("the address is %s", a.remote[1])
	}
}

// TestQueriesOnlyRead sends documents with writes in them, in every way to hide one. None reaches the API.
func TestQueriesOnlyRead(t *testing.T) {
	for name, args := range map[string]map[string]any{
		"a mutation":             {"query": `mutation { entryDelete(ids: []) { deleted } }`},
		"a subscription":         {"query": `subscription { entryChanged { __typename } }`},
		"after a query":          {"query": `query A { tiers { name } } mutation B { entryDelete(ids: []) { deleted } }`, "operationName": "B"},
		"not the one to be run":  {"query": `query A { tiers { name } } mutation B { entryDelete(ids: []) { deleted } }`, "operationName": "A"},
		"after comments":         {"query": "# query\n\ufeff,,,mutation { entryDelete(ids: []) { deleted } }"},
		"with a name and a loop": {"query": `mutation query { ...F } fragment F on Mutation { ...F }`},
	} {
		a := &api{role: "ADMIN", answer: `{"data":{}}`}
		w := send(serve(a, ""), http.MethodPost, tool(t, "query", args))
		if len(a.asked) > 0 || !strings.Contains(w.Body.String(), "only reads") {
			t.Errorf("%s: asked %q, answered %s", name, a.asked, w.Body)
		}
	}
}

// TestQueriesCiteEntries shows which fields are added to a query.
func TestQueriesCiteEntries(t *testing.T) {
	for name, test := range map[string][2]string{
		"an entry":             {`{ pattern(slug: "a") { name } }`, `{ pattern(slug: "a") { name resourcePath revision } }`},
		"what is there":        {`{ pattern(slug: "a") { revision resourcePath } }`, `{ pattern(slug: "a") { revision resourcePath } }`},
		"a connection":         {`{ patterns { nodes { name } } }`, `{ patterns { nodes { name resourcePath revision } } }`},
		"fragments":            {`{ node(id: "a") { ...F ... on Law { name } ... { id } } } fragment F on Guide { name }`, `{ node(id: "a") { ...F ... on Law { name resourcePath revision } ... { id } } } fragment F on Guide { name resourcePath revision }`},
		"the interface":        {`{ entry(path: "a") { name } }`, `{ entry(path: "a") { name resourcePath revision } }`},
		"what is no entry":     {`{ rateLimit { cost } }`, `{ rateLimit { cost } }`},
		"unknown fields":       {`{ nothing { name } }`, `{ nothing { name } }`},
		"what cannot be read":  {`{ `, `{ `},
		"arguments and blocks": {`query Q($s: String = "x") { search(query: $s, types: [LAW]) @include(if: true) { nodes { id } } }`, `query Q($s: String = "x") { search(query: $s, types: [LAW]) @include(if: true) { nodes { id resourcePath revision } } }`},
	} {
		a := &api{role: "READER", answer: `{"data":{}}`}
		send(serve(a, ""), http.MethodPost, tool(t, "query", map[string]any{"query": test[0]}))
		if len(a.asked) != 1 || formatted(a.asked[0]) != formatted(test[1]) {
			t.Errorf("%s: %q, want %q", name, a.asked, test[1])
		}
	}
}

// formatted returns a document in the one way in which it can be compared.
func formatted(text string) string {
	doc, err := parser.ParseQuery(&ast.Source{Input: text})
	if err != nil {
		return text
	}
	var b strings.Builder
	formatter.NewFormatter(&b).FormatQueryDocument(doc)
	return b.String()
}

// TestWrongArguments shows what an assistant reads that has called a tool wrongly.
func TestWrongArguments(t *testing.T) {
	for name, test := range map[string]struct {
		tool string
		args map[string]any
		want string
	}{
		"an unknown argument":     {"search", map[string]any{"query": "x", "limit\n": 5}, `search has no argument \"limit\". It has`},
		"an absent one":           {"search", map[string]any{}, `search needs the argument \"query\".`},
		"a wrong cursor":          {"search", map[string]any{"query": "x", "cursor": "1.0"}, "not a cursor"},
		"the cursor of another":   {"search", map[string]any{"query": "x", "cursor": "1.000000000000"}, "has changed"},
		"a cursor of a number":    {"search", map[string]any{"query": "x", "cursor": 1}, "The argument cursor is not of the type"},
		"an unknown graph":        {"pattern_graph", map[string]any{"show": "all"}, "show must be"},
		"half a path":             {"pattern_graph", map[string]any{"show": "path", "from": "a"}, `path needs the argument \"to\"`},
		"an unknown type":         {"draft_create", map[string]any{"type": "NOTHING", "input": map[string]any{}}, "There is no such type"},
		"a type that is no entry": {"draft_create", map[string]any{"type": "PERSON", "input": map[string]any{}}, "There is no such type"},
		"an id that is none":      {"draft_update", map[string]any{"id": "x", "ifRevision": 1, "input": map[string]any{}}, "not an id"},
		"no base":                 {"draft_update", map[string]any{"id": "x", "input": map[string]any{}}, `needs the argument \"ifRevision\"`},
		"both ways":               {"validate", map[string]any{"id": "x", "type": "LAW", "input": map[string]any{}}, "either type, or id"},
		"an update without base":  {"validate", map[string]any{"id": "x", "input": map[string]any{}}, "together"},
	} {
		a := &api{role: "AUTHOR", answer: `{"data":{"search":{}}}`}
		w := send(serve(a, ""), http.MethodPost, tool(t, test.tool, test.args))
		if !strings.Contains(w.Body.String(), test.want) || !strings.Contains(w.Body.String(), `"isError":true`) || strings.Contains(test.tool, "draft") && len(a.asked) > 0 {
			t.Errorf("%s: %s, want %q", name, w.Body, test.want)
		}
	}
}

// TestDocumentsMatchTheSchema validates all documents, those that are made for each type too. Each
// selection of an entry has the fields that cite it, and each argument of a tool is a variable.
func TestDocumentsMatchTheSchema(t *testing.T) {
	s := schema()
	all := mcp.Documents()
	for _, kind := range content.Types() {
		all["get "+kind.Name()] = mcp.EntryDocument(s, kind)
		all["update "+kind.Name()] = mcp.WriteDocument(s, kind, true)
		if !kind.Singleton() {
			all["create "+kind.Name()] = mcp.WriteDocument(s, kind, false)
		}
	}
	for name, text := range all {
		doc, errs := gqlparser.LoadQueryWithRules(s, text, nil)
		if len(errs) > 0 {
			t.Errorf("%s: %v\n%s", name, errs, text)
			continue
		}
		for _, op := range doc.Operations {
			cited(t, s, name, op.SelectionSet)
		}
	}
	for name, args := range mcp.ToolVariables() {
		doc, err := parser.ParseQuery(&ast.Source{Input: all[name+".graphql"]})
		if err != nil {
			t.Fatal(err)
		}
		var variables []string
		for _, op := range doc.Operations {
			for _, v := range op.VariableDefinitions {
				variables = append(variables, v.Variable)
			}
		}
		slices.Sort(variables)
		if diff := cmp.Diff(slices.Compact(variables), slices.Sorted(slices.Values(args))); diff != "" {
			t.Errorf("%s: arguments (-variables +schema)\n%s", name, diff)
		}
	}
}

// cited reports selections of entries without the fields that cite them.
func cited(t *testing.T, s *ast.Schema, name string, set ast.SelectionSet) {
	t.Helper()
	for _, sel := range set {
		switch sel := sel.(type) {
		case *ast.Field:
			def := s.Types[sel.Definition.Type.Name()]
			if def != nil && (def.Name == "Entry" || slices.Contains(def.Interfaces, "Entry")) {
				var has []string
				for _, f := range sel.SelectionSet {
					if f, ok := f.(*ast.Field); ok {
						has = append(has, f.Name)
					}
				}
				if !slices.Contains(has, "resourcePath") || !slices.Contains(has, "revision") {
					t.Errorf("%s: %s does not cite its entry", name, sel.Name)
				}
			}
			cited(t, s, name, sel.SelectionSet)
		case *ast.InlineFragment:
			cited(t, s, name, sel.SelectionSet)
		}
	}
}

// TestPiecesAreTheWhole cuts random answers into pieces of random sizes and joins them again.
func TestPiecesAreTheWhole(t *testing.T) {
	item := rapid.Custom(func(t *rapid.T) any {
		return map[string]any{"n": rapid.String().Draw(t, "n"), "list": rapid.SliceOfN(rapid.Int(), 0, 5).Draw(t, "list")}
	})
	rapid.Check(t, func(t *rapid.T) {
		markdown := rapid.String().Draw(t, "markdown") + strings.Repeat(rapid.StringN(0, 20, 80).Draw(t, "line")+"\n", rapid.IntRange(0, 50).Draw(t, "lines"))
		items, nodes := rapid.SliceOfN(item, 0, 20).Draw(t, "items"), rapid.SliceOfN(item, 0, 20).Draw(t, "nodes")
		raw, err := json.Marshal(map[string]any{"a": map[string]any{"body": map[string]any{"markdown": markdown}, "items": items, "c": map[string]any{"nodes": nodes, "total": 5}, "name": "x"}})
		if err != nil {
			t.Fatal(err)
		}
		budget := rapid.IntRange(1, 2000).Draw(t, "budget")
		type answer struct {
			A struct {
				Body  struct{ Markdown string }
				Items []any
				C     struct {
					Nodes []any
					Total int
				}
				Name string
			}
		}
		var whole answer
		if err := json.Unmarshal(raw, &whole); err != nil {
			t.Fatal(err)
		}
		var got answer
		for cursor, first := "", true; first || cursor != ""; first = false {
			piece, next, err := mcp.Cut(raw, cursor, budget)
			if err != nil {
				t.Fatalf("at %q: %v", cursor, err)
			}
			var p answer
			if err := json.Unmarshal(piece, &p); err != nil || !utf8.Valid(piece) {
				t.Fatalf("at %q: %v in %s", cursor, err, piece)
			}
			if p.A.Name != "x" || p.A.C.Total != 5 {
				t.Fatalf("a piece lacks what is short: %s", piece)
			}
			got.A.Body.Markdown += p.A.Body.Markdown
			got.A.Items, got.A.C.Nodes = append(got.A.Items, p.A.Items...), append(got.A.C.Nodes, p.A.C.Nodes...)
			cursor = next
		}
		if got.A.Body != whole.A.Body || !cmp.Equal(append([]any{}, whole.A.Items...), append([]any{}, got.A.Items...)) || !cmp.Equal(append([]any{}, whole.A.C.Nodes...), append([]any{}, got.A.C.Nodes...)) {
			t.Fatalf("the pieces are %+v, want %+v", got, whole)
		}
	})
}

// TestAnswersAreBounded shows the bound of what cannot be cut.
func TestAnswersAreBounded(t *testing.T) {
	raw := json.RawMessage(`{"a":{"b":{"c":{"text":"` + strings.Repeat("x", 100<<10) + `"}}}}`)
	if _, _, err := mcp.Cut(raw, "", 1000); content.CodeOf(err) != content.LimitExceeded {
		t.Errorf("the error is %v", err)
	}
	raw = json.RawMessage(`{"a":{"markdown":"` + strings.Repeat(`\u0001<&é\n`, 20_000) + `"}}`)
	piece, next, err := mcp.Cut(raw, "", 30<<10)
	if err != nil || next == "" || len(piece) > 31<<10 {
		t.Errorf("a piece of %d bytes, %q, %v", len(piece), next, err)
	}
	if _, _, err := mcp.Cut(raw, strings.Replace(next, ".", "9999999.", 1), 1000); content.CodeOf(err) != content.BadUserInput {
		t.Errorf("a cursor behind the end: %v", err)
	}
}

// FuzzMessages sends any body. Whatever it is, the answer is JSON or empty, and only a call of a tool asks
// the API more than who is there.
func FuzzMessages(f *testing.F) {
	for _, body := range []string{
		list, "{}", "[]", "", `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"search","arguments":{"query":"\ud800"}}}`,
		`{"jsonrpc":"2.0","method":"notifications/initialized"}`, `{"jsonrpc":"2.0","id":{},"method":"ping"}`,
		`{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"hub://law/x"}}`, `{"jsonrpc":"2.0","id":1,"result":{}}`,
		`{"jsonrpc":"2.0","id":1,"method":"prompts/get","params":{"name":"choose_a_pattern","arguments":{"problem":"x"}}}`,
		`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"x","version":"1"}}}`,
	} {
		f.Add(body, true)
		f.Add(body, false)
	}
	a := &api{role: "READER", answer: `{"data":{"search":{"edges":[]}}}`}
	s := serve(a, "")
	f.Fuzz(func(t *testing.T, body string, newer bool) {
		a.asked, a.headers, a.remote = nil, nil, nil
		var headers []string
		if newer {
			headers = []string{"Mcp-Protocol-Version", "2026-07-28"}
		}
		w := send(s, http.MethodPost, body, headers...)
		if w.Code >= http.StatusInternalServerError {
			t.Errorf("%d %s", w.Code, w.Body)
		}
		if strings.HasPrefix(w.Header().Get("Content-Type"), "application/json") && w.Body.Len() > 0 && !json.Valid(w.Body.Bytes()) {
			t.Errorf("the answer is no JSON: %q", w.Body)
		}
		if len(a.asked) > 1 || len(a.asked) == 1 && !strings.Contains(body, "tools/call") && !strings.Contains(body, "resources/read") && !strings.Contains(body, `\u`) {
			t.Errorf("asked %q", a.asked)
		}
	})
}
