package hub_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"patternhub/internal/content"
	"patternhub/internal/markdown"
	"patternhub/internal/mongodb"
	"patternhub/internal/mongodb/mongotest"
	"patternhub/internal/repository"
	"patternhub/seed"
)

// editor writes to the hub's database as another replica does.
type editor struct{ store *repository.Store }

func newEditor(t *testing.T, uri, database string) *editor {
	t.Helper()
	store, err := repository.Open(mongodb.Options{URI: uri, Database: database, Render: markdown.NewRenderer().Render}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return &editor{store}
}

// edit renames and publishes a pattern.
func (e *editor) edit(t *testing.T, key, name string) *content.Pattern {
	t.Helper()
	found, err := e.store.At(content.Drafts).Patterns.Pages(t.Context(), []string{key})
	if err != nil || found[0] == nil {
		t.Fatalf("read %s: %v (%v)", key, found, err)
	}
	p := *found[0]
	p.Name = name
	if _, err := e.store.Put(t.Context(), "editor", &p); err != nil {
		t.Fatal(err)
	}
	if _, err := e.store.Publish(t.Context(), "editor", p.ID()); err != nil {
		t.Fatal(err)
	}
	return &p
}

// node runs a script of the conformance tests with Node and its packages.
func node(t *testing.T, script string, args ...string) string {
	t.Helper()
	binary, err := exec.LookPath("node")
	if err != nil {
		t.Skip("Node is not installed: this test needs Node 20 or later")
	}
	dir := filepath.Join("internal", "web", "testdata", "conformance")
	// standardwebhooks is the newest package: an installation without it is out of date.
	if _, err := os.Stat(filepath.Join(dir, "node_modules", "standardwebhooks")); err != nil {
		install := exec.CommandContext(t.Context(), "npm", "ci", "--omit=dev", "--no-audit", "--no-fund")
		install.Dir = dir
		if out, err := install.CombinedOutput(); err != nil {
			if os.Getenv("CI") != "" {
				t.Fatalf("npm ci in %s: %v\n%s", dir, err, out)
			}
			t.Skipf("npm ci in %s failed, so this test cannot run: %v\n%s", dir, err, out)
		}
	}
	c := exec.CommandContext(t.Context(), binary, append([]string{script}, args...)...)
	c.Dir = dir
	var errs bytes.Buffer
	c.Stderr = &errs
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s%s", script, err, out, errs.String())
	}
	return string(out)
}

func TestClientsFollowTheChangesOfTheHub(t *testing.T) {
	uri, database := mongotest.Open(t)
	s := start(t, "--mongodb-uri", uri, "--mongodb-database", database)
	s.mustHear(t, "^Ready")
	e := newEditor(t, uri, database)
	end := s.pullAll(t, nil)
	var want []string
	for i, name := range []string{"Saga, revised", "Saga, revised again"} {
		p := e.edit(t, "saga", name)
		want = append(want, fmt.Sprint("saga ", i+2, " ", name, " gold ", len(utf16(p.Body.Markdown))))
	}
	id := content.ID{Type: content.TypePattern, Key: "saga"}
	if _, err := e.store.Unpublish(t.Context(), "editor", id); err != nil {
		t.Fatal(err)
	}
	want = append(want, "- PATTERN "+id.String())
	list, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	if out := node(t, "changes.mjs", s.url, end, string(list)); !strings.Contains(out, "ok") {
		t.Errorf("got %s", out)
	}
}

// utf16 returns a string whose length is that in JavaScript.
func utf16(s string) []uint16 {
	var out []uint16
	for _, r := range s {
		if out = append(out, 0); r > 0xFFFF {
			out = append(out, 0)
		}
	}
	return out
}

// pullAll applies the pages of a full pull to a copy, if there is one, and returns the last token.
func (s *service) pullAll(t *testing.T, copied map[string]string) string {
	t.Helper()
	var since any
	for {
		page := s.mustAsk(t, `query ($since: SyncToken) { sync(since: $since) { nextToken hasMore changes {
			__typename ... on EntryUpsert { entry { id slug name revision } } ... on EntryDeletion { id } } } }`, map[string]any{"since": since})
		for _, c := range at(page, "sync", "changes").([]any) {
			if at(c, "__typename") == "EntryDeletion" {
				t.Errorf("a full pull has a deletion: %v", c)
			} else if copied != nil {
				copied[at(c, "entry", "id").(string)] = fmt.Sprint(at(c, "entry"))
			}
		}
		since = at(page, "sync", "nextToken")
		if at(page, "sync", "hasMore") != true {
			return since.(string)
		}
	}
}

func TestFullPullHasTheWholeHub(t *testing.T) {
	s := seeded(t)
	copied := map[string]string{}
	s.pullAll(t, copied)
	if want := seedSize(t); len(copied) != want {
		t.Errorf("%d entries were pulled, want %d", len(copied), want)
	}
}

// seedSize returns the number of entries of the hub's own content.
func seedSize(t *testing.T) int {
	t.Helper()
	entries, err := seed.Read(seed.Files())
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}
