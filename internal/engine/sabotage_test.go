package engine_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// sabotages holds typical mistakes of such an engine. Each is a change to one of its source files.
var sabotages = map[string]struct{ file, right, wrong string }{
	"wrong plan key":     {"plans.go", "if p := s.plans[key]; p", "key = 0\n\tif p := s.plans[key]; p"}, // ignores the variables of @skip and @include
	"lost null bubble":   {"write.go", "case null:", "case null && false:"},                             // keeps an object whose field must not be null and is
	"wrong float format": {"writer.go", "f, 'g', -1, 64", "f, 'f', -1, 64"},                             // writes floats without an exponent
	"swapped parents":    {"level.go", "c.group.objs[i], c.args", "c.group.objs[(i+1)%len(c.group.objs)], c.args"},
	"skipped error":      {"write.go", "oc.Error(ctx, graphql.AddFieldLocationToError(ctx, c.errs[i]))", ""},
	"mutations at once":  {"run.go", "return g == r.root && r.plan", "return g == nil && r.plan"}, // starts all fields of a mutation together
	"rows mixed up":      {"row.go", "from = c.ends[i-1]", "from = 0"},                            // gives each parent the objects of those before it
	"stale argument":     {"level.go", "f.fixed", "true"},                                         // keeps decoded arguments although they depend on variables
}

// TestSabotage builds the engine with each mistake and expects that the comparison with the stock
// executor fails, or the test of rows, which that schema has none of. go's -overlay replaces the files, so the engine has no code for this.
func TestSabotage(t *testing.T) {
	if os.Getenv("ALL_CHECKS") == "" {
		t.Skip("make engine sets ALL_CHECKS: this test builds the engine's tests once for each mistake")
	}
	for name, s := range sabotages {
		t.Run(name, func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), "go", "test", "-short", "-vet=off", "-count=1", "-timeout=5m",
				"-overlay="+mustOverlay(t, s.file, s.right, s.wrong), "-run=^(TestRandomOperations|TestRandomWrites|TestRows)$", ".")
			out, err := cmd.CombinedOutput()
			if err == nil {
				t.Fatalf("nothing was found:\n%s", out)
			}
			if !strings.Contains(string(out), "--- FAIL: TestR") {
				t.Fatalf("the comparison did not run: %v\n%s", err, out)
			}
		})
	}
}

// mustOverlay writes a changed copy of a source file of this folder, and returns the overlay file
// that makes go read the copy.
func mustOverlay(t *testing.T, file, right, wrong string) string {
	t.Helper()
	path, err := filepath.Abs(file)
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.ReplaceAll(string(source), right, wrong)
	if changed == string(source) {
		t.Fatalf("%s has no %q any more: name the line that does its work now", file, right)
	}
	copied, overlay := filepath.Join(t.TempDir(), file), filepath.Join(t.TempDir(), "overlay.json")
	description, err := json.Marshal(map[string]any{"Replace": map[string]string{path: copied}})
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{copied: []byte(changed), overlay: description} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return overlay
}
