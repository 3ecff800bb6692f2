package engine_test

import (
	"bytes"
	"testing"

	"patternhub/internal/engine/testdata/odd"
	"patternhub/internal/engine/testdata/odd/graph"
)

// queries holds one operation of each kind that clients send: a list of cards, a deep one, one entry.
func queries() map[string]string {
	return map[string]string{
		"cards": `{ boxes(first: 6) { id name label count open mood tags owner { id name } twin { id name } related(first: 3) { totalCount nodes { id name } } } }`,
		"deep":  `{ boxes(first: 6) { id related(first: 4) { edges { cursor node { id name label inner { value deep { value } } twin { id name label twin { id label } } } } } } }`,
		"one":   `{ box(id: "b4") { id name count open mood tags } }`,
	}
}

// BenchmarkExecute compares both executors on the same resolvers: "cached" with every load
// answered immediately, "loaded" with all loads through dataloader.
func BenchmarkExecute(b *testing.B) {
	program := odd.New()
	stock := graph.NewExecutableSchema(program.Config())
	fast := newEngine(program.Config())
	for name, text := range queries() {
		doc := parsed(b, stock.Schema(), text)
		for _, cached := range []bool{true, false} {
			mode := map[bool]string{true: "cached", false: "loaded"}[cached]
			run := func(b *testing.B, engine bool) []byte {
				b.Helper()
				es := stock
				if engine {
					es = fast
				}
				ctx, loads := program.With(b.Context(), never)
				if cached {
					loads.Cache()
				}
				r := execute(ctx, es, doc, nil)
				if len(r.Errors) > 0 {
					b.Fatal(r.Errors)
				}
				return r.Data
			}
			if !bytes.Equal(run(b, false), run(b, true)) {
				b.Fatal("the answers differ")
			}
			for _, engine := range []bool{false, true} {
				which := map[bool]string{false: "stock", true: "engine"}[engine]
				b.Run(name+"/"+mode+"/"+which, func(b *testing.B) {
					b.ReportAllocs()
					for b.Loop() {
						b.SetBytes(int64(len(run(b, engine))))
					}
				})
			}
		}
	}
}
