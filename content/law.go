package content

// Law is one of the seven laws that distributed systems obey.
type Law struct {
	Meta             `bson:",inline"`
	Number           int                 `bson:"number"`
	ShortCode        string              `bson:"shortCode" rule:"publish"`
	Group            LawGroup            `bson:"group" rule:"required"`
	LearningOrder    int                 `bson:"learningOrder"`
	Difficulty       *Difficulty         `bson:"difficulty,omitempty"`
	ReadingMinutes   *int                `bson:"readingMinutes,omitempty"`
	StudyHours       IntRange            `bson:"studyHours,omitempty"`
	PillarKeys       []string            `bson:"pillars,omitempty" ref:"PILLAR" rule:"max=5"`
	DirectPillarKeys []string            `bson:"directPillars,omitempty" ref:"PILLAR" rule:"max=5"`
	KeyPatterns      []Subject           `bson:"keyPatterns,omitempty" rule:"max=12"`
	Interactions     []LawInteraction    `bson:"interactions,omitempty" rule:"max=7"`
	Combinations     []LawCombination    `bson:"combinations,omitempty" rule:"max=5"`
	Loops            []ReinforcementLoop `bson:"loops,omitempty" rule:"max=5"`
	FormerAxioms     []string            `bson:"formerAxioms,omitempty"`
	Body             RichText            `bson:"body,omitempty"`
	Provenance       Provenance          `bson:"provenance,omitempty"`
}

// LawInteraction is how a law acts on another.
type LawInteraction struct {
	LawKey  string             `bson:"law,omitempty" ref:"LAW" rule:"required"`
	Kind    LawInteractionKind `bson:"kind" rule:"required"`
	Example *string            `bson:"example,omitempty"`
}

// LawCombination is laws that act together.
type LawCombination struct {
	LawKeys  []string          `bson:"laws,omitempty" ref:"LAW" rule:"max=7"`
	Effect   CombinationEffect `bson:"effect" rule:"required"`
	Patterns []Subject         `bson:"patterns,omitempty" rule:"max=12"`
}

// ReinforcementLoop is a loop in which laws make each other worse.
type ReinforcementLoop struct {
	Name     string    `bson:"name" rule:"publish"`
	PathKeys []string  `bson:"path,omitempty" ref:"LAW" rule:"max=7"`
	Breakers []Subject `bson:"breakers,omitempty" rule:"max=12"`
}

// LawGroup is how the laws are grouped for learning.
type LawGroup string

// Values lists the values of the enum.
func (LawGroup) Values() []string {
	return []string{"FOUNDATION", "ADVANCED", "HUMAN"}
}

// LawInteractionKind is how a law acts on another.
type LawInteractionKind string

// Values lists the values of the enum.
func (LawInteractionKind) Values() []string {
	return []string{"FEEDS", "FED_BY", "INFLUENCES", "INFLUENCED_BY", "INTERACTS"}
}

// CombinationEffect is what happens when laws act together.
type CombinationEffect string

// Values lists the values of the enum.
func (CombinationEffect) Values() []string {
	return []string{"SYNERGY", "DANGEROUS", "MANAGEABLE"}
}

// LawFilter selects laws. All given conditions must hold.
type LawFilter struct {
	And, Or []*LawFilter
	Not     *LawFilter
	EntryFilter
}

// OrderValue is the value of one of the order fields of laws.
func (l *Law) OrderValue(field string) (any, bool) {
	switch field {
	case "NUMBER":
		return l.Number, true
	case "LEARNING_ORDER":
		return l.LearningOrder, true
	}
	return l.Meta.OrderValue(field)
}
