package content

// CaseStudy describes how a real or typical system runs patterns at scale.
type CaseStudy struct {
	Meta              `bson:",inline" entry:"order=80,rank=30"`
	Kind              CaseStudyKind       `bson:"kind" rule:"required" list:"facet"`
	Collection        CaseStudyCollection `bson:"collection" rule:"required" list:"facet"`
	Domain            string              `bson:"domain" rule:"publish" list:"facet" search:"detail"`
	System            string              `bson:"system" rule:"publish" search:"detail"`
	TierKey           string              `bson:"tier,omitempty" ref:"TIER" list:"facet" search:"filter" back:"Tier.caseStudies"`
	ScaleCategory     *ScaleCategory      `bson:"scaleCategory,omitempty" list:"facet"`
	Year              int                 `bson:"year" list:"order,facet"`
	OperationalStatus *OperationalStatus  `bson:"operationalStatus,omitempty"`
	Difficulty        *Difficulty         `bson:"difficulty,omitempty" list:"facet" search:"filter"`
	ReadingMinutes    *int                `bson:"readingMinutes,omitempty" list:"order"`
	Aliases           []string            `bson:"aliases,omitempty" search:"alias"`
	Techniques        []string            `bson:"techniques,omitempty" search:"detail"`
	Scale             []ScaleFigure       `bson:"scale,omitempty" rule:"max=30"`
	CompanyParts      []CompanyPart       `bson:"companies,omitempty" list:"facet"`
	PatternUses       []PatternUse        `bson:"patterns,omitempty" list:"facet"`
	PracticeKeys      []string            `bson:"practices,omitempty" ref:"PRACTICE"`
	LawKeys           []string            `bson:"laws,omitempty" ref:"LAW" rule:"max=7" list:"facet"`
	PillarKeys        []string            `bson:"pillars,omitempty" ref:"PILLAR" rule:"max=5" list:"facet"`
	Body              RichText            `bson:"body,omitempty" list:"page"`
	Provenance        Provenance          `bson:"provenance,omitempty" list:"page"`
}

// Title is the name; the contract has fields for both.
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

// CompanyPart records that a study is about a company, or uses it as an example.
type CompanyPart struct {
	CompanyKey string      `bson:"company" ref:"COMPANY" rule:"required"`
	Role       CompanyRole `bson:"role" rule:"required"`
}

// Target is the key of the entry that the statement is about.
func (a CompanyPart) Target() string { return a.CompanyKey }

// PatternUse records that the system of a study uses a pattern.
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

// CaseStudyFilter selects case studies. All given conditions must hold.
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
