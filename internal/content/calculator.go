package content

// Calculator holds the tables that estimates use, as given in the source data.
type Calculator struct {
	Inputs                 []CalculatorInput  `bson:"inputs"                 json:"inputs"`
	InputsNote             string             `bson:"inputsNote"             json:"inputsNote"`
	ExperienceBands        []ExperienceBand   `bson:"experienceBands"        json:"experienceBands"`
	TierBaselines          []TierBaseline     `bson:"tierBaselines"          json:"tierBaselines"`
	PatternEffort          []PatternEffort    `bson:"patternEffort"          json:"patternEffort"`
	PatternEffortNote      string             `bson:"patternEffortNote"      json:"patternEffortNote"`
	GoldPageEffort         []PageEffort       `bson:"goldPageEffort"         json:"goldPageEffort"`
	SilverPageSuccess      []PatternSuccess   `bson:"silverPageSuccess"      json:"silverPageSuccess"`
	BreakEven              []PatternBreakEven `bson:"breakEven"              json:"breakEven"`
	Returns                []PatternReturn    `bson:"roi"                    json:"roi"`
	ReturnNote             string             `bson:"roiNote"                json:"roiNote"`
	TradeOffWeights        []Weight           `bson:"tradeOffWeights"        json:"tradeOffWeights"`
	MigrationFactorWeights []Weight           `bson:"migrationFactorWeights" json:"migrationFactorWeights"`
	MigrationScoring       MigrationScoring   `bson:"migrationScoring"       json:"migrationScoring"`
	DifficultyScale        []DifficultyStep   `bson:"difficultyScale"        json:"difficultyScale"`
	ComplexityWeights      ComplexityWeights  `bson:"complexityWeights"      json:"complexityWeights"`
	SuccessMetrics         []SuccessMetric    `bson:"successMetrics"         json:"successMetrics"`
	SiteCalculators        []SiteCalculator   `bson:"siteCalculators"        json:"siteCalculators"`
	Planning               `bson:",inline" json:"-"`
}

// CalculatorInput is an input named on the calculator's page.
type CalculatorInput struct {
	Slug    string   `bson:"slug"    json:"slug"`
	Name    string   `bson:"name"    json:"name"`
	Type    string   `bson:"type"    json:"type"`
	Options []string `bson:"options" json:"options"`
	Fields  []string `bson:"fields"  json:"fields"`
}

// ExperienceBand is the range of years of a level of experience.
type ExperienceBand struct {
	Level string   `bson:"level" json:"level"`
	Years IntRange `bson:"years" json:"years"`
}

// TierBaseline is the usual effort of a pattern of a tier.
type TierBaseline struct {
	TierKey             string   `bson:"tier"                json:"tier"`
	ImplementationWeeks IntRange `bson:"implementationWeeks" json:"implementationWeeks"`
	TeamSize            IntRange `bson:"teamSize"            json:"teamSize"`
	SuccessRate         int      `bson:"successRate"         json:"successRate"`
	ReturnMonths        IntRange `bson:"roiMonths"           json:"roiMonths"`
}

// PatternEffort is the effort of one pattern: working days for a number of developers.
type PatternEffort struct {
	PatternKey string   `bson:"pattern"    json:"pattern"`
	Days       IntRange `bson:"days"       json:"days"`
	Developers IntRange `bson:"developers" json:"developers"`
	Overhead   string   `bson:"overhead"   json:"overhead"`
	Band       string   `bson:"band"       json:"band"`
}

// PageEffort is the effort of a pattern according to the page of the gold patterns.
type PageEffort struct {
	PatternKey  string   `bson:"pattern"     json:"pattern"`
	Days        IntRange `bson:"days"        json:"days"`
	SuccessRate int      `bson:"successRate" json:"successRate"`
	Impact      *string  `bson:"impact"      json:"impact"`
}

// PatternSuccess is the success rate of the introduction of a pattern, in percent.
type PatternSuccess struct {
	PatternKey  string `bson:"pattern"     json:"pattern"`
	SuccessRate int    `bson:"successRate" json:"successRate"`
}

// PatternBreakEven is the point from which a pattern pays off.
type PatternBreakEven struct {
	PatternKey string `bson:"pattern" json:"pattern"`
	Label      string `bson:"label"   json:"label"`
}

// PatternReturn is the return of a pattern for a company.
type PatternReturn struct {
	PatternKey            string `bson:"pattern"            json:"pattern"`
	InvestmentUSD         int    `bson:"investmentUsd"      json:"investmentUsd"`
	PaybackMonths         *int   `bson:"paybackMonths"      json:"paybackMonths"`
	FiveYearReturnPercent int    `bson:"fiveYearRoiPercent" json:"fiveYearRoiPercent"`
	CompanyKey            string `bson:"company"            json:"company"`
}

// MigrationScoring turns the circumstances of a migration into months.
type MigrationScoring struct {
	Factors []string     `bson:"factors" json:"factors"`
	Points  []LevelPoint `bson:"points"  json:"points"`
	Bands   []ScoreBand  `bson:"bands"   json:"bands"`
}

// LevelPoint is the number of points of a level.
type LevelPoint struct {
	Level  string `bson:"level"  json:"level"`
	Points int    `bson:"points" json:"points"`
}

// DifficultyStep is the range of days of a difficulty.
type DifficultyStep struct {
	Dots  int      `bson:"dots"  json:"dots"`
	Label string   `bson:"label" json:"label"`
	Days  IntRange `bson:"days"  json:"days"`
}

// ComplexityWeights has the complexity of patterns, alone and together.
type ComplexityWeights struct {
	Origin                string                  `bson:"origin"                json:"origin"`
	Scores                []ComplexityScore       `bson:"scores"                json:"scores"`
	Interactions          []ComplexityInteraction `bson:"interactions"          json:"interactions"`
	OverloadAbovePatterns int                     `bson:"overloadAbovePatterns" json:"overloadAbovePatterns"`
	OverloadFactor        float64                 `bson:"overloadFactor"        json:"overloadFactor"`
	Levels                []ComplexityLevel       `bson:"levels"                json:"levels"`
	TeamSizeDivisor       int                     `bson:"teamSizeDivisor"       json:"teamSizeDivisor"`
	WeeksDivisor          int                     `bson:"weeksDivisor"          json:"weeksDivisor"`
	MinimumTeam           int                     `bson:"minimumTeam"           json:"minimumTeam"`
	MinimumWeeks          int                     `bson:"minimumWeeks"          json:"minimumWeeks"`
}

// ComplexityScore is the complexity of one pattern or practice.
type ComplexityScore struct {
	Ref   Subject `bson:"ref"   json:"ref"`
	Score int     `bson:"score" json:"score"`
}

// ComplexityInteraction is the complexity that patterns add when they are used together.
type ComplexityInteraction struct {
	PatternKeys []string `bson:"patterns" json:"patterns"`
	Score       int      `bson:"score"    json:"score"`
}

// ComplexityLevel names a band of complexity.
type ComplexityLevel struct {
	Level string `bson:"level" json:"level"`
	Below *int   `bson:"below" json:"below"`
	From  *int   `bson:"from"  json:"from"`
}

// SuccessMetric is a metric for the success of a pattern, with its thresholds.
type SuccessMetric struct {
	PatternKey string  `bson:"pattern" json:"pattern"`
	Metric     string  `bson:"metric"  json:"metric"`
	Good       float64 `bson:"good"    json:"good"`
	Great      float64 `bson:"great"   json:"great"`
	Elite      float64 `bson:"elite"   json:"elite"`
}

// SiteCalculator is a calculator of the documentation site.
type SiteCalculator struct {
	Slug   string                `bson:"slug"   json:"slug"`
	Name   string                `bson:"name"   json:"name"`
	Page   string                `bson:"page"   json:"page"`
	Inputs []SiteCalculatorInput `bson:"inputs" json:"inputs"`
}

// SiteCalculatorInput is an input of a site calculator. Default is as the page shows it.
type SiteCalculatorInput struct {
	Name    string   `bson:"id"      json:"id"`
	Type    string   `bson:"type"    json:"type"`
	Default *string  `bson:"default" json:"default"`
	Min     *float64 `bson:"min"     json:"min"`
	Max     *float64 `bson:"max"     json:"max"`
	Step    *float64 `bson:"step"    json:"step"`
	Options []string `bson:"options" json:"options"`
}
