package content

import (
	"context"
	"time"
)

const (
	// MaxReleases bounds the releases of a hub that are not published. Published ones remain as its record.
	MaxReleases = 200
	// MaxReleaseName bounds the name of a release, in characters.
	MaxReleaseName = 120
)

// ReleaseState is the progress of a named release.
type ReleaseState string

// The states of named releases. All but published ones can be changed.
const (
	// ReleaseOpen is a release that is being put together.
	ReleaseOpen ReleaseState = "OPEN"
	// ReleaseScheduled is one that Due publishes at its time.
	ReleaseScheduled ReleaseState = "SCHEDULED"
	// ReleasePublished is one that is over. It remains for the calendar and for its undo.
	ReleasePublished ReleaseState = "PUBLISHED"
	// ReleaseFailed is one that was refused at its time. It is not tried again by itself.
	ReleaseFailed ReleaseState = "FAILED"
)

// Values lists the values of the enum.
func (ReleaseState) Values() []string { return []string{"OPEN", "SCHEDULED", "PUBLISHED", "FAILED"} }

// NamedRelease is a set of entries that are published and unpublished together: now, or at a time. Each
// entry is in it once, and may be in others too. What is published is the working copy as it is then.
type NamedRelease struct {
	Key     string         `bson:"_id"`
	Name    string         `bson:"name"`
	Entries []ReleaseEntry `bson:"entries"`
	State   ReleaseState   `bson:"state"`
	// At is the time for which it is or was planned, or at which it was published.
	At *time.Time `bson:"at,omitempty"`
	// By made it. Actor scheduled or published it, and is the author of what that writes.
	By        string    `bson:"by"`
	Actor     string    `bson:"actor,omitempty"`
	CreatedAt time.Time `bson:"createdAt"`
	UpdatedAt time.Time `bson:"updatedAt"`
	// Faults say why it failed.
	Faults []UserError `bson:"faults,omitempty"`
	// Seq is the number of the last change of its publish, by which it is undone.
	Seq int64 `bson:"seq,omitempty"`
	// Undoes is the release that it undoes, and UndoesSeq the number of that one's last change. Its entries
	// are those of that release and cannot be changed.
	Undoes    string `bson:"undoes,omitempty"`
	UndoesSeq int64  `bson:"undoesSeq,omitempty"`
}

// IsNode marks releases as nodes.
func (*NamedRelease) IsNode() {}

// ID is the global id of the release.
func (r *NamedRelease) ID() ID { return ID{Type: NonEntryRelease, Key: r.Key} }

// UndoneID is the global id of the release that it undoes; nil for none.
func (r *NamedRelease) UndoneID() *ID {
	if r.Undoes == "" {
		return nil
	}
	return &ID{Type: NonEntryRelease, Key: r.Undoes}
}

// EntryCount is the number of its entries.
func (r *NamedRelease) EntryCount() int { return len(r.Entries) }

// Publisher is who scheduled or published it; nil for nobody.
func (r *NamedRelease) Publisher() *string {
	if r.Actor == "" {
		return nil
	}
	return &r.Actor
}

// IDs returns the ids of the entries with an action.
func (r *NamedRelease) IDs(action ScheduleAction) []ID {
	var out []ID
	for _, e := range r.Entries {
		if e.Action == action {
			out = append(out, e.EntryID())
		}
	}
	return out
}

// ReleaseEntry is what a release does to one entry. Revision is the one that is published, nil for the
// working copy.
type ReleaseEntry struct {
	Type   EntryType      `bson:"type"`
	Key    string         `bson:"key"`
	Action ScheduleAction `bson:"action"`
	// Revision is set by an undo: what comes back is what was published, not a draft of today.
	Revision *int `bson:"revision,omitempty"`
}

// EntryID is the id of the entry.
func (e *ReleaseEntry) EntryID() ID { return ID{Type: e.Type, Key: e.Key} }

// ReleaseChange is a change of a named release, or a new one if Key is empty. A nil Name stays. An entry of
// Add that is in the release gets the action given here.
type ReleaseChange struct {
	Key  string
	Name *string
	Add  []ReleaseEntry
	// Remove is applied before Add. An entry that the release does not have is a mistake.
	Remove []ID
}

// ClashKind says how two releases contradict each other.
type ClashKind string

// The kinds of clashes.
const (
	// ClashActions is one entry that one release publishes and the other one unpublishes.
	ClashActions ClashKind = "ACTIONS"
	// ClashNeeded is an entry that the other release unpublishes and an entry of this one needs.
	ClashNeeded ClashKind = "NEEDED_HERE"
	// ClashNeeds is an entry that this release unpublishes and an entry of the other one needs.
	ClashNeeds ClashKind = "NEEDED_THERE"
)

// Values lists the values of the enum.
func (ClashKind) Values() []string { return []string{"ACTIONS", "NEEDED_HERE", "NEEDED_THERE"} }

// ReleaseClash is a contradiction between a release and another one that is not published either. Target is
// the entry that one of them unpublishes; Entry is the one that is published and refers to it, which is the same
// entry for ClashActions.
type ReleaseClash struct {
	Kind ClashKind
	// Release is the other one. Clashes are always seen from the release whose gate lists them.
	Release *NamedRelease
	Entry   ID
	Target  ID
}

// ReleaseID is the id of the other release.
func (c *ReleaseClash) ReleaseID() ID { return c.Release.ID() }

// ReleaseName is the name of the other release.
func (c *ReleaseClash) ReleaseName() string { return c.Release.Name }

// ReleaseGate is what publishing a release now would do: what refuses it or else its effects, and how it
// contradicts other releases.
type ReleaseGate struct {
	*Outcome

	Clashes []ReleaseClash
}

// ReleaseFilter selects named releases. All given conditions must hold.
type ReleaseFilter struct {
	State *ReleaseStateFilter
	// At selects by the time of a plan or a publish, as a calendar does. Open releases have none.
	At *TimeFilter
	// Entry selects the releases that contain an entry.
	Entry *ID
}

// ReleaseStateFilter selects by state.
type ReleaseStateFilter = EnumFilter[ReleaseState]

// ReleaseEditor changes and publishes named releases; see Editor for how writes are refused. The outcome has the
// release as it is after the write.
type ReleaseEditor interface {
	// ChangeRelease creates or changes a release that is not published.
	ChangeRelease(ctx context.Context, r Request, c ReleaseChange) (*Outcome, error)
	// DropRelease deletes a release that is not published.
	DropRelease(ctx context.Context, r Request, key string) (*Outcome, error)
	// PublishRelease does everything that a release contains in one transaction, or nothing.
	PublishRelease(ctx context.Context, r Request, key string) (*Outcome, error)
	// ScheduleRelease plans a publish, which Due runs; a nil time cancels it.
	ScheduleRelease(ctx context.Context, r Request, key string, at *time.Time) (*Outcome, error)
	// UndoRelease creates a release that brings back what a published one has changed. Entries that have
	// changed since are left as they are and listed in the outcome.
	UndoRelease(ctx context.Context, r Request, key string) (*Outcome, error)
	// Gate reports what publishing a release now would do; nil for one that is missing or published.
	Gate(ctx context.Context, key string) (*ReleaseGate, error)
}

// ReleaseStore reads named releases. A missing one is nil, not an error.
type ReleaseStore interface {
	ReleaseByKey(ctx context.Context, key string) (*NamedRelease, error)
	// Releases lists releases, the newest first.
	Releases(ctx context.Context, f *ReleaseFilter, w Window) (Slice[*NamedRelease], error)
	CountReleases(ctx context.Context, f *ReleaseFilter) (int, error)
}

// ReleaseTransaction is the part of a Transaction that is about named releases. Its writes happen at once,
// within the transaction. Two transactions that write the same release run one after the other.
type ReleaseTransaction interface {
	// NamedRelease reads a release; nil if there is none.
	NamedRelease(ctx context.Context, key string) (*NamedRelease, error)
	// PendingReleases lists the releases that are not published and have one of the entries, the oldest first.
	PendingReleases(ctx context.Context, ids []ID) ([]*NamedRelease, error)
	// CountPending counts the releases that are not published.
	CountPending(ctx context.Context) (int, error)
	// KeepRelease stores a release, new or changed.
	KeepRelease(ctx context.Context, r *NamedRelease) error
	// DropRelease deletes a release.
	DropRelease(ctx context.Context, key string) error
}
