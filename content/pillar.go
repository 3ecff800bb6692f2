package content

// Pillar is one of the five pillars by which work is spread over machines.
type Pillar struct {
	Meta            `bson:",inline"`
	Number          int                 `bson:"number"`
	ShortCode       string              `bson:"shortCode" rule:"publish"`
	Difficulty      *Difficulty         `bson:"difficulty,omitempty"`
	ReadingMinutes  *int                `bson:"readingMinutes,omitempty"`
	StudyHours      IntRange            `bson:"studyHours,omitempty"`
	KeyPatterns     []Subject           `bson:"keyPatterns,omitempty" rule:"max=12"`
	KeyTechniques   []string            `bson:"keyTechniques,omitempty"`
	Example         *PillarExample      `bson:"example,omitempty"`
	Combinations    []PillarCombination `bson:"combinations,omitempty" rule:"max=5"`
	LawsOnIndexKeys []string            `bson:"lawsOnIndex,omitempty" ref:"LAW" rule:"max=7"`
	PatternFits     []PatternFit        `bson:"patternFit,omitempty"`
	Body            RichText            `bson:"body,omitempty"`
	Provenance      Provenance          `bson:"provenance,omitempty"`
}

// PillarExample is an example of a pillar at work.
type PillarExample struct {
	CompanyKey string `bson:"company,omitempty" ref:"COMPANY"`
	Scale      string `bson:"scale" rule:"publish"`
}

// PillarCombination is pillars that work together.
type PillarCombination struct {
	PillarKeys  []string `bson:"pillars,omitempty" ref:"PILLAR" rule:"max=5"`
	CompanyKey  string   `bson:"company,omitempty" ref:"COMPANY"`
	PatternKey  string   `bson:"pattern,omitempty" ref:"PATTERN"`
	PracticeKey string   `bson:"practice,omitempty" ref:"PRACTICE"`
}

// PatternFit states how well a pattern serves a pillar.
type PatternFit struct {
	PatternKey string `bson:"pattern" ref:"PATTERN" rule:"required"`
	Fit        int    `bson:"fit"`
}

// Target is the key of the entry that the statement is about.
func (a PatternFit) Target() string { return a.PatternKey }

// PillarFilter selects pillars. All given conditions must hold.
type PillarFilter struct {
	And, Or []*PillarFilter
	Not     *PillarFilter
	EntryFilter
}

// OrderValue is the value of one of the order fields of pillars.
func (p *Pillar) OrderValue(field string) (any, bool) {
	if field == "NUMBER" {
		return p.Number, true
	}
	return p.Meta.OrderValue(field)
}
