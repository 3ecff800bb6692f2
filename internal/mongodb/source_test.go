package mongodb_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
	"patternhub/internal/repository/storetest"
)

func TestSourcesAreStoredByteForByte(t *testing.T) {
	s := storetest.Open(t)
	first := content.Source{ID: content.ID{Type: content.TypePage, Key: "a"}, Path: "docs/a.md", Hash: "1", Revision: 1, Text: []byte("\ufeffA\r\n"), Files: []content.Seen{}}
	second := content.Source{ID: content.ID{Type: content.TypePattern, Key: "a"}, Path: "pattern/a.md", Hash: "2", Revision: 3, Text: []byte("B"), Files: []content.Seen{{Path: "a.png", Hash: "4"}, {Path: "b.png"}}}
	if err := s.PutSources(t.Context(), first, second); err != nil {
		t.Fatal(err)
	}
	second.Text, second.Hash = []byte("C"), "3"
	if err := s.PutSources(t.Context(), second); err != nil {
		t.Fatal(err)
	}
	got, err := s.Sources(t.Context(), second.ID, content.ID{Type: content.TypeLaw, Key: "a"}, first.ID)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]*content.Source{&second, nil, &first}, got); d != "" {
		t.Error(d)
	}
	marks, err := s.SourceMarks(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(marks) != 2 || len(marks[0].Text) != 0 {
		t.Errorf("marks are %+v", marks)
	}
	if err := s.PutSources(t.Context(), make([]content.Source, content.MaxBatch+1)...); content.CodeOf(err) != content.LimitExceeded {
		t.Errorf("too many sources return %v", err)
	}
}

func TestKeysAfterListsAType(t *testing.T) {
	s := storetest.Open(t)
	for i := range 5 {
		storetest.Put(t, s, storetest.Tier(fmt.Sprint("t", i), i))
	}
	storetest.Publish(t, s, storetest.Tier("u", 1))
	var all []string
	for after := ""; ; {
		keys, err := s.KeysAfter(t.Context(), content.Drafts, content.TypeTier, after, 2)
		if err != nil {
			t.Fatal(err)
		}
		if len(keys) == 0 {
			break
		}
		all, after = append(all, keys...), keys[len(keys)-1]
	}
	if d := cmp.Diff([]string{"t0", "t1", "t2", "t3", "t4", "u"}, all); d != "" {
		t.Error(d)
	}
	published, err := s.KeysAfter(t.Context(), content.Published, content.TypeTier, "", 10)
	if d := cmp.Diff([]string{"u"}, published); d != "" || err != nil {
		t.Error(d, err)
	}
}
