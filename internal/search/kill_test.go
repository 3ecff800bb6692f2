package search_test

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
	"patternhub/internal/markdown"
	"patternhub/internal/mongodb"
	"patternhub/internal/repository"
	"patternhub/internal/search"
)

// asIndexer is the variable that makes this test binary a process with an engine, for a test that kills
// it: the address of the server, the database and the folder.
const asIndexer = "PATTERNHUB_TEST_AS_INDEXER"

// indexer follows a database with an engine until it is killed, and prints a line for each batch.
func indexer(uri, database, dir string) error {
	ctx := context.Background()
	s, err := repository.Open(mongodb.Options{URI: uri, Database: database, Render: markdown.NewRenderer().Render}, nil)
	if err != nil {
		return err
	}
	last, err := s.LastSeq(ctx)
	if err != nil {
		return err
	}
	e, err := search.New(s, search.Options{Dir: dir, Log: slog.New(slog.NewTextHandler(os.Stdout, nil))})
	if err != nil {
		return err
	}
	go e.Run(ctx)
	for {
		changes, err := s.Changes(ctx, last, 20)
		if err != nil {
			return err
		}
		if len(changes) == 0 {
			continue
		}
		last = changes[len(changes)-1].Seq
		e.Note(content.State{}, changes...)
		if _, err := e.At(content.Drafts).Search(ctx, content.Search{Text: "x"}); err == nil {
			fmt.Println("applied", last)
		}
	}
}

// TestKilledWhileItWrites kills a process while it fills an index and while it applies changes, again
// and again. The index that is left opens and catches up to what the store has.
func TestKilledWhileItWrites(t *testing.T) {
	s := newShelf(t)
	mustPublish(t, s.store, pages(0, 100)...)
	r := rand.New(rand.NewPCG(1, 2))
	opened := 0
	for round := range 12 {
		c := exec.CommandContext(t.Context(), os.Args[0])
		c.Env = append(os.Environ(), asIndexer+"="+strings.Join([]string{s.uri, s.database, s.dir}, " "))
		c.Stderr = t.Output()
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		until := r.IntN(8) // lines: the first ones are of the start, the others of batches
		if round == 1 {
			until = 1000 // once, the first fill succeeds for certain
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
		for n := 0; n < until && lines.Scan(); n++ {
			if strings.Contains(lines.Text(), "search index opened") {
				opened++
			}
			if round == 1 && strings.Contains(lines.Text(), "applied") {
				break
			}
		}
		if err := c.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = c.Wait() // it was killed
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
