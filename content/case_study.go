package content

// CaseStudy is how a real or typical system runs patterns at scale.
type CaseStudy struct {
	Meta              `bson:",inline"`
	Kind              CaseStudyKind       `bson:"kind" rule:"required"`
	Collection        CaseStudyCollection `bson:"collection" rule:"required"`
	Domain            string              `bson:"domain" rule:"publish"`
	System            string              `bson:"system" rule:"publish"`
	TierKey           string              `bson:"tier,omitempty" ref:"TIER"`
	ScaleCategory     *ScaleCategory      `bson:"scaleCategory,omitempty"`
	Year              int                 `bson:"year"`
	OperationalStatus *OperationalStatus  `bson:"operationalStatus,omitempty"`
	Difficulty        *Difficulty         `bson:"difficulty,omitempty"`
	ReadingMinutes    *int                `bson:"readingMinutes,omitempty"`
	Aliases           []string            `bson:"aliases,omitempty"`
	Techniques        []string            `bson:"techniques,omitempty"`
	Scale             []ScaleFigure       `bson:"scale,omitempty" rule:"max=30"`
	CompanyParts      []CompanyPart       `bson:"companies,omitempty"`
	PatternUses       []PatternUse        `bson:"patterns,omitempty"`
	PracticeKeys      []string            `bson:"practices,omitempty" ref:"PRACTICE"`
	LawKeys           []string            `bson:"laws,omitempty" ref:"LAW" rule:"max=7"`
	PillarKeys        []string            `bson:"pillars,omitempty" ref:"PILLAR" rule:"max=5"`
	Body              RichText            `bson:"body,omitempty"`
	Provenance        Provenance          `bson:"provenance,omitempty"`
}

// Title is the name, as the contract calls it beside name.
func (c *CaseStudy) Title() string { return c.Name }

// ScaleFigure is a figure about the size or speed of a system.
type ScaleFigure struct {
	Metric     string      `bson:"metric" rule:"publish"`
	Label      string      `bson:"label" rule:"publish"`
	Value      *float64    `bson:"value,omitempty"`
	ValueMax   *float64    `bson:"valueMax,omitempty"`
	Unit       *string     `bson:"unit,omitempty"`
	Comparator *Comparator `bson:"comparator,omitempty"`
	Qualifier  *string     `bson:"qualifier,omitempty"`
	Year       *int        `bson:"year,omitempty"`
	Suspect    bool        `bson:"suspect"`
}

// CompanyPart states that a study is about a company, or has it as an example.
type CompanyPart struct {
	CompanyKey string      `bson:"company" ref:"COMPANY" rule:"required"`
	Role       CompanyRole `bson:"role" rule:"required"`
}

// Target is the key of the entry that the statement is about.
func (a CompanyPart) Target() string { return a.CompanyKey }

// PatternUse states that a pattern plays a part in a study.
type PatternUse struct {
	PatternKey    string   `bson:"pattern" ref:"PATTERN" rule:"required"`
	Sources       []string `bson:"sources,omitempty"`
	Inferred      bool     `bson:"inferred"`
	ListedTierKey string   `bson:"listedTier,omitempty" ref:"TIER"`
	ListedAs      []string `bson:"listedAs,omitempty"`
	Mentions      *int     `bson:"mentions,omitempty"`
}

// Target is the key of the entry that the statement is about.
func (a PatternUse) Target() string { return a.PatternKey }

// CaseStudyKind is what sort of study it is.
type CaseStudyKind string

// Values lists the values of the enum.
func (CaseStudyKind) Values() []string {
	return []string{"COMPANY_SYSTEM", "ELITE_ENGINEERING", "GOOGLE_SYSTEMS", "INTERVIEW_DESIGN", "MIGRATION_STORY", "OPEN_SOURCE_SYSTEM", "REFERENCE_DESIGN"}
}

// CaseStudyCollection is the shelf on which a study stands.
type CaseStudyCollection string

// Values lists the values of the enum.
func (CaseStudyCollection) Values() []string {
	return []string{"ADVERTISING_ANALYTICS", "COLLABORATION", "DATA_PROCESSING", "GAMING", "INFRASTRUCTURE", "LOCATION_MAPS", "MEDIA_STREAMING", "MESSAGING_COMMUNICATION", "MIGRATION_STORIES", "MONITORING", "PAYMENTS_COMMERCE", "SEARCH_DISCOVERY", "SECURITY_LEDGERS", "SOCIAL_FEEDS", "STORAGE_DATABASES"}
}

// ScaleCategory is the order of magnitude of a system.
type ScaleCategory string

// Values lists the values of the enum.
func (ScaleCategory) Values() []string {
	return []string{"HYPERSCALE", "INTERNET_SCALE", "GLOBAL_SCALE", "LARGE_SCALE", "ENTERPRISE_SCALE", "MEDIUM_SCALE"}
}

// OperationalStatus is whether a system still runs.
type OperationalStatus string

// Values lists the values of the enum.
func (OperationalStatus) Values() []string {
	return []string{"LEGACY", "LEGACY_MIGRATION", "PRODUCTION"}
}

// CompanyRole is the part a company plays in a study.
type CompanyRole string

// Values lists the values of the enum.
func (CompanyRole) Values() []string {
	return []string{"SUBJECT", "EXAMPLE"}
}

// CaseStudyFilter selects caseStudies. All given conditions must hold.
type CaseStudyFilter struct {
	And, Or []*CaseStudyFilter
	Not     *CaseStudyFilter
	EntryFilter
	Kind              *CaseStudyKindFilter
	Collection        *CaseStudyCollectionFilter
	Domain            *TextFilter
	Tier              *SlugFilter
	ScaleCategory     *ScaleCategoryFilter
	OperationalStatus *OperationalStatusFilter
	Difficulty        *DifficultyFilter
	Year              *IntFilter
	ReadingMinutes    *IntFilter
	System            *TextFilter
	Company           *SlugFilter
	Pattern           *SlugFilter
	Practice          *SlugFilter
	Law               *SlugFilter
	Pillar            *SlugFilter
}

// CaseStudyKindFilter selects by the value of CaseStudyKind.
type CaseStudyKindFilter = EnumFilter[CaseStudyKind]

// CaseStudyCollectionFilter selects by the value of CaseStudyCollection.
type CaseStudyCollectionFilter = EnumFilter[CaseStudyCollection]

// ScaleCategoryFilter selects by the value of ScaleCategory.
type ScaleCategoryFilter = EnumFilter[ScaleCategory]

// OperationalStatusFilter selects by the value of OperationalStatus.
type OperationalStatusFilter = EnumFilter[OperationalStatus]

// OrderValue is the value of one of the order fields of caseStudies.
func (c *CaseStudy) OrderValue(field string) (any, bool) {
	switch field {
	case "YEAR":
		return c.Year, true
	case "READING_MINUTES":
		return deref(c.ReadingMinutes), true
	}
	return c.Meta.OrderValue(field)
}
