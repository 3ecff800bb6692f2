//go:build unix

package resolvers_test

import (
	"bytes"
	"context"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2/ast"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/event"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"patternhub/internal/content"
	"patternhub/loaders"
)

// benchQueries returns one query of each kind that sites send.
func benchQueries() map[string]string {
	const card = `id slug name summary category difficulty publishedAt tier { slug name } laws { slug name } pillars { slug name }`
	return map[string]string{
		"list-20":   `{ patterns(first: 20) { nodes { ` + card + ` } } }`,
		"list-100":  `{ patterns(first: 100) { nodes { ` + card + ` } } }`,
		"by-slug":   `{ pattern(slug: "saga") { ` + card + ` } }`,
		"deep":      `{ tiers { slug patterns(first: 5) { nodes { slug caseStudies(first: 3) { nodes { slug name companies(first: 2) { nodes { slug name } } } } } } } }`,
		"filter":    `{ patterns(first: 20, filter: {tier: {in: ["gold"]}}, orderBy: {field: UPDATED_AT, direction: DESC}) { totalCount nodes { slug name } } }`,
		"bodies-20": `{ patterns(first: 20) { nodes { slug body { html } } } }`,
	}
}

// processor returns the CPU time of this process, without the database's.
func processor(b *testing.B) time.Duration {
	b.Helper()
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		b.Fatal(err)
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}

// way is one way to answer a query.
type way struct {
	name   string
	schema graphql.ExecutableSchema
	graph  *content.Graph
}

// BenchmarkQueries answers the same queries in each way, in one run. The way "finds" sends the
// commands of engine-cold one after the other and does not decode the replies: no server can do less.
func BenchmarkQueries(b *testing.B) {
	h := newHub(b)
	published, memory := h.store.At(content.Published), h.memory(b)
	ways := []way{
		{"stock", h.schema, published},
		{"stock-cache", h.schema, memory},
		{"engine-cold", h.engine, published},
		{"engine-warm", h.engine, memory},
	}
	for name, query := range benchQueries() {
		var first []byte
		for _, w := range ways {
			answer := newAnswerer(w, query)
			// Twice, so that all caches are warm.
			for range 2 {
				data := answer(b, b.Context())
				if first == nil {
					first = data
				}
				if !bytes.Equal(first, data) {
					b.Fatalf("%s: the answers differ:\n%s\n%s", name, first, data)
				}
			}
			b.Run(name+"/"+w.name, func(b *testing.B) {
				measure(b, h, func() { answer(b, b.Context()) })
			})
		}
		replay := newReplay(b, h, query)
		b.Run(name+"/finds", func(b *testing.B) { measure(b, h, func() { replay(b) }) })
	}
}

// measure runs f and reports its CPU time and its number of commands.
func measure(b *testing.B, h *hub, f func()) {
	b.Helper()
	b.ReportAllocs()
	commands, cpu := h.commands.Load(), processor(b)
	for b.Loop() {
		f()
	}
	b.ReportMetric(float64((processor(b)-cpu).Microseconds())/float64(b.N), "cpu-µs/op")
	b.ReportMetric(float64(h.commands.Load()-commands)/float64(b.N), "commands/op")
}

// parsed caches every operation: there are few.
type parsed map[string]*ast.QueryDocument

// Get returns a cached operation.
func (p parsed) Get(_ context.Context, text string) (*ast.QueryDocument, bool) {
	doc, ok := p[text]
	return doc, ok
}

// Add caches an operation.
func (p parsed) Add(_ context.Context, text string, doc *ast.QueryDocument) { p[text] = doc }

// newAnswerer returns a function that answers a query which has been parsed before.
func newAnswerer(w way, query string) func(*testing.B, context.Context) []byte {
	exec := executor.New(w.schema)
	exec.SetQueryCache(parsed{})
	return func(b *testing.B, ctx context.Context) []byte {
		b.Helper()
		ctx = loading(graphql.StartOperationTrace(ctx), w.graph, loaders.Wait)
		op, errs := exec.CreateOperationContext(ctx, &graphql.RawParams{Query: query})
		if errs != nil {
			b.Fatal(errs)
		}
		respond, ctx := exec.DispatchOperation(ctx, op)
		resp := respond(ctx)
		if len(resp.Errors) > 0 {
			b.Fatal(resp.Errors)
		}
		return resp.Data
	}
}

// newReplay returns a function that repeats the commands of a query.
func newReplay(b *testing.B, h *hub, query string) func(*testing.B) {
	b.Helper()
	var mu sync.Mutex
	var commands []bson.D
	h.watch = func(e *event.CommandStartedEvent) {
		var all bson.D
		if err := bson.Unmarshal(e.Command, &all); err != nil {
			b.Error(err)
		}
		all = slices.DeleteFunc(all, func(f bson.E) bool {
			return f.Key == "lsid" || f.Key == "$db" || f.Key == "$clusterTime" || f.Key == "$readPreference"
		})
		mu.Lock()
		defer mu.Unlock()
		commands = append(commands, all)
	}
	newAnswerer(way{schema: h.engine, graph: h.store.At(content.Published)}, query)(b, b.Context())
	h.watch = nil
	client, err := mongo.Connect(options.Client().ApplyURI(h.uri))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := client.Disconnect(context.WithoutCancel(b.Context())); err != nil {
			b.Error(err)
		}
	})
	db := client.Database(h.database)
	return func(b *testing.B) {
		b.Helper()
		for _, c := range commands {
			cur, err := db.RunCommandCursor(b.Context(), c)
			if err != nil {
				b.Fatal(err)
			}
			for cur.Next(b.Context()) {
			}
			if err := cur.Close(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	}
}
