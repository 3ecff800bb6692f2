package content

// Migration is a way from an old practice or pattern to a modern one.
type Migration struct {
	Meta                   `bson:",inline"`
	Kind                   MigrationKind     `bson:"kind" rule:"required"`
	From                   Subject           `bson:"from,omitempty"`
	To                     []Subject         `bson:"to,omitempty" rule:"max=12"`
	Effort                 *Effort           `bson:"effort,omitempty"`
	Risk                   *Level            `bson:"risk,omitempty"`
	Impact                 *Level            `bson:"impact,omitempty"`
	DurationMonths         *IntRange         `bson:"durationMonths,omitempty"`
	Weeks                  *int              `bson:"weeks,omitempty"`
	Steps                  []MigrationStep   `bson:"steps,omitempty" rule:"max=10"`
	StatedStepCount        *int              `bson:"statedStepCount,omitempty"`
	Improvements           []Figure          `bson:"improvements,omitempty" rule:"max=12"`
	Thresholds             []Figure          `bson:"thresholds,omitempty" rule:"max=12"`
	PaybackMonths          *IntRange         `bson:"paybackMonths,omitempty"`
	EffortClaims           []EffortClaim     `bson:"effortClaims,omitempty" rule:"max=12"`
	DurationClaims         []DurationClaim   `bson:"durationClaims,omitempty" rule:"max=12"`
	ComplexityFactors      []string          `bson:"complexityFactors,omitempty"`
	ComplexityPoints       []ComplexityPoint `bson:"complexityPoints,omitempty" rule:"max=12"`
	ScoreBands             []ScoreBand       `bson:"scoreBands,omitempty" rule:"max=12"`
	TeamSizes              []int             `bson:"teamSizes,omitempty"`
	RolloutPercent         []int             `bson:"rolloutPercent,omitempty"`
	ExampleDurationMonths  *int              `bson:"exampleDurationMonths,omitempty"`
	ExampleDurationsMonths []int             `bson:"exampleDurationsMonths,omitempty"`
	ChecklistItems         *int              `bson:"checklistItems,omitempty"`
	Difficulty             *Difficulty       `bson:"difficulty,omitempty"`
	ReadingMinutes         *int              `bson:"readingMinutes,omitempty"`
	FiguresFrom            *string           `bson:"figuresFrom,omitempty"`
	Named                  *string           `bson:"named,omitempty"`
	ViaPatternKeys         []string          `bson:"viaPatterns,omitempty" ref:"PATTERN" rule:"max=12"`
	RelatedPatternKeys     []string          `bson:"relatedPatterns,omitempty" ref:"PATTERN" rule:"max=12"`
	Body                   RichText          `bson:"body,omitempty"`
	Provenance             Provenance        `bson:"provenance,omitempty"`
}

// MigrationStep is one step of a migration.
type MigrationStep struct {
	Order     int    `bson:"order"`
	Label     string `bson:"label" rule:"publish"`
	Summary   string `bson:"summary" rule:"publish"`
	WeekStart *int   `bson:"weekStart,omitempty"`
	WeekEnd   *int   `bson:"weekEnd,omitempty"`
}

// EffortClaim is what one place says about the effort.
type EffortClaim struct {
	Source string `bson:"source" rule:"publish"`
	Effort Effort `bson:"effort" rule:"required"`
}

// DurationClaim is what one place says about the duration.
type DurationClaim struct {
	Source string   `bson:"source" rule:"publish"`
	Weeks  IntRange `bson:"weeks,omitempty"`
}

// ScoreBand is what a score of complexity points means.
type ScoreBand struct {
	MinPoints int      `bson:"minPoints"`
	MaxPoints int      `bson:"maxPoints"`
	Months    IntRange `bson:"months,omitempty"`
}

// ComplexityPoint is what a circumstance adds to the score.
type ComplexityPoint struct {
	Factor string `bson:"factor" rule:"publish"`
	Points int    `bson:"points"`
}

// MigrationKind is how much a migration entry holds.
type MigrationKind string

// Values lists the values of the enum.
func (MigrationKind) Values() []string {
	return []string{"PLAYBOOK", "OUTLINE"}
}

// MigrationFilter selects migrations. All given conditions must hold.
type MigrationFilter struct {
	And, Or []*MigrationFilter
	Not     *MigrationFilter
	EntryFilter
	Kind         *MigrationKindFilter
	Effort       *EffortFilter
	Risk         *LevelFilter
	FromPattern  *SlugFilter
	FromPractice *SlugFilter
	ToPattern    *SlugFilter
	ToPractice   *SlugFilter
}

// MigrationKindFilter selects by the value of MigrationKind.
type MigrationKindFilter = EnumFilter[MigrationKind]
