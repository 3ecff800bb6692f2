package content

// TextProblemCode is a kind of problem of a long text.
type TextProblemCode string

// The problems of long texts. The first two are those that a write is refused for.
const (
	ProblemText         TextProblemCode = "TEXT"          // it would take long to render, is too long or has control characters
	ProblemDiagram      TextProblemCode = "DIAGRAM"       // a diagram that stays invisible
	ProblemUndrawn      TextProblemCode = "UNDRAWN"       // a diagram that is shown as its source
	ProblemLink         TextProblemCode = "LINK"          // a link to an entry that there is not
	ProblemAnchor       TextProblemCode = "ANCHOR"        // a link to a part of the text that there is not
	ProblemHeadingOrder TextProblemCode = "HEADING_ORDER" // a heading that skips a level
	ProblemLinkText     TextProblemCode = "LINK_TEXT"     // a link whose text says nothing of its target
	ProblemAltText      TextProblemCode = "ALT_TEXT"      // a picture without an alternative text
)

// Values lists the values of the enum.
func (TextProblemCode) Values() []string {
	return []string{"TEXT", "DIAGRAM", "UNDRAWN", "LINK", "ANCHOR", "HEADING_ORDER", "LINK_TEXT", "ALT_TEXT"}
}

// TextProblem is something in a long text that its author should mend. Line and Column count from 1; they
// are those of the Markdown as it was given.
type TextProblem struct {
	Code    TextProblemCode
	Line    int
	Column  int
	Message string
}

// Refused reports whether a write of the text is refused for the problem.
func (p *TextProblem) Refused() bool { return p.Code == ProblemText || p.Code == ProblemDiagram }

// ReviewLong returns why a write of a long text is refused whatever is in it: its length, its characters.
func ReviewLong(markdown string) []UserError {
	var v validator
	v.text(markdown, []string{"markdown"}, "markdown", maxMarkdown)
	return v.problems
}

// EntryLink is a link of a text to the entry with that type and slug.
type EntryLink struct {
	Type         EntryType
	Slug         string
	Line, Column int
}
