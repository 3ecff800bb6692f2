package hub_test

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestPrivateDatabaseIsRevived kills the private MongoDB under the hub, which starts it again and
// continues with the same content. It is the hub's child process and has no other supervisor.
func TestPrivateDatabaseIsRevived(t *testing.T) {
	dir := t.TempDir()
	s := start(t, "--data-dir", dir)
	s.mustHear(t, "^Ready")
	ctx, cancel := context.WithTimeout(t.Context(), waitLimit)
	defer cancel()
	mustKill(t, filepath.Join(dir, "mongodb", "mongod.lock"))
	s.mustHear(t, "^MongoDB had ended and was restarted")
	for {
		a, err := s.ask(ctx, `{ patterns(filter: {name: {contains: "circuit"}}) { totalCount } }`, nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(a.Errors) == 0 {
			if n := a.Data["patterns"].(map[string]any)["totalCount"]; n != 1.0 {
				t.Errorf("%v patterns are left", n)
			}
			return
		}
		if code := a.Errors[0].Extensions.Code; code != "UNAVAILABLE" {
			t.Fatalf("errors are %+v", a.Errors)
		}
	}
}

// mustKill kills the process whose number is in a file.
func mustKill(t *testing.T, file string) {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(raw)))
	if err != nil {
		t.Fatal(err)
	}
	p, err := os.FindProcess(pid)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Kill(); err != nil {
		t.Fatal(err)
	}
}
