package resolvers

import (
	"context"

	"patternhub/content"
	"patternhub/graph/model"
	"patternhub/graph/relay"
)

// WebhookEndpointCreate shows the secret in this payload alone.
func (r *mutationResolver) WebhookEndpointCreate(ctx context.Context, input model.WebhookEndpointCreateInput) (*model.WebhookEndpointCreatePayload, error) {
	return r.createEndpoint(ctx, &input)
}

func (r *mutationResolver) WebhookEndpointUpdate(ctx context.Context, id content.ID, input model.WebhookEndpointUpdateInput) (*model.WebhookEndpointUpdatePayload, error) {
	return r.updateEndpoint(ctx, id, &input)
}

func (r *mutationResolver) WebhookEndpointDelete(ctx context.Context, id content.ID) (*model.WebhookEndpointDeletePayload, error) {
	return r.deleteEndpoint(ctx, id)
}

// WebhookRedeliver sends the same bytes under the same id, so a receiver can tell them apart from a
// new event.
func (r *mutationResolver) WebhookRedeliver(ctx context.Context, id content.ID) (*model.WebhookRedeliverPayload, error) {
	return r.redeliver(ctx, id)
}

// WebhookEndpoints reads all of them: their number is bounded, and secrets are no field of the
// schema.
func (r *queryResolver) WebhookEndpoints(ctx context.Context) ([]*content.WebhookEndpoint, error) {
	return r.Webhooks.Store.Endpoints(ctx)
}

func (r *queryResolver) WebhookDeliveries(ctx context.Context, first *int, after *string, last *int, before *string, filter *content.WebhookDeliveryFilter) (*relay.Connection[content.WebhookDelivery, relay.Edge[content.WebhookDelivery]], error) {
	return relay.Deliveries(r.Webhooks.Store, relay.Page{First: first, After: after, Last: last, Before: before}, filter)
}
