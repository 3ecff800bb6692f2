package resolvers

import (
	"context"

	"patternhub/graph/model"
	"patternhub/graph/relay"
	"patternhub/internal/content"
)

// WebhookEndpointCreate shows the secret only in this payload.
func (r *mutationResolver) WebhookEndpointCreate(ctx context.Context, input model.WebhookEndpointCreateInput) (*model.WebhookEndpointCreatePayload, error) {
	return r.r.createEndpoint(ctx, &input)
}

func (r *mutationResolver) WebhookEndpointUpdate(ctx context.Context, id content.ID, input model.WebhookEndpointUpdateInput) (*model.WebhookEndpointUpdatePayload, error) {
	return r.r.updateEndpoint(ctx, id, &input)
}

func (r *mutationResolver) WebhookEndpointDelete(ctx context.Context, id content.ID) (*model.WebhookEndpointDeletePayload, error) {
	return r.r.deleteEndpoint(ctx, id)
}

// WebhookRedeliver sends the same bytes under the same id, so that a receiver can recognise the
// event as one that it may have.
func (r *mutationResolver) WebhookRedeliver(ctx context.Context, id content.ID) (*model.WebhookRedeliverPayload, error) {
	return r.r.redeliver(ctx, id)
}

// WebhookEndpoints reads all of them: their number is bounded, and the schema has no field for
// secrets.
func (r *queryResolver) WebhookEndpoints(ctx context.Context) ([]*content.WebhookEndpoint, error) {
	return r.r.Webhooks.Store.Endpoints(ctx)
}

func (r *queryResolver) WebhookDeliveries(ctx context.Context, first *int, after *string, last *int, before *string, filter *content.WebhookDeliveryFilter) (*relay.Connection[*content.WebhookDelivery, *relay.Edge[*content.WebhookDelivery]], error) {
	return relay.Deliveries(r.r.Webhooks.Store, relay.Page{First: first, After: after, Last: last, Before: before}, filter)
}
