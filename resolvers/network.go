package resolvers

import (
	"context"
	"fmt"

	"patternhub/advisor"
	"patternhub/content"
)

// network gives the network that the viewer sees, and the keys of some slugs in it.
// Keys come in the order of the slugs. An unknown slug is BadUserInput.
func (r *Resolver) network(ctx context.Context, slugs ...string) (*advisor.Network, []string, error) {
	n, err := r.Networks.Network(ctx, r.ViewerOf(ctx).Perspective)
	if err != nil {
		return nil, nil, err
	}
	keys, err := n.Keys(slugs)
	return n, keys, err
}

// path is the way between two patterns: null when there is none, empty when both are the same.
func (r *Resolver) path(ctx context.Context, from, to string, w advisor.Which) ([]*content.PatternPathStep, error) {
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

// maxDepth bounds a neighborhood: from four hops on it is most of the network.
const maxDepth = 3

// neighborhood checks the depth before it asks for the network, which may have to be built.
func (r *Resolver) neighborhood(ctx context.Context, slug string, depth int, w advisor.Which) (*content.PatternGraph, error) {
	if depth < 1 || depth > maxDepth {
		return nil, content.Fault(content.BadUserInput, fmt.Sprintf("depth must be from 1 to %d.", maxDepth))
	}
	n, keys, err := r.network(ctx, slug)
	if err != nil {
		return nil, err
	}
	return n.Neighborhood(keys[0], depth, w)
}

// impact is what rests on a pattern, by key, so that nested fields load the entries.
func (r *Resolver) impact(ctx context.Context, slug string) (*content.PatternImpact, error) {
	n, keys, err := r.network(ctx, slug)
	if err != nil {
		return nil, err
	}
	return n.Impact(keys[0])
}

// naming is the scope of what refers to the pattern of an impact anywhere.
func naming(i *content.PatternImpact) content.Scope {
	return content.Scope{Ref: content.RefToAny(content.ID{Type: content.TypePattern, Key: i.PatternKey})}
}
