package content_test

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"patternhub/internal/content"
	"patternhub/internal/content/contenttest"
)

// mustContract parses the schema, which the types of this package must agree with.
func mustContract(t *testing.T) *ast.Schema {
	t.Helper()
	s, gerr := gqlparser.LoadSchema(contenttest.Schema(t)...)
	if gerr != nil {
		t.Fatal(gerr)
	}
	return s
}

// entryTypes returns the struct and enum types that entries are made of, by name.
func entryTypes() map[string]reflect.Type {
	out := map[string]reflect.Type{}
	for _, et := range content.Types() {
		gather(reflect.TypeOf(content.NewEntry(et)), out)
	}
	return out
}

// allTypes returns the types of entries, read models and some results, by name.
func allTypes() map[string]reflect.Type {
	out := entryTypes()
	for _, v := range []any{
		content.Metrics{},
		content.Scoring{},
		content.Weights{},
		content.PatternHealth{},
		content.PatternComparison{},
		content.PatternGraph{},
		content.PatternNetwork{},
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

// gather adds a type of package content, and the types of its fields, to a map by name.
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
	compared := 0
	for name, typ := range allTypes() {
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
			continue // not an enum of the contract
		}
		compared++
		var declared []string
		for _, v := range d.EnumValues {
			declared = append(declared, v.Name)
		}
		slices.Sort(declared)
		if d := cmp.Diff(declared, slices.Sorted(slices.Values(values))); d != "" {
			t.Errorf("%s (-contract +code):\n%s", name, d)
		}
	}
	if compared < 40 {
		t.Errorf("only %d enums were compared", compared)
	}
}

// TestEnumsOfEntriesAreRequired: the contract makes these fields non-null for working copies too, so
// every enum that is not a pointer is required.
func TestEnumsOfEntriesAreRequired(t *testing.T) {
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

// TestListsAreBoundedAsTheContractSays compares the maximum lengths of lists with the sizes that
// costs are computed from. It omits long texts, whose headings the renderer makes.
func TestListsAreBoundedAsTheContractSays(t *testing.T) {
	s := mustContract(t)
	compared := 0
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
			compared++
			most := strings.TrimPrefix(f.Tag.Get("rule"), "max=")
			if assumed := size.Arguments.ForName("assumedSize").Value.Raw; most != assumed {
				t.Errorf("%s.%s holds %s items, and the contract assumes %s", name, stored, most, assumed)
			}
		}
	}
	if compared < 40 {
		t.Errorf("only %d lists were compared", compared)
	}
}

func TestEveryOrderOfTheContractHasAValue(t *testing.T) {
	s := mustContract(t)
	for _, et := range content.Types() {
		d := s.Types[et.Name()+"OrderField"]
		if d == nil {
			continue // a small closed set has a fixed order
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
			t.Errorf("%s has a value for an unknown order", et)
		}
	}
}

// TestFieldsThatAuthorsWriteAreInTheContract: clients can read what authors can write.
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

func TestReferencesNameKnownTypes(t *testing.T) {
	for name, typ := range entryTypes() {
		if typ.Kind() != reflect.Struct {
			continue
		}
		for f := range typ.Fields() {
			target, ok := f.Tag.Lookup("ref")
			if ok && content.EntryType(target).Name() == "" {
				t.Errorf("%s.%s refers to the unknown type %q", name, f.Name, target)
			}
			if most, ok := strings.CutPrefix(f.Tag.Get("rule"), "max="); ok {
				if n, err := strconv.Atoi(most); err != nil || n < 1 {
					t.Errorf("%s.%s holds at most %q", name, f.Name, most)
				}
			}
		}
	}
}
