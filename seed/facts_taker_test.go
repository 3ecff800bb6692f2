package seed_test

import (
	"strings"
	"testing"
	"unicode"
)

// leftOut returns the facts that no entry contains, by file or by file and key, and the reason.
func leftOut() map[string]string {
	const (
		source  = "where the facts were taken from; the entries name their pages"
		counted = "a count, which TestCounts compares"
		vocab   = "the values of an enum, which decoding checks"
		back    = "read backward from patterns and case studies; TestBackReferences compares"
		derived = "follows from another field, which is compared"
		tabled  = "no entry: a table of the dashboard"
		planned = "a table of the calculator, which tools takes"
	)
	return map[string]string{
		"health": tabled,

		"patterns.source": source, "companies.source": source, "case_studies.source": source, "practices.source": source,
		"laws.source": source, "pillars.source": source, "roles.source": source, "learning_paths.source": source,
		"guides.source": source, "journeys.source": source, "migrations.source": source, "quick_starts.source": source,
		"comparisons.source": source, "metrics.source": source, "calculator.source": source, "wizard.source": source,

		"patterns.counts": counted, "companies.counts": counted, "case_studies.counts": counted, "practices.counts": counted,
		"learning_paths.counts": counted, "guides.counts": counted, "migrations.counts": counted, "quick_starts.counts": counted,
		"laws.count": counted, "wizard.count": counted, "pillars.count": counted, "roles.count": counted, "journeys.count": counted, "comparisons.count": counted,
		"metrics.datasetCounts": counted,

		"patterns.vocabulary": vocab, "companies.vocabulary": vocab, "case_studies.vocabulary": vocab, "practices.vocabulary": vocab,

		"laws.laws.patterns": back, "laws.laws.caseStudies": back,
		"pillars.pillars.patterns": back, "pillars.pillars.caseStudies": back, "pillars.pillars.laws": "follows from the laws' own pillars",

		"patterns.patterns.tierAgrees":     "follows from agrees of each claim",
		"patterns.patterns.tierDissents":   "follows from agrees of each claim",
		"learning_paths.paths.steps.weeks": derived,
		"roles.roles.pathSlug":             "the path names its role",
		"roles.roles.pathName":             "the name of the path that names the role",
		"roles.roles.durationWeeks":        "the duration of the path that names the role",
		"metrics.tiers.count":              counted,

		"laws.matrixVsConstraints": planned, "pillars.fitScale": planned,

		"metrics.excellenceMetrics": tabled, "metrics.featured": tabled, "metrics.roadmap": tabled,
		"metrics.sections": tabled, "metrics.platformFigures": tabled,

		"migrations.phases": planned, "migrations.complexityLevels": planned, "migrations.riskMatrix": planned, "migrations.caseStudies": planned,
		"migrations.genericScoring": "the calculator's migrationScoring, which TestMigrationScoring compares",
	}
}

// taker takes the keys of rows of facts one by one and stores them under the fields of the entries.
// A key that is neither taken nor listed in leftOut is an error.
type taker struct {
	t    *testing.T
	out  map[string]object
	used map[string]bool // paths that were taken
	met  map[string]bool // paths that were left out

	path  string // file and list, "patterns.patterns"
	row   object
	taken map[string]bool
	made  object
}

// newTaker returns a taker that has read nothing yet.
func newTaker(t *testing.T) *taker {
	t.Helper()
	return &taker{t: t, out: map[string]object{}, used: map[string]bool{}, met: map[string]bool{}}
}

// each calls f for the rows of one list of one file.
func (k *taker) each(path string, f func()) {
	k.t.Helper()
	k.used[path] = true
	name, key, _ := strings.Cut(path, ".")
	rows := mustFacts(k.t, name).rows(key)
	if len(rows) == 0 {
		k.t.Errorf("%s is empty", path)
	}
	for _, row := range rows {
		k.path, k.row, k.taken, k.made = path, row, map[string]bool{}, object{}
		f()
		for _, p := range row {
			switch full := path + "." + p.key; {
			case k.taken[p.key]:
			case leftOut()[full] != "":
				k.met[full] = true
			default:
				k.t.Errorf("%s: no code takes it, and leftOut does not name it", full)
			}
		}
	}
}

// take returns the value of a key and marks it as taken.
func (k *taker) take(key string) any {
	k.taken[key] = true
	return k.row.get(key)
}

// put sets a field of the entry.
func (k *taker) put(field string, v any) { k.made = append(k.made, pair{field, v}) }

// same takes keys that have the same name and form in the entry.
func (k *taker) same(keys ...string) {
	for _, key := range keys {
		k.put(key, k.take(key))
	}
}

// as takes a key that has another name in the entry, and converts its value with forms.
func (k *taker) as(key, field string, forms ...func(any) any) {
	v := k.take(key)
	for _, form := range forms {
		v = form(v)
	}
	k.put(field, v)
}

// entry ends a row: the fields so far are the entry of that file.
func (k *taker) entry(file string) {
	if _, twice := k.out[file]; twice {
		k.t.Errorf("%s: two rows of the facts describe it", file)
	}
	k.out[file] = k.made
}

// provenance takes the source of a row. sources maps keys such as "tierSource" to the field whose
// source they state.
func (k *taker) provenance(sources ...pair) {
	p := object{}
	for _, key := range []pair{
		{"page", "page"},
		{"pageDir", "page"},
		{"pageStatus", "pageStatus"},
		{"pageWords", "pageWords"},
		{"variantPages", "pages"},
		{"source", "origin"},
	} {
		if v := k.take(key.key); v != nil {
			p = append(p, pair{key.value.(string), v})
		}
	}
	var fields []any
	for _, s := range sources {
		row := object{{"field", s.value}, {"source", k.take(s.key)}}
		if s.value == "introduced" {
			row = append(row, pair{"raw", k.take("introducedRaw")}, pair{"reference", k.take("introducedReference")})
		}
		if row.get("source") != nil {
			fields = append(fields, row)
		}
	}
	k.put("provenance", append(p, pair{"fieldSources", fields}))
}

// kebab converts "catalogPage" to "catalog-page".
func kebab(s string) string {
	var b strings.Builder
	for i, r := range s {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte('-')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// subject converts {kind: pattern, slug: saga} to {pattern: saga}, also within a list.
func subject(v any) any {
	switch v := v.(type) {
	case []any:
		out := []any{}
		for _, x := range v {
			out = append(out, subject(x))
		}
		return out
	case object:
		if kind := v.text("kind"); kind != "label" {
			return object{{kind, v.get("slug")}}
		}
		return object{{"label", v.get("label")}}
	}
	return v
}

// table converts an object to a list of rows with a key and a value.
func table(key, value string) func(any) any {
	return func(v any) any {
		var out []any
		o, _ := v.(object)
		for _, p := range o {
			out = append(out, object{{key, p.key}, {value, p.value}})
		}
		return out
	}
}

// within applies a form to a key of every row of a list.
func within(key string, form func(any) any) func(any) any {
	return func(v any) any {
		var out []any
		for _, x := range list(v) {
			row := object{}
			for _, p := range x.(object) {
				if p.key == key {
					p.value = form(p.value)
				}
				row = append(row, p)
			}
			out = append(out, row)
		}
		return out
	}
}

// renamed renames a key of every row of a list; to "" removes it.
func renamed(from, to string) func(any) any {
	return func(v any) any {
		var out []any
		for _, x := range list(v) {
			row := object{}
			for _, p := range x.(object) {
				switch {
				case p.key != from:
					row = append(row, p)
				case to != "":
					row = append(row, pair{to, p.value})
				}
			}
			out = append(out, row)
		}
		return out
	}
}
