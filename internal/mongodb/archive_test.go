package mongodb_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
	"patternhub/internal/repository"
	"patternhub/internal/repository/storetest"
)

// TestRevisions reads the revisions of an entry that was written five times, and of a deleted one.
func TestRevisions(t *testing.T) {
	n := 0
	s := storetest.Open(t, counter(&n))
	const writes = 5
	for i := range writes {
		storetest.Put(t, s, again(storetest.Pattern("saga", "", 1), fmt.Sprint("Saga ", i+1), i))
	}
	saga, gone := storetest.Pattern("saga", "", 1).ID(), storetest.Pattern("gone", "", 1).ID()
	storetest.Put(t, s, storetest.Pattern("gone", "Gone", 1))
	if err := s.Delete(t.Context(), "test", gone); err != nil {
		t.Fatal(err)
	}
	none := content.ID{Type: content.TypeLaw, Key: "saga"}

	t.Run("listed for many entries with one command", func(t *testing.T) {
		n = 0
		got, err := s.RevisionNumbers(t.Context(), []content.ID{gone, none, saga})
		if err != nil || n != 1 {
			t.Errorf("%d commands (%v), want 1", n, err)
		}
		if d := cmp.Diff([][]int{{1}, nil, {5, 4, 3, 2, 1}}, got); d != "" {
			t.Errorf("numbers (-want +got):\n%s", d)
		}
	})
	t.Run("read by name", func(t *testing.T) {
		n = 0
		got, err := s.Snapshots(t.Context(), []content.RevisionID{{ID: saga, Revision: 4}, {ID: saga, Revision: 9}, {ID: gone, Revision: 1}, {ID: none, Revision: 1}, {ID: saga, Revision: 2}})
		if err != nil || n != 1 {
			t.Fatalf("%d commands (%v), want 1", n, err)
		}
		var names []string
		for _, x := range got {
			if x == nil {
				names = append(names, "")
				continue
			}
			names = append(names, fmt.Sprint(x.Revision, " ", x.Entry.Head().Name, " by ", x.By))
		}
		if d := cmp.Diff([]string{"4 Saga 4 by test", "", "1 Gone by test", "", "2 Saga 2 by test"}, names); d != "" {
			t.Errorf("snapshots (-want +got):\n%s", d)
		}
		text := got[0].Entry.(*content.Pattern).Body
		if text.Markdown != "# Text\n\nOf Saga 4\n" || text.HTML == "" {
			t.Errorf("the text of a revision is %+v", text)
		}
	})
	t.Run("paged from the newest", func(t *testing.T) {
		var pages [][]int
		for before := 0; ; {
			page, err := s.Revisions(t.Context(), saga, before, 2)
			if err != nil {
				t.Fatal(err)
			}
			if len(page) == 0 {
				break
			}
			var numbers []int
			for _, x := range page {
				numbers = append(numbers, x.Revision)
				before = x.Revision
			}
			pages = append(pages, numbers)
		}
		if d := cmp.Diff([][]int{{5, 4}, {3, 2}, {1}}, pages); d != "" {
			t.Errorf("pages (-want +got):\n%s", d)
		}
	})
	t.Run("continued after a deletion", func(t *testing.T) {
		storetest.Put(t, s, storetest.Pattern("gone", "Back", 1))
		got, err := s.RevisionNumbers(t.Context(), []content.ID{gone})
		if d := cmp.Diff([][]int{{2, 1}}, got); d != "" || err != nil {
			t.Error(d, err)
		}
	})
	t.Run("former slugs stay", func(t *testing.T) { rename(t, s) })
}

// rename changes the slug of an entry several times, also to former ones.
func rename(t *testing.T, s *repository.Store) {
	t.Helper()
	for i, tt := range []struct {
		slug string
		want []string
	}{
		{"a", nil},
		{"b", []string{"a"}},
		{"c", []string{"a", "b"}},
		{"a", []string{"b", "c"}},
		{"a", []string{"b", "c"}},
		{"b", []string{"c", "a"}},
	} {
		p := storetest.Pattern("key", "Name", 1)
		p.Slug, p.Revision = tt.slug, i
		storetest.Put(t, s, p)
		got := storetest.ByKey(t, s.At(content.Drafts).Patterns, "key")
		if d := cmp.Diff(tt.want, got.FormerSlugs); d != "" {
			t.Errorf("write %d (-want +got):\n%s", i+1, d)
		}
	}
	found, err := s.At(content.Drafts).Patterns.BySlugs(t.Context(), []string{"a", "b", "c", "d"})
	if err != nil || found[0] == nil || found[1] == nil || found[2] == nil || found[3] != nil {
		t.Errorf("by slugs: %v (%v)", found, err)
	}
}
