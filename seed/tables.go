package seed

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"

	"patternhub/internal/content"
)

//go:embed tables/*.json
var tableFiles embed.FS

// TableStore is the destination of read models.
type TableStore interface {
	content.TableWriter
}

// LoadTables loads the read models: the tables of the tools, and the health observations. A second
// load writes nothing. It never changes an existing observation, since an author may have corrected
// it.
// It is not one transaction: after a crash the next load continues. Entries that the tables refer
// to should be loaded before.
func LoadTables(ctx context.Context, store TableStore) error {
	t, err := ReadTables()
	if err != nil {
		return err
	}
	steps := []func() error{
		func() error { return store.PutMetrics(ctx, by, t.Metrics) },
		func() error { return store.PutScoring(ctx, by, t.Scoring) },
		func() error { return store.PutWeights(ctx, by, t.Weights) },
	}
	for part := range slices.Chunk(t.Observations, content.MaxBatch) {
		steps = append(steps, func() error { return store.Observe(ctx, by, true, part...) })
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return fmt.Errorf("load tables: %w", err)
		}
	}
	return nil
}

// Tables is the content of the files.
type Tables struct {
	Metrics      *content.Metrics
	Scoring      *content.Scoring
	Weights      *content.Weights
	Observations []*content.Observation
}

// ReadTables decodes the files. An unknown field is an error, so that no fact is lost unnoticed.
// The files are embedded, so an error is a mistake of the build, which a test finds.
func ReadTables() (*Tables, error) {
	out := &Tables{Metrics: new(content.Metrics), Weights: new(content.Weights)}
	for _, f := range []struct {
		name string
		into any
	}{
		{"metrics.json", out.Metrics},
		{"weights.json", out.Weights},
	} {
		if err := readTable(f.name, f.into); err != nil {
			return nil, err
		}
	}
	if err := frontPage(out.Metrics); err != nil {
		return nil, err
	}
	var err error
	out.Scoring, out.Observations, err = readHealth()
	return out, err
}

// frontPage adds the hub's own texts to the facts of the front page. Each section needs a summary.
func frontPage(m *content.Metrics) error {
	const name = "home.json"
	raw, err := tableFiles.ReadFile("tables/" + name)
	if err != nil {
		return fmt.Errorf("read table: %w", err)
	}
	var words struct {
		Title, Tagline string
		Summaries      map[string]string
	}
	if err := strict(name, raw, &words); err != nil {
		return err
	}
	m.Title, m.Tagline = words.Title, words.Tagline
	for i := range m.Sections {
		s := &m.Sections[i]
		if s.Summary = words.Summaries[s.Slug]; s.Summary == "" {
			return fmt.Errorf("decode %s: the section %s has no summary", name, s.Slug)
		}
	}
	return nil
}

// readTable decodes one file of facts into the form of the read models.
func readTable(name string, into any) error {
	raw, err := tableFiles.ReadFile("tables/" + name)
	if err != nil {
		return fmt.Errorf("read table: %w", err)
	}
	var facts any
	if err := json.Unmarshal(raw, &facts); err != nil {
		return fmt.Errorf("decode %s: %w", name, err)
	}
	shaped, err := json.Marshal(reshape("", facts))
	if err != nil {
		return fmt.Errorf("decode %s: %w", name, err)
	}
	return strict(name, shaped, into)
}

// strict decodes JSON and rejects unknown fields.
func strict(name string, raw []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("decode %s: %w", name, err)
	}
	return nil
}

// pairs returns, for a fact that is a map from names to values, the field names of the rows that
// replace it in the read models. GraphQL has no maps.
func pairs(key string) (name, value string, ok bool) {
	switch key {
	case "problemFilters":
		return "problem", "patterns", true
	case "caseStudyTiers":
		return "tier", "count", true
	}
	return "", "", false
}

// reshape converts facts to the form of the read models: references become keys, maps become rows,
// and words of closed vocabularies become enum values.
// It descends through all levels; key is the name of v. It modifies maps and lists in place.
func reshape(key string, v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = reshape(key, v[i])
		}
	case map[string]any:
		if name, value, ok := pairs(key); ok {
			return rows(v, name, value)
		}
		out := make(map[string]any, len(v))
		for k, x := range v {
			out[k] = reshape(k, x)
		}
		delete(out, "source") // the source of all the facts
		return reference(out)
	case string:
		switch key {
		case "qualifier", "trend", "comparator", "group":
			return enum(v)
		case "kind":
			if v != "pattern" && v != "practice" && v != "label" {
				return enum(v)
			}
		}
	case float64:
	}
	return v
}

// enum returns the spelling of a word as an enum value.
func enum(word string) string { return strings.ToUpper(strings.ReplaceAll(word, "-", "_")) }

// rows converts a map to rows, sorted by name, so that a second load finds the same document.
func rows(m map[string]any, name, value string) []any {
	names := make([]string, 0, len(m))
	for k := range m {
		names = append(names, k)
	}
	sort.Strings(names)
	out := make([]any, 0, len(m))
	for _, k := range names {
		out = append(out, map[string]any{name: k, value: reshape(value, m[k])})
	}
	return out
}

// reference converts {"kind": "pattern", "slug": ...} to the fields of a content.Subject.
// It leaves objects with a label of their own, or without a slug, unchanged.
func reference(m map[string]any) map[string]any {
	field := map[any]string{"pattern": "PatternKey", "practice": "PracticeKey"}[m["kind"]]
	if field == "" || m["slug"] == nil || m["label"] != nil {
		return m
	}
	m[field] = m["slug"]
	delete(m, "kind")
	delete(m, "slug")
	return m
}
