package mongodb

import (
	"context"
	"errors"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"patternhub/internal/content"
	"patternhub/internal/wait"
)

// momentOf returns a cluster time as a Moment: the seconds in its upper half, the ordinal within the
// second in its lower half.
func momentOf(t bson.Timestamp) content.Moment {
	return content.Moment(uint64(t.T)<<32 | uint64(t.I))
}

// timestamp returns a moment as the timestamp of the server that it was made of.
func timestamp(m content.Moment) bson.Timestamp {
	return bson.Timestamp{T: uint32(m >> 32), I: uint32(m)} //nolint:gosec // its two halves
}

// asOf returns a context for reads of the driver, which see the state of ctx, and a function to call with the
// error of the reads after their cursors are closed. The reads of answers do without a session, see graph.read.
// Each read has its own session, since reads run concurrently and a session is not safe for that. A
// session costs less than a microsecond. A read in a context that has a session, such as a transaction, uses that one.
func asOf(ctx context.Context, db *mongo.Database) (moment context.Context, done func(*error)) {
	s, ok := content.StateOf(ctx)
	if !ok || s.Moment == 0 || mongo.SessionFromContext(ctx) != nil {
		return ctx, func(*error) {}
	}
	session, err := db.Client().StartSession(options.Session().SetSnapshot(true).SetSnapshotTime(timestamp(s.Moment)))
	if err != nil { // the client is closed, so the read will fail too
		return ctx, func(*error) {}
	}
	return mongo.NewSessionContext(ctx, session), func(outcome *error) {
		session.EndSession(context.WithoutCancel(ctx))
		*outcome = departed(ctx, *outcome)
	}
}

// departed returns the error of a read. If the state of ctx can no longer be read, that is Unavailable, and it
// records that the answer is not of one state.
func departed(ctx context.Context, err error) error {
	if !hasCode(err, goneCodes()...) {
		return err
	}
	content.Leave(ctx)
	return content.Wrap(content.Unavailable, "The content is not available right now. Try again in a moment.", err)
}

// Codes of servers that cannot read at a moment. In this order: the moment is unknown there (the
// database was restored), it is older than the stored history (or the server was restarted), or a
// collection or index was created later.
const (
	codeInvalidOptions      = 72
	codeSnapshotTooOld      = 239
	codeSnapshotUnavailable = 246
)

// goneCodes lists the codes of reads whose moment can no longer be read.
func goneCodes() []int {
	return []int{codeInvalidOptions, codeSnapshotTooOld, codeSnapshotUnavailable}
}

// hasCode reports whether an error is a server's and has one of some codes.
func hasCode(err error, codes ...int) bool {
	server, ok := errors.AsType[mongo.ServerError](err)
	return ok && slices.ContainsFunc(codes, server.HasErrorCode)
}

const (
	// snapshotTries bounds the attempts of a snapshot read: it fails for a moment after a collection
	// or index was created.
	snapshotTries = 8
	// snapshotPause is the first pause between attempts, doubled each time: a busy server takes
	// tens of milliseconds until its newest moment can be read. All pauses together are 1.3 s.
	snapshotPause = 10 * time.Millisecond
)

// atOnce calls reads with a context whose reads all see one moment, the newest that can be read, and
// returns that moment. It calls reads again to retry. For a server without snapshot reads, it calls
// reads with ctx and returns 0.
func (s *Store) atOnce(ctx context.Context, reads func(context.Context) error) (content.Moment, error) {
	for try := 1; ; try++ {
		m, err := s.atOneMoment(ctx, reads)
		switch {
		case hasCode(err, unsupportedCodes()...):
			return 0, reads(ctx)
		case try == snapshotTries || !hasCode(err, codeSnapshotUnavailable):
			return m, err
		}
		if !wait.Sleep(ctx, snapshotPause<<(try-1)) {
			return 0, err
		}
	}
}

// atOneMoment is one attempt of atOnce.
func (s *Store) atOneMoment(ctx context.Context, reads func(context.Context) error) (content.Moment, error) {
	session, err := s.client.StartSession(options.Session().SetSnapshot(true))
	if err != nil {
		return 0, translate("start session", err)
	}
	defer session.EndSession(context.WithoutCancel(ctx))
	if err := reads(mongo.NewSessionContext(ctx, session)); err != nil {
		return 0, err
	}
	return momentOf(session.SnapshotTime()), nil
}

// unsupportedCodes lists the codes of servers without snapshot reads: IllegalOperation,
// CommandNotSupported, NotAReplicaSet, ReadConcernMajorityNotEnabled and NotImplemented.
func unsupportedCodes() []int { return []int{20, 115, 123, 148, 238} }

// Now reads the number of the newest published change of each type, and the state at which they were
// read.
func (s *Store) Now(ctx context.Context) (published map[content.EntryType]int64, at content.State, err error) {
	at.Moment, err = s.atOnce(ctx, func(ctx context.Context) error {
		if at.Seq, err = s.LastSeq(ctx); err != nil {
			return err
		}
		published, err = s.PublishedSeqs(ctx)
		return err
	})
	return published, at, err
}
