package content

import (
	"context"
	"slices"
	"strconv"
	"time"
)

// WebhookEvent is a kind of event that webhooks report.
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

// EventOf returns the event of a change to the published graph.
func EventOf(c Change) WebhookEvent {
	if c.Op == OpDelete {
		return EventUnpublished
	}
	return EventPublished
}

// WebhookSecret signs deliveries until EndsAt. The current secret has no end.
type WebhookSecret struct {
	Value  string     `bson:"value"`
	EndsAt *time.Time `bson:"endsAt,omitempty"`
}

// WebhookEndpoint is an address that receives changes. Empty Types and Events mean all.
type WebhookEndpoint struct {
	Key         string          `bson:"_id"`
	URL         string          `bson:"url"`
	Description string          `bson:"description"`
	Types       []EntryType     `bson:"types"`
	Events      []WebhookEvent  `bson:"events"`
	Selection   *string         `bson:"selection,omitempty"`
	Secrets     []WebhookSecret `bson:"secrets"`
	Enabled     bool            `bson:"enabled"`
	// DisabledReason is set if the hub itself has disabled the endpoint.
	DisabledReason *string `bson:"disabledReason,omitempty"`
	// Since is the change after which the endpoint receives changes.
	Since     int64     `bson:"since"`
	Revision  int       `bson:"revision"`
	CreatedAt time.Time `bson:"createdAt"`
	UpdatedAt time.Time `bson:"updatedAt"`
}

// IsNode marks endpoints as nodes.
func (*WebhookEndpoint) IsNode() {}

// ID is the endpoint's global id.
func (e *WebhookEndpoint) ID() ID { return ID{Type: NonEntryWebhookEndpoint, Key: e.Key} }

// PreviousSecretEndsAt is the time until which the previous secret signs too; nil if there is none.
func (e *WebhookEndpoint) PreviousSecretEndsAt() *time.Time {
	for _, s := range e.Secrets {
		if s.EndsAt != nil {
			return s.EndsAt
		}
	}
	return nil
}

// Wants reports whether the endpoint is to receive a change.
func (e *WebhookEndpoint) Wants(c Change) bool {
	return e.Enabled && c.Graph == Published && c.Seq > e.Since && c.Type.Plural() != "" &&
		has(e.Types, c.Type) && has(e.Events, EventOf(c))
}

// has reports whether a list has a value. An empty list has all values.
func has[T comparable](list []T, v T) bool {
	if slices.Contains(list, v) {
		return true
	}
	return len(list) == 0
}

// WebhookStatus is the state of a delivery.
type WebhookStatus string

// The states: to be delivered, accepted by the receiver, out of attempts, endpoint disabled.
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

// WebhookAttempt is one attempt of a delivery. StatusCode is 0 if no response came.
type WebhookAttempt struct {
	At           time.Time `bson:"at"`
	StatusCode   int       `bson:"statusCode"`
	Error        *string   `bson:"error,omitempty"`
	Response     *string   `bson:"response,omitempty"`
	Milliseconds int       `bson:"milliseconds"`
}

// WebhookDelivery is the delivery of one change to one endpoint. Its key is made of both, so that a
// change is queued only once. Body is set before the first attempt and never changes: every attempt
// sends the same bytes under the same id.
type WebhookDelivery struct {
	Key         string       `bson:"_id"`
	EndpointKey string       `bson:"endpoint"`
	Seq         int64        `bson:"seq"`
	Event       WebhookEvent `bson:"event"`
	Type        EntryType    `bson:"type"`
	EntryKey    string       `bson:"entry"`
	Revision    int          `bson:"revision"`
	// Relations are those of the change; see Change.
	Relations *[]RelationRow   `bson:"relations,omitempty"`
	ChangedAt time.Time        `bson:"changedAt"`
	Status    WebhookStatus    `bson:"status"`
	Attempts  []WebhookAttempt `bson:"attempts"`
	// Tries counts the attempts since the delivery was created or last redelivered.
	Tries  int        `bson:"tries"`
	NextAt *time.Time `bson:"nextAt,omitempty"`
	// LeasedUntil is the time until which one replica alone may send the delivery.
	LeasedUntil time.Time  `bson:"leasedUntil"`
	Body        *string    `bson:"body,omitempty"`
	CreatedAt   time.Time  `bson:"createdAt"`
	DoneAt      *time.Time `bson:"doneAt,omitempty"`
	// Endpoint is set only by Deliveries and Redeliver, whose results are for people.
	Endpoint *WebhookEndpoint `bson:"-"`
}

// DeliveryKey returns the key of the delivery of a change to an endpoint.
func DeliveryKey(endpoint string, seq int64) string {
	return endpoint + "." + strconv.FormatInt(seq, 10)
}

// IsNode marks deliveries as nodes.
func (*WebhookDelivery) IsNode() {}

// ID is the delivery's global id.
func (d *WebhookDelivery) ID() ID { return ID{Type: NonEntryWebhookDelivery, Key: d.Key} }

// EntryID is the id of the entry that the delivery is about.
func (d *WebhookDelivery) EntryID() ID { return ID{Type: d.Type, Key: d.EntryKey} }

// Change returns the change that the delivery is about.
func (d *WebhookDelivery) Change() Change {
	c := Change{Seq: d.Seq, Type: d.Type, Key: d.EntryKey, Op: OpUpsert, Graph: Published, Revision: d.Revision, At: d.ChangedAt, Relations: d.Relations}
	if d.Event == EventUnpublished {
		c.Op = OpDelete
	}
	return c
}

// Message is the id that receivers get with the delivery, the same at every attempt.
func (d *WebhookDelivery) Message() string { return "msg_" + d.Key }

// WebhookStatusFilter selects by the state of a delivery.
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
	// MaxAttempts bounds the attempts that are stored with a delivery, redeliveries included.
	MaxAttempts = 50
)

// WebhookStore stores endpoints and their deliveries. A missing one is nil, not an error.
type WebhookStore interface {
	// PutEndpoint writes an endpoint and increments its Revision, which must be the stored one (0
	// for a new endpoint); otherwise it returns Conflict. More than MaxEndpoints fail with LimitExceeded.
	PutEndpoint(ctx context.Context, e *WebhookEndpoint) error
	Endpoints(ctx context.Context) ([]*WebhookEndpoint, error)
	EndpointByKey(ctx context.Context, key string) (*WebhookEndpoint, error)
	// DeleteEndpoint deletes an endpoint with its deliveries. It reports whether there was one.
	DeleteEndpoint(ctx context.Context, key string) (bool, error)
	// DisableEndpoint disables an endpoint for a reason and discards its pending deliveries.
	DisableEndpoint(ctx context.Context, key, reason string, at time.Time) error

	// LastPublish returns the last publish of an entry before a change; nil if it is no longer
	// stored.
	LastPublish(ctx context.Context, before Change) (*Change, error)
	// Fanned returns the change up to which deliveries have been created.
	Fanned(ctx context.Context) (int64, error)
	// Fan stores the deliveries that are not stored yet, in order, and then upTo for Fanned.
	Fan(ctx context.Context, deliveries []*WebhookDelivery, upTo int64) error
	// DueDeliveries returns the deliveries whose time has come and that no replica sends, oldest
	// first. Of each endpoint and entry it considers only the oldest pending delivery.
	DueDeliveries(ctx context.Context, now time.Time, limit int) ([]*WebhookDelivery, error)
	// Claim leases a due delivery to one replica until a time; nil if another one has it.
	Claim(ctx context.Context, key string, now, until time.Time) (*WebhookDelivery, error)
	// KeepBody stores the body of a delivery that has none yet.
	KeepBody(ctx context.Context, key, body string) error
	// Attempted stores an attempt and its result: the time of the next attempt, or a final status.
	Attempted(ctx context.Context, key string, a WebhookAttempt, status WebhookStatus, nextAt *time.Time) error
	// Redeliver starts a delivery again; nil if there is none, or it has no endpoint.
	Redeliver(ctx context.Context, key string, now time.Time) (*WebhookDelivery, error)
	DeliveryByKey(ctx context.Context, key string) (*WebhookDelivery, error)
	// Deliveries lists deliveries, newest first.
	Deliveries(ctx context.Context, f *WebhookDeliveryFilter, w Window) (Slice[*WebhookDelivery], error)
	CountDeliveries(ctx context.Context, f *WebhookDeliveryFilter) (int, error)
}
