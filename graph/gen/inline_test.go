package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDisableInlining(t *testing.T) {
	const source = `package graph

func (ec *executionContext) fieldContext_Law_slug() {}

func (ec *executionContext) marshalNLaw2Law() {}

func (ec *executionContext) unmarshalNInt2int() {}

func (ec *executionContext) _Law_slug() {}

func marshalNLaw() {}
`
	marked := source
	for _, name := range []string{"fieldContext_Law_slug", "marshalNLaw2Law"} {
		declared := "func (ec *executionContext) " + name
		marked = strings.Replace(marked, declared, "//go:noinline\n"+declared, 1)
	}
	dir := t.TempDir()
	for _, name := range []string{"law.generated.go", "law.go"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(source), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := disableInlining(dir); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"law.generated.go": marked, "law.go": source} {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, string(got)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
