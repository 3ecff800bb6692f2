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
	// AskNumbers and AskSnapshots ask for what the methods above read, see Source.
	AskNumbers(ctx context.Context, id content.ID) (ready bool)
	AskSnapshots(ctx context.Context, id content.ID, numbers []int) (ready bool)
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
	return &RevisionConnection{order: revisionOrder, list: &revisions{src: src, id: id, window: window}}, nil
}

// revisions is the list of the revisions of an entry. It has no facets.
type revisions struct {
	unasked

	src    History
	id     content.ID
	window content.Window
}

func (l *revisions) count(ctx context.Context) (int, error) {
	numbers, err := l.src.Numbers(ctx, l.id)
	return len(numbers), err
}

// page returns the rows in the window, their keys, and the numbers to read: those of the rows, and of the
// one before the oldest of them, which is needed for that one's changes.
func (l *revisions) page(numbers []int) (rows []int, keys []string, wanted []int, before, after bool) {
	rows, keys = make([]int, len(numbers)), make([]string, len(numbers))
	for i, n := range numbers {
		rows[i], keys[i] = i, strconv.Itoa(n)
	}
	rows, before, after = cut(rows, keys, l.window)
	if len(rows) > 0 {
		wanted = numbers[rows[0]:min(rows[len(rows)-1]+2, len(numbers))]
	}
	return rows, keys, wanted, before, after
}

// ask asks for the numbers first: they say which revisions there are.
func (l *revisions) ask(ctx context.Context, w want) (ready bool) {
	if !l.src.AskNumbers(ctx, l.id) {
		return false
	}
	if w.what == theCount {
		return true
	}
	numbers, err := l.src.Numbers(ctx, l.id)
	if err != nil {
		return true
	}
	_, _, wanted, _, _ := l.page(numbers)
	return l.src.AskSnapshots(ctx, l.id, wanted)
}

// read reads a window of revisions.
func (l *revisions) read(ctx context.Context) (*part[*content.Revision, *RevisionEdge], error) {
	numbers, err := l.src.Numbers(ctx, l.id)
	if err != nil {
		return nil, err
	}
	rows, keys, wanted, before, after := l.page(numbers)
	p := &part[*content.Revision, *RevisionEdge]{hasNext: after, hasPrevious: before}
	if len(rows) == 0 {
		return p, nil
	}
	found, err := l.src.Snapshots(ctx, l.id, wanted)
	if err != nil {
		return nil, err
	}
	for i, row := range rows {
		r := &content.Revision{Snapshot: *found[i]}
		if i+1 < len(found) {
			r.Before = found[i+1].Entry
		}
		p.add(r, content.Position{Value: row, Key: keys[row]}, plain)
	}
	return p, nil
}
