package resolvers

import (
	"context"

	"patternhub/internal/content"
)

// Label returns the subject's name, also for a subject without an entry.
func (r *wizardPickResolver) Label(ctx context.Context, obj *content.WizardPick) (string, error) {
	subject := obj.Subject()
	return subjectLabel(ctx, &subject)
}
