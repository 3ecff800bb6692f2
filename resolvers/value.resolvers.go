package resolvers

import (
	"context"

	"patternhub/internal/content"
)

func (r *subjectResolver) Label(ctx context.Context, obj *content.Subject) (string, error) {
	return subjectLabel(ctx, obj)
}
