package content_test

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"patternhub/content"
)

// mustContract parses the schema, which the vocabulary must agree with.
func mustContract(t *testing.T) *ast.Schema {
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

// entryTypes gathers the struct and enum types that entries are made of, by name.
func entryTypes() map[string]reflect.Type {
	out := map[string]reflect.Type{}
	for _, et := range content.Types() {
		gather(reflect.TypeOf(content.NewEntry(et)), out)
	}
	return out
}

// vocabulary gathers those of the read models as well.
func vocabulary() map[string]reflect.Type {
	out := entryTypes()
	for _, v := range []any{
		content.Wizard{},
		content.Calculator{},
		content.Metrics{},
		content.Scoring{},
		content.Weights{},
		content.PatternHealth{},
		content.PatternComparison{},
		content.PatternGraph{},
		content.PatternPathStep{},
		content.Schedule{},
		content.UserError{},
		content.Viewer{},
		content.OrderBy{},
		content.MergeNone,
	} {
		gather(reflect.TypeOf(v), out)
	}
	return out
}

func gather(t reflect.Type, into map[string]reflect.Type) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if into[t.Name()] != nil || t.PkgPath() != reflect.TypeFor[content.ID]().PkgPath() {
		return
	}
	into[t.Name()] = t
	if t.Kind() == reflect.Struct {
		for f := range t.Fields() {
			gather(f.Type, into)
		}
	}
}

func TestEnumsHaveTheValuesOfTheContract(t *testing.T) {
	s := mustContract(t)
	seen := 0
	for name, typ := range vocabulary() {
		enum, ok := reflect.TypeAssert[interface{ Values() []string }](reflect.Zero(typ))
		if !ok {
			continue
		}
		values := enum.Values()
		if sorted := slices.Sorted(slices.Values(values)); len(slices.Compact(sorted)) != len(values) {
			t.Errorf("%s has a value twice", name)
		}
		d := s.Types[name]
		if d == nil || d.Kind != ast.Enum {
			continue // of the vocabulary only
		}
		seen++
		var declared []string
		for _, v := range d.EnumValues {
			declared = append(declared, v.Name)
		}
		slices.Sort(declared)
		if d := cmp.Diff(declared, slices.Sorted(slices.Values(values))); d != "" {
			t.Errorf("%s (-contract +code):\n%s", name, d)
		}
	}
	if seen < 40 {
		t.Errorf("only %d enums were compared", seen)
	}
}

// TestNoEnumOfAnEntryIsLeftEmpty: a working copy satisfies what the contract calls non-null, so
// every enum that is no pointer is required.
func TestNoEnumOfAnEntryIsLeftEmpty(t *testing.T) {
	for name, typ := range entryTypes() {
		if typ.Kind() != reflect.Struct || name == "Meta" {
			continue
		}
		for f := range typ.Fields() {
			_, enum := reflect.TypeAssert[interface{ Values() []string }](reflect.Zero(f.Type))
			if enum && f.Type.Kind() == reflect.String && !strings.Contains(f.Tag.Get("rule"), "required") {
				t.Errorf("%s.%s may be empty", name, f.Name)
			}
		}
	}
}

// TestListsAreBoundedAsTheContractSays compares what entries may hold with the sizes that costs
// are computed from. The headings of a long text are the renderer's.
func TestListsAreBoundedAsTheContractSays(t *testing.T) {
	s := mustContract(t)
	seen := 0
	for name, typ := range entryTypes() {
		d := s.Types[name]
		if d == nil || typ.Kind() != reflect.Struct || name == "RichText" {
			continue
		}
		for f := range typ.Fields() {
			stored, _, _ := strings.Cut(f.Tag.Get("bson"), ",")
			declared := d.Fields.ForName(stored)
			if declared == nil || f.Type.Kind() != reflect.Slice || stored == "" {
				continue
			}
			size := declared.Directives.ForName("listSize")
			if size == nil || size.Arguments.ForName("slicingArguments") != nil {
				continue
			}
			seen++
			most := strings.TrimPrefix(f.Tag.Get("rule"), "max=")
			if assumed := size.Arguments.ForName("assumedSize").Value.Raw; most != assumed {
				t.Errorf("%s.%s holds %s items, and the contract assumes %s", name, stored, most, assumed)
			}
		}
	}
	if seen < 40 {
		t.Errorf("only %d lists were compared", seen)
	}
}

func TestEveryOrderOfTheContractHasAValue(t *testing.T) {
	s := mustContract(t)
	for _, et := range content.Types() {
		d := s.Types[et.Name()+"OrderField"]
		if d == nil {
			continue // a small closed set has an order of its own
		}
		e, ok := content.NewEntry(et).(content.Orderable)
		if !ok {
			t.Fatalf("%s cannot be ordered", et)
		}
		for _, v := range d.EnumValues {
			if _, ok := e.OrderValue(v.Name); !ok {
				t.Errorf("%s has no value for %s", et, v.Name)
			}
		}
		if _, ok := e.OrderValue("NO_SUCH_FIELD"); ok {
			t.Errorf("%s has a value for an order that nobody knows", et)
		}
	}
}

// TestFieldsThatAuthorsWriteAreInTheContract: what can be written can be read.
func TestFieldsThatAuthorsWriteAreInTheContract(t *testing.T) {
	s := mustContract(t)
	for _, et := range content.Types() {
		d := s.Types[et.Name()]
		for _, name := range content.Authored(et) {
			if d.Fields.ForName(name) == nil && d.Fields.ForName(strings.TrimSuffix(name, "s")) == nil {
				t.Errorf("%s.%s is not in the contract", et.Name(), name)
			}
		}
	}
}

func TestCodesOfUserErrorsAreTheContracts(t *testing.T) {
	for _, c := range []content.UserErrorCode{
		content.ErrInvalid, content.ErrRequired, content.ErrTooLong, content.ErrNotFound, content.ErrTaken, content.ErrConflict,
		content.ErrUnpublishedReference, content.ErrStillReferenced, content.ErrNotAllowed, content.ErrIdempotencyMismatch,
	} {
		if mustContract(t).Types["UserErrorCode"].EnumValues.ForName(string(c)) == nil {
			t.Errorf("%s is not in the contract", c)
		}
	}
}

func TestReferencesLeadToKnownTypes(t *testing.T) {
	for name, typ := range entryTypes() {
		if typ.Kind() != reflect.Struct {
			continue
		}
		for f := range typ.Fields() {
			target, ok := f.Tag.Lookup("ref")
			if ok && content.EntryType(target).Name() == "" {
				t.Errorf("%s.%s leads to %q", name, f.Name, target)
			}
			if most, ok := strings.CutPrefix(f.Tag.Get("rule"), "max="); ok {
				if n, err := strconv.Atoi(most); err != nil || n < 1 {
					t.Errorf("%s.%s holds at most %q", name, f.Name, most)
				}
			}
		}
	}
}
