package content

// IntRange is a range of whole numbers, in the unit of its field. An open end is nil.
type IntRange struct {
	Min *int `bson:"min,omitempty"`
	Max *int `bson:"max,omitempty"`
}

// Figure is a number as the source gives it, with what is needed to compute with it.
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

// FieldSource is the source of the value of one field.
type FieldSource struct {
	Field     string  `bson:"field" rule:"publish"`
	Source    string  `bson:"source" rule:"publish"`
	Raw       *string `bson:"raw,omitempty"`
	Reference *string `bson:"reference,omitempty"`
}

// Provenance has the sources of the facts of an entry.
type Provenance struct {
	Page         *string       `bson:"page,omitempty"`
	PageStatus   *string       `bson:"pageStatus,omitempty"`
	PageWords    *int          `bson:"pageWords,omitempty"`
	Pages        []string      `bson:"pages,omitempty"`
	Origin       *string       `bson:"origin,omitempty"`
	FieldSources []FieldSource `bson:"fieldSources,omitempty" rule:"max=12"`
}

// Subject is a pattern, a practice, or something without an entry, which Text names.
type Subject struct {
	PatternKey  string `bson:"pattern,omitempty" ref:"PATTERN"`
	PracticeKey string `bson:"practice,omitempty" ref:"PRACTICE"`
	Text        string `bson:"label"`
}

// deref returns what p points to as an order value; nil for nil.
func deref[V any](p *V) any {
	if p == nil {
		return nil
	}
	return *p
}
