package content

// Guide is a guide, a pack of patterns or a guide to a tier.
type Guide struct {
	Meta                   `bson:",inline"`
	Kind                   GuideKind     `bson:"kind" rule:"required"`
	TierKey                string        `bson:"tier,omitempty" ref:"TIER"`
	ReadingMinutes         *int          `bson:"readingMinutes,omitempty"`
	StatedPatternCount     *int          `bson:"statedPatternCount,omitempty"`
	Weeks                  *int          `bson:"weeks,omitempty"`
	WeeksOnPackPage        *IntRange     `bson:"weeksOnPackPage,omitempty"`
	Phases                 []GuidePhase  `bson:"phases,omitempty" rule:"max=10"`
	Criteria               []Figure      `bson:"criteria,omitempty" rule:"max=12"`
	Targets                []Figure      `bson:"targets,omitempty" rule:"max=12"`
	TradeOffWeights        []Weight      `bson:"tradeOffWeights,omitempty" rule:"max=12"`
	MigrationFactorWeights []Weight      `bson:"migrationFactorWeights,omitempty" rule:"max=12"`
	AnnualCostOfStaying    []CostRange   `bson:"annualCostOfStaying,omitempty" rule:"max=12"`
	MonthlyCosts           []MonthlyCost `bson:"monthlyCosts,omitempty" rule:"max=12"`
	ScaleBands             []ScaleBand   `bson:"scaleBands,omitempty" rule:"max=12"`
	TierKeys               []string      `bson:"tiers,omitempty" ref:"TIER" rule:"max=3"`
	PatternsOnPackPageKeys []string      `bson:"patternsOnPackPage,omitempty" ref:"PATTERN" rule:"max=12"`
	PatternKeys            []string      `bson:"patterns,omitempty" ref:"PATTERN"`
	PracticeKeys           []string      `bson:"practices,omitempty" ref:"PRACTICE"`
	CompanyKeys            []string      `bson:"companies,omitempty" ref:"COMPANY"`
	ExampleCompanyKeys     []string      `bson:"exampleCompanies,omitempty" ref:"COMPANY"`
	Body                   RichText      `bson:"body,omitempty"`
	Provenance             Provenance    `bson:"provenance,omitempty"`
}

// GuidePhase is a phase of a guide.
type GuidePhase struct {
	When    string `bson:"when" rule:"publish"`
	Label   string `bson:"label" rule:"publish"`
	Summary string `bson:"summary" rule:"publish"`
}

// MonthlyCost is what a part of a pack costs to run.
type MonthlyCost struct {
	Item       string `bson:"item" rule:"publish"`
	PatternKey string `bson:"pattern,omitempty" ref:"PATTERN"`
	USD        int    `bson:"usd"`
	// TransactionsPerSecond is the load that the cost holds for, where one is stated.
	TransactionsPerSecond *int `bson:"transactionsPerSecond,omitempty"`
}

// CostRange is what something costs in a year.
type CostRange struct {
	Item string `bson:"item" rule:"publish"`
	Min  int    `bson:"min"`
	Max  int    `bson:"max"`
}

// ScaleBand is patterns for a band of scale.
type ScaleBand struct {
	Band          string   `bson:"band" rule:"publish"`
	Min           *int     `bson:"min,omitempty"`
	Max           *int     `bson:"max,omitempty"`
	EssentialKeys []string `bson:"essential,omitempty" ref:"PATTERN" rule:"max=12"`
	AdvancedKeys  []string `bson:"advanced,omitempty" ref:"PATTERN" rule:"max=12"`
}

// GuideKind is what sort of guide it is.
type GuideKind string

// Values lists the values of the enum.
func (GuideKind) Values() []string {
	return []string{"IMPLEMENTATION_GUIDE", "PATTERN_PACK", "TIER_GUIDE"}
}

// GuideFilter selects guides. All given conditions must hold.
type GuideFilter struct {
	And, Or []*GuideFilter
	Not     *GuideFilter
	EntryFilter
	Kind           *GuideKindFilter
	Pattern        *SlugFilter
	Company        *SlugFilter
	Tier           *SlugFilter
	ReadingMinutes *IntFilter
}

// GuideKindFilter selects by the value of GuideKind.
type GuideKindFilter = EnumFilter[GuideKind]

// OrderValue is the value of one of the order fields of guides.
func (g *Guide) OrderValue(field string) (any, bool) {
	if field == "READING_MINUTES" {
		return deref(g.ReadingMinutes), true
	}
	return g.Meta.OrderValue(field)
}
