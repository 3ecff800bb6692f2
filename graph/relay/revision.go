package relay

import (
	"context"
	"strconv"

	"patternhub/internal/content"
)

// RevisionConnection is a list of revisions.
type RevisionConnection = Connection[*content.Revision, *Edge[*content.Revision]]

// RevisionEdge is one position in such a list.
type RevisionEdge = Edge[*content.Revision]

// History reads revisions for connections.
type History interface {
	// Numbers lists the revisions of an entry, the newest first.
	Numbers(ctx context.Context, id content.ID) ([]int, error)
	// Snapshots reads revisions of an entry in the order of their numbers.
	Snapshots(ctx context.Context, id content.ID, numbers []int) ([]*content.Snapshot, error)
}

// revisionOrder tags the cursors of revisions.
const revisionOrder = "REVISIONS"

// Revisions is the list of the revisions of an entry, the newest first. Numbers are read before
// snapshots, so a page reads only the revisions that it shows, and one more.
func Revisions(src History, id content.ID, page Page) (*RevisionConnection, error) {
	window, err := page.window(revisionOrder)
	if err != nil {
		return nil, err
	}
	return &RevisionConnection{
		order: revisionOrder,
		read: func(ctx context.Context) (*part[*content.Revision, *RevisionEdge], error) {
			return readRevisions(ctx, src, id, window)
		},
		count: func(ctx context.Context) (int, error) {
			numbers, err := src.Numbers(ctx, id)
			return len(numbers), err
		},
	}, nil
}

// readRevisions reads a window of revisions, and the one before the oldest of them, which is needed
// for that one's changes.
func readRevisions(ctx context.Context, src History, id content.ID, w content.Window) (*part[*content.Revision, *RevisionEdge], error) {
	numbers, err := src.Numbers(ctx, id)
	if err != nil {
		return nil, err
	}
	rows, keys := make([]int, len(numbers)), make([]string, len(numbers))
	for i, n := range numbers {
		rows[i], keys[i] = i, strconv.Itoa(n)
	}
	rows, before, after := cut(rows, keys, w)
	p := &part[*content.Revision, *RevisionEdge]{hasNext: after, hasPrevious: before}
	if len(rows) == 0 {
		return p, nil
	}
	first := rows[0]
	wanted := numbers[first:min(rows[len(rows)-1]+2, len(numbers))]
	found, err := src.Snapshots(ctx, id, wanted)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		r := &content.Revision{Snapshot: *found[row-first]}
		if older := row - first + 1; older < len(found) {
			r.Before = found[older].Entry
		}
		p.add(r, content.Position{Value: row, Key: keys[row]}, plain)
	}
	return p, nil
}
