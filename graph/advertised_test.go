package graph_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/99designs/gqlgen/graphql/introspection"
	"github.com/google/go-cmp/cmp"

	"patternhub/graph"
)

// introspected is the part of the introspection result that these tests read.
type introspected struct {
	Schema struct {
		Types []struct {
			Name       string
			EnumValues []struct{ Name string }
		}
		Directives []struct {
			Name      string
			Locations []string
		}
	} `json:"__schema"`
}

// ask runs a query without resolvers.
func ask(t *testing.T, query string) *graphql.Response {
	t.Helper()
	exec := executor.New(graph.NewExecutableSchema(graph.Config{}))
	ctx := graphql.StartOperationTrace(t.Context())
	oc, errs := exec.CreateOperationContext(ctx, &graphql.RawParams{Query: query})
	if len(errs) > 0 {
		return &graphql.Response{Errors: errs}
	}
	oc.DisableIntrospection = false
	next, ctx := exec.DispatchOperation(ctx, oc)
	return next(context.WithoutCancel(ctx))
}

// TestDirectivesAreThoseThatAreDone compares the directives with a list. The server must implement
// each directive on it, and its locations must be of the specification of October 2021, since
// clients fail on unknown ones.
func TestDirectivesAreThoseThatAreDone(t *testing.T) {
	resp := ask(t, introspection.NewQuery(introspection.QueryOptions{OneOf: true}))
	if len(resp.Errors) > 0 {
		t.Fatal(resp.Errors)
	}
	var in introspected
	if err := json.Unmarshal(resp.Data, &in); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, d := range in.Schema.Directives {
		got[d.Name] = strings.Join(d.Locations, " ")
	}
	want := map[string]string{
		"cost":        "FIELD_DEFINITION",                        // read by web/operation
		"depends":     "FIELD_DEFINITION INPUT_FIELD_DEFINITION", // read by web/operation
		"deprecated":  "FIELD_DEFINITION ARGUMENT_DEFINITION INPUT_FIELD_DEFINITION ENUM_VALUE",
		"idempotent":  "FIELD", // read by resolvers of mutations
		"include":     "FIELD FRAGMENT_SPREAD INLINE_FRAGMENT",
		"listSize":    "FIELD_DEFINITION", // read by web/operation
		"oneOf":       "INPUT_OBJECT",     // checked with literals and variables
		"skip":        "FIELD FRAGMENT_SPREAD INLINE_FRAGMENT",
		"specifiedBy": "SCALAR",
		"uncached":    "FIELD_DEFINITION", // read by web/operation
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, typ := range in.Schema.Types {
		if typ.Name != "__DirectiveLocation" {
			continue
		}
		var names []string
		for _, v := range typ.EnumValues {
			names = append(names, v.Name)
		}
		// The 19 locations of October 2021.
		want := "QUERY MUTATION SUBSCRIPTION FIELD FRAGMENT_DEFINITION FRAGMENT_SPREAD INLINE_FRAGMENT VARIABLE_DEFINITION SCHEMA SCALAR OBJECT FIELD_DEFINITION " +
			"ARGUMENT_DEFINITION INTERFACE UNION ENUM ENUM_VALUE INPUT_OBJECT INPUT_FIELD_DEFINITION"
		if diff := cmp.Diff(strings.Fields(want), names); diff != "" {
			t.Error(diff)
		}
	}
}

func TestDeferIsUnknown(t *testing.T) {
	for _, query := range []string{"{ ... @defer { __typename } }", "{ ...F @defer } fragment F on Query { __typename }"} {
		if resp := ask(t, query); len(resp.Errors) == 0 || !strings.Contains(resp.Errors[0].Message, "defer") {
			t.Errorf("%s: %v", query, resp.Errors)
		}
	}
}
