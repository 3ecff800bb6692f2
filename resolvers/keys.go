package resolvers

import (
	"context"

	"patternhub/graph/model"
	"patternhub/internal/auth"
	"patternhub/internal/content"
)

// keyOutcome is the outcome of a new key in the form that is stored for its idempotency key. It has no
// token, since a token is a secret.
type keyOutcome struct {
	Key string `bson:"key"`
}

// createKey creates a key. A repetition with the same idempotency key returns the key without its token.
func (r *Resolver) createKey(ctx context.Context, in *model.KeyCreateInput) (*model.KeyCreatePayload, error) {
	// token stays empty if an earlier request with the idempotency key made the key.
	token := ""
	made, wrong, err := once(ctx, r, func(ctx context.Context) (*keyOutcome, []content.UserError, error) {
		spec := auth.KeySpec{Name: in.Name, Role: in.AccessRole, ExpiresAt: in.ExpiresAt}
		if in.Person != nil {
			owner, err := r.Accounts.People.Person(ctx, keyOf(*in.Person, content.NonEntryPerson))
			if err != nil {
				wrong, err := mistake("input", err)
				return nil, within(wrong, "person"), err
			}
			spec.Owner = owner
		}
		made, key, err := r.Accounts.Keys.CreateBy(ctx, r.ViewerOf(ctx), spec)
		if err != nil {
			wrong, err := mistake("input", err)
			return nil, wrong, err
		}
		token = made
		return &keyOutcome{Key: key.Key}, nil, nil
	})
	if made == nil || err != nil {
		return &model.KeyCreatePayload{UserErrors: pointers(wrong)}, err
	}
	// The key is read again, since a stored outcome has only its id.
	key, err := r.Accounts.Keys.Key(ctx, made.Key)
	return &model.KeyCreatePayload{Key: key, Token: orNil(token), UserErrors: []*content.UserError{}}, err
}

// within adds a name to the paths of user errors.
func within(wrong []content.UserError, name string) []content.UserError {
	for i := range wrong {
		wrong[i].Field = append(wrong[i].Field, name)
	}
	return wrong
}

// revokeKey ends a key: any for admins, one of their own for others with a session. The key of another person
// is not found, so that ids cannot be tried.
func (r *Resolver) revokeKey(ctx context.Context, id content.ID) (*model.KeyRevokePayload, error) {
	key := keyOf(id, content.NonEntryKey)
	if !r.ViewerOf(ctx).AccessRole.Covers(content.RoleAdmin) {
		own, err := r.session(ctx)
		if err != nil {
			return nil, err
		}
		if found, err := r.Accounts.Keys.Key(ctx, key); err != nil || found == nil || found.Owner != own.PersonKey {
			key = "" // as if there were none
		}
	}
	wrong, err := wrongID(r.Accounts.Keys.Revoke(ctx, key))
	if len(wrong) > 0 || err != nil {
		return &model.KeyRevokePayload{UserErrors: wrong}, err
	}
	return &model.KeyRevokePayload{Revoked: &id, UserErrors: wrong}, nil
}

// keysOf lists the keys of a viewer with a session.
// A viewer without a session gets none, even with a key of a person: a key that leaks must not list the others.
func (a *Accounts) keysOf(ctx context.Context, v *content.Viewer) ([]*content.APIKey, error) {
	if v.Session == nil {
		return []*content.APIKey{}, nil
	}
	return a.Keys.Of(ctx, v.Person)
}

// keyNode reads a key for admins and for the person that it belongs to. Otherwise it is nil.
// It is nil, too, for a key that does not exist, so the two cannot be distinguished.
func (r *Resolver) keyNode(ctx context.Context, v *content.Viewer, id content.ID) (content.Node, error) {
	found, err := r.Accounts.Keys.Key(ctx, id.Key)
	if found == nil || !v.AccessRole.Covers(content.RoleAdmin) && (v.Session == nil || v.Session.PersonKey != found.Owner) {
		return nil, err
	}
	return found, nil
}
