package markdown_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"patternhub/internal/content"
	"patternhub/internal/markdown"
)

// lint returns what is reported of a text of the page notes/a, as "CODE line:column".
func lint(body string) (problems, links []string) {
	r := markdown.NewRenderer()
	text := r.Render(content.TypePage, "notes/a", body, content.File{Link: "a.md"})
	found, linked := r.Lint(content.TypePage, "notes/a", body, &text)
	for _, p := range found {
		problems = append(problems, fmt.Sprintf("%s %d:%d", p.Code, p.Line, p.Column))
	}
	for _, l := range linked {
		links = append(links, fmt.Sprintf("%s %s %d:%d", l.Type, l.Slug, l.Line, l.Column))
	}
	return problems, links
}

func TestLint(t *testing.T) {
	for name, tt := range map[string]struct {
		body            string
		problems, links []string
	}{
		"nothing":                  {"", nil, nil},
		"a good text":              {"## A\n\n### B\n\n## C\n\nSee [the saga](../../pattern/saga.md) and ![A graph](a.png).\n", nil, []string{"PATTERN saga 7:6"}},
		"a skipped level":          {"## A\n\ntext\n\n#### B\n", []string{"HEADING_ORDER 5:6"}, nil},
		"back up is no skip":       {"# A\n\n## B\n\n### C\n\n# D\n", nil, nil},
		"a first deep heading":     {"### A\n", nil, nil},
		"headings in code":         {"# A\n\n```\n### B\n```\n", nil, nil},
		"here":                     {"Read it [here](https://example.org), or [Read more…](https://example.org).\n", []string{"LINK_TEXT 1:10"}, nil},
		"a link without text":      {"a\n\nb [](https://example.org)\n", []string{"LINK_TEXT 3:1"}, nil},
		"a picture as a link":      {"[![The map](a.png)](https://example.org)\n", nil, nil},
		"a picture without a text": {"a\nb ![](a.png) ![  ](b.png)\n", []string{"ALT_TEXT 2:7", "ALT_TEXT 2:16"}, nil},
		"an anchor":                {"# A b\n\n[to A](#a-b) [to B](#b) [up](#top)\n", []string{"ANCHOR 3:15"}, nil},
		"an anchor of one's own":   {"# A {#own}\n\n[to A](#own)\n", nil, nil},
		"a reserved anchor":        {"# Main\n\n[to it](#main)\n", nil, nil},
		"an address of an entry":   {"[x y](/laws/emergent-chaos?a=b#c), [z z](/search?q=1), [s s](/patterns)\n", nil, []string{"LAW emergent-chaos 1:2"}},
		"a page beside":            {"[x y](b.md#c)\n", nil, []string{"PAGE notes/b 1:2"}},
		"a file that is attached":  {"[x y](a.md)\n", nil, nil},
		"a file of no type":        {"[x y](../../nowhere/b.md)\n", []string{"LINK 1:2"}, nil},
		"another site":             {"[x y](https://example.org/b.md) [m m](mailto:a@b.c)\n", nil, nil},
		"line ends of Windows":     {"## A\r\n\r\ntext\r\n\r\n#### B\r\n", []string{"HEADING_ORDER 5:6"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			problems, links := lint(tt.body)
			if d := cmp.Diff(tt.problems, problems); d != "" {
				t.Errorf("problems (-want +got):\n%s", d)
			}
			if d := cmp.Diff(tt.links, links); d != "" {
				t.Errorf("links (-want +got):\n%s", d)
			}
		})
	}
}

func TestRefusedTexts(t *testing.T) {
	for name, tt := range map[string]struct {
		body string
		want []string
	}{
		"a good text":     {"```mermaid\ngraph TD\n```\n", nil},
		"an empty figure": {"a\n\n```mermaid\n```\n", []string{"DIAGRAM 3"}},
		"an unknown kind": {"```mermaid\nhouse\n```\n\n```mermaid\n```\n", []string{"DIAGRAM 1", "DIAGRAM 5"}},
		"a slow text":     {strings.Repeat(">", 300) + "\n\n```mermaid\n```\n", []string{"TEXT 1", "DIAGRAM 3"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, p := range markdown.Refused(tt.body) {
				if !p.Refused() || p.Message == "" {
					t.Errorf("%+v", p)
				}
				got = append(got, fmt.Sprintf("%s %d", p.Code, p.Line))
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

// TestPositionsAreInTheText lints drawn texts: every position is one of the text, and the number is bounded.
func TestPositionsAreInTheText(t *testing.T) {
	parts := []string{"# ", "#### ", "[", "]", "(#a)", "](b.md)", "![", "](", ")", "here", "\n", "\n\n", "> ", "- ", "```", "<b>", "é", "[^1]", "\r\n", "    ", "|", "<img src=a>", "[a]: b.md"}
	rapid.Check(t, func(t *rapid.T) {
		body := strings.Join(rapid.SliceOfN(rapid.SampledFrom(parts), 0, 300).Draw(t, "parts"), "")
		r := markdown.NewRenderer()
		text := r.Render(content.TypePage, "a", body)
		problems, links := r.Lint(content.TypePage, "a", body, &text)
		lines := strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(body), "\n")
		in := func(line, column int) {
			if line < 1 || line > len(lines) || column < 1 || column > len(lines[line-1])+1 {
				t.Fatalf("%d:%d is outside of %q", line, column, body)
			}
		}
		for _, p := range problems {
			in(p.Line, p.Column)
		}
		for _, l := range links {
			in(l.Line, l.Column)
		}
		if len(problems) > 100 {
			t.Fatalf("%d problems", len(problems))
		}
	})
}
