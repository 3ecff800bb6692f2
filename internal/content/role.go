package content

// Role is a kind of reader, which has its own learning path.
type Role struct {
	Meta            `bson:",inline" entry:"order=40,rank=140"`
	Order           int       `bson:"order" list:"order"`
	SeedLink        string    `bson:"seedLink" rule:"publish"`
	PillarOrderKeys []string  `bson:"pillarOrder,omitempty" ref:"PILLAR" rule:"max=5"`
	PillarWeeks     *IntRange `bson:"pillarWeeks,omitempty"`
	PillarPageLabel *string   `bson:"pillarPageLabel,omitempty"`
	Body            RichText  `bson:"body,omitempty" list:"page"`
}

// RoleFilter selects roles. All given conditions must hold.
type RoleFilter struct {
	And, Or []*RoleFilter
	Not     *RoleFilter
	EntryFilter
}
