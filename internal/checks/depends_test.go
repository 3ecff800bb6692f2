package checks_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2/ast"

	"patternhub/internal/content"
	"patternhub/internal/web/operation"
)

// isEntry reports whether a type is of entries only.
func isEntry(s *ast.Schema, def *ast.Definition) bool {
	possible := s.GetPossibleTypes(def)
	return len(possible) > 0 && !slices.ContainsFunc(possible, func(d *ast.Definition) bool {
		return !slices.Contains(d.Interfaces, "Node")
	})
}

// derives reports whether it follows from the type of a field what the field is made of: its type is
// of entries, or it is a page and says which of its fields list them.
func derives(s *ast.Schema, f *ast.FieldDefinition) bool {
	def := s.Types[f.Type.Name()]
	if isEntry(s, def) {
		return true
	}
	size := f.Directives.ForName("listSize")
	if size == nil || size.Arguments.ForName("sizedFields") == nil {
		return false
	}
	return slices.ContainsFunc(size.Arguments.ForName("sizedFields").Value.Children, func(c *ast.ChildValue) bool {
		listed := def.Fields.ForName(c.Value.Raw)
		return listed != nil && isEntry(s, s.Types[listed.Type.Name()])
	})
}

// declares reports whether a field has @depends or @uncached.
func declares(f *ast.FieldDefinition) bool {
	return f.Directives.ForName("depends") != nil || f.Directives.ForName("uncached") != nil
}

// listsEntries reports whether a type has a list of entries with pages.
func listsEntries(s *ast.Schema, def *ast.Definition) bool {
	nodes := def.Fields.ForName("nodes")
	return nodes != nil && def.Fields.ForName("pageInfo") != nil && isEntry(s, s.Types[nodes.Type.Name()])
}

// TestFieldsSayWhatTheyDependOn: of every root field and of every field that returns entries it is
// known what its answer is made of, by its type or by a directive; so it is of every input that
// names entries.
func TestFieldsSayWhatTheyDependOn(t *testing.T) {
	s := schema(t)
	for _, def := range own(t) {
		for _, f := range def.Fields {
			name := def.Name + "." + f.Name
			if strings.HasPrefix(f.Name, "__") || def == s.Mutation || def == s.Subscription {
				continue
			}
			if def.Kind == ast.InputObject {
				if f.Type.Name() == "SlugFilter" && !declares(f) {
					t.Errorf("%s names entries by their slugs: which ones? It needs @depends", name)
				}
				continue
			}
			known := declares(f) || derives(s, f)
			if def == s.Query && !known {
				t.Errorf("%s: nothing says what it depends on: it needs @depends or @uncached", name)
			}
			if target := s.Types[f.Type.Name()]; listsEntries(s, target) && !known {
				t.Errorf("%s returns entries: it needs @listSize with sizedFields, or @depends", name)
			}
			if f.Type.Name() == "Facet" && !declares(f) {
				t.Errorf("%s counts by the names of other entries: it needs @depends", name)
			}
		}
	}
}

func TestWhatAnswersDependOn(t *testing.T) {
	var all []string
	for _, e := range content.Types() {
		all = append(all, e.Name())
	}
	slices.Sort(all)
	p := operation.New(operation.Options{Schema: schema(t), MeasureOnly: true, Over: func(string, string) {}, Limits: operation.Limits{Page: 100, OperationBytes: 1 << 20}})
	for query, tt := range map[string]struct {
		types    []string // none is the whole graph
		uncached bool
	}{
		`{ pattern(slug: "a") { slug body { html } } }`:                              {[]string{"Pattern"}, false},
		`{ patterns { totalCount } }`:                                                {[]string{"Pattern"}, false},
		`{ patterns(filter: {relatedTo: {in: ["a"]}}) { totalCount } }`:              {[]string{"Pattern"}, false},
		`{ patterns(filter: {or: [{tier: {in: ["a"]}}]}) { totalCount } }`:           {[]string{"Pattern", "Tier"}, false},
		`query ($f: CompanyFilter) { companies(filter: $f) { totalCount } }`:         {[]string{"Company"}, false},
		`query ($f: MigrationFilter) { migrations(filter: $f) { totalCount } }`:      {[]string{"Migration", "Pattern", "Practice"}, false},
		`{ pattern(slug: "a") { companies(first: 1) { edges { scale } } } }`:         {[]string{"Company", "Pattern"}, false},
		`{ patterns { facets(fields: [TIER]) { field } } }`:                          {nil, false},
		`{ tiers { slug patterns { nodes { ... on Pattern { laws { slug } } } } } }`: {[]string{"Law", "Pattern", "Tier"}, false},
		`{ entry(path: "/") { slug } }`:                                              {all, false},
		`{ node(id: "a") { id } }`:                                                   {all, false},
		`{ home { title } }`:                                                         {nil, false},
		`{ search(query: "a") { totalCount } }`:                                      {nil, false},
		`{ suggest(prefix: "a") { text } }`:                                          {nil, false},
		`{ patternPath(from: "a", to: "b") { weight } }`:                             {nil, false},

		`{ __typename }`:            {nil, false},
		`{ viewer { accessRole } }`: {nil, true},

		`{ ...F } fragment F on Query { rateLimit { cost } }`:             {nil, true},
		`{ node(id: "a") { ... on Entry { revisions { totalCount } } } }`: {all, true},
		`{ pattern(slug: "a") { revisions { totalCount } } }`:             {[]string{"Pattern"}, true},
		`mutation { entryDelete(ids: ["a"]) { userErrors { message } } }`: {nil, true},
	} {
		op, refused := p.Find(query, "")
		if refused != nil {
			t.Errorf("%s: %v", query, refused.Errs)
			continue
		}
		if op.Public == tt.uncached {
			t.Errorf("%s: cached %v", query, op.Public)
		}
		if diff := cmp.Diff(tt.types, op.Types); diff != "" {
			t.Errorf("%s: %s", query, diff)
		}
	}
}

// TestPartsOfWebDoNotImportIt: web puts its parts together, and each stands without it. What makes
// operations ready knows nothing of HTTP.
func TestPartsOfWebDoNotImportIt(t *testing.T) {
	const web = module + "/internal/web"
	parts := 0
	for _, p := range packages(t) {
		if !strings.HasPrefix(p.ImportPath, web+"/") {
			continue
		}
		parts++
		if slices.Contains(p.Imports, web) {
			t.Errorf("%s imports web", p.ImportPath)
		}
		if p.ImportPath == web+"/operation" && slices.Contains(p.Imports, "net/http") {
			t.Errorf("%s imports net/http", p.ImportPath)
		}
	}
	if parts < 4 {
		t.Errorf("web has %d parts", parts)
	}
}
