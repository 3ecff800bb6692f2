package content

// Tier is a tier of recommendation: gold, silver or bronze.
type Tier struct {
	Meta               `bson:",inline"`
	Rank               int            `bson:"rank"`
	Badge              string         `bson:"badge" rule:"publish"`
	StatedPatternCount *int           `bson:"statedPatternCount,omitempty"`
	Criteria           []string       `bson:"criteria,omitempty"`
	Targets            []Figure       `bson:"targets,omitempty" rule:"max=12"`
	Statistics         TierStatistics `bson:"statistics,omitempty"`
	Body               RichText       `bson:"body,omitempty"`
	Provenance         Provenance     `bson:"provenance,omitempty"`
}

// TierStatistics is what adopting a pattern of a tier usually takes.
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

// OrderValue is the value of one of the order fields of tiers.
func (t *Tier) OrderValue(field string) (any, bool) {
	if field == "RANK" {
		return t.Rank, true
	}
	return t.Meta.OrderValue(field)
}
