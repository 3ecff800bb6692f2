package floor_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2"

	"patternhub/graph/gen/floor"
	"patternhub/graph/gen/vocabulary"
	"patternhub/internal/content/contenttest"
)

const top = "../../.."

// hub reads the vocabulary of the hub.
func hub(t *testing.T) *vocabulary.Vocabulary {
	t.Helper()
	s, err := gqlparser.LoadSchema(contenttest.Schema(t)...)
	if err != nil {
		t.Fatal(err)
	}
	v, err := vocabulary.Read(filepath.Join(top, "internal", "content"), s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestTheFloorsAreFresh compares the committed files with what the structs and the schema generate.
func TestTheFloorsAreFresh(t *testing.T) {
	files, err := floor.Files(top, hub(t))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 8 {
		t.Errorf("only %d floors are generated", len(files))
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(top, name))
		if err != nil {
			t.Error(err)
		}
		if d := cmp.Diff(string(want), string(got)); d != "" {
			t.Errorf("%s is not fresh; run make generate (-want +got):\n%s", name, d)
		}
	}
}

// TestASingletonIsMarked turns a type of the hub into a singleton.
func TestASingletonIsMarked(t *testing.T) {
	v := hub(t)
	types := func() string {
		files, err := floor.Files(top, v)
		if err != nil {
			t.Fatal(err)
		}
		return string(files[filepath.Join("internal", "content", floor.Name)])
	}
	const mark = "singleton: true"
	before := strings.Count(types(), mark)
	v.Entry("Page").Singleton = true
	text := types()
	if strings.Count(text, mark) != before+1 || !strings.Contains(text, `input: "PageInput", singleton: true}`) {
		t.Errorf("the types are\n%s", text)
	}
}

// TestWhatIsWrittenByHandWins generates into a folder that already declares a method, a function and a type.
func TestWhatIsWrittenByHandWins(t *testing.T) {
	dir := t.TempDir()
	hand := "package sample\n\ntype (\n\tCustom struct{}\n)\n\nfunc (*Law) Body() {}\n\nfunc plain() {}\n"
	if err := os.WriteFile(filepath.Join(dir, "law.go"), []byte(hand), 0o600); err != nil {
		t.Fatal(err)
	}
	const text = `package sample

import (
	"context"
	"errors"
)

// Custom is generated.
type Custom struct{}

// Law has a body.
type Law struct{}

// Body uses context.
func (l *Law) Body() { _ = context.Background() }

// Title is of a law.
func (l *Law) Title() error { return errors.New("none") }

// plain is generated.
func plain() {}

// Body is of a page.
func (p *Page) Body() {}
`
	if err := floor.Save(dir, text); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(dir, floor.Name))
	if err != nil {
		t.Fatal(err)
	}
	got := string(raw)
	for _, want := range []string{"DO NOT EDIT.", "type Law struct", "func (l *Law) Title", "func (p *Page) Body", `"errors"`} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
	for _, other := range []string{"Custom", "func (l *Law) Body", "plain", "context"} {
		if strings.Contains(got, other) {
			t.Errorf("%q was generated too:\n%s", other, got)
		}
	}
}

// TestUnchangedFileIsNotWritten checks that an unchanged file is not written, so that the compiler skips it.
func TestUnchangedFileIsNotWritten(t *testing.T) {
	dir := t.TempDir()
	if err := floor.Save(dir, "package sample\n"); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, floor.Name)
	if err := os.Chmod(name, 0o400); err != nil {
		t.Fatal(err)
	}
	before, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := floor.Save(dir, "package sample\n"); err != nil {
		t.Fatal(err)
	}
	after, err := os.Stat(name)
	if err != nil || !after.ModTime().Equal(before.ModTime()) {
		t.Errorf("the file was written again: %v", err)
	}
}

func TestBrokenFilesAreNamed(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "law.go"), []byte("package sample\n\nfunc {"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := floor.Save(dir, "package sample\n"); err == nil || !strings.Contains(err.Error(), "law.go") {
		t.Errorf("the error for a broken file is %v", err)
	}
}
