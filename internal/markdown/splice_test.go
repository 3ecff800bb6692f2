package markdown_test

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
	"patternhub/internal/markdown"
)

const sagaSource = "---\n" +
	"# About the pattern\n" +
	"summary: 'It''s a chain'   # keep\n" +
	"name: \"Saga\"\n" +
	"owner_team:   payments\n" +
	"\n" +
	"category: data-management\n" +
	"catalogGroup: data\ncatalogStatus: production-ready\nrecommendation: recommended\nrelevance: mainstream\ndifficulty: advanced\n" +
	"tags: [ 'a',  b ] # flow\n" +
	"laws:\n- correlated-failure\n# between\n-   emergent-chaos\n" +
	"companies:\n" +
	"    # the first\n" +
	"    - scale: 1M # about\n" +
	"      company: uber\n" +
	"    - {company: lyft}\n" +
	"---\n" +
	"\n" +
	"Lead   text.\n" +
	"## Problem\nOld\nproblem.\n\n\n" +
	"## When to use\n* One\n* Two\n  goes on\n\n" +
	"## Trade-offs\n\n### Pros\n\n- Fast\n\n" +
	"##   Notes\n\nFirst line.  \nSecond line.\n"

func decodePattern(src []byte) (content.Entry, error) {
	p := &content.Pattern{Meta: content.Meta{Type: content.TypePattern, Slug: "saga"}}
	_, err := markdown.Decode(src, p)
	return p, err
}

func TestSpliceChangesOnlyTheLinesOfTheEdit(t *testing.T) {
	scale := "2M"
	tests := map[string]struct {
		edit func(*content.Pattern)
		want func(string) string
	}{
		"nothing":         {func(*content.Pattern) {}, func(s string) string { return s }},
		"quoted text":     {func(p *content.Pattern) { p.Summary = "It's new" }, swap("'It''s a chain'", "'It''s new'")},
		"a name":          {func(p *content.Pattern) { p.Name = "Sagas: all" }, swap(`"Saga"`, `"Sagas: all"`)},
		"an enum":         {func(p *content.Pattern) { p.Difficulty = "BEGINNER" }, swap("difficulty: advanced", "difficulty: beginner")},
		"a new field":     {func(p *content.Pattern) { p.Enhanced = true }, swap("advanced\n", "advanced\nenhanced: true\n")},
		"a list in flow":  {func(p *content.Pattern) { p.Tags = []string{"a", "b", "c d"} }, swap("[ 'a',  b ]", "[a, b, c d]")},
		"a removed field": {func(p *content.Pattern) { p.Tags = nil }, swap("tags: [ 'a',  b ] # flow\n", "")},
		"a point of a list": {
			func(p *content.Pattern) { p.LawKeys = []string{"correlated-failure", "cognitive-load"} },
			swap("-   emergent-chaos", "-   cognitive-load"),
		},
		"one point more": {
			func(p *content.Pattern) { p.LawKeys = append(p.LawKeys, "cognitive-load") },
			swap("-   emergent-chaos\n", "-   emergent-chaos\n- cognitive-load\n"),
		},
		"one point less": {func(p *content.Pattern) { p.LawKeys = p.LawKeys[1:] }, swap("- correlated-failure\n", "")},
		"a field in a list": {
			func(p *content.Pattern) {
				p.Adoptions = []content.Adoption{{CompanyKey: "uber", Scale: &scale}, p.Adoptions[1]}
			},
			swap("scale: 1M # about", "scale: \"2M\" # about"),
		},
		"a record in flow": {
			func(p *content.Pattern) {
				p.Adoptions = []content.Adoption{p.Adoptions[0], {CompanyKey: "lyft", Scale: &scale}}
			},
			swap("{company: lyft}", "{company: lyft, scale: \"2M\"}"),
		},
		"the first key of a record": {
			func(p *content.Pattern) { p.Adoptions = []content.Adoption{{CompanyKey: "uber"}, p.Adoptions[1]} },
			swap("    - scale: 1M # about\n      company: uber\n", "    - company: uber\n"),
		},
		"a section": {func(p *content.Pattern) { p.Problem = "Old\nquestion." }, swap("Old\nproblem.", "Old\nquestion.")},
		"a new section": {
			func(p *content.Pattern) { p.Solution = "Do it." },
			swap("problem.\n\n\n", "problem.\n\n\n## Solution\n\nDo it.\n\n"),
		},
		"a removed section": {func(p *content.Pattern) { p.Problem = "" }, swap("## Problem\nOld\nproblem.\n\n\n", "")},
		"a point of a section": {
			func(p *content.Pattern) { p.WhenToUse = []string{"One", "Three"} },
			swap("* Two\n  goes on\n", "* Three\n"),
		},
		"a part": {
			func(p *content.Pattern) { p.TradeOffs.Cons = []string{"Slow"} },
			swap("- Fast\n\n", "- Fast\n\n### Cons\n\n- Slow\n\n"),
		},
		"a line of the body": {
			func(p *content.Pattern) { p.Body.Markdown = strings.Replace(p.Body.Markdown, "Second", "2nd", 1) },
			swap("Second", "2nd"),
		},
		"a line more": {
			func(p *content.Pattern) { p.Body.Markdown += "Third line.\n" },
			swap("Second line.\n", "Second line.\nThird line.\n"),
		},
		"a body that is gone": {
			func(p *content.Pattern) { p.Body.Markdown = "" },
			func(s string) string {
				return swap("\n##   Notes\n\nFirst line.  \nSecond line.\n", "")(swap("Lead   text.\n", "")(s))
			},
		},
	}
	forms := map[string]func(string) string{
		"as it is":           func(s string) string { return s },
		"with CRLF and mark": func(s string) string { return "\ufeff" + strings.ReplaceAll(s, "\n", "\r\n") },
		"with CR":            func(s string) string { return strings.ReplaceAll(s, "\n", "\r") },
	}
	for form, shape := range forms {
		for name, tt := range tests {
			t.Run(form+"/"+name, func(t *testing.T) {
				source := []byte(shape(sagaSource))
				e, err := decodePattern(source)
				if err != nil {
					t.Fatal(err)
				}
				tt.edit(e.(*content.Pattern))
				got, err := markdown.Splice(source, e, decodePattern)
				if err != nil {
					t.Fatal(err)
				}
				if d := cmp.Diff(shape(tt.want(sagaSource)), string(got)); d != "" {
					t.Errorf("spliced: %s", d)
				}
			})
		}
	}
}

func swap(old, now string) func(string) string {
	return func(s string) string {
		if strings.Count(s, old) != 1 {
			panic("the source does not hold once: " + old)
		}
		return strings.Replace(s, old, now, 1)
	}
}

// mutate changes one field of an entry in place, chosen by r, and returns its name.
func mutate(r *rand.Rand, v reflect.Value) string {
	for {
		i := r.IntN(v.NumField())
		f, field := v.Field(i), v.Type().Field(i)
		if field.Anonymous {
			h := f.Addr().Interface().(*content.Meta)
			h.Summary = "A new summary: \"quoted\", with #" + h.Summary
			return "summary"
		}
		switch x := f.Addr().Interface().(type) {
		case *string:
			if field.Tag.Get("section") == "" {
				continue
			}
			*x += "\n\nOne more paragraph."
		case *[]string:
			if len(*x) == 0 {
				continue
			}
			at := r.IntN(len(*x))
			list := append([]string{}, *x...)
			if r.IntN(2) == 0 {
				list[at] = "changed-point"
			} else {
				list = append(list[:at], list[at+1:]...)
			}
			*x = list
		case *content.RichText:
			lines := strings.Split(strings.TrimSuffix(x.Markdown, "\n"), "\n")
			at := r.IntN(len(lines))
			lines[at] = "Another line: with \\ and `code`."
			x.Markdown = strings.Join(lines, "\n") + "\n"
		default:
			if f.Kind() != reflect.Slice || f.Len() < 2 {
				continue
			}
			f.Set(reflect.AppendSlice(f.Slice(0, 1), f.Slice(2, f.Len())))
		}
		return field.Name
	}
}

func TestSplicePreservesTheRestOfEveryFile(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	tree(t, func(name string, src []byte, e content.Entry) {
		read := func(src []byte) (content.Entry, error) {
			e := blank(t, name)
			_, err := markdown.Decode(src, e)
			return e, err
		}
		field := mutate(r, reflect.ValueOf(e).Elem())
		got, err := markdown.Splice(src, e, read)
		if err != nil {
			t.Errorf("%s after a change of %s: %v", name, field, err)
			return
		}
		if back, err := read(got); err != nil || !markdown.Same(back, e) {
			t.Errorf("%s after a change of %s is read as something else (%v)", name, field, err)
		}
		// A question of a wizard has 24 lines with its options; no item of another list has more.
		if lost := missing(src, got); lost > 24 {
			t.Errorf("%s after a change of %s lost %d lines", name, field, lost)
		}
	})
}

// missing counts the lines of a that b does not have.
func missing(a, b []byte) int {
	have := map[string]int{}
	for l := range bytes.SplitSeq(b, []byte("\n")) {
		have[string(l)]++
	}
	n := 0
	for l := range bytes.SplitSeq(a, []byte("\n")) {
		if have[string(l)]--; have[string(l)] < 0 {
			n++
		}
	}
	return n
}
