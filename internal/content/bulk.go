package content

import "time"

// MaxBulk bounds a write of the entries that a filter selects. It is made in steps of at most MaxRelease.
const MaxBulk = 10_000

// BulkAction is what a write does to the entries that a filter selects.
type BulkAction string

// The actions.
const (
	BulkPublish   BulkAction = "PUBLISH"
	BulkUnpublish BulkAction = "UNPUBLISH"
	BulkDelete    BulkAction = "DELETE"
	BulkSchedule  BulkAction = "SCHEDULE"
)

// Bulk is a write of all entries that a filter selects.
type Bulk struct {
	Action   BulkAction
	Filter   *EntriesFilter
	Expected EntriesExpected
	// Scheduled is the action to schedule, at a time; a nil time cancels the schedules.
	Scheduled ScheduleAction
	At        *time.Time
}

// EntriesExpected is what the author has seen of the entries that a filter selects: their number and their
// digest.
type EntriesExpected struct {
	Count  int
	Digest string
}

// BulkState is how far a write in steps has come. Found is what the filter selects now or, after the first
// step, what was expected. Done counts the entries of this step, and Remaining those of later ones.
type BulkState struct {
	Found     EntriesExpected `bson:"found"`
	Done      int             `bson:"done"`
	Remaining int             `bson:"remaining"`
}
