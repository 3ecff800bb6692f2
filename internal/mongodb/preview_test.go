package mongodb_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
	"patternhub/internal/repository/storetest"
)

// previewAt returns a preview that was made some minutes after noon and lasts an hour. The database deletes
// what has expired, so the noon is one to come.
func previewAt(id string, minutes int) *content.Preview {
	at := time.Now().UTC().Truncate(time.Hour).Add(24*time.Hour + time.Duration(minutes)*time.Minute)
	return &content.Preview{ID: id, By: "k", CreatedAt: at, ExpiresAt: at.Add(time.Hour), Entries: []content.Previewed{{Type: content.TypeLaw, Key: "l"}, {Type: content.TypePattern, Key: "p"}}}
}

// TestPreviewsAreStored checks that a preview is found by its id, that lists begin with the newest, that a
// name is not used twice, and that a second deletion reports that there was nothing.
func TestPreviewsAreStored(t *testing.T) {
	s := storetest.Open(t)
	old, young := previewAt("a", 0), previewAt("b", 1)
	for _, p := range []*content.Preview{old, young} {
		if err := s.PutPreview(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.PutPreview(t.Context(), old); content.CodeOf(err) != content.Conflict {
		t.Errorf("a name that is taken: %v", err)
	}
	list, err := s.Previews(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]*content.Preview{young, old}, list); diff != "" {
		t.Error(diff)
	}
	for name, want := range map[string]*content.Preview{"a": old, "none": nil} {
		got, err := s.PreviewByID(t.Context(), name)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	for i, want := range []bool{true, false} {
		if ok, err := s.DeletePreview(t.Context(), "a"); err != nil || ok != want {
			t.Errorf("deletion %d: %v, %v", i, ok, err)
		}
	}
}

// TestPreviewsAreLimited fills the hub with previews. Those that have expired leave room.
func TestPreviewsAreLimited(t *testing.T) {
	s := storetest.Open(t)
	for i := range content.MaxPreviews {
		if err := s.PutPreview(t.Context(), previewAt(strconv.Itoa(i), 0)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.PutPreview(t.Context(), previewAt("more", 59)); content.CodeOf(err) != content.LimitExceeded {
		t.Errorf("one more: %v", err)
	}
	if err := s.PutPreview(t.Context(), previewAt("more", 60)); err != nil {
		t.Errorf("one after the others have expired: %v", err)
	}
}
