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
	all, err := read(schema, []*ast.Source{{Name: "q.graphql", Input: query}})
	if err != nil {
		return "", err
	}
	out, err := answers(schema, all)
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
		"alias with a fragment": "type PatternAnswerPatternOther struct { Card Level Level", //nolint:dupword // a name and its type
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

func TestRoutes(t *testing.T) {
	schema, err := gqlparser.LoadSchema(&ast.Source{Input: `
		interface Entry { name: String! }
		type CaseStudy implements Entry { name: String! }
		type Law implements Entry { name: String! }
		type Doc implements Entry { name: String! }
		type Role implements Entry { name: String! }
		type CaseStudyConnection { nodes: [CaseStudy!]! }
		type Query { caseStudy(slug: String!): CaseStudy caseStudies: CaseStudyConnection law(slug: String!): Law laws: [Law!]! doc(path: String!): Doc
			docs: [Doc!]! roles: [Role!]! }`})
	if err != nil {
		t.Fatal(err)
	}
	all, err := read(schema, []*ast.Source{{Input: `
		query CaseStudy($slug: String!) { caseStudy(slug: $slug) { name } laws { name } }
		query CaseStudies { caseStudies { nodes { name } } }
		query Laws { laws { name } }
		query Roles { roles { name } }
		query LawAsText($slug: String!) { law(slug: $slug) { name } }
		query Doc($path: String!) { doc(path: $path) { name } }`}})
	if err != nil {
		t.Fatal(err)
	}
	got := string(routes(schema, all, "newRoute(\"/roles\", pages.RolesQuery, pages.Roles, fixed),"))
	_, got, _ = strings.Cut(got, "return []route{\n")
	want := "\t\tentry(\"/case-studies/{slug}\", pages.CaseStudyQuery, pages.CaseStudy),\n" +
		"\t\tlist(&caseStudiesList, pages.CaseStudiesQuery, pages.CaseStudies),\n" +
		"\t\tlist(&lawsList, pages.LawsQuery, pages.Laws),\n\t}\n}\n"
	if got != want {
		t.Errorf("the routes are\n%s", got)
	}
}
