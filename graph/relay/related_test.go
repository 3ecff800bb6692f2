package relay_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"patternhub/graph/relay"
	"patternhub/internal/content"
)

// web returns four patterns that refer to each other: a complements b (both state it), a needs c, d
// needs a and migrates to a.
func web() *shelf {
	p := func(key string, enhanced bool, rows ...content.RelationRow) *pattern {
		return &pattern{Meta: content.Meta{Type: content.TypePattern, Key: key, Name: key}, Enhanced: enhanced, Relations: rows}
	}
	return &shelf{patterns: []*pattern{
		p("a", true, content.RelationRow{PatternKey: "c", Relation: "PREREQUISITE", Weight: 2}, content.RelationRow{PatternKey: "b", Relation: "COMPLEMENTS", Weight: 3}),
		p("b", true, content.RelationRow{PatternKey: "a", Relation: "COMPLEMENTS", Weight: 3}),
		p("c", false),
		p("d", true, content.RelationRow{PatternKey: "a", Relation: "PREREQUISITE", Weight: 1}, content.RelationRow{PatternKey: "a", Relation: "MIGRATES_TO", Weight: 1, Inferred: true}),
	}}
}

func TestRelated(t *testing.T) {
	s := web()
	for name, tt := range map[string]struct {
		relations relay.Relations
		filter    *filter
		want      []string
	}{
		"out":             {relay.Relations{Direction: "OUT"}, nil, []string{"c: OUT PREREQUISITE", "b: OUT COMPLEMENTS"}},
		"in":              {relay.Relations{Direction: "IN"}, nil, []string{"b: IN COMPLEMENTS", "d: IN PREREQUISITE, IN MIGRATES_TO"}},
		"both":            {relay.Relations{Direction: "BOTH"}, nil, []string{"c: OUT PREREQUISITE", "b: OUT COMPLEMENTS", "d: IN PREREQUISITE, IN MIGRATES_TO"}},
		"one kind":        {relay.Relations{Direction: "BOTH", Kinds: []content.PatternRelation{"PREREQUISITE"}}, nil, []string{"c: OUT PREREQUISITE", "d: IN PREREQUISITE"}},
		"no kind":         {relay.Relations{Direction: "BOTH", Kinds: []content.PatternRelation{}}, nil, nil},
		"filtered":        {relay.Relations{Direction: "BOTH"}, &filter{Enhanced: new(true)}, []string{"b: OUT COMPLEMENTS", "d: IN PREREQUISITE, IN MIGRATES_TO"}},
		"filtered to nil": {relay.Relations{Direction: "OUT", Kinds: []content.PatternRelation{"PREREQUISITE"}}, &filter{Enhanced: new(true)}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := relay.Related(s, s.patterns[0], tt.relations, relay.Page{}, tt.filter)
			if err != nil {
				t.Fatal(err)
			}
			edges, err := c.Edges(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, e := range edges {
				if d := cmp.Diff(e.Relations[0], e.StatedRelation); d != "" {
					t.Errorf("the edge's own relation is not the first (-want +got):\n%s", d)
				}
				var all []string
				for _, r := range e.Relations {
					all = append(all, fmt.Sprint(r.Direction, " ", r.Relation))
				}
				got = append(got, e.Node.Key+": "+strings.Join(all, ", "))
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("relations (-want +got):\n%s", d)
			}
			if n, err := c.TotalCount(t.Context()); err != nil || n != len(tt.want) {
				t.Errorf("count is %d (%v), want %d", n, err, len(tt.want))
			}
		})
	}
}

func TestRelatedWalks(t *testing.T) {
	s := web()
	var got []string
	page := relay.Page{First: new(1)}
	for range 10 {
		c, err := relay.Related(s, s.patterns[0], relay.Relations{Direction: "BOTH"}, page, nil)
		if err != nil {
			t.Fatal(err)
		}
		edges, err := c.Edges(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range edges {
			got = append(got, string(e.Relation)+" "+e.Node.Key)
		}
		info, err := c.PageInfo(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if !info.HasNextPage {
			break
		}
		page.After = info.EndCursor
	}
	if d := cmp.Diff([]string{"PREREQUISITE c", "COMPLEMENTS b", "PREREQUISITE d"}, got); d != "" {
		t.Errorf("walk (-want +got):\n%s", d)
	}
}

func TestRelatedFacetsCoverEachPatternOnce(t *testing.T) {
	s := web()
	c, err := relay.Related(s, s.patterns[0], relay.Relations{Direction: "BOTH"}, relay.Page{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := c.Facets(t.Context(), []string{"TIER"}, new(7)); err != nil || got[0].Values[0].Value != "7" {
		t.Errorf("facets are %v (%v)", got, err)
	}
	alone, err := relay.Related(s, s.patterns[2], relay.Relations{Direction: "OUT"}, relay.Page{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := alone.Facets(t.Context(), []string{"TIER"}, nil); err != nil || len(got[0].Values) != 0 {
		t.Errorf("facets of nothing are %v (%v)", got, err)
	}
}
