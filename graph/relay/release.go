package relay

import (
	"context"

	"patternhub/internal/content"
)

// ReleaseConnection is a list of named releases.
type ReleaseConnection = Connection[*content.NamedRelease, *Edge[*content.NamedRelease]]

// ReleaseEdge is one position in such a list.
type ReleaseEdge = Edge[*content.NamedRelease]

// releasesOrder tags the cursors of releases, which have only one order.
const releasesOrder = "RELEASE.NEWEST"

// Releases is the list of named releases, newest first. It reads from the store without a loader, since there
// is one such list in a response. It has no facets.
func Releases(store content.ReleaseStore, page Page, filter *content.ReleaseFilter) (*ReleaseConnection, error) {
	window, err := page.window(releasesOrder)
	if err != nil {
		return nil, err
	}
	return &ReleaseConnection{order: releasesOrder, list: &releases{store: store, filter: filter, window: window}}, nil
}

type releases struct {
	unasked

	store  content.ReleaseStore
	filter *content.ReleaseFilter
	window content.Window
}

func (l *releases) count(ctx context.Context) (int, error) {
	return l.store.CountReleases(ctx, l.filter)
}

func (l *releases) read(ctx context.Context) (*part[*content.NamedRelease, *ReleaseEdge], error) {
	found, err := l.store.Releases(ctx, l.filter, l.window)
	if err != nil {
		return nil, err
	}
	p := &part[*content.NamedRelease, *ReleaseEdge]{hasNext: found.HasNext, hasPrevious: found.HasPrevious}
	for _, r := range found.Items {
		p.add(r, content.Position{Value: r.Key, Key: r.Key}, plain[*content.NamedRelease])
	}
	return p, nil
}
