package content_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
)

// sample returns the JSON value of a field of a form, with the fields below it if it is a group.
func sample(form *content.EntryForm, f content.EntryField) any {
	var one any
	switch f.Kind {
	case content.FieldGroup:
		group := map[string]any{}
		for _, below := range form.Fields {
			if name, ok := strings.CutPrefix(below.Path, f.Path+"."); ok && !strings.Contains(name, ".") {
				group[name] = sample(form, below)
			}
		}
		one = group
	case content.FieldInteger:
		one = 7
	case content.FieldNumber:
		one = 2.5
	case content.FieldFlag:
		one = true
	case content.FieldEnum:
		one = f.Values[0]
	default:
		one = "A text with \"quotes\",\r\n\ttabs and é."
	}
	if f.List {
		return []any{one, one}
	}
	return one
}

// TestInputsOfEveryTypeAreRead sends a value for every field of every form, and null for each.
func TestInputsOfEveryTypeAreRead(t *testing.T) {
	t.Parallel()
	for _, form := range content.Forms() {
		full, empty := map[string]any{}, map[string]any{}
		for _, f := range form.Fields {
			if !strings.Contains(f.Path, ".") {
				full[f.Path], empty[f.Path] = sample(form, f), nil
			}
		}
		for name, given := range map[string]map[string]any{"full": full, "empty": empty} {
			raw, err := json.Marshal(given)
			if err != nil {
				t.Fatal(err)
			}
			e, fields, wrong := content.ParseInput(form.Type, string(raw))
			if len(wrong) > 0 {
				t.Fatalf("%s, %s: %+v", form.Name, name, wrong)
			}
			if d := cmp.Diff(content.Authored(form.Type), fields); d != "" {
				t.Errorf("%s, %s (-want +got): %s", form.Name, name, d)
			}
			for _, field := range fields {
				if got := content.FieldValue(e, field); got.IsZero() != (name == "empty") {
					t.Errorf("%s, %s: %s is %v", form.Name, name, field, got)
				}
			}
		}
	}
}

// TestInputsAreCheckedForTheirShape shows what an autosave cannot have, and what a write would refuse but an autosave
// can have.
func TestInputsAreCheckedForTheirShape(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		input string
		want  []string
	}{
		"nothing changed":       {`{}`, nil},
		"a name too long":       {`{"name": "` + strings.Repeat("n", 10_000) + `"}`, nil},
		"no name":               {`{"name": null, "slug": ""}`, nil},
		"a slug of nobody":      {`{"tier": "no-such-tier", "relatedPatterns": [{"pattern": "no", "relation": ""}]}`, nil},
		"no value of the enum":  {`{"category": "NOWHERE"}`, nil},
		"no JSON":               {`{"name": `, []string{"input"}},
		"two documents":         {`{} {}`, []string{"input"}},
		"null":                  {`null`, []string{"input"}},
		"a list":                {`[]`, []string{"input"}},
		"no field":              {`{"nam": "x", "id": "y"}`, []string{"input.id", "input.nam"}},
		"no field of a part":    {`{"relatedPatterns": [{}, {"patern": "saga"}]}`, []string{"input.relatedPatterns.1.patern"}},
		"the position":          {`{"companies": [{"order": 3}]}`, []string{"input.companies.0.order"}},
		"a number for a text":   {`{"name": 1}`, []string{"input.name"}},
		"a fraction":            {`{"readingMinutes": 1.5}`, []string{"input.readingMinutes"}},
		"an object for a text":  {`{"body": {"markdown": "x"}}`, []string{"input.body"}},
		"a text for a list":     {`{"laws": "x"}`, []string{"input.laws"}},
		"a text for a part":     {`{"relatedPatterns": ["saga"]}`, []string{"input.relatedPatterns.0"}},
		"a null part":           {`{"relatedPatterns": [null]}`, nil},
		"a deep value":          {`{"body": ` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + `}`, []string{"input"}},
		"a deep value in place": {`{"laws": [` + strings.Repeat("[", 5_000) + strings.Repeat("]", 5_000) + `]}`, []string{"input.laws.0"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, wrong := content.ParseInput(content.TypePattern, tt.input)
			var got []string
			for _, w := range wrong {
				got = append(got, strings.Join(w.Field, "."))
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("wrong (-want +got): %s", d)
			}
		})
	}
	many := "{" + strings.Join(slices.Repeat([]string{`"x": 1`}, 5), ",") + `, "companies": [` + strings.TrimSuffix(strings.Repeat(`1,`, 5_000), ",") + `]}`
	if _, _, wrong := content.ParseInput(content.TypePattern, many); len(wrong) != 100 {
		t.Errorf("%d mistakes are reported", len(wrong))
	}
	if _, _, wrong := content.ParseInput("NOTHING", `{}`); len(wrong) != 1 {
		t.Error("an unknown type is accepted")
	}
}
