package porting_test

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
	"patternhub/internal/porting"
)

// TestATreeOfOddFilesIsImported imports files as other site generators write them. Each file is
// imported and exported byte for byte, or reported with a reason.
func TestATreeOfOddFilesIsImported(t *testing.T) {
	s, o := open(t), options()
	o.Pages, o.Tree, o.Now = true, "odd", func() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) }
	tree := os.DirFS("testdata/odd")
	report := mustImport(t, s, tree, o)
	wantProblems := map[string]string{
		"hugo/json.md":      "hugo/json.md:1:1: JSON front matter is not supported; write it as YAML between lines of ---, or as TOML between lines of +++",
		"names/control.md":  "names/control.md:3:3: the file contains control character U+0001, which is not allowed",
		"names/latin-1.md":  "names/latin-1.md:1:6: the file is not UTF-8",
		"obsidian/alias.md": "obsidian/alias.md:3:1: more: the alias *b stands for a value elsewhere; write the value itself here",
		"search.md":         "search.md: the path /search is reserved for the site itself; rename the file, put it into a folder, or import the tree with --under docs",
	}
	problems := listed(report.Problems)
	for _, want := range wantProblems {
		if !strings.Contains(problems, want+"\n") {
			t.Errorf("not reported: %s", want)
		}
	}
	if len(report.Problems) != len(wantProblems) {
		t.Errorf("problems:\n%s", problems)
	}
	notes := "mkdocs/readme-like.md: refers to the file x.png, which is missing; if an earlier import had it, it stays until an import with --prune\n" +
		"hugo/later.md: this import does not publish it: the front matter says publishDate: 2999-01-01\n" +
		"hugo/someday.md: this import does not publish it: the front matter says date: January 2, 2999\n" +
		"hugo/unlisted.md: this import does not publish it: the front matter says build.render: never\n" +
		"jekyll/_drafts/idea.md: this import does not publish it: it is in the folder _drafts\n" +
		"jekyll/_posts/2999-01-01-x.md: this import does not publish it: its name begins with the date 2999-01-01\n" +
		"jekyll/hidden.md: this import does not publish it: the front matter says published: false\n" +
		"mkdocs/when.md: this import does not publish it: the front matter says date: soon, which cannot be understood as a date\n" +
		"obsidian/plan.md: this import does not publish it: the front matter says status: draft\n" +
		"starlight/aside.md: this import does not publish it: the front matter says sidebar.hidden: true\n" +
		"starlight/wip.mdx: this import does not publish it: the front matter says draft: true\n"
	if d := cmp.Diff(notes, listed(report.Notes)); d != "" || report.Held != 10 {
		t.Errorf("notes:\n%s", d)
	}
	if got := report.LeftOut(); got != "1 files are neither Markdown nor shown by it: 1 .txt" {
		t.Errorf("left out: %s", got)
	}
	for slug, want := range map[string][2]string{
		"hugo":                   {"From Hugo", "Text with bundle."},
		"jekyll/2024-01-02-post": {"A post", "Short."},
		"obsidian/my-note":       {"My Note", "See the other and more."},
		"mkdocs/edit-uri":        {"edit_uri", "See bare, rooted, dot and thing."},
		"mkdocs/other":           {"Only level two", "Text."},
		"names/ios-setup":        {"iOS Setup", "No heading here."},
		"names/bom":              {"With a mark", "Text."},
		"mkdocs/when":            {"When [x] and [^nope]", "What we plan, when."},
		"mkdocs/readme-like":     {"Tool", "Said first."},
		"names/ელ-ფოსტა":         {"ელ ფოსტა", "Text, see a page and another."},
		"names/my-page":          {"My page", "Text with a link."},
		"starlight/props":        {"Props", "inner text."},
		"guide/start":            {"Start", "A page."},
		"हिन्दी/कि":              {"Ki", "ki, see kaa."},
	} {
		h := mustEntry(t, s, content.TypePage, slug).Head()
		if d := cmp.Diff(want, [2]string{h.Name, h.Summary}); d != "" {
			t.Errorf("%s: %s", slug, d)
		}
	}
	for slug, links := range map[string][]string{
		"hugo":            {"/mkdocs/edit-uri?x=1#part"},
		"mkdocs/edit-uri": {"/starlight/intro", "/names/ios-setup", "/mkdocs/other", "/mkdocs/other#x"},
		"names/ელ-ფოსტა":  {"/names/ios-setup", "/names/my-page"},
		"names/my-page":   {"/mkdocs/edit-uri"},
		"starlight/intro": {"/guide/start", "../nowhere/"},
		"हिन्दी/कि":       {"/%E0%A4%B9%E0%A4%BF%E0%A4%A8%E0%A5%8D%E0%A4%A6%E0%A5%80/%E0%A4%95%E0%A4%BE"},
	} {
		html := mustEntry(t, s, content.TypePage, slug).(*content.Page).Body.HTML
		for _, link := range links {
			if !strings.Contains(html, `href="`+link+`"`) {
				t.Errorf("%s has no link to %s: %s", slug, link, html)
			}
		}
	}
	want := read(t, tree)
	delete(want, "names/note.txt")
	for file := range wantProblems {
		delete(want, file)
	}
	if d := cmp.Diff(want, mustExport(t, s, porting.ExportOptions{Drafts: true})); d != "" {
		t.Errorf("export: %s", d)
	}
	if second := mustImport(t, s, tree, o); second.Unchanged != len(want) || second.Created+second.Changed+second.Published > 0 {
		t.Errorf("a second import: %s", second)
	}
}

// TestATreeIsReadAsPagesLater imports a tree with --pages after it was imported without.
func TestATreeIsReadAsPagesLater(t *testing.T) {
	s, o := open(t), options()
	o.Tree = "site"
	tree := files(map[string]string{"page/a.md": "# A\n", "b.md": "# B\n", "c.md": "# C\n"})
	mustImport(t, s, tree, o)
	a := mustEntry(t, s, content.TypePage, "a")
	o.Pages = true
	report := mustImport(t, s, tree, o)
	want := "page/a.md: stands for the Page \"page/a\" now; the Page of the old file stays as well, unless the tree is imported with --prune\n"
	if d := cmp.Diff(want, listed(report.Notes)); d != "" {
		t.Error(d)
	}
	o.Pages, o.Prune = false, true
	if report = mustImport(t, s, tree, o); report.Pruned != 1 || len(report.Notes) > 0 {
		t.Errorf("%s, notes:\n%s", report, listed(report.Notes))
	}
	if h := mustEntry(t, s, content.TypePage, "a").Head(); h.Key != a.Head().Key {
		t.Errorf("the page is %+v", h)
	}
}

// TestImportAsDraftKeepsPagePublished imports a published page again as a draft.
func TestImportAsDraftKeepsPagePublished(t *testing.T) {
	s, o := open(t), options()
	o.Publish = true
	mustImport(t, s, files(map[string]string{"a.md": "# A\n\nText.\n"}), o)
	report := mustImport(t, s, files(map[string]string{"a.md": "---\ndraft: true\n---\n# A\n\nMore.\n", "b.md": "---\ndraft: true\n---\n# B\n"}), o)
	id := mustEntry(t, s, content.TypePage, "a").ID().String()
	want := "a.md: this import does not publish it: the front matter says draft: true; readers still see the version that is published, until the mutation entryUnpublish(ids: [\"" + id + "\"]) takes it out\n" +
		"b.md: this import does not publish it: the front matter says draft: true\n"
	if d := cmp.Diff(want, listed(report.Notes)); d != "" {
		t.Error(d)
	}
	if h := mustEntry(t, s, content.TypePage, "a").Head(); h.Status != content.StatusChanged {
		t.Errorf("the page is %s", h.Status)
	}
}

// TestFilesThatAreGoneAreReportedAndPruned follows a tree from import to import.
func TestFilesThatAreGoneAreReportedAndPruned(t *testing.T) {
	s, o := open(t), options()
	o.Tree = "site"
	mustImport(t, s, files(map[string]string{"other.md": "# Of another tree\n"}), options())
	mustImport(t, s, files(map[string]string{"a.md": "# A\n", "b.md": "# B\n", "c.md": "# C\n", "d.md": "# D\n", "e.md": "# E\n"}), o)
	b := mustEntry(t, s, content.TypePage, "b")
	less := map[string]string{"a/index.md": "# A\n", "new/b.md": "# B\n", "d.md": "# D\n", "e.md": "# E\n"}
	report := mustImport(t, s, files(less), func() porting.Options { o := o; o.DryRun = true; return o }())
	want := "b.md: has moved to new/b.md; the Page of the old file stays as well, unless the tree is imported with --prune\n" +
		"c.md: is no longer there; the Page of this file stays, unless the tree is imported with --prune\n"
	if listed(report.Notes) != want || report.Pruned != 0 {
		t.Errorf("%s, notes:\n%s", report, listed(report.Notes))
	}
	o.Prune = true
	o.DryRun = true
	if report = mustImport(t, s, files(less), o); report.Pruned != 1 {
		t.Errorf("a dry run: %s", report)
	}
	o.DryRun = false
	if report = mustImport(t, s, files(less), o); report.Pruned != 1 || len(report.Problems) > 0 {
		t.Errorf("%s\n%s", report, listed(report.Problems))
	}
	if h := mustEntry(t, s, content.TypePage, "new/b").Head(); h.Key != b.Head().Key || len(h.FormerSlugs) != 1 {
		t.Errorf("the moved page is %+v", h)
	}
	less["page/other.md"] = "# Of another tree\n"
	got := mustExport(t, s, porting.ExportOptions{})
	delete(less, "page/other.md")
	less["other.md"] = "# Of another tree\n"
	if d := cmp.Diff(less, got); d != "" {
		t.Errorf("left: %s", d)
	}
	if report = mustImport(t, s, fstest.MapFS{}, o); report.Pruned != 0 || !strings.Contains(listed(report.Problems), "site: nothing was pruned: 4 of the 4 files") {
		t.Errorf("an empty tree: %s\n%s", report, listed(report.Problems))
	}
	o.Force = true
	if report = mustImport(t, s, fstest.MapFS{}, o); report.Pruned != 4 {
		t.Errorf("forced: %s", report)
	}
}

// TestATreeCanBePutUnderAFolder keeps a tree away from the paths that the site needs itself.
func TestATreeCanBePutUnderAFolder(t *testing.T) {
	s, o := open(t), options()
	o.Under = "/docs/"
	source := map[string]string{"search.md": "# Search\n\n[Up](/guide/a.md)\n", "guide/a.md": "# A\n\n[s](../search.md)\n"}
	report := mustImport(t, s, files(source), o)
	if report.Created != 2 || len(report.Problems) > 0 {
		t.Fatalf("%s\n%s", report, listed(report.Problems))
	}
	page := mustEntry(t, s, content.TypePage, "docs/search").(*content.Page)
	if !strings.Contains(page.Body.HTML, `href="/docs/guide/a"`) {
		t.Errorf("the link is %s", page.Body.HTML)
	}
	want := map[string]string{"docs/search.md": source["search.md"], "docs/guide/a.md": source["guide/a.md"]}
	if d := cmp.Diff(want, mustExport(t, s, porting.ExportOptions{})); d != "" {
		t.Error(d)
	}
}
