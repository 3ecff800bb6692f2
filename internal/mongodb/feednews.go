package mongodb

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"patternhub/internal/content"
)

// news is what a feed has not read yet: the state after it, and the changes up to there.
// newest has only the last changes if there are more than keepChanges. The others are in older, one without
// a key for each collection: a hub that was cut off during an import must not need memory for all of it.
type news struct {
	at     content.State
	newest []content.Change
	older  map[graphType]content.Change
}

// news reads what comes after a number, all of it as of one moment.
// One moment for all pages means that followers never see a part of a transaction. A server without snapshot reads has
// the moment 0, and a page may be of a later state than the one before.
func (s *Store) news(ctx context.Context, since int64) (*news, error) {
	var out *news
	moment, err := s.atOnce(ctx, func(ctx context.Context) error {
		// atOnce may call this again, so each call begins anew.
		out = &news{at: content.State{Seq: since}, older: map[graphType]content.Change{}}
		for {
			page, err := s.Changes(ctx, out.at.Seq, readChanges)
			if err != nil {
				return err
			}
			out.add(page)
			if len(page) < readChanges {
				return nil
			}
		}
	})
	if err != nil {
		return nil, err
	}
	out.at.Moment = moment
	return out, nil
}

// add adds the next changes.
// A change in older has the last number of those that it stands for, so all changes stay in the order of the log.
func (n *news) add(page []content.Change) {
	if len(page) == 0 {
		return
	}
	n.at.Seq = page[len(page)-1].Seq
	n.newest = append(n.newest, page...)
	over := max(0, len(n.newest)-keepChanges)
	for i := range n.newest[:over] {
		c := &n.newest[i]
		n.older[graphType{c.Graph, c.Type}] = content.Change{Seq: c.Seq, Type: c.Type, Graph: c.Graph, Op: content.OpUpsert}
	}
	n.newest = slices.Delete(n.newest, 0, over)
}

// changes returns the changes for the followers of Lead, in order.
func (n *news) changes() []content.Change {
	bySeq := func(a, b content.Change) int { return cmp.Compare(a.Seq, b.Seq) }
	return append(slices.SortedFunc(maps.Values(n.older), bySeq), n.newest...)
}
