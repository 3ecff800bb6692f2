package content

import (
	"context"
	"slices"
	"strconv"
	"time"
)

// WebhookEvent is what a webhook tells of.
type WebhookEvent string

// The events.
const (
	EventPublished   WebhookEvent = "ENTRY_PUBLISHED"
	EventUnpublished WebhookEvent = "ENTRY_UNPUBLISHED"
)

// Values lists the values of the enum.
func (WebhookEvent) Values() []string { return []string{"ENTRY_PUBLISHED", "ENTRY_UNPUBLISHED"} }

// Name is the event's name in payloads, "entry.published".
func (e WebhookEvent) Name() string {
	if e == EventUnpublished {
		return "entry.unpublished"
	}
	return "entry.published"
}

// EventOf is the event that a published change makes.
func EventOf(c Change) WebhookEvent {
	if c.Op == OpDelete {
		return EventUnpublished
	}
	return EventPublished
}

// WebhookSecret signs deliveries until it ends; without an end it is the current one.
type WebhookSecret struct {
	Value  string     `bson:"value"`
	EndsAt *time.Time `bson:"endsAt,omitempty"`
}

// WebhookEndpoint is an address that is told of changes. Empty Types and Events mean all.
type WebhookEndpoint struct {
	Key         string          `bson:"_id"`
	URL         string          `bson:"url"`
	Description string          `bson:"description"`
	Types       []EntryType     `bson:"types"`
	Events      []WebhookEvent  `bson:"events"`
	Selection   *string         `bson:"selection,omitempty"`
	Secrets     []WebhookSecret `bson:"secrets"`
	Enabled     bool            `bson:"enabled"`
	// DisabledReason says why the hub itself has disabled it.
	DisabledReason *string `bson:"disabledReason,omitempty"`
	// Since is the change after which it is told of changes.
	Since     int64     `bson:"since"`
	Revision  int       `bson:"revision"`
	CreatedAt time.Time `bson:"createdAt"`
	UpdatedAt time.Time `bson:"updatedAt"`
}

// ID is the endpoint's global id.
func (e *WebhookEndpoint) ID() ID { return ID{Type: TypeWebhookEndpoint, Key: e.Key} }

// PreviousSecretEndsAt tells until when the secret before the current one signs too.
func (e *WebhookEndpoint) PreviousSecretEndsAt() *time.Time {
	for _, s := range e.Secrets {
		if s.EndsAt != nil {
			return s.EndsAt
		}
	}
	return nil
}

// Wants tells whether the endpoint is to be told of a change.
func (e *WebhookEndpoint) Wants(c Change) bool {
	return e.Enabled && c.Graph == Published && c.Seq > e.Since && c.Type.Plural() != "" &&
		has(e.Types, c.Type) && has(e.Events, EventOf(c))
}

// has tells whether a list has a value; an empty list has all.
func has[T comparable](list []T, v T) bool {
	if slices.Contains(list, v) {
		return true
	}
	return len(list) == 0
}

// WebhookStatus is how far a delivery is.
type WebhookStatus string

// The states: still to be delivered, taken by the receiver, given up, dropped with its endpoint.
const (
	DeliveryPending   WebhookStatus = "PENDING"
	DeliveryDone      WebhookStatus = "DELIVERED"
	DeliveryFailed    WebhookStatus = "FAILED"
	DeliveryDiscarded WebhookStatus = "DISCARDED"
)

// Values lists the values of the enum.
func (WebhookStatus) Values() []string {
	return []string{"PENDING", "DELIVERED", "FAILED", "DISCARDED"}
}

// WebhookAttempt is one try of a delivery. Status is 0 when no answer came.
type WebhookAttempt struct {
	At           time.Time `bson:"at"`
	StatusCode   int       `bson:"statusCode"`
	Error        *string   `bson:"error,omitempty"`
	Response     *string   `bson:"response,omitempty"`
	Milliseconds int       `bson:"milliseconds"`
}

// WebhookDelivery is one change on its way to one endpoint. Its key is made of both, so that a
// change is queued once however often that is tried. Body is set before the first attempt and
// then stays: every attempt sends the same bytes under the same id.
type WebhookDelivery struct {
	Key         string           `bson:"_id"`
	EndpointKey string           `bson:"endpoint"`
	Seq         int64            `bson:"seq"`
	Event       WebhookEvent     `bson:"event"`
	Type        EntryType        `bson:"type"`
	EntryKey    string           `bson:"entry"`
	Revision    int              `bson:"revision"`
	ChangedAt   time.Time        `bson:"changedAt"`
	Status      WebhookStatus    `bson:"status"`
	Attempts    []WebhookAttempt `bson:"attempts"`
	// Tries counts the attempts of the running schedule; a redelivery begins again.
	Tries  int        `bson:"tries"`
	NextAt *time.Time `bson:"nextAt,omitempty"`
	// LeasedUntil keeps other replicas away while one of them sends.
	LeasedUntil time.Time  `bson:"leasedUntil"`
	Body        *string    `bson:"body,omitempty"`
	CreatedAt   time.Time  `bson:"createdAt"`
	DoneAt      *time.Time `bson:"doneAt,omitempty"`
	// Endpoint is set where a list of deliveries is read for people.
	Endpoint *WebhookEndpoint `bson:"-"`
}

// DeliveryKey names the delivery of a change to an endpoint.
func DeliveryKey(endpoint string, seq int64) string {
	return endpoint + "." + strconv.FormatInt(seq, 10)
}

// ID is the delivery's global id.
func (d *WebhookDelivery) ID() ID { return ID{Type: TypeWebhookDelivery, Key: d.Key} }

// EntryID is the entry that the delivery tells of.
func (d *WebhookDelivery) EntryID() ID { return ID{Type: d.Type, Key: d.EntryKey} }

// Change is the change that the delivery tells of.
func (d *WebhookDelivery) Change() Change {
	c := Change{Seq: d.Seq, Type: d.Type, Key: d.EntryKey, Op: OpUpsert, Graph: Published, Revision: d.Revision, At: d.ChangedAt}
	if d.Event == EventUnpublished {
		c.Op = OpDelete
	}
	return c
}

// Message is the id under which receivers see the delivery, the same at every attempt.
func (d *WebhookDelivery) Message() string { return "msg_" + d.Key }

// WebhookStatusFilter selects by how far a delivery is.
type WebhookStatusFilter = EnumFilter[WebhookStatus]

// WebhookEventFilter selects by event.
type WebhookEventFilter = EnumFilter[WebhookEvent]

// WebhookDeliveryFilter selects deliveries.
type WebhookDeliveryFilter struct {
	Endpoint *ID
	Entry    *ID
	Status   *WebhookStatusFilter
	Event    *WebhookEventFilter
}

const (
	// MaxEndpoints bounds the endpoints of a hub.
	MaxEndpoints = 50
	// MaxAttempts bounds the attempts that a delivery remembers, redeliveries included.
	MaxAttempts = 50
)

// WebhookStore keeps endpoints and what is on its way to them. A missing one is nil.
type WebhookStore interface {
	// PutEndpoint writes an endpoint; Revision must be the stored one (0 for a new endpoint),
	// else Conflict, and grows. More than MaxEndpoints are LimitExceeded.
	PutEndpoint(ctx context.Context, e *WebhookEndpoint) error
	Endpoints(ctx context.Context) ([]*WebhookEndpoint, error)
	EndpointByKey(ctx context.Context, key string) (*WebhookEndpoint, error)
	// DeleteEndpoint removes an endpoint with its deliveries; false when there is none.
	DeleteEndpoint(ctx context.Context, key string) (bool, error)
	// DisableEndpoint stops an endpoint for a reason and discards what is on its way to it.
	DisableEndpoint(ctx context.Context, key, reason string, at time.Time) error

	// LastPublish gives the publish of an entry that stood before a change; nil when it is no
	// longer known.
	LastPublish(ctx context.Context, before Change) (*Change, error)
	// Fanned is the change up to which deliveries have been made.
	Fanned(ctx context.Context) (int64, error)
	// Fan keeps deliveries that are not there yet, in order, and then notes how far that goes.
	Fan(ctx context.Context, deliveries []*WebhookDelivery, upTo int64) error
	// DueDeliveries gives those whose time has come and that nobody sends, oldest first: of each
	// endpoint and entry only the first that is not over yet.
	DueDeliveries(ctx context.Context, now time.Time, limit int) ([]*WebhookDelivery, error)
	// Claim takes a due delivery until a time, for one replica alone; nil when another has it.
	Claim(ctx context.Context, key string, now, until time.Time) (*WebhookDelivery, error)
	// KeepBody sets the body of a delivery that has none yet.
	KeepBody(ctx context.Context, key, body string) error
	// Attempted notes an attempt and what becomes of the delivery: nextAt, or a final status.
	Attempted(ctx context.Context, key string, a WebhookAttempt, status WebhookStatus, nextAt *time.Time) error
	// Redeliver begins a delivery anew; nil when there is none, or it has no endpoint.
	Redeliver(ctx context.Context, key string, now time.Time) (*WebhookDelivery, error)
	DeliveryByKey(ctx context.Context, key string) (*WebhookDelivery, error)
	// Deliveries lists deliveries, newest first.
	Deliveries(ctx context.Context, f *WebhookDeliveryFilter, w Window) (Slice[WebhookDelivery], error)
	CountDeliveries(ctx context.Context, f *WebhookDeliveryFilter) (int, error)
}
