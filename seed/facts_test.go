package seed_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
)

// TestFacts compares every entry with its facts, field by field: each fact must have the same value
// in the entry, and each field of an entry that is not prose must come from the facts.
func TestFacts(t *testing.T) {
	want := wanted(t)
	seen := map[string]bool{}
	for _, e := range mustRead(t) {
		name := file(e)
		seen[name] = true
		if e.ID().Type == content.TypePage {
			continue // pages are prose only
		}
		row, ok := want[name]
		if !ok {
			t.Errorf("%s: the facts do not contain the entry", name)
			continue
		}
		if diff := cmp.Diff(plain(row), plain(tree(e))); diff != "" {
			t.Errorf("%s differs from the facts (-facts +entry):\n%s", name, diff)
		}
	}
	for name := range want {
		if !seen[name] {
			t.Errorf("%s: the entry is missing", name)
		}
	}
}

// TestFactFiles requires that every file of facts is used or listed in leftOut.
func TestFactFiles(t *testing.T) {
	files, err := filepath.Glob("testdata/facts/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no facts: %v", err)
	}
	k := newTaker(t)
	k.entries()
	for _, name := range files {
		name = strings.TrimSuffix(filepath.Base(name), ".json")
		if _, left := leftOut()[name]; left {
			continue
		}
		for _, p := range mustFacts(t, name) {
			path := name + "." + p.key
			if _, left := leftOut()[path]; !left && !k.used[path] {
				t.Errorf("nothing reads %s, and leftOut does not name it", path)
			}
		}
	}
	for path := range leftOut() {
		if strings.Contains(path, ".") && !k.met[path] && !topLevel(t, path) {
			t.Errorf("leftOut names %s, which the facts do not have", path)
		}
	}
}

// topLevel reports whether a path is a key of a file.
func topLevel(t *testing.T, path string) bool {
	t.Helper()
	name, key, _ := strings.Cut(path, ".")
	_, err := os.Stat(filepath.Join("testdata", "facts", name+".json"))
	return err == nil && mustFacts(t, name).get(key) != nil
}

// TestCounts checks the counts that the facts state, so that it notices an entry that is missing
// from both the facts and the tree.
func TestCounts(t *testing.T) {
	got := map[string]int{}
	for _, e := range mustRead(t) {
		got[e.ID().Type.Name()]++
		switch e := e.(type) {
		case *content.Pattern:
			countPattern(got, e)
		case *content.CaseStudy:
			got["scale figures"] += len(e.Scale)
			got["pattern uses"] += len(e.PatternUses)
			got["parts of companies"] += len(e.CompanyParts)
			for _, f := range e.Scale {
				if f.Suspect {
					got["suspect figures"]++
				}
			}
			got["studies "+e.TierKey]++
		case *content.Practice:
			if e.TierClaimKey == "bronze" {
				got["practices claimed bronze"]++
			}
		}
	}
	want := map[string]int{
		"Tier": 3, "Law": 7, "Pillar": 5, "Role": 4, "Company": 191, "Practice": 62, "Pattern": 101, "CaseStudy": 91,
		"FailureStudy": 3, "Guide": 16, "QuickStart": 6, "LearningPath": 15, "Journey": 4, "Migration": 23,
		"Comparison": 5, "Page": 12, "Calculator": 1, "Wizard": 3,
		"gold": 38, "silver": 38, "bronze": 25, "enhanced": 57, "relations": 764, "inferred relations": 362,
		"adopters": 303, "adopters with scale": 111,
		"scale figures": 399, "pattern uses": 434, "parts of companies": 200, "suspect figures": 1,
		"studies gold": 55, "studies silver": 21, "studies bronze": 8, "studies ": 7,
		"practices claimed bronze": 13,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
}

// countPattern adds a pattern to the counts of its tier, its relations and its adopters.
func countPattern(got map[string]int, p *content.Pattern) {
	got[p.TierKey]++
	if p.Enhanced {
		got["enhanced"]++
	}
	got["relations"] += len(p.Relations)
	for _, r := range p.Relations {
		if r.Inferred {
			got["inferred relations"]++
		}
	}
	got["adopters"] += len(p.Adoptions)
	for _, a := range p.Adoptions {
		if a.Scale != nil {
			got["adopters with scale"]++
		}
	}
}

// TestBackReferences compares the references that the facts of laws and pillars list with those of
// the graph, read backward.
func TestBackReferences(t *testing.T) {
	got := map[string][]string{}
	for _, e := range mustRead(t) {
		if e.ID().Type != content.TypePattern && e.ID().Type != content.TypeCaseStudy {
			continue
		}
		for _, r := range content.References(e) {
			if r.Path == "laws" || r.Path == "pillars" {
				path := r.Path + "/" + r.Target.Key + "/" + e.ID().Type.Stem()
				got[path] = append(got[path], e.Head().Slug)
			}
		}
	}
	want := map[string][]string{}
	for _, name := range []string{"laws", "pillars"} {
		for _, row := range mustFacts(t, name).rows(name) {
			for key, stem := range map[string]string{"patterns": "pattern", "caseStudies": "case_study"} {
				for _, slug := range list(row.get(key)) {
					path := name + "/" + row.text("slug") + "/" + stem
					want[path] = append(want[path], slug.(string))
				}
			}
		}
	}
	for _, lists := range []map[string][]string{got, want} {
		for _, l := range lists {
			slices.Sort(l)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what refers to laws and pillars (-facts +graph):\n%s", diff)
	}
}

// TestRelations requires that both sides state a symmetric relation with equal weight, and that
// migrations and prerequisites have no cycle.
func TestRelations(t *testing.T) {
	type statement struct {
		from, to string
		relation content.PatternRelation
	}
	weight := map[statement]int{}
	next := map[content.PatternRelation]map[string][]string{"PREREQUISITE": {}, "MIGRATES_TO": {}}
	for _, e := range mustRead(t) {
		p, ok := e.(*content.Pattern)
		if !ok {
			continue
		}
		for _, r := range p.Relations {
			weight[statement{p.Slug, r.PatternKey, r.Relation}] = r.Weight
			if next[r.Relation] != nil {
				next[r.Relation][p.Slug] = append(next[r.Relation][p.Slug], r.PatternKey)
			}
		}
	}
	for s, w := range weight {
		if back := weight[statement{s.to, s.from, s.relation}]; s.relation.Symmetric() && back != w {
			t.Errorf("%s %s %s with weight %d, back with weight %d", s.from, s.relation, s.to, w, back)
		}
	}
	for relation, edges := range next {
		for start := range edges {
			if reaches(edges, start, start, map[string]bool{}) {
				t.Errorf("%s: %s forms a cycle", start, relation)
			}
		}
	}
}

// reaches reports whether a path of at least one edge leads to goal. It adds the nodes on its way to seen,
// so that it ends although the graph has other cycles.
func reaches(edges map[string][]string, from, goal string, seen map[string]bool) bool {
	for _, to := range edges[from] {
		if to == goal {
			return true
		}
		if !seen[to] {
			seen[to] = true
			if reaches(edges, to, goal, seen) {
				return true
			}
		}
	}
	return false
}

// mustFacts reads a file of facts. It preserves the order of keys, since some lists were made from
// it.
func mustFacts(t *testing.T, name string) object {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", "facts", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	d := json.NewDecoder(f)
	v, err := ordered(d)
	if err != nil {
		t.Fatalf("read %s: %v", name, err)
	}
	return v.(object)
}
