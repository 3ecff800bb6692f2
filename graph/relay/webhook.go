package relay

import (
	"context"

	"patternhub/internal/content"
)

// WebhookDeliveryConnection is a list of deliveries.
type WebhookDeliveryConnection = Connection[*content.WebhookDelivery, *Edge[*content.WebhookDelivery]]

// WebhookDeliveryEdge is one position in such a list.
type WebhookDeliveryEdge = Edge[*content.WebhookDelivery]

// deliveriesOrder tags the cursors of deliveries, which have only one order.
const deliveriesOrder = "WEBHOOK_DELIVERY.NEWEST"

// Deliveries is the log of deliveries, newest first. It reads from the store without a loader, since
// only admins ask for it, and few at a time. It has no facets.
func Deliveries(store content.WebhookStore, page Page, filter *content.WebhookDeliveryFilter) (*WebhookDeliveryConnection, error) {
	window, err := page.window(deliveriesOrder)
	if err != nil {
		return nil, err
	}
	return &WebhookDeliveryConnection{order: deliveriesOrder, list: &deliveries{store: store, filter: filter, window: window}}, nil
}

type deliveries struct {
	unasked

	store  content.WebhookStore
	filter *content.WebhookDeliveryFilter
	window content.Window
}

func (l *deliveries) count(ctx context.Context) (int, error) {
	return l.store.CountDeliveries(ctx, l.filter)
}

func (l *deliveries) read(ctx context.Context) (*part[*content.WebhookDelivery, *WebhookDeliveryEdge], error) {
	found, err := l.store.Deliveries(ctx, l.filter, l.window)
	if err != nil {
		return nil, err
	}
	p := &part[*content.WebhookDelivery, *WebhookDeliveryEdge]{hasNext: found.HasNext, hasPrevious: found.HasPrevious}
	for _, d := range found.Items {
		p.add(d, content.Position{Value: float64(d.Seq), Key: d.Key}, plain[*content.WebhookDelivery])
	}
	return p, nil
}
