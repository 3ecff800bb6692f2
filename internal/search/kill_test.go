package search_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
	"patternhub/internal/markdown"
	"patternhub/internal/mongodb"
	"patternhub/internal/repository"
	"patternhub/internal/search"
	"patternhub/internal/wait"
)

// asIndexer is the variable that makes this test binary a process with an engine, for a test that kills
// it: the address of MongoDB, the database, and the folder or the address of the search server.
const asIndexer = "PATTERNHUB_TEST_AS_INDEXER"

// indexer follows a database with an engine until it is killed, and prints a line for each batch.
func indexer(uri, database, where string) error {
	ctx := context.Background()
	s, err := repository.Open(mongodb.Options{URI: uri, Database: database, Render: markdown.NewRenderer().Render}, nil)
	if err != nil {
		return err
	}
	last, err := s.LastSeq(ctx)
	if err != nil {
		return err
	}
	opts := search.Options{Dir: where, Log: slog.New(slog.NewTextHandler(os.Stdout, nil))}
	if strings.HasPrefix(where, "http:") {
		opts.Dir, opts.URL = "", where
	}
	e, err := search.New(s, opts)
	if err != nil {
		return err
	}
	go e.Run(ctx)
	// A busy machine may need several attempts.
	applied := func(to int64) {
		for err := errors.New("not tried"); err != nil; {
			_, err = e.At(content.Drafts).Search(ctx, content.Search{Text: "x"})
		}
		fmt.Println("applied", to)
	}
	applied(last) // at least once, even if everything was written before this process began
	for {
		changes, err := s.Changes(ctx, last, 20)
		if err != nil {
			return err
		}
		if len(changes) == 0 {
			fmt.Println("waiting") // whoever reads never waits for ever
			wait.Sleep(ctx, 10*time.Millisecond)
			continue
		}
		last = changes[len(changes)-1].Seq
		e.Note(content.State{}, changes...)
		applied(last)
	}
}

// child is a process with an engine.
type child struct {
	cmd   *exec.Cmd
	lines *bufio.Scanner
}

// child starts a process that is killed when the test ends.
func (s *shelf) child(t *testing.T, where string) *child {
	t.Helper()
	c := &child{cmd: exec.CommandContext(context.WithoutCancel(t.Context()), os.Args[0])}
	c.cmd.Env = append(os.Environ(), asIndexer+"="+strings.Join([]string{s.uri, s.database, where}, " "))
	c.cmd.Stderr = t.Output()
	out, err := c.cmd.StdoutPipe()
	if err == nil {
		err = c.cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	c.lines = bufio.NewScanner(out)
	t.Cleanup(func() { c.kill(t) })
	return c
}

// kill kills the process; the second time it does nothing.
func (c *child) kill(t *testing.T) {
	t.Helper()
	if c.cmd.ProcessState != nil {
		return
	}
	if err := c.cmd.Process.Kill(); err != nil {
		t.Error(err)
	}
	_ = c.cmd.Wait() // it was killed
}

// mustSay waits for a line with a text, and lets the process print whatever it wants after that.
func (c *child) mustSay(t *testing.T, text string) {
	t.Helper()
	for c.lines.Scan() {
		if strings.Contains(c.lines.Text(), text) {
			go func() {
				for c.lines.Scan() { // the process must not block
				}
			}()
			return
		}
	}
	t.Fatalf("the process did not print %q", text)
}

// TestKilledWhileItWrites kills a process while it fills an index and while it applies changes, again
// and again. The index that is left opens and catches up to what the store has.
func TestKilledWhileItWrites(t *testing.T) {
	s := newShelf(t)
	mustPublish(t, s.store, pages(0, 100)...)
	r := rand.New(rand.NewPCG(1, 2))
	opened := 0
	for round := range 12 {
		c := s.child(t, s.dir)
		until := r.IntN(8) // lines: the first ones are of the start, the others of batches
		if round == 1 {
			until = math.MaxInt // once, the first fill succeeds for certain
		}
		written := make(chan struct{})
		go func() {
			defer close(written)
			for n := range 4 {
				from := 100 + 40*round + 10*n
				if _, err := s.store.Put(t.Context(), "test", pages(from, from+10)...); err != nil {
					t.Error(err)
				}
			}
		}()
		for n := 0; n < until && c.lines.Scan(); n++ {
			if strings.Contains(c.lines.Text(), "search index opened") {
				opened++
			}
			if round == 1 && strings.Contains(c.lines.Text(), "applied") {
				break
			}
		}
		c.kill(t)
		<-written
	}
	s.use(t, func(e *search.Engine) {
		if n := s.log.count("search index opened"); n != 2 || s.log.count("damaged") != 0 {
			t.Errorf("%d indexes were opened after the kills, want 2\n%s", n, strings.Join(s.log.lines, "\n"))
		}
		if diff := cmp.Diff(counts(t, start(t, s.store)), counts(t, e)); diff != "" {
			t.Errorf("after the kills (-filled +caught up):\n%s", diff)
		}
	})
	if opened == 0 {
		t.Error("no killed process had opened an index")
	}
}

// counts returns what identifies the content of an engine's indexes.
func counts(t *testing.T, e *search.Engine) map[string]any {
	t.Helper()
	out := map[string]any{}
	for _, p := range []content.Perspective{content.Published, content.Drafts} {
		a := mustSearch(t, e.At(p), content.Search{Text: "okapi"})
		hits := mustHits(t, a, nil, 1000)
		list := ids(hits)
		sortStrings(list)
		out[string(p)] = []any{a.Tag(), hits.Total, list}
	}
	return out
}
