package relay

import (
	"context"

	"patternhub/internal/content"
)

// WebhookDeliveryConnection is a list of deliveries.
type WebhookDeliveryConnection = Connection[*content.WebhookDelivery, *Edge[*content.WebhookDelivery]]

// WebhookDeliveryEdge is one position in such a list.
type WebhookDeliveryEdge = Edge[*content.WebhookDelivery]

// Deliveries is the log of deliveries, newest first.
func Deliveries(store content.WebhookStore, page Page, filter *content.WebhookDeliveryFilter) (*WebhookDeliveryConnection, error) {
	return Stored[*content.WebhookDelivery]{
		Order: "WEBHOOK_DELIVERY.NEWEST",
		Read: func(ctx context.Context, w content.Window) (content.Slice[*content.WebhookDelivery], error) {
			return store.Deliveries(ctx, filter, w)
		},
		Count: func(ctx context.Context) (int, error) { return store.CountDeliveries(ctx, filter) },
		Position: func(d *content.WebhookDelivery) content.Position {
			return content.Position{Value: float64(d.Seq), Key: d.Key}
		},
	}.Connect(page)
}
