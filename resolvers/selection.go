package resolvers

import (
	"context"

	"patternhub/internal/advisor"
	"patternhub/internal/content"
	"patternhub/loaders"
)

// allPatterns reads the cards of all patterns, without long texts, for a tool that examines each of
// them. More than the limit fail with LimitExceeded: an answer about a part would look like one about
// all.
func allPatterns(ctx context.Context) ([]*content.Pattern, error) {
	q := content.Query{Window: content.Window{Limit: advisor.MaxDashboard}}
	slice, err := loaders.For(ctx).Patterns.List(ctx, content.Scope{}, q)
	if err != nil {
		return nil, err
	}
	if slice.HasNext {
		return nil, content.Fault(content.LimitExceeded, "This tool looks at all patterns, and there are too many of them.")
	}
	return slice.Items, nil
}

// selectPatterns checks the input before it reads anything, so that a mistake costs no command.
func selectPatterns(ctx context.Context, input content.PatternSelectionInput) (*content.PatternSelection, error) {
	if err := advisor.CheckSelection(input); err != nil {
		return nil, err
	}
	l := loaders.For(ctx)
	var with advisor.Selecting
	var err error
	if with.Patterns, err = allPatterns(ctx); err != nil {
		return nil, err
	}
	if with.Tiers, err = l.Tiers.All(ctx, content.Order{Field: "RANK"}); err != nil {
		return nil, err
	}
	if with.Wizards, err = l.Wizards.All(ctx, content.Order{Field: "ORDER"}); err != nil {
		return nil, err
	}
	if with.Calculator, err = only(ctx, l.Calculators, content.TypeCalculator); err != nil {
		return nil, err
	}
	if with.Weights, err = l.Tables.Weights(ctx); err != nil {
		return nil, err
	}
	return advisor.Select(with, input)
}
