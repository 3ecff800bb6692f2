package porting_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
	"patternhub/internal/porting"
)

// foreign returns a documentation site that grew over years: pages by many authors in folders of
// any name, with everything that MkDocs and its extensions allow, and files that are broken. broken
// is the number of its Markdown files that cannot be read.
func foreign(pages int) (tree fstest.MapFS, broken int) {
	r := rand.New(rand.NewPCG(1, 2))
	tree = fstest.MapFS{
		"mkdocs.yml":              {Data: []byte("site_name: Old site\nnav:\n  - Home: index.md\n")},
		"assets/logo.svg":         {Data: []byte("<svg/>")},
		"javascripts/extra.js":    {Data: []byte("alert(1)")},
		".github/CONTRIBUTING.md": {Data: []byte("# Hidden\n")},
	}
	sections := []string{"", "getting-started/", "Architecture Decisions/", "ops/run_books/", "api/v1.2/", "über/", "archive/2019/q3/notes/", "patterns/resilience/"}
	for i := range pages {
		dir := sections[r.IntN(len(sections))]
		text, bad := page(r, i, len(sections))
		if bad {
			broken++
		}
		file := fmt.Sprintf("%sPage %d.md", dir, i)
		if i%2 == 0 {
			file = fmt.Sprintf("%spage_%d.md", dir, i)
		}
		tree[file] = &fstest.MapFile{Data: []byte(text)}
	}
	for _, dir := range sections {
		tree[dir+"index.md"] = &fstest.MapFile{Data: []byte("Overview of " + dir + "\n\n" + link(r, pages) + "\n")}
	}
	// README and index represent the same folder.
	tree["ops/run_books/README.md"] = &fstest.MapFile{Data: []byte("# Run books\n")}
	return tree, broken + 1
}

func link(r *rand.Rand, pages int) string {
	return fmt.Sprintf("See [that page](../page_%d.md#part \"Title\"), [this](Page%%20%d.md) and [none](gone/away.md).", r.IntN(pages), r.IntN(pages))
}

// page returns a page; bad reports that it cannot be read.
func page(r *rand.Rand, i, _ int) (text string, bad bool) {
	fronts := []func() string{
		func() string { return "" },
		func() string { return fmt.Sprintf("---\ntitle: Page %d\n---\n", i) },
		func() string {
			return fmt.Sprintf("---\ntitle: \"Page: %d\"   # once\ndescription: >-\n  Folded text\n  of page %d.\ntags:\n  - a\n  - b\nhide: [toc, navigation]\n---\n\n", i, i)
		},
		func() string { return "---\n---\n" },
		func() string { return "---\n# only a comment\n---\n" },
		func() string {
			return "---\ndate: 2019-03-01\nauthors: {name: Someone, mail: x@example.org}\nversion: 1.0\ndraft: no\n---\n"
		},
	}
	parts := []string{
		fmt.Sprintf("# Title of %d { #custom .lead }\n", i),
		"!!! warning \"Mind the *gap*\"\n    Inside of it.\n\n    - a list\n\n    ```yaml\n    key: value\n    ```\n",
		"??? note\n    Folded away.\n",
		"=== \"Linux\"\n\n    ```sh\n    run it\n    ```\n\n=== \"Windows\"\n\n    Run it too.\n",
		"<div class=\"grid\" markdown>\n\n- **one**\n\n</div>\n\n<script>alert(1)</script>\n<iframe src=\"https://example.org\"></iframe>\n",
		"Text with a [button](page_1.md){ .md-button .md-button--primary } and ++ctrl+c++.\n{: .class #id }\n",
		"| a | b |\n|---|:-:|\n| 1 | `x|y` |\n",
		"Term\n:   Definition\n\n*[HTML]: Hyper Text\n\nA note[^1].\n\n[^1]: The note.\n",
		"```mermaid\nflowchart LR\n  a --> b\n```\n\n~~~python title=\"x.py\" hl_lines=\"1\"\nprint('---')\n~~~\n",
		"{% include 'x.html' %} {{ config.site_name }}\n\n--8<-- \"snippets/x.md\"\n",
		"Setext title\n============\n\nOther\n-----\n\n## Problem\n\nNo pattern.\n",
		"![picture](../assets/logo.svg){ width=\"300\" }\n\n<!-- comment -->\n",
		"---\n\nrule\n\n***\n",
	}
	var b strings.Builder
	b.WriteString(fronts[r.IntN(len(fronts))]())
	for range 2 + r.IntN(6) {
		b.WriteString(parts[r.IntN(len(parts))] + "\n")
		if r.IntN(3) == 0 {
			b.WriteString(link(r, 500) + "\n\n")
		}
	}
	text = b.String()
	switch r.IntN(40) {
	case 0:
		return "---\ntitle: a: b\n---\n" + text, true
	case 1:
		return "---\ntitle: [x\n---\n" + text, true
	case 2:
		return "caf\xe9 " + text, true
	case 3:
		return "---\ntitle: {a: 1}\n---\n" + text, true
	case 4:
		return "---\nbase: &b {x: 1}\ntitle: *b\n---\n" + text, true
	case 5:
		return "\ufeff" + text, false
	case 6:
		return strings.ReplaceAll(text, "\n", "\r\n"), false
	case 7:
		return strings.TrimRight(text, "\n"), false
	case 8:
		return "", false
	}
	return text, false
}

func TestAForeignSiteIsImportedWithACompleteReport(t *testing.T) {
	tree, broken := foreign(500)
	source := markdownOnly(read(t, tree))
	delete(source, ".github/CONTRIBUTING.md")
	s := open(t)
	report := mustImport(t, s, tree, options())
	if report.Refused != broken || len(report.Problems) != broken || report.Created != len(source)-broken {
		t.Fatalf("%s, want %d refused of %d\n%s", report, broken, len(source), listed(report.Problems))
	}
	if n := len(slices.Collect(report.Outcomes())); n != len(source) {
		t.Errorf("%d files are in the report, %d in the tree", n, len(source))
	}
	for i := range report.Problems {
		p := &report.Problems[i]
		if p.What == "" || p.Line == 0 && !strings.Contains(p.What, "stands for the same") {
			t.Errorf("a problem without a position: %v", p)
		}
	}
	for o := range report.Outcomes() {
		if o.Action == porting.Refused {
			delete(source, o.Place)
		}
	}
	if d := cmp.Diff(source, markdownOnly(mustExport(t, s, porting.ExportOptions{}))); d != "" {
		t.Errorf("export: %s", d)
	}
	second := mustImport(t, s, tree, options())
	if second.Unchanged != len(source) || second.Created+second.Changed+second.Published > 0 {
		t.Errorf("a second import: %s", second)
	}
	editAll(t, s, source)
}

// editAll adds a line to some pages, exports, and checks that their files have one line more.
func editAll(t *testing.T, s porting.Store, source map[string]string) {
	t.Helper()
	r := s.At(content.Drafts).Reader(content.TypePage)
	keys, err := s.KeysAfter(t.Context(), content.Drafts, content.TypePage, "", 40)
	if err != nil {
		t.Fatal(err)
	}
	pages, err := r.PagesByKeys(t.Context(), keys)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pages {
		body := &p.(*content.Page).Body
		body.Markdown = strings.TrimRight(body.Markdown, "\n") + "\nOne line more.\n"
	}
	if _, err := s.Put(t.Context(), "editor", pages...); err != nil {
		t.Fatal(err)
	}
	edited := 0
	for file, text := range markdownOnly(mustExport(t, s, porting.ExportOptions{Drafts: true})) {
		if text == source[file] {
			continue
		}
		edited++
		// A page without a paragraph had taken its summary from its name. The export writes that
		// summary down, since there is a paragraph now.
		if more, ok := within(source[file], text); !ok || more > 5 {
			t.Errorf("%s: %s", file, cmp.Diff(source[file], text))
		}
	}
	if edited != len(pages) {
		t.Errorf("%d files differ after %d edits", edited, len(pages))
	}
}

// within reports whether all lines of text appear in other in order, and how many more
// lines other has.
func within(text, other string) (more int, ok bool) {
	lines := strings.Split(strings.TrimRight(text, "\r\n"), "\n")
	for l := range strings.SplitSeq(strings.TrimRight(other, "\r\n"), "\n") {
		if len(lines) > 0 && strings.TrimRight(l, "\r") == strings.TrimRight(lines[0], "\r") {
			lines = lines[1:]
		} else {
			more++
		}
	}
	return more, len(lines) == 0
}

// BenchmarkImport imports 10,000 files, and the same ones again.
func BenchmarkImport(b *testing.B) {
	tree, _ := foreign(10_000)
	for b.Loop() {
		s := open(b)
		if err := s.EnsureIndexes(b.Context()); err != nil {
			b.Fatal(err)
		}
		for _, what := range []string{"first-s", "second-s"} {
			begun := time.Now()
			if _, err := porting.Import(b.Context(), s, tree, options()); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(time.Since(begun).Seconds(), what)
		}
		begun := time.Now()
		if _, err := porting.Export(b.Context(), s, b.TempDir(), porting.ExportOptions{}); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(time.Since(begun).Seconds(), "export-s")
	}
}

// FuzzImport imports any text as a file, and exports what was imported.
func FuzzImport(f *testing.F) {
	tree, _ := foreign(60)
	for _, file := range tree {
		f.Add("docs/a.md", file.Data)
	}
	f.Add("law/l.md", []byte(lawFront+"---\n"))
	f.Add("page/../a.md", []byte("[x](%2e%2e/%2e%2e/x.md)"))
	s := open(f)
	f.Fuzz(func(t *testing.T, file string, text []byte) {
		if !strings.HasSuffix(file, ".md") || len(file) > 300 {
			return
		}
		one := fstest.MapFS{file: &fstest.MapFile{Data: text}}
		if _, err := one.Open(file); err != nil {
			return
		}
		o := options()
		o.DryRun = true
		report, err := porting.Import(t.Context(), s, one, o)
		if err != nil {
			t.Skip(err) // not a valid tree
		}
		if report.Created+report.Refused+report.Skipped == 0 {
			t.Errorf("%q is not in the report", file)
		}
		if _, err := os.Stat(file); err == nil && file != "." {
			t.Errorf("%q was written", file)
		}
	})
}
