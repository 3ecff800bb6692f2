package porting_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
	"patternhub/internal/porting"
)

const lawFront = "---\nname: Law\nsummary: A law.\ngroup: human\nnumber: 1\nshortCode: L1\nlearningOrder: 1\n"

func TestImportReportsProblemsAndImportsTheRest(t *testing.T) {
	tests := map[string]struct{ file, text, want string }{
		"broken YAML":        {"a.md", "---\ntitle: a: b\n---\n", "a.md:2:8: the front matter is not valid YAML: mapping value is not allowed in this context"},
		"no closing fence":   {"a.md", "---\ntitle: a\n", "a.md:1:1: the front matter has no closing --- line"},
		"wrong type":         {"a.md", "---\ntitle: [a]\n---\n", "a.md:2:8: name: expected text"},
		"an alias":           {"a.md", "---\na: &x [1]\ntitle: *x\n---\n", "a.md:3:8: name: the alias *x stands for a value elsewhere; write the value itself here"},
		"not UTF-8":          {"a.md", "# A\n\nab\xffc\n", "a.md:3:3: the file is not UTF-8"},
		"UTF-16":             {"a.md", "\xff\xfea\x00", "a.md:1:1: the file is UTF-16; only UTF-8 is read"},
		"a zero byte":        {"a.md", "# A\x00\n", "a.md:1:4: the file holds a zero byte"},
		"two documents":      {"a.md", "---\na: 1\n--- # two\nb: 1\n---\n", "a.md:2:1: the front matter holds more than one document"},
		"no mapping":         {"a.md", "---\n- a\n---\n", "a.md:2:1: expected a mapping of names to values"},
		"missing field":      {"guide/a.md", "---\nname: A\nsummary: A.\n---\n", "guide/a.md:2:1: kind is missing; the folder guide holds entries of the type Guide: import it with --pages if it holds pages, or give the folder another name"},
		"no front matter":    {"guide/a.md", "# A\n", "guide/a.md:1:1: kind is missing; the folder guide holds entries of the type Guide: import it with --pages if it holds pages, or give the folder another name"},
		"missing reference":  {"law/a.md", lawFront + "pillars:\n  - work\n---\n", `law/a.md:9:5: pillars[0] refers to the Pillar "work", which is missing`},
		"refused reference":  {"law/a.md", lawFront + "pillars: [bad]\n---\n", `law/a.md:8:11: pillars[0] refers to the Pillar "bad", which is missing`},
		"no slug":            {"!!!.md", "# A\n", "!!!.md: no slug can be made of this path"},
		"a long path":        {strings.Repeat("long/", 60) + "a.md", "# A\n", "is deeper than 32 folders"},
		"a long name":        {strings.Repeat("a", 210) + ".md", "# A\n", "the path is too long for a slug"},
		"a large file":       {"a.md", strings.Repeat("x", 1<<20+1), "a.md: is larger than 1024 KB"},
		"deep brackets":      {"a.md", "---\na: " + strings.Repeat("[", 10000) + "\n---\n", "a.md:1:1: the front matter is nested too deeply"},
		"deep dashes":        {"a.md", "---\na:\n" + strings.Repeat("- ", 10000) + "x\n---\n", "a.md:1:1: the front matter is nested too deeply"},
		"long front matter":  {"a.md", "---\na: " + strings.Repeat("x", 300<<10) + "\n---\n", "a.md:1:1: the front matter is longer than 64 KB"},
		"text in a list":     {"pattern/a.md", "---\nname: A\n---\n## When to use\n\nNow.\n", "pattern/a.md:6:1: When to use is a list: its points start with a dash"},
		"a section twice":    {"pattern/a.md", "---\nname: A\n---\n## Problem\n\nx\n\n## Problem\n", "pattern/a.md:8:1: the section Problem is given twice"},
		"an unknown part":    {"pattern/a.md", "---\nname: A\n---\n## Trade-offs\n\n### Neutral\n", "pattern/a.md:6:1: Trade-offs has no part named Neutral"},
		"the same slug":      {"Good.md", "# A\n", `good.md: stands for the same Page "good" as Good.md; rename one of them`},
		"an index beside it": {"good/index.md", "# A\n", `good.md: stands for the same Page "good" as good/index.md; rename one of them`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			tree := map[string]string{"good.md": "# Good\n\nText.\n", "pillar/bad.md": "---\nsummary: x\n---\n", tt.file: tt.text}
			o := options()
			o.DryRun = true
			report := mustImport(t, s, files(tree), o)
			if !strings.Contains(listed(report.Problems), tt.want+"\n") {
				t.Errorf("reported:\n%s\nwant %s", listed(report.Problems), tt.want)
			}
			if report.Created != 1 {
				t.Errorf("the others: %s", report)
			}
			if seq, err := s.LastSeq(t.Context()); seq != 0 || err != nil {
				t.Errorf("a dry run wrote %d changes (%v)", seq, err)
			}
		})
	}
}

func TestImportMakesPagesOfForeignFiles(t *testing.T) {
	s := open(t)
	tree := map[string]string{
		"README.md":                 "Welcome to **the [site](a.md)**.\n",
		"a.md":                      "---\ntitle: \"Über: A\"\ndescription: Short.\ntags: [x]\nhide:\n  - toc\n---\n# Other\n\nText.\n",
		"Über uns/kontakt_seite.md": "!!! note\n    Inside.\n\nFirst `paragraph`,\ngoes on {: .lead }.\n",
		"patterns/old.md":           "# Old\n",
		"guide/index.md":            "# Guides\n\nAll.\n",
		"empty.md":                  "",
	}
	report := mustImport(t, s, files(tree), options())
	if report.Created != len(tree) || report.Refused > 0 {
		t.Fatalf("%s\n%s", report, listed(report.Problems))
	}
	if want := "patterns/old.md: has the path /patterns/old of a Pattern; if there is one, the page can only be found by its slug\n"; listed(report.Notes) != want {
		t.Errorf("notes:\n%s", listed(report.Notes))
	}
	for slug, want := range map[string][2]string{
		"index":                  {"Index", "Welcome to the site."},
		"a":                      {"Über: A", "Short."},
		"uber-uns/kontakt-seite": {"Kontakt seite", "First paragraph, goes on ."},
		"patterns/old":           {"Old", "Old"},
		"guide":                  {"Guides", "All."},
		"empty":                  {"Empty", "Empty"},
	} {
		h := mustEntry(t, s, content.TypePage, slug).Head()
		if got := [2]string{h.Name, h.Summary}; got != want {
			t.Errorf("%s is %q, want %q", slug, got, want)
		}
		if len(h.Key) != 36 || h.Key[14] != '7' {
			t.Errorf("the key of %s is %s, not a UUIDv7", slug, h.Key)
		}
	}
	if d := cmp.Diff(tree, mustExport(t, s, porting.ExportOptions{})); d != "" {
		t.Errorf("export: %s", d)
	}
}

func TestImportChangesWhatHasChanged(t *testing.T) {
	s := open(t)
	tree := map[string]string{
		"pillar/work.md": "---\nname: Work\nsummary: W.\n---\n", "a.md": "# A\n\nOne. See [b](b.md) and [gone](gone.md).\n", "b.md": "# B\n\nTwo.\n",
	}
	first := mustImport(t, s, files(tree), options())
	if first.Created != 3 || !strings.Contains(listed(first.Notes), "a.md: links to page/gone.md, which is missing") {
		t.Fatalf("%s\n%s%s", first, listed(first.Problems), listed(first.Notes))
	}
	// A reference may name a stored entry that the tree does not have.
	law := mustImport(t, s, files(map[string]string{"law/l.md": lawFront + "pillars: [work]\n---\n"}), options())
	if law.Created != 1 {
		t.Fatalf("%s\n%s", law, listed(law.Problems))
	}
	work := mustEntry(t, s, content.TypePillar, "work")
	if got := mustEntry(t, s, content.TypeLaw, "l").(*content.Law).PillarKeys; len(got) != 1 || got[0] != work.Head().Key {
		t.Errorf("the reference is %v, want %s", got, work.Head().Key)
	}
	tree["a.md"], tree["b.md"] = "# A\n\nChanged.\n", "\n# B\n\nTwo.\n\n"
	o := options()
	o.DryRun = true
	want := []porting.Outcome{{Place: "pillar/work.md", Action: porting.Unchanged}, {Place: "a.md", Action: porting.Changed}, {Place: "b.md", Action: porting.Unchanged}}
	if d := cmp.Diff(want, slices.Collect(mustImport(t, s, files(tree), o).Outcomes())); d != "" {
		t.Errorf("dry run: %s", d)
	}
	second := mustImport(t, s, files(tree), options())
	if d := cmp.Diff(want, slices.Collect(second.Outcomes())); d != "" || second.Published != 1 {
		t.Errorf("%s: %s", second, d)
	}
	// A file that differs only in empty lines is exported as it is now.
	if got := mustExport(t, s, porting.ExportOptions{})["b.md"]; got != tree["b.md"] {
		t.Errorf("exported %q", got)
	}
}

func TestImportRefusesToWriteOverEdits(t *testing.T) {
	s := open(t)
	mustImport(t, s, files(map[string]string{"a.md": "# A\n\nOne.\n"}), options())
	a := mustEntry(t, s, content.TypePage, "a").(*content.Page)
	a.Body.Markdown = "# A\n\nEdited.\n"
	edit(t, s, a)
	if r := mustImport(t, s, files(map[string]string{"a.md": "# A\n\nOne.\n"}), options()); r.Unchanged != 1 {
		t.Errorf("the file as it was imported: %s", r)
	}
	changed := files(map[string]string{"a.md": "# A\n\nTwo.\n"})
	refused := mustImport(t, s, changed, options())
	if refused.Refused != 1 || !strings.Contains(listed(refused.Problems), "has been edited here since it was imported") {
		t.Errorf("%s\n%s", refused, listed(refused.Problems))
	}
	o := options()
	o.Overwrite = true
	if r := mustImport(t, s, changed, o); r.Changed != 1 {
		t.Errorf("with overwrite: %s\n%s", r, listed(r.Problems))
	}
}

func TestImportBringsADeletedEntryBack(t *testing.T) {
	s := open(t)
	tree := files(map[string]string{"a.md": "# A\n\nOne.\n"})
	mustImport(t, s, tree, options())
	if err := s.Delete(t.Context(), "editor", mustEntry(t, s, content.TypePage, "a").ID()); err != nil {
		t.Fatal(err)
	}
	if r := mustImport(t, s, tree, options()); r.Created != 1 {
		t.Errorf("%s", r)
	}
}

func TestStrictImportWritesNothingWhenAFileIsBad(t *testing.T) {
	s := open(t)
	o := options()
	o.Strict = true
	_, err := porting.Import(t.Context(), s, files(map[string]string{"a.md": "# A\n", "b.md": "---\n- x\n---\n"}), o)
	var p *porting.Problem
	if !errors.As(err, &p) || p.Place != "b.md" || p.Line != 2 {
		t.Errorf("got %v", err)
	}
	if seq, err := s.LastSeq(t.Context()); seq != 0 || err != nil {
		t.Errorf("%d changes were written (%v)", seq, err)
	}
}

func TestLinksAndHiddenFilesAreNotFollowed(t *testing.T) {
	outside := write(t, map[string]string{"secret.md": "# Secret\n"})
	dir := write(t, map[string]string{"a.md": "# A\n", ".git/x.md": "# X\n", ".hidden.md": "# H\n", "picture.png": "x"})
	for link, to := range map[string]string{"file.md": filepath.Join(outside, "secret.md"), "folder": outside, "loop": dir} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	s := open(t)
	report := mustImport(t, s, root.FS(), options())
	if report.Created != 1 || report.Skipped != 6 || strings.Count(listed(report.Notes), "is a symbolic link and is not followed") != 3 {
		t.Errorf("%s, %d skipped\n%s%s", report, report.Skipped, listed(report.Notes), listed(report.Problems))
	}
}

func TestExportWritesOnlyInItsDirectory(t *testing.T) {
	outside := t.TempDir()
	dir := write(t, map[string]string{"other.txt": "unrelated"})
	if err := os.Symlink(outside, filepath.Join(dir, "docs")); err != nil {
		t.Fatal(err)
	}
	s := open(t)
	mustImport(t, s, files(map[string]string{"docs/a.md": "# A\n", "b.md": "# B\n"}), options())
	// A source whose path is outside the folder is ignored.
	b := mustEntry(t, s, content.TypePage, "b")
	if err := s.PutSources(t.Context(), content.Source{ID: b.ID(), Path: "../../b.md", Text: []byte("# B\n")}); err != nil {
		t.Fatal(err)
	}
	out, err := porting.Export(t.Context(), s, dir, porting.ExportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if out.Written != 1 || len(out.Problems) != 1 || !strings.Contains(out.Problems[0].Error(), "docs/a.md: cannot be written") {
		t.Errorf("%s\n%s", out, listed(out.Problems))
	}
	if left, err := os.ReadDir(outside); err != nil || len(left) > 0 {
		t.Errorf("outside of the folder are %v (%v)", left, err)
	}
	for name, want := range map[string]string{"page/b.md": "# B\n", "other.txt": "unrelated"} {
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != want {
			t.Errorf("%s holds %q (%v)", name, got, err)
		}
	}
}

func TestRecordsAreImportedByKeyAndSlug(t *testing.T) {
	s := open(t)
	lines := `{"type":"page","key":"k1","slug":"a","name":"A","summary":"x","body":"Text\n"}

{"type":"page","slug":"b","name":"B","summary":"x"}
{"type":"page","slug":"b","name":"B again","summary":"x"}
{"type":"page","slug":"No Slug","name":"B","summary":"x"}
{"type":"law","slug":"l","name":"L","summary":"x","group":"human","pillars":["none"]}
` + fmt.Sprintf(`{"type":"page","slug":"big","name":"B","summary":"%s"}`, strings.Repeat("x", 5<<20))
	report, err := porting.ImportRecords(t.Context(), s, "in.ndjson", strings.NewReader(lines), options())
	if err != nil {
		t.Fatal(err)
	}
	want := "in.ndjson:7:1: is longer than 4 MB\n" +
		"in.ndjson:4:1: stands for the same Page \"b\" as in.ndjson:3\n" +
		"in.ndjson:5:1: \"No Slug\" is not a slug\n" +
		"in.ndjson:6:1: pillars[0] refers to the Pillar \"none\", which is missing\n"
	if d := cmp.Diff(want, listed(report.Problems)); d != "" || report.Created != 2 {
		t.Errorf("%s\n%s", report, d)
	}
	if key := mustEntry(t, s, content.TypePage, "a").Head().Key; key != "k1" {
		t.Errorf("the key is %s", key)
	}
	renamed := `{"type":"page","key":"k1","slug":"c","name":"A","summary":"x","body":"Text\n"}`
	report, err = porting.ImportRecords(t.Context(), s, "in.ndjson", strings.NewReader(renamed), options())
	if err != nil || report.Changed != 1 {
		t.Errorf("renamed: %s, %v\n%s", report, err, listed(report.Problems))
	}
	if h := mustEntry(t, s, content.TypePage, "c").Head(); h.Key != "k1" || len(h.FormerSlugs) != 1 {
		t.Errorf("after the rename: %+v", h)
	}
	taken := `{"type":"page","key":"k1","slug":"b","name":"A","summary":"x"}`
	report, err = porting.ImportRecords(t.Context(), s, "in.ndjson", strings.NewReader(taken), options())
	if err != nil || !strings.Contains(listed(report.Problems), `the slug "b" is taken by another Page`) {
		t.Errorf("a taken slug: %s, %v\n%s", report, err, listed(report.Problems))
	}
}

// TestImportPublishesWhatMayBePublished: as in a release, nothing published refers to something
// unpublished.
func TestImportPublishesWhatMayBePublished(t *testing.T) {
	s := open(t)
	drafts := options()
	drafts.Publish = false
	const pillar = "---\nname: Work\nsummary: A pillar.\nnumber: 1\nshortCode: W\n---\n"
	mustImport(t, s, files(map[string]string{"pillar/work.md": pillar}), drafts)
	report := mustImport(t, s, files(map[string]string{
		"law/free.md":    lawFront + "---\n",
		"law/bound.md":   lawFront + "pillars: [work]\n---\n",
		"pillar/bare.md": strings.Replace(pillar, "shortCode: W\n", "", 1),
		"page.md":        "# A page\n\nText.\n",
	}), options())
	want := "pillar/bare.md: cannot be published: shortCode is required.\n" +
		"law/bound.md: cannot be published: pillars[0] refers to the Pillar \"work\", which is not published\n"
	if listed(report.Problems) != want || report.Created != 4 || report.Published != 2 {
		t.Errorf("%s, reported:\n%s", report, listed(report.Problems))
	}
	for _, p := range []content.Perspective{content.Drafts, content.Published} {
		if rows, err := s.Broken(t.Context(), p, 10); err != nil || len(rows) > 0 {
			t.Errorf("broken in %s: %+v, %v", p, rows, err)
		}
	}
	both := files(map[string]string{"pillar/work.md": pillar, "law/bound.md": lawFront + "pillars: [work]\n---\n"})
	if report := mustImport(t, s, both, options()); report.Published != 2 || len(report.Problems) > 0 {
		t.Errorf("both at once: %s\n%s", report, listed(report.Problems))
	}
}

// TestImportPublishesWithoutSymmetricRelationsToDrafts: a pattern that cannot be published holds no
// other one back, and its relations appear when it is published.
func TestImportPublishesWithoutSymmetricRelationsToDrafts(t *testing.T) {
	s := open(t)
	const front = "summary: A pattern.\ntier: gold\ncatalogName: A\ncategory: data-management\ncatalogGroup: data\ncatalogStatus: production-ready\n" +
		"recommendation: recommended\nrelevance: mainstream\ndifficulty: advanced\n"
	const problem, solution = "## Problem\n\nOne.\n", "\n## Solution\n\nOne.\n"
	related := func(name, to string) string {
		return "---\nname: " + name + "\n" + front + "relatedPatterns:\n  - {pattern: " + to + ", relation: complements}\n---\n" + problem
	}
	source := map[string]string{
		"tier/gold.md":      "---\nname: Gold\nsummary: Proven.\nrank: 1\nbadge: '🥇'\n---\n",
		"pattern/saga.md":   related("Saga", "outbox") + solution,
		"pattern/outbox.md": related("Outbox", "saga"),
	}
	shown := func() (rows int) {
		t.Helper()
		if rows, err := s.Broken(t.Context(), content.Published, 10); err != nil || len(rows) > 0 {
			t.Fatalf("broken: %+v, %v", rows, err)
		}
		found, err := s.At(content.Published).Patterns.BySlugs(t.Context(), []string{"saga", "outbox"})
		if err != nil || found[0] == nil {
			t.Fatalf("saga is not published: %v", err)
		}
		for _, p := range found {
			if p != nil {
				rows += len(p.Relations)
			}
		}
		return rows
	}
	report := mustImport(t, s, files(source), options())
	if want := "pattern/outbox.md: cannot be published: solution is required.\n"; listed(report.Problems) != want || report.Published != 2 || shown() != 0 {
		t.Errorf("%s with %d relations, reported:\n%s", report, shown(), listed(report.Problems))
	}
	source["pattern/outbox.md"] += solution
	if report = mustImport(t, s, files(source), options()); len(report.Problems) > 0 || report.Published != 1 || shown() != 2 {
		t.Errorf("%s with %d relations, reported:\n%s", report, shown(), listed(report.Problems))
	}
}

func TestImportObeysTheRulesOfAuthors(t *testing.T) {
	for name, tt := range map[string]struct{ file, text, want string }{
		"a long summary":  {"law/a.md", strings.Replace(lawFront, "A law.", strings.Repeat("x", 601), 1) + "---\n", "law/a.md:3:10: summary has 601 characters; at most 600 are allowed\n"},
		"an invalid slug": {"law/法.md", lawFront + "---\n", "law/法.md:2:1: A slug cannot hold \"法\": it has lower-case letters, digits and single dashes between them\n"},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			report := mustImport(t, s, files(map[string]string{tt.file: tt.text, "文/頁.md": "# A page\n\nText.\n"}), options())
			if listed(report.Problems) != tt.want || report.Created != 1 || report.Published != 1 {
				t.Errorf("%s, reported:\n%s", report, listed(report.Problems))
			}
		})
	}
}
