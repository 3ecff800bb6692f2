package cache

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"golang.org/x/sync/singleflight"

	"patternhub/internal/bounded"
	"patternhub/internal/content"
)

const (
	// maxPublications is the number of publishes in memory. Subscribers read the same publish within
	// moments of each other; at about 20 KB each they take 10 MB.
	maxPublications = 500
	// publicationTimeout bounds a read, which has no deadline of a subscriber.
	publicationTimeout = 10 * time.Second
)

// Publications returns entries as of a publish. All subscribers ask for the same ones at the same
// time, so each is read once. It is safe for concurrent use.
// A revision never changes, so no item goes stale. The key is the number of the change.
type Publications struct {
	log     content.Log
	entries bounded.Cache[string, content.Entry]
	reads   singleflight.Group // by the number of the change
}

// NewPublications returns Publications that reads from a log.
func NewPublications(log content.Log) *Publications {
	return &Publications{log: log, entries: bounded.Items[string, content.Entry](maxPublications)}
}

// Entry returns the whole entry of a published change, as of that change. Callers must not modify
// it.
// Concurrent calls for the same change share one read, which goes on if the first of them leaves. Errors are
// not cached.
func (p *Publications) Entry(ctx context.Context, c content.Change) (content.Entry, error) {
	key := strconv.FormatInt(c.Seq, 10)
	if e := p.entries.Get(key); e != nil {
		return *e, nil
	}
	read := p.reads.DoChan(key, func() (any, error) {
		// An earlier flight may have ended since the look-up above.
		if e := p.entries.Get(key); e != nil {
			return *e, nil
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), publicationTimeout)
		defer cancel()
		e, err := p.read(ctx, c)
		if err == nil {
			p.entries.Set(key, &e)
		}
		return e, err
	})
	select {
	case found := <-read:
		e, _ := found.Val.(content.Entry)
		return e, found.Err
	case <-ctx.Done():
		return nil, fmt.Errorf("read publication: %w", ctx.Err())
	}
}

// read reads an entry as a change of the log published it.
func (p *Publications) read(ctx context.Context, c content.Change) (content.Entry, error) {
	found, err := p.log.Revisions(ctx, content.ID{Type: c.Type, Key: c.Key}, c.Revision+1, 1)
	if err != nil {
		return nil, fmt.Errorf("read publication: %w", err)
	}
	if len(found) == 0 || found[0].Revision != c.Revision {
		return nil, fmt.Errorf("read publication: %s %s has no revision %d", c.Type, c.Key, c.Revision)
	}
	return content.AsPublished(found[0].Entry, c), nil
}
