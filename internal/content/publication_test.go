package content_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
)

// TestPublications shows what a publish is said to have changed, for an entry that differs in one respect.
func TestPublications(t *testing.T) {
	base := func() *content.Pattern {
		return &content.Pattern{
			Meta:    content.Meta{Type: content.TypePattern, Key: "saga", Slug: "saga", Name: "Saga", Revision: 3},
			Problem: "A problem.", Tags: []string{"data"}, Enhanced: true, ReadingMinutes: 5,
			Body:      content.RichText{Markdown: "Text.", HTML: "<p>Text."},
			Relations: []content.RelationRow{{PatternKey: "a", Relation: "COMPLEMENTS"}, {PatternKey: "b", Relation: "COMPLEMENTS"}},
		}
	}
	three := 3
	for name, tt := range map[string]struct {
		change func(*content.Pattern)
		want   content.Publication
	}{
		"nothing":                 {func(*content.Pattern) {}, content.Publication{}},
		"the name and the slug":   {func(p *content.Pattern) { p.Name, p.Slug = "Sagas", "sagas" }, content.Publication{Changed: []string{"slug", "name"}}},
		"a text that goes":        {func(p *content.Pattern) { p.Problem = "" }, content.Publication{Removed: []string{"problem"}}},
		"a list that goes":        {func(p *content.Pattern) { p.Tags = nil }, content.Publication{Removed: []string{"tags"}}},
		"a long text":             {func(p *content.Pattern) { p.Body.Markdown = "More." }, content.Publication{Changed: []string{"body"}}},
		"a long text that goes":   {func(p *content.Pattern) { p.Body = content.RichText{} }, content.Publication{Removed: []string{"body"}}},
		"the HTML alone":          {func(p *content.Pattern) { p.Body.HTML = "<p>Text.</p>" }, content.Publication{}},
		"no and 0 are values":     {func(p *content.Pattern) { p.Enhanced, p.ReadingMinutes = false, 0 }, content.Publication{Changed: []string{"readingMinutes", "enhanced"}}},
		"the order of relations":  {func(p *content.Pattern) { slices.Reverse(p.Relations) }, content.Publication{}},
		"one relation less":       {func(p *content.Pattern) { p.Relations = p.Relations[1:] }, content.Publication{Changed: []string{"relatedPatterns"}}},
		"what authors do not say": {func(p *content.Pattern) { p.Revision, p.FormerSlugs = 4, []string{"x"} }, content.Publication{}},
	} {
		t.Run(name, func(t *testing.T) {
			before, after := base(), base()
			tt.change(after)
			tt.want.Replaced = &three
			if d := cmp.Diff(&tt.want, content.PublicationOf(before, after)); d != "" {
				t.Errorf("publication (-want +got):\n%s", d)
			}
			if d := cmp.Diff(base(), before); d != "" {
				t.Errorf("the copy before has changed:\n%s", d)
			}
		})
	}
	if d := cmp.Diff(new(content.Publication), content.PublicationOf(nil, base())); d != "" {
		t.Errorf("a new entry (-want +got):\n%s", d)
	}
}
