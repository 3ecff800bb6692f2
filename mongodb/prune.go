package mongodb

import (
	"context"
	"errors"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"patternhub/content"
)

const (
	// prunedID names the counter that tells how far the log was pruned.
	prunedID = "pruned"
	// hooksID names the counter that tells how far webhooks have read the log.
	hooksID = "webhooks"
)

// Prune forgets the changes and tombstones from before a time and tells how many changes that
// were. It takes them from the beginning of the log alone, whatever the clocks of the replicas
// said, so that what remains has no gap; and it keeps the newest change, whose number goes on,
// and what webhooks have not read yet. Any replica may call it at any time.
func (s *Store) Prune(ctx context.Context, before time.Time) (int64, error) {
	limit, err := s.prunable(ctx, before)
	if err != nil || limit <= 0 {
		return 0, err
	}
	// The limit is told before anything goes: whoever reads the log meanwhile finds either what
	// it looks for or that it is gone.
	// Only published changes count, since a token from before a draft's change misses nothing.
	var lost content.Change
	err = s.db.Collection(changesName).FindOne(ctx, bson.D{{Key: "graph", Value: content.Published}, {Key: "_id", Value: bson.D{{Key: "$lte", Value: limit}}}},
		options.FindOne().SetSort(bson.D{{Key: "_id", Value: -1}})).Decode(&lost)
	if err != nil && !errors.Is(err, mongo.ErrNoDocuments) {
		return 0, translate("prune changes", err)
	}
	_, err = s.db.Collection(countersName).UpdateOne(ctx, bson.D{{Key: "_id", Value: prunedID}},
		bson.D{{Key: "$max", Value: bson.D{{Key: "seq", Value: lost.Seq}}}}, options.UpdateOne().SetUpsert(true))
	if err != nil {
		return 0, translate("prune changes", err)
	}
	_, err = s.db.Collection(latestName).DeleteMany(ctx, bson.D{{Key: "op", Value: content.OpDelete}, {Key: "seq", Value: bson.D{{Key: "$lte", Value: limit}}}})
	if err != nil {
		return 0, translate("prune tombstones", err)
	}
	res, err := s.db.Collection(changesName).DeleteMany(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$lte", Value: limit}}}})
	if err != nil {
		return 0, translate("prune changes", err)
	}
	return res.DeletedCount, nil
}

// prunable gives the number up to which changes may go.
// It is the smallest of three bounds: what is older than before, what webhooks have read, and all
// but the newest change. It may be 0 or less, and then nothing goes. A hub whose webhooks never
// read anything has no row for them, and they bound nothing.
func (s *Store) prunable(ctx context.Context, before time.Time) (int64, error) {
	last, err := s.LastSeq(ctx)
	if err != nil {
		return 0, err
	}
	limit := last - 1
	var kept struct {
		Seq int64 `bson:"_id"`
	}
	err = s.db.Collection(changesName).FindOne(ctx, bson.D{{Key: "at", Value: bson.D{{Key: "$gte", Value: before}}}},
		options.FindOne().SetSort(bson.D{{Key: "_id", Value: 1}}).SetProjection(bson.D{{Key: "_id", Value: 1}})).Decode(&kept)
	switch {
	case err == nil:
		limit = min(limit, kept.Seq-1)
	case !errors.Is(err, mongo.ErrNoDocuments):
		return 0, translate("find what to prune", err)
	}
	var read struct {
		Seq int64 `bson:"seq"`
	}
	err = s.db.Collection(countersName).FindOne(ctx, bson.D{{Key: "_id", Value: hooksID}}).Decode(&read)
	switch {
	case err == nil:
		limit = min(limit, read.Seq)
	case !errors.Is(err, mongo.ErrNoDocuments):
		return 0, translate("find what to prune", err)
	}
	return limit, nil
}
