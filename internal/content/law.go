package content

// Law is one of the seven laws that distributed systems obey.
type Law struct {
	Meta             `bson:",inline" entry:"order=20,rank=40"`
	Number           int                 `bson:"number" list:"order"`
	ShortCode        string              `bson:"shortCode" rule:"publish" search:"alias"`
	Group            LawGroup            `bson:"group" rule:"required"`
	LearningOrder    int                 `bson:"learningOrder" list:"order"`
	Difficulty       *Difficulty         `bson:"difficulty,omitempty" search:"filter"`
	ReadingMinutes   *int                `bson:"readingMinutes,omitempty"`
	StudyHours       IntRange            `bson:"studyHours,omitempty"`
	PillarKeys       []string            `bson:"pillars,omitempty" ref:"PILLAR" rule:"max=5"`
	DirectPillarKeys []string            `bson:"directPillars,omitempty" ref:"PILLAR" rule:"max=5" back:"Pillar.directLaws"`
	KeyPatterns      []Subject           `bson:"keyPatterns,omitempty" rule:"max=12"`
	Interactions     []LawInteraction    `bson:"interactions,omitempty" rule:"max=7"`
	Combinations     []LawCombination    `bson:"combinations,omitempty" rule:"max=5"`
	Loops            []ReinforcementLoop `bson:"loops,omitempty" rule:"max=5"`
	FormerAxioms     []string            `bson:"formerAxioms,omitempty" search:"alias"`
	Body             RichText            `bson:"body,omitempty" list:"page"`
	Provenance       Provenance          `bson:"provenance,omitempty" list:"page"`
}

// LawInteraction is the effect of a law on another.
type LawInteraction struct {
	LawKey  string             `bson:"law,omitempty" ref:"LAW" rule:"required"`
	Kind    LawInteractionKind `bson:"kind" rule:"required"`
	Example *string            `bson:"example,omitempty" search:"detail"`
}

// LawCombination is laws that act together.
type LawCombination struct {
	LawKeys  []string          `bson:"laws,omitempty" ref:"LAW" rule:"max=7"`
	Effect   CombinationEffect `bson:"effect" rule:"required"`
	Patterns []Subject         `bson:"patterns,omitempty" rule:"max=12"`
}

// ReinforcementLoop is a loop in which laws make each other worse.
type ReinforcementLoop struct {
	Name     string    `bson:"name" rule:"publish" search:"detail"`
	PathKeys []string  `bson:"path,omitempty" ref:"LAW" rule:"max=7"`
	Breakers []Subject `bson:"breakers,omitempty" rule:"max=12"`
}

// LawFilter selects laws. All given conditions must hold.
type LawFilter struct {
	And, Or []*LawFilter
	Not     *LawFilter
	EntryFilter
}
