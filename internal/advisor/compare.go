package advisor

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"patternhub/internal/content"
)

// CompareVersion is the version of the comparison.
// It changes with the criteria, their order or the meaning of a number, so that clients do not
// compare answers of two versions.
const CompareVersion = "compare-1"

const (
	minCompared = 2
	// maxCompared is the number of columns that a person can read side by side.
	maxCompared = 6
)

// CheckCompared checks the slugs of a comparison before anything is read.
// Every fault returns BadUserInput. Two slugs of one pattern are only found after reading.
func CheckCompared(slugs []string) error {
	if len(slugs) < minCompared || len(slugs) > maxCompared {
		return content.Fault(content.BadUserInput, fmt.Sprintf("comparePatterns takes %d to %d slugs; this list has %d.", minCompared, maxCompared, len(slugs)))
	}
	for i, s := range slugs {
		if slices.Contains(slugs[:i], s) {
			return content.Fault(content.BadUserInput, fmt.Sprintf("%q is named twice.", clip(s)))
		}
	}
	return nil
}

// clip shortens client input that appears in a message.
// It counts characters, so that it never cuts one in two.
func clip(s string) string {
	const longest = 80
	if r := []rune(s); len(r) > longest {
		return string(r[:longest]) + "..."
	}
	return s
}

// Compared is a pattern with the data that its column shows. Laws and Pillars are names of entries
// that the pattern refers to.
// A nil tier or health appears as missing in its cell. CaseStudies counts the case studies that
// name the pattern, in the perspective of the viewer.
type Compared struct {
	Pattern     *content.Pattern
	Tier        *content.Tier
	Health      *content.PatternHealth
	CaseStudies int
	Laws        []string
	Pillars     []string
}

// Compare puts patterns side by side. Edges are the relations among them.
// Rows are in the order of the criteria, values in that of the subjects. There must be at least two
// subjects, which CheckCompared verifies. A cell has either text or the reason why it has none,
// and a number only if patterns can be ordered by it.
func Compare(subjects []Compared, edges []content.PatternGraphEdge, c *content.Calculator, w *content.Weights) *content.PatternComparison {
	out := &content.PatternComparison{Relations: edges, FormulaVersion: CompareVersion}
	for _, s := range subjects {
		out.PatternKeys = append(out.PatternKeys, s.Pattern.Key)
	}
	for _, k := range criteria(edges, c, w) {
		row := content.ComparisonRow{Criterion: k.name}
		for _, s := range subjects {
			v := k.value(s)
			v.PatternKey = s.Pattern.Key
			row.Values = append(row.Values, v)
		}
		row.Differs = differs(row.Values)
		row.BestKeys = best(row.Values, k.better)
		if len(row.BestKeys) > 0 && k.because != "" {
			row.BestBecause = &k.because
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

// criterion describes one row. better is 1 if more is better, -1 if less is, and 0 if the criterion
// has no winner.
type criterion struct {
	name    content.ComparisonCriterion
	value   func(Compared) content.ComparedValue
	better  int
	because string
}

// criteria returns the rows of a comparison. The number of a level, such as a difficulty, comes
// from the weights; its source says whether the graph or a decision put the levels in order. A
// category or a year has no winner.
func criteria(edges []content.PatternGraphEdge, c *content.Calculator, w *content.Weights) []criterion {
	rank := func(levels []content.LevelValue, level, source string) content.ComparedValue {
		n, _ := content.ValueOf(levels, level)
		return ordered(content.Words(level), n, source)
	}
	return []criterion{
		{"TIER", tierValue, -1, "The tier that the catalogue recommends first."},
		{"CATEGORY", func(s Compared) content.ComparedValue { return text(content.Words(string(s.Pattern.Category))) }, 0, ""},
		{"RECOMMENDATION", func(s Compared) content.ComparedValue {
			return rank(w.Selection.Recommendation, string(s.Pattern.Recommendation), "graph; order of the levels by decision")
		}, 1, "The hub advises it with the fewest reservations."},
		{"DIFFICULTY", func(s Compared) content.ComparedValue {
			return rank(w.Selection.Difficulty, string(s.Pattern.Difficulty), "graph")
		}, -1, "It asks the least experience."},
		{"RELEVANCE", func(s Compared) content.ComparedValue {
			return rank(w.Selection.Relevance, string(s.Pattern.Relevance), "graph; order of the levels by decision")
		}, 1, "It matters most today."},
		{"EFFORT", func(s Compared) content.ComparedValue { return effortValue(s, c, w.Estimate.WorkDaysWeek) }, -1, "The fewest person-days, in the middle of its range."},
		{"SUCCESS_RATE", func(s Compared) content.ComparedValue { return successValue(s, c) }, 1, "Its introduction succeeds most often."},
		{"PAYBACK", func(s Compared) content.ComparedValue { return paybackValue(s, c) }, -1, "It pays for itself soonest, in the middle of its range."},
		{"HEALTH", healthValue, 1, "The highest health score."},
		{"ADOPTERS", func(s Compared) content.ComparedValue { return number(len(s.Pattern.Adoptions), "companies") }, 1, "The most companies run it."},
		{"CASE_STUDIES", func(s Compared) content.ComparedValue { return number(s.CaseStudies, "case studies") }, 1, "The most case studies show it."},
		{"INTRODUCED", introducedValue, 0, ""},
		{"PROBLEM_DOMAINS", func(s Compared) content.ComparedValue { return list(s.Pattern.ProblemDomains) }, 0, ""},
		{"LAWS", func(s Compared) content.ComparedValue { return list(s.Laws) }, 0, ""},
		{"PILLARS", func(s Compared) content.ComparedValue { return list(s.Pillars) }, 0, ""},
		{"RELATIONS", func(s Compared) content.ComparedValue { return relationsValue(s, edges) }, 0, ""},
	}
}

const fromGraph = "graph"

// text returns a value that has only text. An empty one is missing.
func text(s string) content.ComparedValue {
	if s == "" {
		return absent("Nothing is stated.")
	}
	source := fromGraph
	return content.ComparedValue{Text: &s, Source: &source}
}

// ordered returns a value that can be ordered.
func ordered(s string, n float64, source string) content.ComparedValue {
	return content.ComparedValue{Text: &s, Number: &n, Source: &source}
}

// number returns a value with its unit as a row of a comparison shows it.
func number(n int, unit string) content.ComparedValue {
	v := ordered(strconv.Itoa(n), float64(n), fromGraph)
	v.Unit = &unit
	return v
}

// absent returns a cell without a value. why is a full sentence for people.
func absent(why string) content.ComparedValue { return content.ComparedValue{Missing: &why} }

// list joins words in alphabetical order, so that the order in which an author wrote them does not
// count as a difference.
func list[S ~string](items []S) content.ComparedValue {
	words := make([]string, len(items))
	for i, s := range items {
		if words[i] = string(s); words[i] == strings.ToUpper(words[i]) {
			words[i] = content.Words(words[i]) // an enum value
		}
	}
	slices.Sort(words)
	return text(strings.Join(words, ", "))
}

// tierValue uses the rank as the number: 1 is the tier that is recommended first.
func tierValue(s Compared) content.ComparedValue {
	if s.Tier == nil {
		return absent("The pattern has no tier.")
	}
	return ordered(s.Tier.Name, float64(s.Tier.Rank), fromGraph)
}

// introducedValue returns when a pattern came into use; without a date the value is missing.
func introducedValue(s Compared) content.ComparedValue {
	if s.Pattern.Introduced == nil {
		return absent("The year of introduction is not stated.")
	}
	return text(*s.Pattern.Introduced)
}

// healthValue leaves out a pattern without a score rather than giving it 0 points.
func healthValue(s Compared) content.ComparedValue {
	if s.Health == nil || s.Health.Score == nil {
		return absent(noMetrics)
	}
	unit := fmt.Sprintf("of %d", s.Health.Maximum)
	v := ordered(strconv.Itoa(*s.Health.Score), float64(*s.Health.Score), "health observations, "+s.Health.FormulaVersion)
	v.Unit = &unit
	return v
}

// ranged returns a value that is a range; its number is the middle.
func ranged(r content.FloatRange, unit, source string) content.ComparedValue {
	s := trim(r.Min)
	if r.Max > r.Min {
		s += " to " + trim(r.Max)
	}
	v := ordered(s, (r.Min+r.Max)/2, source)
	v.Unit = &unit
	return v
}

// trim formats a number with as few digits as it needs.
func trim(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// effortValue is the effort before anything is known about the team, the starting point of an
// estimate.
func effortValue(s Compared, c *content.Calculator, workDays int) content.ComparedValue {
	e, ok := effortOf(c, s.Pattern, workDays)
	if !ok {
		return absent("No table has an effort for it.")
	}
	return ranged(e.personDays(), "person-days", e.source)
}

// successValue returns the success rate that the calculator's table states for a pattern.
func successValue(s Compared, c *content.Calculator) content.ComparedValue {
	rate, source, ok := successOf(c, s.Pattern)
	if !ok {
		return absent("No table has a success rate for it.")
	}
	r := float64(rate)
	return ranged(content.FloatRange{Min: r, Max: r}, "%", source)
}

// paybackValue returns the months until the work has paid off, from the calculator's table.
func paybackValue(s Compared, c *content.Calculator) content.ComparedValue {
	months, source, ok := paybackOf(c, s.Pattern)
	if !ok {
		return absent("No table has a payback for it.")
	}
	return ranged(months, "months", source)
}

// relationsValue counts the relations between the pattern and the others.
func relationsValue(s Compared, edges []content.PatternGraphEdge) content.ComparedValue {
	n := 0
	for _, e := range edges {
		if e.FromKey == s.Pattern.Key || e.ToKey == s.Pattern.Key {
			n++
		}
	}
	return number(n, "relations to the others")
}

// differs reports whether the values are not all the same.
// A missing value differs from one that is present.
func differs(values []content.ComparedValue) bool {
	shown := func(v content.ComparedValue) string {
		if v.Text == nil {
			return ""
		}
		return *v.Text
	}
	return slices.ContainsFunc(values[1:], func(v content.ComparedValue) bool { return shown(v) != shown(values[0]) })
}

// best returns the keys of the patterns with the best number, all of them if several share it.
// It returns none if the criterion has no winner, if all numbers are equal, or if fewer than two
// patterns have a number: a single number does not say how the others compare.
func best(values []content.ComparedValue, better int) []string {
	var keys []string
	numbers := 0
	top := 0.0
	for _, v := range values {
		if v.Number == nil {
			continue
		}
		numbers++
		switch n := *v.Number * float64(better); {
		case len(keys) == 0 || n > top:
			keys, top = []string{v.PatternKey}, n
		case n == top:
			keys = append(keys, v.PatternKey)
		}
	}
	if better == 0 || numbers < 2 || len(keys) == numbers {
		return nil
	}
	return keys
}

// Covering returns the keys of the comparisons that appear in at least two of the lists, by name.
// A comparison that appears in three lists is returned once.
func Covering(lists []*content.Slice[*content.Comparison]) []string {
	times := map[string]int{}
	var found []*content.Comparison
	for _, l := range lists {
		for _, c := range l.Items {
			if times[c.Key]++; times[c.Key] == minCompared {
				found = append(found, c)
			}
		}
	}
	slices.SortFunc(found, func(a, b *content.Comparison) int {
		return cmp.Or(cmp.Compare(content.SortKey(a.Name), content.SortKey(b.Name)), cmp.Compare(a.Key, b.Key))
	})
	keys := make([]string, len(found))
	for i, c := range found {
		keys[i] = c.Key
	}
	return keys
}
