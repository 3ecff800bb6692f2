package webhook

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"patternhub/internal/content"
)

const (
	// payloadLimit bounds the time to make a payload. It is the default time limit of the hub's own
	// clients.
	payloadLimit = 10 * time.Second
	// maxBody bounds a body well below the size limit of a document in the database, since a
	// delivery is stored as one document.
	maxBody = 8 << 20
)

// Payload is the body of a delivery. Receivers depend on its fields, so their names and meaning
// must not change.
type Payload struct {
	// Type is entry.published or entry.unpublished.
	Type string `json:"type"`
	// Timestamp is the time of the change.
	Timestamp time.Time `json:"timestamp"`
	Data      Data      `json:"data"`
}

// Data describes the change.
type Data struct {
	ID           string `json:"id"`
	EntryType    string `json:"entryType"`
	Slug         string `json:"slug,omitempty"`
	ResourcePath string `json:"resourcePath,omitempty"`
	Revision     int    `json:"revision,omitempty"`
	// Tags are the Surrogate-Key tags of cached answers that show the entry or its type.
	Tags []string `json:"tags"`
	// Token is the position in the change log after this change, for sync.
	Token string `json:"token"`
	// Entry is the result of the endpoint's selection. It is null for an entry that can no longer
	// be shown, and absent without a selection and for an entry that is no longer published.
	Entry json.RawMessage `json:"entry,omitempty"`
}

// prepare makes and stores the body of a delivery that has none yet. A panic in what it calls is
// returned as an error; see attempt for why.
func (d *Dispatcher) prepare(ctx context.Context, e *content.WebhookEndpoint, w *content.WebhookDelivery) (err error) {
	if w.Body != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, d.opts.PayloadLimit)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	body, err := d.payload(ctx, e, w)
	switch {
	case ctx.Err() != nil: // whichever error that caused
		return errors.Join(errSlow, err)
	case err != nil:
		return err
	case len(body) > maxBody:
		return errLarge
	}
	if err := d.opts.Store.KeepBody(ctx, w.Key, body); err != nil {
		return fmt.Errorf("store body: %w", err)
	}
	w.Body = &body
	return nil
}

// Reasons for a payload that is not made although nothing failed.
var (
	errSlow  = content.Fault(content.Timeout, fmt.Sprintf("It took longer than %d seconds.", payloadLimit/time.Second))
	errLarge = content.Fault(content.LimitExceeded, fmt.Sprintf("It is larger than %d MB.", maxBody>>20))
)

// payloadFailure returns the reason for a payload that cannot be made, without details that only
// the log should show.
func payloadFailure(err error) string {
	why := "Internal error."
	if ours, ok := errors.AsType[*content.Error](err); ok {
		why = ours.Message
	}
	return "The payload could not be made: " + why
}

// entry returns the entry of a change as its publish made it, or as it was last published before
// its deletion; nil when that is no longer stored. Content that was never published is not shown.
// It waits until reads of other entries include the change.
func (d *Dispatcher) entry(ctx context.Context, c content.Change) (content.Entry, error) {
	if err := d.opts.WaitFor(ctx, c.Seq); err != nil {
		return nil, fmt.Errorf("wait for the change: %w", err)
	}
	if c.Op == content.OpDelete {
		last, err := d.opts.Store.LastPublish(ctx, c)
		if err != nil || last == nil {
			return nil, err
		}
		c = *last
	}
	return d.opts.Entry(ctx, c)
}

// payload returns the body of a delivery. It shows the entry as the change left it, however late
// the delivery is. Errors go to the log of deliveries, as payloadFailure shows them, never to the
// receiver.
func (d *Dispatcher) payload(ctx context.Context, e *content.WebhookEndpoint, w *content.WebhookDelivery) (string, error) {
	token, err := d.opts.Token(ctx, content.SyncToken{Seq: w.Seq})
	if err != nil {
		return "", fmt.Errorf("sign token: %w", err)
	}
	p := Payload{Type: w.Event.Name(), Timestamp: w.ChangedAt.UTC(), Data: Data{
		ID: w.EntryID().String(), EntryType: string(w.Type), Token: token, Tags: []string{w.EntryID().Tag(), w.Type.Tag()},
	}}
	entry, err := d.entry(ctx, w.Change())
	if err != nil {
		return "", fmt.Errorf("read entry: %w", err)
	}
	if entry != nil {
		h := entry.Head()
		p.Data.Revision = h.Revision
		p.Data.Slug, p.Data.ResourcePath = h.Slug, h.ResourcePath()
	}
	switch {
	case e.Selection == nil || w.Event != content.EventPublished:
	case entry == nil:
		p.Data.Entry = json.RawMessage("null")
	default:
		if p.Data.Entry, err = d.opts.Select(ctx, *e.Selection, entry); err != nil {
			return "", fmt.Errorf("run selection: %w", err)
		}
	}
	raw, err := json.Marshal(p)
	if err != nil {
		return "", fmt.Errorf("encode payload: %w", err)
	}
	return string(raw), nil
}
