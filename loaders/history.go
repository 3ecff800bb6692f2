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
	return h.snapshots.LoadMany(ctx, names(id, numbers))
}

// AskNumbers asks for what Numbers loads, and reports whether the load need not wait.
func (h *History) AskNumbers(ctx context.Context, id content.ID) (ready bool) {
	_, ready, _ = h.numbers.ask(ctx, id)
	return ready
}

// AskSnapshots asks for what Snapshots loads.
func (h *History) AskSnapshots(ctx context.Context, id content.ID, numbers []int) (ready bool) {
	_, ready = h.snapshots.asks(ctx, names(id, numbers), nil)
	return ready
}

// names returns the ids of some revisions of an entry.
func names(id content.ID, numbers []int) []content.RevisionID {
	out := make([]content.RevisionID, len(numbers))
	for i, n := range numbers {
		out[i] = content.RevisionID{ID: id, Revision: n}
	}
	return out
}
