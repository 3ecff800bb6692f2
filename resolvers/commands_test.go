package resolvers_test

import (
	"testing"

	"github.com/99designs/gqlgen/graphql"

	"patternhub/internal/content"
)

// TestCommandsOfDrafts counts the commands of queries in drafts, which no cache answers. Both executors
// need as few.
func TestCommandsOfDrafts(t *testing.T) {
	h := newHub(t)
	drafts := h.store.At(content.Drafts)
	for name, tt := range map[string]struct {
		query    string
		commands int64
	}{
		// The slugs once, then the list, the count and the facets, whose labels need one more. The tier is
		// known from its slug.
		"a list by slugs":            {`{patterns(first:5,filter:{tier:{in:["gold"]}}){nodes{slug tier{name}}}}`, 2},
		"its count too":              {`{patterns(first:5,filter:{tier:{in:["gold"]}}){totalCount nodes{slug tier{name}}}}`, 3},
		"its facets too":             {`{patterns(first:5,filter:{tier:{in:["gold"]}}){totalCount nodes{slug} facets(fields:[CATEGORY]){values{value count}}}}`, 4},
		"an unknown slug":            {`{patterns(filter:{tier:{in:["none"]}}){totalCount nodes{slug}}}`, 3},
		"slugs of several types":     {`{patterns(filter:{tier:{in:["gold"]},law:{all:["cognitive-load"]},not:{company:{in:["netflix"]}}}){totalCount nodes{slug}}}`, 5},
		"the same slugs twice":       {`{a:patterns(filter:{tier:{in:["gold"]}}){nodes{slug}} b:patterns(filter:{tier:{none:["gold"]}}){nodes{slug}}}`, 3},
		"lists of many parents":      {`{laws{patterns(first:2,filter:{tier:{in:["gold"]}}){totalCount nodes{slug}}}}`, 4},
		"a list of stated keys":      {`{pattern(slug:"saga"){companies(filter:{owner:{none:["amazon"]}}){totalCount nodes{slug}}}}`, 4},
		"related patterns":           {`{pattern(slug:"saga"){relatedPatterns(direction:OUT,filter:{tier:{in:["gold"]}}){totalCount nodes{slug}}}}`, 3},
		"a filter that is too large": {`{patterns(filter:{tier:{in:[` + manySlugs() + `]}}){totalCount nodes{slug}}}`, 0},
	} {
		for executor, schema := range map[string]graphql.ExecutableSchema{"engine": h.engine, "stock": h.schema} {
			t.Run(name+"/"+executor, func(t *testing.T) {
				resp, commands := h.answerFrom(t, drafts, schema, tt.query, nil)
				if (len(resp.Errors) > 0) != (tt.commands == 0) {
					t.Fatalf("errors: %v", resp.Errors)
				}
				if commands != tt.commands {
					t.Errorf("%d commands, want %d", commands, tt.commands)
				}
			})
		}
	}
	if n := h.timers.Load(); n > 0 {
		t.Errorf("%d batches were sent by a timer", n)
	}
}

// manySlugs returns more slugs than a filter takes.
func manySlugs() string {
	out := ""
	for range 101 {
		out += `"gold",`
	}
	return out
}
