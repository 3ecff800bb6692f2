package content

import "reflect"

// LearningPath is a path of weekly steps through the hub.
type LearningPath struct {
	Meta               `bson:",inline" entry:"order=120,rank=130"`
	Kind               LearningPathKind `bson:"kind" rule:"required" list:"facet"`
	RoleKey            string           `bson:"role,omitempty" ref:"ROLE" list:"facet"`
	LinkedFromRoleKey  string           `bson:"linkedFromRole,omitempty" ref:"ROLE"`
	RoleLabel          *string          `bson:"roleLabel,omitempty" search:"detail"`
	Topic              *string          `bson:"topic,omitempty" search:"detail"`
	SeedLink           *string          `bson:"seedLink,omitempty"`
	DurationWeeks      *int             `bson:"durationWeeks,omitempty" list:"order"`
	DurationWeeksRange *IntRange        `bson:"durationWeeksRange,omitempty"`
	// DurationWeeksOnPage is the duration on the path's own page, if it differs.
	DurationWeeksOnPage *IntRange      `bson:"durationWeeksOnPage,omitempty"`
	TotalHours          *IntRange      `bson:"totalHours,omitempty"`
	WeekStart           *int           `bson:"weekStart,omitempty"`
	WeekEnd             *int           `bson:"weekEnd,omitempty"`
	Steps               []LearningStep `bson:"steps,omitempty" rule:"max=10"`
	PatternKeys         []string       `bson:"patterns,omitempty" ref:"PATTERN"`
	Body                RichText       `bson:"body,omitempty" list:"page"`
	Provenance          Provenance     `bson:"provenance,omitempty" list:"page"`
}

// StepLink links a step to an entry, a category or a section.
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
	Label     string     `bson:"label" rule:"publish" search:"detail"`
	Summary   string     `bson:"summary" rule:"publish" search:"detail"`
	Links     []StepLink `bson:"links,omitempty" rule:"max=12"`
}

// LearningPathFilter selects learning paths. All given conditions must hold.
type LearningPathFilter struct {
	And, Or []*LearningPathFilter
	Not     *LearningPathFilter
	EntryFilter
	Kind          *LearningPathKindFilter
	Role          *SlugFilter
	DurationWeeks *IntFilter
}

// Target returns the id of the entry that the link refers to, or the zero ID if it refers to no entry.
func (l *StepLink) Target() ID {
	var out ID
	walkStruct(reflect.ValueOf(l).Elem(), func(r Reference, _ func(string)) {
		if out.Key == "" {
			out = r.Target
		}
	})
	return out
}
