package resolvers_test

import (
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"go.mongodb.org/mongo-driver/v2/event"

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
		// The slugs once, then the list, the count and the facets. The tier is known from its slug.
		"a list by slugs":            {`{patterns(first:5,filter:{tier:{in:["gold"]}}){nodes{slug tier{name}}}}`, 2},
		"its count too":              {`{patterns(first:5,filter:{tier:{in:["gold"]}}){totalCount nodes{slug tier{name}}}}`, 3},
		"its facets too":             {`{patterns(first:5,filter:{tier:{in:["gold"]}}){totalCount nodes{slug} facets(fields:[CATEGORY,TIER,LAW]){values{value count}}}}`, 4},
		"facets of many parents":     {`{laws{patterns{facets(fields:[TIER,COMPANY]){values{value label}}}}}`, 2},
		"an unknown slug":            {`{patterns(filter:{tier:{in:["none"]}}){totalCount nodes{slug}}}`, 3},
		"slugs of several types":     {`{patterns(filter:{tier:{in:["gold"]},law:{all:["cognitive-load"]},not:{company:{in:["netflix"]}}}){totalCount nodes{slug}}}`, 5},
		"the same slugs twice":       {`{a:patterns(filter:{tier:{in:["gold"]}}){nodes{slug}} b:patterns(filter:{tier:{none:["gold"]}}){nodes{slug}}}`, 3},
		"lists of many parents":      {`{laws{patterns(first:2,filter:{tier:{in:["gold"]}}){totalCount nodes{slug}}}}`, 4},
		"a list of stated keys":      {`{pattern(slug:"saga"){companies(filter:{owner:{none:["amazon"]}}){totalCount nodes{slug}}}}`, 4},
		"related patterns":           {`{pattern(slug:"saga"){relatedPatterns(direction:OUT,filter:{tier:{in:["gold"]}}){totalCount nodes{slug}}}}`, 3},
		"a filter that is too large": {`{patterns(filter:{tier:{in:[` + manySlugs() + `]}}){totalCount nodes{slug}}}`, 0},
		// Long texts come with the entries whose selection has them.
		"a list with texts":        {`{patterns(first:20){nodes{slug body{html} problem}}}`, 1},
		"beside an entry":          {`{pattern(slug:"saga"){name} a:patterns(last:1,before:"@saga"){nodes{slug}} b:patterns(first:1,after:"@saga"){nodes{slug}}}`, 3},
		"beside a former slug":     {`{companies(first:2,after:"@aws"){nodes{slug}}}`, 2},
		"by edges":                 {`{patterns(first:20){edges{cursor node{body{html}}} pageInfo{endCursor}}}`, 1},
		"by fragments":             {`{patterns(first:20){pageInfo{endCursor} nodes{...on Entry{...F}}}} fragment F on Entry{body{html}}`, 1},
		"a list with and without":  {`{a:patterns(first:20){nodes{slug}} b:patterns(first:20){nodes{body{html}}}}`, 1},
		"a closed set with texts":  {`{tiers{criteria}}`, 1},
		"by slug with texts":       {`{pattern(slug:"saga"){problem provenance{page} body{html}}}`, 1},
		"by path with texts":       {`{entry(path:"/patterns/saga"){body{html}}}`, 1},
		"by id with texts":         {`{node(id:"` + patternID("saga") + `"){...on Pattern{checklist{text}}}}`, 1},
		"by ids with texts":        {`{nodes(ids:["` + patternID("saga") + `","` + patternID("cqrs") + `"]){...on Pattern{checklist{text}}}}`, 1},
		"relations with texts":     {`{pattern(slug:"saga"){tier{body{html}} laws{body{html}} companies(first:3){nodes{body{html}}}}}`, 4},
		"the whole relation":       {`{pattern(slug:"saga"){caseStudies{nodes{body{html}}}}}`, 2},
		"lists of many with texts": {`{laws{patterns(first:2){nodes{body{html}}}}}`, 2},
		"related with texts":       {`{pattern(slug:"saga"){relatedPatterns(direction:BOTH){nodes{body{html}}}}}`, 2},
		"hits with highlights":     {`{search(query:"saga",types:[PATTERN]){edges{highlights{fragments} node{slug}}}}`, 1},
		"hits with texts":          {`{search(query:"saga",types:[PATTERN]){nodes{body{html}}}}`, 1},
		"texts and slugs":          {`{patterns(first:20,filter:{tier:{in:["gold"]}}){totalCount nodes{body{html} tier{name}}}}`, 3},
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

func patternID(key string) string { return content.ID{Type: content.TypePattern, Key: key}.String() }

// TestTextsAreReadOnlyIfShown measures the replies of lists in drafts: a text that the selection leaves out
// is not read.
func TestTextsAreReadOnlyIfShown(t *testing.T) {
	h := newHub(t)
	drafts := h.store.At(content.Drafts)
	size := func(schema graphql.ExecutableSchema, query string) (bytes int) {
		h.replies = func(e *event.CommandSucceededEvent) { bytes += len(e.Reply) }
		defer func() { h.replies = nil }()
		resp, _ := h.answerFrom(t, drafts, schema, query, map[string]any{"no": false})
		if len(resp.Errors) > 0 {
			t.Fatal(resp.Errors)
		}
		return bytes
	}
	for executor, schema := range map[string]graphql.ExecutableSchema{"engine": h.engine, "stock": h.schema} {
		t.Run(executor, func(t *testing.T) {
			cards, whole := size(schema, `{patterns{nodes{slug}}}`), size(schema, `{patterns{nodes{body{html}}}}`)
			if whole < 2*cards {
				t.Errorf("a list of texts takes %d bytes, one without them %d", whole, cards)
			}
			for _, query := range []string{
				`query($no:Boolean!){patterns{nodes{slug body @include(if:$no){html}}}}`,
				`query($no:Boolean!){patterns{nodes{slug ...on Pattern @include(if:$no){body{html}}}}}`,
				`query($no:Boolean!){patterns{edges{node{slug ...F @include(if:$no)}}}} fragment F on Pattern{body{html}}`,
				`{patterns{nodes{slug body @skip(if:true){html}}}}`,
			} {
				if got := size(schema, query); got != cards {
					t.Errorf("%s reads %d bytes, want %d", query, got, cards)
				}
			}
		})
	}
}

// manySlugs returns more slugs than a filter takes.
func manySlugs() string {
	return strings.Repeat(`"gold",`, 101)
}
