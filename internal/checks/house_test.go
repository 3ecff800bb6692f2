package checks_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// sourceFile is a Go file that people write.
type sourceFile struct {
	path string // from the top of the repository
	text string
	set  *token.FileSet
	*ast.File
}

// sources returns the Go files of the repository that people write, without those of test data.
func sources(t *testing.T) []sourceFile {
	t.Helper()
	var out []sourceFile
	err := filepath.WalkDir("../..", func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && (name == "testdata" || name == "node_modules" || len(name) > 2 && name[0] == '.') {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, ".generated.go") {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, text, parser.ParseComments)
		if err != nil {
			return err
		}
		if ast.IsGenerated(file) {
			return nil
		}
		rel, err := filepath.Rel("../..", path)
		out = append(out, sourceFile{filepath.ToSlash(rel), string(text), set, file})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 300 {
		t.Fatalf("only %d files were found", len(out))
	}
	return out
}

// TestTheTopIsAnEntrance: rules belong to the folder that owns them, not to the program's main file.
func TestTheTopIsAnEntrance(t *testing.T) {
	for _, f := range sources(t) {
		if !strings.Contains(f.path, "/") && f.path != "server.go" && f.path != "server_test.go" {
			t.Errorf("%s stands at the top of the repository", f.path)
		}
	}
}

// maxOddWords is the number of comments that may use the words of oddWords.
const maxOddWords = 20

// oddWords matches words that comments used where the Go standard library says "reports whether",
// "returns" and "reported".
var oddWords = regexp.MustCompile(`\b(tells whether|gives|told)\b`)

func TestCommentsUseTheWordsOfTheStandardLibrary(t *testing.T) {
	var found []string
	for _, f := range sources(t) {
		for _, group := range f.Comments {
			for _, c := range group.List {
				for range oddWords.FindAllString(c.Text, -1) {
					found = append(found, f.set.Position(c.Pos()).String())
				}
			}
		}
	}
	if len(found) > maxOddWords {
		t.Errorf("%d comments, of at most %d, say %s:\n%s", len(found), maxOddWords, oddWords, strings.Join(found, "\n"))
	}
}

// TestFilesAndCommentsHaveTheirMeasure requires that files are short and that the share of comments
// is within bounds. Comments are counted in the program alone: tests explain themselves by their names.
func TestFilesAndCommentsHaveTheirMeasure(t *testing.T) {
	const maxLines, leastComments, mostComments = 500, 15, 22
	lines, comments := 0, 0
	for _, f := range sources(t) {
		if n := strings.Count(f.text, "\n"); n > maxLines {
			t.Errorf("%s has %d lines, of at most %d", f.path, n, maxLines)
		}
		if strings.HasSuffix(f.path, "_test.go") {
			continue
		}
		for line := range strings.Lines(f.text) {
			line = strings.TrimSpace(line)
			if line != "" {
				lines++
			}
			if strings.HasPrefix(line, "//") {
				comments++
			}
		}
	}
	share := 100 * float64(comments) / float64(lines)
	t.Logf("%.1f %% of %d lines are comments", share, lines)
	if share < leastComments || share > mostComments {
		t.Errorf("%.1f %% of the lines are comments, want %d to %d %%", share, leastComments, mostComments)
	}
}

// TestResolversAreShort: a resolver parses its arguments, makes one call and returns.
func TestResolversAreShort(t *testing.T) {
	const maxMedian, most = 6, 20
	var lengths []int
	for _, f := range sources(t) {
		if !strings.HasPrefix(f.path, "resolvers/") || !strings.HasSuffix(f.path, ".resolvers.go") {
			continue
		}
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Recv == nil || fn.Body == nil {
				continue
			}
			n := f.set.Position(fn.Body.Rbrace).Line - f.set.Position(fn.Body.Lbrace).Line - 1
			if n > most {
				t.Errorf("%s: %s has %d lines, of at most %d", f.path, fn.Name, n, most)
			}
			lengths = append(lengths, n)
		}
	}
	slices.Sort(lengths)
	if len(lengths) == 0 || lengths[len(lengths)/2] > maxMedian {
		t.Errorf("the lengths of resolvers are %v, want a median of at most %d", lengths, maxMedian)
	}
}

// TestThePictureShowsTheFloors holds the picture of docs/architecture.md against its table.
func TestThePictureShowsTheFloors(t *testing.T) {
	text, err := os.ReadFile("../../docs/images/floors.svg")
	if err != nil {
		t.Fatal(err)
	}
	var drawn []string
	for _, m := range regexp.MustCompile(`class="name"[^>]*>([^<]+)<`).FindAllStringSubmatch(string(text), -1) {
		drawn = append(drawn, m[1])
	}
	want := []string{"server.go"}
	for name := range floors(t) {
		want = append(want, name)
	}
	slices.Sort(drawn)
	slices.Sort(want)
	if !slices.Equal(drawn, want) {
		t.Errorf("the picture shows %v, the table has %v", drawn, want)
	}
}
