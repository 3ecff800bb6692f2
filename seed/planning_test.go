package seed_test

import (
	"reflect"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"patternhub/seed"
)

// TestPlanning compares the tables of planning.json with the facts.
func TestPlanning(t *testing.T) {
	tables, err := seed.ReadTables()
	if err != nil {
		t.Fatal(err)
	}
	migrations, matrix := mustFacts(t, "migrations"), mustFacts(t, "laws").get("matrixVsConstraints").(object)
	scale := list(matrix.get("scale"))
	want := object{
		{"migrationPhases", migrations.get("phases")},
		{"migrationLevels", migrations.get("complexityLevels")},
		{"migrationRisks", migrations.get("riskMatrix")},
		{"migrationStories", migrations.get("caseStudies")},
		{"fitScale", fitSteps(t, mustFacts(t, "pillars").get("fitScale"))},
		{"constraintMatrix", object{
			{"note", matrix.get("note")},
			{"scale", object{{"min", scale[0]}, {"max", scale[1]}}},
			{"constraints", matrix.get("constraints")},
			{"rows", within("scores", table("constraint", "score"))(matrix.get("rows"))},
		}},
	}
	if d := cmp.Diff(plain(want), plain(structTree(reflect.ValueOf(tables.Calculator.Planning)))); d != "" {
		t.Errorf("planning (-facts +table):\n%s", d)
	}
	scoring := migrations.get("genericScoring").(object)
	want = object{
		{"factors", scoring.get("factors")},
		{"bands", scoring.get("bands")},
		{"points", table("level", "points")(scoring.get("points"))},
	}
	got := structTree(reflect.ValueOf(tables.Calculator.MigrationScoring))
	byLevel := func(rows any) map[string]any {
		out := map[string]any{}
		for _, row := range list(rows) {
			out[row.(object).text("level")] = plain(row)
		}
		return out
	}
	if d := cmp.Diff(byLevel(want.get("points")), byLevel(got.get("points"))); d != "" {
		t.Errorf("points (-facts +table):\n%s", d)
	}
	for _, key := range []string{"factors", "bands"} {
		if d := cmp.Diff(plain(want.get(key)), plain(got.get(key))); d != "" {
			t.Errorf("%s (-facts +table):\n%s", key, d)
		}
	}
}

// fitSteps converts {"0": "minimal"} to rows.
func fitSteps(t *testing.T, v any) any {
	t.Helper()
	var out []any
	for _, p := range v.(object) {
		fit, err := strconv.Atoi(p.key)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, object{{"fit", fit}, {"label", p.value}})
	}
	return out
}
