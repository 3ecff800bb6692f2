package content

// QuickStart is a start of thirty minutes, or a challenge.
type QuickStart struct {
	Meta                `bson:",inline"`
	Kind                QuickStartKind       `bson:"kind" rule:"required"`
	Audience            QuickStartAudience   `bson:"audience" rule:"required"`
	TotalMinutes        *int                 `bson:"totalMinutes,omitempty"`
	Steps               []QuickStartStep     `bson:"steps,omitempty" rule:"max=10"`
	StartWith           []Subject            `bson:"startWith,omitempty" rule:"max=12"`
	Scenarios           []QuickStartScenario `bson:"scenarios,omitempty" rule:"max=20"`
	AssessmentQuestions *int                 `bson:"assessmentQuestions,omitempty"`
	AssessmentTarget    *int                 `bson:"assessmentTarget,omitempty"`
	Sprints             []string             `bson:"sprints,omitempty"`
	Months              []string             `bson:"months,omitempty"`
	Metrics             []BeforeAfter        `bson:"metrics,omitempty" rule:"max=12"`
	MaturityAreas       []string             `bson:"maturityAreas,omitempty"`
	MaturityLevels      *int                 `bson:"maturityLevels,omitempty"`
	TargetLevel         *int                 `bson:"targetLevel,omitempty"`
	Phases              []AdoptionPhase      `bson:"phases,omitempty" rule:"max=10"`
	Governance          []GovernanceRule     `bson:"governance,omitempty" rule:"max=12"`
	Returns             []InvestmentReturn   `bson:"returns,omitempty" rule:"max=12"`
	Users               *IntRange            `bson:"users,omitempty"`
	PatternKeys         []string             `bson:"patterns,omitempty" ref:"PATTERN"`
	CaseStudyKeys       []string             `bson:"caseStudies,omitempty" ref:"CASE_STUDY"`
	Body                RichText             `bson:"body,omitempty"`
	Provenance          Provenance           `bson:"provenance,omitempty"`
}

// QuickStartStep is one step of a quick start.
type QuickStartStep struct {
	Order   int    `bson:"order"`
	Label   string `bson:"label" rule:"publish"`
	Summary string `bson:"summary" rule:"publish"`
	Minutes int    `bson:"minutes"`
}

// QuickStartScenario is what to use in a situation.
type QuickStartScenario struct {
	Scenario string    `bson:"scenario" rule:"publish"`
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
	Rule    string `bson:"rule" rule:"publish"`
}

// InvestmentReturn is what an investment returns.
type InvestmentReturn struct {
	Investment string `bson:"investment" rule:"publish"`
	Engineers  *int   `bson:"engineers,omitempty"`
	USD        *int   `bson:"usd,omitempty"`
	Multiple   int    `bson:"multiple"`
}

// QuickStartKind is what sort of start it is.
type QuickStartKind string

// Values lists the values of the enum.
func (QuickStartKind) Values() []string {
	return []string{"QUICK_START", "CHALLENGE"}
}

// QuickStartAudience is whom a quick start is for.
type QuickStartAudience string

// Values lists the values of the enum.
func (QuickStartAudience) Values() []string {
	return []string{"ARCHITECTS", "TEAMS", "ORGANIZATIONS", "ENGINEERING_MANAGERS"}
}

// QuickStartFilter selects quickStarts. All given conditions must hold.
type QuickStartFilter struct {
	And, Or []*QuickStartFilter
	Not     *QuickStartFilter
	EntryFilter
	Kind     *QuickStartKindFilter
	Audience *QuickStartAudienceFilter
	Pattern  *SlugFilter
}

// QuickStartKindFilter selects by the value of QuickStartKind.
type QuickStartKindFilter = EnumFilter[QuickStartKind]

// QuickStartAudienceFilter selects by the value of QuickStartAudience.
type QuickStartAudienceFilter = EnumFilter[QuickStartAudience]

// OrderValue is the value of one of the order fields of quickStarts.
func (q *QuickStart) OrderValue(field string) (any, bool) {
	if field == "TOTAL_MINUTES" {
		return deref(q.TotalMinutes), true
	}
	return q.Meta.OrderValue(field)
}
