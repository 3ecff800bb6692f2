package resolvers

import (
	"context"

	"patternhub/graph/model"
	"patternhub/internal/content"
)

func (r *mutationResolver) PersonInvite(ctx context.Context, input model.PersonInviteInput, minutes int) (*model.PersonInvitePayload, error) {
	return r.r.invite(ctx, &input, minutes)
}

func (r *mutationResolver) PersonLinkCreate(ctx context.Context, id content.ID, minutes int) (*model.PersonLinkCreatePayload, error) {
	return r.r.personLink(ctx, id, minutes)
}

func (r *mutationResolver) PersonUpdate(ctx context.Context, id content.ID, accessRole content.AccessRole) (*model.PersonUpdatePayload, error) {
	return r.r.updatePerson(ctx, id, accessRole)
}

func (r *mutationResolver) PersonRemove(ctx context.Context, id content.ID) (*model.PersonRemovePayload, error) {
	return r.r.removePerson(ctx, id)
}

func (r *mutationResolver) SessionEnd(ctx context.Context, id *content.ID) (*model.SessionEndPayload, error) {
	return r.r.endSession(ctx, id)
}

func (r *mutationResolver) PasskeyDelete(ctx context.Context, id content.ID) (*model.PasskeyDeletePayload, error) {
	return r.r.deletePasskey(ctx, id)
}

func (r *mutationResolver) TicketCreate(ctx context.Context) (*model.TicketCreatePayload, error) {
	return r.r.ticket(ctx)
}

func (r *queryResolver) People(ctx context.Context, removed bool) ([]*content.Person, error) {
	return r.r.Accounts.People.List(ctx, removed)
}

func (r *viewerResolver) Sessions(ctx context.Context, obj *content.Viewer) ([]*content.Session, error) {
	return r.r.Accounts.sessions(ctx, obj)
}

func (r *viewerResolver) Passkeys(ctx context.Context, obj *content.Viewer) ([]*content.Passkey, error) {
	return r.r.Accounts.passkeys(ctx, obj)
}
