package content

// Migration is a way from an old practice or pattern to a modern one.
type Migration struct {
	Meta                   `bson:",inline" entry:"order=140,rank=100"`
	Kind                   MigrationKind     `bson:"kind" rule:"required" list:"facet"`
	From                   Subject           `bson:"from,omitempty"`
	To                     []Subject         `bson:"to,omitempty" rule:"max=12"`
	Effort                 *Effort           `bson:"effort,omitempty" list:"facet"`
	Risk                   *Level            `bson:"risk,omitempty" list:"facet"`
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
	ComplexityFactors      []string          `bson:"complexityFactors,omitempty" search:"detail"`
	ComplexityPoints       []ComplexityPoint `bson:"complexityPoints,omitempty" rule:"max=12"`
	ScoreBands             []ScoreBand       `bson:"scoreBands,omitempty" rule:"max=12"`
	TeamSizes              []int             `bson:"teamSizes,omitempty"`
	RolloutPercent         []int             `bson:"rolloutPercent,omitempty"`
	ExampleDurationMonths  *int              `bson:"exampleDurationMonths,omitempty"`
	ExampleDurationsMonths []int             `bson:"exampleDurationsMonths,omitempty"`
	ChecklistItems         *int              `bson:"checklistItems,omitempty"`
	Difficulty             *Difficulty       `bson:"difficulty,omitempty" search:"filter"`
	ReadingMinutes         *int              `bson:"readingMinutes,omitempty"`
	FiguresFrom            *string           `bson:"figuresFrom,omitempty"`
	Named                  *string           `bson:"named,omitempty" search:"alias"`
	ViaPatternKeys         []string          `bson:"viaPatterns,omitempty" ref:"PATTERN" rule:"max=12"`
	RelatedPatternKeys     []string          `bson:"relatedPatterns,omitempty" ref:"PATTERN" rule:"max=12"`
	Body                   RichText          `bson:"body,omitempty" list:"page"`
	Provenance             Provenance        `bson:"provenance,omitempty" list:"page"`
}

// MigrationStep is one step of a migration.
type MigrationStep struct {
	Order     int    `bson:"order"`
	Label     string `bson:"label" rule:"publish" search:"detail"`
	Summary   string `bson:"summary" rule:"publish" search:"detail"`
	WeekStart *int   `bson:"weekStart,omitempty"`
	WeekEnd   *int   `bson:"weekEnd,omitempty"`
}

// EffortClaim is the effort according to one source.
type EffortClaim struct {
	Source string `bson:"source" rule:"publish"`
	Effort Effort `bson:"effort" rule:"required"`
}

// DurationClaim is the duration according to one source.
type DurationClaim struct {
	Source string   `bson:"source" rule:"publish"`
	Weeks  IntRange `bson:"weeks,omitempty"`
}

// ScoreBand is the range of months of a score of complexity points.
type ScoreBand struct {
	MinPoints int      `bson:"minPoints"`
	MaxPoints int      `bson:"maxPoints"`
	Months    IntRange `bson:"months,omitempty"`
}

// ComplexityPoint has the points that a circumstance adds to the score.
type ComplexityPoint struct {
	Factor string `bson:"factor" rule:"publish"`
	Points int    `bson:"points"`
}

// MigrationFilter selects migrations. All given conditions must hold.
type MigrationFilter struct {
	And, Or []*MigrationFilter
	Not     *MigrationFilter
	EntryFilter
	Kind         *MigrationKindFilter
	Effort       *EffortFilter
	Risk         *LevelFilter
	FromPattern  *SlugFilter `path:"from.pattern"`
	FromPractice *SlugFilter `path:"from.practice"`
	ToPattern    *SlugFilter `path:"to.pattern"`
	ToPractice   *SlugFilter `path:"to.practice"`
}
