package content

// Motto is the motto of the hub. It is a singleton: the hub has one entry of this type.
type Motto struct {
	Meta `bson:",inline" entry:"singleton"`
	Line string   `bson:"line" rule:"publish" search:"detail"`
	Body RichText `bson:"body,omitempty" list:"page"`
}

// MottoFilter selects mottos. All given conditions must hold.
type MottoFilter struct {
	And, Or []*MottoFilter
	Not     *MottoFilter
	EntryFilter
}
