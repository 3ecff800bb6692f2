package markdown_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
	"patternhub/internal/markdown"
)

const file = `---
name: Circuit Breaker
summary: "Stops calling."
tier: gold
category: data-management
readingMinutes: 45
enhanced: true
introduced: 2007
laws: [l1, l2]
companies:
  - {company: netflix, scale: "100B+"}
tradeWinds: kept
catalogGroup: data
catalogStatus: production-ready
recommendation: recommended
relevance: mainstream
difficulty: advanced
---

## Problem

It fails.

## When to use

- Now
- Later,
  and then

## Trade-offs

### Pros

- Fast

### Cons

- Slow

## How it works

Text with ` + "`## no heading`" + `.

` + "```go\n## Problem\n```" + `

## Checklist

- [ ] First
- Second
`

func TestDecode(t *testing.T) {
	p := content.NewEntry(content.TypePattern).(*content.Pattern)
	unknown, err := markdown.Decode([]byte(file), p)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"tradeWinds"}, unknown); d != "" {
		t.Errorf("unknown keys: %s", d)
	}
	year := "2007"
	want := &content.Pattern{
		Meta: content.Meta{Type: content.TypePattern, Name: "Circuit Breaker", Summary: "Stops calling."}, TierKey: "gold", Category: "DATA_MANAGEMENT",
		CatalogGroup: "DATA", CatalogStatus: "PRODUCTION_READY", Recommendation: "RECOMMENDED", Relevance: "MAINSTREAM", Difficulty: "ADVANCED",
		ReadingMinutes: 45, Enhanced: true, Introduced: &year, LawKeys: []string{"l1", "l2"}, Problem: "It fails.", WhenToUse: []string{"Now", "Later, and then"},
		TradeOffs: content.TradeOffs{Pros: []string{"Fast"}, Cons: []string{"Slow"}},
		Checklist: []*content.ChecklistItem{{Order: 1, Text: "First"}, {Order: 2, Text: "Second"}},
		Body:      content.RichText{Markdown: "## How it works\n\nText with `## no heading`.\n\n```go\n## Problem\n```\n"},
	}
	scale := "100B+"
	want.Adoptions = []content.Adoption{{CompanyKey: "netflix", Scale: &scale}}
	if d := cmp.Diff(want, p); d != "" {
		t.Errorf("entry (-want +got):\n%s", d)
	}
}

func TestDecodeReportsEveryProblemWithItsPosition(t *testing.T) {
	for name, tt := range map[string]struct {
		front string
		want  []string
	}{
		"enum":         {"summary: x\ncategory: wrong", []string{`3:11: category: "wrong" is not one of communication`}},
		"two at once":  {"summary: x\nreadingMinutes: many\nenhanced: 3", []string{"3:17: readingMinutes: expected a whole number", "4:11: enhanced: expected true or false"}},
		"range":        {"summary: x\nreadingMinutes: 3000000000", []string{"3:17: readingMinutes: the number is out of range"}},
		"nested field": {"summary: x\ncompanies:\n  - {company: a, size: 3}", []string{"4:18: unknown field size"}},
		"list":         {"summary: x\nlaws: one", []string{"3:7: laws: expected a list"}},
		"text":         {"summary: x\nname: [a]", []string{"3:7: name: expected text"}},
		"twice":        {"summary: x\nname: a\nname: b", []string{"name"}},
		"broken YAML":  {"summary: \"x", []string{"not valid YAML"}},
		"alias": {"summary: x\ntags: &a [x]\nlaws: *a", []string{
			"tags: the anchor &a is for sharing the value; leave it out, and write the value itself wherever *a stands",
			"laws: the alias *a stands for a value elsewhere; write the value itself here",
		}},
		"merge":           {"summary: x\nbase: &b {tags: [x]}\n<<: *b", []string{"<<: << takes fields from elsewhere; write the fields themselves here"}},
		"merge in a list": {"summary: x\nbase: &b {scale: x}\ncompanies:\n- <<: *b\n  company: uber", []string{"<<: << takes fields from elsewhere; write the fields themselves here"}},
		"tag":             {"summary: !!str 12", []string{"summary: the tag !!str is not needed; leave it out"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := markdown.Decode([]byte("---\n"+tt.front+"\n---\n"), content.NewEntry(content.TypePattern))
			if err == nil {
				t.Fatal("no problem was reported")
			}
			for _, w := range tt.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("%q is not in: %v", w, err)
				}
			}
			if _, ok := errors.AsType[*markdown.Problem](err); !ok {
				t.Errorf("%T is not a Problem", err)
			}
		})
	}
}

// TestLineEnds reads one file with every form of line ends, even mixed.
func TestLineEnds(t *testing.T) {
	want := mustDecode(t, "pattern/a.md", []byte(file))
	n := 0
	for name, end := range map[string]func() string{
		"CRLF": func() string { return "\r\n" }, "CR": func() string { return "\r" },
		"mixed": func() string { n++; return []string{"\n", "\r\n", "\r"}[n%3] },
	} {
		var b strings.Builder
		for l := range strings.Lines(file) {
			b.WriteString(strings.TrimSuffix(l, "\n") + end())
		}
		if d := cmp.Diff(want, mustDecode(t, "pattern/a.md", []byte(b.String()))); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	_, err := markdown.Decode([]byte("---\rname: x\rsummary: [a\r---\r"), content.NewEntry(content.TypePage))
	if p, ok := errors.AsType[*markdown.Problem](err); !ok || p.Line != 3 {
		t.Errorf("a problem of a file with CR is reported as %v", err)
	}
	if err := markdown.Check("a\rb\r" + strings.Repeat("> ", 300)); err == nil || !strings.HasPrefix(err.Error(), "3:") {
		t.Errorf("a problem of text with CR is reported as %v", err)
	}
	if got := reviews("a\r\r```mermaid\rnothing\r```\r"); len(got) != 1 || !strings.HasPrefix(got[0], "3:") {
		t.Errorf("a diagram in text with CR is reported as %v", got)
	}
}

func TestDecodeRefusesBadFiles(t *testing.T) {
	for name, src := range map[string]string{
		"not UTF-8": "---\nname: \xff\n---\n", "not closed": "---\nname: x\n", "too long": "---\nname: " + strings.Repeat("x", 300<<10) + "\n---\n",
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := markdown.Decode([]byte(src), content.NewEntry(content.TypePage)); err == nil {
				t.Error("no problem was reported")
			}
		})
	}
}

func TestRender(t *testing.T) {
	r := markdown.NewRenderer()
	text := r.Render(content.TypePattern, "saga", "# A title\n\nSome *plain* words, [a link](../case_study/etcd.md#scale) and [another](bulkhead.md).\n\n```mermaid\nflowchart LR\n```\n\n- one\n- two\n")
	if text.WordCount != 11 || text.ReadingMinutes != 1 || text.Renderer != markdown.Version {
		t.Errorf("%d words, %d minutes", text.WordCount, text.ReadingMinutes)
	}
	if d := cmp.Diff([]content.Heading{{Level: 1, Text: "A title", Anchor: "a-title"}}, text.Headings); d != "" {
		t.Errorf("headings: %s", d)
	}
	for _, want := range []string{`<h1 id="a-title">A title</h1>`, `href="/case-studies/etcd#scale"`, `href="/patterns/bulkhead"`, `<code class="language-mermaid">`, "<em>plain</em>"} {
		if !strings.Contains(text.HTML, want) {
			t.Errorf("%s is not in %s", want, text.HTML)
		}
	}
	if want := "A title\nSome plain words, a link and another.\none\ntwo"; text.Text != want {
		t.Errorf("text is %q, want %q", text.Text, want)
	}
}

func TestRenderIsSafe(t *testing.T) {
	r := markdown.NewRenderer()
	for name, md := range map[string]string{
		"script": "<script>alert(1)</script>", "handler": `<img src="x" onerror="alert(1)">`, "link": "[x](javascript:alert(1))", "data": "[x](data:text/html;base64,PHNjcmlwdD4=)",
		"iframe": `<iframe src="//x"></iframe>`, "style": `<p style="position:fixed">x</p>`, "id": `<h1 id="constructor">x</h1>`, "form": `<form action="//x"><input name=a></form>`,
	} {
		t.Run(name, func(t *testing.T) {
			html := r.Render(content.TypePage, "x", md).HTML
			for _, bad := range []string{"<script", "onerror", "javascript:", "data:text", "<iframe", "style=", "<form", "name="} {
				if strings.Contains(html, bad) {
					t.Errorf("%s is in %s", bad, html)
				}
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(file))
	f.Add([]byte("---\na: &x [*x]\n---\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		e := content.NewEntry(content.TypePattern)
		_, err := markdown.Decode(src, e)
		if err != nil && err.Error() == "" {
			t.Error("a problem without words")
		}
	})
}
