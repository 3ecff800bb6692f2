package mongodb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"patternhub/content"
)

// answersName keeps the answers of idempotent writes.
const answersName = "answers"

// answersKept is how long an idempotency key stands, as the contract says.
// It is a limit of what is read as well as the age at which the server drops the row: the server
// looks for what has expired about once a minute, so a row alone says nothing about its age.
const answersKept = 24 * time.Hour

// answer is what an idempotent write has led to.
// Entries are kept as heads only. Their bodies are in the revisions, which never change, while the
// head, such as the status and the time of publication, changes without a new revision. The id is
// the author and the key together: two authors who choose the same key do not meet.
type answer struct {
	ID       string            `bson:"_id"`
	Hash     string            `bson:"hash"`
	At       time.Time         `bson:"at"`
	Entries  []content.Meta    `bson:"entries"`
	Deleted  []content.ID      `bson:"deleted"`
	Schedule *content.Schedule `bson:"schedule,omitempty"`
	Seq      int64             `bson:"seq"`
}

// answered gives the answer that a key had before.
// It reports true when the write must not run: either d holds the first answer again, or the key
// was used for another input and d is refused with IDEMPOTENCY_MISMATCH. It runs within the
// transaction of the write, so that of two equal writes at the same time one sees the other's
// answer when its transaction is tried again.
func (s *Store) answered(ctx context.Context, r content.Request, d *act) (bool, error) {
	if r.Key == "" {
		return false, nil
	}
	var a answer
	err := s.db.Collection(answersName).FindOne(ctx, bson.D{{Key: "_id", Value: r.By + " " + r.Key}, {Key: "at", Value: bson.D{{Key: "$gt", Value: d.at.Add(-answersKept)}}}}).Decode(&a)
	if errors.Is(err, mongo.ErrNoDocuments) {
		return false, nil
	}
	if err != nil {
		return false, err //nolint:wrapcheck // the driver retries by the labels of its own errors
	}
	if a.Hash != r.Hash {
		d.refuse(content.ErrIdempotencyMismatch, "This idempotency key was used for another input.", "key")
		return true, nil
	}
	d.out.Seq, d.out.Schedule, d.out.Deleted = a.Seq, a.Schedule, a.Deleted
	for _, h := range a.Entries {
		found, err := s.Revisions(ctx, h.ID(), h.Revision+1, 1)
		if err != nil {
			return false, err
		}
		if len(found) == 0 {
			return false, fmt.Errorf("read answer: %s has no revision %d", h.ID(), h.Revision)
		}
		*found[0].Entry.Head() = h
		d.out.Entries = append(d.out.Entries, found[0].Entry)
	}
	return true, nil
}

// remember keeps the answer of an idempotent write, in its transaction.
// A write without a key is not remembered, and one that was refused never comes here: after a
// refusal the same key may be used again for the corrected input.
func (s *Store) remember(ctx context.Context, r content.Request, d *act) error {
	if r.Key == "" {
		return nil
	}
	a := answer{ID: r.By + " " + r.Key, Hash: r.Hash, At: d.at, Deleted: d.out.Deleted, Schedule: d.out.Schedule, Seq: d.out.Seq}
	for _, e := range d.out.Entries {
		a.Entries = append(a.Entries, *e.Head())
	}
	_, err := s.db.Collection(answersName).ReplaceOne(ctx, bson.D{{Key: "_id", Value: a.ID}}, a, options.Replace().SetUpsert(true))
	return err //nolint:wrapcheck // the driver retries by the labels of its own errors
}
