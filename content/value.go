package content

// IntRange is a range of whole numbers; the unit stands in the field that has it. An open end is null.
type IntRange struct {
	Min *int `bson:"min,omitempty"`
	Max *int `bson:"max,omitempty"`
}

// Figure is a number as somebody stated it, with what is needed to compute with it.
type Figure struct {
	Metric     string      `bson:"metric" rule:"publish"`
	Label      string      `bson:"label" rule:"publish"`
	Value      *float64    `bson:"value,omitempty"`
	ValueMax   *float64    `bson:"valueMax,omitempty"`
	Unit       *string     `bson:"unit,omitempty"`
	Comparator *Comparator `bson:"comparator,omitempty"`
}

// Weight is a factor with its share in a weighted sum; the shares of one list sum to 1.
type Weight struct {
	Factor string  `bson:"factor" rule:"publish"`
	Weight float64 `bson:"weight"`
}

// FieldSource is where the value of one field comes from.
type FieldSource struct {
	Field     string  `bson:"field" rule:"publish"`
	Source    string  `bson:"source" rule:"publish"`
	Raw       *string `bson:"raw,omitempty"`
	Reference *string `bson:"reference,omitempty"`
}

// Provenance is where the facts of an entry come from.
type Provenance struct {
	Page         *string       `bson:"page,omitempty"`
	PageStatus   *string       `bson:"pageStatus,omitempty"`
	PageWords    *int          `bson:"pageWords,omitempty"`
	Pages        []string      `bson:"pages,omitempty"`
	Origin       *string       `bson:"origin,omitempty"`
	FieldSources []FieldSource `bson:"fieldSources,omitempty" rule:"max=12"`
}

// Difficulty is how much experience an entry asks of its reader.
type Difficulty string

// Values lists the values of the enum.
func (Difficulty) Values() []string {
	return []string{"BEGINNER", "INTERMEDIATE", "ADVANCED"}
}

// DifficultyFilter selects by the value of Difficulty.
type DifficultyFilter = EnumFilter[Difficulty]

// Effort is how much work something is.
type Effort string

// Values lists the values of the enum.
func (Effort) Values() []string {
	return []string{"LOW", "LOW_MEDIUM", "MEDIUM", "MEDIUM_HIGH", "HIGH", "VERY_HIGH"}
}

// EffortFilter selects by the value of Effort.
type EffortFilter = EnumFilter[Effort]

// Level is a grade on a short scale.
type Level string

// Values lists the values of the enum.
func (Level) Values() []string {
	return []string{"LOW", "MEDIUM", "HIGH", "CRITICAL"}
}

// LevelFilter selects by the value of Level.
type LevelFilter = EnumFilter[Level]

// Comparator is how a true value stands to the stated number.
type Comparator string

// Values lists the values of the enum.
func (Comparator) Values() []string {
	return []string{"AT_LEAST", "BELOW", "ABOVE"}
}

// ComparatorFilter selects by the value of Comparator.
type ComparatorFilter = EnumFilter[Comparator]

// Subject is a pattern, a practice, or a thing without an entry, for which Text stands.
type Subject struct {
	PatternKey  string `bson:"pattern,omitempty" ref:"PATTERN"`
	PracticeKey string `bson:"practice,omitempty" ref:"PRACTICE"`
	Text        string `bson:"label"`
}

// deref gives what p points to as an order value; nil for nil.
func deref[V any](p *V) any {
	if p == nil {
		return nil
	}
	return *p
}
