package content

// Practice is a technique, style or legacy practice that is not among the patterns.
type Practice struct {
	Meta            `bson:",inline"`
	Kind            PracticeKind `bson:"kind" rule:"required"`
	TierClaimKey    string       `bson:"tierClaim,omitempty" ref:"TIER"`
	Aliases         []string     `bson:"aliases,omitempty"`
	Sources         []string     `bson:"sources,omitempty"`
	ReplacedBy      []Subject    `bson:"replacedBy,omitempty" rule:"max=12"`
	ConflictsWith   []Subject    `bson:"conflictsWith,omitempty" rule:"max=12"`
	MigrationEffort *Effort      `bson:"migrationEffort,omitempty"`
	BusinessImpact  *Level       `bson:"businessImpact,omitempty"`
	Body            RichText     `bson:"body,omitempty"`
}

// PracticeKind is what sort of practice it is.
type PracticeKind string

// Values lists the values of the enum.
func (PracticeKind) Values() []string {
	return []string{"LEGACY_PRACTICE", "TECHNIQUE", "ARCHITECTURE_STYLE", "THEORY"}
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

// PracticeKindFilter selects by the value of PracticeKind.
type PracticeKindFilter = EnumFilter[PracticeKind]
