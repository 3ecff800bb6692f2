package content

// LearningPath is a path of weekly steps through the hub.
type LearningPath struct {
	Meta                `bson:",inline"`
	Kind                LearningPathKind `bson:"kind" rule:"required"`
	RoleKey             string           `bson:"role,omitempty" ref:"ROLE"`
	LinkedFromRoleKey   string           `bson:"linkedFromRole,omitempty" ref:"ROLE"`
	RoleLabel           *string          `bson:"roleLabel,omitempty"`
	Topic               *string          `bson:"topic,omitempty"`
	SeedLink            *string          `bson:"seedLink,omitempty"`
	DurationWeeks       *int             `bson:"durationWeeks,omitempty"`
	DurationWeeksRange  *IntRange        `bson:"durationWeeksRange,omitempty"`
	DurationWeeksOnPage *IntRange        `bson:"durationWeeksOnPage,omitempty"`
	TotalHours          *IntRange        `bson:"totalHours,omitempty"`
	WeekStart           *int             `bson:"weekStart,omitempty"`
	WeekEnd             *int             `bson:"weekEnd,omitempty"`
	Steps               []LearningStep   `bson:"steps,omitempty" rule:"max=10"`
	PatternKeys         []string         `bson:"patterns,omitempty" ref:"PATTERN"`
	Body                RichText         `bson:"body,omitempty"`
	Provenance          Provenance       `bson:"provenance,omitempty"`
}

// StepLink is where a step leads: an entry, a category or a section.
type StepLink struct {
	Category      *PatternCategory `bson:"category,omitempty"`
	Section       *string          `bson:"section,omitempty"`
	LawKey        string           `bson:"law,omitempty" ref:"LAW"`
	PillarKey     string           `bson:"pillar,omitempty" ref:"PILLAR"`
	TierKey       string           `bson:"tier,omitempty" ref:"TIER"`
	GuideKey      string           `bson:"guide,omitempty" ref:"GUIDE"`
	PatternKey    string           `bson:"pattern,omitempty" ref:"PATTERN"`
	QuickStartKey string           `bson:"quickStart,omitempty" ref:"QUICK_START"`
}

// LearningStep is one step of a path.
type LearningStep struct {
	Order     int        `bson:"order"`
	WeekStart int        `bson:"weekStart"`
	WeekEnd   int        `bson:"weekEnd"`
	Label     string     `bson:"label" rule:"publish"`
	Summary   string     `bson:"summary" rule:"publish"`
	Links     []StepLink `bson:"links,omitempty" rule:"max=12"`
}

// LearningPathKind is what sort of path it is.
type LearningPathKind string

// Values lists the values of the enum.
func (LearningPathKind) Values() []string {
	return []string{"ROLE_PATH", "DOCUMENTATION_PATH", "PATTERN_TRACK"}
}

// LearningPathFilter selects learningPaths. All given conditions must hold.
type LearningPathFilter struct {
	And, Or []*LearningPathFilter
	Not     *LearningPathFilter
	EntryFilter
	Kind          *LearningPathKindFilter
	Role          *SlugFilter
	DurationWeeks *IntFilter
}

// LearningPathKindFilter selects by the value of LearningPathKind.
type LearningPathKindFilter = EnumFilter[LearningPathKind]

// OrderValue is the value of one of the order fields of learningPaths.
func (l *LearningPath) OrderValue(field string) (any, bool) {
	if field == "DURATION_WEEKS" {
		return deref(l.DurationWeeks), true
	}
	return l.Meta.OrderValue(field)
}

// Target is the id of the entry that a link leads to; the zero ID when it leads to none.
func (l *StepLink) Target() ID {
	for _, id := range []ID{
		{TypeLaw, l.LawKey},
		{TypePillar, l.PillarKey},
		{TypeTier, l.TierKey},
		{TypeGuide, l.GuideKey},
		{TypePattern, l.PatternKey},
		{TypeQuickStart, l.QuickStartKey},
	} {
		if id.Key != "" {
			return id
		}
	}
	return ID{}
}
