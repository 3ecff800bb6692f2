package porting_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
	"patternhub/internal/porting"
)

// TestLinksInAngleBracketsResolve covers files with spaces in their names.
func TestLinksInAngleBracketsResolve(t *testing.T) {
	s := open(t)
	tree := map[string]string{
		"k/x y.md": "# X\n\nText.\n",
		"k/a.md":   "# A\n\n[a](<x y.md>) [b](<x y.md?z=1#q>) [c](x%20y.md) [d][r]\n\n[r]: <x y.md>\n",
	}
	report := mustImport(t, s, files(tree), options())
	if report.Created != 2 || len(report.Notes) > 0 {
		t.Fatalf("%s\n%s", report, listed(report.Notes))
	}
	want := "# A\n\n[a](<x-y.md>) [b](<x-y.md?z=1#q>) [c](x-y.md) [d][r]\n\n[r]: <x-y.md>\n"
	if d := cmp.Diff(want, mustEntry(t, s, content.TypePage, "k/a").(*content.Page).Body.Markdown); d != "" {
		t.Errorf("links (-want +got):\n%s", d)
	}
	if d := cmp.Diff(tree, mustExport(t, s, porting.ExportOptions{})); d != "" {
		t.Errorf("export (-want +got):\n%s", d)
	}
}
