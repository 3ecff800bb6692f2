package markdown_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"patternhub/internal/content"
	"patternhub/internal/markdown"
)

// hostile are texts that a file could read as something else.
var hostile = []string{
	"a\r\nb", "a\rb", "ends with a blank ", " begins with one", "\ttab", "a\n\nb", "a\n# b\nc", "## Problem", "lead\n## When to use\n\n- x\n", "##   Spaced  \n\ntext",
	"---", "---\nname: x\n---\n", "...", "- a", "- [ ] a", "[x] a", "[ ] ", "* a\n  b", "1. a", "```", "```go\nopen", "~~~\n## Problem\n~~~", "> q", "# ", "#", "## ", "###  Pros",
	"yes", "no", "on", "off", "y", "n", "Y", "true", "null", "~", "NULL", "0x1F", "1_000", "1e3", ".inf", "-.inf", ".nan", "2012", "2012-01-01", "12:30:45", "0o17", "007", "+1", "-1", "1.50",
	"'", "\"", "''", "it's", "say \"x\"", "a: b", "a #b", "#b", "a:", ": a", "? a", "- ", "-", "!tag x", "&a", "*a", "%x", "@x", "`x", "|", ">", "{a: b}", "[a, b]", "{", "}", "[", "]", ",", "a, b",
	"<<", "=", "\\", "\\n", "a\\", "\u0085", "\u2028x", "\ufeffx", "x\ufeff", "\u00a0", " \u00a0 ", "\u200b", "🚀", "e\u0301", "הלו", "日本語", "\U000e0001", "a\u0080b", "|-\n x", "\n", " ", "\n\n",
	"<!-- c -->", "<details>", "{#id}", "[^1]: note", "    code", strings.Repeat("long ", 300), strings.Repeat("x", 150),
}

// anyText draws a string: a hostile one, two of them joined, or any characters.
func anyText() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.SampledFrom(hostile),
		rapid.Map(rapid.SliceOfN(rapid.SampledFrom(hostile), 2, 3), func(list []string) string { return strings.Join(list, "\n") }),
		rapid.Map(rapid.String(), func(s string) string { return strings.ReplaceAll(s, "\x00", "") }),
		rapid.StringMatching(`[a-z][a-z -]{0,30}`),
	)
}

// fill draws the fields that authors write.
func fill(t *rapid.T, v reflect.Value) {
	for f, field := range v.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("bson"), ",")
		if f.Anonymous || name == "" || name == "order" {
			continue
		}
		value(t, field)
	}
}

func value(t *rapid.T, v reflect.Value) {
	if text, ok := reflect.TypeAssert[*content.RichText](v.Addr()); ok {
		text.Markdown = anyText().Draw(t, "body")
		return
	}
	if e, ok := reflect.TypeAssert[interface{ Values() []string }](v); ok && v.Kind() == reflect.String {
		v.SetString(rapid.SampledFrom(append([]string{""}, e.Values()...)).Draw(t, "enum"))
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if rapid.Bool().Draw(t, "given") {
			v.Set(reflect.New(v.Type().Elem()))
			value(t, v.Elem())
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 0, 0))
		for range rapid.IntRange(0, 3).Draw(t, "items") {
			item := reflect.New(v.Type().Elem()).Elem()
			if item.Kind() == reflect.Pointer {
				item.Set(reflect.New(item.Type().Elem()))
				value(t, item.Elem())
			} else {
				value(t, item)
			}
			v.Set(reflect.Append(v, item))
		}
	case reflect.Struct:
		if _, moment := reflect.TypeAssert[time.Time](v); moment {
			v.Set(reflect.ValueOf(time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "time"), 0).UTC()))
			return
		}
		fill(t, v)
	case reflect.String:
		v.SetString(anyText().Draw(t, "text"))
	case reflect.Int:
		v.SetInt(int64(rapid.Int32().Draw(t, "int")))
	case reflect.Float64:
		v.SetFloat(rapid.Float64Range(-1e9, 1e9).Draw(t, "float"))
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, "bool"))
	default:
		t.Fatalf("a field of kind %s", v.Kind())
	}
}

// TestReviewedEntriesAreReadBackEqual writes random entries of every type as files and as records.
// What Review accepts is read back equal; a refusal names the field.
func TestReviewedEntriesAreReadBackEqual(t *testing.T) {
	for _, kind := range content.Types() {
		t.Run(string(kind), func(t *testing.T) {
			accepted := 0
			rapid.Check(t, func(t *rapid.T) {
				e := content.NewEntry(kind)
				fill(t, reflect.ValueOf(e).Elem())
				*e.Head() = content.Meta{Type: kind, Key: kind.OnlyKey(), Slug: "slug", Name: anyText().Draw(t, "name"), Summary: anyText().Draw(t, "summary")}
				if !kind.Singleton() {
					e.Head().Key = "key"
				}
				content.Assign(e, e, nil) // numbers what has an order
				sound(e)
				wrong := append(markdown.Review(e), content.Validate(e, false)...)
				for _, w := range wrong {
					if len(w.Field) == 0 || !content.FieldValue(e, w.Field[0]).IsValid() {
						t.Fatalf("%q names no field: %q", w.Message, w.Field)
					}
				}
				if len(wrong) > 0 {
					return
				}
				accepted++
				mustReadBack(t, e)
			})
			if accepted == 0 {
				t.Error("no entry was accepted")
			}
		})
	}
}

// sound removes from an entry what the rules for working copies refuse.
func sound(e content.Entry) {
	for range 50 {
		wrong := content.Validate(e, false)
		if len(wrong) == 0 {
			return
		}
		for _, w := range wrong {
			f := content.FieldValue(e, w.Field[0])
			if len(w.Field) == 1 && f.Kind() == reflect.String {
				f.SetString("text")
				if v, ok := reflect.TypeAssert[interface{ Values() []string }](f); ok {
					f.SetString(v.Values()[0])
				}
				continue
			}
			f.SetZero()
		}
		for f, field := range reflect.ValueOf(e).Elem().Fields() {
			if !f.Anonymous && field.Kind() == reflect.Struct && f.Type != reflect.TypeFor[content.RichText]() {
				enums(field)
			}
		}
	}
}

// enums sets the empty enums of a struct to their first value.
func enums(v reflect.Value) {
	for _, f := range v.Fields() {
		if e, ok := reflect.TypeAssert[interface{ Values() []string }](f); ok && f.String() == "" {
			f.SetString(e.Values()[0])
		}
	}
}

// exactly returns the fields that differ. It compares the line ends of bodies, which
// content.Changed ignores.
func exactly(a, b content.Entry) []string {
	out := content.Changed(a, b)
	if x, y := bodyOf(a), bodyOf(b); x != y {
		out = append(out, "the body's line ends")
	}
	return out
}

func bodyOf(e content.Entry) string {
	return reflect.ValueOf(e).Elem().FieldByName("Body").FieldByName("Markdown").String()
}

func mustReadBack(t *rapid.T, e content.Entry) {
	text := markdown.Encode(e)
	decoded := content.NewEntry(e.Head().Type)
	decoded.Head().Key, decoded.Head().Slug = "key", "slug"
	if _, err := markdown.Decode(text, decoded); err != nil {
		t.Fatalf("the file cannot be read: %v\n%s", err, text)
	}
	if d := exactly(e, decoded); len(d) > 0 {
		t.Fatalf("the file is read with other %v:\n%s\n%s", d, text, cmp.Diff(e, decoded))
	}
	line, err := markdown.EncodeRecord(e)
	if err != nil {
		t.Fatal(err)
	}
	record, _, err := markdown.DecodeRecord(1, line)
	if err != nil {
		t.Fatalf("the record cannot be read: %v\n%s", err, line)
	}
	if d := exactly(e, record); len(d) > 0 {
		t.Fatalf("the record is read with other %v:\n%s\n%s", d, line, cmp.Diff(e, record))
	}
}

// TestBodiesEndWithOneLineEnd: Review brings a body into the form in which it is read back.
func TestBodiesEndWithOneLineEnd(t *testing.T) {
	for body, want := range map[string]string{
		"": "", "\n\n": "", "b": "b\n", "b\n": "b\n", "b\n\n\n": "b\n", "\na": "a\n", "\r\n\r\na\r\nb\r\n\r\n": "a\nb\n", "    code": "    code\n", "a  \n": "a  \n", "\n## H\n\nx": "## H\n\nx\n",
	} {
		for _, e := range []content.Entry{
			&content.Page{Meta: content.Meta{Type: content.TypePage, Key: "key", Slug: "slug", Name: "x", Summary: "y"}, Body: content.RichText{Markdown: body}},
			&content.Law{Meta: content.Meta{Type: content.TypeLaw, Key: "key", Slug: "slug", Name: "x", Summary: "y"}, Body: content.RichText{Markdown: body}},
		} {
			sound(e)
			if wrong := markdown.Review(e); len(wrong) > 0 || bodyOf(e) != want {
				t.Errorf("%q becomes %q, want %q: %v", body, bodyOf(e), want, wrong)
			}
			decoded := content.NewEntry(e.Head().Type)
			decoded.Head().Slug = "slug"
			if _, err := markdown.Decode(markdown.Encode(e), decoded); err != nil || bodyOf(decoded) != want {
				t.Errorf("%q is read back as %q: %v", body, bodyOf(decoded), err)
			}
		}
	}
	record, _, err := markdown.DecodeRecord(1, []byte(`{"type":"page","slug":"a","name":"A","body":"\nb"}`))
	if err != nil || bodyOf(record) != "b\n" {
		t.Errorf("a record is read as %q: %v", bodyOf(record), err)
	}
}
