package content_test

import (
	"cmp"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"patternhub/internal/content"
)

// anyType draws an entry type.
func anyType(t *rapid.T) content.EntryType {
	return rapid.SampledFrom(content.Types()).Draw(t, "type")
}

// anyEntry draws a valid entry of a type, as an author may write one.
func anyEntry(t *rapid.T, et content.EntryType) content.Entry {
	e := content.NewEntry(et)
	h := e.Head()
	h.Key = cmp.Or(et.OnlyKey(), anyKey(t))
	h.Slug = rapid.StringMatching(`[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,2}`).Draw(t, "slug")
	h.Name, h.Summary = anyText(t), anyText(t)
	drawFields(t, reflect.ValueOf(e).Elem())
	if p, ok := e.(*content.Pattern); ok {
		p.Relations = distinct(p)
	}
	if w, ok := e.(*content.Wizard); ok {
		inOrder(w)
	}
	return e
}

// inOrder lets each answer of a wizard lead to the next question.
func inOrder(w *content.Wizard) {
	w.FirstQuestion = "item-0"
	if len(w.Questions) == 0 {
		w.Questions = []content.WizardQuestion{{Slug: w.FirstQuestion, Label: "First"}}
	}
	for i := range w.Questions {
		for j := range w.Questions[i].Options {
			w.Questions[i].Options[j].Next = ""
			if i+1 < len(w.Questions) {
				w.Questions[i].Options[j].Next = w.Questions[i+1].Slug
			}
		}
	}
}

func anyKey(t *rapid.T) string { return rapid.StringMatching(`[a-z]{1,3}`).Draw(t, "key") }

// anyText draws a string with the characters that break formats.
func anyText(t *rapid.T) string {
	return "x" + rapid.StringOfN(rapid.SampledFrom([]rune("ab1 :#-?[]{}\"'\\\n\t|>&*!%@`~,éß日\u2028")), 0, 12, -1).Draw(t, "text")
}

func drawFields(t *rapid.T, s reflect.Value) {
	for i := range s.NumField() {
		f := s.Type().Field(i)
		if !f.Anonymous && f.Tag.Get("bson") != "" {
			drawValue(t, s.Field(i), f.Tag)
		}
	}
}

func drawValue(t *rapid.T, v reflect.Value, tag reflect.StructTag) {
	switch x := v.Addr().Interface().(type) {
	case *content.RichText:
		x.Markdown = "# Title\n\n" + anyText(t)
		x.HTML, x.WordCount = "<p>rendered</p>", 7
		return
	case *content.Subject:
		x.Text = anyText(t)
		switch rapid.IntRange(0, 2).Draw(t, "subject") {
		case 0:
			x.PatternKey = anyKey(t)
		case 1:
			x.PracticeKey = anyKey(t)
		}
		return
	case *content.WizardPick:
		var subject content.Subject
		drawValue(t, reflect.ValueOf(&subject).Elem(), tag)
		*x = content.WizardPick{PatternKey: subject.PatternKey, PracticeKey: subject.PracticeKey, Text: subject.Text, ListedTierKey: anyKey(t)}
		return
	case *content.IntRange:
		low := rapid.IntRange(0, 50).Draw(t, "min")
		high := low + rapid.IntRange(0, 50).Draw(t, "width")
		x.Min, x.Max = &low, &high
		return
	case *content.TimeSpan:
		x.Unit, x.Start = "WEEK", rapid.IntRange(0, 9).Draw(t, "start")
		x.End = x.Start + rapid.IntRange(0, 9).Draw(t, "length")
		return
	}
	if enum, ok := reflect.TypeAssert[interface{ Values() []string }](v); ok && v.Kind() == reflect.String {
		v.SetString(rapid.SampledFrom(enum.Values()).Draw(t, "value"))
		return
	}
	drawKind(t, v, tag)
}

func drawKind(t *rapid.T, v reflect.Value, tag reflect.StructTag) {
	switch v.Kind() {
	case reflect.Pointer:
		if rapid.Bool().Draw(t, "given") {
			v.Set(reflect.New(v.Type().Elem()))
			drawValue(t, v.Elem(), tag)
		}
	case reflect.Slice:
		n := rapid.IntRange(0, 2).Draw(t, "items")
		if n == 0 {
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			item := v.Index(i)
			if item.Kind() == reflect.Pointer {
				item.Set(reflect.New(item.Type().Elem()))
				item = item.Elem()
			}
			drawValue(t, item, tag)
			if item.Kind() == reflect.Struct && item.FieldByName("Slug").IsValid() {
				item.FieldByName("Slug").SetString("item-" + strconv.Itoa(i)) // unique in its list
			}
		}
	case reflect.Struct:
		drawFields(t, v)
	case reflect.String:
		switch {
		case tag.Get("ref") != "":
			v.SetString(anyKey(t))
		case strings.Contains(tag.Get("rule"), "date"):
			v.SetString(rapid.SampledFrom([]string{"1970s", "2012", "2007-03"}).Draw(t, "date"))
		default:
			v.SetString(anyText(t))
		}
	case reflect.Int:
		least, most := bounds(tag, 0, 1000)
		v.SetInt(rapid.Int64Range(least, most).Draw(t, "number"))
	case reflect.Float64:
		least, most := bounds(tag, -100, 100)
		v.SetFloat(float64(rapid.Int64Range(4*least, 4*most).Draw(t, "quarters")) / 4)
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, "flag"))
	}
}

// bounds returns the bounds of a number, which the tag of its field can restrict.
func bounds(tag reflect.StructTag, least, most int64) (int64, int64) {
	for part := range strings.SplitSeq(tag.Get("rule"), ",") {
		key, value, _ := strings.Cut(part, "=")
		n, _ := strconv.ParseInt(value, 10, 64)
		switch key {
		case "min":
			least = n
		case "max":
			most = n
		}
	}
	return least, most
}

// distinct returns the relations of a pattern without those to itself and repeated ones.
func distinct(p *content.Pattern) []content.RelationRow {
	seen := map[string]bool{p.Key: true}
	var out []content.RelationRow
	for _, r := range p.Relations {
		if !seen[r.PatternKey] {
			seen[r.PatternKey] = true
			out = append(out, r)
		}
	}
	return out
}

// texts returns n different texts.
func texts(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = "text " + strconv.Itoa(i)
	}
	return out
}

// TestDrawnEntriesAreValid checks anyEntry: what it draws may be published.
func TestDrawnEntriesAreValid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := anyEntry(t, anyType(t))
		if problems := content.Validate(e, true); len(problems) > 0 {
			t.Fatalf("%s: %v", e.Head().Type, problems)
		}
	})
}
