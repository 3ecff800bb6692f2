package main

import (
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

const testSchema = `
interface Entry { name: String! resourcePath: String! }
scalar DateTime
type Pattern implements Entry { name: String! resourcePath: String! publishedAt: DateTime minutes: Int tier: Tier tags: [String!]! }
type Tier implements Entry { name: String! resourcePath: String! level: Level }
"How high."
enum Level { "The top." HIGH LOW }
type Query { pattern(slug: String!): Pattern entries: [Entry!] }
`

func generated(t *testing.T, query string) (string, error) {
	t.Helper()
	schema, err := gqlparser.LoadSchema(&ast.Source{Input: testSchema})
	if err != nil {
		t.Fatal(err)
	}
	out, err := generate(schema, []*ast.Source{{Name: "q.graphql", Input: query}})
	return strings.Join(strings.Fields(string(out)), " "), err
}

func TestTypes(t *testing.T) {
	got, err := generated(t, `
		fragment Card on Entry { name resourcePath }
		query Pattern($slug: String!) { pattern(slug: $slug) { resourcePath publishedAt minutes tags other: tier { ...Card level } tier { ...Card } } }
		query Entries { entries { ...Card ... on Pattern { minutes } } }`)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"fragment":              "type Card struct { Name string `json:\"name\"` ResourcePath string",
		"null of a number":      "Minutes *int `json:\"minutes\"`",
		"list":                  "Tags []string `json:\"tags\"`",
		"alias with a fragment": "type PatternAnswerPatternOther struct { Card Level Level",
		"only a fragment":       "Tier *Card `json:\"tier\"`",
		"inline fragment":       "type EntriesAnswerEntries struct { Card Minutes *int",
		"list that may be null": "Entries []EntriesAnswerEntries",
		"path":                  "func (a *PatternAnswer) CanonicalPath() string { return a.Pattern.ResourcePath }",
		"no path":               "func (a *EntriesAnswer) CanonicalPath() string { return \"\" }",
		"time":                  "func (a *PatternAnswer) PublishedOn() *time.Time { return a.Pattern.PublishedAt }",
		"no time":               "func (a *EntriesAnswer) PublishedOn() *time.Time { return nil }",
		"missing":               "func (a *PatternAnswer) Missing() bool { return a.Pattern == nil }",
		"help of an enum":       "case \"HIGH\": return \"The top.\"",
		"document":              "var PatternQuery = Document[PatternAnswer]{Text: `query Pattern",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%s: there is no %s in %s", name, want, got)
		}
	}
}

func TestAKeyIsSelectedOnce(t *testing.T) {
	for name, query := range map[string]string{
		"beside a fragment": `fragment Card on Entry { name } query Q { entries { name ...Card } }`,
		"in two fragments":  `fragment A on Entry { name } fragment B on Entry { name resourcePath } query Q { entries { ...A ...B } }`,
		"on two types":      `query Q { entries { ... on Pattern { name } ... on Tier { name } } }`,
	} {
		if _, err := generated(t, query); err == nil || !strings.Contains(err.Error(), "selected twice") {
			t.Errorf("%s: the error is %v", name, err)
		}
	}
}

func TestWrongDocumentsAreRefused(t *testing.T) {
	for name, query := range map[string]string{
		"unknown field": `query Q { nothing }`, "unused fragment": `fragment A on Entry { name } query Q { entries { name } }`, "syntax": `query {`,
		"no name": `{ entries { name } }`,
	} {
		if _, err := generated(t, query); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}
