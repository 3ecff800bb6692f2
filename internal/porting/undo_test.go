package porting_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
	"patternhub/internal/porting"
	"patternhub/internal/repository"
)

// TestUndoExportsTheSame exports both graphs before a bulk write and after its undo: the trees are equal byte for
// byte.
func TestUndoExportsTheSame(t *testing.T) {
	tree := map[string]string{
		"docs/a.md": "# A\n\nTo [B](b.md).\n\n![p](img/p.png)\n", "docs/b.md": "---\ntitle: B\n---\n\n#  B  #\n\n* odd\n  * list\n", "docs/c.md": "# C\r\n\r\nText.\r\n",
		"docs/img/p.png": png,
	}
	pages := &content.EntriesFilter{Types: []content.EntryType{content.TypePage}}
	me := content.Request{By: "me"}
	for name, action := range map[string]content.BulkAction{
		"publish": content.BulkPublish, "unpublish": content.BulkUnpublish, "delete": content.BulkDelete,
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			mustImport(t, s, files(tree), options())
			// One page has a working copy that is not published.
			changed := mustEntry(t, s, content.TypePage, "docs/b")
			changed.(*content.Page).Body.Markdown += "\nMore.\n"
			if _, err := s.Put(t.Context(), "me", changed); err != nil {
				t.Fatal(err)
			}
			before := exports(t, s)
			digest, err := s.EntriesDigest(t.Context(), pages)
			if err != nil {
				t.Fatal(err)
			}
			expected := content.EntriesExpected{Count: digest.Count, Digest: digest.String()}
			out, err := s.Bulk(t.Context(), me, content.Bulk{Action: action, Filter: pages, Expected: expected})
			if err != nil || len(out.Errors)+len(out.Problems) > 0 || out.Bulk.Done != 3 {
				t.Fatalf("%+v (%v)", out, err)
			}
			if d := cmp.Diff(before, exports(t, s)); d == "" {
				t.Fatal("the write has changed nothing")
			}
			out, err = s.Undo(t.Context(), me, out.Seq)
			if err != nil || len(out.Errors)+len(out.Problems)+len(out.Kept) > 0 {
				t.Fatalf("%+v (%v)", out, err)
			}
			if d := cmp.Diff(before, exports(t, s)); d != "" {
				t.Errorf("after the undo (-before +after):\n%s", d)
			}
		})
	}
}

// exports returns the files of both graphs.
func exports(t *testing.T, s *repository.Store) [2]map[string]string {
	t.Helper()
	return [2]map[string]string{mustExport(t, s, porting.ExportOptions{}), mustExport(t, s, porting.ExportOptions{Drafts: true})}
}
