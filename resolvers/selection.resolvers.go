package resolvers

import (
	"context"

	"patternhub/internal/content"
	"patternhub/loaders"
)

func (r *queryResolver) Wizards(ctx context.Context) ([]*content.Wizard, error) {
	return loaders.For(ctx).Tables.Wizards(ctx)
}

func (r *queryResolver) Wizard(ctx context.Context, slug string) (*content.Wizard, error) {
	return wizard(ctx, slug)
}

func (r *queryResolver) SelectPatterns(ctx context.Context, input content.PatternSelectionInput) (*content.PatternSelection, error) {
	return selectPatterns(ctx, input)
}

// Label returns the subject's name, also for a subject without an entry.
func (r *wizardPickResolver) Label(ctx context.Context, obj *content.WizardPick) (string, error) {
	return subjectLabel(ctx, &obj.Subject)
}
