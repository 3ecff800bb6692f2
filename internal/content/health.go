package content

import (
	"strings"
	"time"
)

// Observation is the value of one metric of a pattern's health in one month. A nil Value means that
// there is no value, and Missing says why; zero is a value.
type Observation struct {
	PatternKey  string       `bson:"pattern"`
	Metric      HealthMetric `bson:"metric"`
	Month       string       `bson:"month"` // 2025-07
	Value       *float64     `bson:"value"`
	Missing     string       `bson:"missing"`
	Source      HealthSource `bson:"source"`
	How         string       `bson:"how"` // how it was collected, in words
	CollectedAt time.Time    `bson:"collectedAt"`
	CompanyKeys []string     `bson:"companies"` // adopters, if the source names them
	Stated      string       `bson:"stated"`    // what the source says beside the number: a trend
	TierKey     string       `bson:"tier"`      // the tier that the source names
	RecordedAt  time.Time    `bson:"recordedAt"`
	RecordedBy  string       `bson:"recordedBy"`
}

// Key is the observation's id. There is one observation per pattern, metric and month.
func (o *Observation) Key() string {
	return strings.Join([]string{o.PatternKey, string(o.Metric), o.Month}, ":")
}

// Recorded returns the observation as it is stored when an author records it. Times have the
// precision of stored times, so that they stay equal when they are read back.
func (o *Observation) Recorded(by string, at time.Time) *Observation {
	out := *o
	out.RecordedAt, out.RecordedBy = at, by
	out.CollectedAt = o.CollectedAt.UTC().Truncate(time.Millisecond)
	return &out
}

// HealthMetric is a metric of health.
type HealthMetric string

// The metrics. The dashboard's figures are on another scale, so they have metrics of their own.
const (
	MetricGitHubStars       HealthMetric = "GITHUB_STARS"
	MetricGitHubRepos       HealthMetric = "GITHUB_REPOS"
	MetricConferenceTalks   HealthMetric = "CONFERENCE_TALKS"
	MetricJobPostings       HealthMetric = "JOB_POSTINGS"
	MetricYearsInProduction HealthMetric = "YEARS_IN_PRODUCTION"
	MetricMajorAdopters     HealthMetric = "MAJOR_ADOPTERS"
	MetricQuestions         HealthMetric = "STACK_OVERFLOW_QUESTIONS"
	MetricCollectedScore    HealthMetric = "COLLECTED_SCORE"
	MetricDashboardScore    HealthMetric = "DASHBOARD_SCORE"
	MetricDashboardStars    HealthMetric = "DASHBOARD_GITHUB_STARS"
	MetricDashboardTalks    HealthMetric = "DASHBOARD_CONFERENCE_TALKS"
	MetricDashboardJobs     HealthMetric = "DASHBOARD_JOB_MENTIONS"
	MetricDashboardAdoption HealthMetric = "DASHBOARD_ADOPTION_RATE"
)

// Values lists the values of the enum.
func (HealthMetric) Values() []string {
	return []string{
		"GITHUB_STARS", "GITHUB_REPOS", "CONFERENCE_TALKS", "JOB_POSTINGS", "YEARS_IN_PRODUCTION", "MAJOR_ADOPTERS", "STACK_OVERFLOW_QUESTIONS",
		"COLLECTED_SCORE", "DASHBOARD_SCORE", "DASHBOARD_GITHUB_STARS", "DASHBOARD_CONFERENCE_TALKS", "DASHBOARD_JOB_MENTIONS", "DASHBOARD_ADOPTION_RATE",
	}
}

// Adoption reports whether the metric is an adoption metric, which any author may record.
func (m HealthMetric) Adoption() bool {
	return m != MetricCollectedScore && !strings.HasPrefix(string(m), "DASHBOARD_")
}

// HealthSource is the source of an observation.
type HealthSource string

// The sources.
const (
	// SourceCollector is the collection of adoption metrics.
	SourceCollector HealthSource = "COLLECTOR"
	// SourceDashboard is the health dashboard's own data.
	SourceDashboard HealthSource = "DASHBOARD"
	// SourceRecorded is a person or program that recorded it through this hub.
	SourceRecorded HealthSource = "RECORDED"
)

// Values lists the values of the enum.
func (HealthSource) Values() []string { return []string{"COLLECTOR", "DASHBOARD", "RECORDED"} }

// Scoring is the rule by which adoption metrics make up a health score.
type Scoring struct {
	Maximum        int                `bson:"maximum"        json:"maximum"`
	Components     []ScoringComponent `bson:"components"     json:"components"`
	TierThresholds []TierThreshold    `bson:"tierThresholds" json:"tierThresholds"`
	TrendRule      TrendRule          `bson:"trendRule"      json:"trendRule"`
	HistoryDays    int                `bson:"historyDays"    json:"historyDays"`
}

// ScoringComponent is the share of one metric. Bands are ordered from the highest down. The first one
// that a value reaches determines the points; without one they are 0.
type ScoringComponent struct {
	Metric  HealthMetric  `bson:"metric"  json:"metric"`
	Maximum int           `bson:"maximum" json:"maximum"`
	Bands   []ScoringBand `bson:"bands"   json:"bands"`
}

// ScoringBand is the points for values of at least AtLeast.
type ScoringBand struct {
	AtLeast float64 `bson:"atLeast" json:"atLeast"`
	Points  int     `bson:"points"  json:"points"`
}

// TierThreshold has the classifier's requirements for a tier.
type TierThreshold struct {
	TierKey         string `bson:"tier"            json:"tier"`
	HealthScore     int    `bson:"healthScore"     json:"healthScore"`
	GitHubStars     int    `bson:"githubStars"     json:"githubStars"`
	ConferenceTalks int    `bson:"conferenceTalks" json:"conferenceTalks"`
	MajorAdopters   int    `bson:"majorAdopters"   json:"majorAdopters"`
}

// TrendRule decides whether a series rises or declines, by the mean change from month to month
// within the last Window values.
type TrendRule struct {
	Window         int     `bson:"window"         json:"window"`
	RisingAbove    float64 `bson:"risingAbove"    json:"risingAbove"`
	DecliningBelow float64 `bson:"decliningBelow" json:"decliningBelow"`
}

// HealthTrend is the direction of a series of values.
type HealthTrend string

// The trends.
const (
	TrendRising    HealthTrend = "RISING"
	TrendStable    HealthTrend = "STABLE"
	TrendDeclining HealthTrend = "DECLINING"
)

// Values lists the values of the enum.
func (HealthTrend) Values() []string { return []string{"RISING", "STABLE", "DECLINING"} }

// PatternHealth is the health of a pattern. A nil Score means that no adoption metric has been
// observed. Trend is the trend of the score if it has two months or more, otherwise of the dashboard's
// series. TrendSource says which, and Change is its size.
type PatternHealth struct {
	PatternKey     string
	Score          *int
	Maximum        int
	Components     []HealthComponent
	Metrics        []*Observation
	Trend          *HealthTrend
	TrendSource    *HealthSource
	Change         *float64
	Series         []HealthPoint
	Dashboard      *DashboardHealth
	CollectedScore *int
	ClassifiedKey  string
	Missing        []HealthGap
	FormulaVersion string
}

// HealthComponent has the points that one metric adds to the score. Observed is nil if the metric has no
// value; then it adds nothing and Missing says why.
type HealthComponent struct {
	Metric   HealthMetric
	Value    *float64
	Points   int
	Maximum  int
	Observed *Observation
	Missing  *string
}

// HealthPoint is one value of a series. At is a month.
type HealthPoint struct {
	At     string
	Value  float64
	Source HealthSource
}

// HealthGap is something that is not known. Metric is nil if it concerns the whole pattern.
type HealthGap struct {
	Metric *HealthMetric
	Reason string
}

// DashboardHealth holds the health dashboard's figures, which have a scale of their own.
type DashboardHealth struct {
	Score           float64
	StatedTrend     string
	GitHubStars     *float64
	ConferenceTalks *float64
	JobMentions     *float64
	AdoptionRate    *float64
	AdopterKeys     []string
	ListedTierKey   string
	UpdatedAt       time.Time
}

// HealthFilter selects patterns by their health. All given conditions must hold.
type HealthFilter struct {
	Tier      *SlugFilter
	Category  *PatternCategoryFilter
	Trend     *HealthTrendFilter
	Score     *IntFilter
	HasScore  *bool
	HasSeries *bool
}

// HealthTrendFilter selects by the value of HealthTrend.
type HealthTrendFilter = EnumFilter[HealthTrend]

// HealthDashboard is the health of all patterns that a filter selects.
type HealthDashboard struct {
	Rows             []*PatternHealth
	PatternCount     int
	Scored           int
	WithSeries       int
	AverageScore     *float64
	MedianScore      *float64
	Trends           []TrendCount
	Tiers            []TierHealth
	Rising           []*PatternHealth
	Declining        []*PatternHealth
	Coverage         []MetricCoverage
	FirstCollected   *time.Time
	LastCollected    *time.Time
	DashboardUpdated *time.Time
	Scoring          *Scoring
}

// TrendCount is the number of patterns with a trend. A nil Trend counts those without one.
type TrendCount struct {
	Trend *HealthTrend
	Count int
}

// TierHealth is the health of the patterns of a tier. Agreeing counts those that the classifier puts
// into the same tier.
type TierHealth struct {
	TierKey      string
	PatternCount int
	Scored       int
	Average      *float64
	Min          *int
	Max          *int
	Agreeing     int
}

// MetricCoverage is the number of patterns with a value of a metric.
type MetricCoverage struct {
	Metric   HealthMetric
	Observed int
	Missing  int
}

// PatternHealthRecordInput is an observation to be recorded.
type PatternHealthRecordInput struct {
	Pattern     string
	Metric      HealthMetric
	Month       string
	Value       float64
	How         *string
	CollectedAt *time.Time
}

// PatternHealthRecordPayload is the result of recording an observation. PatternKey and Observation
// are empty when nothing was written.
type PatternHealthRecordPayload struct {
	PatternKey  string
	Observation *Observation
	UserErrors  []UserError
}
