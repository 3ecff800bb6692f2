package content

import (
	"context"
	"strconv"
	"time"
)

// Verb is the word for what was done to an entry.
type Verb string

// The verbs.
const (
	VerbWrote       Verb = "WROTE" // the working copy
	VerbPublished   Verb = "PUBLISHED"
	VerbUnpublished Verb = "UNPUBLISHED"
	VerbDeleted     Verb = "DELETED"
	VerbRecorded    Verb = "RECORDED" // a measurement
)

// Values lists the values of the enum.
func (Verb) Values() []string {
	return []string{"WROTE", "PUBLISHED", "UNPUBLISHED", "DELETED", "RECORDED"}
}

// Act is something that was done to an entry. It is one change of the log, or two that belong
// together; then it holds the first.
type Act struct {
	Change
	Verb Verb
}

// Entry returns the id of the entry; nil for an act on something else.
func (a *Act) Entry() *ID {
	if !a.Type.IsEntry() {
		return nil
	}
	return &ID{Type: a.Type, Key: a.Key}
}

// EntryType returns the type of the entry; nil for an act on something else.
func (a *Act) EntryType() *EntryType {
	if !a.Type.IsEntry() {
		return nil
	}
	return &a.Type
}

// Position returns the position of the act in the log.
func (a *Act) Position() Position {
	return Position{Value: float64(a.Seq), Key: strconv.FormatInt(a.Seq, 10)}
}

// ActFilter selects acts. Authors are the ids of people and keys and the names of programs, as By.Is
// compares them. A nil list selects all, an empty one none.
type ActFilter struct {
	Authors []string
	Types   []EntryType
	Entry   *ID
	Verbs   []Verb
	From    *time.Time // at this time or later
	To      *time.Time // before this time
}

// ActLog reads the acts of the change log.
type ActLog interface {
	// Acts lists acts, the newest first.
	Acts(ctx context.Context, f *ActFilter, w Window) (Slice[*Act], error)
	// CountActs counts acts. It reads the changes that the filter selects.
	CountActs(ctx context.Context, f *ActFilter) (int, error)
}

// ActOf returns the act that a change begins, given the changes with the numbers before and after it, nil
// if there is none. It returns nil for a change that completes the act before. A change of the published
// graph may be followed by one of the working copy from the same write. Both are one act: the second one
// distinguishes a delete from an unpublish.
func ActOf(before, c, after *Change) *Act {
	if before != nil && c.completes(before) {
		return nil
	}
	act := &Act{*c, c.verb()}
	if after != nil && after.completes(c) && after.Op == OpDelete {
		act.Verb = VerbDeleted
	}
	return act
}

// completes reports whether c changes the working copy in the same write as before, a change of the
// published copy.
func (c *Change) completes(before *Change) bool {
	return before.Graph == Published && c.Graph == Drafts && before.Seq == c.Seq-1 &&
		before.Type == c.Type && before.Key == c.Key && before.At.Equal(c.At)
}

// verb returns the verb of a change that stands alone.
func (c *Change) verb() Verb {
	switch {
	case c.Graph == Published && c.Op == OpDelete:
		return VerbUnpublished
	case c.Type == NonEntryHealth:
		return VerbRecorded
	case c.Graph == Published:
		return VerbPublished
	case c.Op == OpDelete:
		return VerbDeleted
	}
	return VerbWrote
}
