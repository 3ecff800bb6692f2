package resolvers

import (
	"context"
	"fmt"

	"patternhub/internal/advisor"
	"patternhub/internal/content"
)

// network returns the network in the viewer's perspective, and the keys of some slugs in it, in the
// order of the slugs. An unknown slug fails with BadUserInput.
func (r *Resolver) network(ctx context.Context, slugs ...string) (*advisor.Network, []string, error) {
	n, err := r.Networks.Network(ctx, r.ViewerOf(ctx).Perspective)
	if err != nil {
		return nil, nil, err
	}
	keys, err := n.Keys(slugs)
	return n, keys, err
}

// path returns the path between two patterns: null if there is none, empty if both are the same.
func (r *Resolver) path(ctx context.Context, from, to string, w advisor.RelationSelector) ([]*content.PatternPathStep, error) {
	n, keys, err := r.network(ctx, from, to)
	if err != nil {
		return nil, err
	}
	steps, err := n.Path(keys[0], keys[1], w)
	if err != nil || steps == nil {
		return nil, err
	}
	return pointers(steps), nil
}

// maxDepth bounds a neighborhood: at four hops it is most of the network.
const maxDepth = 3

// neighborhood checks the depth before it asks for the network, which may have to be built.
func (r *Resolver) neighborhood(ctx context.Context, slug string, depth int, w advisor.RelationSelector) (*content.PatternGraph, error) {
	if depth < 1 || depth > maxDepth {
		return nil, content.Fault(content.BadUserInput, fmt.Sprintf("depth must be from 1 to %d.", maxDepth))
	}
	n, keys, err := r.network(ctx, slug)
	if err != nil {
		return nil, err
	}
	return n.Neighborhood(keys[0], depth, w)
}

// impact returns what depends on a pattern, by key, so that nested fields load the entries.
func (r *Resolver) impact(ctx context.Context, slug string) (*content.PatternImpact, error) {
	n, keys, err := r.network(ctx, slug)
	if err != nil {
		return nil, err
	}
	return n.Impact(keys[0])
}

// naming returns the scope of all entries that refer to the pattern of an impact.
func naming(i *content.PatternImpact) content.Scope {
	return content.Scope{Ref: content.RefToAny(content.ID{Type: content.TypePattern, Key: i.PatternKey})}
}
