package hub_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"patternhub/internal/mongodb/mongotest"
)

// page holds the fences of docs/import-export.md.
type page struct {
	files    map[string]string
	commands []string
	said     string
}

func mustPage(t *testing.T) page {
	t.Helper()
	text, err := os.ReadFile("docs/import-export.md")
	if err != nil {
		t.Fatal(err)
	}
	p := page{files: map[string]string{}}
	for _, m := range regexp.MustCompile("(?s)```(\\w+)(?: file=(\\S+))?\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
		switch m[1] {
		case "markdown":
			p.files[m[2]] = m[3]
		case "sh":
			p.commands = append(p.commands, strings.Split(strings.TrimSpace(m[3]), "\n")...)
		case "text":
			p.said = m[3]
		}
	}
	return p
}

// TestThePageOnImportAndExportIsTrue runs the commands of the page on its files, in order.
func TestThePageOnImportAndExportIsTrue(t *testing.T) {
	p := mustPage(t)
	if len(p.files) < 2 || len(p.commands) < 7 {
		t.Fatalf("the page has %d files and %d commands", len(p.files), len(p.commands))
	}
	uri, database := mongotest.Open(t)
	getenv := func(name string) string {
		return map[string]string{"MONGODB_URI": uri, "MONGODB_DATABASE": database}[name]
	}
	t.Chdir(t.TempDir())
	for file, text := range p.files {
		mustWrite(t, file, text)
	}
	said := map[string]string{}
	for _, line := range p.commands {
		var out bytes.Buffer
		if err := run(t.Context(), strings.Fields(strings.TrimPrefix(line, "patternhub ")), getenv, &out); err != nil {
			t.Fatalf("%s: %v\n%s", line, err, &out)
		}
		said[line] = out.String()
	}
	if got := timeless(said[p.commands[0]]); got != timeless(p.said) {
		t.Errorf("the dry run prints\n%swant\n%s", got, timeless(p.said))
	}
	if got := said["patternhub import site --publish"]; !strings.Contains(got, "0 created, 0 changed, 2 unchanged") {
		t.Errorf("the second import prints %s", got)
	}
	if got := said["patternhub import all.ndjson --dry-run"]; !strings.Contains(got, "0 created, 0 changed, 2 unchanged") {
		t.Errorf("the import of records prints %s", got)
	}
	for file, text := range p.files {
		got, err := os.ReadFile(strings.Replace(file, "site/", "out/", 1))
		if err != nil || string(got) != text {
			t.Errorf("%s came out as %q (%v)", file, got, err)
		}
	}
}

// timeless removes times from what a command prints.
func timeless(s string) string {
	return regexp.MustCompile(`in \d+\.\d s`).ReplaceAllString(s, "in 0 s")
}

func mustWrite(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestImportReportsRefusedFilesAndFails(t *testing.T) {
	uri, database := mongotest.Open(t)
	getenv := func(name string) string {
		return map[string]string{"MONGODB_URI": uri, "MONGODB_DATABASE": database}[name]
	}
	t.Chdir(t.TempDir())
	mustWrite(t, "site/a.md", "# A\n")
	mustWrite(t, "site/b.md", "---\ntitle: [\n---\n")
	var out bytes.Buffer
	err := run(t.Context(), []string{"import", "site"}, getenv, &out)
	if err == nil || !strings.Contains(out.String(), "problem   b.md:2:8: the front matter is not valid YAML") || !strings.Contains(out.String(), "1 created, 0 changed, 0 unchanged, 1 refused") {
		t.Errorf("%v\n%s", err, &out)
	}
	for _, args := range [][]string{{"import", "missing"}, {"export", "site/a.md"}, {"export", "no/such/folder/all.ndjson", "--ndjson"}} {
		if err := run(t.Context(), args, getenv, &out); err == nil {
			t.Errorf("%v does not fail", args)
		}
	}
}
