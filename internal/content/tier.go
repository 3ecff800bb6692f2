package content

// Tier is a tier of recommendation: gold, silver or bronze.
type Tier struct {
	Meta               `bson:",inline" entry:"order=10,rank=60"`
	Rank               int            `bson:"rank" list:"order"`
	Badge              string         `bson:"badge" rule:"publish" search:"detail"`
	StatedPatternCount *int           `bson:"statedPatternCount,omitempty"`
	Criteria           []string       `bson:"criteria,omitempty" list:"page" search:"detail"`
	Targets            []Figure       `bson:"targets,omitempty" rule:"max=12"`
	Statistics         TierStatistics `bson:"statistics,omitempty"`
	Body               RichText       `bson:"body,omitempty" list:"page"`
	Provenance         Provenance     `bson:"provenance,omitempty" list:"page"`
}

// TierStatistics has the usual effort of adopting a pattern of a tier.
type TierStatistics struct {
	ImplementationWeeks IntRange `bson:"implementationWeeks,omitempty"`
	TeamSize            IntRange `bson:"teamSize,omitempty"`
	SuccessRate         int      `bson:"successRate"`
	ReturnMonths        IntRange `bson:"returnMonths,omitempty"`
}

// TierFilter selects tiers. All given conditions must hold.
type TierFilter struct {
	And, Or []*TierFilter
	Not     *TierFilter
	EntryFilter
}
