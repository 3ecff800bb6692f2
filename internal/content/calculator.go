package content

// Calculator holds the tables that estimates and plans use, as given in the source data. It is a
// singleton: the hub has one entry of this type.
type Calculator struct {
	Meta                   `bson:",inline" entry:"order=170,rank=170,singleton"`
	Inputs                 []CalculatorInput  `bson:"inputs,omitempty" rule:"max=10"`
	InputsNote             string             `bson:"inputsNote"`
	ExperienceBands        []ExperienceBand   `bson:"experienceBands,omitempty" rule:"max=10"`
	TierBaselines          []TierBaseline     `bson:"tierBaselines,omitempty" rule:"max=5"`
	PatternEffort          []PatternEffort    `bson:"patternEffort,omitempty" rule:"max=30"`
	PatternEffortNote      string             `bson:"patternEffortNote"`
	GoldPageEffort         []PageEffort       `bson:"goldPageEffort,omitempty" rule:"max=50"`
	SilverPageSuccess      []PatternSuccess   `bson:"silverPageSuccess,omitempty" rule:"max=50"`
	BreakEven              []PatternBreakEven `bson:"breakEven,omitempty" rule:"max=30"`
	Returns                []PatternReturn    `bson:"returns,omitempty" rule:"max=30"`
	ReturnNote             string             `bson:"returnNote"`
	TradeOffWeights        []Weight           `bson:"tradeOffWeights,omitempty" rule:"max=10"`
	MigrationFactorWeights []Weight           `bson:"migrationFactorWeights,omitempty" rule:"max=10"`
	MigrationScoring       MigrationScoring   `bson:"migrationScoring,omitempty"`
	DifficultyScale        []DifficultyStep   `bson:"difficultyScale,omitempty" rule:"max=10"`
	ComplexityWeights      ComplexityWeights  `bson:"complexityWeights,omitempty"`
	SuccessMetrics         []SuccessMetric    `bson:"successMetrics,omitempty" rule:"max=30"`
	SiteCalculators        []SiteCalculator   `bson:"siteCalculators,omitempty" rule:"max=20"`
	MigrationPhases        []string           `bson:"migrationPhases,omitempty"`
	MigrationLevels        []MigrationLevel   `bson:"migrationLevels,omitempty" rule:"max=10"`
	MigrationRisks         []MigrationRisk    `bson:"migrationRisks,omitempty" rule:"max=20"`
	MigrationStories       []string           `bson:"migrationStories,omitempty"`
	ConstraintMatrix       ConstraintMatrix   `bson:"constraintMatrix,omitempty"`
	FitScale               []FitStep          `bson:"fitScale,omitempty" rule:"max=10"`
	Body                   RichText           `bson:"body,omitempty" list:"page"`
}

// CalculatorInput is an input named on the calculator's page.
type CalculatorInput struct {
	Slug    string   `bson:"slug" rule:"publish"`
	Name    string   `bson:"name" rule:"publish"`
	Type    string   `bson:"type" rule:"publish"`
	Options []string `bson:"options,omitempty"`
	Fields  []string `bson:"fields,omitempty"`
}

// ExperienceBand is the range of years of a level of experience.
type ExperienceBand struct {
	Level string   `bson:"level" rule:"publish"`
	Years IntRange `bson:"years,omitempty"`
}

// TierBaseline is the usual effort of a pattern of a tier.
type TierBaseline struct {
	TierKey             string   `bson:"tier,omitempty" ref:"TIER" rule:"publish"`
	ImplementationWeeks IntRange `bson:"implementationWeeks,omitempty"`
	TeamSize            IntRange `bson:"teamSize,omitempty"`
	SuccessRate         int      `bson:"successRate" rule:"min=0,max=100"`
	ReturnMonths        IntRange `bson:"returnMonths,omitempty"`
}

// PatternEffort is the effort of one pattern: working days for a number of developers.
type PatternEffort struct {
	PatternKey string   `bson:"pattern,omitempty" ref:"PATTERN" rule:"publish"`
	Days       IntRange `bson:"days,omitempty"`
	Developers IntRange `bson:"developers,omitempty"`
	Overhead   string   `bson:"overhead"`
	Band       string   `bson:"band"`
}

// PageEffort is the effort of a pattern according to the page of the gold patterns.
type PageEffort struct {
	PatternKey  string   `bson:"pattern,omitempty" ref:"PATTERN" rule:"publish"`
	Days        IntRange `bson:"days,omitempty"`
	SuccessRate int      `bson:"successRate" rule:"min=0,max=100"`
	Impact      *string  `bson:"impact,omitempty"`
}

// PatternSuccess is the success rate of the introduction of a pattern, in percent.
type PatternSuccess struct {
	PatternKey  string `bson:"pattern,omitempty" ref:"PATTERN" rule:"publish"`
	SuccessRate int    `bson:"successRate" rule:"min=0,max=100"`
}

// PatternBreakEven is the point from which a pattern pays off.
type PatternBreakEven struct {
	PatternKey string `bson:"pattern,omitempty" ref:"PATTERN" rule:"publish"`
	Label      string `bson:"label" rule:"publish"`
}

// PatternReturn is the return of a pattern for a company.
type PatternReturn struct {
	PatternKey            string `bson:"pattern,omitempty" ref:"PATTERN" rule:"publish"`
	InvestmentUSD         int    `bson:"investmentUsd" rule:"min=0"`
	PaybackMonths         *int   `bson:"paybackMonths,omitempty"`
	FiveYearReturnPercent int    `bson:"fiveYearReturnPercent"`
	CompanyKey            string `bson:"company,omitempty" ref:"COMPANY"`
}

// MigrationScoring turns the circumstances of a migration into months.
type MigrationScoring struct {
	Factors []string     `bson:"factors,omitempty"`
	Points  []LevelPoint `bson:"points,omitempty" rule:"max=5"`
	Bands   []ScoreBand  `bson:"bands,omitempty" rule:"max=5"`
}

// LevelPoint is the number of points of a level.
type LevelPoint struct {
	Level  string `bson:"level" rule:"publish"`
	Points int    `bson:"points" rule:"min=0"`
}

// DifficultyStep is the range of days of a difficulty.
type DifficultyStep struct {
	Dots  int      `bson:"dots" rule:"min=1"`
	Label string   `bson:"label" rule:"publish"`
	Days  IntRange `bson:"days,omitempty"`
}

// ComplexityWeights has the complexity of patterns, alone and together.
type ComplexityWeights struct {
	Origin                string                  `bson:"origin"`
	Scores                []ComplexityScore       `bson:"scores,omitempty" rule:"max=30"`
	Interactions          []ComplexityInteraction `bson:"interactions,omitempty" rule:"max=30"`
	OverloadAbovePatterns int                     `bson:"overloadAbovePatterns" rule:"min=0"`
	OverloadFactor        float64                 `bson:"overloadFactor" rule:"min=1"`
	Levels                []ComplexityLevel       `bson:"levels,omitempty" rule:"max=10"`
	TeamSizeDivisor       int                     `bson:"teamSizeDivisor" rule:"min=1"`
	WeeksDivisor          int                     `bson:"weeksDivisor" rule:"min=1"`
	MinimumTeam           int                     `bson:"minimumTeam" rule:"min=1"`
	MinimumWeeks          int                     `bson:"minimumWeeks" rule:"min=1"`
}

// ComplexityScore is the complexity of one pattern or practice.
type ComplexityScore struct {
	Ref   Subject `bson:"ref,omitempty"`
	Score int     `bson:"score" rule:"min=0"`
}

// ComplexityInteraction is the complexity that patterns add when they are used together.
type ComplexityInteraction struct {
	PatternKeys []string `bson:"patterns,omitempty" ref:"PATTERN" rule:"max=5"`
	Score       int      `bson:"score" rule:"min=0"`
}

// ComplexityLevel names a band of complexity.
type ComplexityLevel struct {
	Level string `bson:"level" rule:"publish"`
	Below *int   `bson:"below,omitempty"`
	From  *int   `bson:"from,omitempty"`
}

// SuccessMetric is a metric for the success of a pattern, with its thresholds.
type SuccessMetric struct {
	PatternKey string  `bson:"pattern,omitempty" ref:"PATTERN" rule:"publish"`
	Metric     string  `bson:"metric" rule:"publish"`
	Good       float64 `bson:"good"`
	Great      float64 `bson:"great"`
	Elite      float64 `bson:"elite"`
}

// SiteCalculator is a calculator of the documentation site.
type SiteCalculator struct {
	Slug   string                `bson:"slug" rule:"publish"`
	Name   string                `bson:"name" rule:"publish"`
	Page   string                `bson:"page"`
	Inputs []SiteCalculatorInput `bson:"inputs,omitempty" rule:"max=20"`
}

// SiteCalculatorInput is an input of a site calculator. Default is as the page shows it.
type SiteCalculatorInput struct {
	Name    string   `bson:"name" rule:"publish"`
	Type    string   `bson:"type" rule:"publish"`
	Default *string  `bson:"default,omitempty"`
	Min     *float64 `bson:"min,omitempty"`
	Max     *float64 `bson:"max,omitempty"`
	Step    *float64 `bson:"step,omitempty"`
	Options []string `bson:"options,omitempty"`
}

// CalculatorFilter selects calculators. All given conditions must hold.
type CalculatorFilter struct {
	And, Or []*CalculatorFilter
	Not     *CalculatorFilter
	EntryFilter
}
