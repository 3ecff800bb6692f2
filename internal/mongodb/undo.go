package mongodb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"patternhub/internal/content"
)

// undosName is the collection of what writes have done, by the number of their last change.
const undosName = "undos"

// undoRow is how one write can be undone.
type undoRow struct {
	Seq   int64          `bson:"_id"`
	At    time.Time      `bson:"at"`
	Turns []content.Turn `bson:"turns"`
}

// ensureUndos creates the index by which rows expire.
func (s *Store) ensureUndos(ctx context.Context) error {
	_, err := s.db.Collection(undosName).Indexes().CreateOne(ctx, mongo.IndexModel{
		Keys: bson.D{{Key: "at", Value: 1}}, Options: options.Index().SetExpireAfterSeconds(int32(content.UndoLife.Seconds())),
	})
	return translate("ensure indexes of what can be undone", err)
}

// Published reads the revisions and the relations of published copies.
func (t *transaction) Published(ctx context.Context, ids []content.ID) (map[content.ID]content.Standing, error) {
	out := map[content.ID]content.Standing{}
	fields := bson.D{{Key: "revision", Value: 1}, {Key: "relatedPatterns", Value: 1}}
	err := t.store.each(ctx, content.Published, ids, fields, func(k entryCollection, raw bson.Raw) error {
		var row struct {
			Key       string                `bson:"_id"`
			Revision  int                   `bson:"revision"`
			Relations []content.RelationRow `bson:"relatedPatterns"`
		}
		if err := bson.Unmarshal(raw, &row); err != nil {
			return fmt.Errorf("decode published copy: %w", err)
		}
		out[content.ID{Type: k.Type(), Key: row.Key}] = content.Standing{Published: row.Revision, Relations: row.Relations}
		return nil
	})
	return out, err
}

// KeepTurns stores how a write can be undone.
func (t *transaction) KeepTurns(ctx context.Context, seq int64, at time.Time, turns []content.Turn) error {
	_, err := t.store.db.Collection(undosName).InsertOne(ctx, undoRow{Seq: seq, At: at, Turns: turns})
	return err //nolint:wrapcheck // the driver retries by the labels of its own errors
}

// Turns reads how a write can be undone.
func (t *transaction) Turns(ctx context.Context, seq int64) ([]content.Turn, error) {
	var row undoRow
	err := t.store.db.Collection(undosName).FindOne(ctx, bson.D{{Key: "_id", Value: seq}}).Decode(&row)
	if errors.Is(err, mongo.ErrNoDocuments) {
		return nil, nil
	}
	return row.Turns, err //nolint:wrapcheck // the driver retries by the labels of its own errors
}
