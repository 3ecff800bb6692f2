package resolvers

import (
	"context"

	"patternhub/graph/model"
	"patternhub/internal/content"
	"patternhub/internal/webhook"
)

// Webhooks manages endpoints and their deliveries. Reads go to the store; what has rules, such as
// addresses and secrets, goes to Endpoints.
type Webhooks struct {
	Store     content.WebhookStore
	Endpoints *webhook.Endpoints
	// Notify makes the dispatcher look for a redelivery.
	Notify func()
}

// webhookOutcome is the outcome of a write of webhooks, in the form that is stored for its
// idempotency key.
type webhookOutcome struct {
	Endpoint *content.WebhookEndpoint `bson:"endpoint,omitempty"`
	// Secret is stored no longer than the key, and protected like the endpoint's own.
	Secret   string                   `bson:"secret,omitempty"`
	Delivery *content.WebhookDelivery `bson:"delivery,omitempty"`
}

// endpointOutcome returns the outcome of a write of an endpoint; nil if it was refused.
func endpointOutcome(e *content.WebhookEndpoint, secret string, wrong []content.UserError, err error) (*webhookOutcome, []content.UserError, error) {
	if e == nil || len(wrong) > 0 || err != nil {
		return nil, wrong, err
	}
	return &webhookOutcome{Endpoint: e, Secret: secret}, nil, nil
}

// createEndpoint creates an endpoint. Only its payload has the secret, and that of a repetition
// under the same idempotency key.
func (r *Resolver) createEndpoint(ctx context.Context, in *model.WebhookEndpointCreateInput) (*model.WebhookEndpointCreatePayload, error) {
	made, wrong, err := once(ctx, r, func(ctx context.Context) (*webhookOutcome, []content.UserError, error) {
		return endpointOutcome(r.Webhooks.Endpoints.Create(ctx, webhook.Settings{
			URL: &in.URL, Description: &in.Description, Types: &in.Types, Events: &in.Events, Selection: in.Selection,
		}))
	})
	if made == nil {
		return &model.WebhookEndpointCreatePayload{UserErrors: pointers(wrong)}, err
	}
	return &model.WebhookEndpointCreatePayload{Endpoint: made.Endpoint, Secret: orNil(made.Secret)}, nil
}

// updateEndpoint changes the given fields. An empty list of types means all of them; an absent one
// changes nothing, hence the pointers. It returns a secret only if a new one was asked for.
func (r *Resolver) updateEndpoint(ctx context.Context, id content.ID, in *model.WebhookEndpointUpdateInput) (*model.WebhookEndpointUpdatePayload, error) {
	s := webhook.Settings{URL: in.URL, Description: in.Description, Selection: in.Selection, Enabled: in.Enabled, RotateSecret: in.RotateSecret}
	if in.Types != nil {
		s.Types = &in.Types
	}
	if in.Events != nil {
		s.Events = &in.Events
	}
	made, wrong, err := once(ctx, r, func(ctx context.Context) (*webhookOutcome, []content.UserError, error) {
		return endpointOutcome(r.Webhooks.Endpoints.Update(ctx, keyOf(id, content.NonEntryWebhookEndpoint), s))
	})
	if made == nil {
		return &model.WebhookEndpointUpdatePayload{UserErrors: pointers(wrong)}, err
	}
	return &model.WebhookEndpointUpdatePayload{Endpoint: made.Endpoint, Secret: orNil(made.Secret)}, nil
}

// deleteEndpoint deletes an endpoint with its deliveries.
func (r *Resolver) deleteEndpoint(ctx context.Context, id content.ID) (*model.WebhookEndpointDeletePayload, error) {
	made, wrong, err := once(ctx, r, func(ctx context.Context) (*webhookOutcome, []content.UserError, error) {
		ok, err := r.Webhooks.Store.DeleteEndpoint(ctx, keyOf(id, content.NonEntryWebhookEndpoint))
		if err != nil || ok {
			return &webhookOutcome{}, nil, err
		}
		return nil, []content.UserError{{Field: []string{"id"}, Message: "There is no endpoint with that id.", Code: content.ErrNotFound}}, nil
	})
	if made == nil || err != nil {
		return &model.WebhookEndpointDeletePayload{UserErrors: pointers(wrong)}, err
	}
	return &model.WebhookEndpointDeletePayload{Deleted: &id}, nil
}

// redeliver starts a delivery again and notifies the dispatcher, so that it does not wait for its
// next round.
func (r *Resolver) redeliver(ctx context.Context, id content.ID) (*model.WebhookRedeliverPayload, error) {
	made, wrong, err := once(ctx, r, func(ctx context.Context) (*webhookOutcome, []content.UserError, error) {
		d, wrong, err := r.Webhooks.Endpoints.Redeliver(ctx, keyOf(id, content.NonEntryWebhookDelivery))
		if d == nil || err != nil {
			return nil, wrong, err
		}
		return &webhookOutcome{Delivery: d, Endpoint: d.Endpoint}, nil, nil
	})
	if made == nil {
		return &model.WebhookRedeliverPayload{UserErrors: pointers(wrong)}, err
	}
	r.Webhooks.Notify()
	made.Delivery.Endpoint = made.Endpoint // not stored with the delivery
	return &model.WebhookRedeliverPayload{Delivery: made.Delivery}, nil
}

// keyOf returns the key of an id if the id has that noun, otherwise "". No entry has an empty key, so an
// id of another noun is not found.
func keyOf(id content.ID, noun content.EntryType) string {
	if id.Type != noun {
		return ""
	}
	return id.Key
}

// orNil returns nil for an empty text.
func orNil(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
