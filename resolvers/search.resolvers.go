package resolvers

import (
	"context"

	"patternhub/content"
	"patternhub/graph"
	"patternhub/graph/relay"
	"patternhub/loaders"
)

// Search asks the index of the viewer's perspective; the other one is never touched. Entries come
// from the loaders.
func (r *queryResolver) Search(ctx context.Context, query string, types []content.EntryType, filter *content.SearchFilter, first *int, after *string) (*relay.SearchResultConnection, error) {
	answer, err := r.Index.At(r.ViewerOf(ctx).Perspective).Search(ctx, content.Search{Text: query, Types: types, Filter: filter})
	if err != nil {
		return nil, err
	}
	return relay.Searched(answer, relay.Page{First: first, After: after}, loaders.For(ctx).Entries)
}

func (r *queryResolver) Suggest(ctx context.Context, prefix string, first *int) ([]*content.Suggestion, error) {
	return r.Index.At(r.ViewerOf(ctx).Perspective).Suggest(ctx, prefix, given(first, suggestions))
}

// Highlights needs the long texts of the hit, so it costs a page where it is selected.
func (r *searchResultEdgeResolver) Highlights(ctx context.Context, obj *relay.SearchResultEdge) ([]*content.Highlight, error) {
	return marked(ctx, obj)
}

func (r *suggestionResolver) Node(ctx context.Context, obj *content.Suggestion) (content.Entry, error) {
	return loaders.For(ctx).Entry(ctx, obj.Entry)
}

func (r *Resolver) SearchResultEdge() graph.SearchResultEdgeResolver {
	return &searchResultEdgeResolver{r}
}

func (r *Resolver) Suggestion() graph.SuggestionResolver { return &suggestionResolver{r} }

type (
	searchResultEdgeResolver struct{ *Resolver }
	suggestionResolver       struct{ *Resolver }
)
