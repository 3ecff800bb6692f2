package checks_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestTheHubServesWithoutTheEngine hides the engine, its generated file and its line in the
// generator from the compiler, and lets the hub serve. That compiles the largest packages again, so
// it runs only if ALL_CHECKS is set.
func TestTheHubServesWithoutTheEngine(t *testing.T) {
	if os.Getenv("ALL_CHECKS") == "" {
		t.Skip("make engine and continuous integration run it")
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	gone, err := filepath.Glob(filepath.Join(root, "internal", "engine", "*.go"))
	if err != nil || len(gone) == 0 {
		t.Fatal("there is no engine to remove", err)
	}
	generator := filepath.Join(root, "graph", "gen", "main.go")
	replace := map[string]string{filepath.Join(root, "graph", "engine.generated.go"): "", generator: without(t, generator, ", api.AddPlugin(enginePlugin(v))")}
	for _, name := range gone {
		replace[name] = ""
	}
	raw, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	overlay := filepath.Join(t.TempDir(), "overlay.json")
	if err := os.WriteFile(overlay, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"build", "-overlay", overlay, "-o", os.DevNull, "./graph/gen"},
		{"test", "-overlay", overlay, "-count=1", "-run", "^(TestTheHubServesItsNumbers|TestEveryListWalksBothWays)$", "./internal/hub"},
	} {
		c := exec.CommandContext(t.Context(), "go", args...)
		c.Dir = root
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("go %v: %v\n%s", args, err, out)
		}
	}
	// Without this check the test could not fail: the same command finds an engine that is not
	// hidden.
	c := exec.CommandContext(t.Context(), "go", "list", "-overlay", overlay, "./internal/engine")
	c.Dir = root
	if out, err := c.CombinedOutput(); err == nil {
		t.Errorf("the engine was still there: %s", out)
	}
}

// without writes a copy of a file without a string that must appear in it once.
func without(t *testing.T, name, text string) string {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Count(raw, []byte(text)) != 1 {
		t.Fatalf("%s does not have %q once", name, text)
	}
	copied := filepath.Join(t.TempDir(), "main.go")
	if err := os.WriteFile(copied, bytes.Replace(raw, []byte(text), nil, 1), 0o600); err != nil {
		t.Fatal(err)
	}
	return copied
}
