package content

// QuickStart is an introduction of thirty minutes, or a challenge.
type QuickStart struct {
	Meta                `bson:",inline" entry:"order=110,rank=120"`
	Kind                QuickStartKind       `bson:"kind" rule:"required" list:"facet"`
	Audience            Audience             `bson:"audience" rule:"required" list:"facet"`
	TotalMinutes        *int                 `bson:"totalMinutes,omitempty" list:"order"`
	Steps               []QuickStartStep     `bson:"steps,omitempty" rule:"max=10"`
	StartWith           []Subject            `bson:"startWith,omitempty" rule:"max=12"`
	Scenarios           []QuickStartScenario `bson:"scenarios,omitempty" rule:"max=20"`
	AssessmentQuestions *int                 `bson:"assessmentQuestions,omitempty"`
	AssessmentTarget    *int                 `bson:"assessmentTarget,omitempty"`
	Sprints             []string             `bson:"sprints,omitempty" search:"detail"`
	Months              []string             `bson:"months,omitempty" search:"detail"`
	Metrics             []BeforeAfter        `bson:"metrics,omitempty" rule:"max=12"`
	MaturityAreas       []string             `bson:"maturityAreas,omitempty" search:"detail"`
	MaturityLevels      *int                 `bson:"maturityLevels,omitempty"`
	TargetLevel         *int                 `bson:"targetLevel,omitempty"`
	Phases              []AdoptionPhase      `bson:"phases,omitempty" rule:"max=10"`
	Governance          []GovernanceRule     `bson:"governance,omitempty" rule:"max=12"`
	Returns             []InvestmentReturn   `bson:"returns,omitempty" rule:"max=12"`
	Users               *IntRange            `bson:"users,omitempty"`
	PatternKeys         []string             `bson:"patterns,omitempty" ref:"PATTERN" back:"Pattern.quickStarts"`
	CaseStudyKeys       []string             `bson:"caseStudies,omitempty" ref:"CASE_STUDY"`
	Body                RichText             `bson:"body,omitempty" list:"page"`
	Provenance          Provenance           `bson:"provenance,omitempty" list:"page"`
}

// QuickStartStep is one step of a quick start.
type QuickStartStep struct {
	Order   int    `bson:"order"`
	Label   string `bson:"label" rule:"publish" search:"detail"`
	Summary string `bson:"summary" rule:"publish" search:"detail"`
	Minutes int    `bson:"minutes"`
}

// QuickStartScenario lists what to use in a situation.
type QuickStartScenario struct {
	Scenario string    `bson:"scenario" rule:"publish" search:"detail"`
	Gold     []Subject `bson:"gold,omitempty" rule:"max=6"`
	Silver   []Subject `bson:"silver,omitempty" rule:"max=6"`
	Avoid    []Subject `bson:"avoid,omitempty" rule:"max=6"`
}

// BeforeAfter is a measure before and after.
type BeforeAfter struct {
	Metric string `bson:"metric" rule:"publish"`
	Before string `bson:"before" rule:"publish"`
	Target string `bson:"target" rule:"publish"`
}

// AdoptionPhase is a phase of adoption.
type AdoptionPhase struct {
	Label  string   `bson:"label" rule:"publish"`
	Months IntRange `bson:"months,omitempty"`
}

// GovernanceRule is the rule for patterns of a tier.
type GovernanceRule struct {
	TierKey string `bson:"tier,omitempty" ref:"TIER" rule:"required"`
	Rule    string `bson:"rule" rule:"publish" search:"detail"`
}

// InvestmentReturn is the return of an investment.
type InvestmentReturn struct {
	Investment string `bson:"investment" rule:"publish"`
	Engineers  *int   `bson:"engineers,omitempty"`
	USD        *int   `bson:"usd,omitempty"`
	Multiple   int    `bson:"multiple"`
}

// QuickStartFilter selects quick starts. All given conditions must hold.
type QuickStartFilter struct {
	And, Or []*QuickStartFilter
	Not     *QuickStartFilter
	EntryFilter
	Kind     *QuickStartKindFilter
	Audience *AudienceFilter
	Pattern  *SlugFilter
}
