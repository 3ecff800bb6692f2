package seed

import (
	"encoding/json"
	"fmt"
	"time"

	"patternhub/internal/content"
)

// healthFacts is the file of health facts. Unlike in the tables and in the scoring, unknown fields
// are allowed.
type healthFacts struct {
	DashboardUpdated time.Time       `json:"dashboardUpdated"`
	TrendDates       []string        `json:"trendDates"`
	Scoring          json.RawMessage `json:"scoring"`
	Patterns         []patternFacts  `json:"patterns"`
}

type patternFacts struct {
	Pattern   string          `json:"pattern"`
	Adoption  *adoptionFacts  `json:"adoption"`
	Dashboard *dashboardFacts `json:"dashboard"`
}

type adoptionFacts struct {
	Timestamp         string   `json:"timestamp"`
	GitHubStars       float64  `json:"githubStars"`
	GitHubRepos       float64  `json:"githubRepos"`
	GitHubSampled     bool     `json:"githubSampled"`
	ConferenceTalks   float64  `json:"conferenceTalks"`
	JobPostings       float64  `json:"jobPostings"`
	Questions         float64  `json:"stackOverflowQuestions"`
	YearsInProduction float64  `json:"yearsInProduction"`
	MajorAdopters     []string `json:"majorAdopters"`
	MajorAdopterCount float64  `json:"majorAdopterCount"`
	HealthScore       float64  `json:"healthScore"`
	RecommendedTier   string   `json:"recommendedTier"`
}

type dashboardFacts struct {
	HealthScore         float64   `json:"healthScore"`
	Trend               string    `json:"trend"`
	GitHubStars         float64   `json:"githubStars"`
	ConferenceTalks     float64   `json:"conferenceTalks"`
	JobMentions         float64   `json:"jobMentions"`
	AdoptionRatePercent float64   `json:"adoptionRatePercent"`
	Series              []float64 `json:"series"`
	AdoptedBy           []string  `json:"adoptedBy"`
	ListedTier          string    `json:"listedTier"`
}

// Reasons for a missing number. The collector wrote 0 if it got no answer; such a zero is not an
// observation.
const (
	notSampled   = "The collector got no answer from GitHub for this pattern."
	noQuestions  = "The collector got no answer from Stack Overflow for any pattern."
	yearsUnknown = "The collector does not know since when this pattern has been in production."
)

// How the numbers were collected, in words.
const (
	howCollected = "Adoption metrics of the documentation site, collected once by its own script."
	howDashboard = "The health dashboard's own data file; its scale is not that of the adoption metrics."
)

// readHealth returns the scoring and the observations of the facts.
// Keys of patterns and companies are their slugs, as in the whole seed.
func readHealth() (*content.Scoring, []*content.Observation, error) {
	raw, err := tableFiles.ReadFile("tables/health.json")
	if err != nil {
		return nil, nil, fmt.Errorf("read table: %w", err)
	}
	var facts healthFacts
	if err := json.Unmarshal(raw, &facts); err != nil {
		return nil, nil, fmt.Errorf("decode health.json: %w", err)
	}
	scoring, err := readScoring(facts.Scoring)
	if err != nil {
		return nil, nil, err
	}
	var out []*content.Observation
	for _, p := range facts.Patterns {
		if p.Adoption != nil {
			seen, err := p.Adoption.observations(p.Pattern)
			if err != nil {
				return nil, nil, err
			}
			out = append(out, seen...)
		}
		if p.Dashboard != nil {
			out = append(out, p.Dashboard.observations(p.Pattern, facts.DashboardUpdated, facts.TrendDates)...)
		}
	}
	return scoring, out, nil
}

// metricNames maps the facts' names of the scored metrics to ours.
func metricNames() map[string]content.HealthMetric {
	return map[string]content.HealthMetric{
		"githubStars": content.MetricGitHubStars, "conferenceTalks": content.MetricConferenceTalks, "jobPostings": content.MetricJobPostings,
		"yearsInProduction": content.MetricYearsInProduction, "majorAdopterCount": content.MetricMajorAdopters, "stackOverflowQuestions": content.MetricQuestions,
	}
}

// readScoring converts the metrics' names to ours and lists the thresholds from the highest tier to
// the lowest. Unknown names and missing tiers are errors, since the score would be wrong.
func readScoring(raw json.RawMessage) (*content.Scoring, error) {
	var facts struct {
		content.Scoring
		Thresholds map[string]content.TierThreshold `json:"tierThresholds"`
	}
	if err := strict("health.json", raw, &facts); err != nil {
		return nil, err
	}
	for i := range facts.Components {
		c := &facts.Components[i]
		metric, ok := metricNames()[string(c.Metric)]
		if !ok {
			return nil, fmt.Errorf("decode health.json: unknown metric %q", c.Metric)
		}
		c.Metric = metric
	}
	for _, tier := range []string{"gold", "silver", "bronze"} {
		t, ok := facts.Thresholds[tier]
		if !ok {
			return nil, fmt.Errorf("decode health.json: no threshold of %s", tier)
		}
		t.TierKey = tier
		facts.TierThresholds = append(facts.TierThresholds, t)
	}
	return &facts.Scoring, nil
}

// observations returns the observations of one collection of adoption metrics.
// Talks and postings can really be 0 and are used unchanged.
func (a *adoptionFacts) observations(pattern string) ([]*content.Observation, error) {
	at, err := time.Parse("2006-01-02T15:04:05.999999", a.Timestamp)
	if err != nil {
		return nil, fmt.Errorf("decode health.json: %w", err)
	}
	seen := func(metric content.HealthMetric, value float64, missing string) *content.Observation {
		o := &content.Observation{
			PatternKey: pattern, Metric: metric, Month: at.Format("2006-01"), Source: content.SourceCollector, How: howCollected, CollectedAt: at,
		}
		if missing == "" {
			o.Value = &value
		}
		o.Missing = missing
		return o
	}
	unless := func(known bool, why string) string {
		if known {
			return ""
		}
		return why
	}
	adopters := seen(content.MetricMajorAdopters, a.MajorAdopterCount, "")
	adopters.CompanyKeys = a.MajorAdopters
	score := seen(content.MetricCollectedScore, a.HealthScore, "")
	score.TierKey = a.RecommendedTier
	return []*content.Observation{
		seen(content.MetricGitHubStars, a.GitHubStars, unless(a.GitHubSampled, notSampled)),
		seen(content.MetricGitHubRepos, a.GitHubRepos, unless(a.GitHubSampled, notSampled)),
		seen(content.MetricConferenceTalks, a.ConferenceTalks, ""),
		seen(content.MetricJobPostings, a.JobPostings, ""),
		seen(content.MetricQuestions, a.Questions, unless(a.Questions > 0, noQuestions)),
		seen(content.MetricYearsInProduction, a.YearsInProduction, unless(a.YearsInProduction > 0, yearsUnknown)),
		adopters, score,
	}, nil
}

// observations returns the observations of the dashboard's data file: its score for each month, and
// its other figures in the last month.
// The series has one value for each of the months, of which there is at least one.
func (d *dashboardFacts) observations(pattern string, updated time.Time, months []string) []*content.Observation {
	var out []*content.Observation
	seen := func(metric content.HealthMetric, month string, value float64) *content.Observation {
		o := &content.Observation{
			PatternKey: pattern, Metric: metric, Month: month, Value: &value, Source: content.SourceDashboard, How: howDashboard, CollectedAt: updated,
		}
		out = append(out, o)
		return o
	}
	var last *content.Observation
	for i, month := range months {
		last = seen(content.MetricDashboardScore, month, d.Series[i])
	}
	last.Stated, last.TierKey, last.CompanyKeys = d.Trend, d.ListedTier, d.AdoptedBy
	seen(content.MetricDashboardStars, last.Month, d.GitHubStars)
	seen(content.MetricDashboardTalks, last.Month, d.ConferenceTalks)
	seen(content.MetricDashboardJobs, last.Month, d.JobMentions)
	seen(content.MetricDashboardAdoption, last.Month, d.AdoptionRatePercent)
	return out
}
