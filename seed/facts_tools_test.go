package seed_test

import (
	"cmp"
	"slices"
	"strconv"
)

// tools converts the tables of the tools, each file of which is one entry.
func (k *taker) tools() {
	migrations := mustFacts(k.t, "migrations")
	k.one("calculator", func() {
		k.put("slug", "calculator")
		k.put("name", "Calculator")
		k.same("inputs", "inputsNote", "experienceBands", "patternEffort", "patternEffortNote", "goldPageEffort", "silverPageSuccess",
			"breakEven", "difficultyScale", "successMetrics")
		k.as("tierBaselines", "tierBaselines", renamed("roiMonths", "returnMonths"))
		k.as("roi", "returns", renamed("fiveYearRoiPercent", "fiveYearReturnPercent"))
		k.as("roiNote", "returnNote")
		k.as("tradeOffWeights", "tradeOffWeights", table("factor", "weight"), sortedBy("factor"))
		k.as("migrationFactorWeights", "migrationFactorWeights", table("factor", "weight"), sortedBy("factor"))
		k.as("migrationScoring", "migrationScoring", part("points", table("level", "points")), part("points", sortedBy("level")))
		k.as("complexityWeights", "complexityWeights", part("scores", within("ref", subject)))
		k.as("siteCalculators", "siteCalculators", within("inputs", renamed("id", "name")), within("inputs", within("default", shown)))
		k.put("migrationPhases", migrations.get("phases"))
		k.put("migrationLevels", migrations.get("complexityLevels"))
		k.put("migrationRisks", migrations.get("riskMatrix"))
		k.put("migrationStories", migrations.get("caseStudies"))
		k.put("constraintMatrix", k.matrix())
		k.put("fitScale", k.fitScale())
		k.entry("calculator/calculator.md")
	})
	place := 0
	k.each("wizard.wizards", func() {
		k.same("slug", "name", "page", "firstQuestion")
		k.put("order", place)
		place++
		for _, key := range []string{"questions", "recipe", "combinations", "decisionTree", "constraints", "bottlenecks", "realTimeTargets", "stacks", "domains", "challenges"} {
			k.as(key, key, subjects)
		}
		k.as("problemFilters", "problemFilters", table("problem", "patterns"), sortedBy("problem"), subjects)
		k.entry("wizard/" + k.row.text("slug") + ".md")
	})
}

// matrix returns the constraint matrix, which the facts keep beside the laws.
func (k *taker) matrix() object {
	m := mustFacts(k.t, "laws").get("matrixVsConstraints").(object)
	scale := list(m.get("scale"))
	return object{
		{"note", m.get("note")},
		{"scale", object{{"min", scale[0]}, {"max", scale[1]}}},
		{"constraints", m.get("constraints")},
		{"rows", within("scores", table("constraint", "score"))(m.get("rows"))},
	}
}

// fitScale returns the names of the fits, which the facts keep beside the pillars.
func (k *taker) fitScale() []any {
	var out []any
	for _, p := range mustFacts(k.t, "pillars").get("fitScale").(object) {
		fit, err := strconv.Atoi(p.key)
		if err != nil {
			k.t.Fatal(err)
		}
		out = append(out, object{{"fit", fit}, {"label", p.value}})
	}
	return out
}

// one calls f for a file that describes one entry.
func (k *taker) one(name string, f func()) {
	k.path, k.row, k.taken, k.made = name, mustFacts(k.t, name), map[string]bool{}, object{}
	f()
	for key := range k.taken {
		k.used[name+"."+key] = true
	}
	if leftOut()[name+".source"] != "" {
		k.met[name+".source"] = true
	}
}

// part applies a form to a key of an object.
func part(key string, form func(any) any) func(any) any {
	return func(v any) any {
		rows, _ := within(key, form)([]any{v}).([]any)
		return rows[0]
	}
}

// sortedBy sorts rows by the text of a key, as the rows that come from an object are.
func sortedBy(key string) func(any) any {
	return func(v any) any {
		return slices.SortedFunc(slices.Values(list(v)), func(a, b any) int { return cmp.Compare(a.(object).text(key), b.(object).text(key)) })
	}
}

// shown converts a number to the text that a page shows.
func shown(v any) any {
	if f, ok := v.(float64); ok {
		return strconv.FormatFloat(f, 'g', -1, 64)
	}
	return v
}

// subjects converts the patterns and practices at any depth.
func subjects(v any) any {
	switch v := v.(type) {
	case []any:
		var out []any
		for _, x := range v {
			out = append(out, subjects(x))
		}
		return out
	case object:
		if kind := v.text("kind"); kind == "pattern" || kind == "practice" || kind == "label" {
			out, _ := subject(v).(object)
			return append(out, pair{"listedTier", v.get("listedTier")})
		}
		out := object{}
		for _, p := range v {
			out = append(out, pair{p.key, subjects(p.value)})
		}
		return out
	}
	return v
}
