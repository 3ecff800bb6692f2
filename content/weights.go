package content

// Weights is the numbers that were chosen where the facts give none; the decisions in
// docs/decisions say why. A change of a number needs a new version.
type Weights struct {
	Selection SelectionWeights `bson:"selection" json:"selection"`
	Estimate  EstimateWeights  `bson:"estimate"  json:"estimate"`
}

// SelectionWeights is how much the criteria of a selection count.
type SelectionWeights struct {
	Version        string            `bson:"version"        json:"version"`
	Criteria       []CriterionWeight `bson:"criteria"       json:"criteria"`
	Relevance      []LevelValue      `bson:"relevance"      json:"relevance"`
	Recommendation []LevelValue      `bson:"recommendation" json:"recommendation"`
	Difficulty     []LevelValue      `bson:"difficulty"     json:"difficulty"`
	Experience     []LevelValue      `bson:"experience"     json:"experience"`
	// AdoptersForFull is how many adopters give the full value.
	AdoptersForFull int `bson:"adoptersForFull" json:"adoptersForFull"`
}

// CriterionWeight is how much a criterion counts at its full value.
type CriterionWeight struct {
	Criterion SelectionCriterion `bson:"criterion" json:"criterion"`
	Weight    float64            `bson:"weight"    json:"weight"`
}

// LevelValue is the number that stands for a level.
type LevelValue struct {
	Level string  `bson:"level" json:"level"`
	Value float64 `bson:"value" json:"value"`
}

// EstimateWeights is the factors of an estimate.
type EstimateWeights struct {
	Version      string        `bson:"version"      json:"version"`
	Experience   []LevelValue  `bson:"experience"   json:"experience"`
	Architecture []LevelValue  `bson:"architecture" json:"architecture"`
	Scale        []ScaleFactor `bson:"scale"        json:"scale"`
	// Coordination is what each member beyond the developers that the work needs adds to it, as a share.
	Coordination float64 `bson:"coordination" json:"coordination"`
	// SystemDays is the person-days that the connection to one existing system takes.
	SystemDays FloatRange `bson:"systemDays" json:"systemDays"`
	// SharedWork is the share that a pattern saves for each other of the set, or in use, that it
	// complements or rests on; SharedWorkMax bounds it.
	SharedWork    float64 `bson:"sharedWork"    json:"sharedWork"`
	SharedWorkMax float64 `bson:"sharedWorkMax" json:"sharedWorkMax"`
	// InteractionDays is the person-days of one point of interaction between patterns.
	InteractionDays float64 `bson:"interactionDays" json:"interactionDays"`
	// MigrationWeeks is how many weeks an effort level of a migration stands for, where it has no
	// duration (facts: migrations.json, complexityLevels; the levels in between span both).
	MigrationWeeks []LevelRange `bson:"migrationWeeks" json:"migrationWeeks"`
	WorkDaysWeek   int          `bson:"workDaysWeek"    json:"workDaysWeek"`
	WorkDaysMonth  int          `bson:"workDaysMonth"   json:"workDaysMonth"`
	// ReturnMonths is the time over which a return is counted.
	ReturnMonths int `bson:"returnMonths" json:"returnMonths"`
}

// LevelRange is the range that stands for a level.
type LevelRange struct {
	Level string  `bson:"level" json:"level"`
	Min   float64 `bson:"min"   json:"min"`
	Max   float64 `bson:"max"   json:"max"`
}

// ScaleFactor is the factor from a number of users on.
type ScaleFactor struct {
	Users  int     `bson:"users"  json:"users"`
	Factor float64 `bson:"factor" json:"factor"`
}

// FloatRange is a range of numbers; the unit stands in the field that has it.
type FloatRange struct {
	Min float64 `bson:"min" json:"min"`
	Max float64 `bson:"max" json:"max"`
}

// ValueOf finds the value of a level; false for an unknown one.
func ValueOf(values []LevelValue, level string) (float64, bool) {
	for _, v := range values {
		if v.Level == level {
			return v.Value, true
		}
	}
	return 0, false
}
