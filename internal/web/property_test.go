package web_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"patternhub/internal/web"
)

// generate writes a random selection on a type of the test schema.
func generate(r *rand.Rand, on string, depth int) string {
	leaves := map[string][]string{
		"Query": {"hello", "a:hello"}, "Pattern": {"slug", "name", "id", "body", "text:body"}, "Law": {"id", "name"}, "Mutation": {"__typename"},
	}
	if depth == 0 {
		return leaves[on][r.IntN(len(leaves[on]))]
	}
	page := func() string {
		return []string{"", "(first:1)", "(first:3)", "(last:2)", "(first:$n)"}[r.IntN(5)]
	}
	connected := func(name string) string {
		inner := generate(r, "Pattern", depth-1)
		shape := []string{"nodes{%s}", "edges{cursor node{%s}}", "totalCount nodes{%s}", "pageInfo{hasNextPage} edges{node{%s}}", "...{nodes{%s}}"}[r.IntN(5)]
		return name + page() + "{" + fmt.Sprintf(shape, inner) + "}"
	}
	fields := map[string][]func() string{
		"Query": {
			func() string { return connected("patterns") },
			func() string { return `pattern(slug:"a"){` + generate(r, "Pattern", depth-1) + "}" },
			func() string { return "laws{" + generate(r, "Law", depth-1) + "}" },
			func() string { return "plain{" + generate(r, "Law", depth-1) + "}" },
			func() string { return "costly{" + generate(r, "Law", depth-1) + "}" },
			func() string { return `node(id:1){id ...on Law{` + generate(r, "Law", depth-1) + "}}" },
		},
		"Pattern": {
			func() string { return connected("related") },
			func() string { return "tier{" + generate(r, "Law", depth-1) + "}" },
			func() string { return "...on Node{id ...on Pattern{" + generate(r, "Pattern", depth-1) + "}}" },
		},
		"Law": {func() string { return "pattern{" + generate(r, "Pattern", depth-1) + "}" }},
	}
	var b strings.Builder
	for range 1 + r.IntN(3) {
		part := fields[on][r.IntN(len(fields[on]))]()
		// Aliases keep equal fields with other arguments apart.
		if name, rest, ok := strings.Cut(part, "{"); ok && !strings.HasPrefix(part, "...") {
			part = fmt.Sprintf("f%d:%s{%s", r.IntN(1<<30), name, rest)
		}
		b.WriteString(part + " ")
	}
	return b.String() + leaves[on][r.IntN(len(leaves[on]))]
}

func TestActualCostNeverExceedsRequested(t *testing.T) {
	s := mustServer(t, web.Options{Limits: web.Limits{Bucket: 1 << 40, Restore: 1 << 40, Aliases: 200}})
	r := rand.New(rand.NewPCG(3, 4))
	served := 0
	for range 10_000 {
		query := "query($n:Int){echo(n:$n) " + generate(r, "Query", r.IntN(4)) + "}"
		a := s.post(t, query, map[string]any{"n": 1 + r.IntN(5)})
		if a.status != http.StatusOK {
			if a.code() != "LIMIT_EXCEEDED" {
				t.Fatalf("%s: %s", query, a.body)
			}
			continue
		}
		served++
		cost, _ := a.Extensions["cost"].(map[string]any)
		requested, _ := cost["requestedQueryCost"].(float64)
		actual, _ := cost["actualQueryCost"].(float64)
		// The walk is checked against the answer itself: every object except the root counts.
		objects := strings.Count(string(a.Data), "{") - 1
		if actual > requested || float64(objects) > requested {
			t.Fatalf("%s: requested %v, actual %v, %d objects", query, requested, actual, objects)
		}
	}
	if served < 5_000 {
		t.Errorf("only %d of 10,000 operations were served", served)
	}
}

func TestOverlapBudget(t *testing.T) {
	// Fragments that meet in ever new combinations: each level merges another half of them.
	var b strings.Builder
	b.WriteString(`{pattern(slug:"a"){`)
	for i := range 40 {
		fmt.Fprintf(&b, "...F%d ", i)
	}
	b.WriteString("}}")
	for i := range 40 {
		fmt.Fprintf(&b, "fragment F%d on Pattern{t%d:tier{pattern{", i, i%7)
		for j := range 8 {
			fmt.Fprintf(&b, "...F%d ", (i*7+j*11+1)%40)
		}
		b.WriteString("}}}")
	}
	s := mustServer(t, web.Options{Limits: web.Limits{Tokens: 10_000}})
	a := s.post(t, b.String(), nil)
	if a.status != http.StatusBadRequest || len(a.body) > 4096 {
		t.Errorf("got %d %.300s", a.status, a.body)
	}
}
