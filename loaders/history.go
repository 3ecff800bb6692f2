package loaders

import (
	"context"

	"patternhub/content"
)

// History loads the revisions of entries.
// Revisions never change, so what one holds is never out of date.
type History struct {
	numbers   *Loader[content.ID, []int]
	snapshots *Loader[content.RevisionID, *content.Snapshot]
}

// Open lets the response read revisions; without it they are not for its viewer. It must be
// called before the first load.
func (l *Loaders) Open(archive content.Archive) {
	l.shared.archive = archive
	l.History = &History{
		numbers:   &Loader[content.ID, []int]{read: archive.RevisionNumbers, shared: l.shared},
		snapshots: l.shared.snapshots(),
	}
}

// Numbers lists the revisions of an entry, the newest first.
func (h *History) Numbers(ctx context.Context, id content.ID) ([]int, error) {
	return h.numbers.Load(ctx, id)
}

// Snapshots reads revisions of an entry in the order of their numbers.
// A revision that is not there is nil in its place.
func (h *History) Snapshots(ctx context.Context, id content.ID, numbers []int) ([]*content.Snapshot, error) {
	names := make([]content.RevisionID, len(numbers))
	for i, n := range numbers {
		names[i] = content.RevisionID{ID: id, Revision: n}
	}
	return h.snapshots.LoadMany(ctx, names)
}
