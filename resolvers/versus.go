package resolvers

import (
	"context"
	"fmt"
	"slices"

	"patternhub/internal/advisor"
	"patternhub/internal/content"
	"patternhub/loaders"
)

// patternsBySlug reads patterns in the order of their slugs. An unknown slug, or two slugs of one
// pattern, are the client's mistake. Two slugs of one pattern are a current and a former one, which
// a check of the input alone cannot find.
func patternsBySlug(ctx context.Context, slugs []string) ([]*content.Pattern, error) {
	found, err := loaders.For(ctx).Patterns.AllBySlug(ctx, slugs)
	if err != nil {
		return nil, err
	}
	for i, p := range found {
		if p == nil {
			return nil, advisor.UnknownPattern(slugs[i])
		}
		if slices.Contains(found[:i], p) {
			return nil, content.Fault(content.BadUserInput, fmt.Sprintf("The pattern %q is named twice.", p.Slug))
		}
	}
	return found, nil
}

// compare compares patterns in the columns of a table.
func compare(ctx context.Context, slugs []string) (*content.PatternComparison, error) {
	if err := advisor.CheckCompared(slugs); err != nil {
		return nil, err
	}
	patterns, err := patternsBySlug(ctx, slugs)
	if err != nil {
		return nil, err
	}
	l := loaders.For(ctx)
	calculator, err := only(ctx, l.Calculators, content.TypeCalculator)
	if err != nil {
		return nil, err
	}
	weights, err := l.Tables.Weights(ctx)
	if err != nil {
		return nil, err
	}
	subjects, err := compared(ctx, patterns)
	if err != nil {
		return nil, err
	}
	out := advisor.Compare(subjects, advisor.Among(patterns), calculator, weights)
	out.ComparisonKeys, err = covering(ctx, patterns)
	return out, err
}

// compared reads what the columns of a comparison need besides the patterns. Each type of entry is
// loaded for all patterns together, so the number of commands does not grow with the columns.
func compared(ctx context.Context, patterns []*content.Pattern) ([]advisor.Compared, error) {
	l := loaders.For(ctx)
	out := make([]advisor.Compared, len(patterns))
	var tiers, laws, pillars []string
	scopes := make([]content.Scope, len(patterns))
	for i, p := range patterns {
		out[i].Pattern = p
		tiers, laws, pillars = append(tiers, p.TierKey), append(laws, p.LawKeys...), append(pillars, p.PillarKeys...)
		scopes[i].Ref = content.RefTo("patterns.pattern", p.Key)
	}
	tierOf, err := byKey(l.Tiers.LoadAll(ctx, tiers))
	if err != nil {
		return nil, err
	}
	lawOf, err := byKey(l.Laws.LoadAll(ctx, laws))
	if err != nil {
		return nil, err
	}
	pillarOf, err := byKey(l.Pillars.LoadAll(ctx, pillars))
	if err != nil {
		return nil, err
	}
	studies, err := l.CaseStudies.Counts(ctx, scopes)
	if err != nil {
		return nil, err
	}
	healths, err := healthOfAll(ctx, patterns)
	if err != nil {
		return nil, err
	}
	for i, p := range patterns {
		out[i].Tier, out[i].CaseStudies, out[i].Health = tierOf[p.TierKey], studies[i], healths[i]
		out[i].Laws, out[i].Pillars = names(lawOf, p.LawKeys), names(pillarOf, p.PillarKeys)
	}
	return out, nil
}

// byKey maps entries by their keys. The list has no missing entries, so every entry has a head.
func byKey[T any](list []*T, err error) (map[string]*T, error) {
	if err != nil {
		return nil, err
	}
	out := make(map[string]*T, len(list))
	for _, e := range list {
		out[any(e).(content.Entry).Head().Key] = e
	}
	return out, nil
}

// names returns the names of entries in the order of the keys, without the missing ones.
func names[T any](of map[string]*T, keys []string) []string {
	var out []string
	for _, k := range keys {
		if e := of[k]; e != nil {
			out = append(out, any(e).(content.Entry).Head().Name)
		}
	}
	return out
}

// covering returns the curated comparisons that have at least two of the patterns among their
// subjects, by name.
func covering(ctx context.Context, patterns []*content.Pattern) ([]string, error) {
	scopes := make([]content.Scope, len(patterns))
	for i, p := range patterns {
		scopes[i].Ref = content.RefTo("subjects.pattern", p.Key)
	}
	lists, err := loaders.For(ctx).Comparisons.Lists(ctx, scopes)
	if err != nil {
		return nil, err
	}
	return advisor.Covering(lists), nil
}

// healthOfAll returns the health of patterns in their order. It reads the observations of all of
// them with one command.
func healthOfAll(ctx context.Context, patterns []*content.Pattern) ([]*content.PatternHealth, error) {
	t := loaders.For(ctx).Tables
	scoring, err := t.Scoring(ctx)
	if err != nil {
		return nil, err
	}
	keys := make([]string, len(patterns))
	for i, p := range patterns {
		keys[i] = p.Key
	}
	seen, err := t.AllObservations(ctx, keys)
	if err != nil {
		return nil, err
	}
	out := make([]*content.PatternHealth, len(patterns))
	for i, k := range keys {
		out[i] = advisor.Health(k, seen[i], scoring)
	}
	return out, nil
}
