package checks_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"patternhub/internal/config"
)

// update writes the generated documents.
var update = flag.Bool("update", false, "write docs/config.md anew")

func TestConfigDocIsFresh(t *testing.T) {
	want, err := config.Markdown()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("../../docs/config.md", []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile("../../docs/config.md")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("docs/config.md is not what internal/config/config.go says; run: go test ./internal/checks -update")
	}
}

// documents returns the pages that people read.
func documents(t *testing.T) []string {
	t.Helper()
	files := []string{"../../README.md", "../../CONTRIBUTING.md", "../../CHANGELOG.md"}
	for _, glob := range []string{"../../docs/*.md", "../../docs/decisions/*.md"} {
		more, err := filepath.Glob(glob)
		if err != nil || len(more) == 0 {
			t.Fatalf("%s: %v", glob, err)
		}
		files = append(files, more...)
	}
	return files
}

func TestLinksOfDocumentsHaveTargets(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)\s]+)\)`)
	sample := regexp.MustCompile("(?s)\n```.*?\n```") // its links are those of another tree
	for _, file := range documents(t) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(sample.ReplaceAllString(string(text), ""), -1) {
			target, _, _ := strings.Cut(m[1], "#")
			if target == "" || strings.Contains(target, "://") {
				continue
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(file), target)); err != nil {
				t.Errorf("%s: %v", file, err)
			}
		}
	}
}

// TestMakeTargetsExist checks that the Makefile has every target that the documents name.
func TestMakeTargetsExist(t *testing.T) {
	makefile, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	word := regexp.MustCompile("(?m)(?:^|`)make ([a-z0-9]+)")
	found := 0
	for _, file := range documents(t) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range word.FindAllStringSubmatch(string(text), -1) {
			found++
			if !regexp.MustCompile(`(?m)^` + m[1] + `:`).Match(makefile) {
				t.Errorf("%s names make %s, which the Makefile does not have", file, m[1])
			}
		}
	}
	if found < 3 {
		t.Errorf("only %d commands were found", found)
	}
}

// TestCommandsOfDocumentsAreValid parses every patternhub command that the documents show.
func TestCommandsOfDocumentsAreValid(t *testing.T) {
	command := regexp.MustCompile("(?m)^(?:bin/)?patternhub +(.+)$")
	dir := t.TempDir()
	for _, file := range documents(t) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range command.FindAllStringSubmatch(string(text), -1) {
			line, _, _ := strings.Cut(m[1], " #")
			args := strings.Fields(strings.NewReplacer("DIR", dir, "FILE", os.Args[0]).Replace(line))
			if _, _, err := config.Parse(args, func(string) string { return "" }, t.Output()); err != nil {
				t.Errorf("%s: patternhub %s: %v", file, line, err)
			}
		}
	}
}
