package mongodb

import (
	"context"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"

	"patternhub/internal/content"
)

// Changes reads changes in order; see content.Log.
// A gap in the numbers is never filled later, so a caller that continues from the last number misses
// nothing.
func (s *Store) Changes(ctx context.Context, since int64, limit int) ([]content.Change, error) {
	cur, err := s.db.Collection(changesName).Find(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$gt", Value: since}}}},
		oneReply(limit).SetSort(bson.D{{Key: "_id", Value: 1}}))
	if err != nil {
		return nil, translate("read changes", err)
	}
	var out []content.Change
	for cur.Next(ctx) {
		var c content.Change
		if err := bson.Unmarshal(cur.Current, &c); err != nil {
			return nil, fmt.Errorf("decode change: %w", err)
		}
		out = append(out, c)
	}
	return out, translate("read changes", closed(ctx, cur))
}

// LastSeq returns the number of the newest change.
// It reads the log instead of the counter, as its callers do next; both agree.
func (s *Store) LastSeq(ctx context.Context) (int64, error) {
	cur, err := s.db.Collection(changesName).Find(ctx, bson.D{}, oneReply(1).SetSort(bson.D{{Key: "_id", Value: -1}}))
	if err != nil {
		return 0, translate("read last change", err)
	}
	var c content.Change
	for cur.Next(ctx) {
		if err := bson.Unmarshal(cur.Current, &c); err != nil {
			return 0, fmt.Errorf("decode change: %w", err)
		}
	}
	return c.Seq, translate("read last change", closed(ctx, cur))
}

// Revisions reads snapshots, newest first; see content.Log.
// With a limit of 1 and a before of n+1 it reads revision n, or an earlier one if that is missing: the
// caller must compare the number.
func (s *Store) Revisions(ctx context.Context, id content.ID, before, limit int) ([]content.Snapshot, error) {
	cond := bson.D{{Key: "type", Value: id.Type}, {Key: "key", Value: id.Key}}
	if before > 0 {
		cond = append(cond, bson.E{Key: "revision", Value: bson.D{{Key: "$lt", Value: before}}})
	}
	cur, err := s.db.Collection(revisionsName).Find(ctx, cond, oneReply(limit).SetSort(bson.D{{Key: "revision", Value: -1}}))
	if err != nil {
		return nil, translate("read revisions", err)
	}
	var out []content.Snapshot
	for cur.Next(ctx) {
		_, snapshot, err := s.snapshot(cur.Current)
		if err != nil {
			return nil, err
		}
		out = append(out, *snapshot)
	}
	return out, translate("read revisions", closed(ctx, cur))
}

var _ content.Log = (*Store)(nil)

// PublishedSeqs returns the number of the newest published change of each type.
// It reads the newest change of each entry, so its cost grows with the number of entries and not with
// the log. The map omits types without changes. Tables of the tools count as NonEntryHealth.
func (s *Store) PublishedSeqs(ctx context.Context) (map[content.EntryType]int64, error) {
	cur, err := s.db.Collection(latestName).Aggregate(ctx, bson.A{
		bson.D{{Key: "$group", Value: bson.D{{Key: "_id", Value: "$type"}, {Key: "seq", Value: bson.D{{Key: "$max", Value: "$seq"}}}}}},
	})
	if err != nil {
		return nil, translate("read published changes", err)
	}
	out := map[content.EntryType]int64{}
	for cur.Next(ctx) {
		var row struct {
			Type content.EntryType `bson:"_id"`
			Seq  int64             `bson:"seq"`
		}
		if err := bson.Unmarshal(cur.Current, &row); err != nil {
			return nil, fmt.Errorf("decode change: %w", err)
		}
		out[row.Type] = row.Seq
	}
	return out, translate("read published changes", closed(ctx, cur))
}
