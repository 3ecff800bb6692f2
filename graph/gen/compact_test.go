package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCompact(t *testing.T) {
	const source = `package graph

type executionContext struct {
}

func (ec *executionContext) fieldContext_Law_slug() {
	return graphql.NewScalarFieldContext("Law", field, true, false, "String")
}

func (ec *executionContext) marshalNLaw2Law() {}

func (ec *executionContext) unmarshalNInt2int() {}

func (ec *executionContext) _Law_slugs() {
	return graphql.ResolveField(
		nil,
		func(ctx context.Context, selections ast.SelectionSet, v []*content.Law) graphql.Marshaler {
			return ec.marshalNLaw2Lawᚄ(ctx, selections, v)
		},
		true,
	)
}

func (ec *executionContext) _Law_changes() {
	return graphql.ResolveFieldStream(
		func(ctx context.Context, selections ast.SelectionSet, v int) graphql.Marshaler {
			return ec.marshalNInt2int(ctx, selections, v)
		},
	)
}

func marshalNLaw() {}
`
	const want = `package graph

type executionContext struct {
}

//go:noinline
func (ec *executionContext) fieldContext_Law_slug() {
	return newScalarFieldContext("Law", field, true, false, "String")
}

//go:noinline
func (ec *executionContext) marshalNLaw2Law() {}

func (ec *executionContext) unmarshalNInt2int() {}

func (ec *executionContext) _Law_slugs() {
	return resolveField(
		nil,
		func(ctx context.Context, selections ast.SelectionSet, v any) graphql.Marshaler {
			if v, ok := v.([]*content.Law); ok {
				return ec.marshalNLaw2Lawᚄ(ctx, selections, v)
			}
			return nil
		},
		*new([]*content.Law),
		true,
	)
}

func (ec *executionContext) _Law_changes() {
	return graphql.ResolveFieldStream(
		func(ctx context.Context, selections ast.SelectionSet, v int) graphql.Marshaler {
			return ec.marshalNInt2int(ctx, selections, v)
		},
	)
}

func marshalNLaw() {}
` + compiledOnce
	dir := t.TempDir()
	for _, name := range []string{"law.generated.go", "law.go"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(source), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := compact(dir); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"law.generated.go": want, "law.go": source} {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, string(got)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
