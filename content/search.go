package content

// Search is what somebody looks for: words, the types wanted (nil for all), and a filter.
type Search struct {
	Text   string
	Types  []EntryType
	Filter *SearchFilter
}

// SearchFilter narrows a search to entries of any type. All given conditions must hold; an
// entry without a tier, category or difficulty fits none of theirs.
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

// Hit is an entry that a search has found. Scores compare within one search only.
type Hit struct {
	ID    ID
	Score float64
}

// Hits is a part of what a search has found, the best first, and how many there are in all.
type Hits struct {
	Items   []Hit
	HasNext bool
	Total   int
}

// Highlight shows where the words of a search stand in one field of an entry. Fragments are
// safe HTML: the text escaped, the words in <mark>.
type Highlight struct {
	Field     string
	Fragments []string
}

// Suggestion is a name that somebody may be typing, and the entry that has it.
type Suggestion struct {
	Text         string
	Name         string
	ResourcePath string
	Entry        ID
}

// Type is the type of the suggested entry.
func (s *Suggestion) Type() EntryType { return s.Entry.Type }
