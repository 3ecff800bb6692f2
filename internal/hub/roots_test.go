package hub_test

import "testing"

// TestFailingRootDoesNotAffectOthers calls each tool with a wrong argument, next to a valid field.
func TestFailingRootDoesNotAffectOthers(t *testing.T) {
	s := seeded(t)
	for name, wrong := range map[string]string{
		"comparePatterns":     `comparePatterns(slugs: ["saga", "nope"]) { formulaVersion }`,
		"patternNeighborhood": `patternNeighborhood(slug: "saga", depth: 9) { nodes { distance } }`,
		"patternImpact":       `patternImpact(slug: "nope") { dependents { distance } }`,
		"search":              `search(query: "saga", first: 0) { totalCount }`,
		"suggest":             `suggest(prefix: "sa", first: 0) { name }`,
		"sync":                `sync(since: "nope") { hasMore }`,
		"a list":              `patterns(first: 0) { nodes { name } }`,
	} {
		t.Run(name, func(t *testing.T) {
			a, err := s.ask(t.Context(), `{ wrong: `+wrong+` pattern(slug: "saga") { name } }`, nil)
			if err != nil {
				t.Fatal(err)
			}
			if len(a.Errors) != 1 || at(a.Data, "pattern", "name") != "Saga" || a.Data["wrong"] != nil {
				t.Errorf("got %v and errors %+v", a.Data, a.Errors)
			}
		})
	}
}
