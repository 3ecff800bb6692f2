package porting_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
	"patternhub/internal/porting"
)

// mustPublished returns the file of a page as readers see it.
func mustPublished(t *testing.T, s porting.Store, id content.ID) string {
	t.Helper()
	text, err := porting.Published(t.Context(), s, id)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The word zebrawood is in drafts, in comments and in names that are no fields; once it is published it shows.
func TestThePublishedCopyIsAsItsAuthorWroteIt(t *testing.T) {
	s := open(t)
	const plain = "---\r\nname:   'A'\r\nsummary: S\r\n---\r\n\r\n* one  \r\n"
	source := map[string]string{"a.md": plain, "b.md": "---\n# zebrawood\nname: B\nsummary: S\nowner: zebrawood\n---\nSee [a](a.md).\n", "c.md": "# C\n\nText.\n"}
	mustImport(t, s, files(source), options())
	a, b := mustEntry(t, s, content.TypePage, "a").(*content.Page), mustEntry(t, s, content.TypePage, "b")
	if d := cmp.Diff(plain, mustPublished(t, s, a.ID())); d != "" {
		t.Errorf("from a file: %s", d)
	}
	if d := cmp.Diff("---\nname: B\nsummary: S\n---\nSee [a](a.md).\n", mustPublished(t, s, b.ID())); d != "" {
		t.Errorf("without what is the author's: %s", d)
	}
	a.Body.Markdown += "* zebrawood\n"
	if _, err := s.Put(t.Context(), "editor", a); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(plain, mustPublished(t, s, a.ID())); d != "" {
		t.Errorf("beside a draft: %s", d)
	}
	if _, err := s.Publish(t.Context(), "editor", a.ID()); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(plain+"* zebrawood\r\n", mustPublished(t, s, a.ID())); d != "" {
		t.Errorf("after an edit: %s", d)
	}
	o := options()
	o.Publish, o.Overwrite = false, true
	mustImport(t, s, files(map[string]string{"c.md": "---\nname: zebrawood\n---\n# zebrawood\n"}), o)
	if got := mustPublished(t, s, mustEntry(t, s, content.TypePage, "c").ID()); strings.Contains(got, "zebrawood") || !strings.Contains(got, "# C\n\nText.\n") {
		t.Errorf("beside the file of a draft: %s", got)
	}
	if _, err := s.Unpublish(t.Context(), "editor", b.ID()); err != nil {
		t.Fatal(err)
	}
	for name, id := range map[string]content.ID{"unpublished": b.ID(), "none": {Type: content.TypePage, Key: "none"}, "no type": {Type: "NOTHING", Key: "x"}} {
		if got := mustPublished(t, s, id); got != "" {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// A pattern may be published before another that it has a symmetric relation with. Its file then names the
// other one as little as the API does.
func TestThePublishedCopyNamesNothingUnpublished(t *testing.T) {
	s := open(t)
	pattern := func(name, more string) string {
		return "---\nname: " + name + "\nsummary: S\ntier: gold\ncatalogName: " + name + "\ncategory: data-management\ncatalogGroup: data\ncatalogStatus: production-ready\n" +
			"recommendation: recommended\nrelevance: mainstream\ndifficulty: advanced\n" + more + "---\n\n## Problem\n\nP.\n\n## Solution\n\nS.\n"
	}
	o := options()
	o.Publish = false
	report := mustImport(t, s, files(map[string]string{
		"tier/gold.md":         "---\nname: Gold\nsummary: Proven.\nrank: 1\nbadge: '🥇'\n---\n",
		"pattern/saga.md":      pattern("Saga", "relatedPatterns:\n  - {pattern: zebrawood, relation: complements, weight: 1}\n"),
		"pattern/zebrawood.md": pattern("Zebrawood", ""),
	}), o)
	if report.Created != 3 {
		t.Fatalf("%s\n%s", report, listed(report.Problems))
	}
	saga := mustEntry(t, s, content.TypePattern, "saga")
	if _, err := s.Publish(t.Context(), "editor", saga.ID(), mustEntry(t, s, content.TypeTier, "gold").ID()); err != nil {
		t.Fatal(err)
	}
	if got := mustPublished(t, s, saga.ID()); got == "" || strings.Contains(got, "zebrawood") {
		t.Errorf("the file is %s", got)
	}
	other := mustEntry(t, s, content.TypePattern, "zebrawood")
	if _, err := s.Publish(t.Context(), "editor", other.ID(), saga.ID()); err != nil {
		t.Fatal(err)
	}
	if got := mustPublished(t, s, saga.ID()); !strings.Contains(got, "  - {pattern: zebrawood, relation: complements, weight: 1}\n") {
		t.Errorf("with the other pattern the file is %s", got)
	}
}
