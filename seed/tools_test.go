package seed_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"patternhub/content"
)

// mustNode makes a folder with Node tools ready, installing its locked packages the first
// time, and gives the folder. Without Node, or where packages cannot be had, the test is skipped;
// in CI the latter is a failure.
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

// diagrams takes the Mermaid blocks out of Markdown.
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
	var places, blocks []string
	for _, e := range mustRead(t) {
		found := diagrams(body(e))
		for range found {
			places = append(places, file(e))
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
		t.Fatalf("the parser does not refuse a broken diagram: %d answers to %d diagrams", len(complaints), len(blocks)+1)
	}
	for i, complaint := range complaints[:len(blocks)] {
		if complaint != nil {
			t.Errorf("%s: %s", places[i], *complaint)
		}
	}
	t.Logf("%d diagrams", len(blocks))
}

// mustOutput runs a command and gives what it writes.
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

// TestSpelling checks every text against an English dictionary and the terms of
// testdata/words.txt. Code, link targets and the facts of the front matter are left out.
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
		place, word, _ := strings.Cut(strings.TrimSpace(line), "\t")
		if place == "canary" {
			caught = caught || word == "sentense"
			continue
		}
		t.Errorf("%s: no dictionary knows %q", place, word)
	}
	if !caught {
		t.Error("the checker does not find a planted mistake")
	}
}

// TestWords wants the list of terms to be sorted, without doubles, and each of them in use.
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
			t.Errorf("%q stands after %q", word, last)
		}
		if !strings.Contains(used, strings.ToLower(word)) {
			t.Errorf("%q is in no text", word)
		}
		last = word
	}
}
