package content

// Pattern is a proven solution to a recurring problem of distributed systems.
type Pattern struct {
	Meta                `bson:",inline" entry:"order=70,rank=10,prime"`
	CatalogName         string           `bson:"catalogName" rule:"publish"`
	TierKey             string           `bson:"tier,omitempty" ref:"TIER" rule:"required" list:"facet" back:"Tier.patterns"`
	TierClaims          []TierClaim      `bson:"tierClaims,omitempty" rule:"max=10" list:"page" back:"Tier.claimedPatterns"`
	Category            PatternCategory  `bson:"category" rule:"required" list:"facet"`
	CatalogGroup        CatalogGroup     `bson:"catalogGroup" rule:"required" list:"facet"`
	CatalogStatus       CatalogStatus    `bson:"catalogStatus" rule:"required"`
	Recommendation      Recommendation   `bson:"recommendation" rule:"required" list:"facet"`
	StatedStatus        *string          `bson:"statedStatus,omitempty"`
	Relevance           Relevance        `bson:"relevance" rule:"required" list:"facet"`
	Difficulty          Difficulty       `bson:"difficulty" rule:"required" list:"facet"`
	Introduced          *string          `bson:"introduced,omitempty" rule:"date" list:"order"`
	ReadingMinutes      int              `bson:"readingMinutes" list:"order"`
	Aliases             []string         `bson:"aliases,omitempty"`
	Enhanced            bool             `bson:"enhanced" list:"facet"`
	ProblemDomains      []ProblemDomain  `bson:"problemDomains,omitempty" list:"facet"`
	Tags                []string         `bson:"tags,omitempty" list:"facet"`
	PrerequisiteTopics  []string         `bson:"prerequisiteTopics,omitempty"`
	MigrationComplexity *Effort          `bson:"migrationComplexity,omitempty"`
	Problem             string           `bson:"problem" section:"Problem" rule:"publish" list:"page"`
	Solution            string           `bson:"solution" section:"Solution" rule:"publish" list:"page"`
	WhenToUse           []string         `bson:"whenToUse,omitempty" section:"When to use" list:"page"`
	WhenNotToUse        []string         `bson:"whenNotToUse,omitempty" section:"When not to use" list:"page"`
	TradeOffs           TradeOffs        `bson:"tradeOffs,omitempty" section:"Trade-offs" list:"page"`
	Checklist           []*ChecklistItem `bson:"checklist,omitempty" section:"Checklist" rule:"max=30" list:"page"`
	Body                RichText         `bson:"body,omitempty" list:"page"`
	LawKeys             []string         `bson:"laws,omitempty" ref:"LAW" rule:"max=7" list:"facet"`
	PillarKeys          []string         `bson:"pillars,omitempty" ref:"PILLAR" rule:"max=5" list:"facet"`
	ModernAlternatives  []Subject        `bson:"modernAlternatives,omitempty" rule:"max=6" back:"Pattern.alternativeTo,Practice.alternativeTo"`
	Adoptions           []Adoption       `bson:"companies,omitempty" list:"facet"`
	Relations           []RelationRow    `bson:"relatedPatterns"`
	Provenance          Provenance       `bson:"provenance,omitempty" list:"page"`
}

// TierClaim is the tier of a pattern according to one source.
type TierClaim struct {
	Source  TierClaimSource `bson:"source" rule:"required"`
	TierKey string          `bson:"tier,omitempty" ref:"TIER" rule:"required"`
	Agrees  bool            `bson:"agrees"`
}

// TradeOffs lists what a pattern gains and what it costs.
type TradeOffs struct {
	Pros []string `bson:"pros,omitempty" section:"Pros"`
	Cons []string `bson:"cons,omitempty" section:"Cons"`
}

// ChecklistItem is one point to tick before going to production.
type ChecklistItem struct {
	Order int    `bson:"order"`
	Text  string `bson:"text" rule:"required"`
}

// Adoption records that a company runs a pattern.
type Adoption struct {
	CompanyKey   string   `bson:"company" ref:"COMPANY" rule:"required"`
	Scale        *string  `bson:"scale,omitempty"`
	AlsoReported []string `bson:"alsoReported,omitempty"`
	Sources      []string `bson:"sources,omitempty"`
	Year         *int     `bson:"year,omitempty"`
}

// Target is the key of the entry that the statement is about.
func (a Adoption) Target() string { return a.CompanyKey }

// RelationDirection is the direction of a relation, seen from a pattern.
type RelationDirection string

// Values lists the values of the enum.
func (RelationDirection) Values() []string {
	return []string{"OUT", "IN", "BOTH"}
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
	RelatedTo      *SlugFilter `path:"relatedPatterns.pattern"`
}

// RelationRow is a statement of a pattern about another one. Weight is how often the sources
// state it. Inferred marks relations that rest on links between pages alone.
type RelationRow struct {
	PatternKey string          `bson:"pattern" ref:"PATTERN" rule:"required"`
	Relation   PatternRelation `bson:"relation" rule:"required"`
	Weight     int             `bson:"weight"`
	Sources    []string        `bson:"sources,omitempty"`
	Inferred   bool            `bson:"inferred"`
}

// Target is the key of the other pattern.
func (r RelationRow) Target() string { return r.PatternKey }

// Symmetric reports whether the relation holds both ways, so that both sides state it.
func (r PatternRelation) Symmetric() bool {
	return r == "COMPLEMENTS" || r == "ALTERNATIVE_TO" || r == "CONFLICTS_WITH"
}
