package authoring_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
)

// releasesAreFound stores releases in one transaction and reads them in others.
func releasesAreFound(t *testing.T, s content.Transactor) {
	later := begun.Add(time.Hour)
	one := 1
	all := []*content.NamedRelease{
		{Key: "1", Name: "Open", State: content.ReleaseOpen, By: "author", Entries: publishing(ofPattern("a"), ofPattern("b")), CreatedAt: begun, UpdatedAt: begun},
		{Key: "2", Name: "Later", State: content.ReleaseScheduled, At: &later, Actor: "author", Entries: unpublishing(ofPattern("b")), CreatedAt: begun, UpdatedAt: begun},
		{Key: "3", Name: "Soon", State: content.ReleaseScheduled, At: new(begun), Entries: unpublishing(content.ID{Type: content.TypeLaw, Key: "a"}), CreatedAt: begun, UpdatedAt: begun},
		{
			Key: "4", Name: "Undo", State: content.ReleaseFailed, Undoes: "5", UndoesSeq: 7, CreatedAt: begun, UpdatedAt: begun,
			Entries: []content.ReleaseEntry{{Type: content.TypePattern, Key: "a", Action: content.SchedulePublish, Revision: &one}},
			Faults:  []content.UserError{{Field: []string{"entries", "0"}, Message: "No.", Code: content.ErrInvalid}},
		},
		{Key: "5", Name: "Done", State: content.ReleasePublished, At: new(begun), Seq: 7, Entries: publishing(ofPattern("a")), CreatedAt: begun, UpdatedAt: begun},
	}
	transact(t, s, func(ctx context.Context, x content.Transaction) error {
		for _, r := range all {
			if err := x.KeepRelease(ctx, r); err != nil {
				return err
			}
		}
		return nil
	})
	if next, err := s.NextRelease(t.Context()); err != nil || next == nil || next.Key != "3" {
		t.Errorf("the next release is %+v, %v", next, err)
	}
	transact(t, s, func(ctx context.Context, x content.Transaction) error {
		if n, err := x.CountPending(ctx); err != nil || n != 4 {
			t.Errorf("%d are pending, %v", n, err)
		}
		found, err := x.PendingReleases(ctx, []content.ID{ofPattern("a")})
		if err != nil {
			return err
		}
		if d := cmp.Diff([]*content.NamedRelease{all[0], all[3]}, found); d != "" {
			t.Errorf("releases with an entry (-want +got):\n%s", d)
		}
		for _, r := range all {
			got, err := x.NamedRelease(ctx, r.Key)
			if err != nil {
				return err
			}
			if d := cmp.Diff(r, got); d != "" {
				t.Errorf("release %s (-want +got):\n%s", r.Key, d)
			}
		}
		return x.DropRelease(ctx, "3")
	})
	if next, err := s.NextRelease(t.Context()); err != nil || next == nil || next.Key != "2" {
		t.Errorf("the next release is %+v, %v", next, err)
	}
	transact(t, s, func(ctx context.Context, x content.Transaction) error {
		none, err := x.NamedRelease(ctx, "3")
		if none != nil {
			t.Errorf("a deleted release is %+v", none)
		}
		return err
	})
}
