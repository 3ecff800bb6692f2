package advisor_test

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"patternhub/internal/advisor"
	"patternhub/internal/content"
)

// hop is one step along a relation, in a form that brute force can compare.
type hop struct {
	from, to string
	relation content.PatternRelation
	weight   int
}

// drawRows draws a small network; keys differ from slugs, so that a mix-up shows.
func drawRows(t *rapid.T) []advisor.Row {
	n := rapid.IntRange(1, 7).Draw(t, "patterns")
	rows := make([]advisor.Row, n)
	for i := range rows {
		rows[i] = advisor.Row{Key: fmt.Sprintf("k%d", i), Slug: string(rune('g' - i))}
	}
	relations := content.PatternRelation("").Values()
	for range rapid.IntRange(0, 3*n).Draw(t, "relations") {
		from := rapid.IntRange(0, n-1).Draw(t, "from")
		to := rapid.IntRange(0, n-1).Draw(t, "to")
		r := content.RelationRow{
			PatternKey: rows[to].Key, Relation: content.PatternRelation(rapid.SampledFrom(relations).Draw(t, "relation")),
			Weight: rapid.IntRange(1, 4).Draw(t, "weight"),
		}
		if from == to || hasRelation(rows[from], r) {
			continue
		}
		rows[from].Relations = append(rows[from].Relations, r)
		if r.Relation.Symmetric() && !hasRelation(rows[to], content.RelationRow{PatternKey: rows[from].Key, Relation: r.Relation}) {
			back := r
			back.PatternKey = rows[from].Key
			rows[to].Relations = append(rows[to].Relations, back)
		}
	}
	return rows
}

// hasRelation reports whether a row already has a relation to a pattern; a row has each at most once.
func hasRelation(row advisor.Row, r content.RelationRow) bool {
	return slices.ContainsFunc(row.Relations, func(o content.RelationRow) bool {
		return o.PatternKey == r.PatternKey && o.Relation == r.Relation
	})
}

func drawSelector(t *rapid.T) advisor.RelationSelector {
	w := advisor.RelationSelector{Direction: content.RelationDirection(rapid.SampledFrom([]string{"OUT", "IN", "BOTH"}).Draw(t, "direction"))}
	switch rapid.IntRange(0, 5).Draw(t, "relations") {
	case 0:
		w.Relations = []content.PatternRelation{} // follows nothing, where nil follows all
	case 1, 2, 3:
		w.Relations = []content.PatternRelation{"PREREQUISITE", "COMPLEMENTS"}
	}
	return w
}

// hops lists, by brute force, the hops that a selector allows.
func hops(rows []advisor.Row, w advisor.RelationSelector) []hop {
	var out []hop
	for _, row := range rows {
		for _, r := range row.Relations {
			if w.Relations != nil && !slices.Contains(w.Relations, r.Relation) {
				continue
			}
			if w.Direction != "IN" {
				out = append(out, hop{row.Key, r.PatternKey, r.Relation, r.Weight})
			}
			if w.Direction != "OUT" {
				out = append(out, hop{r.PatternKey, row.Key, r.Relation, r.Weight})
			}
		}
	}
	return out
}

// floydWarshall returns the number of hops between all pairs; a pair without a path is absent.
func floydWarshall(rows []advisor.Row, w advisor.RelationSelector) map[[2]string]int {
	d := map[[2]string]int{}
	for _, r := range rows {
		d[[2]string{r.Key, r.Key}] = 0
	}
	for _, h := range hops(rows, w) {
		d[[2]string{h.from, h.to}] = 1
	}
	for _, via := range rows {
		for _, a := range rows {
			for _, b := range rows {
				first, ok1 := d[[2]string{a.Key, via.Key}]
				second, ok2 := d[[2]string{via.Key, b.Key}]
				shortest, ok := d[[2]string{a.Key, b.Key}]
				if ok1 && ok2 && (!ok || first+second < shortest) {
					d[[2]string{a.Key, b.Key}] = first + second
				}
			}
		}
	}
	return d
}

// paths lists all paths of a length from one pattern to another.
func paths(all []hop, from, to string, length int) [][]hop {
	if length == 0 {
		if from == to {
			return [][]hop{{}}
		}
		return nil
	}
	var out [][]hop
	for _, h := range all {
		if h.from == from {
			for _, rest := range paths(all, h.to, to, length-1) {
				out = append(out, append([]hop{h}, rest...))
			}
		}
	}
	return out
}

func slugsOf(rows []advisor.Row) map[string]string {
	out := map[string]string{}
	for _, r := range rows {
		out[r.Key] = r.Slug
	}
	return out
}

// TestPathsEqualBruteForce compares every pair with a search through all paths: fewest hops, then
// the greatest sum of weights, then the first by the slugs along the path.
func TestPathsEqualBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows, w := drawRows(t), drawSelector(t)
		n, distance, all, slug := advisor.NewNetwork(rows), floydWarshall(rows, w), hops(rows, w), slugsOf(rows)
		for _, a := range rows {
			for _, b := range rows {
				got, err := n.Path(a.Key, b.Key, w)
				if err != nil {
					t.Fatal(err)
				}
				d, ok := distance[[2]string{a.Key, b.Key}]
				if !ok {
					if got != nil {
						t.Fatalf("a path from %s to %s, want none: %v", a.Key, b.Key, got)
					}
					continue
				}
				if got == nil || len(got) != d {
					t.Fatalf("%d hops from %s to %s, want %d", len(got), a.Key, b.Key, d)
				}
				want := slices.MinFunc(paths(all, a.Key, b.Key, d), func(x, y []hop) int { return comparePaths(x, y, slug) })
				if diff := gocmp.Diff(hopSlugs(want, slug), stepSlugs(got, slug)); diff != "" {
					t.Fatalf("from %s to %s (-want +got):\n%s", a.Slug, b.Slug, diff)
				}
			}
		}
	})
}

// comparePaths orders paths of the same length: the greater sum of weights first, then by slugs.
func comparePaths(a, b []hop, slug map[string]string) int {
	weight := func(path []hop) (sum int) {
		for _, s := range path {
			sum += s.weight
		}
		return sum
	}
	return cmp.Or(cmp.Compare(weight(b), weight(a)), slices.Compare(hopSlugs(a, slug), hopSlugs(b, slug)))
}

// hopSlugs returns the slug after each hop of a path.
func hopSlugs(path []hop, slug map[string]string) []string {
	out := make([]string, len(path))
	for i, s := range path {
		out[i] = slug[s.to]
	}
	return out
}

// stepSlugs returns the slug after each step of an answer.
func stepSlugs(path []content.PatternPathStep, slug map[string]string) []string {
	out := make([]string, len(path))
	for i, s := range path {
		out[i] = slug[s.ToKey]
	}
	return out
}

// TestPathStepsExist checks each step of a path against the rows.
func TestPathStepsExist(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows, w := drawRows(t), drawSelector(t)
		n := advisor.NewNetwork(rows)
		for _, a := range rows {
			for _, b := range rows {
				got, _ := n.Path(a.Key, b.Key, w)
				at := a.Key
				for _, s := range got {
					from, to := s.FromKey, s.ToKey
					if s.Direction == "IN" {
						from, to = to, from
					}
					row := rows[slices.IndexFunc(rows, func(r advisor.Row) bool { return r.Key == from })]
					if s.FromKey != at || !slices.ContainsFunc(row.Relations, func(r content.RelationRow) bool {
						return r.PatternKey == to && r.Relation == s.Relation && r.Weight == s.Weight
					}) {
						t.Fatalf("no row has %+v", s)
					}
					at = s.ToKey
				}
			}
		}
	})
}

// TestNeighborhoodsEqualBruteForce compares nodes, distances and edges.
func TestNeighborhoodsEqualBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows, w, depth := drawRows(t), drawSelector(t), rapid.IntRange(1, 3).Draw(t, "depth")
		n, distance := advisor.NewNetwork(rows), floydWarshall(rows, w)
		for _, centre := range rows {
			got, err := n.Neighborhood(centre.Key, depth, w)
			if err != nil {
				t.Fatal(err)
			}
			near := map[string]int{}
			for _, r := range rows {
				if d, ok := distance[[2]string{centre.Key, r.Key}]; ok && d <= depth {
					near[r.Key] = d
				}
			}
			found := map[string]int{}
			for _, v := range got.Nodes {
				found[v.PatternKey] = v.Distance
			}
			if diff := gocmp.Diff(near, found); diff != "" {
				t.Fatalf("nodes (-want +got):\n%s", diff)
			}
			wanted := map[string]bool{}
			outgoing := advisor.RelationSelector{Relations: w.Relations, Direction: "OUT"}
			for _, h := range hops(rows, outgoing) {
				_, in1 := near[h.from]
				_, in2 := near[h.to]
				if in1 && in2 {
					wanted[pair(h)] = true
				}
			}
			edges := map[string]bool{}
			for _, e := range got.Edges {
				p := pair(hop{from: e.FromKey, to: e.ToKey, relation: e.Relation})
				if edges[p] {
					t.Fatalf("%s twice", p)
				}
				edges[p] = true
			}
			if diff := gocmp.Diff(wanted, edges); diff != "" {
				t.Fatalf("edges (-want +got):\n%s", diff)
			}
		}
	})
}

// pair names a relation between two patterns; a symmetric one has one name from both ends.
func pair(h hop) string {
	if h.relation.Symmetric() && h.from > h.to {
		h.from, h.to = h.to, h.from
	}
	return fmt.Sprint(h.from, " ", h.relation, " ", h.to)
}

func TestImpactEqualsBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := drawRows(t)
		n := advisor.NewNetwork(rows)
		distance := floydWarshall(rows, advisor.RelationSelector{Relations: []content.PatternRelation{"PREREQUISITE"}, Direction: "OUT"})
		for _, r := range rows {
			got, err := n.Impact(r.Key)
			if err != nil {
				t.Fatal(err)
			}
			want, found := map[string]int{}, map[string]int{}
			for _, other := range rows {
				if d, ok := distance[[2]string{other.Key, r.Key}]; ok && d > 0 {
					want[other.Key] = d
				}
			}
			for _, v := range got.Dependents {
				found[v.PatternKey] = v.Distance
			}
			if diff := gocmp.Diff(want, found); diff != "" {
				t.Fatalf("what depends on %s (-want +got):\n%s", r.Key, diff)
			}
		}
	})
}

// TestWhole checks that all pages of the network together are the relations of all its patterns, each once.
func TestWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows, w := drawRows(t), drawSelector(t)
		whole, err := advisor.NewNetwork(rows).Whole("", w)
		if err != nil {
			t.Fatal(err)
		}
		slugs := slugsOf(rows)
		bySlug := func(a, b string) int { return cmp.Compare(slugs[a], slugs[b]) }
		if len(whole.PatternKeys) != len(rows) || whole.TotalCount != len(rows) || whole.HasNextPage || !slices.IsSortedFunc(whole.PatternKeys, bySlug) {
			t.Fatalf("the patterns are %v of %d", whole.PatternKeys, whole.TotalCount)
		}
		want := map[hop]int{}
		for _, r := range rows {
			for _, s := range r.Relations {
				from, to := r.Key, s.PatternKey
				if w.Relations != nil && !slices.Contains(w.Relations, s.Relation) {
					continue
				}
				if s.Relation.Symmetric() && slugs[from] > slugs[to] {
					from, to = to, from
				}
				want[hop{from: from, to: to, relation: s.Relation}] = 1
			}
		}
		got := map[hop]int{}
		for _, e := range whole.Edges {
			got[hop{from: e.FromKey, to: e.ToKey, relation: e.Relation}]++
		}
		if diff := gocmp.Diff(want, got, gocmp.AllowUnexported(hop{})); diff != "" {
			t.Error(diff)
		}
	})
}

func TestWholeInPages(t *testing.T) {
	rows := make([]advisor.Row, 401)
	for i := range rows {
		rows[i] = advisor.Row{Key: fmt.Sprintf("k%d", i), Slug: fmt.Sprintf("s%03d", i)}
		if i > 0 {
			rows[i].Relations = []content.RelationRow{{PatternKey: fmt.Sprintf("k%d", i-1), Relation: "PREREQUISITE"}}
		}
	}
	n := advisor.NewNetwork(rows)
	first, err := n.Whole("", advisor.RelationSelector{})
	if err != nil {
		t.Fatal(err)
	}
	rest, err := n.Whole("s399", advisor.RelationSelector{})
	if err != nil {
		t.Fatal(err)
	}
	if len(first.PatternKeys) != 400 || len(first.Edges) != 399 || !first.HasNextPage || first.TotalCount != 401 {
		t.Errorf("the first page has %d patterns and %d relations of %d, with more: %v", len(first.PatternKeys), len(first.Edges), first.TotalCount, first.HasNextPage)
	}
	if !slices.Equal(rest.PatternKeys, []string{"k400"}) || len(rest.Edges) != 0 || rest.HasNextPage {
		t.Errorf("the second page is %v", rest)
	}
}

func TestKeys(t *testing.T) {
	n := advisor.NewNetwork([]advisor.Row{
		{Key: "1", Slug: "a", FormerSlugs: []string{"old", "b"}},
		{Key: "2", Slug: "b"},
	})
	tests := map[string]struct {
		slug, key string
		code      content.Code
	}{
		"current":         {"a", "1", ""},
		"former":          {"old", "1", ""},
		"former of other": {"b", "2", ""},
		"unknown":         {"c", "", content.BadUserInput},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := n.Keys([]string{tt.slug})
			if content.CodeOf(err) != tt.code {
				t.Fatalf("error %v, want code %q", err, tt.code)
			}
			if tt.code == "" && got[0] != tt.key {
				t.Errorf("got %q, want %q", got[0], tt.key)
			}
		})
	}
}

func TestLargeAnswersAreRefused(t *testing.T) {
	rows := make([]advisor.Row, 500)
	for i := range rows {
		rows[i] = advisor.Row{Key: strconv.Itoa(i), Slug: strconv.Itoa(i)}
		if i > 0 {
			rows[i].Relations = []content.RelationRow{{PatternKey: "0", Relation: "PREREQUISITE", Weight: 1}}
		}
	}
	n := advisor.NewNetwork(rows)
	if _, err := n.Neighborhood("0", 1, advisor.RelationSelector{Direction: "BOTH"}); content.CodeOf(err) != content.LimitExceeded {
		t.Errorf("a neighborhood of 500: %v", err)
	}
	if _, err := n.Impact("0"); content.CodeOf(err) != content.LimitExceeded {
		t.Errorf("an impact on 499: %v", err)
	}
}
