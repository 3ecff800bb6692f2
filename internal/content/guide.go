package content

// Guide is a guide, a pack of patterns or a guide to a tier.
type Guide struct {
	Meta                   `bson:",inline" entry:"order=100,rank=80"`
	Kind                   GuideKind     `bson:"kind" rule:"required" list:"facet"`
	TierKey                string        `bson:"tier,omitempty" ref:"TIER" search:"filter"`
	ReadingMinutes         *int          `bson:"readingMinutes,omitempty" list:"order"`
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
	PatternKeys            []string      `bson:"patterns,omitempty" ref:"PATTERN" list:"facet" back:"Pattern.guides"`
	PracticeKeys           []string      `bson:"practices,omitempty" ref:"PRACTICE"`
	CompanyKeys            []string      `bson:"companies,omitempty" ref:"COMPANY" list:"facet"`
	ExampleCompanyKeys     []string      `bson:"exampleCompanies,omitempty" ref:"COMPANY"`
	Body                   RichText      `bson:"body,omitempty" list:"page"`
	Provenance             Provenance    `bson:"provenance,omitempty" list:"page"`
}

// GuidePhase is a phase of a guide.
type GuidePhase struct {
	When    string `bson:"when" rule:"publish"`
	Label   string `bson:"label" rule:"publish" search:"detail"`
	Summary string `bson:"summary" rule:"publish" search:"detail"`
}

// MonthlyCost is the cost of running a part of a pack.
type MonthlyCost struct {
	Item       string `bson:"item" rule:"publish"`
	PatternKey string `bson:"pattern,omitempty" ref:"PATTERN"`
	USD        int    `bson:"usd"`
	// TransactionsPerSecond is the load that the cost applies to, if the source has one.
	TransactionsPerSecond *int `bson:"transactionsPerSecond,omitempty"`
}

// CostRange is a range of costs in a year, in US dollars.
type CostRange struct {
	Item string `bson:"item" rule:"publish"`
	Min  int    `bson:"min"`
	Max  int    `bson:"max"`
}

// ScaleBand lists the patterns for a band of scale.
type ScaleBand struct {
	Band          string   `bson:"band" rule:"publish" search:"detail"`
	Min           *int     `bson:"min,omitempty"`
	Max           *int     `bson:"max,omitempty"`
	EssentialKeys []string `bson:"essential,omitempty" ref:"PATTERN" rule:"max=12"`
	AdvancedKeys  []string `bson:"advanced,omitempty" ref:"PATTERN" rule:"max=12"`
}

// GuideFilter selects guides. All given conditions must hold.
type GuideFilter struct {
	And, Or []*GuideFilter
	Not     *GuideFilter
	EntryFilter
	Kind           *GuideKindFilter
	Pattern        *SlugFilter
	Company        *SlugFilter
	Tier           *SlugFilter `path:"tiers"`
	ReadingMinutes *IntFilter
}
