package hub_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
)

const renderQuery = `query($type: EntryType!, $slug: String!, $markdown: String!) { render(input: {type: $type, slug: $slug, markdown: $markdown}) {
	text { markdown html text wordCount readingMinutes headings { level text anchor } diagrams { hash kind alt drawable } files { path } }
	problems { code refused line column message } } }`

// TestRenderingIsWhatSavingStores renders texts, saves them as pages and compares.
func TestRenderingIsWhatSavingStores(t *testing.T) {
	s := newStaffed(t)
	for i, text := range []string{
		"", "Plain.", "\n\n# A\r\n\r\nText  \r\nwith ends.\n\n\n",
		"## B\n\n!!! note \"A *title*\"\n    Text[^1].\n\n[^1]: A note.\n",
		"[a](../pattern/saga.md#x) [b](#b) <script>alert(1)</script> <img src=x onerror=alert(1)> [c](javascript:alert(1))\n",
		"```mermaid\ngraph TD\n  A[One] --> B[Two]\n```\n\n```go\nx := 1\n```\n",
		"| a | b |\n|---|:-:|\n| 1 | 2 |\n\nTerm\n:   What it means.\n\n- [x] done\n",
		"=== \"Tab\"\n\n    One.\n\n=== \"Other\"\n\n    Two.\n",
	} {
		slug := fmt.Sprintf("rendered-%d", i)
		vars := map[string]any{"type": "PAGE", "slug": slug, "markdown": text}
		got := at(s.mustSend(t, renderQuery, vars, s.as(content.RoleAuthor)), "render", "text")
		made := s.author(t, content.RoleAuthor, `mutation($slug: String!, $markdown: String!) { pageCreate(input: {slug: $slug, name: "Rendered", summary: "A page.", body: $markdown}) {
			page { body { markdown html text wordCount readingMinutes headings { level text anchor } diagrams { hash kind alt drawable } files { path } } } userErrors { message } } }`,
			map[string]any{"slug": slug, "markdown": text})
		if wrong := made["userErrors"].([]any); len(wrong) > 0 {
			t.Fatalf("%q is refused: %v", text, wrong)
		}
		if d := cmp.Diff(at(made, "page", "body"), got); d != "" {
			t.Errorf("%q (-saved +rendered):\n%s", text, d)
		}
		if html := at(got, "html").(string); strings.Contains(html, "<script") || strings.Contains(html, "onerror") || strings.Contains(html, "javascript:") {
			t.Errorf("%q is rendered as %s", text, html)
		}
	}
}

// TestRenderingReportsProblems renders texts with one problem each, and some that are refused.
func TestRenderingReportsProblems(t *testing.T) {
	s := newStaffed(t)
	for name, tt := range map[string]struct {
		text string
		want string
	}{
		"fine":             {"See [the saga](/patterns/saga).\n", ""},
		"an unknown entry": {"a\n\nSee [it all](/patterns/nothing) and [that law](../law/nothing.md).\n", "LINK false 3:6, LINK false 3:38"},
		"not drawn":        {"a\n\n```mermaid\npie\n  \"a\": 1\n```\n", "UNDRAWN false 3:1"},
		"several":          {"# A\n\n### B [here](#c) ![](x.png)\n", "HEADING_ORDER false 3:5, LINK_TEXT false 3:8, ANCHOR false 3:8, ALT_TEXT false 3:22"},
		"refused":          {"```mermaid\n```\n", "DIAGRAM true 1:1"},
		"too long":         {strings.Repeat("a ", 100_001), "TEXT true 1:1"},
		"control":          {"a\u0001", "TEXT true 1:1"},
		"slow":             {strings.Repeat(">", 300), "TEXT true 1:1"},
	} {
		vars := map[string]any{"type": "PATTERN", "slug": "saga", "markdown": tt.text}
		got := at(s.mustSend(t, renderQuery, vars, s.as(content.RoleAuthor)), "render")
		var problems []string
		for _, p := range at(got, "problems").([]any) {
			problems = append(problems, fmt.Sprintf("%v %v %v:%v", at(p, "code"), at(p, "refused"), at(p, "line"), at(p, "column")))
		}
		if list := strings.Join(problems, ", "); list != tt.want || (at(got, "text") == nil) != strings.Contains(tt.want, "true") {
			t.Errorf("%s: %s, want %s", name, list, tt.want)
		}
	}
	for _, role := range []content.AccessRole{"", content.RolePreviewer} {
		if a, _, err := s.send(t.Context(), renderQuery, map[string]any{"type": "PAGE", "slug": "a", "markdown": "a"}, s.as(role)); err != nil || len(a.Errors) != 1 || a.Data["render"] != nil {
			t.Errorf("as %q: %+v, %v", role, a, err)
		}
	}
}
