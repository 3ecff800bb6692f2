package checks_test

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"patternhub/internal/content/contenttest"
)

var release = flag.Bool("release", false, "write the current schema as the new baseline")

// baseline is the schema of the last release, all files in one.
const baseline = "testdata/baseline.graphql"

// TestTheSchemaOnlyGrows compares the schema with the last released one: everything that a client
// may use remains, with compatible types. Deprecated parts may be removed on the date that they
// name.
//
//	go test ./internal/checks -run TestTheSchemaOnlyGrows -release
func TestTheSchemaOnlyGrows(t *testing.T) {
	var text strings.Builder
	for _, source := range contenttest.Schema(t) {
		text.WriteString(source.Input)
		text.WriteByte('\n')
	}
	if *release {
		if err := os.WriteFile(baseline, []byte(text.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	released, err := os.ReadFile(baseline)
	if err != nil {
		t.Fatal(err)
	}
	for _, broken := range breaks(mustSchema(t, string(released)), mustSchema(t, text.String()), time.Now()) {
		t.Error(broken)
	}
}

func TestBreaksAreFound(t *testing.T) {
	const was = `
		interface Named { name: String! }
		enum Tone { HIGH LOW }
		input Filter { tone: Tone, name: String }
		type Note implements Named { name: String! tone: Tone old: Int @deprecated(reason: "Use tone. Removal on 2020-01-01 UTC.") }
		union Any = Note
		type Query { note(name: String! = "a", filter: Filter): Note! notes: [Note!] }`
	for name, tt := range map[string]struct{ old, now, want string }{
		"nothing":                {"", "", ""},
		"a new field":            {"tone: Tone old", "tone: Tone more: Int old", ""},
		"a stricter answer":      {"notes: [Note!]", "notes: [Note!]!", ""},
		"what was deprecated":    {`old: Int @deprecated(reason: "Use tone. Removal on 2020-01-01 UTC.")`, "", ""},
		"a field that is gone":   {"tone: Tone old", "old", "Note.tone is gone"},
		"a looser answer":        {"): Note!", "): Note", "Query.note is Note and was Note!"},
		"another type":           {"tone: Tone old", "tone: String old", "Note.tone is String and was Tone"},
		"a value that is gone":   {"HIGH LOW", "HIGH", "Tone.LOW is gone"},
		"an input that is gone":  {"tone: Tone, name: String }", "tone: Tone }", "Filter.name is gone"},
		"a stricter input":       {"input Filter { tone: Tone,", "input Filter { tone: Tone!,", "Filter.tone wants Tone! and took Tone"},
		"a new demand":           {"input Filter {", "input Filter { more: Int!", "Filter.more is new and required"},
		"a new argument":         {"(name", "(more: Int!, name", "Query.note(more) is new and required"},
		"an argument gone":       {", filter: Filter)", ")", "Query.note(filter) is gone"},
		"an interface gone":      {"type Note implements Named", "type Note", "Note is no Named any more"},
		"a member of a union":    {"union Any = Note", "union Any = Query", "Note is no Any any more"},
		"a type that is renamed": {"union Any", "union Every", "Any is gone"},
		"another kind":           {"union Any = Note", "scalar Any", "Any is a SCALAR and was a UNION"},
	} {
		t.Run(name, func(t *testing.T) {
			now := was
			if tt.old != "" {
				now = strings.Replace(was, tt.old, tt.now, 1)
			}
			if got := strings.Join(breaks(mustSchema(t, was), mustSchema(t, now), time.Now()), "; "); got != tt.want {
				t.Errorf("found %q, want %q", got, tt.want)
			}
		})
	}
}

func mustSchema(t *testing.T, text string) *ast.Schema {
	t.Helper()
	s, err := gqlparser.LoadSchema(&ast.Source{Name: "schema", Input: text})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// breaks lists what clients of one schema cannot do with another.
func breaks(was, now *ast.Schema, at time.Time) []string {
	var out []string
	for _, name := range sorted(was.Types) {
		old, def := was.Types[name], now.Types[name]
		switch {
		case old.BuiltIn:
		case def == nil:
			out = append(out, name+" is gone")
		case def.Kind != old.Kind:
			out = append(out, fmt.Sprintf("%s is a %s and was a %s", name, def.Kind, old.Kind))
		default:
			out = append(out, changes(old, def, at)...)
		}
	}
	return out
}

func changes(old, def *ast.Definition, at time.Time) []string {
	var out []string
	for _, group := range [][2][]string{{old.Interfaces, def.Interfaces}, {old.Types, def.Types}} {
		for _, name := range group[0] {
			switch {
			case slices.Contains(group[1], name):
			case old.Kind == ast.Union:
				out = append(out, name+" is no "+old.Name+" any more")
			default:
				out = append(out, old.Name+" is no "+name+" any more")
			}
		}
	}
	for _, v := range old.EnumValues {
		if def.EnumValues.ForName(v.Name) == nil && !over(v.Directives, at) {
			out = append(out, old.Name+"."+v.Name+" is gone")
		}
	}
	for _, f := range old.Fields {
		path, next := old.Name+"."+f.Name, def.Fields.ForName(f.Name)
		switch {
		case next == nil && over(f.Directives, at):
		case next == nil:
			out = append(out, path+" is gone")
		case old.Kind == ast.InputObject && !serves(f.Type, next.Type):
			out = append(out, fmt.Sprintf("%s wants %s and took %s", path, next.Type, f.Type))
		case old.Kind != ast.InputObject && !serves(next.Type, f.Type):
			out = append(out, fmt.Sprintf("%s is %s and was %s", path, next.Type, f.Type))
		default:
			out = append(out, arguments(path, f.Arguments, next.Arguments)...)
		}
	}
	for _, f := range def.Fields {
		if old.Kind == ast.InputObject && old.Fields.ForName(f.Name) == nil && f.Type.NonNull && f.DefaultValue == nil {
			out = append(out, old.Name+"."+f.Name+" is new and required")
		}
	}
	return out
}

func arguments(path string, old, now ast.ArgumentDefinitionList) []string {
	var out []string
	for _, a := range old {
		next := now.ForName(a.Name)
		switch {
		case next == nil:
			out = append(out, fmt.Sprintf("%s(%s) is gone", path, a.Name))
		case !serves(a.Type, next.Type):
			out = append(out, fmt.Sprintf("%s(%s) wants %s and took %s", path, a.Name, next.Type, a.Type))
		}
	}
	for _, a := range now {
		if old.ForName(a.Name) == nil && a.Type.NonNull && a.DefaultValue == nil {
			out = append(out, fmt.Sprintf("%s(%s) is new and required", path, a.Name))
		}
	}
	return out
}

// serves reports whether a value of one type is valid where another type is expected.
func serves(given, wanted *ast.Type) bool {
	if wanted.NonNull && !given.NonNull || given.NamedType != wanted.NamedType {
		return false
	}
	if given.Elem == nil || wanted.Elem == nil {
		return given.Elem == wanted.Elem
	}
	return serves(given.Elem, wanted.Elem)
}

// removal matches the end of the reason of a deprecation.
var removal = regexp.MustCompile(`Removal on (\d{4}-\d{2}-\d{2}) UTC\.$`)

// over reports whether the date of a deprecation's removal has passed.
func over(directives ast.DirectiveList, at time.Time) bool {
	d := directives.ForName("deprecated")
	if d == nil || d.Arguments.ForName("reason") == nil {
		return false
	}
	m := removal.FindStringSubmatch(d.Arguments.ForName("reason").Value.Raw)
	if m == nil {
		return false
	}
	until, err := time.Parse(time.DateOnly, m[1])
	return err == nil && at.After(until)
}

func sorted[V any](m map[string]V) []string {
	var out []string
	for name := range m {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}
