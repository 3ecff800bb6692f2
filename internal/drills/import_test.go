package drills_test

import (
	"bytes"
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"patternhub/internal/content"
	"patternhub/internal/markdown"
	"patternhub/internal/mongodb"
	generated "patternhub/internal/porting/sample"
	"patternhub/internal/repository"
)

// importInto is the database of the import, since that of the other drills has entries already.
const importInto = "drill_import"

// drillImport kills an import at random moments, while it writes and while it publishes, and repeats it
// until it ends.
func drillImport(t *testing.T, s *scene) {
	t.Helper()
	o := generated.Options{Patterns: repeats(300)}
	var text bytes.Buffer
	if err := generated.Write(&text, o); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "sample.ndjson")
	if err := os.WriteFile(file, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	store, err := repository.Open(mongodb.Options{URI: s.server.URI(), Database: importInto, Render: markdown.NewRenderer().Render}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close(context.WithoutCancel(t.Context())) })
	args := []string{"import", file, "--publish", "--mongodb-uri", s.server.URI(), "--mongodb-database", importInto}
	kills := repeats(3)
	for n := range kills {
		// A change for each entry that is written, and at least two for each that is published.
		killAt(t, store, int64(3*o.Patterns*(n+1)/(kills+1)), args)
	}
	said := mustRun(t, args...)
	if !strings.Contains(said, "Import: ") || strings.Contains(said, "yet") {
		t.Errorf("the last import says %q", said[max(0, len(said)-300):])
	}
	if said = mustRun(t, args...); !strings.Contains(said, "0 created, 0 changed") || strings.Contains(said, "published") {
		t.Errorf("one more import says %q", said[max(0, len(said)-300):])
	}
	mustBeImported(t, store, o)
}

// killAt starts a command and kills it soon after the change log of a store has reached a number.
func killAt(t *testing.T, store *repository.Store, seq int64, args []string) {
	t.Helper()
	cmd := command(t.Context(), t, args...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(maxWait); ; <-time.After(5 * time.Millisecond) {
		if last, err := store.LastSeq(t.Context()); err == nil && last >= seq {
			break
		}
		if time.Now().After(end) {
			t.Error("the import does not write")
			break
		}
	}
	<-time.After(rand.N(200 * time.Millisecond)) // anywhere within a transaction
	_ = cmd.Process.Kill()                       // it may have ended
	_ = cmd.Wait()
}

// mustBeImported checks that both graphs have each entry of a sample, written once: the first revision is
// the only one, and no number of the log is used twice.
func mustBeImported(t *testing.T, store *repository.Store, o generated.Options) {
	t.Helper()
	entries := map[content.EntryType][]string{}
	n := 0
	if err := generated.Each(o, func(e content.Entry) error {
		entries[e.Head().Type] = append(entries[e.Head().Type], e.Head().Key)
		n++
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for et, keys := range entries {
		for _, p := range []content.Perspective{content.Drafts, content.Published} {
			found, err := store.At(p).Reader(et).EntriesByKeys(t.Context(), keys)
			if err != nil {
				t.Fatal(err)
			}
			for i, e := range found {
				if e == nil || e.Head().Revision != 1 || e.Head().Status != content.StatusPublished {
					t.Errorf("%s %s in %s: %+v", et, keys[i], p, e)
				}
			}
		}
	}
	written := map[content.ID]int{}
	var last int64
	since := &scene{store: store}
	for _, c := range since.mustChanges(t, 0) {
		if c.Seq != last+1 {
			t.Errorf("change %d follows %d", c.Seq, last)
		}
		last = c.Seq
		written[content.ID{Type: c.Type, Key: c.Key}] = c.Revision
	}
	if len(written) != n {
		t.Errorf("the log has changes of %d entries, want %d", len(written), n)
	}
	if broken, err := store.Broken(t.Context(), content.Published, 10); err != nil || len(broken) > 0 {
		t.Errorf("references to nothing: %v, %v", broken, err)
	}
}
