package engine_test

import (
	"bytes"
	"testing"

	"patternhub/engine/testdata/odd"
	"patternhub/engine/testdata/odd/graph"
)

// queries are of the kinds that programs send: a list of cards, something deep, one thing.
func queries() map[string]string {
	return map[string]string{
		"cards": `{ boxes(first: 6) { id name label count open mood tags owner { id name } twin { id name } related(first: 3) { totalCount nodes { id name } } } }`,
		"deep":  `{ boxes(first: 6) { id related(first: 4) { edges { cursor node { id name label inner { value deep { value } } twin { id name label twin { id label } } } } } } }`,
		"one":   `{ box(id: "b4") { id name count open mood tags } }`,
	}
}

// BenchmarkExecute compares both executors on the same resolvers. Known: every load is
// answered at once, as with a cache; loaded: all go through dataloader.
func BenchmarkExecute(b *testing.B) {
	program := odd.New()
	stock := graph.NewExecutableSchema(program.Config())
	fast := newEngine(program.Config())
	for name, text := range queries() {
		doc := parsed(b, stock.Schema(), text)
		for _, known := range []bool{true, false} {
			mode := map[bool]string{true: "known", false: "loaded"}[known]
			run := func(b *testing.B, engine bool) []byte {
				b.Helper()
				es := stock
				if engine {
					es = fast
				}
				ctx, loads := program.With(b.Context(), never)
				if known {
					loads.Know()
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
