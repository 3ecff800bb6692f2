package hub_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"patternhub/graph"
)

// block is a query in a document, with the variables that follow it.
type block struct {
	file, query string
	variables   map[string]any
}

// blocks returns the queries of the documents: fences of graphql, each with an optional fence of
// json right after it for its variables.
func blocks(t *testing.T) []block {
	t.Helper()
	files, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	fence := regexp.MustCompile("(?s)```graphql\n(.*?)```(?:\\s*Variables:\\s*```json\n(.*?)```)?")
	var out []block
	for _, file := range append(files, "README.md", "CONTRIBUTING.md") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range fence.FindAllStringSubmatch(string(text), -1) {
			b := block{file: file, query: m[1]}
			if m[2] != "" {
				if err := json.Unmarshal([]byte(m[2]), &b.variables); err != nil {
					t.Fatalf("%s: %v", file, err)
				}
			}
			out = append(out, b)
		}
	}
	return out
}

// TestFirstAnswerOfTheReadmeIsTrue compares the answer in README with the hub's.
func TestFirstAnswerOfTheReadmeIsTrue(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile("(?s)```graphql\n(.*?)```\\s*answers with\\s*```json\n(.*?)```").FindStringSubmatch(string(text))
	if m == nil {
		t.Fatal("README shows no answer")
	}
	var want answer
	if err := json.Unmarshal([]byte(m[2]), &want); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want.Data, seeded(t).mustAsk(t, m[1], nil)); d != "" {
		t.Errorf("README (-said +true):\n%s", d)
	}
}

// TestQueriesOfTheDocumentsRun runs every query of README and docs on the seeded hub. Mutations and
// subscriptions run in their own tests; here they must only match the schema.
func TestQueriesOfTheDocumentsRun(t *testing.T) {
	s := seeded(t)
	ran := 0
	for _, b := range blocks(t) {
		if b.file == "docs/authoring.md" || b.file == "docs/editing.md" || strings.Contains(b.query, "query Log(") {
			continue // they need keys and people; TestAuthoringPageRuns, TestEditingPageRuns and TestTheLogIsAQuery run them
		}
		query := strings.TrimSpace(regexp.MustCompile(`(?m)^#.*$`).ReplaceAllString(b.query, ""))
		if strings.HasPrefix(query, "mutation") || strings.HasPrefix(query, "subscription") || strings.HasPrefix(query, "type ") || strings.HasPrefix(query, "extend ") {
			continue
		}
		ran++
		a, err := s.ask(t.Context(), b.query, b.variables)
		for tries := 0; tries < 20 && err == nil && len(a.Errors) > 0 && a.Errors[0].Extensions.Code == "UNAVAILABLE"; tries++ {
			a, err = s.ask(t.Context(), b.query, b.variables) // a search waits until the index is filled
		}
		if err != nil {
			t.Errorf("%s: %v", b.file, err)
			continue
		}
		if len(a.Errors) > 0 {
			t.Errorf("%s: %s\n%+v", b.file, b.query, a.Errors)
		}
	}
	if ran < 3 {
		t.Errorf("only %d queries were found", ran)
	}
}

// TestSamplesContainTheClientRecipes checks that the samples, which continuous integration runs,
// contain the code of docs/clients.md.
func TestSamplesContainTheClientRecipes(t *testing.T) {
	text, err := os.ReadFile("docs/clients.md")
	if err != nil {
		t.Fatal(err)
	}
	recipe := regexp.MustCompile("(?s)From \\[([^]]+)\\][^\n]*:\n\n```[a-z]+\n(.*?)```")
	found := recipe.FindAllSubmatch(text, -1)
	if len(found) < 8 {
		t.Errorf("only %d recipes were found", len(found))
	}
	for _, m := range found {
		sample, err := os.ReadFile(string(m[1]))
		if err != nil {
			t.Error(err)
			continue
		}
		if !strings.Contains(string(sample), string(m[2])) {
			t.Errorf("%s does not have\n%s", m[1], m[2])
		}
	}
}

// TestExamplesOfThePlaygroundRun runs every example of the playground on the seeded hub, because
// the page silently omits examples that do not match the schema. The subscription runs in its own
// test; here it must only match the schema.
func TestExamplesOfThePlaygroundRun(t *testing.T) {
	s := seeded(t)
	files, err := filepath.Glob("app/playground/examples/*.graphql")
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	asked := map[string]bool{}
	for _, file := range files {
		query, variables := mustExample(t, file)
		document, errs := gqlparser.LoadQueryWithRules(graph.NewExecutableSchema(graph.Config{}).Schema(), query, nil)
		if errs != nil {
			t.Errorf("%s: %v", file, errs)
			continue
		}
		for _, selected := range document.Operations[0].SelectionSet {
			if f, ok := selected.(*ast.Field); ok {
				asked[f.Name] = true
			}
		}
		if document.Operations[0].Operation == ast.Subscription {
			continue
		}
		if a, err := s.ask(t.Context(), query, variables); err != nil || len(a.Errors) > 0 {
			t.Errorf("%s: %v %+v", file, err, a.Errors)
		}
	}
	for _, tool := range []string{
		"home", "search", "comparePatterns", "selectPatterns", "estimateEffort", "healthDashboard",
		"patternPath", "patternNeighborhood", "patternNetwork", "patternImpact", "entryChanged",
	} {
		if !asked[tool] {
			t.Errorf("no example shows %s", tool)
		}
	}
}

// mustExample reads an example of the playground and its variables.
func mustExample(t *testing.T, file string) (query string, variables map[string]any) {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	beside, err := os.ReadFile(strings.TrimSuffix(file, ".graphql") + ".json")
	if errors.Is(err, fs.ErrNotExist) {
		return string(raw), nil
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(beside, &variables); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return string(raw), variables
}
