package content

// Journey is a guided transformation in phases.
type Journey struct {
	Meta                   `bson:",inline" entry:"order=130,rank=110"`
	Difficulty             Difficulty       `bson:"difficulty" rule:"required" list:"facet" search:"filter"`
	Audience               Audience         `bson:"audience" rule:"required" list:"facet"`
	DurationMonths         IntRange         `bson:"durationMonths,omitempty"`
	DurationMonthsOnIndex  *IntRange        `bson:"durationMonthsOnIndex,omitempty"`
	ROI                    string           `bson:"roi" rule:"publish"`
	ROIOnPage              *string          `bson:"roiOnPage,omitempty"`
	SuccessRate            int              `bson:"successRate" list:"order"`
	SuccessRateOnDashboard *int             `bson:"successRateOnDashboard,omitempty"`
	Investment             Investment       `bson:"investment" rule:"required"`
	Phases                 []JourneyPhase   `bson:"phases,omitempty" rule:"max=10"`
	Outcomes               []JourneyOutcome `bson:"outcomes,omitempty" rule:"max=12"`
	CompanyKeys            []string         `bson:"companies,omitempty" ref:"COMPANY"`
	Body                   RichText         `bson:"body,omitempty" list:"page"`
	Provenance             Provenance       `bson:"provenance,omitempty" list:"page"`
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
	Name         string    `bson:"name" rule:"publish" search:"detail"`
	Summary      string    `bson:"summary" rule:"publish" search:"detail"`
	When         *TimeSpan `bson:"when,omitempty"`
	Users        *IntRange `bson:"users,omitempty"`
	TierKeys     []string  `bson:"tiers,omitempty" ref:"TIER" rule:"max=3"`
	PatternKeys  []string  `bson:"patterns,omitempty" ref:"PATTERN" rule:"max=12"`
	PracticeKeys []string  `bson:"practices,omitempty" ref:"PRACTICE" rule:"max=12"`
	Techniques   []string  `bson:"techniques,omitempty" search:"detail"`
	Targets      []Figure  `bson:"targets,omitempty" rule:"max=12"`
}

// JourneyOutcome is the result that a company achieved.
type JourneyOutcome struct {
	CompanyKey string   `bson:"company,omitempty" ref:"COMPANY" rule:"required"`
	Years      *int     `bson:"years,omitempty"`
	Figures    []Figure `bson:"figures,omitempty" rule:"max=12"`
}

// JourneyFilter selects journeys. All given conditions must hold.
type JourneyFilter struct {
	And, Or []*JourneyFilter
	Not     *JourneyFilter
	EntryFilter
	Difficulty  *DifficultyFilter
	Audience    *AudienceFilter
	Pattern     *SlugFilter `path:"phases.patterns"`
	SuccessRate *IntFilter
}
