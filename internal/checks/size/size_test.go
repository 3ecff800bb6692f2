package main

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestGrew(t *testing.T) {
	for name, c := range map[string]struct {
		before, now int64
		want        bool
	}{
		"nothing":                  {1_000_000, 1_000_000, false},
		"smaller":                  {10_000_000, 1_000_000, false},
		"many percent, few bytes":  {100_000, 200_000, false},
		"many bytes, few percent":  {50_000_000, 51_500_000, false},
		"many bytes, many percent": {50_000_000, 51_500_001, true},
		"small part":               {100_000, 200_001, true},
		"new and small":            {0, 100_000, false},
		"new and large":            {0, 100_001, true},
	} {
		t.Run(name, func(t *testing.T) {
			if got := grew(c.before, c.now); got != c.want {
				t.Errorf("grew(%d, %d) = %v", c.before, c.now, got)
			}
		})
	}
}

func TestLedgerIsReadAsItWasWritten(t *testing.T) {
	want := sizes{"linux/amd64", map[string]int64{"file": 66_000_000, "section .text": 28_000_000, "code patternhub/graph": 5_000_000}}
	got, err := parse(string(want.text()))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(sizes{})); diff != "" {
		t.Error(diff)
	}
	for _, text := range []string{"", "file 1\n", "# Bytes of bin/patternhub for linux/amd64;\nfile\n", "# Bytes of bin/patternhub for linux/amd64;\nfile many\n"} {
		if _, err := parse(text); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}

func TestGroup(t *testing.T) {
	info := &debug.BuildInfo{Main: debug.Module{Path: "patternhub"}, Deps: []*debug.Module{{Path: "example.org/a"}, {Path: "example.org/a/v2"}}}
	for pkg, want := range map[string]string{
		"main": "main", "patternhub/graph": "patternhub/graph", "patternhubs": "std", "net/http": "std", "": "std",
		"example.org/a/b": "example.org/a", "example.org/a/v2/b": "example.org/a/v2", "example.org/ab": "std",
	} {
		if got := group(pkg, info); got != want {
			t.Errorf("group(%q) = %q, want %q", pkg, got, want)
		}
	}
}

// TestMeasureAndCompare measures this test itself, which is a Go binary like any other.
func TestMeasureAndCompare(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("sizes are read from ELF files")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ledger := filepath.Join(t.TempDir(), "size.txt")
	var out strings.Builder
	if err := run(&out, true, self, ledger); err != nil {
		t.Fatal(err)
	}
	if err := run(&out, false, self, ledger); err != nil {
		t.Fatal(err)
	}
	s, err := measure(self)
	if err != nil {
		t.Fatal(err)
	}
	var code int64
	for name, n := range s.bytes {
		if strings.HasPrefix(name, "code ") {
			code += n
		}
	}
	// Functions are padded, so the code is a little more than the functions.
	if text := s.bytes["section .text"]; code > text || code < text*9/10 {
		t.Errorf("the functions have %d bytes of %d", code, text)
	}
	if s.bytes["code std"] < 500_000 {
		t.Errorf("the standard library has %d bytes", s.bytes["code std"])
	}

	small := sizes{s.platform, map[string]int64{"file": s.bytes["file"], "section .text": s.bytes["section .text"] / 2}}
	if err := os.WriteFile(ledger, small.text(), 0o600); err != nil {
		t.Fatal(err)
	}
	err = run(&out, false, self, ledger)
	if !errors.Is(err, errGrown) || !strings.Contains(err.Error(), `"section .text"`) || strings.Contains(err.Error(), `"file"`) {
		t.Errorf("a ledger with half the code returns %v", err)
	}

	elsewhere := sizes{"plan9/386", map[string]int64{"file": least}}
	if err := os.WriteFile(ledger, elsewhere.text(), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := run(&out, false, self, ledger); err != nil {
		t.Errorf("a ledger of another platform returns %v", err)
	}
}
