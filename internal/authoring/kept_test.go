package authoring_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"patternhub/internal/content"
)

func whatAWriteDidIsKept(t *testing.T, s content.Transactor) {
	mustPublish(t, s, saved("saga", "outbox"))
	mustPut(t, s, saved("outbox"))
	want := map[content.ID]content.Standing{ofPattern("saga"): {Published: 1, Relations: saved("saga", "outbox").Relations}}
	turns := []content.Turn{{ID: ofPattern("saga"), Before: content.Standing{Exists: true, Published: 1}, After: content.Standing{Exists: true}}}
	transact(t, s, func(ctx context.Context, x content.Transaction) error {
		got, err := x.Published(ctx, []content.ID{ofPattern("saga"), ofPattern("outbox"), ofPattern("missing")})
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("published (-want +got):\n%s", d)
		}
		return errors.Join(err, x.KeepTurns(ctx, 7, begun, turns))
	})
	transact(t, s, func(ctx context.Context, x content.Transaction) error {
		got, err := x.Turns(ctx, 7)
		if d := cmp.Diff(turns, got, cmpopts.EquateEmpty()); d != "" {
			t.Errorf("kept (-want +got):\n%s", d)
		}
		none, nerr := x.Turns(ctx, 8)
		if len(none) > 0 {
			t.Errorf("another write did %v", none)
		}
		return errors.Join(err, nerr)
	})
}

func whatRemainsIsKept(t *testing.T, s content.Transactor) {
	want := []content.RevisionID{{ID: ofPattern("saga"), Revision: 1}, {ID: ofPattern("outbox"), Revision: 2}}
	for _, rest := range [][]content.RevisionID{want, want[1:], nil} {
		transact(t, s, func(ctx context.Context, x content.Transaction) error {
			return x.KeepRemaining(ctx, "write", begun, rest)
		})
		transact(t, s, func(ctx context.Context, x content.Transaction) error {
			got, err := x.Remaining(ctx, "write")
			if d := cmp.Diff(rest, got, cmpopts.EquateEmpty()); d != "" {
				t.Errorf("remaining (-want +got):\n%s", d)
			}
			other, oerr := x.Remaining(ctx, "another write")
			if len(other) > 0 {
				t.Errorf("of another write %v remain", other)
			}
			return errors.Join(err, oerr)
		})
	}
}

func matchingEntriesAreFound(t *testing.T, s content.Transactor) {
	mustPublish(t, s, saved("saga", "outbox"))
	mustPut(t, s, saved("outbox"))
	for status, want := range map[content.PublicationStatus]string{content.StatusDraft: "outbox", content.StatusPublished: "saga"} {
		f := &content.EntriesFilter{Types: []content.EntryType{content.TypePattern}, Status: &content.PublicationStatusFilter{In: []content.PublicationStatus{status}}}
		transact(t, s, func(ctx context.Context, x content.Transaction) error {
			found := 0
			err := x.Matching(ctx, f, func(id content.ID, revision int) error {
				if found++; id != ofPattern(want) || revision != 1 {
					t.Errorf("%s matches %s, revision %d", status, id, revision)
				}
				return nil
			})
			if found != 1 {
				t.Errorf("%d match %s", found, status)
			}
			return err
		})
	}
}
