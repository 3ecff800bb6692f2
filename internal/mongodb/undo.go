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

// ensureUndos creates the indexes by which undos and writes in steps expire.
func (s *Store) ensureUndos(ctx context.Context) error {
	_, err := s.db.Collection(undosName).Indexes().CreateOne(ctx, mongo.IndexModel{
		Keys: bson.D{{Key: "at", Value: 1}}, Options: options.Index().SetExpireAfterSeconds(int32(content.UndoLife.Seconds())),
	})
	if err != nil {
		return translate("ensure indexes of what can be undone", err)
	}
	_, err = s.db.Collection(stepsName).Indexes().CreateOne(ctx, mongo.IndexModel{
		Keys: bson.D{{Key: "at", Value: 1}}, Options: options.Index().SetExpireAfterSeconds(int32(content.AnswerLife.Seconds())),
	})
	return translate("ensure indexes of writes in steps", err)
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

// stepsName is the collection of what remains of writes in steps.
const stepsName = "steps"

// stepsRow is what remains of one such write.
type stepsRow struct {
	Name string               `bson:"_id"`
	At   time.Time            `bson:"at"`
	Rest []content.RevisionID `bson:"rest"`
}

// Remaining reads what remains of a write in steps.
func (t *transaction) Remaining(ctx context.Context, name string) ([]content.RevisionID, error) {
	var row stepsRow
	err := t.store.db.Collection(stepsName).FindOne(ctx, byID(name)).Decode(&row)
	if errors.Is(err, mongo.ErrNoDocuments) {
		return nil, nil
	}
	return row.Rest, err //nolint:wrapcheck // the driver retries by the labels of its own errors
}

// KeepRemaining stores what remains of a write in steps.
func (t *transaction) KeepRemaining(ctx context.Context, name string, at time.Time, rest []content.RevisionID) error {
	coll := t.store.db.Collection(stepsName)
	var err error
	if len(rest) == 0 {
		_, err = coll.DeleteOne(ctx, byID(name))
	} else {
		_, err = coll.ReplaceOne(ctx, byID(name), stepsRow{Name: name, At: at, Rest: rest}, options.Replace().SetUpsert(true))
	}
	return err //nolint:wrapcheck // the driver retries by the labels of its own errors
}
