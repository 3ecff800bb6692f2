package loaders

import (
	"context"

	"patternhub/internal/content"
)

// History loads the revisions of entries, which never change.
type History struct {
	numbers   *Loader[content.ID, []int]
	snapshots *Loader[content.RevisionID, *content.Snapshot]
}

// OpenHistory lets the response of ctx read revisions. Call it before the first load, and only if the viewer
// may read revisions.
//
//go:noinline
func OpenHistory(ctx context.Context, archive content.Archive) {
	l := For(ctx)
	l.shared.archive = archive
	l.History = &History{
		numbers:   &Loader[content.ID, []int]{read: archive.RevisionNumbers, shared: l.shared},
		snapshots: l.shared.snapshots(),
	}
}

// Numbers returns the numbers of an entry's revisions, the newest first.
func (h *History) Numbers(ctx context.Context, id content.ID) ([]int, error) {
	return h.numbers.Load(ctx, id)
}

// Snapshots returns revisions of an entry in the order of numbers, with nil for a missing one.
func (h *History) Snapshots(ctx context.Context, id content.ID, numbers []int) ([]*content.Snapshot, error) {
	names := make([]content.RevisionID, len(numbers))
	for i, n := range numbers {
		names[i] = content.RevisionID{ID: id, Revision: n}
	}
	return h.snapshots.LoadMany(ctx, names)
}
