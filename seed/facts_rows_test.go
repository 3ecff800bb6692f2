package seed_test

import (
	"strings"
	"testing"
)

// wanted returns the facts about every entry, by file.
func wanted(t *testing.T) map[string]object {
	t.Helper()
	k := newTaker(t)
	k.entries()
	return k.out
}

// entries converts all rows of all files of facts. Each method converts one or a few files.
func (k *taker) entries() {
	k.patterns()
	k.studies()
	k.companies()
	k.laws()
	k.pillars()
	k.tiers()
	k.roles()
	k.paths()
	k.guides()
	k.migrations()
	k.starts()
	k.others()
	k.tools()
}

func (k *taker) patterns() {
	k.each("patterns.patterns", func() {
		k.same("slug", "name", "catalogName", "tier", "category", "catalogGroup", "catalogStatus", "relevance", "difficulty",
			"readingMinutes", "aliases", "enhanced", "problemDomains", "tags", "prerequisiteTopics", "migrationComplexity")
		k.as("status", "recommendation")
		k.as("frontMatterStatus", "statedStatus")
		k.as("relatedLaws", "laws")
		k.as("relatedPillars", "pillars")
		k.as("modernAlternatives", "modernAlternatives", subject)
		k.as("adopters", "companies")
		k.as("relatedPatterns", "relatedPatterns", renamed("slug", "pattern"))
		k.as("tierClaims", "tierClaims", k.claims)
		k.as("introduced", "introduced", k.decade)
		k.provenance(pair{"tierSource", "tier"}, pair{"categorySource", "category"}, pair{"statusSource", "recommendation"},
			pair{"relevanceSource", "relevance"}, pair{"difficultySource", "difficulty"}, pair{"readingMinutesSource", "readingMinutes"},
			pair{"relatedLawsSource", "laws"}, pair{"relatedPillarsSource", "pillars"}, pair{"introducedSource", "introduced"})
		k.entry("pattern/" + k.row.text("slug") + ".md")
	})
}

// decade formats a year as "1960s" if only the decade is known.
func (k *taker) decade(v any) any {
	if k.take("introducedPrecision") == "decade" {
		return v.(string) + "s"
	}
	return v
}

// claims converts the tiers that the sources state to rows. A claim agrees if it is the tier of the
// pattern.
func (k *taker) claims(v any) any {
	dissents := map[any]bool{}
	for _, source := range list(k.row.get("tierDissents")) {
		dissents[source] = true
	}
	var out []any
	for _, p := range v.(object) {
		if p.value != nil {
			out = append(out, object{{"source", kebab(p.key)}, {"tier", p.value}, {"agrees", !dissents[p.key]}})
		}
	}
	return out
}

// studies converts the case studies and the studies of failures.
func (k *taker) studies() {
	k.each("case_studies.caseStudies", func() {
		k.same("slug", "aliases", "kind", "collection", "domain", "system", "companies", "tier", "scaleCategory", "year",
			"operationalStatus", "difficulty", "readingMinutes", "patterns", "practices", "techniques", "scale", "laws", "pillars")
		k.as("title", "name")
		k.provenance(pair{"yearSource", "year"})
		k.entry("case_study/" + k.row.text("slug") + ".md")
	})
	k.each("case_studies.failureStudies", func() {
		k.same("slug", "name", "company", "year", "cause")
		k.take("page") // null in all rows
		k.entry("failure/" + k.row.text("slug") + ".md")
	})
}

// companies converts companies and practices, which have a file of facts each.
func (k *taker) companies() {
	k.each("companies.companies", func() {
		k.same("slug", "name", "kind", "industry", "aliases", "mentionedIn", "scale", "owner", "patternStack")
		k.as("references", "references", table("source", "count"))
		k.entry("company/" + k.row.text("slug") + ".md")
	})
	k.each("practices.practices", func() {
		k.same("slug", "name", "kind", "tierClaim", "aliases", "sources", "migrationEffort", "businessImpact")
		k.as("replacedBy", "replacedBy", subject)
		k.as("conflictsWith", "conflictsWith", subject)
		k.entry("practice/" + k.row.text("slug") + ".md")
	})
}

// firstOf groups rows by the first slug of a list: a combination of laws and pillars belongs to the
// entry that is named first.
func firstOf(rows []any, key string) map[string][]any {
	out := map[string][]any{}
	for _, row := range rows {
		first := list(row.(object).get(key))[0].(string)
		out[first] = append(out[first], row)
	}
	return out
}

// laws adds to each law the combinations and loops that it is the first member of. The facts list these
// apart from the laws, and the patterns that break a loop apart from the loop.
func (k *taker) laws() {
	facts := mustFacts(k.t, "laws")
	var combinations, loops []any
	for _, row := range facts.rows("combinations") {
		combinations = append(combinations, object{{"laws", row.get("laws")}, {"effect", "synergy"}, {"patterns", subject(row.get("patterns"))}})
	}
	for _, effect := range []string{"dangerous", "manageable"} {
		for _, laws := range list(facts.get(effect + "Combinations")) {
			combinations = append(combinations, object{{"laws", laws}, {"effect", effect}})
		}
	}
	for _, loop := range facts.rows("reinforcementLoops") {
		for _, row := range facts.rows("loopBreakers") {
			if row.text("loop") == loop.text("name") {
				loop = append(loop, pair{"breakers", subject(row.get("patterns"))})
			}
		}
		loops = append(loops, loop)
	}
	for _, key := range []string{"combinations", "dangerousCombinations", "manageableCombinations", "reinforcementLoops", "loopBreakers"} {
		k.used["laws."+key] = true
	}
	k.each("laws.laws", func() {
		k.same("slug", "name", "number", "shortCode", "group", "learningOrder", "difficulty", "readingMinutes", "studyHours",
			"directPillars", "pillars", "interactions", "formerAxioms")
		k.as("keyPatterns", "keyPatterns", subject)
		k.put("combinations", firstOf(combinations, "laws")[k.row.text("slug")])
		k.put("loops", firstOf(loops, "path")[k.row.text("slug")])
		k.provenance()
		k.entry("law/" + k.row.text("slug") + ".md")
	})
}

// pillars adds to each pillar the combinations that it is the first member of.
func (k *taker) pillars() {
	combinations := firstOf(list(mustFacts(k.t, "pillars").get("combinations")), "pillars")
	k.used["pillars.combinations"] = true
	k.each("pillars.pillars", func() {
		k.same("slug", "name", "number", "shortCode", "difficulty", "readingMinutes", "studyHours", "keyTechniques", "example", "patternFit")
		k.as("lawsOnPillarsIndex", "lawsOnIndex")
		k.as("keyPatterns", "keyPatterns", subject)
		k.put("combinations", combinations[k.row.text("slug")])
		k.provenance()
		k.entry("pillar/" + k.row.text("slug") + ".md")
	})
}

// tiers combines three files.
func (k *taker) tiers() {
	guides := mustFacts(k.t, "guides")
	k.each("metrics.tiers", func() {
		k.same("slug", "name", "rank")
		k.as("seedCount", "statedPatternCount")
		badges := map[string]string{"gold": "🥇 Gold", "silver": "🥈 Silver", "bronze": "🥉 Bronze"}
		k.put("badge", badges[k.row.text("slug")])
		for _, row := range guides.rows("tierStatistics") {
			if row.text("tier") == k.row.text("slug") {
				k.put("statistics", renamed("roiMonths", "returnMonths")(renamed("tier", "")([]any{row})).([]any)[0])
			}
		}
		for _, row := range guides.rows("tierGuides") {
			if row.text("tier") == k.row.text("slug") {
				k.put("targets", row.get("targets"))
				k.put("provenance", object{{"page", row.get("page")}})
			}
		}
		k.entry("tier/" + k.row.text("slug") + ".md")
	})
	k.used["guides.tierStatistics"] = true
}

// roles adds to each role its order of the pillars, which is in the file of the pillars.
func (k *taker) roles() {
	orders := mustFacts(k.t, "pillars").rows("roleOrders")
	k.used["pillars.roleOrders"] = true
	k.each("roles.roles", func() {
		k.same("slug", "name", "order", "seedLink")
		for _, row := range orders {
			if row.text("role") == k.row.text("slug") {
				k.put("pillarOrder", row.get("order"))
				k.put("pillarWeeks", row.get("weeks"))
				k.put("pillarPageLabel", row.get("pageLabel"))
			}
		}
		k.entry("role/" + k.row.text("slug") + ".md")
	})
}

// number returns a JSON number as an int.
func number(v any) int {
	f, _ := v.(float64)
	return int(f)
}

// exactly returns a range with equal ends.
func exactly(v any) object { return object{{"min", v}, {"max", v}} }

// paths converts the three kinds of learning paths. Their durations are in weeks; the number of weeks is
// derived where the facts state only the first and the last one.
func (k *taker) paths() {
	k.each("learning_paths.paths", func() {
		k.same("slug", "name", "role", "seedLink", "durationWeeks")
		k.put("kind", "role-path")
		k.take("kind")
		k.put("durationWeeksRange", exactly(k.row.get("durationWeeks")))
		k.as("steps", "steps", renamed("weeks", ""), within("links", stepLinks))
		k.met["learning_paths.paths.steps.weeks"] = true
		for _, step := range k.row.rows("steps") {
			if weeks := number(step.get("weekEnd")) - number(step.get("weekStart")) + 1; weeks != number(step.get("weeks")) {
				k.t.Errorf("%s: the weeks of the step %q do not add up", k.row.text("slug"), step.text("label"))
			}
		}
		k.entry("learning_path/" + k.row.text("slug") + ".md")
	})
	k.each("learning_paths.otherPaths", func() {
		k.same("slug", "name", "roleLabel", "linkedFromRole", "topic", "durationWeeksOnPage", "totalHours")
		k.as("durationWeeks", "durationWeeksRange")
		if r := k.row.get("durationWeeks").(object); r.get("min") == r.get("max") {
			k.put("durationWeeks", r.get("min"))
		}
		k.put("kind", "documentation-path")
		k.put("provenance", object{{"page", k.take("page")}, {"origin", k.take("kind")}})
		k.entry("learning_path/" + k.row.text("slug") + ".md")
	})
	k.each("learning_paths.patternTracks", func() {
		k.same("slug", "name", "weekStart", "weekEnd", "patterns")
		k.put("kind", "pattern-track")
		weeks := number(k.row.get("weekEnd")) - number(k.row.get("weekStart")) + 1
		k.put("durationWeeks", weeks)
		k.put("durationWeeksRange", exactly(weeks))
		k.entry("learning_path/" + k.row.text("slug") + ".md")
	})
}

// stepLinks converts {laws: [a, b]} to a list of links.
func stepLinks(v any) any {
	singular := map[string]string{
		"laws": "law", "pillars": "pillar", "tiers": "tier", "guides": "guide", "patterns": "pattern",
		"quickStarts": "quickStart", "categories": "category", "sections": "section",
	}
	var out []any
	for _, p := range v.(object) {
		for _, slug := range list(p.value) {
			out = append(out, object{{singular[p.key], slug}})
		}
	}
	return out
}

// guides converts guides, packs of patterns and the guides of tiers. All three become guides of a kind.
func (k *taker) guides() {
	bands := mustFacts(k.t, "guides").get("resilienceScaleBands")
	k.used["guides.resilienceScaleBands"] = true
	k.each("guides.guides", func() {
		k.same("slug", "name", "kind", "readingMinutes", "statedPatternCount", "companies", "exampleCompanies", "patterns", "practices", "phases")
		if k.row.text("slug") == "resilience-first" {
			k.put("scaleBands", bands)
		}
		k.provenance()
		k.entry("guide/" + k.row.text("slug") + ".md")
	})
	k.each("guides.packs", func() {
		k.same("slug", "name", "weeks", "weeksOnPackPage", "tiers", "patterns", "patternsOnPackPage", "practices", "targets")
		k.as("monthlyCostUsdAt1000Tps", "monthlyCosts", at1000)
		k.put("kind", "pattern-pack")
		k.provenance()
		k.entry("guide/" + k.row.text("slug") + ".md")
	})
	names := map[string]string{"gold": "Gold Tier Guide", "silver": "Silver Tier Guide", "bronze": "Bronze Tier Guide"}
	k.each("guides.tierGuides", func() {
		slug := k.row.text("tier") + "-tier-guide"
		k.put("slug", slug)
		k.put("name", names[k.row.text("tier")])
		k.put("kind", "tier-guide")
		k.same("tier", "criteria", "targets")
		k.as("tradeOffWeights", "tradeOffWeights", table("factor", "weight"))
		k.as("migrationFactorWeights", "migrationFactorWeights", table("factor", "weight"))
		k.as("annualCostOfStayingUsd", "annualCostOfStaying")
		k.provenance()
		k.entry("guide/" + slug + ".md")
	})
}

// at1000 adds to each row what the name of the fact says of all: the load that a cost is for.
func at1000(v any) any {
	var out []any
	for _, row := range list(v) {
		out = append(out, append(row.(object), pair{"transactionsPerSecond", 1000}))
	}
	return out
}

// migrations converts playbooks and outlines. An outline has no slug or name in the facts; both are made
// from what it leads from and to.
func (k *taker) migrations() {
	k.each("migrations.migrations", func() {
		k.same("slug", "name", "effort", "durationMonths", "risk", "steps", "complexityFactors", "scoreBands", "improvements",
			"paybackMonths", "teamSizes", "checklistItems", "figuresFrom", "durationClaims", "rolloutPercent", "thresholds", "viaPatterns",
			"exampleDurationMonths", "readingMinutes", "difficulty", "relatedPatterns", "exampleDurationsMonths")
		k.put("kind", "playbook")
		k.as("from", "from", subject)
		k.as("to", "to", subject)
		k.as("stepsCount", "statedStepCount")
		k.as("effortClaims", "effortClaims", table("source", "effort"))
		k.as("complexityPoints", "complexityPoints", table("factor", "points"))
		k.provenance(pair{"effortSource", "effort"}, pair{"riskSource", "risk"})
		k.entry("migration/" + k.row.text("slug") + ".md")
	})
	names := k.names()
	k.each("migrations.outlines", func() {
		k.same("effort", "impact", "weeks", "named")
		k.as("from", "from", subject)
		k.as("to", "to", subject)
		k.put("kind", "outline")
		from, _ := k.row.get("from").(object)
		var slugs, titles []string
		for _, to := range k.row.rows("to") {
			slugs = append(slugs, to.text("slug"))
			titles = append(titles, names[to.text("slug")])
		}
		slug := from.text("slug") + "-to-" + strings.Join(slugs, "-and-")
		name := names[from.text("slug")] + " to " + strings.Join(titles, " and ")
		k.put("slug", slug)
		k.put("name", name)
		k.entry("migration/" + slug + ".md")
	})
}

// names returns the names of patterns and practices by their slugs, for outlines.
func (k *taker) names() map[string]string {
	out := map[string]string{}
	for _, file := range []string{"patterns", "practices"} {
		for _, row := range mustFacts(k.t, file).rows(file) {
			out[row.text("slug")] = row.text("name")
		}
	}
	return out
}
