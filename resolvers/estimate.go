package resolvers

import (
	"context"
	"fmt"
	"slices"

	"patternhub/internal/advisor"
	"patternhub/internal/content"
	"patternhub/loaders"
)

// estimate checks the sizes first, then reads what the input names and calls the advisor.
// An unknown slug fails with BadUserInput. Entries of one type are read with one command.
func estimate(ctx context.Context, input content.EstimateInput) (*content.Estimate, error) {
	if err := advisor.CheckEstimate(input); err != nil {
		return nil, err
	}
	l := loaders.For(ctx)
	var with advisor.Estimating
	var err error
	// Together, so that both lists below come from one read.
	if _, err = l.Patterns.AllBySlug(ctx, slices.Concat(input.Patterns, input.InUse)); err != nil {
		return nil, err
	}
	if with.Patterns, err = patternsBySlug(ctx, input.Patterns); err != nil {
		return nil, err
	}
	if with.InUse, err = patternsBySlug(ctx, input.InUse); err != nil {
		return nil, err
	}
	if with.Migrations, err = l.Migrations.AllBySlug(ctx, input.Migrations); err != nil {
		return nil, err
	}
	for i, m := range with.Migrations {
		if m == nil {
			return nil, content.Fault(content.BadUserInput, fmt.Sprintf("There is no migration %.80q.", input.Migrations[i]))
		}
	}
	if with.Calculator, err = only(ctx, l.Calculators, content.TypeCalculator); err != nil {
		return nil, err
	}
	if with.Weights, err = l.Tables.Weights(ctx); err != nil {
		return nil, err
	}
	return advisor.Estimate(with, input), nil
}
