package contenttest

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
)

// Schema returns the files of the hub's GraphQL schema, by name. It looks for the folder schema in the
// working directory and those above it.
func Schema(t testing.TB) []*ast.Source {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		files, err := filepath.Glob(filepath.Join(dir, "schema", "*.graphql"))
		if err != nil {
			t.Fatal(err)
		}
		if len(files) > 0 {
			return mustSources(t, files)
		}
		if parent := filepath.Dir(dir); parent != dir {
			dir = parent
			continue
		}
		t.Fatal("no folder schema was found")
	}
}

// mustSources reads files of the schema. A file that cannot be read ends the test.
func mustSources(t testing.TB, files []string) []*ast.Source {
	t.Helper()
	sources := make([]*ast.Source, len(files))
	for i, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		sources[i] = &ast.Source{Name: filepath.Base(name), Input: string(text)}
	}
	return sources
}
