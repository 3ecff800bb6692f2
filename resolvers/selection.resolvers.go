package resolvers

import (
	"context"

	"patternhub/content"
	"patternhub/graph"
	"patternhub/loaders"
)

func (r *eliminatedPatternResolver) Pattern(ctx context.Context, obj *content.EliminatedPattern) (*content.Pattern, error) {
	return loaders.For(ctx).Patterns.Load(ctx, obj.PatternKey)
}

func (r *queryResolver) Wizards(ctx context.Context) ([]*content.Wizard, error) {
	return loaders.For(ctx).Tables.Wizards(ctx)
}

func (r *queryResolver) Wizard(ctx context.Context, slug string) (*content.Wizard, error) {
	return wizard(ctx, slug)
}

func (r *queryResolver) SelectPatterns(ctx context.Context, input content.PatternSelectionInput) (*content.PatternSelection, error) {
	return selectPatterns(ctx, input)
}

func (r *selectedPatternResolver) Pattern(ctx context.Context, obj *content.SelectedPattern) (*content.Pattern, error) {
	return loaders.For(ctx).Patterns.Load(ctx, obj.PatternKey)
}

func (r *wizardOptionResolver) Examples(ctx context.Context, obj *content.WizardOption) ([]*content.Company, error) {
	return loaders.For(ctx).Companies.LoadAll(ctx, obj.ExampleKeys)
}

// Label is the name of what is picked, also where that is no entry.
func (r *wizardPickResolver) Label(ctx context.Context, obj *content.WizardPick) (string, error) {
	return subjectLabel(ctx, &obj.Subject)
}

func (r *wizardPickResolver) Pattern(ctx context.Context, obj *content.WizardPick) (*content.Pattern, error) {
	return loaders.For(ctx).Patterns.Load(ctx, obj.PatternKey)
}

func (r *wizardPickResolver) Practice(ctx context.Context, obj *content.WizardPick) (*content.Practice, error) {
	return loaders.For(ctx).Practices.Load(ctx, obj.PracticeKey)
}

func (r *wizardPickResolver) ListedTier(ctx context.Context, obj *content.WizardPick) (*content.Tier, error) {
	return loaders.For(ctx).Tiers.Load(ctx, obj.ListedTierKey)
}

func (r *wizardStackResolver) Patterns(ctx context.Context, obj *content.WizardStack) ([]*content.Pattern, error) {
	return loaders.For(ctx).Patterns.LoadAll(ctx, obj.PatternKeys)
}

func (r *Resolver) EliminatedPattern() graph.EliminatedPatternResolver {
	return &eliminatedPatternResolver{r}
}

func (r *Resolver) SelectedPattern() graph.SelectedPatternResolver {
	return &selectedPatternResolver{r}
}

func (r *Resolver) WizardOption() graph.WizardOptionResolver { return &wizardOptionResolver{r} }

func (r *Resolver) WizardPick() graph.WizardPickResolver { return &wizardPickResolver{r} }

func (r *Resolver) WizardStack() graph.WizardStackResolver { return &wizardStackResolver{r} }

type (
	eliminatedPatternResolver struct{ *Resolver }
	selectedPatternResolver   struct{ *Resolver }
	wizardOptionResolver      struct{ *Resolver }
	wizardPickResolver        struct{ *Resolver }
	wizardStackResolver       struct{ *Resolver }
)
