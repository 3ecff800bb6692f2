package markdown_test

import (
	"io/fs"
	"os"
	"path"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
	"patternhub/internal/markdown"
)

// tree calls each with all files of the hub's own content and their entries.
func tree(t *testing.T, each func(name string, src []byte, e content.Entry)) {
	t.Helper()
	tree, count := os.DirFS("../../seed/data"), 0
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".md" {
			return err
		}
		src, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		each(name, src, mustDecode(t, name, src))
		count++
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if count < 500 {
		t.Fatalf("the tree has %d files only", count)
	}
}

// mustDecode reads a file with the type and slug of its name.
func mustDecode(t *testing.T, name string, src []byte) content.Entry {
	t.Helper()
	e := blank(t, name)
	if _, err := markdown.Decode(src, e); err != nil {
		t.Fatalf("%s:%v\n%s", name, err, src)
	}
	return e
}

func blank(t *testing.T, name string) content.Entry {
	t.Helper()
	stem, rest, _ := strings.Cut(name, "/")
	entryType, ok := content.TypeByStem(stem)
	if !ok {
		t.Fatalf("%s has no type", name)
	}
	e := content.NewEntry(entryType)
	e.Head().Slug = strings.TrimSuffix(rest, ".md")
	return e
}

func TestEncodeIsReadBackTheSame(t *testing.T) {
	tree(t, func(name string, _ []byte, e content.Entry) {
		written := markdown.Encode(e)
		got := mustDecode(t, name, written)
		if d := cmp.Diff(e, got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		if !markdown.Same(e, got) {
			t.Errorf("%s counts as changed", name)
		}
	})
}
