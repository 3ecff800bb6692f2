package resolvers

import (
	"context"

	"patternhub/internal/content"
	"patternhub/loaders"
)

// navigation returns the navigation of a text, with the pages that the viewer may read.
func navigation(ctx context.Context, text *content.RichText) ([]*content.NavLink, error) {
	var slugs []string
	for _, item := range text.Nav {
		if item.Slug != "" {
			slugs = append(slugs, item.Slug)
		}
	}
	heads := make(map[string]*content.Meta, len(slugs))
	if len(slugs) > 0 {
		pages, err := loaders.For(ctx).Pages.AllBySlug(ctx, slugs)
		if err != nil {
			return nil, err
		}
		for i, p := range pages {
			if p != nil {
				heads[slugs[i]] = p.Head()
			}
		}
	}
	return text.Navigation(heads), nil
}
