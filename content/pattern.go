package content

// Pattern is a proven solution to a recurring problem of distributed systems.
type Pattern struct {
	Meta                `bson:",inline"`
	CatalogName         string           `bson:"catalogName" rule:"publish"`
	TierKey             string           `bson:"tier,omitempty" ref:"TIER" rule:"required"`
	TierClaims          []TierClaim      `bson:"tierClaims,omitempty" rule:"max=10"`
	Category            PatternCategory  `bson:"category" rule:"required"`
	CatalogGroup        CatalogGroup     `bson:"catalogGroup" rule:"required"`
	CatalogStatus       CatalogStatus    `bson:"catalogStatus" rule:"required"`
	Recommendation      Recommendation   `bson:"recommendation" rule:"required"`
	StatedStatus        *string          `bson:"statedStatus,omitempty"`
	Relevance           Relevance        `bson:"relevance" rule:"required"`
	Difficulty          Difficulty       `bson:"difficulty" rule:"required"`
	Introduced          *string          `bson:"introduced,omitempty" rule:"date"`
	ReadingMinutes      int              `bson:"readingMinutes"`
	Aliases             []string         `bson:"aliases,omitempty"`
	Enhanced            bool             `bson:"enhanced"`
	ProblemDomains      []ProblemDomain  `bson:"problemDomains,omitempty"`
	Tags                []string         `bson:"tags,omitempty"`
	PrerequisiteTopics  []string         `bson:"prerequisiteTopics,omitempty"`
	MigrationComplexity *Effort          `bson:"migrationComplexity,omitempty"`
	Problem             string           `bson:"problem" section:"Problem" rule:"publish"`
	Solution            string           `bson:"solution" section:"Solution" rule:"publish"`
	WhenToUse           []string         `bson:"whenToUse,omitempty" section:"When to use"`
	WhenNotToUse        []string         `bson:"whenNotToUse,omitempty" section:"When not to use"`
	TradeOffs           TradeOffs        `bson:"tradeOffs,omitempty" section:"Trade-offs"`
	Checklist           []*ChecklistItem `bson:"checklist,omitempty" section:"Checklist" rule:"max=30"`
	Body                RichText         `bson:"body,omitempty"`
	LawKeys             []string         `bson:"laws,omitempty" ref:"LAW" rule:"max=7"`
	PillarKeys          []string         `bson:"pillars,omitempty" ref:"PILLAR" rule:"max=5"`
	ModernAlternatives  []Subject        `bson:"modernAlternatives,omitempty" rule:"max=6"`
	Adoptions           []Adoption       `bson:"companies,omitempty"`
	Relations           []RelationRow    `bson:"relatedPatterns"`
	Provenance          Provenance       `bson:"provenance,omitempty"`
}

// TierClaim is what one place says about the tier of a pattern.
type TierClaim struct {
	Source  TierClaimSource `bson:"source" rule:"required"`
	TierKey string          `bson:"tier,omitempty" ref:"TIER" rule:"required"`
	Agrees  bool            `bson:"agrees"`
}

// TradeOffs is what one gains and what one pays.
type TradeOffs struct {
	Pros []string `bson:"pros,omitempty" section:"Pros"`
	Cons []string `bson:"cons,omitempty" section:"Cons"`
}

// ChecklistItem is one point to tick before going to production.
type ChecklistItem struct {
	Order int    `bson:"order"`
	Text  string `bson:"text" rule:"publish"`
}

// Adoption states that a company runs a pattern.
type Adoption struct {
	CompanyKey   string   `bson:"company" ref:"COMPANY" rule:"required"`
	Scale        *string  `bson:"scale,omitempty"`
	AlsoReported []string `bson:"alsoReported,omitempty"`
	Sources      []string `bson:"sources,omitempty"`
	Year         *int     `bson:"year,omitempty"`
}

// Target is the key of the entry that the statement is about.
func (a Adoption) Target() string { return a.CompanyKey }

// PatternCategory is what a pattern is chiefly about.
type PatternCategory string

// Values lists the values of the enum.
func (PatternCategory) Values() []string {
	return []string{"COMMUNICATION", "RESILIENCE", "DATA_MANAGEMENT", "SCALING", "ARCHITECTURE", "COORDINATION", "OPERATIONS", "SECURITY"}
}

// CatalogGroup is the grouping of the pattern catalogue.
type CatalogGroup string

// Values lists the values of the enum.
func (CatalogGroup) Values() []string {
	return []string{"CORE", "RESILIENCE", "DATA", "COORDINATION", "OPERATIONAL", "SECURITY"}
}

// CatalogStatus is what the catalogue says of a pattern.
type CatalogStatus string

// Values lists the values of the enum.
func (CatalogStatus) Values() []string {
	return []string{"PRODUCTION_READY", "SPECIALIZED", "EMERGING", "ANTI_PATTERN", "LEGACY"}
}

// Recommendation is what the hub advises about a pattern.
type Recommendation string

// Values lists the values of the enum.
func (Recommendation) Values() []string {
	return []string{"RECOMMENDED", "USE_WITH_EXPERTISE", "USE_WITH_CAUTION", "LEGACY"}
}

// Relevance is how much a pattern matters today.
type Relevance string

// Values lists the values of the enum.
func (Relevance) Values() []string {
	return []string{"MAINSTREAM", "GROWING", "NICHE", "DECLINING"}
}

// ProblemDomain is a kind of problem that a pattern helps with.
type ProblemDomain string

// Values lists the values of the enum.
func (ProblemDomain) Values() []string {
	return []string{"PERFORMANCE", "SCALABILITY", "RELIABILITY", "AVAILABILITY", "CONSISTENCY", "COORDINATION", "MESSAGING", "INTEGRATION", "STORAGE", "ANALYTICS", "REAL_TIME", "GEO", "DEPLOYMENT", "MIGRATION", "SECURITY", "OBSERVABILITY", "COST"}
}

// PatternRelation is how a pattern stands to another one.
type PatternRelation string

// Values lists the values of the enum.
func (PatternRelation) Values() []string {
	return []string{"PREREQUISITE", "COMPLEMENTS", "ALTERNATIVE_TO", "CONFLICTS_WITH", "MIGRATES_TO", "SUPERSEDES"}
}

// RelationDirection is which way a relation is read, seen from the pattern at hand.
type RelationDirection string

// Values lists the values of the enum.
func (RelationDirection) Values() []string {
	return []string{"OUT", "IN", "BOTH"}
}

// TierClaimSource is a place that says which tier a pattern is in.
type TierClaimSource string

// Values lists the values of the enum.
func (TierClaimSource) Values() []string {
	return []string{"CATALOG_PAGE", "FRONT_MATTER", "PATTERNS_INDEX", "DISCOVERY_PAGE", "TIER_PAGE", "TIER_GUIDE", "REORGANIZATION_MAP", "HEALTH_DASHBOARD", "CLASSIFIER", "LATER_HISTORY"}
}

// PatternFilter selects patterns. All given conditions must hold.
type PatternFilter struct {
	And, Or []*PatternFilter
	Not     *PatternFilter
	EntryFilter
	Tier           *SlugFilter
	Category       *PatternCategoryFilter
	Difficulty     *DifficultyFilter
	Relevance      *RelevanceFilter
	Recommendation *RecommendationFilter
	CatalogGroup   *CatalogGroupFilter
	CatalogStatus  *CatalogStatusFilter
	ProblemDomains *ProblemDomainFilter
	Enhanced       *bool
	ReadingMinutes *IntFilter
	Tags           *TextFilter
	Law            *SlugFilter
	Pillar         *SlugFilter
	Company        *SlugFilter
	RelatedTo      *SlugFilter
}

// PatternCategoryFilter selects by the value of PatternCategory.
type PatternCategoryFilter = EnumFilter[PatternCategory]

// CatalogGroupFilter selects by the value of CatalogGroup.
type CatalogGroupFilter = EnumFilter[CatalogGroup]

// CatalogStatusFilter selects by the value of CatalogStatus.
type CatalogStatusFilter = EnumFilter[CatalogStatus]

// RecommendationFilter selects by the value of Recommendation.
type RecommendationFilter = EnumFilter[Recommendation]

// RelevanceFilter selects by the value of Relevance.
type RelevanceFilter = EnumFilter[Relevance]

// ProblemDomainFilter selects by the value of ProblemDomain.
type ProblemDomainFilter = EnumFilter[ProblemDomain]

// RelationRow is a statement of a pattern about another one. Weight is how often the sources
// state it; Inferred marks those that rest on links between pages alone.
type RelationRow struct {
	PatternKey string          `bson:"pattern" ref:"PATTERN" rule:"required"`
	Relation   PatternRelation `bson:"relation" rule:"required"`
	Weight     int             `bson:"weight"`
	Sources    []string        `bson:"sources,omitempty"`
	Inferred   bool            `bson:"inferred"`
}

// Target is the key of the other pattern.
func (r RelationRow) Target() string { return r.PatternKey }

// Symmetric tells whether the relation holds both ways, so that both sides state it.
func (r PatternRelation) Symmetric() bool {
	return r == "COMPLEMENTS" || r == "ALTERNATIVE_TO" || r == "CONFLICTS_WITH"
}

// OrderValue is the value of one of the order fields of patterns.
func (p *Pattern) OrderValue(field string) (any, bool) {
	switch field {
	case "READING_MINUTES":
		return p.ReadingMinutes, true
	case "INTRODUCED":
		return deref(p.Introduced), true
	}
	return p.Meta.OrderValue(field)
}
