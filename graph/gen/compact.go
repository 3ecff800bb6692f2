package main

import (
	"bytes"
	"fmt"
	"go/format"
	"os"
	"path/filepath"
	"regexp"
)

var (
	// noinlineFuncs matches the generated functions that the compiler would inline: fieldContext_* is inlined
	// into its object's lookup and into a closure, and each marshaler is inlined into one closure per field.
	noinlineFuncs = regexp.MustCompile(`(?m)^func \(ec \*executionContext\) (fieldContext_|marshal[NO])`)

	// typedField matches a call of graphql.ResolveField up to its argument that makes the compiler write a copy
	// of it for each type of value.
	typedField = regexp.MustCompile(`(?s)return graphql\.ResolveField\(\n(.*?)` +
		`func\(ctx context\.Context, selections ast\.SelectionSet, v (\S[^\n]*)\) graphql\.Marshaler \{\n` +
		`\t*(return ec\.\S+\(ctx, selections, v\))\n\t*\},\n`)
	anyField = []byte("return resolveField(\n${1}func(ctx context.Context, selections ast.SelectionSet, v any) graphql.Marshaler {\n" +
		"if v, ok := v.($2); ok {\n$3\n}\nreturn nil\n},\n*new($2),\n")

	// scalarContext matches the call that the compiler inlines into each fieldContext_* of a scalar, with a
	// closure of its own.
	scalarContext = []byte("graphql.NewScalarFieldContext(")
	executor      = []byte("type executionContext struct {")
)

const compiledOnce = `
// newScalarFieldContext is graphql.NewScalarFieldContext, compiled once.
//
//go:noinline
func newScalarFieldContext(object string, field graphql.CollectedField, isMethod, isResolver bool, typ string) (*graphql.FieldContext, error) {
	return graphql.NewScalarFieldContext(object, field, isMethod, isResolver, typ)
}

// resolveField is graphql.ResolveField, compiled once for all types of values. marshal returns nil for a value of
// another type than want.
func resolveField(
	ctx context.Context,
	oc *graphql.OperationContext,
	field graphql.CollectedField,
	initialize func(ctx context.Context, field graphql.CollectedField) (*graphql.FieldContext, error),
	resolve func(ctx context.Context) (any, error),
	middleware func(ctx context.Context, next graphql.Resolver) graphql.Resolver,
	marshal func(ctx context.Context, selections ast.SelectionSet, v any) graphql.Marshaler,
	want any,
	recoverFromPanic bool,
	nonNull bool,
) graphql.Marshaler {
	marshalAny := func(ctx context.Context, selections ast.SelectionSet, v any) graphql.Marshaler {
		if m := marshal(ctx, selections, v); m != nil {
			return m
		}
		if m, ok := v.(graphql.Marshaler); ok {
			return m
		}
		oc.Errorf(ctx, "unexpected type %T from middleware/directive chain, should be %T", v, want)
		return graphql.Null
	}
	return graphql.ResolveField(ctx, oc, field, initialize, resolve, middleware, marshalAny, recoverFromPanic, nonNull)
}
`

// compact rewrites the executable schema so that the compiler writes each of its functions once. The
// binary is smaller and compiles faster; a call costs little compared with resolving a field.
func compact(dir string) error {
	files, err := filepath.Glob(filepath.Join(dir, "*.generated.go"))
	if err != nil {
		return fmt.Errorf("list %s: %w", dir, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("read generated code: %w", err)
		}
		compacted := noinlineFuncs.ReplaceAll(text, []byte("//go:noinline\n$0"))
		compacted = typedField.ReplaceAll(compacted, anyField)
		compacted = bytes.ReplaceAll(compacted, scalarContext, []byte("newScalarFieldContext("))
		if bytes.Contains(compacted, executor) {
			compacted = append(compacted, compiledOnce...)
		}
		if bytes.Equal(compacted, text) {
			continue
		}
		if compacted, err = format.Source(compacted); err != nil {
			return fmt.Errorf("format generated code: %w", err)
		}
		if err := os.WriteFile(file, compacted, 0o644); err != nil { //nolint:gosec // source code is not secret
			return fmt.Errorf("write generated code: %w", err)
		}
	}
	return nil
}
