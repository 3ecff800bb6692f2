package checks_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var notice = regexp.MustCompile(`(?m)^// Code generated .* DO NOT EDIT\.$`)

// TestGeneratedFileNames: files that end in .generated.go, in any directory, those in graph/model and
// those that templ writes are generated, all others are written by people. The examples are modules of
// their own.
func TestGeneratedFileNames(t *testing.T) {
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if n := d.Name(); n == "node_modules" || n == "testdata" || n == "data" || n == "examples" || strings.HasPrefix(n, ".") && n != ".." {
				return filepath.SkipDir
			}
			return nil
		}
		if filepath.Ext(path) != ".go" {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		head, _, _ := bytes.Cut(text, []byte("\npackage "))
		dir := filepath.ToSlash(filepath.Dir(path))
		want := strings.HasSuffix(path, ".generated.go") || strings.HasSuffix(path, "_templ.go") || dir == "../../graph/model"
		if got := notice.Match(head); got != want {
			t.Errorf("%s: generated is %v, want %v", path, got, want)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
