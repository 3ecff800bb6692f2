package content

import "strings"

// Home is the hub's front page. Each of its parts is read when a query selects it.
type Home struct{}

// Metrics is the content of the front page: figures, sections, features and the roadmap.
type Metrics struct {
	Title         string             `bson:"title"             json:"title"`
	Tagline       string             `bson:"tagline"           json:"tagline"`
	Excellence    []ExcellenceMetric `bson:"excellenceMetrics" json:"excellenceMetrics"`
	DatasetCounts DatasetCounts      `bson:"datasetCounts"     json:"datasetCounts"`
	Tiers         []TierCard         `bson:"tiers"             json:"tiers"`
	Featured      []Feature          `bson:"featured"          json:"featured"`
	Roadmap       Roadmap            `bson:"roadmap"           json:"roadmap"`
	Sections      []HomeSection      `bson:"sections"          json:"sections"`
	Figures       PlatformFigures    `bson:"platformFigures"   json:"platformFigures"`
}

// ExcellenceMetric is a figure of the front page, as it is shown there.
type ExcellenceMetric struct {
	Slug      string          `bson:"slug"      json:"slug"`
	Name      string          `bson:"name"      json:"name"`
	Stated    string          `bson:"seedValue" json:"seedValue"`
	Value     int             `bson:"value"     json:"value"`
	Qualifier MetricQualifier `bson:"qualifier" json:"qualifier"`
	Trend     MetricTrend     `bson:"trend"     json:"trend"`
}

// MetricQualifier says whether a figure is exact or a lower bound.
type MetricQualifier string

// Values lists the values of the enum.
func (MetricQualifier) Values() []string { return []string{"EXACT", "AT_LEAST"} }

// MetricTrend is the direction of a figure, as shown on the front page.
type MetricTrend string

// Values lists the values of the enum.
func (MetricTrend) Values() []string { return []string{"UP", "STABLE", "DOWN", "NONE"} }

// DatasetCounts has the numbers of entries that the facts had when they were collected.
type DatasetCounts struct {
	Patterns         int `bson:"patterns"         json:"patterns"`
	Enhanced         int `bson:"enhanced"         json:"enhanced"`
	CaseStudies      int `bson:"caseStudies"      json:"caseStudies"`
	AdoptionExamples int `bson:"adoptionExamples" json:"adoptionExamples"`
}

// TierCard is a tier on the front page, with the number of patterns shown there.
type TierCard struct {
	TierKey     string `bson:"slug"      json:"slug"`
	Name        string `bson:"name"      json:"name"`
	Rank        int    `bson:"rank"      json:"rank"`
	StatedCount int    `bson:"seedCount" json:"seedCount"`
	Count       int    `bson:"count"     json:"count"`
}

// Feature is an item that the front page features this week.
type Feature struct {
	Slug         string      `bson:"slug"       json:"slug"`
	Kind         FeatureKind `bson:"kind"       json:"kind"`
	PatternKey   string      `bson:"pattern"    json:"pattern"`
	CaseStudyKey string      `bson:"caseStudy"  json:"caseStudy"`
	CompanyKey   string      `bson:"company"    json:"company"`
	Figures      []Figure    `bson:"figures"    json:"figures"`
	Techniques   []string    `bson:"techniques" json:"techniques"`
	SeedPath     string      `bson:"seedPath"   json:"seedPath"`
}

// FeatureKind is why something is featured.
type FeatureKind string

// Values lists the values of the enum.
func (FeatureKind) Values() []string { return []string{"TRENDING", "CASE_STUDY"} }

// Roadmap is the way through the hub, as a graph.
type Roadmap struct {
	Direction string        `bson:"direction" json:"direction"`
	Nodes     []RoadmapNode `bson:"nodes"     json:"nodes"`
	Edges     []RoadmapEdge `bson:"edges"     json:"edges"`
	Styled    []string      `bson:"styled"    json:"styled"`
}

// Mermaid returns the roadmap as the text of a Mermaid flowchart. Labels are quoted, and the
// characters # and ", which are special within quotes, are escaped.
func (r *Roadmap) Mermaid() string {
	label := strings.NewReplacer("#", "#35;", `"`, "#quot;")
	var b strings.Builder
	b.WriteString("graph " + r.Direction + "\n")
	for _, n := range r.Nodes {
		b.WriteString("    " + n.Name + `["` + label.Replace(n.Label) + `"]` + "\n")
	}
	for _, e := range r.Edges {
		b.WriteString("    " + e.From + " --> " + e.To + "\n")
	}
	if len(r.Styled) > 0 {
		b.WriteString("    classDef milestone stroke-width:3px\n    class " + strings.Join(r.Styled, ",") + " milestone\n")
	}
	return b.String()
}

// RoadmapNode is a stage of the roadmap or a resource beside it.
type RoadmapNode struct {
	Name  string      `bson:"id"    json:"id"`
	Label string      `bson:"label" json:"label"`
	Kind  RoadmapKind `bson:"kind"  json:"kind"`
}

// RoadmapKind is the kind of a node of the roadmap.
type RoadmapKind string

// Values lists the values of the enum.
func (RoadmapKind) Values() []string { return []string{"STAGE", "RESOURCE"} }

// RoadmapEdge connects one node of the roadmap to another, by their names.
type RoadmapEdge struct {
	From string `bson:"from" json:"from"`
	To   string `bson:"to"   json:"to"`
}

// HomeSection is a card of the front page. Link is a path of the documentation site.
type HomeSection struct {
	Slug    string    `bson:"slug"    json:"slug"`
	Title   string    `bson:"title"   json:"title"`
	Summary string    `bson:"summary" json:"summary"`
	Link    string    `bson:"link"    json:"link"`
	Group   HomeGroup `bson:"group"   json:"group"`
}

// HomeGroup is the part of the front page that shows a card.
type HomeGroup string

// Values lists the values of the enum.
func (HomeGroup) Values() []string { return []string{"GETTING_STARTED", "RESOURCES", "TOOLS"} }

// PlatformFigures holds what other pages of the documentation site state; some of it disagrees with
// the front page.
type PlatformFigures struct {
	Origin              string               `bson:"origin"              json:"origin"`
	ExcellenceDashboard ExcellenceDashboard  `bson:"excellenceDashboard" json:"excellenceDashboard"`
	PatternsIndex       PatternsIndexFigures `bson:"patternsIndex"       json:"patternsIndex"`
	TopPatterns         []TopPattern         `bson:"topPatterns"         json:"topPatterns"`
	Growth              []PatternGrowth      `bson:"growth"              json:"growth"`
	UsageShare          []PatternUsage       `bson:"usageShare"          json:"usageShare"`
	AverageImprovement  []PatternImprovement `bson:"averageImprovement"  json:"averageImprovement"`
	CompanyAdoption     []CompanyAdoption    `bson:"companyAdoption"     json:"companyAdoption"`
}

// ExcellenceDashboard holds the figures of the excellence dashboard.
type ExcellenceDashboard struct {
	CaseStudies                    int         `bson:"caseStudies"                    json:"caseStudies"`
	CaseStudyTiers                 []TierTally `bson:"caseStudyTiers"                 json:"caseStudyTiers"`
	CrossReferences                string      `bson:"crossReferences"                json:"crossReferences"`
	Journeys                       int         `bson:"journeys"                       json:"journeys"`
	HealthScore                    int         `bson:"healthScore"                    json:"healthScore"`
	TimeToFirstPatternMinutes      int         `bson:"timeToFirstPatternMinutes"      json:"timeToFirstPatternMinutes"`
	PatternDiscoverySuccessPercent int         `bson:"patternDiscoverySuccessPercent" json:"patternDiscoverySuccessPercent"`
	ImplementationSuccessPercent   int         `bson:"implementationSuccessPercent"   json:"implementationSuccessPercent"`
}

// TierTally is a number for a tier, as the source gives it.
type TierTally struct {
	TierKey string `bson:"tier"  json:"tier"`
	Count   int    `bson:"count" json:"count"`
}

// PatternsIndexFigures holds the figures of the index of patterns.
type PatternsIndexFigures struct {
	TotalPatterns                int     `bson:"totalPatterns"                json:"totalPatterns"`
	ImplementationSuccessPercent int     `bson:"implementationSuccessPercent" json:"implementationSuccessPercent"`
	AverageSatisfaction          float64 `bson:"averageSatisfaction"          json:"averageSatisfaction"`
	SatisfactionScale            int     `bson:"satisfactionScale"            json:"satisfactionScale"`
}

// TopPattern is a pattern with its number of case studies, as the source gives it.
type TopPattern struct {
	PatternKey  string  `bson:"pattern"     json:"pattern"`
	CaseStudies int     `bson:"caseStudies" json:"caseStudies"`
	Scale       *string `bson:"scale"       json:"scale"`
}

// PatternGrowth is the growth of a pattern in a year, as the source gives it.
type PatternGrowth struct {
	PatternKey        string `bson:"pattern"           json:"pattern"`
	PercentYearOnYear int    `bson:"percentYearOnYear" json:"percentYearOnYear"`
}

// PatternUsage is the share of case studies that use a pattern, as the source gives it.
type PatternUsage struct {
	PatternKey           string `bson:"pattern"              json:"pattern"`
	PercentOfCaseStudies int    `bson:"percentOfCaseStudies" json:"percentOfCaseStudies"`
}

// PatternImprovement is the average improvement by a pattern, as the source gives it.
type PatternImprovement struct {
	PatternKey  string `bson:"pattern"     json:"pattern"`
	Label       string `bson:"label"       json:"label"`
	SuccessRate int    `bson:"successRate" json:"successRate"`
}

// CompanyAdoption is the number of patterns that a company runs, as the source gives it.
type CompanyAdoption struct {
	CompanyKey string  `bson:"company" json:"company"`
	Gold       int     `bson:"gold"    json:"gold"`
	Silver     int     `bson:"silver"  json:"silver"`
	Scale      *string `bson:"scale"   json:"scale"`
}
