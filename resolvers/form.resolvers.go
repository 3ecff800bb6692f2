package resolvers

import (
	"context"
	"slices"

	"patternhub/internal/content"
)

func (r *queryResolver) EntryTypes(_ context.Context, types []content.EntryType) ([]*content.EntryForm, error) {
	if types == nil {
		return forms(), nil
	}
	return slices.DeleteFunc(slices.Clone(forms()), func(f *content.EntryForm) bool { return !slices.Contains(types, f.Type) }), nil
}

func (r *queryResolver) EntryValues(ctx context.Context, id content.ID) (*content.EntryValues, error) {
	return r.r.Authoring.Store.Values(ctx, id)
}
