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

// create makes an endpoint. The secret is in this payload and never shown again.
func (w *Webhooks) create(ctx context.Context, in *model.WebhookEndpointCreateInput) (*model.WebhookEndpointCreatePayload, error) {
	e, secret, wrong, err := w.Endpoints.Create(ctx, webhook.Settings{
		URL: &in.URL, Description: &in.Description, Types: &in.Types, Events: &in.Events, Selection: in.Selection,
	})
	return &model.WebhookEndpointCreatePayload{Endpoint: e, Secret: orNil(secret), UserErrors: pointers(wrong)}, err
}

// update changes what is given. An empty list of types means all of them; an absent one changes
// nothing, hence the pointers. A secret comes back only where a new one was asked for.
func (w *Webhooks) update(ctx context.Context, id content.ID, in *model.WebhookEndpointUpdateInput) (*model.WebhookEndpointUpdatePayload, error) {
	s := webhook.Settings{URL: in.URL, Description: in.Description, Selection: in.Selection, Enabled: in.Enabled, RotateSecret: in.RotateSecret}
	if in.Types != nil {
		s.Types = &in.Types
	}
	if in.Events != nil {
		s.Events = &in.Events
	}
	e, secret, wrong, err := w.Endpoints.Update(ctx, keyOf(id, content.TypeWebhookEndpoint), s)
	return &model.WebhookEndpointUpdatePayload{Endpoint: e, Secret: orNil(secret), UserErrors: pointers(wrong)}, err
}

// remove deletes an endpoint with its deliveries.
func (w *Webhooks) remove(ctx context.Context, id content.ID) (*model.WebhookEndpointDeletePayload, error) {
	ok, err := w.Store.DeleteEndpoint(ctx, keyOf(id, content.TypeWebhookEndpoint))
	if err != nil {
		return nil, err
	}
	if !ok {
		return &model.WebhookEndpointDeletePayload{UserErrors: []*content.UserError{{
			Field: []string{"id"}, Message: "There is no endpoint with that id.", Code: content.ErrNotFound,
		}}}, nil
	}
	return &model.WebhookEndpointDeletePayload{Deleted: &id}, nil
}

// redeliver begins a delivery anew and wakes the dispatcher, so that it does not wait for its next
// round.
func (w *Webhooks) redeliver(ctx context.Context, id content.ID) (*model.WebhookRedeliverPayload, error) {
	d, wrong, err := w.Endpoints.Redeliver(ctx, keyOf(id, content.TypeWebhookDelivery))
	if d != nil {
		w.Poke()
	}
	return &model.WebhookRedeliverPayload{Delivery: d, UserErrors: pointers(wrong)}, err
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
