package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"patternhub/internal/content/contenttest"
)

// contract parses the hub's schema.
func contract(t *testing.T) *ast.Schema {
	t.Helper()
	schema, err := gqlparser.LoadSchema(contenttest.Schema(t)...)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func TestClientFilesAreFresh(t *testing.T) {
	files, err := clientFiles(contract(t))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join("..", "..", clientDir, name))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), string(got)); d != "" {
			t.Errorf("%s is stale, run make generate (-want +got):\n%s", name, d)
		}
		if !json.Valid(got) {
			t.Errorf("%s is not JSON", name)
		}
	}
}

func TestPossibleTypes(t *testing.T) {
	schema := contract(t)
	files, err := clientFiles(schema)
	if err != nil {
		t.Fatal(err)
	}
	var got map[string][]string
	if err := json.Unmarshal(files["possibleTypes.json"], &got); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][]string{
		"EntryChange": {"EntryDeletion", "EntryUpsert"},
		"Tiered":      {"CaseStudy", "Guide", "Pattern"},
	} {
		if d := cmp.Diff(want, got[name]); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
	for name, def := range schema.Types {
		if def.IsAbstractType() && len(got[name]) == 0 {
			t.Errorf("%s has no types", name)
		}
		if def.Kind == ast.Object && slices.Contains(def.Interfaces, "Node") && !slices.Contains(got["Node"], name) {
			t.Errorf("%s is missing from Node", name)
		}
	}
}
