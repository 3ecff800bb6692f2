package seed_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/format"
	"go/parser"
	"go/token"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"patternhub/internal/content"
	"patternhub/internal/content/contenttest"
)

// mustSchema loads the schema of the service.
func mustSchema(t *testing.T) *ast.Schema {
	t.Helper()
	schema, err := gqlparser.LoadSchema(contenttest.Schema(t)...)
	if err != nil {
		t.Fatalf("load the schema: %v", err)
	}
	return schema
}

// TestGraphQLSamples validates every GraphQL sample in the texts, so that readers can send it.
func TestGraphQLSamples(t *testing.T) {
	schema := mustSchema(t)
	if _, errs := gqlparser.LoadQueryWithRules(schema, "{ patterns { nodes { nam } } }", nil); errs == nil {
		t.Fatal("an intended mistake is not found")
	}
	count := 0
	for _, e := range mustRead(t) {
		for _, part := range strings.Split("\n"+body(e), "\n```graphql\n")[1:] {
			sample, _, _ := strings.Cut(part, "\n```")
			count++
			if _, errs := gqlparser.LoadQueryWithRules(schema, sample, nil); errs != nil {
				t.Errorf("%s: %v\n%s", file(e), errs, sample)
			}
		}
	}
	if count == 0 {
		t.Error("no text has a GraphQL sample")
	}
}

// name matches a code span that names a field.
var name = regexp.MustCompile("`([a-z][A-Za-z]*)`")

// TestFieldNames requires that the schema has every field that a page names.
func TestFieldNames(t *testing.T) {
	schema := mustSchema(t)
	known := map[string]bool{}
	for _, def := range schema.Types {
		for _, field := range def.Fields {
			known[field.Name] = true
			for _, arg := range field.Arguments {
				known[arg.Name] = true
			}
		}
	}
	for _, e := range mustRead(t) {
		if e.ID().Type != content.TypePage {
			continue
		}
		for _, m := range name.FindAllStringSubmatch(fences.ReplaceAllString(body(e), ""), -1) {
			if !known[m[1]] {
				t.Errorf("%s: the schema has no field %q", file(e), m[1])
			}
		}
	}
}

// TestCodeSamples parses the samples in Go, JSON and YAML. A Go sample is a list of declarations or
// statements, formatted as by gofmt.
func TestCodeSamples(t *testing.T) {
	parses := map[string]func(string) error{
		"go": func(s string) error {
			_, err := parser.ParseFile(token.NewFileSet(), "", "package p\n"+s, parser.AllErrors)
			if err != nil {
				_, err = parser.ParseFile(token.NewFileSet(), "", "package p\nfunc _() {\n"+s+"\n}", parser.AllErrors)
			}
			if err != nil {
				return fmt.Errorf("parse: %w", err)
			}
			if out, err := format.Source([]byte(s)); err != nil || strings.TrimSpace(string(out)) != strings.TrimSpace(s) {
				return errors.New("gofmt would change it")
			}
			return nil
		},
		"json": func(s string) error { return json.Unmarshal([]byte(s), new(any)) },
		"yaml": func(s string) error { return yaml.Unmarshal([]byte(s), new(any)) },
	}
	count := map[string]int{}
	for _, e := range mustRead(t) {
		for language, parse := range parses {
			for _, part := range strings.Split("\n"+body(e), "\n```"+language+"\n")[1:] {
				sample, _, _ := strings.Cut(part, "\n```")
				count[language]++
				if err := parse(sample); err != nil {
					t.Errorf("%s: the %s sample does not parse: %v\n%s", file(e), language, err, sample)
				}
			}
		}
	}
	t.Logf("samples: %v", count)
}
