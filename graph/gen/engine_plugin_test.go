package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/codegen"
	"github.com/99designs/gqlgen/codegen/config"
	"github.com/google/go-cmp/cmp"
)

// buildData returns gqlgen's data for the engine's test schema, which uses every GraphQL feature that the
// engine handles.
func buildData(t *testing.T) *codegen.Data {
	t.Helper()
	t.Chdir(filepath.Join("..", "..", "internal", "engine", "testdata", "odd"))
	cfg, err := config.LoadConfig("gqlgen.yml")
	if err != nil {
		t.Fatal(err)
	}
	if err := cfg.LoadSchema(); err != nil {
		t.Fatal(err)
	}
	if err := cfg.Init(); err != nil {
		t.Fatal(err)
	}
	cfg.Models.Add("Grade", "patternhub/internal/engine/testdata/odd/model.Grade")
	cfg.Models.Add("BoxFilter", "patternhub/internal/engine/testdata/odd/model.BoxFilter")
	cfg.Models.Add("Range", "patternhub/internal/engine/testdata/odd/model.Range")
	data, err := codegen.BuildData(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestEngineFile generates the table of the test schema and compares it with the committed one, which
// the engine's tests use.
func TestEngineFile(t *testing.T) {
	data := buildData(t)
	file := filepath.Join(data.Config.Exec.Dir(), "engine.generated.go")
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := enginePlugin(nil).(engineGenerator).GenerateCode(data); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("engine/testdata/odd is stale; it has been rewritten (-want +got):\n%s", d)
	}
}

// TestEngineFieldKinds checks that each field binding generates the right table row.
func TestEngineFieldKinds(t *testing.T) {
	b := newEngineBuild(buildData(t), nil, nil)
	fields := map[string]*engineField{}
	for _, o := range b.Reached {
		if strings.HasPrefix(o.Name, "__") {
			t.Errorf("%s is stock's", o.Name)
		}
		for _, f := range o.Read {
			fields[o.Name+"."+f.Name] = f
		}
	}
	tests := map[string]string{
		"Box.count":            "leaf obj.Count",
		"Box.id":               "leaf obj.ID",
		"Box.boom":             "leaf obj.Boom()",
		"Box.twin":             "put obj.Twin()",
		"Box.inner":            "put obj.Inner",
		"Box.check":            "call obj.Check()",
		"Box.label":            "call resolvers.Label(ctx, obj)",
		"Box.shouted":          "fallback",
		"BoxConnection.nodes":  "call obj.Nodes(ctx)",
		"BoxConnection.facets": `call obj.Facets(ctx, fc.Args["moods"].([]string), fc.Args["limit"].(*int))`,
		"Query.node":           `call resolvers.Node(ctx, fc.Args["id"].(string))`,
	}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			if got := kindOf(fields[name]); got != want {
				t.Errorf("%s, want %s", got, want)
			}
		})
	}
}

func kindOf(f *engineField) string {
	switch {
	case f.Stock():
		return "fallback"
	case f.Called():
		return "call " + f.Invocation()
	case f.Type().Leaf():
		return "leaf " + f.Getter()
	default:
		return "put " + f.Getter()
	}
}
