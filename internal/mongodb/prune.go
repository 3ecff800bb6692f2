package mongodb

import (
	"context"
	"errors"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"patternhub/internal/content"
)

const (
	// prunedID is the counter with the number up to which the log was pruned.
	prunedID = "pruned"
	// hooksID is the counter with the number up to which webhooks have read the log.
	hooksID = "webhooks"
)

// Prune deletes the changes and tombstones from before a time, and returns the number of deleted
// changes. It deletes only from the beginning of the log, whatever the clocks of the replicas were, so
// that the rest has no gap. It never deletes the newest change, or changes that webhooks have not read
// yet. Any replica may call it at any time.
func (s *Store) Prune(ctx context.Context, before time.Time) (int64, error) {
	limit, err := s.prunable(ctx, before)
	if err != nil || limit <= 0 {
		return 0, err
	}
	// The limit is stored before anything is deleted, so that a concurrent reader finds either the
	// changes or the limit.
	// It is the number of a published change, since a token from before a draft's change misses nothing.
	var newest content.Change
	err = s.db.Collection(changesName).FindOne(ctx, bson.D{{Key: "graph", Value: content.Published}, {Key: "_id", Value: bson.D{{Key: "$lte", Value: limit}}}},
		options.FindOne().SetSort(bson.D{{Key: "_id", Value: -1}})).Decode(&newest)
	if err != nil && !errors.Is(err, mongo.ErrNoDocuments) {
		return 0, translate("prune changes", err)
	}
	_, err = s.db.Collection(countersName).UpdateOne(ctx, bson.D{{Key: "_id", Value: prunedID}},
		bson.D{{Key: "$max", Value: bson.D{{Key: "seq", Value: newest.Seq}}}}, options.UpdateOne().SetUpsert(true))
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

// prunable returns the number up to which changes may be deleted, 0 or less for none.
// It is the smallest of three bounds: the changes from before a time, those that webhooks have read,
// and all but the newest change. A hub without webhooks has no row for them, and so no such bound.
func (s *Store) prunable(ctx context.Context, before time.Time) (int64, error) {
	last, err := s.LastSeq(ctx)
	if err != nil {
		return 0, err
	}
	limit := last - 1
	var first struct {
		Seq int64 `bson:"_id"`
	}
	err = s.db.Collection(changesName).FindOne(ctx, bson.D{{Key: "at", Value: bson.D{{Key: "$gte", Value: before}}}},
		options.FindOne().SetSort(bson.D{{Key: "_id", Value: 1}}).SetProjection(bson.D{{Key: "_id", Value: 1}})).Decode(&first)
	switch {
	case err == nil:
		limit = min(limit, first.Seq-1)
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
