package content

import (
	"context"
	"time"
)

// UserErrorCode is the class of what is wrong with a write, for programs.
type UserErrorCode string

// The codes of user errors.
const (
	ErrInvalid              UserErrorCode = "INVALID"
	ErrRequired             UserErrorCode = "REQUIRED"
	ErrTooLong              UserErrorCode = "TOO_LONG"
	ErrNotFound             UserErrorCode = "NOT_FOUND"
	ErrTaken                UserErrorCode = "TAKEN"
	ErrConflict             UserErrorCode = "CONFLICT"
	ErrUnpublishedReference UserErrorCode = "UNPUBLISHED_REFERENCE"
	ErrStillReferenced      UserErrorCode = "STILL_REFERENCED"
	ErrNotAllowed           UserErrorCode = "NOT_ALLOWED"
	ErrIdempotencyMismatch  UserErrorCode = "IDEMPOTENCY_MISMATCH"
)

// Values lists the values of the enum.
func (UserErrorCode) Values() []string {
	return []string{"INVALID", "REQUIRED", "TOO_LONG", "NOT_FOUND", "TAKEN", "CONFLICT", "UNPUBLISHED_REFERENCE", "STILL_REFERENCED", "NOT_ALLOWED", "IDEMPOTENCY_MISMATCH"}
}

// UserError is one thing that is wrong with a write. Field is the path into the arguments;
// names and list places from 0.
type UserError struct {
	Field   []string
	Message string
	Code    UserErrorCode
}

// FieldConflict is a field that two people have changed differently. The values are written
// as front matter; nil stands for nothing.
type FieldConflict struct {
	Path   string
	Base   *string
	Theirs *string
	Yours  *string
}

// MergeStrategy says what happens to a change of an entry that somebody else has changed
// meanwhile.
type MergeStrategy string

// The merge strategies.
const (
	// MergeNone refuses it.
	MergeNone MergeStrategy = "NONE"
	// MergeFields takes it in unless both have changed the same field.
	MergeFields MergeStrategy = "FIELDS"
)

// Values lists the values of the enum.
func (MergeStrategy) Values() []string { return []string{"NONE", "FIELDS"} }

// Request is what every write of an author carries. By names the author; Key and Hash make the
// write idempotent: the same key and hash give the first answer again, for a day. An empty Key
// means that the write is new.
type Request struct {
	By   string
	Key  string
	Hash string
}

// Edit changes one working copy, or makes it where ID has no key. Values holds what Fields,
// the stored names of fields, are to become, with slugs where entries hold keys.
type Edit struct {
	ID         ID
	IfRevision *int
	Merge      MergeStrategy
	Fields     []string
	Values     Entry
}

// Release names entries for one of the acts over many of them. IfRevisions are the revisions
// that their working copies must have, none for any.
type Release struct {
	IDs         []ID
	IfRevisions []int
	// Cascade publishes what the entries refer to as well.
	Cascade bool
}

// ReferenceRow is a reference of one entry to another: Place is where in the entry.
type ReferenceRow struct {
	Entry  Entry
	Place  string
	Target ID
}

// Outcome is how an author's write ended. Nothing was written when there are Errors. Seq is
// the number of its last change.
type Outcome struct {
	Entries   []Entry
	Errors    []UserError
	Conflicts []FieldConflict
	// Referrers are what keeps entries from being unpublished or deleted, at most MaxReferrers.
	Referrers []ReferenceRow
	Schedule  *Schedule
	Deleted   []ID
	// Observation is what Record has recorded.
	Observation *Observation
	Seq         int64
}

// MaxReferrers bounds the list of what refers to an entry: more than that nobody reads.
const MaxReferrers = 100

// ScheduleAction is what a schedule does when its time has come.
type ScheduleAction string

// The actions of schedules.
const (
	SchedulePublish   ScheduleAction = "PUBLISH"
	ScheduleUnpublish ScheduleAction = "UNPUBLISH"
)

// Values lists the values of the enum.
func (ScheduleAction) Values() []string { return []string{"PUBLISH", "UNPUBLISH"} }

// Intent is what is to be scheduled for an entry; a nil At takes it back. IfRevision is the
// revision that the working copy must have now, nil for any.
type Intent struct {
	ID         ID
	Action     ScheduleAction
	At         *time.Time
	IfRevision *int
}

// ScheduleState tells how far a schedule is.
type ScheduleState string

// The states of schedules.
const (
	ScheduleWaiting ScheduleState = "WAITING"
	ScheduleDone    ScheduleState = "DONE"
	ScheduleFailed  ScheduleState = "FAILED"
)

// Values lists the values of the enum.
func (ScheduleState) Values() []string { return []string{"WAITING", "DONE", "FAILED"} }

// Schedule is a publish or unpublish at a time to come. An entry has at most one of each.
type Schedule struct {
	Type    EntryType      `bson:"type"`
	Key     string         `bson:"key"`
	Action  ScheduleAction `bson:"action"`
	At      time.Time      `bson:"at"`
	State   ScheduleState  `bson:"state"`
	By      string         `bson:"by"`
	Problem *string        `bson:"problem,omitempty"`
}

// EntryID is the entry that it is about.
func (s *Schedule) EntryID() ID { return ID{Type: s.Type, Key: s.Key} }

// Author writes as people do: what is wrong with a write is told in the outcome, all of it at
// once, and then nothing is written. Every method is one transaction. Errors are faults that
// the author cannot help.
type Author interface {
	// Save makes or changes a working copy. A symmetric relation of patterns is written on
	// the other side too.
	Save(ctx context.Context, r Request, e Edit) (*Outcome, error)
	// Release publishes working copies, all or none. What they refer to must be published or
	// among them.
	Release(ctx context.Context, r Request, what Release) (*Outcome, error)
	// Withdraw takes entries out of the published graph, unless others there refer to them.
	Withdraw(ctx context.Context, r Request, what Release) (*Outcome, error)
	// Remove deletes entries, unless others in either graph refer to them.
	Remove(ctx context.Context, r Request, what Release) (*Outcome, error)
	// Restore makes an earlier revision the working copy, as a new revision. It brings deleted
	// entries back.
	Restore(ctx context.Context, r Request, id ID, revision int, ifRevision *int) (*Outcome, error)
	// Plan schedules an action for an entry, in place of an earlier one.
	Plan(ctx context.Context, r Request, p Intent) (*Outcome, error)
	// Record records an observation, in place of one of the same pattern, metric and month.
	Record(ctx context.Context, r Request, o *Observation) (*Outcome, error)
	// Once runs a write that is about no entry, once for each idempotency key. run fills into,
	// which is kept under its stored form, and the same key and hash fill it with that again;
	// unless run says that it is done, nothing is kept. What run writes with its context is one
	// transaction, in which it may be tried again. It tells whether the key was used for
	// another input.
	Once(ctx context.Context, r Request, into any, run func(context.Context) (done bool, err error)) (mismatch bool, err error)
	// Due does what schedules have come to, each in a transaction that only one replica can
	// win, and tells when the next one comes; nil for none.
	Due(ctx context.Context) (next *time.Time, err error)
	// Schedules lists those that wait or have failed, the next one first, at most limit.
	Schedules(ctx context.Context, limit int) ([]Schedule, error)
	// Broken lists references that lead nowhere in a graph, at most limit.
	Broken(ctx context.Context, p Perspective, limit int) ([]ReferenceRow, error)
}
