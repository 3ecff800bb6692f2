package resolvers

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"patternhub/graph/model"
	"patternhub/internal/content"
	"patternhub/internal/diagram"
	"patternhub/internal/markdown"
)

// Texts renders texts that are not saved. Renderer must be the one with which the store renders, and Drafts
// the draft graph, in which links of a text lead to entries.
type Texts struct {
	Renderer *markdown.Renderer
	Drafts   *content.Graph
}

// maxProblems bounds the problems of one text.
const maxProblems = 200

// render renders a text as a write of it would, and lists what is wrong with it. A text that a write would
// refuse is not rendered: it may take long.
func (t *Texts) render(ctx context.Context, in *model.RenderInput) (*model.Rendering, error) {
	out := &model.Rendering{Problems: []*content.TextProblem{}}
	for _, wrong := range content.ReviewLong(in.Markdown) {
		out.Problems = append(out.Problems, &content.TextProblem{Code: content.ProblemText, Line: 1, Column: 1, Message: wrong.Message})
	}
	if len(out.Problems) > 0 {
		return out, nil
	}
	if out.Problems = markdown.Refused(in.Markdown); len(out.Problems) > 0 {
		out.Problems = out.Problems[:min(len(out.Problems), maxProblems)]
		return out, nil
	}
	files, err := t.files(ctx, in)
	if err != nil {
		return nil, err
	}
	text := t.Renderer.Render(in.Type, in.Slug, markdown.Stored(in.Markdown), files...)
	problems, links := t.Renderer.Lint(in.Type, in.Slug, in.Markdown, &text)
	missing, err := t.missing(ctx, links)
	if err != nil {
		return nil, err
	}
	problems = append(append(problems, missing...), undrawn(in.Markdown, text.HTML)...)
	slices.SortStableFunc(problems, func(a, b *content.TextProblem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	out.Text, out.Problems = &text, append([]*content.TextProblem{}, problems[:min(len(problems), maxProblems)]...)
	return out, nil
}

// files returns the files of the body of the entry that the text is for; none of a new entry. A write keeps
// them, so the links to them must lead to the same addresses here.
func (t *Texts) files(ctx context.Context, in *model.RenderInput) ([]content.File, error) {
	if in.Slug == "" {
		return nil, nil
	}
	heads, err := t.Drafts.Reader(in.Type).EntriesBySlugs(ctx, []string{in.Slug})
	if err != nil || content.Missing(heads[0]) {
		return nil, err
	}
	pages, err := t.Drafts.Reader(in.Type).PagesByKeys(ctx, []string{heads[0].Head().Key})
	if err != nil || content.Missing(pages[0]) {
		return nil, err
	}
	if body := content.RichTexts(pages[0])["body"]; body != nil {
		return body.Files, nil
	}
	return nil, nil
}

// maxChecked bounds the links of one text that are looked up.
const maxChecked = 500

// missing reports the links to entries that the draft graph does not have, with one read for each type.
func (t *Texts) missing(ctx context.Context, links []content.EntryLink) ([]*content.TextProblem, error) {
	byType := map[content.EntryType][]content.EntryLink{}
	for _, l := range links[:min(len(links), maxChecked)] {
		byType[l.Type] = append(byType[l.Type], l)
	}
	var out []*content.TextProblem
	for et, links := range byType {
		slugs := make([]string, len(links))
		for i, l := range links {
			slugs[i] = l.Slug
		}
		found, err := t.Drafts.Reader(et).EntriesBySlugs(ctx, slugs)
		if err != nil {
			return nil, err
		}
		for i, l := range links {
			if content.Missing(found[i]) {
				out = append(out, &content.TextProblem{
					Code: content.ProblemLink, Line: l.Line, Column: l.Column,
					Message: fmt.Sprintf("there is no %s with the slug %s", et.Name(), l.Slug),
				})
			}
		}
	}
	return out, nil
}

// undrawn reports the diagrams of a text that are shown as their source.
func undrawn(source, html string) []*content.TextProblem {
	var out []*content.TextProblem
	lines := markdown.Fences(source)
	for i, d := range diagram.In(html) {
		if !d.Drawable && i < len(lines) {
			out = append(out, &content.TextProblem{
				Code: content.ProblemUndrawn, Line: lines[i], Column: 1,
				Message: "the hub does not draw this diagram: its kind is not drawn, or it is too large; readers see its source",
			})
		}
	}
	return out
}
