package resolvers

import (
	"context"
	"fmt"
	"slices"
	"time"

	"patternhub/graph/model"
	"patternhub/internal/auth"
	"patternhub/internal/content"
	"patternhub/loaders"
)

// Presence reports who has which entries open. See auth.Presences.
type Presence interface {
	Beat(ctx context.Context, person string, id content.ID, field *string) (time.Time, error)
	Watch(ctx context.Context, person string, ids []content.ID) <-chan *content.EntryPresence
}

// beat stores a sign of the person who is signed in.
// The entry and the field are checked here, since the store of signs knows neither. It needs no idempotency key: a
// sign ends by itself, and the next one replaces it.
func (r *Resolver) beat(ctx context.Context, id content.ID, field *string) (*model.PresenceBeatPayload, error) {
	person, err := r.author(ctx)
	if err != nil {
		return nil, err
	}
	refuse := func(at, message string, code content.UserErrorCode) (*model.PresenceBeatPayload, error) {
		return &model.PresenceBeatPayload{UserErrors: []*content.UserError{{Field: []string{at}, Message: message, Code: code}}}, nil
	}
	entry, err := loaders.For(ctx).Entry(ctx, id)
	switch {
	case err != nil:
		return nil, err
	case entry == nil:
		return refuse("id", "There is no entry with that id.", content.ErrNotFound)
	case field != nil && !slices.Contains(content.Authored(id.Type), *field):
		return refuse("field", "The input of the type has no such field.", content.ErrInvalid)
	}
	ends, err := r.Presence.Beat(ctx, person, id, field)
	if err != nil {
		return nil, err
	}
	return &model.PresenceBeatPayload{EndsAt: &ends}, nil
}

// presence follows who has entries open. Names of people are for people only.
// An id that is named twice is watched once. Ids are not looked up: nobody is at an entry that does not exist.
func (r *Resolver) presence(ctx context.Context, ids []*content.ID) (<-chan *content.EntryPresence, error) {
	v := r.ViewerOf(ctx)
	if err := auth.Require(v, content.RolePreviewer, "entryPresence"); err != nil {
		return nil, err
	}
	if v.Session == nil {
		return nil, content.Fault(content.Forbidden, "entryPresence is for people who are signed in, at /sign-in. An API key cannot follow it.")
	}
	if len(ids) == 0 || len(ids) > content.MaxPresenceIDs {
		return nil, content.Fault(content.BadUserInput, fmt.Sprintf("entryPresence follows 1 to %d ids.", content.MaxPresenceIDs))
	}
	only := make([]content.ID, 0, len(ids))
	for _, id := range ids {
		if !slices.Contains(only, *id) {
			only = append(only, *id)
		}
	}
	return r.Presence.Watch(ctx, v.Session.PersonKey, only), nil
}
