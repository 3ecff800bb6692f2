package resolvers

import (
	"context"

	"patternhub/internal/content"
)

// once runs a write that is not about an entry. If its field has an idempotency key that was used
// before, once returns the first answer instead. A T is saved in its stored form. A nil T is a write
// that was refused for the reasons that run returned.
func once[T any](ctx context.Context, r *Resolver, run func(context.Context) (*T, []content.UserError, error)) (*T, []content.UserError, error) {
	req := r.request(ctx)
	if err := checked(req); err != nil {
		return nil, nil, err
	}
	var out T
	var made *T
	var wrong []content.UserError
	refused := false
	mismatch, err := r.Authoring.Store.Once(ctx, req, &out, func(ctx context.Context) (bool, error) {
		var err error
		if made, wrong, err = run(ctx); made != nil {
			out = *made
		}
		refused = made == nil
		return !refused, err
	})
	switch {
	case err != nil || refused:
		return nil, wrong, err
	case mismatch:
		return nil, []content.UserError{{Field: []string{"key"}, Message: "This idempotency key was used for another input.", Code: content.ErrIdempotencyMismatch}}, nil
	case made != nil:
		return made, nil, nil
	}
	return &out, nil, nil
}
