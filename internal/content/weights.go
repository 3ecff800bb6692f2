package content

// Weights holds the numbers that were chosen because the facts have none; docs/decisions says why.
// Changing a number requires a new version.
type Weights struct {
	Selection SelectionWeights `bson:"selection" json:"selection"`
	Estimate  EstimateWeights  `bson:"estimate"  json:"estimate"`
}

// SelectionWeights holds the weights of the criteria of a selection.
type SelectionWeights struct {
	Version        string            `bson:"version"        json:"version"`
	Criteria       []CriterionWeight `bson:"criteria"       json:"criteria"`
	Relevance      []LevelValue      `bson:"relevance"      json:"relevance"`
	Recommendation []LevelValue      `bson:"recommendation" json:"recommendation"`
	Difficulty     []LevelValue      `bson:"difficulty"     json:"difficulty"`
	Experience     []LevelValue      `bson:"experience"     json:"experience"`
	// AdoptersForFull is the number of adopters for the full value.
	AdoptersForFull int `bson:"adoptersForFull" json:"adoptersForFull"`
}

// CriterionWeight is the weight of a criterion at its full value.
type CriterionWeight struct {
	Criterion SelectionCriterion `bson:"criterion" json:"criterion"`
	Weight    float64            `bson:"weight"    json:"weight"`
}

// LevelValue is the number that stands for a level.
type LevelValue struct {
	Level string  `bson:"level" json:"level"`
	Value float64 `bson:"value" json:"value"`
}

// EstimateWeights holds the factors of an estimate.
type EstimateWeights struct {
	Version      string        `bson:"version"      json:"version"`
	Experience   []LevelValue  `bson:"experience"   json:"experience"`
	Architecture []LevelValue  `bson:"architecture" json:"architecture"`
	Scale        []ScaleFactor `bson:"scale"        json:"scale"`
	// Coordination is the share of extra work for each team member beyond the developers needed.
	Coordination float64 `bson:"coordination" json:"coordination"`
	// SystemDays is the person-days for connecting one existing system.
	SystemDays FloatRange `bson:"systemDays" json:"systemDays"`
	// SharedWork is the share of work that a pattern saves for each other pattern, chosen or in
	// use, that it complements or requires; SharedWorkMax bounds the sum.
	SharedWork    float64 `bson:"sharedWork"    json:"sharedWork"`
	SharedWorkMax float64 `bson:"sharedWorkMax" json:"sharedWorkMax"`
	// InteractionDays is the person-days for one point of interaction between patterns.
	InteractionDays float64 `bson:"interactionDays" json:"interactionDays"`
	// MigrationWeeks has the weeks of an effort level, for a migration without a duration
	// (facts: migrations.json, complexityLevels; a level between two spans both).
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

// ScaleFactor is the factor for at least a number of users.
type ScaleFactor struct {
	Users  int     `bson:"users"  json:"users"`
	Factor float64 `bson:"factor" json:"factor"`
}

// FloatRange is a range of numbers, in the unit of its field.
type FloatRange struct {
	Min float64 `bson:"min" json:"min"`
	Max float64 `bson:"max" json:"max"`
}

// ValueOf returns the value of a level; false for an unknown one.
func ValueOf(values []LevelValue, level string) (float64, bool) {
	for _, v := range values {
		if v.Level == level {
			return v.Value, true
		}
	}
	return 0, false
}
