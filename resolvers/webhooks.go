package resolvers

import (
	"context"

	"patternhub/content"
	"patternhub/graph/model"
	"patternhub/webhook"
)

// Webhooks manages endpoints and what is on its way to them.
// Reading goes to the store, and what has rules, such as addresses and secrets, to Endpoints.
type Webhooks struct {
	Store     content.WebhookStore
	Endpoints *webhook.Endpoints
	// Poke makes the dispatcher look for a redelivery.
	Poke func()
}

// hooked is what a write of webhooks led to, in the form in which it is kept for its
// idempotency key.
type hooked struct {
	Endpoint *content.WebhookEndpoint `bson:"endpoint,omitempty"`
	// Secret is kept no longer than the key, and no more in the open than the endpoint's own.
	Secret   string                   `bson:"secret,omitempty"`
	Delivery *content.WebhookDelivery `bson:"delivery,omitempty"`
}

// endpointed makes what a write of an endpoint led to; nil when it was refused.
func endpointed(e *content.WebhookEndpoint, secret string, wrong []content.UserError, err error) (*hooked, []content.UserError, error) {
	if e == nil || len(wrong) > 0 || err != nil {
		return nil, wrong, err
	}
	return &hooked{Endpoint: e, Secret: secret}, nil, nil
}

// createEndpoint makes an endpoint. The secret is in this payload and never shown again, but to who
// repeats the same write under its idempotency key.
func (r *Resolver) createEndpoint(ctx context.Context, in *model.WebhookEndpointCreateInput) (*model.WebhookEndpointCreatePayload, error) {
	made, wrong, err := once(ctx, r, func(ctx context.Context) (*hooked, []content.UserError, error) {
		return endpointed(r.Webhooks.Endpoints.Create(ctx, webhook.Settings{
			URL: &in.URL, Description: &in.Description, Types: &in.Types, Events: &in.Events, Selection: in.Selection,
		}))
	})
	if made == nil {
		return &model.WebhookEndpointCreatePayload{UserErrors: pointers(wrong)}, err
	}
	return &model.WebhookEndpointCreatePayload{Endpoint: made.Endpoint, Secret: orNil(made.Secret)}, nil
}

// updateEndpoint changes what is given. An empty list of types means all of them; an absent one
// changes nothing, hence the pointers. A secret comes back only where a new one was asked for.
func (r *Resolver) updateEndpoint(ctx context.Context, id content.ID, in *model.WebhookEndpointUpdateInput) (*model.WebhookEndpointUpdatePayload, error) {
	s := webhook.Settings{URL: in.URL, Description: in.Description, Selection: in.Selection, Enabled: in.Enabled, RotateSecret: in.RotateSecret}
	if in.Types != nil {
		s.Types = &in.Types
	}
	if in.Events != nil {
		s.Events = &in.Events
	}
	made, wrong, err := once(ctx, r, func(ctx context.Context) (*hooked, []content.UserError, error) {
		return endpointed(r.Webhooks.Endpoints.Update(ctx, keyOf(id, content.TypeWebhookEndpoint), s))
	})
	if made == nil {
		return &model.WebhookEndpointUpdatePayload{UserErrors: pointers(wrong)}, err
	}
	return &model.WebhookEndpointUpdatePayload{Endpoint: made.Endpoint, Secret: orNil(made.Secret)}, nil
}

// deleteEndpoint removes an endpoint with its deliveries.
func (r *Resolver) deleteEndpoint(ctx context.Context, id content.ID) (*model.WebhookEndpointDeletePayload, error) {
	made, wrong, err := once(ctx, r, func(ctx context.Context) (*hooked, []content.UserError, error) {
		ok, err := r.Webhooks.Store.DeleteEndpoint(ctx, keyOf(id, content.TypeWebhookEndpoint))
		if err != nil || ok {
			return &hooked{}, nil, err
		}
		return nil, []content.UserError{{Field: []string{"id"}, Message: "There is no endpoint with that id.", Code: content.ErrNotFound}}, nil
	})
	if made == nil || err != nil {
		return &model.WebhookEndpointDeletePayload{UserErrors: pointers(wrong)}, err
	}
	return &model.WebhookEndpointDeletePayload{Deleted: &id}, nil
}

// redeliver begins a delivery anew and wakes the dispatcher, so that it does not wait for its next
// round.
func (r *Resolver) redeliver(ctx context.Context, id content.ID) (*model.WebhookRedeliverPayload, error) {
	made, wrong, err := once(ctx, r, func(ctx context.Context) (*hooked, []content.UserError, error) {
		d, wrong, err := r.Webhooks.Endpoints.Redeliver(ctx, keyOf(id, content.TypeWebhookDelivery))
		if d == nil || err != nil {
			return nil, wrong, err
		}
		return &hooked{Delivery: d, Endpoint: d.Endpoint}, nil, nil
	})
	if made == nil {
		return &model.WebhookRedeliverPayload{UserErrors: pointers(wrong)}, err
	}
	r.Webhooks.Poke()
	made.Delivery.Endpoint = made.Endpoint // not kept with the delivery
	return &model.WebhookRedeliverPayload{Delivery: made.Delivery}, nil
}

// keyOf is the key of an id of that noun; an id of another one has none.
// An empty key finds nothing, so an id of another noun is told as not found.
func keyOf(id content.ID, noun content.EntryType) string {
	if id.Type != noun {
		return ""
	}
	return id.Key
}

// orNil is nil for an empty text.
func orNil(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
