package content

import (
	"context"
	"time"
)

// Copy is a copy of an entry, whole, as a transaction has read it. The caller owns the entry.
type Copy struct {
	Entry Entry
	// Stored is the stored form of the copy, opaque to callers. Transaction.Publish needs it.
	Stored any
}

// Transactor runs write transactions. It is safe for concurrent use.
type Transactor interface {
	// Transact calls plan and commits what it has planned, all of it or nothing. To retry the
	// transaction, it calls plan again with a new Transaction, so plan must reset what it changes
	// elsewhere. An error of plan ends the transaction; Transact returns an error that wraps it.
	Transact(ctx context.Context, plan func(ctx context.Context, t Transaction) error) error
	// Waiting lists the schedules that wait for their time, the next one first, at most limit.
	Waiting(ctx context.Context, limit int) ([]Schedule, error)
	// NextRelease returns the scheduled release with the earliest time; nil for none.
	NextRelease(ctx context.Context) (*NamedRelease, error)
}

// Transaction is one attempt of a write. It is not safe for concurrent use. Its methods take the
// context that plan was called with.
//
// Reads see one state of the store, without what was planned. A read costs one command for each type
// among its arguments, and none without arguments. The result omits what the store does not have. A
// type that is not an entry type fails with BadUserInput.
//
// Planned writes are executed at the end, in their order within a graph. Each must find its document
// in the expected revision; otherwise the whole write fails with Conflict.
type Transaction interface {
	AutosaveTransaction
	ReleaseTransaction

	// Copies reads copies. It calls read, which may be nil, with the size in bytes of each copy as
	// it arrives, and stops if read returns an error.
	Copies(ctx context.Context, p Perspective, ids []ID, read func(bytes int) error) (map[ID]Copy, error)
	// Heads reads the heads of working copies, without their names and summaries.
	Heads(ctx context.Context, ids []ID) (map[ID]*Meta, error)
	// Exist reports which entries a graph has.
	Exist(ctx context.Context, p Perspective, ids []ID) (map[ID]bool, error)
	// BySlugs reads the heads of the working copies of one type that have, or had, one of the
	// slugs, in no particular order.
	BySlugs(ctx context.Context, t EntryType, slugs []string) ([]*Meta, error)
	// Referring lists the references to ids for which meant reports true, from entries of type t that
	// are not in ids. It stops after MaxReferrers such entries.
	Referring(ctx context.Context, p Perspective, t EntryType, ids []ID, meant func(Reference) bool) ([]ReferenceRow, error)
	// Relations reads, by key, the relations of the patterns that are related to those of keys, but
	// not those of keys themselves. Of working copies it reads only those with a published copy.
	Relations(ctx context.Context, p Perspective, keys []string) (map[string][]RelationRow, error)
	// Revisions reads revisions; see Log.
	Revisions(ctx context.Context, id ID, before, limit int) ([]Snapshot, error)
	// LastRevisions reads the number of each entry's newest revision, with one command. It includes
	// deleted entries.
	LastRevisions(ctx context.Context, ids []ID) (map[ID]int, error)

	// Published reads what is published of entries. It leaves Exists unset.
	Published(ctx context.Context, ids []ID) (map[ID]Standing, error)
	// Turns reads what the write whose last change has a number did; none if it is not stored.
	Turns(ctx context.Context, seq int64) ([]Turn, error)

	// Matching calls read with the id and the revision of each working copy that a filter selects, in no
	// particular order, until read returns an error.
	Matching(ctx context.Context, f *EntriesFilter, read func(id ID, revision int) error) error
	// LastSeq reads the number of the newest row of the change log; 0 if there is none.
	LastSeq(ctx context.Context) (int64, error)

	// Put plans to write a working copy and its revision; over is the revision that it replaces, 0
	// for a new entry. A key that another entry has fails with Conflict; callers check the slug.
	Put(s Snapshot, over int) error
	// Publish plans to make a copy the published copy, with the status of its head and what that says of
	// the publish. A copy that no store has read, such as an earlier revision, has a nil Stored. Relations
	// are those of the published copy if they differ, otherwise nil.
	Publish(c Copy, relations *[]RelationRow) error
	// Relate plans to set the relations of a pattern's published copy, in p's revision, to those of
	// p, and with them PublishedAt and Publication.
	Relate(p *Pattern)
	// Mark plans to set Status, PublishedAt and Publication of a working copy, in m's revision, to
	// those of m.
	Mark(m *Meta)
	// Delete plans to delete an entry from a graph.
	Delete(p Perspective, id ID)
	// Observe plans to record an observation, with its row of the change log.
	Observe(o *Observation) error
	// Log plans a row of the change log, which is numbered when it is written.
	Log(c Change)
	// Finish sets the function that runs last within the transaction. It is called with the number
	// of the last row that was logged, 0 for none.
	Finish(f func(ctx context.Context, last int64) error)

	// Schedule plans to set a schedule, replacing an earlier one of the same entry and action.
	Schedule(s Schedule)
	// Unschedule plans to remove the schedules of an entry for some actions, if there are any.
	Unschedule(id ID, actions ...ScheduleAction)
	// EndSchedule sets the state and the problem of a schedule that waits for its time. It reports
	// false if there is none: another replica may have run it, or it may have a new time.
	EndSchedule(ctx context.Context, s Schedule) (bool, error)
	// Answer reads the answer to an idempotent write if it was stored after a time. It reports
	// whether there is one.
	Answer(ctx context.Context, r Request, after time.Time) (Answer, bool, error)
	// Remaining reads what remains of a write in steps; none if it has not begun.
	Remaining(ctx context.Context, name string) ([]RevisionID, error)
	// KeepRemaining stores what remains of a write in steps, or removes it if there is nothing.
	KeepRemaining(ctx context.Context, name string, at time.Time, rest []RevisionID) error
	// KeepTurns stores what a write did, by the number of its last change.
	KeepTurns(ctx context.Context, seq int64, at time.Time, turns []Turn) error
	// Remember stores the answer to an idempotent write.
	Remember(ctx context.Context, r Request, a Answer) error
}

// AnswerLife is the time that the answer to an idempotency key is stored, as the contract says.
const AnswerLife = 24 * time.Hour

// Answer is the stored result of an idempotent write. It has only the heads of entries: their bodies
// are in the revisions, which never change. A head, such as its status, can change without a new
// revision.
type Answer struct {
	Hash        string        `bson:"hash"`
	At          time.Time     `bson:"at"`
	Entries     []Meta        `bson:"entries"`
	Deleted     []ID          `bson:"deleted"`
	Kept        []ID          `bson:"kept,omitempty"`
	Bulk        *BulkState    `bson:"bulk,omitempty"`
	Schedule    *Schedule     `bson:"schedule,omitempty"`
	Release     *NamedRelease `bson:"release,omitempty"`
	Observation *Observation  `bson:"observed,omitempty"`
	Seq         int64         `bson:"seq"`
}

// KeysByType groups the keys of ids by type.
func KeysByType(ids []ID) map[EntryType][]string {
	out := map[EntryType][]string{}
	for _, id := range ids {
		out[id.Type] = append(out[id.Type], id.Key)
	}
	return out
}
