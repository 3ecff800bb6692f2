package seed_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"patternhub/internal/content"
)

// mustNode installs the locked packages of a folder with Node tools, if needed, and returns the
// folder. The test is skipped if there is no Node, or if the packages are unavailable; in CI the
// latter is a failure.
func mustNode(t *testing.T, name string) string {
	t.Helper()
	dir := filepath.Join("testdata", name)
	for _, tool := range []string{"node", "npm"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is missing: install Node 20 or later with npm to check the %s of the seed", tool, name)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "node_modules", ".package-lock.json")); err == nil {
		return dir
	}
	install := exec.CommandContext(t.Context(), "npm", "ci", "--no-progress", "--loglevel=error")
	install.Dir = dir
	if out, err := install.CombinedOutput(); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("npm ci in %s: %v\n%s", dir, err, out)
		}
		t.Skipf("npm ci in %s: %v\n%s", dir, err, out)
	}
	return dir
}

// diagrams returns the Mermaid blocks of Markdown.
func diagrams(s string) []string {
	var out []string
	for _, part := range strings.Split("\n"+s, "\n```mermaid\n")[1:] {
		block, _, _ := strings.Cut(part, "\n```")
		out = append(out, block)
	}
	return out
}

// TestMermaid parses every diagram with Mermaid itself.
func TestMermaid(t *testing.T) {
	dir := mustNode(t, "mermaid")
	var names, blocks []string
	for _, e := range mustRead(t) {
		found := diagrams(body(e))
		for range found {
			names = append(names, file(e))
		}
		blocks = append(blocks, found...)
		if _, ok := e.(*content.Pattern); ok && len(found) == 0 {
			t.Errorf("%s: the pattern has no diagram", file(e))
		}
	}
	const broken = "flowchart TD\n  A --"
	in, err := json.Marshal(append(blocks, broken))
	if err != nil {
		t.Fatal(err)
	}
	parse := exec.CommandContext(t.Context(), "node", "parse.mjs")
	parse.Dir, parse.Stdin = dir, bytes.NewReader(in)
	var complaints []*string
	if err := json.Unmarshal(mustOutput(t, parse), &complaints); err != nil {
		t.Fatalf("read the answer of the parser: %v", err)
	}
	if len(complaints) != len(blocks)+1 || complaints[len(blocks)] == nil {
		t.Fatalf("the parser accepts a broken diagram: %d answers to %d diagrams", len(complaints), len(blocks)+1)
	}
	for i, complaint := range complaints[:len(blocks)] {
		if complaint != nil {
			t.Errorf("%s: %s", names[i], *complaint)
		}
	}
	t.Logf("%d diagrams", len(blocks))
}

// mustOutput runs a command and returns its output.
func mustOutput(t *testing.T, c *exec.Cmd) []byte {
	t.Helper()
	var complaint bytes.Buffer
	c.Stderr = &complaint
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(c.Args, " "), err, complaint.String())
	}
	return out
}

// TestSpelling checks every text against an English dictionary and the terms of testdata/words.txt,
// without code, link targets and the facts of the front matter.
func TestSpelling(t *testing.T) {
	dir := mustNode(t, "spelling")
	var lines []string
	for _, e := range mustRead(t) {
		for _, x := range texts(e) {
			prose := tags.ReplaceAllString(links.ReplaceAllString(withoutCode(x.markdown), "$1"), "")
			lines = append(lines, file(e)+"\t"+strings.Join(strings.Fields(prose), " "))
		}
	}
	lines = append(lines, "canary\tA sentense with a mistake.")
	check := exec.CommandContext(t.Context(), "node", "check.mjs", "../words.txt")
	check.Dir, check.Stdin = dir, strings.NewReader(strings.Join(lines, "\n"))
	caught := false
	for line := range strings.Lines(string(mustOutput(t, check))) {
		name, word, _ := strings.Cut(strings.TrimSpace(line), "\t")
		if name == "canary" {
			caught = caught || word == "sentense"
			continue
		}
		t.Errorf("%s: no dictionary contains %q", name, word)
	}
	if !caught {
		t.Error("the checker does not find an intended mistake")
	}
}

// TestWords requires that the list of terms is sorted, without duplicates, and that each term is in
// use.
func TestWords(t *testing.T) {
	raw, err := os.ReadFile("testdata/words.txt")
	if err != nil {
		t.Fatal(err)
	}
	var written strings.Builder
	for _, e := range mustRead(t) {
		for _, x := range texts(e) {
			written.WriteString(strings.ToLower(x.markdown) + "\n")
		}
	}
	used := written.String()
	last := ""
	for line := range strings.Lines(string(raw)) {
		word := strings.TrimSpace(line)
		if strings.ToLower(word) <= strings.ToLower(last) {
			t.Errorf("%q comes after %q", word, last)
		}
		if !strings.Contains(used, strings.ToLower(word)) {
			t.Errorf("%q is in no text", word)
		}
		last = word
	}
}
