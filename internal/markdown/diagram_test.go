package markdown_test

import (
	"fmt"
	"strings"
	"testing"

	"patternhub/internal/content"
	"patternhub/internal/markdown"
)

func TestReviewReportsInvisibleDiagrams(t *testing.T) {
	const other = `a Mermaid diagram begins with its kind, such as flowchart or sequenceDiagram, and not with `
	for name, tt := range map[string]struct{ text, want string }{
		"no diagram":       {"# Text\n\n```go\nnot a diagram\n```\n", "[]"},
		"a flowchart":      {"```mermaid\nflowchart LR\n  a --> b\n```\n", "[]"},
		"in a list":        {"- point\n\n  ~~~ mermaid\n  %% why\n\n  graph TD;\n  ~~~\n", "[]"},
		"in a quote":       {"> ```mermaid\n> pie\n> ```\n", "[]"},
		"with attributes":  {"```{.mermaid}\nxychart-beta\n```\n", "[]"},
		"with settings":    {"```mermaid\r\n---\r\ntitle: x\r\n---\r\n%%{init: {}}%%\r\nsequenceDiagram\r\n```\r\n", "[]"},
		"an example":       {"````md\n```mermaid\nwhatever\n```\n````\n", "[]"},
		"never closed":     {"```mermaid\ngantt\n", "[]"},
		"a zenuml":         {"```mermaid\nzenuml\n  title x\n```\n", "[]"},
		"not a diagram":    {"One.\n\n```mermaid\nA -> B\n```\n", "[3:1: " + other + `"A -> B"]`},
		"a wrong kind":     {"```mermaid\nflowchat LR\n```\n", "[1:1: " + other + `"flowchat LR"]`},
		"empty":            {"```mermaid\n\n%% nothing yet\n```\n", "[1:1: a Mermaid diagram is empty]"},
		"two, and a third": {"```mermaid\n```\n```mermaid\npie\n```\n~~~mermaid\n~~~\n", "[1:1: a Mermaid diagram is empty 6:1: a Mermaid diagram is empty]"},
		"too deep":         {strings.Repeat(">", 1000) + "a", "[1:1: more than 200 nested quotes or lists]"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := fmt.Sprint(reviews(tt.text)); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// reviews returns what Review finds in the body of a page.
func reviews(body string) []string {
	var out []string
	for _, wrong := range markdown.Review(&content.Page{Meta: content.Meta{Type: content.TypePage, Name: "x", Slug: "x"}, Body: content.RichText{Markdown: body}}) {
		out = append(out, strings.TrimSuffix(strings.TrimPrefix(wrong.Message, "body cannot be rendered: "), "."))
	}
	return out
}
