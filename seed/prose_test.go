package seed_test

import (
	"reflect"
	"regexp"
	"strings"
	"testing"

	"patternhub/internal/content"
	"patternhub/internal/markdown"
	"patternhub/seed"
)

// mustRead decodes the embedded tree. It fails on any error of Read, including dangling references.
func mustRead(t *testing.T) []content.Entry {
	t.Helper()
	entries, err := seed.Read(seed.Files())
	if err != nil {
		t.Fatalf("read the seed: %v", err)
	}
	if len(entries) == 0 {
		t.Fatal("the seed is empty")
	}
	return entries
}

// file returns the path of an entry in the tree.
func file(e content.Entry) string { return e.ID().Type.Stem() + "/" + e.Head().Slug + ".md" }

// text is text of an entry and the field that contains it.
type text struct{ field, markdown string }

// texts returns all texts that were written for an entry, in contrast to facts: its summary,
// sections, body, and the sentences in its steps, phases and scenarios.
func texts(e content.Entry) []text {
	var out []text
	collect(reflect.ValueOf(e).Elem(), "", false, &out)
	return out
}

// proseFields returns the front-matter fields, at any depth, that contain sentences of ours.
func proseFields() map[string]bool {
	return map[string]bool{"summary": true, "verdict": true}
}

func collect(v reflect.Value, field string, written bool, out *[]text) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			collect(v.Elem(), field, written, out)
		}
	case reflect.Slice:
		for i := range v.Len() {
			collect(v.Index(i), field, written, out)
		}
	case reflect.String:
		if s := v.String(); written && s != "" {
			*out = append(*out, text{field, s})
		}
	case reflect.Struct:
		if rich, ok := reflect.TypeAssert[content.RichText](v); ok {
			*out = append(*out, text{"body", rich.Markdown})
			return
		}
		t := v.Type()
		for i := range t.NumField() {
			f := t.Field(i)
			if !f.IsExported() {
				continue
			}
			name, _, _ := strings.Cut(f.Tag.Get("bson"), ",")
			// A tier's criteria are sentences. Those of guides are figures and those of comparisons
			// labels.
			criteria := name == "criteria" && t == reflect.TypeFor[content.Tier]()
			isProse := written || f.Tag.Get("section") != "" || proseFields()[name] || criteria
			collect(v.Field(i), name, isProse, out)
		}
	default: // numbers and flags contain no text
	}
}

// body returns the long text of an entry.
func body(e content.Entry) string {
	v := reflect.ValueOf(e).Elem().FieldByName("Body")
	if !v.IsValid() {
		return ""
	}
	return v.Interface().(content.RichText).Markdown
}

// mustRender renders the body of an entry as the store does.
func mustRender(t *testing.T, r *markdown.Renderer, e content.Entry) content.RichText {
	t.Helper()
	out := r.Render(e.ID().Type, e.Head().Slug, body(e))
	if out.HTML == "" && strings.TrimSpace(out.Markdown) != "" {
		t.Fatalf("%s: the body renders to nothing", file(e))
	}
	return out
}

// fences and spans match code in Markdown, which contains no prose.
var (
	fences = regexp.MustCompile("(?ms)^ *(```|~~~).*?^ *(?:```|~~~) *$")
	spans  = regexp.MustCompile("`[^`\n]+`")
	links  = regexp.MustCompile(`\[([^\]]*)\]\(([^)\s]+)\)`)
	tags   = regexp.MustCompile(`<[^>\n]+>`)
)

// withoutCode removes code blocks and code spans from Markdown but preserves the line breaks.
func withoutCode(s string) string {
	blank := func(block string) string { return strings.Repeat("\n", strings.Count(block, "\n")) }
	return spans.ReplaceAllString(fences.ReplaceAllStringFunc(s, blank), "")
}

// paragraphs splits Markdown without its code at empty lines, and lists at their points.
func paragraphs(s string) []string {
	var out []string
	for block := range strings.SplitSeq(withoutCode(s), "\n\n") {
		current := ""
		for line := range strings.SplitSeq(block, "\n") {
			line = strings.TrimSpace(line)
			if strings.HasPrefix(line, "#") || strings.HasPrefix(line, "|") {
				continue
			}
			if strings.HasPrefix(line, "- ") && current != "" {
				out = append(out, current)
				current = ""
			}
			current = strings.TrimSpace(current + " " + line)
		}
		if current != "" {
			out = append(out, current)
		}
	}
	return out
}

// wordRun matches a word when texts are compared.
var wordRun = regexp.MustCompile(`[\p{L}\p{N}]+`)

// words returns the words of Markdown in lower case, without code and link targets.
func words(s string) []string {
	s = links.ReplaceAllString(withoutCode(s), "$1")
	return wordRun.FindAllString(strings.ToLower(tags.ReplaceAllString(s, " ")), -1)
}
