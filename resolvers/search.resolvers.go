package resolvers

import (
	"context"

	"patternhub/graph/relay"
	"patternhub/internal/content"
	"patternhub/loaders"
)

// Search asks the index of the viewer's perspective only. Entries come from the loaders.
func (r *queryResolver) Search(ctx context.Context, query string, types []content.EntryType, filter *content.SearchFilter, first *int, after *string) (*relay.SearchResultConnection, error) {
	answer, err := r.r.Index.At(r.r.ViewerOf(ctx).Perspective).Search(ctx, content.Search{Text: query, Types: types, Filter: filter})
	if err != nil {
		return nil, err
	}
	return relay.Searched(answer, relay.Page{First: first, After: after}, loaders.For(ctx).Entries)
}

func (r *queryResolver) Suggest(ctx context.Context, prefix string, first *int) ([]*content.Suggestion, error) {
	return r.r.Index.At(r.r.ViewerOf(ctx).Perspective).Suggest(ctx, prefix, valueOr(first, suggestions))
}

// Highlights needs the long texts of the hit, so it reads a page if it is selected.
func (r *searchResultEdgeResolver) Highlights(ctx context.Context, obj *relay.SearchResultEdge) ([]*content.Highlight, error) {
	return marked(ctx, obj)
}

func (r *suggestionResolver) Node(ctx context.Context, obj *content.Suggestion) (content.Entry, error) {
	return loaders.For(ctx).Entry(ctx, obj.Entry)
}
