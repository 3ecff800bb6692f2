package content

// Role is a kind of reader, with a learning path of its own.
type Role struct {
	Meta            `bson:",inline"`
	Order           int       `bson:"order"`
	SeedLink        string    `bson:"seedLink" rule:"publish"`
	PillarOrderKeys []string  `bson:"pillarOrder,omitempty" ref:"PILLAR" rule:"max=5"`
	PillarWeeks     *IntRange `bson:"pillarWeeks,omitempty"`
	PillarPageLabel *string   `bson:"pillarPageLabel,omitempty"`
	Body            RichText  `bson:"body,omitempty"`
}

// RoleFilter selects roles. All given conditions must hold.
type RoleFilter struct {
	And, Or []*RoleFilter
	Not     *RoleFilter
	EntryFilter
}

// OrderValue is the value of one of the order fields of roles.
func (r *Role) OrderValue(field string) (any, bool) {
	if field == "ORDER" {
		return r.Order, true
	}
	return r.Meta.OrderValue(field)
}
