package content

import "context"

// Verb is the word for what was done to an entry.
type Verb string

// The verbs.
const (
	VerbWrote       Verb = "wrote" // the working copy
	VerbPublished   Verb = "published"
	VerbUnpublished Verb = "unpublished"
	VerbDeleted     Verb = "deleted"
	VerbRecorded    Verb = "recorded" // a measurement
)

// Act is something that was done to an entry. It is one change of the log, or two that belong
// together; then it holds the first.
type Act struct {
	Change
	Verb Verb
}

// logPage is the number of changes in one read of the log.
const logPage = 1000

// Acts reads the log and returns the acts whose changes are wanted, the oldest first. A change of the
// published graph may be followed by one of the working copy from the same write. Both are one act:
// the second one distinguishes a delete from an unpublish.
func Acts(ctx context.Context, log Log, wanted func(*Change) bool) ([]Act, error) {
	var out []Act
	for since := int64(0); ; {
		page, err := log.Changes(ctx, since, logPage)
		if err != nil {
			return nil, err
		}
		if len(page) == 0 {
			return out, nil
		}
		for i := range page {
			c := &page[i]
			since = c.Seq
			if !wanted(c) {
				continue
			}
			if n := len(out); n > 0 && c.completes(&out[n-1].Change) {
				if c.Op == OpDelete {
					out[n-1].Verb = VerbDeleted
				}
				continue
			}
			out = append(out, Act{*c, c.verb()})
		}
	}
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
