package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"go.uber.org/goleak"

	"patternhub/internal/content"
	"patternhub/internal/web"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// graph is a small executable schema: it resolves maps and functions, depth first.
type graph struct {
	subscribed func(ctx context.Context) // called when a subscription begins

	schema  *ast.Schema
	mu      sync.Mutex
	runs    int              // operations executed
	seen    []map[string]any // arguments of echo
	gate    chan struct{}    // the field slow waits for it
	started chan struct{}    // receives when slow waits
	ticks   func(kind string) <-chan any
}

// newGraph returns a graph whose field slow waits until a test opens the gate. Up to 100 signals fit in
// started, so that tests need not receive them.
func newGraph(t testing.TB) *graph {
	t.Helper()
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "test.graphql", Input: sdl})
	if err != nil {
		t.Fatal(err)
	}
	return &graph{schema: schema, gate: make(chan struct{}), started: make(chan struct{}, 100)}
}

func (g *graph) Schema() *ast.Schema { return g.schema }

// Complexity has no function for any field. The graph needs the method only to be an executable schema.
func (g *graph) Complexity(context.Context, string, string, int, map[string]any) (int, bool) {
	return 0, false
}

// executed returns how many operations have begun. Answers from a cache and refused documents do not
// count.
func (g *graph) executed() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.runs
}

// Exec executes the operation of a context, as generated code does: the handler returns one response for a
// query or mutation, and then nil.
func (g *graph) Exec(ctx context.Context) graphql.ResponseHandler {
	op := graphql.GetOperationContext(ctx)
	g.mu.Lock()
	g.runs++
	g.mu.Unlock()
	if op.Operation.Operation == ast.Subscription {
		if g.subscribed != nil {
			g.subscribed(ctx)
		}
		return g.subscribe(op)
	}
	root := g.schema.Query
	if op.Operation.Operation == ast.Mutation {
		root = g.schema.Mutation
	}
	done := false
	return func(ctx context.Context) *graphql.Response {
		if done {
			return nil
		}
		done = true
		var b bytes.Buffer
		if !g.object(ctx, &b, root, op.Operation.SelectionSet, nil) {
			b.Reset()
			b.WriteString("null")
		}
		return &graphql.Response{Data: b.Bytes()}
	}
}

// subscribe returns a handler of the events that ticks returns. An event that is an error fails, and one
// that is a function panics. The handler returns nil after the last event.
func (g *graph) subscribe(op *graphql.OperationContext) graphql.ResponseHandler {
	field := graphql.CollectFields(op, op.Operation.SelectionSet, []string{"Subscription"})[0]
	kind, _ := field.ArgumentMap(op.Variables)["kind"].(string)
	events := g.ticks(kind)
	return func(ctx context.Context) *graphql.Response {
		select {
		case v, ok := <-events:
			if !ok {
				return nil
			}
			if err, failed := v.(error); failed {
				graphql.AddError(ctx, err)
				if f, broken := v.(func()); broken {
					panic(fmt.Sprintf("secret %p", f))
				}
				return &graphql.Response{Data: json.RawMessage("null")}
			}
			if f, broken := v.(func()); broken {
				panic(fmt.Sprintf("secret %p", f))
			}
			return &graphql.Response{Data: json.RawMessage(fmt.Sprintf(`{"ticks":{"n":%v}}`, v))}
		case <-ctx.Done():
			return nil
		}
	}
}

// object writes the selected fields and returns false if a non-null field was null.
func (g *graph) object(ctx context.Context, b *bytes.Buffer, def *ast.Definition, set ast.SelectionSet, value map[string]any) bool {
	op := graphql.GetOperationContext(ctx)
	b.WriteByte('{')
	for i, f := range graphql.CollectFields(op, set, append([]string{def.Name}, def.Interfaces...)) {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.Quote(f.Alias) + ":")
		if f.Name == "__typename" {
			b.WriteString(strconv.Quote(def.Name))
			continue
		}
		fc := &graphql.FieldContext{Object: def.Name, Field: f, Args: f.ArgumentMap(op.Variables)}
		ctx := graphql.WithFieldContext(ctx, fc)
		v, err := op.ResolverMiddleware(ctx, func(ctx context.Context) (any, error) { return g.resolve(ctx, def, f, fc.Args, value) })
		if err != nil {
			graphql.AddError(ctx, graphql.AddFieldLocationToError(ctx, err))
			v = nil
		}
		if !g.write(ctx, b, f.Definition.Type, f.Selections, v) {
			return false
		}
	}
	b.WriteByte('}')
	return true
}

// write writes a value of a type and returns false if it is null where the schema does not allow that, or
// cannot be encoded.
func (g *graph) write(ctx context.Context, b *bytes.Buffer, t *ast.Type, set ast.SelectionSet, v any) bool {
	switch v := v.(type) {
	case nil:
		b.WriteString("null")
		return !t.NonNull
	case []any:
		b.WriteByte('[')
		for i, item := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			if !g.write(graphql.WithFieldContext(ctx, &graphql.FieldContext{Index: &i}), b, t.Elem, set, item) {
				return false
			}
		}
		b.WriteByte(']')
		return true
	case map[string]any:
		name := t.Name()
		if n, ok := v["__typename"].(string); ok {
			name = n
		}
		return g.object(ctx, b, g.schema.Types[name], set, v)
	}
	raw, err := json.Marshal(v)
	b.Write(raw)
	return err == nil
}

// resolve returns the value of a field: that of its object, or else the fixed one of the cases below. It
// records the arguments of echo and sort for the tests.
func (g *graph) resolve(ctx context.Context, def *ast.Definition, f graphql.CollectedField, args, value map[string]any) (any, error) {
	if v, ok := value[f.Name]; ok {
		return v, nil
	}
	switch def.Name + "." + f.Name {
	case "Query.hello":
		return "world", nil
	case "Query.echo", "Query.sort":
		g.mu.Lock()
		g.seen = append(g.seen, args)
		g.mu.Unlock()
		text, _ := args["text"].(string)
		return text, nil
	case "Query.need":
		return args["text"], nil
	case "Query.patterns", "Pattern.related":
		return connection(args), nil
	case "Query.pattern":
		return pattern(1), nil
	case "Mutation.touch":
		if args["id"] == "slow" {
			g.started <- struct{}{}
			<-g.gate
		}
		return pattern(1), nil
	case "Query.nodes":
		ids, _ := args["ids"].([]any)
		return slices.Repeat([]any{law()}, len(ids)), nil
	case "Query.laws", "Query.plain":
		return []any{law(), law()}, nil
	case "Query.costly", "Pattern.tier":
		return law(), nil
	case "Law.pattern":
		return pattern(1), nil
	case "Query.node":
		return law(), nil
	case "Query.viewer":
		return map[string]any{"name": "someone"}, nil
	case "Query.rateLimit":
		return map[string]any{"cost": 1, "remaining": 2}, nil
	case "Query.boom":
		panic("secret /etc/passwd")
	case "Query.slow":
		g.started <- struct{}{}
		select {
		case <-g.gate:
		case <-ctx.Done():
		}
		if ctx.Err() != nil {
			return nil, fmt.Errorf("wait for the gate: %w", ctx.Err())
		}
		return "done", nil
	case "Query.fail":
		return nil, fault(args["kind"])
	}
	return nil, nil //nolint:nilnil // a field without a value is null
}

// fault returns an error of a kind. The kind decides what clients may see of it: its message and code, or
// nothing.
func fault(kind any) error {
	switch kind {
	case "coded":
		return fmt.Errorf("find: %w", content.Wrap(content.NotFound, "Nothing is there.", errors.New("secret cause")))
	case "unavailable":
		return content.Fault(content.Unavailable, "The store cannot be reached.")
	}
	return errors.New("mongodb://secret refused")
}

func law() map[string]any {
	return map[string]any{"__typename": "Law", "id": "l1", "name": "Conway"}
}

func pattern(i int) map[string]any {
	n := strconv.Itoa(i)
	return map[string]any{"__typename": "Pattern", "id": "p" + n, "slug": "pattern-" + n, "name": "Pattern " + n, "body": "long"}
}

// connection returns a page of at most 100 patterns, or of 20 without an argument. It always has a next
// page.
func connection(args map[string]any) map[string]any {
	size := int64(20)
	for _, name := range []string{"first", "last"} {
		if n, ok := args[name].(int64); ok {
			size = n
		}
	}
	var nodes, edges []any
	for i := range int(min(size, 100)) {
		nodes = append(nodes, pattern(i))
		edges = append(edges, map[string]any{"cursor": strconv.Itoa(i), "node": pattern(i)})
	}
	return map[string]any{"nodes": nodes, "edges": edges, "totalCount": 101, "pageInfo": map[string]any{"hasNextPage": true}}
}

// server is a server under test, with its graph.
type server struct {
	*web.Server
	graph *graph
}

// mustServer returns a server over a new graph, or over the schema of the options.
func mustServer(t testing.TB, o web.Options) *server {
	t.Helper()
	g := newGraph(t)
	if o.Schema == nil {
		o.Schema = g
	}
	s, err := web.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return &server{Server: s, graph: g}
}

// answer is a response to a test's request.
type answer struct {
	status int
	header http.Header
	body   string
	Data   json.RawMessage
	Errors []struct {
		Message    string
		Path       []any
		Locations  []any
		Extensions map[string]any
	}
	Extensions map[string]any
}

// code returns the code of the first error, or "" if there is none.
func (a answer) code() string {
	if len(a.Errors) == 0 {
		return ""
	}
	code, _ := a.Errors[0].Extensions["code"].(string)
	return code
}

// send serves one request; headers have the form "Name: value".
func (s *server) send(t testing.TB, method, target, body string, headers ...string) answer {
	t.Helper()
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	r := httptest.NewRequest(method, target, reader)
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	s.Public().ServeHTTP(w, r.WithContext(t.Context()))
	return read(t, w)
}

// read decodes a recorded response. Compressed bodies and batches are left undecoded in body.
func read(t testing.TB, w *httptest.ResponseRecorder) answer {
	t.Helper()
	a := answer{status: w.Code, header: w.Header(), body: w.Body.String()}
	if strings.Contains(w.Header().Get("Content-Type"), "json") && w.Header().Get("Content-Encoding") == "" && a.body != "" && a.body[0] != '[' {
		if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil {
			t.Fatalf("answer %q: %v", a.body, err)
		}
	}
	return a
}

const (
	typeJSON   = "Content-Type: application/json"
	acceptNew  = "Accept: application/graphql-response+json"
	acceptJSON = "Accept: application/json"
)

// post sends a document with variables in the current media type.
func (s *server) post(t testing.TB, query string, variables map[string]any, headers ...string) answer {
	t.Helper()
	raw, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	return s.send(t, http.MethodPost, "/graphql", string(raw), append([]string{typeJSON, acceptNew}, headers...)...)
}

// admin sends a request to the operators' handler.
func (s *server) admin(t testing.TB, target string) answer {
	t.Helper()
	w := httptest.NewRecorder()
	s.Admin().ServeHTTP(w, httptest.NewRequest(http.MethodGet, target, nil).WithContext(t.Context()))
	return read(t, w)
}

// newHTTPServer serves a handler with the settings of production and returns its address.
func newHTTPServer(t *testing.T, h http.Handler) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := web.NewHTTPServer(h, nil)
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	t.Cleanup(func() {
		_ = server.Close()
		if err := <-done; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
	return "http://" + listener.Addr().String()
}

// tick returns a channel that is ready a moment later, for tests that must poll.
func (s *server) tick(t testing.TB) <-chan time.Time {
	t.Helper()
	if t.Context().Err() != nil {
		t.Fatal("the test is over")
	}
	return time.After(time.Millisecond)
}

// sendContext sends a GET that can be cancelled.
func (s *server) sendContext(ctx context.Context, t testing.TB, target string) {
	t.Helper()
	w := httptest.NewRecorder()
	s.Public().ServeHTTP(w, httptest.NewRequest(http.MethodGet, target, nil).WithContext(ctx))
}
