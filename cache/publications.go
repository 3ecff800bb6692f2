package cache

import (
	"context"
	"fmt"

	"github.com/maypok86/otter/v2"

	"patternhub/content"
)

// keptPublications is how many publishes stay in memory for the subscribers that are told of
// them within moments of each other; at about 20 KB each they take 10 MB.
const keptPublications = 500

// Publications gives entries as a publish made them. Every subscriber asks for the same ones
// at the same time, so they are read once. It is safe for concurrent use.
// A revision never changes, so nothing here goes stale; the number of a change is its key.
type Publications struct {
	log   content.Log
	known *otter.Cache[int64, content.Entry]
}

// NewPublications makes Publications over a log.
func NewPublications(log content.Log) (*Publications, error) {
	known, err := otter.New(&otter.Options[int64, content.Entry]{MaximumSize: keptPublications})
	if err != nil {
		return nil, fmt.Errorf("make cache of publications: %w", err)
	}
	return &Publications{log: log, known: known}, nil
}

// Entry gives the whole entry that a published change is about, as of that change. Nobody may
// change it.
// Of many who ask at once one reads, and the others get what it has read. A fault is not kept.
func (p *Publications) Entry(ctx context.Context, c content.Change) (content.Entry, error) {
	return p.known.Get(ctx, c.Seq, otter.LoaderFunc[int64, content.Entry](func(ctx context.Context, _ int64) (content.Entry, error) {
		found, err := p.log.Revisions(ctx, content.ID{Type: c.Type, Key: c.Key}, c.Revision+1, 1)
		if err != nil {
			return nil, fmt.Errorf("read publication: %w", err)
		}
		if len(found) == 0 || found[0].Revision != c.Revision {
			return nil, fmt.Errorf("read publication: %s %s has no revision %d", c.Type, c.Key, c.Revision)
		}
		return content.AsPublished(found[0].Entry, c.At), nil
	}))
}
