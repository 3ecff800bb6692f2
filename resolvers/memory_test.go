package resolvers_test

import (
	"encoding/json"
	"testing"

	"github.com/99designs/gqlgen/graphql"

	"patternhub/cache"
	"patternhub/content"
)

// memory puts a cache in front of the published graph that nothing makes stale.
func (h *hub) memory(t testing.TB) *content.Graph {
	t.Helper()
	m, err := cache.NewMemory(64<<20, cache.NewRevisions(nil, 0))
	if err != nil {
		t.Fatal(err)
	}
	return m.Graph(h.store.At(content.Published))
}

func TestGoldenQueriesFromMemory(t *testing.T) {
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
			t.Errorf("%s: %d commands when all is in memory", q.name, commands)
		}
	}
	if after := shared(t, g); after != before {
		t.Error("an entity that all requests share was changed")
	}
}

// shared puts all that is shared in one text.
func shared(t *testing.T, g *content.Graph) string {
	t.Helper()
	slices, err := g.Patterns.Find(t.Context(), content.Query[content.PatternFilter]{}, content.Scope{})
	if err != nil {
		t.Fatal(err)
	}
	studies, err := g.CaseStudies.Find(t.Context(), content.Query[content.CaseStudyFilter]{}, content.Scope{})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal([]any{slices, studies})
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
