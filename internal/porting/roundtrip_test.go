package porting_test

import (
	"bytes"
	"maps"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
	"patternhub/internal/porting"
)

func TestTheHubsOwnContentIsImportedAndExportedUnchanged(t *testing.T) {
	s := open(t)
	tree := os.DirFS("../../seed/data")
	want := markdownOnly(read(t, tree))
	if len(want) < 500 {
		t.Fatalf("the tree has %d files only", len(want))
	}
	report := mustImport(t, s, tree, options())
	if report.Created != len(want) || report.Refused != 0 || report.Published != len(want) {
		t.Fatalf("%s\n%s", report, listed(report.Problems))
	}
	if len(report.Notes) > 0 {
		t.Errorf("notes:\n%s", listed(report.Notes))
	}
	if d := cmp.Diff(want, mustExport(t, s, porting.ExportOptions{})); d != "" {
		t.Errorf("export of what was imported: %s", d)
	}
	seq, err := s.LastSeq(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	second := mustImport(t, s, tree, options())
	if second.Unchanged != len(want) || second.Created+second.Changed+second.Refused+second.Published != 0 {
		t.Errorf("a second import: %s", second)
	}
	if now, err := s.LastSeq(t.Context()); err != nil || now != seq {
		t.Errorf("a second import wrote %d changes (%v)", now-seq, err)
	}
	var records bytes.Buffer
	if _, err := porting.ExportRecords(t.Context(), s, &records, porting.ExportOptions{}); err != nil {
		t.Fatal(err)
	}
	checkRecords(t, records.Bytes(), len(want))
}

// checkRecords imports records into an empty store and exports them again.
func checkRecords(t *testing.T, records []byte, count int) {
	t.Helper()
	s := open(t)
	report, err := porting.ImportRecords(t.Context(), s, "all.ndjson", bytes.NewReader(records), options())
	if err != nil {
		t.Fatal(err)
	}
	if report.Created != count || report.Refused != 0 {
		t.Fatalf("records: %s\n%s", report, listed(report.Problems))
	}
	second, err := porting.ImportRecords(t.Context(), s, "all.ndjson", bytes.NewReader(records), options())
	if err != nil || second.Unchanged != count {
		t.Errorf("records a second time: %s, %v", second, err)
	}
	var out bytes.Buffer
	if _, err := porting.ExportRecords(t.Context(), s, &out, porting.ExportOptions{}); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(records, out.Bytes()) {
		t.Error("exported records differ from the imported ones")
	}
	if tree := mustExport(t, s, porting.ExportOptions{}); len(tree) != count {
		t.Errorf("records are exported as %d files", len(tree))
	}
}

func TestAnEditChangesOnlyItsLines(t *testing.T) {
	s := open(t)
	source := map[string]string{
		"tier/gold.md": "---\nname: Gold\nsummary: Proven.\nrank: 1\nbadge: '🥇'\n---\n",
		"pattern/saga.md": "---\n# mine\nsummary:   'A chain'  # short\nname: Saga\nowner: payments\ntier: gold\ncatalogName: Saga\ncategory: data-management\ncatalogGroup: data\n" +
			"catalogStatus: production-ready\nrecommendation: recommended\nrelevance: mainstream\ndifficulty: advanced\n" +
			"relatedPatterns:\n  - {pattern: outbox, relation: complements, weight: 1}\n---\n## Problem\r\nText.\n\n## Solution\n\nSteps.\n\n## Notes\n\n" +
			"See [outbox](outbox.md).  \nMore.\n",
		"pattern/outbox.md": "---\nname: Outbox\nsummary: Rows.\ntier: gold\ncatalogName: Outbox\ncategory: data-management\ncatalogGroup: data\ncatalogStatus: production-ready\n" +
			"recommendation: recommended\nrelevance: mainstream\ndifficulty: advanced\n---\n## Problem\n\nTwo writes.\n\n## Solution\n\nOne.\n",
		"docs/Sub Folder/index.md":      "\ufeff# Home\r\n\r\nSee [other](other_page.md#x), [up](../top.md) and [saga](../../pattern/saga.md).\r\n",
		"docs/Sub Folder/other_page.md": "# Other\n\nText",
		"docs/top.md":                   "# Top\n\n```\n[code](x.md)\n```\n",
	}
	report := mustImport(t, s, files(source), options())
	if report.Created != len(source) || len(report.Problems) > 0 || listed(report.Notes) != "pattern/saga.md: keeps fields that a Pattern does not have: owner\n" {
		t.Fatalf("%s\n%s%s", report, listed(report.Problems), listed(report.Notes))
	}
	if d := cmp.Diff(source, mustExport(t, s, porting.ExportOptions{})); d != "" {
		t.Fatalf("before the edits: %s", d)
	}
	saga := mustEntry(t, s, content.TypePattern, "saga").(*content.Pattern)
	saga.Summary, saga.Body.Markdown = "It's new", saga.Body.Markdown+"Last.\n"
	edit(t, s, saga)
	home := mustEntry(t, s, content.TypePage, "docs/sub-folder").(*content.Page)
	if !strings.Contains(home.Body.HTML, `href="/docs/sub-folder/other-page#x"`) || !strings.Contains(home.Body.HTML, `href="/patterns/saga"`) {
		t.Errorf("links of the page are %s", home.Body.HTML)
	}
	home.Body.Markdown += "\nAnd [again](sub-folder/other-page.md).\n"
	edit(t, s, home)
	want := map[string]string{}
	maps.Copy(want, source)
	want["pattern/saga.md"] = strings.Replace(want["pattern/saga.md"], "'A chain'", "'It''s new'", 1) + "Last.\n"
	want["docs/Sub Folder/index.md"] += "\r\nAnd [again](other_page.md).\r\n"
	got := mustExport(t, s, porting.ExportOptions{})
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("after the edits: %s", d)
	}
	back := mustImport(t, s, files(got), options())
	if back.Unchanged != len(source) {
		t.Errorf("the export is imported as %s\n%s", back, listed(back.Problems))
	}
}

func TestDraftsAndPublishedAreExportedSeparately(t *testing.T) {
	s := open(t)
	source := map[string]string{"a.md": "# A\n\nOld.\n", "b.md": "# B\n\nText.\n"}
	o := options()
	o.Publish = false
	mustImport(t, s, files(source), o)
	if got := mustExport(t, s, porting.ExportOptions{}); len(got) != 0 {
		t.Errorf("drafts are exported as published: %v", got)
	}
	mustImport(t, s, files(source), options())
	a := mustEntry(t, s, content.TypePage, "a").(*content.Page)
	a.Body.Markdown = "# A\n\nNew.\n"
	if _, err := s.Put(t.Context(), "editor", a); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(source, mustExport(t, s, porting.ExportOptions{})); d != "" {
		t.Errorf("published: %s", d)
	}
	drafts := mustExport(t, s, porting.ExportOptions{Drafts: true})
	if !strings.Contains(drafts["a.md"], "# A\n\nNew.\n") || drafts["b.md"] != source["b.md"] {
		t.Errorf("drafts: %v", drafts)
	}
}

func TestARenamedEntryMovesToItsNewFile(t *testing.T) {
	s := open(t)
	mustImport(t, s, files(map[string]string{"docs/a.md": "# A\n\nSee [b](b.md).\n", "docs/b.md": "# B\n\nText.\n"}), options())
	b := mustEntry(t, s, content.TypePage, "docs/b")
	b.Head().Slug = "docs/c"
	edit(t, s, b)
	got := mustExport(t, s, porting.ExportOptions{})
	if got["page/docs/c.md"] != "# B\n\nText.\n" || got["docs/a.md"] == "" || len(got) != 2 {
		t.Errorf("exported %v", got)
	}
}
