package mongodb

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"patternhub/internal/content"
)

// Transact runs one write transaction; see content.Transactor.
// It returns Unavailable if ctx ends while the write waits for other writes.
func (s *Store) Transact(ctx context.Context, plan func(context.Context, content.Transaction) error) error {
	return s.write(ctx, func(ctx context.Context, t *transaction) error { return plan(ctx, t) })
}

// write is Transact for plans of this package. plan must return the driver's errors as they are, since
// their labels decide about the retry. committed is called once, after the commit and before write
// returns: the writer's next read must see what it has written.
func (s *Store) write(ctx context.Context, plan func(context.Context, *transaction) error) error {
	select {
	case s.writing <- struct{}{}:
		defer func() { <-s.writing }()
	case <-ctx.Done():
		return content.Wrap(content.Unavailable, "Too many writes are waiting. Try again in a moment.", ctx.Err())
	}
	session, err := s.client.StartSession()
	if err != nil {
		return translate("start session", err)
	}
	defer session.EndSession(ctx)
	var t *transaction
	_, err = session.WithTransaction(ctx, func(ctx context.Context) (any, error) {
		t = newTransaction(s)
		begun := time.Now()
		err := plan(ctx, t)
		if err == nil {
			err = t.commit(ctx)
		}
		return nil, overdue(err, time.Since(begun))
	})
	if err == nil {
		if at := session.OperationTime(); at != nil {
			content.Wrote(ctx, momentOf(*at))
		}
		if s.committed != nil {
			s.committed(t.changes)
		}
	}
	return translate("write", err)
}

const (
	// codeNoSuchTransaction is the error of a command in a transaction that the server has ended.
	codeNoSuchTransaction = 251
	// overdueAfter is shorter than the time after which servers end transactions, and longer than any
	// write that is repeated because of another one.
	overdueAfter = 5 * time.Second
)

// overdue returns the error of an attempt at a transaction that took a time. If the server has ended it
// because it took too long, the next attempt would as well, so the error is one that ends the attempts.
func overdue(err error, took time.Duration) error {
	if took > overdueAfter && hasCode(err, codeNoSuchTransaction) {
		return content.Wrap(content.LimitExceeded, "The write takes longer than the database allows. Write it in parts.", err)
	}
	return err
}

// moment returns the time of a write, in the precision of stored times.
func (s *Store) moment() time.Time { return s.now().UTC().Truncate(time.Millisecond) }

// commit executes the planned writes, within the transaction.
// The order of collections does not matter within a transaction. If a write affects fewer documents
// than planned, a revision has changed or a document is missing, and the whole transaction fails.
func (t *transaction) commit(ctx context.Context) error {
	for coll, models := range t.models {
		res, err := coll.BulkWrite(ctx, models)
		if err != nil {
			return err //nolint:wrapcheck // the driver retries by the labels of its own errors
		}
		if done := res.MatchedCount + res.InsertedCount + res.UpsertedCount + res.DeletedCount; done != t.expected[coll] {
			return content.Stale()
		}
		t.grow(coll.Name(), res)
	}
	for name, models := range t.loose {
		if _, err := t.store.db.Collection(name).BulkWrite(ctx, models); err != nil {
			return err //nolint:wrapcheck // as above
		}
	}
	if len(t.revisions) > 0 {
		if _, err := t.store.db.Collection(revisionsName).InsertMany(ctx, t.revisions); err != nil {
			return err //nolint:wrapcheck // as above
		}
	}
	last, err := t.record(ctx)
	if err != nil || t.finish == nil {
		return err
	}
	return t.finish(ctx, last)
}

// record numbers the changes and writes them, and returns the number of the last one, 0 for none. The
// totals are in the same document as the number.
// The counter is incremented in the same transaction, so the order of numbers is the order of
// commits.
// It runs late in the transaction, because all writers share the counter: from here on, writes of
// other replicas wait or retry.
func (t *transaction) record(ctx context.Context) (int64, error) {
	grown := t.counted()
	if len(t.changes) == 0 && len(grown) == 0 {
		return 0, nil
	}
	var counter struct {
		Seq int64 `bson:"seq"`
	}
	err := t.store.db.Collection(countersName).FindOneAndUpdate(ctx,
		bson.D{{Key: "_id", Value: changesName}},
		bson.D{{Key: "$inc", Value: append(grown, bson.E{Key: "seq", Value: int64(len(t.changes))})}},
		options.FindOneAndUpdate().SetUpsert(true).SetReturnDocument(options.After).SetProjection(bson.D{{Key: "seq", Value: 1}})).Decode(&counter)
	if err != nil || len(t.changes) == 0 {
		return 0, err //nolint:wrapcheck // as above
	}
	rows := make([]any, len(t.changes))
	for i := range t.changes {
		t.changes[i].Seq = counter.Seq - int64(len(t.changes)) + int64(i) + 1
		rows[i] = t.changes[i]
	}
	if _, err = t.store.db.Collection(changesName).InsertMany(ctx, rows); err != nil {
		return 0, err //nolint:wrapcheck // as above
	}
	return counter.Seq, t.store.advanceLatest(ctx, t.changes)
}
