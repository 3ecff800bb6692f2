package enginetest_test

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"patternhub/internal/engine/enginetest"
)

const text = `
	type Query { one(n: Int = 3, list: [In!]): Thing! all(kind: Kind!, first: Int): [Node!]! hidden: Int }
	interface Node { id: ID! }
	type Thing implements Node { id: ID! name(long: Boolean): String other: Node }
	type Stone implements Node { id: ID! weight: Float! }
	enum Kind { BIG SMALL }
	input In { a: Float = 1.5 b: [String] in: In }
`

func newSchema(t testing.TB) *ast.Schema {
	t.Helper()
	s, err := gqlparser.LoadSchema(&ast.Source{Input: text})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func newGenerator(t testing.TB, seed uint64) *enginetest.Generator {
	t.Helper()
	return &enginetest.Generator{
		Schema: newSchema(t), Rand: rand.New(rand.NewPCG(seed, 0)),
		Scalars: map[string]func(*rand.Rand) any{"all.first": enginetest.Pick(41, 42)},
		Leave:   func(f string) bool { return f == "Query.hidden" },
	}
}

// TestGenerator checks that operations repeat with their seed, that nearly all are valid, and that
// together they use every construct of an operation.
func TestGenerator(t *testing.T) {
	a, b := newGenerator(t, 3), newGenerator(t, 3)
	missing := map[string]bool{
		"... on ": true, "fragment ": true, "@skip(if: $": true, "@include(if: false)": true, "__typename": true, ": Boolean!": true,
		"= {": true, "list: [": true, "{a: $": true, "BIG": true, "1e+25": true, "first: 41": true, ": one": true,
	}
	invalid := 0
	for range 2000 {
		op := a.Next()
		if d := cmp.Diff(op, b.Next()); d != "" {
			t.Fatal(d)
		}
		if len(op.Variables) != 4 {
			t.Fatalf("%d sets of variables", len(op.Variables))
		}
		if strings.Contains(op.Text, "hidden") {
			t.Fatal("asks for a field that is left out")
		}
		if _, errs := gqlparser.LoadQuery(a.Schema, op.Text); errs != nil { //nolint:staticcheck // the default rules
			invalid++
		}
		for part := range missing {
			if strings.Contains(op.Text, part) {
				delete(missing, part)
			}
		}
	}
	if invalid > 200 || len(missing) > 0 {
		t.Errorf("%d of 2000 are not valid; never seen: %v", invalid, missing)
	}
}

// fixed always returns the same answer.
type fixed struct {
	schema *ast.Schema
	data   string
	err    error
	// times is the number of reports of the error; zero means one.
	times int
}

func (f fixed) Schema() *ast.Schema { return f.schema }

func (f fixed) Complexity(context.Context, string, string, int, map[string]any) (int, bool) {
	return 0, false
}

func (f fixed) Exec(context.Context) graphql.ResponseHandler {
	return func(ctx context.Context) *graphql.Response {
		if errors.Is(f.err, io.EOF) {
			return nil
		}
		for range max(1, f.times) {
			graphql.AddError(ctx, f.err)
		}
		return &graphql.Response{Data: []byte(f.data)}
	}
}

func TestCompare(t *testing.T) {
	s := newSchema(t)
	tests := map[string]struct {
		stock, engine fixed
		want          string
	}{
		"equal":         {fixed{s, `{"a":1}`, nil, 1}, fixed{s, `{"a":1}`, nil, 1}, ""},
		"equal errors":  {fixed{s, `null`, errors.New("x"), 1}, fixed{s, `null`, errors.New("x"), 1}, ""},
		"data":          {fixed{s, `{"a":1}`, nil, 1}, fixed{s, `{"a":2}`, nil, 1}, "data differ at byte 5"},
		"shorter":       {fixed{s, `{"a":1}`, nil, 1}, fixed{s, `{"a":1`, nil, 1}, "data differ at byte 6"},
		"message":       {fixed{s, `null`, errors.New("x"), 1}, fixed{s, `null`, errors.New("y"), 1}, "errors differ"},
		"error missing": {fixed{s, `null`, errors.New("x"), 1}, fixed{s, `null`, nil, 1}, "errors differ"},
		"null error twice by stock": {
			fixed{s, `null`, errors.New("cannot return null for non-null field"), 2}, fixed{s, `null`, errors.New("cannot return null for non-null field"), 1}, "",
		},
		"null error twice by the engine": {
			fixed{s, `null`, errors.New("cannot return null for non-null field"), 1}, fixed{s, `null`, errors.New("cannot return null for non-null field"), 2}, "errors differ",
		},
		"error twice by stock": {fixed{s, `null`, errors.New("x"), 2}, fixed{s, `null`, errors.New("x"), 1}, "errors differ"},
		"no answer":            {fixed{s, `null`, nil, 1}, fixed{s, ``, io.EOF, 1}, "one of the answers is nil"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := enginetest.NewPair(test.stock, test.engine).Compare(t.Context(), `{ one { id } }`, nil)
			if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
				t.Errorf("%v, want %q", err, test.want)
			}
		})
	}
	t.Run("not valid", func(t *testing.T) {
		_, err := enginetest.NewPair(fixed{s, "", nil, 1}, fixed{s, "", nil, 1}).Compare(t.Context(), `{ none }`, nil)
		if !errors.Is(err, enginetest.ErrInvalid) {
			t.Error(err)
		}
	})
}
