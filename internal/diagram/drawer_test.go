package diagram_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"patternhub/internal/diagram"
)

// TestMain is also the process that draws, as it is, and as it could go wrong.
func TestMain(m *testing.M) {
	if len(os.Args) < 2 {
		os.Exit(m.Run())
	}
	switch os.Args[1] {
	case diagram.Command:
		if err := diagram.Serve(os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	case "taken-over":
		fmt.Print(`<svg viewBox="0 0 1 1"><script>alert(1)</script><g onload="x"/></svg>`)
	case "garbage":
		fmt.Print(strings.Repeat("x", 3<<20))
	case "broken":
		os.Exit(2)
	case "slow":
		_, _ = os.Stdout.Write(nil)
		select {}
	default:
		os.Exit(m.Run())
	}
}

// drawer returns a drawer whose process is this test's with a mode, and what it reports.
func drawer(t *testing.T, mode string, store diagram.Store) (*diagram.Drawer, func() string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var reports []string
	d := diagram.New(diagram.Options{Store: store, Command: []string{self, mode}, Report: func(err error) {
		mu.Lock()
		defer mu.Unlock()
		reports = append(reports, err.Error())
	}})
	t.Cleanup(d.Close)
	return d, func() string {
		mu.Lock()
		defer mu.Unlock()
		return strings.Join(reports, "\n")
	}
}

const simple = "flowchart LR\n  A[Client] -->|asks| B[Gateway]"

func TestDraw(t *testing.T) {
	d, _ := drawer(t, diagram.Command, nil)
	for name, source := range map[string]string{
		"flowchart": simple, "sequence": "sequenceDiagram\nClient->>Gateway: asks",
	} {
		t.Run(name, func(t *testing.T) {
			hash, err := d.Draw(t.Context(), source)
			if err != nil {
				t.Fatal(err)
			}
			light, err := d.SVG(t.Context(), hash, diagram.Light)
			if err != nil {
				t.Fatal(err)
			}
			dark, err := d.SVG(t.Context(), hash, diagram.Dark)
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range []string{"<svg xmlns=", "Client</text>", "Gateway</text>", "asks</text>"} {
				if !bytes.Contains(light, []byte(want)) || !bytes.Contains(dark, []byte(want)) {
					t.Errorf("%s lacks %s", light, want)
				}
			}
			if bytes.Equal(light, dark) {
				t.Error("both themes are equal")
			}
			clean, err := diagram.Clean(light)
			if err != nil {
				t.Fatal(err)
			}
			sound(t, clean)
		})
	}
}

func TestAKeptPictureIsNotDrawnAgain(t *testing.T) {
	store := diagram.Folder(filepath.Join(t.TempDir(), "diagrams"))
	first, _ := drawer(t, diagram.Command, store)
	hash, err := first.Draw(t.Context(), simple)
	if err != nil {
		t.Fatal(err)
	}
	second, reports := drawer(t, "garbage", store)
	if again, err := second.Draw(t.Context(), simple); err != nil || again != hash || reports() != "" {
		t.Errorf("%s, %v, %s", again, err, reports())
	}
}

func TestDrawingThatGoesWrong(t *testing.T) {
	for mode, want := range map[string]string{"garbage": "no picture", "broken": "exit status 2"} {
		t.Run(mode, func(t *testing.T) {
			d, reports := drawer(t, mode, nil)
			for range 2 {
				if _, err := d.Draw(t.Context(), simple); !errors.Is(err, diagram.ErrFailed) || err.Error() != diagram.ErrFailed.Error() {
					t.Fatalf("the error is %v", err)
				}
			}
			if got := reports(); strings.Count(got, "\n") != 0 || !strings.Contains(got, want) {
				t.Errorf("it reports %q, want once %q", got, want)
			}
		})
	}
}

func TestAProcessThatWasTakenOverDrawsNothingElse(t *testing.T) {
	d, _ := drawer(t, "taken-over", nil)
	hash, err := d.Draw(t.Context(), simple)
	if err != nil {
		t.Fatal(err)
	}
	svg, err := d.SVG(t.Context(), hash, diagram.Dark)
	if err != nil || bytes.Contains(svg, []byte("alert")) || bytes.Contains(svg, []byte("onload")) {
		t.Errorf("%s, %v", svg, err)
	}
}

func TestNothingIsDrawnOf(t *testing.T) {
	d, reports := drawer(t, "garbage", nil)
	for name, tt := range map[string]struct {
		source string
		want   error
	}{
		"a kind that the script lacks": {"gantt\n title x", diagram.ErrNotDrawable},
		"an empty source":              {"", diagram.ErrNotDrawable},
		"a large source":               {"flowchart TD\n" + strings.Repeat("A --> B\n", diagram.MaxEdges+1), diagram.ErrTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := d.Draw(t.Context(), tt.source); !errors.Is(err, tt.want) || reports() != "" {
				t.Errorf("the error is %v, want %v; %s", err, tt.want, reports())
			}
		})
	}
	for _, hash := range []string{"", "../../etc/passwd", strings.Repeat("0", 32)} {
		if _, err := d.SVG(t.Context(), hash, diagram.Light); !errors.Is(err, diagram.ErrUnknown) {
			t.Errorf("%q: the error is %v", hash, err)
		}
	}
}

// TestWaitingIsBounded: while one diagram is drawn without end, others wait up to a number, each wait
// ends with its context, and closing ends all.
func TestWaitingIsBounded(t *testing.T) {
	d, _ := drawer(t, "slow", nil)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	busy := 0
	for i := range diagram.MaxWaiting + 10 {
		_, err := d.Draw(ended, fmt.Sprintf("flowchart TD\nA --> B%d", i))
		switch {
		case errors.Is(err, diagram.ErrBusy):
			busy++
		case !errors.Is(err, context.Canceled):
			t.Fatalf("the error is %v", err)
		}
	}
	if busy < 9 || busy > 10 {
		t.Errorf("%d were refused, want 9 or 10", busy)
	}
	waits := make(chan error)
	go func() {
		_, err := d.Draw(context.WithoutCancel(t.Context()), "flowchart TD\nA --> B5")
		waits <- err
	}()
	begun := time.Now()
	d.Close()
	if err := <-waits; !errors.Is(err, context.Canceled) || time.Since(begun) > 20*time.Second {
		t.Errorf("the error is %v after %v", err, time.Since(begun))
	}
}

func TestAFolderKeepsTheNewest(t *testing.T) {
	path := filepath.Join(t.TempDir(), "diagrams")
	store := diagram.SmallFolder(path, 4)
	name := func(n int) string { return fmt.Sprintf("%032x", n) }
	for n := range 6 {
		if err := store.Put(name(n), []byte("<svg viewBox=\"0 0 1 1\"></svg>")); err != nil {
			t.Fatal(err)
		}
		at := time.Unix(int64(1000+n), 0)
		if err := os.Chtimes(filepath.Join(path, name(n)+".svg"), at, at); err != nil {
			t.Fatal(err)
		}
	}
	for n := range 6 {
		if got := store.Get(name(n)) != nil; got != (n >= 2) {
			t.Errorf("picture %d is there: %v", n, got)
		}
	}
	if err := store.Put("../x", nil); err == nil {
		t.Error("a name that is no hash is accepted")
	}
	if err := os.WriteFile(filepath.Join(path, name(9)+".svg"), []byte("<svg viewBox=\"0 0 1 1\"><script/></svg>"), 0o600); err != nil {
		t.Fatal(err)
	}
	if svg := store.Get(name(9)); bytes.Contains(svg, []byte("script")) {
		t.Errorf("%s", svg)
	}
}

func TestPack(t *testing.T) {
	in := map[string][]byte{"a": []byte("<svg>ä&amp;</svg>"), "b": nil}
	packed, err := diagram.Pack(in)
	if err != nil {
		t.Fatal(err)
	}
	out, err := diagram.Unpack(packed)
	if err != nil || string(out["a"]) != string(in["a"]) || len(out) != 2 {
		t.Errorf("%q, %v", out, err)
	}
	if _, err := diagram.Unpack(packed[:10]); err == nil {
		t.Error("a broken file is unpacked")
	}
}
