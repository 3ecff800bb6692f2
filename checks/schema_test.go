package checks_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"patternhub/content"
)

// schema parses the contract.
func schema(t *testing.T) *ast.Schema {
	t.Helper()
	files, err := filepath.Glob("../schema/*.graphql")
	if err != nil || len(files) == 0 {
		t.Fatalf("no schema: %v", err)
	}
	var sources []*ast.Source
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, &ast.Source{Name: filepath.Base(f), Input: string(text)})
	}
	s, gerr := gqlparser.LoadSchema(sources...)
	if gerr != nil {
		t.Fatal(gerr)
	}
	return s
}

// own lists the types that the contract declares.
func own(t *testing.T) []*ast.Definition {
	t.Helper()
	var out []*ast.Definition
	for _, d := range schema(t).Types {
		if !d.BuiltIn {
			out = append(out, d)
		}
	}
	return out
}

func TestEverythingHasADescription(t *testing.T) {
	for _, d := range own(t) {
		if d.Description == "" && d.Name != "Query" && d.Name != "Mutation" && d.Name != "Subscription" {
			t.Errorf("%s has no description", d.Name)
		}
		for _, f := range d.Fields {
			if strings.HasPrefix(f.Name, "__") {
				continue
			}
			if f.Description == "" {
				t.Errorf("%s.%s has no description", d.Name, f.Name)
			}
			for _, a := range f.Arguments {
				if a.Description == "" {
					t.Errorf("%s.%s(%s:) has no description", d.Name, f.Name, a.Name)
				}
			}
		}
		for _, v := range d.EnumValues {
			if v.Description == "" {
				t.Errorf("%s.%s has no description", d.Name, v.Name)
			}
		}
	}
}

func TestNamesFollowTheConventions(t *testing.T) {
	camel, pascal, screaming := regexp.MustCompile(`^[a-z][a-zA-Z0-9]*$`), regexp.MustCompile(`^[A-Z][a-zA-Z0-9]*$`), regexp.MustCompile(`^[A-Z][A-Z0-9_]*$`)
	verb := regexp.MustCompile(`^(get|list|fetch)[A-Z]`)
	for _, d := range own(t) {
		if !pascal.MatchString(d.Name) {
			t.Errorf("type %s is not PascalCase", d.Name)
		}
		for _, f := range d.Fields {
			if strings.HasPrefix(f.Name, "__") {
				continue
			}
			if !camel.MatchString(f.Name) || verb.MatchString(f.Name) {
				t.Errorf("%s.%s is not a noun in camelCase", d.Name, f.Name)
			}
			if strings.HasSuffix(f.Name, "Id") || strings.HasSuffix(f.Name, "Ids") {
				t.Errorf("%s.%s names an id instead of the thing", d.Name, f.Name)
			}
		}
		for _, v := range d.EnumValues {
			if !screaming.MatchString(v.Name) {
				t.Errorf("%s.%s is not SCREAMING_SNAKE", d.Name, v.Name)
			}
		}
	}
}

func TestDeprecationsNameTheReplacementAndTheDay(t *testing.T) {
	day := regexp.MustCompile(`Removal on \d{4}-\d{2}-\d{2} UTC\.$`)
	for _, d := range own(t) {
		for _, f := range d.Fields {
			if dep := f.Directives.ForName("deprecated"); dep != nil {
				if reason := dep.Arguments.ForName("reason"); reason == nil || !day.MatchString(reason.Value.Raw) {
					t.Errorf("%s.%s is deprecated without a day", d.Name, f.Name)
				}
			}
		}
	}
}

// TestListsOfObjectsAreBounded holds every plain list of objects to a stated maximum.
func TestListsOfObjectsAreBounded(t *testing.T) {
	s := schema(t)
	for _, d := range own(t) {
		if d.Kind != ast.Object && d.Kind != ast.Interface {
			continue
		}
		for _, f := range d.Fields {
			if f.Type.Elem == nil || strings.HasPrefix(f.Name, "__") || s.Types[f.Type.Name()].IsLeafType() {
				continue
			}
			if strings.HasSuffix(d.Name, "Connection") && (f.Name == "edges" || f.Name == "nodes") {
				continue // sized by the connection
			}
			if f.Directives.ForName("listSize") == nil {
				t.Errorf("%s.%s has no @listSize", d.Name, f.Name)
			}
		}
	}
}

func TestConnectionsAreWhole(t *testing.T) {
	for _, d := range own(t) {
		if !strings.HasSuffix(d.Name, "Connection") {
			continue
		}
		for name, want := range map[string]string{"pageInfo": "PageInfo!", "totalCount": "Int!"} {
			if f := d.Fields.ForName(name); f == nil || f.Type.String() != want {
				t.Errorf("%s.%s is not %s", d.Name, name, want)
			}
		}
		for _, name := range []string{"edges", "nodes"} {
			if f := d.Fields.ForName(name); f == nil || f.Type.Elem == nil || !f.Type.NonNull {
				t.Errorf("%s.%s is not a list", d.Name, name)
			}
		}
	}
}

// TestEnumsOfCodeAndContractAgree compares the values that Go knows with those of the schema.
func TestEnumsOfCodeAndContractAgree(t *testing.T) {
	s := schema(t)
	for name, values := range map[string][]string{
		"EntryType": content.EntryType("").Values(), "PublicationStatus": content.PublicationStatus("").Values(),
		"AccessRole": content.AccessRole("").Values(), "Perspective": content.Perspective("").Values(),
		"PatternCategory": content.PatternCategory("").Values(), "ProblemDomain": content.ProblemDomain("").Values(),
		"CaseStudyKind": content.CaseStudyKind("").Values(), "Effort": content.Effort("").Values(), "Level": content.Level("").Values(),
		"Difficulty": content.Difficulty("").Values(), "PatternRelation": content.PatternRelation("").Values(),
		"GuideKind": content.GuideKind("").Values(), "MigrationKind": content.MigrationKind("").Values(), "LearningPathKind": content.LearningPathKind("").Values(),
		"CompanyKind": content.CompanyKind("").Values(), "PracticeKind": content.PracticeKind("").Values(), "TierClaimSource": content.TierClaimSource("").Values(),
	} {
		var declared []string
		for _, v := range s.Types[name].EnumValues {
			declared = append(declared, v.Name)
		}
		slices.Sort(declared)
		known := slices.Sorted(slices.Values(values))
		if !slices.Equal(declared, known) {
			t.Errorf("%s: the schema has %v, the code %v", name, declared, known)
		}
	}
}

// TestEveryEntryTypeStandsOnEveryFloor holds one aggregate to one stem.
func TestEveryEntryTypeStandsOnEveryFloor(t *testing.T) {
	s := schema(t)
	for _, et := range content.Types() {
		for _, file := range []string{"schema/%s.graphql", "content/%s.go", "mongodb/%s.go", "graph/%s.generated.go", "resolvers/%s.resolvers.go", "seed/data/%s"} {
			path := "../" + strings.ReplaceAll(file, "%s", et.Stem())
			if _, err := os.Stat(path); err != nil {
				t.Errorf("%s: %v", et, err)
			}
		}
		d := s.Types[et.Name()]
		if d == nil || !slices.Contains(d.Interfaces, "Entry") || !slices.Contains(d.Interfaces, "Node") {
			t.Errorf("%s is no Entry in the schema", et.Name())
		}
	}
}
