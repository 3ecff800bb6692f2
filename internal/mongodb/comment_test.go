package mongodb_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
	"patternhub/internal/repository/storetest"
)

// commentAt returns a comment on an entry that was written some minutes after noon.
func commentAt(key string, on content.ID, minutes int) *content.Comment {
	return &content.Comment{Key: key, Type: on.Type, EntryKey: on.Key, Text: "Why?", By: "ada", At: time.Date(2026, 1, 1, 12, minutes, 0, 0, time.UTC)}
}

// TestCommentsAreStored checks the order of a list, that comments on an entry of another type with the same key are not in it,
// and that a comment can be resolved, opened again and deleted.
func TestCommentsAreStored(t *testing.T) {
	s := storetest.Open(t)
	saga, law := content.ID{Type: content.TypePattern, Key: "saga"}, content.ID{Type: content.TypeLaw, Key: "saga"}
	young, old := commentAt("a", saga, 1), commentAt("b", saga, 0)
	young.Field = new("name")
	for _, c := range []*content.Comment{young, old, commentAt("c", law, 0)} {
		if err := s.PutComment(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	list := func(resolved bool, want ...*content.Comment) {
		t.Helper()
		got, err := s.Comments(t.Context(), saga, resolved)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
	}
	list(false, old, young)
	done := *old
	done.ResolvedBy, done.ResolvedAt = new("bob"), new(young.At)
	if got, err := s.ResolveComment(t.Context(), "b", "bob", &young.At); err != nil || !cmp.Equal(&done, got) {
		t.Errorf("resolved: %+v %v", got, err)
	}
	list(false, young)
	list(true, &done, young)
	if got, err := s.ResolveComment(t.Context(), "b", "bob", nil); err != nil || !cmp.Equal(old, got) {
		t.Errorf("opened again: %+v %v", got, err)
	}
	if got, err := s.ResolveComment(t.Context(), "none", "bob", nil); err != nil || got != nil {
		t.Errorf("no comment: %+v %v", got, err)
	}
	for i, want := range []bool{true, false} {
		if ok, err := s.DeleteComment(t.Context(), "b"); err != nil || ok != want {
			t.Errorf("deletion %d: %v, %v", i, ok, err)
		}
	}
	list(true, young)
	if got, err := s.CommentByKey(t.Context(), "b"); err != nil || got != nil {
		t.Errorf("it remains: %+v %v", got, err)
	}
}

// TestCommentsAreLimited fills an entry with comments. Another entry has room, and so has this one after a deletion.
func TestCommentsAreLimited(t *testing.T) {
	s := storetest.Open(t)
	saga := content.ID{Type: content.TypePattern, Key: "saga"}
	for i := range content.MaxComments {
		if err := s.PutComment(t.Context(), commentAt(strconv.Itoa(i), saga, 0)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.PutComment(t.Context(), commentAt("more", saga, 0)); content.CodeOf(err) != content.LimitExceeded {
		t.Errorf("one more: %v", err)
	}
	if err := s.PutComment(t.Context(), commentAt("other", content.ID{Type: content.TypePattern, Key: "other"}, 0)); err != nil {
		t.Errorf("another entry: %v", err)
	}
	if _, err := s.DeleteComment(t.Context(), "0"); err != nil {
		t.Fatal(err)
	}
	if err := s.PutComment(t.Context(), commentAt("more", saga, 0)); err != nil {
		t.Errorf("after a deletion: %v", err)
	}
}
