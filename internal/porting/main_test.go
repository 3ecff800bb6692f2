package porting_test

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"patternhub/internal/content"
	"patternhub/internal/markdown"
	"patternhub/internal/mongodb"
	"patternhub/internal/mongodb/mongotest"
	"patternhub/internal/porting"
	"patternhub/internal/repository"
)

func TestMain(m *testing.M) { mongotest.Main(m) }

// open returns a store on a database of the test's own, without indexes: building them takes
// seconds, and these few entries do not need them.
func open(t testing.TB) *repository.Store {
	t.Helper()
	uri, database := mongotest.Open(t)
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	s, err := repository.Open(mongodb.Options{
		URI: uri, Database: database, Render: markdown.NewRenderer().Render,
		Now: func() time.Time { at = at.Add(time.Second); return at },
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return s
}

func options() porting.Options { return porting.Options{By: "test", Publish: true} }

// files returns a tree in memory.
func files(tree map[string]string) fstest.MapFS {
	out := fstest.MapFS{}
	for name, text := range tree {
		out[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return out
}

func mustImport(t *testing.T, s porting.Store, tree fs.FS, o porting.Options) *porting.Report {
	t.Helper()
	report, err := porting.Import(t.Context(), s, tree, o)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func mustExport(t *testing.T, s porting.Store, o porting.ExportOptions) map[string]string {
	t.Helper()
	dir := t.TempDir()
	out, err := porting.Export(t.Context(), s, dir, o)
	if err != nil {
		t.Fatal(err)
	}
	for i := range out.Problems {
		t.Error(&out.Problems[i])
	}
	return read(t, os.DirFS(dir))
}

// read returns all files of a tree.
func read(t *testing.T, tree fs.FS) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(tree, name)
		out[name] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// markdownOnly returns the Markdown files of a tree.
func markdownOnly(tree map[string]string) map[string]string {
	out := map[string]string{}
	for name, text := range tree {
		if path.Ext(name) == ".md" {
			out[name] = text
		}
	}
	return out
}

func mustEntry(t *testing.T, s porting.Store, entryType content.EntryType, slug string) content.Entry {
	t.Helper()
	r := s.At(content.Drafts).Reader(entryType)
	found, err := r.EntriesBySlugs(t.Context(), []string{slug})
	if err != nil {
		t.Fatal(err)
	}
	if found[0] == nil {
		t.Fatalf("there is no %s %q", entryType, slug)
	}
	pages, err := r.PagesByKeys(t.Context(), []string{found[0].Head().Key})
	if err != nil {
		t.Fatal(err)
	}
	return pages[0]
}

// edit changes an entry through the store, as the API does, and publishes it.
func edit(t *testing.T, s porting.Store, e content.Entry) {
	t.Helper()
	if _, err := s.Put(t.Context(), "editor", e); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Publish(t.Context(), "editor", e.ID()); err != nil {
		t.Fatal(err)
	}
}

func listed(list []porting.Problem) string {
	var b strings.Builder
	for i := range list {
		fmt.Fprintln(&b, &list[i])
	}
	return b.String()
}

// write writes a tree to a temporary folder.
func write(t *testing.T, tree map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range tree {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
