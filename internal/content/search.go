package content

// Search is a search query: words, the types to find (nil for all), and a filter.
type Search struct {
	Text   string
	Types  []EntryType
	Filter *SearchFilter
}

// SearchFilter narrows a search over entries of all types. All given conditions must hold. An entry
// without a tier, category or difficulty matches no condition on that field.
type SearchFilter struct {
	And, Or    []*SearchFilter
	Not        *SearchFilter
	Type       *EntryTypeFilter
	Tier       *SlugFilter
	Category   *PatternCategoryFilter
	Difficulty *DifficultyFilter
}

// EntryTypeFilter selects by entry type.
type EntryTypeFilter = EnumFilter[EntryType]

// Hit is an entry that a search has found. Scores are comparable only within one search. Revision is the one
// that the index has, where an index can be wrong about what is present; otherwise it is 0.
type Hit struct {
	ID       ID
	Score    float64
	Revision int
}

// Hits is a part of the results of a search, the best first, with the total number of results.
type Hits struct {
	Items   []Hit
	HasNext bool
	Total   int
}

// Highlight shows the words of a search in one field of an entry. Fragments are safe HTML: the text
// is escaped and the words are in <mark>.
type Highlight struct {
	Field     string
	Fragments []string
}

// Suggestion is a completion of what a user types, and the entry with that name.
type Suggestion struct {
	Text         string
	Name         string
	ResourcePath string
	Entry        ID
}

// Type is the type of the suggested entry.
func (s *Suggestion) Type() EntryType { return s.Entry.Type }
