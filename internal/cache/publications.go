package cache

import (
	"context"
	"fmt"
	"strconv"

	"github.com/maypok86/otter/v2"

	"patternhub/internal/content"
)

// maxPublications is the number of publishes in memory. Subscribers read the same publish within
// moments of each other; at about 20 KB each they take 10 MB.
const maxPublications = 500

// Publications returns entries as of a publish. All subscribers ask for the same ones at the same
// time, so each is read once. It is safe for concurrent use.
// A revision never changes, so no item goes stale. The key is the number of the change.
type Publications struct {
	log     content.Log
	entries *otter.Cache[string, *publication]
}

// publication is an entry as of a publish.
type publication struct{ entry content.Entry }

// NewPublications returns Publications that reads from a log.
func NewPublications(log content.Log) (*Publications, error) {
	entries, err := otter.New(&otter.Options[string, *publication]{MaximumSize: maxPublications})
	if err != nil {
		return nil, fmt.Errorf("make cache of publications: %w", err)
	}
	return &Publications{log: log, entries: entries}, nil
}

// Entry returns the whole entry of a published change, as of that change. Callers must not modify
// it.
// Concurrent calls for the same change share one read (single flight). Errors are not cached.
func (p *Publications) Entry(ctx context.Context, c content.Change) (content.Entry, error) {
	found, err := p.entries.Get(ctx, strconv.FormatInt(c.Seq, 10), otter.LoaderFunc[string, *publication](func(ctx context.Context, _ string) (*publication, error) {
		found, err := p.log.Revisions(ctx, content.ID{Type: c.Type, Key: c.Key}, c.Revision+1, 1)
		if err != nil {
			return nil, fmt.Errorf("read publication: %w", err)
		}
		if len(found) == 0 || found[0].Revision != c.Revision {
			return nil, fmt.Errorf("read publication: %s %s has no revision %d", c.Type, c.Key, c.Revision)
		}
		return &publication{content.AsPublished(found[0].Entry, c)}, nil
	}))
	if err != nil {
		return nil, err
	}
	return found.entry, nil
}
