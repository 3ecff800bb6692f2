package markdown

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// reviewText returns why text cannot be shown as its author intends: what Check rejects, and each
// Mermaid diagram that would stay invisible, since it is empty or of a kind that Mermaid does not
// know.
func reviewText(text string) []error {
	var out []error
	if err := Check(text); err != nil {
		out = append(out, err)
	}
	for _, d := range diagrams(text) {
		if what := d.wrong(); what != "" {
			out = append(out, &Problem{Line: d.line, Column: 1, What: what})
		}
	}
	return out
}

// diagram is a Mermaid block: the line of its fence, from 1, and its lines.
type diagram struct {
	line  int
	lines []string
}

// opens matches the line that opens a code block: in a quote, a list or alone, with its language
// after it.
var opens = regexp.MustCompile("^[ \t>]*(?:(?:[-*+]|[0-9]+[.)])[ \t]+)*(`{3,}|~{3,})[ \t]*([^`]*)$")

// diagrams returns the Mermaid blocks of the text, without those that are examples within another
// block.
func diagrams(text string) []diagram {
	var out []diagram
	open, drawing, line := "", false, 0
	for l := range strings.SplitSeq(unix(text), "\n") {
		line++
		m := opens.FindStringSubmatch(l)
		switch {
		case open == "" && m != nil:
			open = m[1]
			language, _, _ := strings.Cut(strings.Trim(m[2], "{. "), " ")
			if drawing = strings.TrimRight(language, "}") == "mermaid"; drawing {
				out = append(out, diagram{line: line})
			}
		case open != "" && m != nil && strings.HasPrefix(m[1], open) && strings.TrimSpace(m[2]) == "":
			open, drawing = "", false
		case drawing:
			last := &out[len(out)-1]
			last.lines = append(last.lines, strings.Trim(l, " \t>"))
		}
	}
	return out
}

// wrong returns why a diagram cannot be drawn; empty if no reason is found.
func (d *diagram) wrong() string {
	front := false
	for _, l := range d.lines {
		switch {
		case l == "---":
			front = !front // Mermaid's own front matter
		case front || l == "" || strings.HasPrefix(l, "%%"):
		default:
			kind := strings.FieldsFunc(l, func(r rune) bool { return strings.ContainsRune(" \t:;{", r) })
			if len(kind) > 0 && slices.Contains(diagramKinds(), strings.TrimSuffix(kind[0], "-beta")) {
				return ""
			}
			return fmt.Sprintf("a Mermaid diagram begins with its kind, such as flowchart or sequenceDiagram, and not with %q", brief(l))
		}
	}
	return "a Mermaid diagram is empty"
}

// brief shortens a line for a message.
func brief(l string) string {
	if r := []rune(l); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return l
}

// diagramKinds returns the words with which a diagram of Mermaid 11 can begin; experimental kinds
// are without their -beta.
func diagramKinds() []string {
	return []string{
		"graph", "flowchart", "flowchart-v2", "flowchart-elk", "swimlane", "sequenceDiagram", "classDiagram", "classDiagram-v2",
		"stateDiagram", "stateDiagram-v2", "erDiagram", "journey", "gantt", "pie", "quadrantChart", "requirement", "requirementDiagram",
		"gitGraph", "C4Context", "C4Container", "C4Component", "C4Dynamic", "C4Deployment", "mindmap", "timeline", "zenuml", "sankey",
		"xychart", "block", "packet", "kanban", "architecture", "radar", "treemap", "venn", "ishikawa", "info",
	}
}
