package content

// Pillar is one of the five pillars of distributing work over machines.
type Pillar struct {
	Meta            `bson:",inline" entry:"order=30,rank=50"`
	Number          int                 `bson:"number" list:"order"`
	ShortCode       string              `bson:"shortCode" rule:"publish" search:"alias"`
	Difficulty      *Difficulty         `bson:"difficulty,omitempty" search:"filter"`
	ReadingMinutes  *int                `bson:"readingMinutes,omitempty"`
	StudyHours      IntRange            `bson:"studyHours,omitempty"`
	KeyPatterns     []Subject           `bson:"keyPatterns,omitempty" rule:"max=12"`
	KeyTechniques   []string            `bson:"keyTechniques,omitempty" search:"detail"`
	Example         *PillarExample      `bson:"example,omitempty"`
	Combinations    []PillarCombination `bson:"combinations,omitempty" rule:"max=5"`
	LawsOnIndexKeys []string            `bson:"lawsOnIndex,omitempty" ref:"LAW" rule:"max=7"`
	PatternFits     []PatternFit        `bson:"patternFit,omitempty"`
	Body            RichText            `bson:"body,omitempty" list:"page"`
	Provenance      Provenance          `bson:"provenance,omitempty" list:"page"`
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

// PatternFit records how well a pattern serves a pillar.
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
