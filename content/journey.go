package content

// Journey is a guided transformation in phases.
type Journey struct {
	Meta                   `bson:",inline"`
	Difficulty             Difficulty       `bson:"difficulty" rule:"required"`
	Audience               JourneyAudience  `bson:"audience" rule:"required"`
	DurationMonths         IntRange         `bson:"durationMonths,omitempty"`
	DurationMonthsOnIndex  *IntRange        `bson:"durationMonthsOnIndex,omitempty"`
	ROI                    string           `bson:"roi" rule:"publish"`
	ROIOnPage              *string          `bson:"roiOnPage,omitempty"`
	SuccessRate            int              `bson:"successRate"`
	SuccessRateOnDashboard *int             `bson:"successRateOnDashboard,omitempty"`
	Investment             Investment       `bson:"investment" rule:"required"`
	Phases                 []JourneyPhase   `bson:"phases,omitempty" rule:"max=10"`
	Outcomes               []JourneyOutcome `bson:"outcomes,omitempty" rule:"max=12"`
	CompanyKeys            []string         `bson:"companies,omitempty" ref:"COMPANY"`
	Body                   RichText         `bson:"body,omitempty"`
	Provenance             Provenance       `bson:"provenance,omitempty"`
}

// TimeSpan is a span of time, counted from the start.
type TimeSpan struct {
	Unit  TimeUnit `bson:"unit" rule:"required"`
	Start int      `bson:"start"`
	End   int      `bson:"end"`
}

// JourneyPhase is one phase of a journey.
type JourneyPhase struct {
	Order        int       `bson:"order"`
	Name         string    `bson:"name" rule:"publish"`
	Summary      string    `bson:"summary" rule:"publish"`
	When         *TimeSpan `bson:"when,omitempty"`
	Users        *IntRange `bson:"users,omitempty"`
	TierKeys     []string  `bson:"tiers,omitempty" ref:"TIER" rule:"max=3"`
	PatternKeys  []string  `bson:"patterns,omitempty" ref:"PATTERN" rule:"max=12"`
	PracticeKeys []string  `bson:"practices,omitempty" ref:"PRACTICE" rule:"max=12"`
	Techniques   []string  `bson:"techniques,omitempty"`
	Targets      []Figure  `bson:"targets,omitempty" rule:"max=12"`
}

// JourneyOutcome is what a company reached.
type JourneyOutcome struct {
	CompanyKey string   `bson:"company,omitempty" ref:"COMPANY" rule:"required"`
	Years      *int     `bson:"years,omitempty"`
	Figures    []Figure `bson:"figures,omitempty" rule:"max=12"`
}

// JourneyAudience is whom a journey is for.
type JourneyAudience string

// Values lists the values of the enum.
func (JourneyAudience) Values() []string {
	return []string{"STARTUP", "LEGACY", "ENTERPRISE"}
}

// Investment is how much a journey costs.
type Investment string

// Values lists the values of the enum.
func (Investment) Values() []string {
	return []string{"LOW_MEDIUM", "MEDIUM", "HIGH"}
}

// TimeUnit is the unit of a span of time.
type TimeUnit string

// Values lists the values of the enum.
func (TimeUnit) Values() []string {
	return []string{"WEEK", "MONTH"}
}

// JourneyFilter selects journeys. All given conditions must hold.
type JourneyFilter struct {
	And, Or []*JourneyFilter
	Not     *JourneyFilter
	EntryFilter
	Difficulty  *DifficultyFilter
	Audience    *JourneyAudienceFilter
	Pattern     *SlugFilter
	SuccessRate *IntFilter
}

// JourneyAudienceFilter selects by the value of JourneyAudience.
type JourneyAudienceFilter = EnumFilter[JourneyAudience]

// OrderValue is the value of one of the order fields of journeys.
func (j *Journey) OrderValue(field string) (any, bool) {
	if field == "SUCCESS_RATE" {
		return j.SuccessRate, true
	}
	return j.Meta.OrderValue(field)
}
