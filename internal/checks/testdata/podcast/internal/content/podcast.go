package content

// Podcast is an episode of a podcast about distributed systems.
type Podcast struct {
	Meta        `bson:",inline"`
	Host        string      `bson:"host" rule:"publish" search:"detail"`
	Kind        PodcastKind `bson:"kind" rule:"required" list:"facet"`
	Minutes     *int        `bson:"minutes,omitempty" list:"order"`
	OperatorKey string      `bson:"operator,omitempty" ref:"COMPANY" list:"facet"`
	PatternKeys []string    `bson:"patterns,omitempty" ref:"PATTERN" list:"facet"`
	Body        RichText    `bson:"body,omitempty" list:"page"`
}

// PodcastFilter selects podcasts. All given conditions must hold.
type PodcastFilter struct {
	And, Or []*PodcastFilter
	Not     *PodcastFilter
	EntryFilter
	Kind     *PodcastKindFilter
	Minutes  *IntFilter
	Operator *SlugFilter
	Pattern  *SlugFilter
}
