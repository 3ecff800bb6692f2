package checks_test

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"patternhub/internal/content"
	"patternhub/internal/content/contenttest"
)

// schema parses the contract.
func schema(t *testing.T) *ast.Schema {
	t.Helper()
	s, gerr := gqlparser.LoadSchema(contenttest.Schema(t)...)
	if gerr != nil {
		t.Fatal(gerr)
	}
	return s
}

// own returns the types that the contract declares.
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
			// A deleted entry has only an id.
			deleted := d.Name == "EntryDeletion" && f.Name == "entryId"
			if !deleted && (strings.HasSuffix(f.Name, "Id") || strings.HasSuffix(f.Name, "Ids")) {
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

func TestDeprecationsNameTheReplacementAndTheDate(t *testing.T) {
	day := regexp.MustCompile(`Removal on \d{4}-\d{2}-\d{2} UTC\.$`)
	for _, d := range own(t) {
		for _, f := range d.Fields {
			if dep := f.Directives.ForName("deprecated"); dep != nil {
				if reason := dep.Arguments.ForName("reason"); reason == nil || !day.MatchString(reason.Value.Raw) {
					t.Errorf("%s.%s is deprecated without a date", d.Name, f.Name)
				}
			}
		}
	}
}

// TestListsOfObjectsAreBounded requires a documented maximum for every plain list of objects.
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

func TestConnectionsAreComplete(t *testing.T) {
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

// TestEnumsOfCodeAndContractAgree compares the values in Go with those of the schema.
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
		inCode := slices.Sorted(slices.Values(values))
		if !slices.Equal(declared, inCode) {
			t.Errorf("%s: the schema has %v, the code %v", name, declared, inCode)
		}
	}
}

// TestEveryEntryTypeHasItsFiles requires the files of each type on every floor.
func TestEveryEntryTypeHasItsFiles(t *testing.T) {
	s := schema(t)
	for _, et := range content.Types() {
		for _, file := range []string{"schema/%s.graphql", "internal/content/%s.go", "graph/%s.generated.go", "seed/data/%s"} {
			path := "../../" + strings.ReplaceAll(file, "%s", et.Stem())
			if _, err := os.Stat(path); err != nil {
				t.Errorf("%s: %v", et, err)
			}
		}
		d := s.Types[et.Name()]
		if d == nil || !slices.Contains(d.Interfaces, "Entry") || !slices.Contains(d.Interfaces, "Node") {
			t.Errorf("%s is not an Entry in the schema", et.Name())
		}
	}
}

// TestNoEntryCanGoMissing requires a reason for each non-null field with one entry: a reference
// that the type requires, whose target no operation can remove, a type that is made of entries
// which were read, or a type that has one entry, which always exists.
// An entry that is found by a reverse reference or by the key of a table can go missing by an
// author's ordinary edit, always in drafts, so such a field is nullable.
func TestNoEntryCanGoMissing(t *testing.T) {
	s := schema(t)
	read := map[string]bool{
		"EntryReference": true, "EntryUpsert": true, "PatternHealth": true, "TierHealth": true, "PatternPathStep": true,
		"PatternGraph": true, "PatternGraphNode": true, "PatternGraphEdge": true, "PatternImpact": true,
		"SelectedPattern": true, "EliminatedPattern": true, "ComparedValue": true,
	}
	required := requiredReferences()
	only := map[string]bool{}
	for _, et := range content.Types() {
		only[et.Name()] = et.Singleton()
	}
	for _, d := range own(t) {
		if d.Kind != ast.Object || strings.HasSuffix(d.Name, "Edge") && d.Fields.ForName("cursor") != nil || read[d.Name] {
			continue
		}
		for _, f := range d.Fields {
			target := s.Types[f.Type.NamedType]
			if target == nil || !f.Type.NonNull || target.Name != "Entry" && !slices.Contains(target.Interfaces, "Entry") {
				continue
			}
			if !required[d.Name+"."+f.Name] && !only[target.Name] {
				t.Errorf("%s.%s is non-null, but nothing guarantees the entry", d.Name, f.Name)
			}
		}
	}
}

// requiredReferences returns the references that a working copy needs, as "Pattern.tier".
func requiredReferences() map[string]bool {
	out := map[string]bool{}
	var walk func(reflect.Type)
	seen := map[reflect.Type]bool{}
	walk = func(t reflect.Type) {
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct || seen[t] {
			return
		}
		seen[t] = true
		for f := range t.Fields() {
			if f.Tag.Get("ref") != "" && strings.Contains(f.Tag.Get("rule"), "required") {
				name, _, _ := strings.Cut(f.Tag.Get("bson"), ",")
				out[t.Name()+"."+name] = true
			}
			walk(f.Type)
		}
	}
	for _, entryType := range content.Types() {
		walk(reflect.TypeOf(content.NewEntry(entryType)))
	}
	return out
}
