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
	ID       string               `bson:"_id"`
	Hash     string               `bson:"hash"`
	At       time.Time            `bson:"at"`
	Entries  []content.Meta       `bson:"entries"`
	Deleted  []content.ID         `bson:"deleted"`
	Schedule *content.Schedule    `bson:"schedule,omitempty"`
	Observed *content.Observation `bson:"observed,omitempty"`
	// Other is the answer of a write that is about no entry.
	Other bson.Raw `bson:"other,omitempty"`
	Seq   int64    `bson:"seq"`
}

// answer reads what a key was answered, within a transaction; nil when it is new. It also tells
// whether the key was used for another input.
func (s *Store) answer(ctx context.Context, r content.Request, now time.Time) (a *answer, mismatch bool, err error) {
	a = new(answer)
	err = s.db.Collection(answersName).FindOne(ctx, bson.D{{Key: "_id", Value: answerID(r)}, {Key: "at", Value: bson.D{{Key: "$gt", Value: now.Add(-answersKept)}}}}).Decode(a)
	if errors.Is(err, mongo.ErrNoDocuments) {
		return nil, false, nil
	}
	return a, err == nil && a.Hash != r.Hash, err //nolint:wrapcheck // the driver retries by the labels of its own errors
}

// answerID names an answer. Keys are made by clients, so they are apart for each of them.
func answerID(r content.Request) string { return r.By + " " + r.Key }

// answered gives the answer that a key had before.
// It reports true when the write must not run: either d holds the first answer again, or the key
// was used for another input and d is refused with IDEMPOTENCY_MISMATCH. It runs within the
// transaction of the write, so that of two equal writes at the same time one sees the other's
// answer when its transaction is tried again.
func (s *Store) answered(ctx context.Context, r content.Request, d *act) (bool, error) {
	if r.Key == "" {
		return false, nil
	}
	a, mismatch, err := s.answer(ctx, r, d.at)
	if err != nil || a == nil {
		return false, err
	}
	if mismatch {
		d.refuse(content.ErrIdempotencyMismatch, "This idempotency key was used for another input.", "key")
		return true, nil
	}
	d.out.Seq, d.out.Schedule, d.out.Deleted, d.out.Observation = a.Seq, a.Schedule, a.Deleted, a.Observed
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
	a := answer{Hash: r.Hash, At: d.at, Deleted: d.out.Deleted, Schedule: d.out.Schedule, Observed: d.out.Observation, Seq: d.out.Seq}
	for _, e := range d.out.Entries {
		a.Entries = append(a.Entries, *e.Head())
	}
	return s.keepAnswer(ctx, r, a)
}

func (s *Store) keepAnswer(ctx context.Context, r content.Request, a answer) error {
	a.ID = answerID(r)
	_, err := s.db.Collection(answersName).ReplaceOne(ctx, byID(a.ID), a, options.Replace().SetUpsert(true))
	return err //nolint:wrapcheck // the driver retries by the labels of its own errors
}

// Once runs a write that is about no entry; see content.Author.
func (s *Store) Once(ctx context.Context, r content.Request, into any, run func(context.Context) (bool, error)) (bool, error) {
	if r.Key == "" {
		_, err := run(ctx)
		return false, err
	}
	session, err := s.client.StartSession()
	if err != nil {
		return false, translate("start session", err)
	}
	defer session.EndSession(ctx)
	mismatch := false
	_, err = session.WithTransaction(ctx, func(ctx context.Context) (any, error) {
		var err error
		mismatch, err = s.once(ctx, r, into, run)
		return nil, err
	})
	if errors.Is(err, errRefused) {
		return mismatch, nil
	}
	return mismatch, translate("write once", err)
}

// once is one try of Once.
func (s *Store) once(ctx context.Context, r content.Request, into any, run func(context.Context) (bool, error)) (mismatch bool, err error) {
	now := s.now().UTC().Truncate(time.Millisecond)
	a, mismatch, err := s.answer(ctx, r, now)
	switch {
	case err != nil || mismatch:
		return mismatch, err
	case a != nil:
		if err := bson.Unmarshal(a.Other, into); err != nil {
			return false, fmt.Errorf("decode answer: %w", err)
		}
		return false, nil
	}
	done, err := run(ctx)
	if err != nil {
		return false, err
	}
	if !done {
		return false, errRefused
	}
	raw, err := bson.Marshal(into)
	if err != nil {
		return false, fmt.Errorf("encode answer: %w", err)
	}
	return false, s.keepAnswer(ctx, r, answer{Hash: r.Hash, At: now, Other: raw})
}
