package hub_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"patternhub/graph"
	"patternhub/internal/web"
	"patternhub/loaders"
)

// TestTheEngineLeavesNothingElse checks that requests run on the engine, but for those whose fields have to
// be checked one by one.
func TestTheEngineLeavesNothingElse(t *testing.T) {
	for name, tt := range map[string]struct {
		query   string
		vars    map[string]any
		reasons []string
		errors  int
	}{
		"a query":        {`{__typename}`, nil, nil, 0},
		"a refused null": {`query($s:String="saga"){__typename pattern(slug:$s){slug}}`, map[string]any{"s": nil}, []string{"middleware"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			var reasons []string
			engine, _ := web.BreadthFirst(graph.NewExecutableSchema(graph.Config{}), loaders.Levels{}, func(_ context.Context, reason string) {
				reasons = append(reasons, reason)
			})
			s, err := web.New(web.Options{Schema: engine})
			if err != nil {
				t.Fatal(err)
			}
			_, errs, err := s.Execute(t.Context(), tt.query, tt.vars)
			if err != nil || len(errs) != tt.errors {
				t.Errorf("%v, %v", errs, err)
			}
			if d := cmp.Diff(tt.reasons, reasons); d != "" {
				t.Error(d)
			}
		})
	}
}
