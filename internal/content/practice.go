package content

// Practice is a technique, style or legacy practice that is not one of the patterns.
type Practice struct {
	Meta            `bson:",inline" entry:"order=60,rank=70"`
	Kind            PracticeKind `bson:"kind" rule:"required" list:"facet"`
	TierClaimKey    string       `bson:"tierClaim,omitempty" ref:"TIER" list:"facet"`
	Aliases         []string     `bson:"aliases,omitempty" search:"alias"`
	Sources         []string     `bson:"sources,omitempty"`
	ReplacedBy      []Subject    `bson:"replacedBy,omitempty" rule:"max=12" back:"Pattern.replaces,Practice.replaces"`
	ConflictsWith   []Subject    `bson:"conflictsWith,omitempty" rule:"max=12" back:"Pattern.conflictingPractices,Practice.conflictingPractices"`
	MigrationEffort *Effort      `bson:"migrationEffort,omitempty" list:"facet"`
	BusinessImpact  *Level       `bson:"businessImpact,omitempty"`
	Body            RichText     `bson:"body,omitempty" list:"page"`
}

// PracticeFilter selects practices. All given conditions must hold.
type PracticeFilter struct {
	And, Or []*PracticeFilter
	Not     *PracticeFilter
	EntryFilter
	Kind            *PracticeKindFilter
	TierClaim       *SlugFilter
	MigrationEffort *EffortFilter
	Aliases         *TextFilter
}
