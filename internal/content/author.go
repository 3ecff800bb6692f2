package content

import (
	"context"
	"time"
)

// UserErrorCode classifies what is wrong with a write, for programs.
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

// UserError is one thing that is wrong with a write. Field is the path into the arguments: names of
// fields and list indexes from 0.
type UserError struct {
	Field   []string
	Message string
	Code    UserErrorCode
}

// FieldConflict is a field that two people have changed differently. The values are written
// as front matter; nil means no value.
type FieldConflict struct {
	Path   string
	Base   *string
	Theirs *string
	Yours  *string
}

// MergeStrategy says what to do with an update that is based on an older revision of the entry.
type MergeStrategy string

// The merge strategies.
const (
	// MergeNone refuses the change.
	MergeNone MergeStrategy = "NONE"
	// MergeFields merges the change unless both have changed the same field.
	MergeFields MergeStrategy = "FIELDS"
)

// Values lists the values of the enum.
func (MergeStrategy) Values() []string { return []string{"NONE", "FIELDS"} }

// Request has the parameters of every write of an author. By identifies the author. Key and Hash make the
// write idempotent: for a day, the same key and hash return the first answer again. An empty Key
// means that the write is new. With ValidateOnly nothing is written: the outcome has what is wrong, or
// else the effects that the write would have. Person is the key of the person who writes with a session,
// whose autosave a save ends; it is empty for others.
type Request struct {
	By           string
	Person       string
	Key          string
	Hash         string
	ValidateOnly bool
}

// Edit changes one working copy, or creates one if ID has no key. Fields are the stored names of the
// fields to change. Values holds their new values, with slugs where stored entries hold keys.
type Edit struct {
	ID         ID
	IfRevision *int
	Merge      MergeStrategy
	Fields     []string
	Values     Entry
}

// Release names the entries that one operation publishes, withdraws or removes. IfRevisions are the
// revisions that their working copies must have; empty means any.
type Release struct {
	IDs         []ID
	IfRevisions []int
	// Cascade publishes what the entries refer to as well.
	Cascade bool
}

// ReferenceRow is a reference of one entry to another. Place is its path within the entry.
type ReferenceRow struct {
	Entry  Entry
	Place  string
	Target ID
}

// Outcome is the result of an author's write. If there are Errors, nothing was written. Seq is the
// number of its last change, or of the newest one if a write of entries changed nothing.
type Outcome struct {
	Entries   []Entry
	Errors    []UserError
	Conflicts []FieldConflict
	// Referrers are the references that prevent an unpublish or a delete, at most MaxReferrers.
	Referrers []ReferenceRow
	Schedule  *Schedule
	Deleted   []ID
	// Problems are what is wrong with entries that the request does not name.
	Problems []EntryProblem
	// Bulk is set by Bulk, whether it was refused or not.
	Bulk *BulkState
	// Kept are the entries that Undo has left as they are, since they have changed after the write.
	Kept []ID
	// Release is the named release that was written.
	Release *NamedRelease
	// Effects is set if the write was only validated and nothing is wrong.
	Effects *WriteEffects
	// Observation is the one that Record has recorded.
	Observation *Observation
	Seq         int64
}

// WriteEffects is what a write would change. Count counts the copies in both graphs; Entries and Pages
// have at most MaxReferrers items. Pages are the paths of other published entries that show one of the
// published copies.
type WriteEffects struct {
	Count   int
	Entries []EntryEffect
	Pages   []string
}

// EntryEffect is what a write would change in the copy of one entry in a graph. Name and ResourcePath are
// those of the copy after the write, or of the one that would be removed. Target is nil for an entry that the
// write would create.
type EntryEffect struct {
	Graph        Perspective
	Target       *ID
	Type         EntryType
	Name         string
	ResourcePath string
	Removed      bool
	Changes      []FieldChange
}

// EntryProblem is what is wrong with one of the entries of a write. The fields of its errors are paths within
// the entry; those about the entry itself have none.
type EntryProblem struct {
	EntryID    ID
	UserErrors []UserError
}

// MaxReferrers bounds the list of what refers to an entry: no one reads more.
const MaxReferrers = 100

// ScheduleAction is the act of a schedule when it is due.
type ScheduleAction string

// The actions of schedules.
const (
	SchedulePublish   ScheduleAction = "PUBLISH"
	ScheduleUnpublish ScheduleAction = "UNPUBLISH"
)

// Values lists the values of the enum.
func (ScheduleAction) Values() []string { return []string{"PUBLISH", "UNPUBLISH"} }

// Intent is an action to schedule for an entry; a nil At cancels it. IfRevision is the revision
// that the working copy must have now, nil for any.
type Intent struct {
	ID         ID
	Action     ScheduleAction
	At         *time.Time
	IfRevision *int
}

// ScheduleState is the progress of a schedule.
type ScheduleState string

// The states of schedules.
const (
	ScheduleWaiting ScheduleState = "WAITING"
	ScheduleDone    ScheduleState = "DONE"
	ScheduleFailed  ScheduleState = "FAILED"
)

// Values lists the values of the enum.
func (ScheduleState) Values() []string { return []string{"WAITING", "DONE", "FAILED"} }

// Schedule is a publish or unpublish at a future time. An entry has at most one of each.
type Schedule struct {
	Type    EntryType      `bson:"type"`
	Key     string         `bson:"key"`
	Action  ScheduleAction `bson:"action"`
	At      time.Time      `bson:"at"`
	State   ScheduleState  `bson:"state"`
	By      string         `bson:"by"`
	Problem *string        `bson:"problem,omitempty"`
}

// EntryID is the id of the entry that the schedule is about.
func (s *Schedule) EntryID() ID { return ID{Type: s.Type, Key: s.Key} }

// Editor makes the writes of people. If a write is wrong, the outcome lists all that is wrong with it
// and nothing is written. Every method is one transaction. An error is a fault that the author cannot
// correct.
type Editor interface {
	ReleaseEditor

	// Save creates or changes a working copy. A symmetric relation of patterns is written on
	// the other side too.
	Save(ctx context.Context, r Request, e Edit) (*Outcome, error)
	// Release publishes working copies, all or none. What they refer to must be published or be
	// among them. Symmetric relations are an exception; see Pattern.Shown.
	Release(ctx context.Context, r Request, what Release) (*Outcome, error)
	// Withdraw takes entries out of the published graph, unless others there refer to them.
	Withdraw(ctx context.Context, r Request, what Release) (*Outcome, error)
	// Remove deletes entries, unless others in either graph refer to them.
	Remove(ctx context.Context, r Request, what Release) (*Outcome, error)
	// Restore makes an earlier revision the working copy, as a new revision. It brings deleted
	// entries back.
	Restore(ctx context.Context, r Request, id ID, revision int, ifRevision *int) (*Outcome, error)
	// Undo brings back what there was before a publish, an unpublish or a delete, which is named by the
	// number of its last change: published copies in the revision that they had, and deleted entries as
	// a new revision. It does not touch entries that were published, withdrawn or deleted since.
	Undo(ctx context.Context, r Request, seq int64) (*Outcome, error)
	// Bulk makes one step of a write of the entries that a filter selects. It is refused with CONFLICT if
	// they are not the expected ones. The same request goes on with the next step.
	Bulk(ctx context.Context, r Request, b Bulk) (*Outcome, error)
	// Plan schedules an action for an entry, replacing an earlier schedule of the same action.
	Plan(ctx context.Context, r Request, p Intent) (*Outcome, error)
	// Record records an observation, replacing one of the same pattern, metric and month.
	Record(ctx context.Context, r Request, o *Observation) (*Outcome, error)
	// Values returns the values of a working copy as the input of its type takes them; nil if there is none.
	Values(ctx context.Context, id ID) (*EntryValues, error)
	// Due runs the schedules and the named releases whose time has come, each in a transaction that only
	// one replica can win. It returns the time of the next one; nil for none. It calls failed, which may be
	// nil, for each release that was refused at its time.
	Due(ctx context.Context, failed func(*NamedRelease)) (next *time.Time, err error)
}

// Author is an Editor with the other operations of authors.
type Author interface {
	Editor
	EntryList
	Autosaver
	ReleaseStore
	// Once runs a write that is about no entry, once for each idempotency key. run fills into, which
	// Once stores if run reports that it is done. A later call with the same key and hash fills into
	// from what is stored. What run writes with its context is one transaction; a retry calls run
	// again. Once reports whether the key was used for another input.
	Once(ctx context.Context, r Request, into any, run func(context.Context) (done bool, err error)) (mismatch bool, err error)
	// Schedules lists the schedules that wait or have failed, the next one first, at most limit.
	Schedules(ctx context.Context, limit int) ([]Schedule, error)
	// Broken lists references to entries that a graph does not have, at most limit.
	Broken(ctx context.Context, p Perspective, limit int) ([]ReferenceRow, error)
}
