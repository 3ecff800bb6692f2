package resolvers_test

import (
	"encoding/json"
	"testing"

	"github.com/99designs/gqlgen/graphql"

	"patternhub/internal/cache"
	"patternhub/internal/content"
)

// memory returns the published graph behind a cache that never becomes stale.
func (h *hub) memory(t testing.TB) *content.Graph {
	t.Helper()
	m := cache.NewMemory(64<<20, h.store.At(content.Published))
	generation, _ := cache.NewRevisions(content.State{}).Now()
	return m.At(generation)
}

func TestGoldenQueriesFromCache(t *testing.T) {
	h := newHub(t)
	g := h.memory(t)
	before := shared(t, g)
	for _, q := range suite(t) {
		for _, schema := range []graphql.ExecutableSchema{h.engine, h.engine, h.schema} {
			t.Run(q.name, func(t *testing.T) {
				resp, _ := h.answerFrom(t, g, schema, q.query, q.variables)
				if len(resp.Errors) > 0 {
					t.Fatalf("errors: %v", resp.Errors)
				}
				compare(t, "testdata/"+q.name+".golden.json", resp.Data)
			})
		}
		if _, commands := h.answerFrom(t, g, h.engine, q.query, q.variables); commands != 0 {
			t.Errorf("%s: %d commands when everything is cached", q.name, commands)
		}
	}
	if after := shared(t, g); after != before {
		t.Error("an entity that all requests share was changed")
	}
}

// shared prints all values that requests share.
func shared(t *testing.T, g *content.Graph) string {
	t.Helper()
	slices, err := g.Patterns.Find(t.Context(), content.Query{}, content.Scope{})
	if err != nil {
		t.Fatal(err)
	}
	studies, err := g.CaseStudies.Find(t.Context(), content.Query{}, content.Scope{})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal([]any{slices, studies})
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
