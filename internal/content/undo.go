package content

import "time"

// UndoLife is the time for which it is stored how a write can be undone.
const UndoLife = 90 * 24 * time.Hour

// Turn is what a write has done to one entry, so that the write can be undone.
type Turn struct {
	ID     ID       `bson:"id"`
	Before Standing `bson:"before"`
	After  Standing `bson:"after"`
}

// Standing says which copies of an entry there are: whether there is a working copy, and the revision of
// the published one, 0 for none. Relations are those of the published copy of a pattern, which may
// differ from its revision's; see Pattern.Shown.
type Standing struct {
	Exists    bool          `bson:"exists"`
	Published int           `bson:"published"`
	Relations []RelationRow `bson:"relations,omitempty"`
}

// Same reports whether two standings have the same copies. Relations do not count: they also change when
// other patterns are published.
func (s Standing) Same(other Standing) bool {
	return s.Exists == other.Exists && s.Published == other.Published
}
