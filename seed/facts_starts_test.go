package seed_test

// order numbers the rows of a list from one.
func order(v any) any {
	var out []any
	for i, row := range list(v) {
		out = append(out, append(object{{"order", i + 1}}, row.(object)...))
	}
	return out
}

func (k *taker) starts() {
	k.each("quick_starts.quickStarts", func() {
		k.same("slug", "name", "audience", "totalMinutes", "steps", "patterns", "caseStudies", "assessmentQuestions", "assessmentTarget",
			"sprints", "months", "metrics", "maturityAreas", "maturityLevels", "targetLevel", "phases")
		k.as("startWith", "startWith", subject)
		k.as("scenarios", "scenarios", within("gold", subject), within("silver", subject), within("avoid", subject))
		k.as("governance", "governance", table("tier", "rule"))
		k.as("roi", "returns")
		k.put("kind", "quick-start")
		k.provenance()
		k.entry("quick_start/" + k.row.text("slug") + ".md")
	})
	k.each("quick_starts.challenges", func() {
		k.same("slug", "name", "audience", "patterns", "users")
		k.as("steps", "steps", order)
		k.put("kind", "challenge")
		total := 0
		for _, step := range k.row.rows("steps") {
			total += number(step.get("minutes"))
		}
		k.put("totalMinutes", total)
		k.entry("quick_start/" + k.row.text("slug") + ".md")
	})
}

// others converts journeys and comparisons.
func (k *taker) others() {
	k.each("journeys.journeys", func() {
		k.same("slug", "name", "difficulty", "durationMonths", "durationMonthsOnIndex", "roi", "roiOnPage", "successRate",
			"successRateOnDashboard", "investment", "audience", "phases", "companies", "outcomes")
		k.provenance()
		k.entry("journey/" + k.row.text("slug") + ".md")
	})
	k.each("comparisons.comparisons", func() {
		k.same("slug", "name", "criteria", "parentPattern")
		k.as("subjects", "subjects", subject)
		k.as("ratings", "ratings", within("subject", k.rated), within("values", table("criterion", "value")))
		k.as("scenarios", "scenarios", within("best", subject))
		k.provenance()
		k.entry("comparison/" + k.row.text("slug") + ".md")
	})
}

// rated returns the subject of the current comparison that a rating names by its slug.
func (k *taker) rated(slug any) any {
	for _, s := range k.row.rows("subjects") {
		if s.get("slug") == slug {
			return subject(s)
		}
	}
	k.t.Errorf("%s rates %v, which it does not compare", k.row.text("slug"), slug)
	return nil
}
