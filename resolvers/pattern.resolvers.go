package resolvers

import (
	"context"

	"patternhub/graph/relay"
	"patternhub/internal/content"
	"patternhub/loaders"
)

// RelatedPatterns has its own kind of connection, since relations are read from both ends.
func (r *patternResolver) RelatedPatterns(ctx context.Context, obj *content.Pattern, relations []content.PatternRelation, direction *content.RelationDirection, first *int, after *string, last *int, before *string, filter *content.PatternFilter) (*relay.Connection[*content.Pattern, *relay.PatternRelationEdge], error) {
	wanted := relay.Relations{Kinds: relations, Direction: valueOr(direction, "OUT")}
	return relay.Related(loaders.For(ctx).Patterns, obj, wanted, relay.Page{First: first, After: after, Last: last, Before: before}, filter)
}
