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

// answersName is the collection of the answers of idempotent writes.
const answersName = "answers"

// answer is the stored result of an idempotent write. The id contains the author and the key, so two
// authors may choose the same key.
type answer struct {
	ID             string `bson:"_id"`
	content.Answer `bson:",inline"`
	// Other is the result of a write that is about no entry.
	Other bson.Raw `bson:"other,omitempty"`
}

// answer reads the answer to a key if it was stored after a time, and reports whether there is one.
// The server deletes expired answers only about once a minute, so the query compares the time.
func (s *Store) answer(ctx context.Context, r content.Request, after time.Time) (a answer, found bool, err error) {
	err = s.db.Collection(answersName).FindOne(ctx, bson.D{{Key: "_id", Value: answerID(r)}, {Key: "at", Value: bson.D{{Key: "$gt", Value: after}}}}).Decode(&a)
	if errors.Is(err, mongo.ErrNoDocuments) {
		return a, false, nil
	}
	return a, err == nil, err //nolint:wrapcheck // the driver retries by the labels of its own errors
}

// Answer reads the answer to an idempotent write.
func (t *transaction) Answer(ctx context.Context, r content.Request, after time.Time) (content.Answer, bool, error) {
	a, found, err := t.store.answer(ctx, r, after)
	return a.Answer, found, err
}

// Remember stores the answer to an idempotent write.
func (t *transaction) Remember(ctx context.Context, r content.Request, a content.Answer) error {
	return t.store.remember(ctx, r, answer{Answer: a})
}

// answerID returns the id of an answer. Clients choose the keys, so the id contains the author too.
func answerID(r content.Request) string { return r.By + " " + r.Key }

// remember stores an answer, replacing an older one.
func (s *Store) remember(ctx context.Context, r content.Request, a answer) error {
	a.ID = answerID(r)
	_, err := s.db.Collection(answersName).ReplaceOne(ctx, byID(a.ID), a, options.Replace().SetUpsert(true))
	return err //nolint:wrapcheck // the driver retries by the labels of its own errors
}

// errUndone aborts the transaction of a write that reports that it is not done.
var errUndone = errors.New("the write is not done")

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
	if errors.Is(err, errUndone) {
		return mismatch, nil
	}
	return mismatch, translate("write once", err)
}

// once is one attempt of Once.
func (s *Store) once(ctx context.Context, r content.Request, into any, run func(context.Context) (bool, error)) (mismatch bool, err error) {
	now := s.moment()
	a, found, err := s.answer(ctx, r, now.Add(-content.AnswerLife))
	switch {
	case err != nil:
		return false, err
	case found && a.Hash != r.Hash:
		return true, nil
	case found:
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
		return false, errUndone
	}
	raw, err := bson.Marshal(into)
	if err != nil {
		return false, fmt.Errorf("encode answer: %w", err)
	}
	return false, s.remember(ctx, r, answer{Answer: content.Answer{Hash: r.Hash, At: now}, Other: raw})
}
