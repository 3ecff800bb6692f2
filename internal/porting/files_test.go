package porting_test

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
	"patternhub/internal/porting"
)

// The files have the first bytes of their kind, by which an import recognizes them.
const (
	png = "\x89PNG\r\n\x1a\n and the rest of a picture"
	svg = `<svg xmlns="http://www.w3.org/2000/svg"><circle r="1"/></svg>`
	pdf = "%PDF-1.7 and the rest"
)

// pictured returns a MkDocs site whose pages refer to files in all the ways there are.
func pictured() map[string]string {
	return map[string]string{
		"mkdocs.yml": "site_name: Site\nmarkdown_extensions:\n  - pymdownx.emoji:\n      emoji_index: !!python/name:material.extensions.emoji.twemoji\n" +
			"nav:\n  - index.md\n  - Guide:\n      - Set up: guide/setup.md\n      - guide/gone.md\n  - Other site: https://example.org/\n  - Odd: javascript:alert(1)\n",
		"docs/index.md": "# Home\n\n![The logo](img/logo.svg)\n",
		"docs/guide/setup.md": "# Set up\n\n![A](../img/a%20b.png \"Title\") [paper](../files/x.pdf#page=2) [r]\n\n" +
			"<img src=\"../../img/logo.svg\" alt=\"By the address of the page\">\n\n" +
			"[page](../run.html) ![none](none.png) ![fake](fake.png) ![outside](../../../etc/passwd.png)\n\n" +
			"```md\n![not a picture](../img/unused.png)\n```\n\n[r]: ../img/r.png\n",
		"docs/img/a b.png": png, "docs/img/logo.svg": svg, "docs/files/x.pdf": pdf, "docs/img/r.png": png, "docs/img/unused.png": png,
		"docs/guide/fake.png": "<script>alert(1)</script>", "docs/run.html": "<script>alert(1)</script>",
	}
}

// linked returns the files of an entry by their links.
func linked(e content.Entry) map[string]string {
	out := map[string]string{}
	for _, f := range content.RichTexts(e)["body"].Files {
		out[f.Link] = f.Path
	}
	return out
}

// TestImportTakesTheFilesThatTextsReferTo imports a site with attachments. Only files that a text refers to
// are stored, and each reference to another one has a note with the reason.
func TestImportTakesTheFilesThatTextsReferTo(t *testing.T) {
	s := open(t)
	tree := pictured()
	report := mustImport(t, s, files(tree), options())
	if report.Files != 5 || report.Skipped != 3 {
		t.Errorf("%s: %s", report, report.LeftOut())
	}
	for _, want := range []string{
		"docs/guide/setup.md: refers to the file none.png, which is missing",
		"docs/guide/setup.md: refers to the file docs/guide/fake.png, which is left out: its content is not what its name says",
		"docs/guide/setup.md: refers to the file docs/run.html, which is left out: files of this kind are not imported",
		"mkdocs.yml: nav: guide/gone.md is missing",
		"mkdocs.yml: nav: javascript:alert(1) is neither a page nor an address",
	} {
		if !strings.Contains(listed(report.Notes), want) {
			t.Errorf("no note says %q:\n%s", want, listed(report.Notes))
		}
	}
	setup := mustEntry(t, s, content.TypePage, "docs/guide/setup")
	want := map[string]string{
		"../img/a b.png": "docs/img/a b.png", "../files/x.pdf": "docs/files/x.pdf", "../img/r.png": "docs/img/r.png", "../../img/logo.svg": "docs/img/logo.svg",
	}
	if d := cmp.Diff(want, linked(setup)); d != "" {
		t.Error(d)
	}
	body := content.RichTexts(setup)["body"]
	for _, f := range body.Shown() {
		if !strings.Contains(body.HTML, `"`+f.URL()) {
			t.Errorf("the HTML does not lead to %s: %s", f.URL(), body.HTML)
		}
		r, err := s.OpenFile(t.Context(), f.Hash)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); err != nil || string(got) != tree[f.Path] {
			t.Errorf("%s is stored as %q (%v)", f.Path, got, err)
		}
	}
	if !strings.Contains(body.HTML, "/x.pdf#page=2") || !strings.Contains(body.HTML, `src="none.png"`) {
		t.Errorf("the HTML is %s", body.HTML)
	}
	home := content.RichTexts(mustEntry(t, s, content.TypePage, "docs"))["body"]
	nav := []content.NavItem{{Slug: "docs"}, {Title: "Guide"}, {Level: 1, Title: "Set up", Slug: "docs/guide/setup"}, {Level: 1, Slug: "docs/guide/gone"}, {Title: "Other site", URL: "https://example.org/"}}
	if d := cmp.Diff(nav, home.Nav); d != "" {
		t.Error(d)
	}
	for name := range tree {
		if slices.Contains([]string{"docs/img/unused.png", "docs/guide/fake.png", "docs/run.html"}, name) {
			delete(tree, name)
		}
	}
	if d := cmp.Diff(tree, mustExport(t, s, porting.ExportOptions{})); d != "" {
		t.Errorf("export (-imported +exported):\n%s", d)
	}
}

// TestImportFollowsTheFilesOfUnchangedTexts changes the files of a tree and not its texts.
func TestImportFollowsTheFilesOfUnchangedTexts(t *testing.T) {
	s := open(t)
	o := options()
	o.Tree = "site"
	tree := pictured()
	mustImport(t, s, files(tree), o)
	steps := []struct {
		name               string
		change             func()
		prune              bool
		changed, unchanged int
		path               string // of the paper, empty if it is gone
		exported           string
	}{
		{"nothing", func() {}, false, 0, 2, "docs/files/x.pdf", pdf},
		{"other bytes", func() { tree["docs/files/x.pdf"] = pdf + " edition 2" }, false, 1, 1, "docs/files/x.pdf", pdf + " edition 2"},
		{"a missing one is kept", func() { delete(tree, "docs/files/x.pdf") }, false, 0, 2, "docs/files/x.pdf", pdf + " edition 2"},
		{"and stays so", func() {}, false, 0, 2, "docs/files/x.pdf", pdf + " edition 2"},
		{"until it is pruned", func() {}, true, 1, 1, "", ""},
		{"one comes back", func() { tree["docs/files/x.pdf"] = pdf }, false, 1, 1, "docs/files/x.pdf", pdf},
		{"another navigation", func() { tree["mkdocs.yml"] = "nav: [index.md]\n" }, false, 1, 1, "docs/files/x.pdf", pdf},
	}
	for _, step := range steps {
		step.change()
		o.Prune = step.prune
		report := mustImport(t, s, files(tree), o)
		if report.Changed != step.changed || report.Unchanged != step.unchanged {
			t.Errorf("%s: %s", step.name, report)
		}
		if got := linked(mustEntry(t, s, content.TypePage, "docs/guide/setup"))["../files/x.pdf"]; got != step.path {
			t.Errorf("%s: the paper is %q", step.name, got)
		}
		if got := mustExport(t, s, porting.ExportOptions{})["docs/files/x.pdf"]; got != step.exported {
			t.Errorf("%s: the paper is exported as %q", step.name, got)
		}
	}
	if d := cmp.Diff([]content.NavItem{{Slug: "docs"}}, content.RichTexts(mustEntry(t, s, content.TypePage, "docs"))["body"].Nav); d != "" {
		t.Error(d)
	}
}

// TestImportBoundsFiles checks that large files, and many of them, are left out.
func TestImportBoundsFiles(t *testing.T) {
	for name, c := range map[string]struct {
		one, all int64
		want     string
		files    int
	}{
		"within":       {100, 200, "", 2},
		"one":          {30, 200, "which is left out: it is larger than 0 KB; set IMPORT_FILE to more", 1},
		"all together": {100, 40, "which is left out: all files together are larger than 0 KB; set IMPORT_FILES to more", 1},
	} {
		t.Run(name, func(t *testing.T) {
			o := options()
			o.MaxFile, o.MaxFiles = c.one, c.all
			report := mustImport(t, open(t), files(map[string]string{"a.md": "# A\n\n![a](a.pdf) ![b](b.png)\n", "a.pdf": pdf, "b.png": png}), o)
			if report.Files != c.files || !strings.Contains(listed(report.Notes), c.want) {
				t.Errorf("%s\n%s", report, listed(report.Notes))
			}
		})
	}
}

// TestImportKeepsToTheTree checks that no link and no file that is one leads out of the folder.
func TestImportKeepsToTheTree(t *testing.T) {
	dir := write(t, map[string]string{"secret.png": png, "site/a.md": "# A\n\n![a](../secret.png) ![b](link.png) ![c](/../secret.png) ![d](..%2Fsecret.png)\n"})
	if err := os.Symlink("../secret.png", dir+"/site/link.png"); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(dir + "/site")
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	s := open(t)
	report := mustImport(t, s, root.FS(), options())
	if report.Files != 0 || report.Created != 1 || len(linked(mustEntry(t, s, content.TypePage, "a"))) != 0 {
		t.Errorf("%s", report)
	}
}

// TestAuthorsKeepFiles checks that a text that an author has edited keeps the files that it still links to.
func TestAuthorsKeepFiles(t *testing.T) {
	s := open(t)
	mustImport(t, s, files(pictured()), options())
	page := mustEntry(t, s, content.TypePage, "docs/guide/setup")
	write := func(markdown string) map[string]string {
		t.Helper()
		_, err := s.Save(t.Context(), content.Request{By: "editor"}, content.Edit{
			ID: page.ID(), Fields: []string{"body"}, Values: &content.Page{Meta: content.Meta{Type: content.TypePage}, Body: content.RichText{Markdown: markdown}},
		})
		if err != nil {
			t.Fatal(err)
		}
		return linked(mustEntry(t, s, content.TypePage, "docs/guide/setup"))
	}
	if d := cmp.Diff(map[string]string{"../files/x.pdf": "docs/files/x.pdf"}, write("Only the [paper](../files/x.pdf) is left.\n")); d != "" {
		t.Error(d)
	}
	if got := write("Nothing.\n"); len(got) != 0 {
		t.Errorf("the files are %v", got)
	}
}

// TestOddFilesAreNoPictures checks the contents that decide about the kind of a file.
func TestOddFilesAreNoPictures(t *testing.T) {
	tree := fstest.MapFS{"a.md": {}}
	var text strings.Builder
	text.WriteString("# A\n")
	for name, data := range map[string]string{
		"html.svg": "<html><svg/></html>", "bomb.svg": "\x00<svg/>", "empty.png": "", "text.png": "text", "svg.png": svg, "zero.txt": "a\x00b", "late.pdf": " %PDF", "a.js": "alert(1)", "a.html": "<p>",
	} {
		tree[name] = &fstest.MapFile{Data: []byte(data)}
		text.WriteString("\n![x](" + name + ")\n")
	}
	for name, data := range map[string]string{"doc.svg": "<?xml version='1.0'?><!DOCTYPE svg><!-- x -->" + svg, "a.gif": "GIF89a", "a.csv": "a,b\n", "a.zip": "PK\x03\x04"} {
		tree[name] = &fstest.MapFile{Data: []byte(data)}
		text.WriteString("\n![x](" + name + ")\n")
	}
	tree["a.md"].Data = []byte(text.String())
	s := open(t)
	mustImport(t, s, tree, options())
	want := map[string]string{"doc.svg": "doc.svg", "a.gif": "a.gif", "a.csv": "a.csv", "a.zip": "a.zip"}
	if d := cmp.Diff(want, linked(mustEntry(t, s, content.TypePage, "a"))); d != "" {
		t.Error(d)
	}
}

// TestImportBoundsLinks imports a text of nothing but links to files that are missing.
func TestImportBoundsLinks(t *testing.T) {
	var text strings.Builder
	text.WriteString("# A\n")
	for i := range 3000 {
		fmt.Fprintf(&text, "\n![](%d.png)\n", i)
	}
	s := open(t)
	report := mustImport(t, s, files(map[string]string{"a.md": text.String()}), options())
	if report.Created != 1 || !strings.Contains(listed(report.Notes), "has too many links to files") {
		t.Errorf("%s, %d notes", report, len(report.Notes))
	}
	marks, err := s.SourceMarks(t.Context())
	if err != nil || len(marks) != 1 || len(marks[0].Files) > 1100 {
		t.Errorf("%d sources (%v)", len(marks), err)
	}
}

// TestTheFolderOfPagesMayHaveTheNavigation imports the folder of pages with a copy of mkdocs.yml, below another
// folder.
func TestTheFolderOfPagesMayHaveTheNavigation(t *testing.T) {
	s := open(t)
	o := options()
	o.Under = "help"
	tree := map[string]string{
		"mkdocs.yml": "nav:\n  - index.md\n  - guide/a.md\n", "index.md": "# Home\n\n![l](/img/l.svg)\n", "guide/a.md": "# A\n\n![l](../img/l.svg)\n", "img/l.svg": svg,
	}
	mustImport(t, s, files(tree), o)
	home := mustEntry(t, s, content.TypePage, "help")
	if d := cmp.Diff([]content.NavItem{{Slug: "help"}, {Slug: "help/guide/a"}}, content.RichTexts(home)["body"].Nav); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(map[string]string{"": "help/mkdocs.yml", "/img/l.svg": "help/img/l.svg"}, linked(home)); d != "" {
		t.Error(d)
	}
	want := map[string]string{}
	for name, text := range tree {
		want["help/"+name] = text
	}
	if d := cmp.Diff(want, mustExport(t, s, porting.ExportOptions{})); d != "" {
		t.Error(d)
	}
	if second := mustImport(t, s, files(tree), o); second.Unchanged != 2 {
		t.Errorf("a second import: %s", second)
	}
}

// TestExportOfTwoVersionsIsAProblem publishes one of two pages after their picture has changed.
func TestExportOfTwoVersionsIsAProblem(t *testing.T) {
	s := open(t)
	tree := map[string]string{"a.md": "# A\n\n![p](p.png)\n", "b.md": "# B\n\n![p](p.png)\n", "p.png": png}
	mustImport(t, s, files(tree), options())
	tree["p.png"] = png + "2"
	o := options()
	o.Publish = false
	mustImport(t, s, files(tree), o)
	if _, err := s.Publish(t.Context(), "editor", mustEntry(t, s, content.TypePage, "a").ID()); err != nil {
		t.Fatal(err)
	}
	out, err := porting.Export(t.Context(), s, t.TempDir(), porting.ExportOptions{})
	if err != nil || len(out.Problems) != 1 || out.Problems[0].Place != "p.png" {
		t.Errorf("%s (%v)\n%s", out, err, listed(out.Problems))
	}
	if d := cmp.Diff(tree, mustExport(t, s, porting.ExportOptions{Drafts: true})); d != "" {
		t.Error(d)
	}
}

// TestExportedPagesThatMovedLeadToTheirFiles exports a page whose slug was changed here.
func TestExportedPagesThatMovedLeadToTheirFiles(t *testing.T) {
	s := open(t)
	mustImport(t, s, files(map[string]string{"docs/a.md": "# A\n\n![p](img/p.png)\n", "docs/img/p.png": png}), options())
	page := mustEntry(t, s, content.TypePage, "docs/a")
	page.Head().Slug = "elsewhere"
	edit(t, s, page)
	want := map[string]string{"page/elsewhere.md": "# A\n\n![p](../docs/img/p.png)\n", "docs/img/p.png": png}
	got := mustExport(t, s, porting.ExportOptions{})
	if !strings.HasSuffix(got["page/elsewhere.md"], want["page/elsewhere.md"]) {
		t.Errorf("the page is %q", got["page/elsewhere.md"])
	}
	if got["docs/img/p.png"] != png || len(got) != 2 {
		t.Errorf("the files are %v", got)
	}
}
