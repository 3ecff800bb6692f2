package webhook

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"patternhub/internal/content"
)

const (
	// secretBytes is within the 24 to 64 bytes that Standard Webhooks recommends.
	secretBytes = 32
	// secretPrefix starts every secret, so that scanners can find leaked ones.
	secretPrefix = "whsec_"
	// Overlap is the time that the previous secret still signs after a rotation.
	Overlap = 24 * time.Hour
	// maxDescription bounds a description, in characters.
	maxDescription = 500
	// maxSelection bounds a selection, in bytes, below the limit for a document.
	maxSelection = 10_000
)

// Settings are the settings of an endpoint that a client can change; a nil field is left as it is.
type Settings struct {
	URL         *string
	Description *string
	Types       *[]content.EntryType
	Events      *[]content.WebhookEvent
	// Selection is a selection set on an entry, such as { name }; empty for none.
	Selection    *string
	Enabled      *bool
	RotateSecret bool
}

// Endpoints creates and changes endpoints. It holds the rules; Store only stores. All fields must
// be set.
type Endpoints struct {
	Store content.WebhookStore
	Log   content.Log
	// Check returns a BadUserInput with a message for the writer of a selection that can never be
	// answered; any other error is a fault of the hub.
	Check        func(ctx context.Context, selection string) error
	AllowPrivate bool
	Now          func() time.Time
}

// Create makes an endpoint that receives changes from now on. The secret is returned here and never
// again. wrong lists all that is wrong with the settings.
func (e *Endpoints) Create(ctx context.Context, s Settings) (made *content.WebhookEndpoint, secret string, wrong []content.UserError, err error) {
	id, err := uuid.NewV7()
	if err != nil {
		return nil, "", nil, fmt.Errorf("make key: %w", err)
	}
	now := e.Now().UTC().Truncate(time.Millisecond)
	made = &content.WebhookEndpoint{Key: id.String(), Enabled: true, CreatedAt: now}
	if s.URL == nil {
		wrong = append(wrong, userError("url", content.ErrRequired, "An endpoint needs an address."))
	}
	s.RotateSecret = true
	secret, more, err := e.set(ctx, made, s, now)
	if wrong = append(wrong, more...); err != nil || len(wrong) > 0 {
		return nil, "", wrong, err
	}
	if err := e.Store.PutEndpoint(ctx, made); err != nil {
		return nil, "", nil, fmt.Errorf("create endpoint: %w", err)
	}
	return made, secret, nil, nil
}

// Update changes an endpoint. A rotated secret is returned here and never again. wrong holds
// NOT_FOUND for an endpoint that does not exist, and CONFLICT if another change came first.
// Disabling discards the endpoint's pending deliveries; enabling starts with the changes after it.
func (e *Endpoints) Update(ctx context.Context, key string, s Settings) (changed *content.WebhookEndpoint, secret string, wrong []content.UserError, err error) {
	changed, err = e.Store.EndpointByKey(ctx, key)
	if err != nil {
		return nil, "", nil, fmt.Errorf("read endpoint: %w", err)
	}
	if changed == nil {
		return nil, "", []content.UserError{userError("id", content.ErrNotFound, "There is no endpoint with that id.")}, nil
	}
	wasEnabled := changed.Enabled
	now := e.Now().UTC().Truncate(time.Millisecond)
	secret, wrong, err = e.set(ctx, changed, s, now)
	if err != nil || len(wrong) > 0 {
		return nil, "", wrong, err
	}
	switch err := e.Store.PutEndpoint(ctx, changed); {
	case content.CodeOf(err) == content.Conflict:
		return nil, "", []content.UserError{userError("id", content.ErrConflict, "The endpoint has changed since you read it. Read it again and repeat the change.")}, nil
	case err != nil:
		return nil, "", nil, fmt.Errorf("update endpoint: %w", err)
	}
	if wasEnabled && !changed.Enabled {
		if err := e.Store.DisableEndpoint(ctx, key, "", now); err != nil {
			return nil, "", nil, fmt.Errorf("disable endpoint: %w", err)
		}
	}
	return changed, secret, nil, nil
}

// Redeliver starts a delivery again, under the same id and with the same body, with all tries of
// the schedule. A pending delivery starts again as well.
func (e *Endpoints) Redeliver(ctx context.Context, key string) (*content.WebhookDelivery, []content.UserError, error) {
	d, err := e.Store.DeliveryByKey(ctx, key)
	if err != nil {
		return nil, nil, fmt.Errorf("read delivery: %w", err)
	}
	if d == nil {
		return nil, []content.UserError{userError("id", content.ErrNotFound, "There is no delivery with that id.")}, nil
	}
	to, err := e.Store.EndpointByKey(ctx, d.EndpointKey)
	if err != nil {
		return nil, nil, fmt.Errorf("read endpoint: %w", err)
	}
	if to == nil || !to.Enabled {
		return nil, []content.UserError{userError("id", content.ErrNotAllowed, "The endpoint is disabled. Enable it first.")}, nil
	}
	d, err = e.Store.Redeliver(ctx, key, e.Now().UTC())
	if err != nil {
		return nil, nil, fmt.Errorf("redeliver: %w", err)
	}
	return d, nil, nil
}

// set applies settings to an endpoint and returns what is wrong with them. It changes x even then,
// and the caller must not store x. Addresses are not dialled here: a receiver may be set up later.
func (e *Endpoints) set(ctx context.Context, x *content.WebhookEndpoint, s Settings, now time.Time) (secret string, wrong []content.UserError, err error) {
	x.UpdatedAt = now
	if s.URL != nil {
		if x.URL = strings.TrimSpace(*s.URL); CheckURL(x.URL, e.AllowPrivate) != nil {
			wrong = append(wrong, userError("url", content.ErrInvalid, CheckURL(x.URL, e.AllowPrivate).Error()))
		}
	}
	if s.Description != nil {
		if x.Description = *s.Description; utf8.RuneCountInString(x.Description) > maxDescription {
			wrong = append(wrong, userError("description", content.ErrTooLong, fmt.Sprintf("A description has at most %d characters.", maxDescription)))
		}
	}
	if s.Types != nil {
		x.Types = content.SortedTypes(*s.Types)
	}
	if s.Events != nil {
		x.Events = *s.Events
	}
	if s.Selection != nil {
		more, err := e.setSelection(ctx, x, strings.TrimSpace(*s.Selection))
		if err != nil {
			return "", nil, err
		}
		wrong = append(wrong, more...)
	}
	if s.Enabled != nil && *s.Enabled && !x.Enabled {
		x.Enabled, x.DisabledReason = true, nil
		x.Since = 0
	}
	if s.Enabled != nil && !*s.Enabled {
		x.Enabled = false
	}
	if x.Enabled && x.Since == 0 {
		// Earlier changes can be fetched with sync.
		if x.Since, err = e.Log.LastSeq(ctx); err != nil {
			return "", nil, fmt.Errorf("read the end of the log: %w", err)
		}
	}
	if s.RotateSecret {
		secret = rotate(x, now)
	}
	return secret, wrong, nil
}

// setSelection checks and sets the selection of an endpoint.
func (e *Endpoints) setSelection(ctx context.Context, x *content.WebhookEndpoint, selection string) ([]content.UserError, error) {
	if selection == "" {
		x.Selection = nil
		return nil, nil
	}
	if len(selection) > maxSelection {
		return []content.UserError{userError("selection", content.ErrTooLong, fmt.Sprintf("A selection has at most %d characters.", maxSelection))}, nil
	}
	switch err := e.Check(ctx, selection); {
	case content.CodeOf(err) == content.BadUserInput:
		return []content.UserError{userError("selection", content.ErrInvalid, err.Error())}, nil
	case err != nil:
		return nil, fmt.Errorf("check selection: %w", err)
	}
	x.Selection = &selection
	return nil, nil
}

// rotate sets and returns a new secret; the previous one still signs for Overlap. Only one previous
// secret is stored, so a second rotation within that time ends the oldest immediately.
func rotate(x *content.WebhookEndpoint, now time.Time) string {
	raw := make([]byte, secretBytes)
	rand.Read(raw)
	secret := secretPrefix + base64.StdEncoding.EncodeToString(raw)
	secrets := []content.WebhookSecret{{Value: secret}}
	if len(x.Secrets) > 0 {
		ends := now.Add(Overlap)
		secrets = append(secrets, content.WebhookSecret{Value: x.Secrets[0].Value, EndsAt: &ends})
	}
	x.Secrets = secrets
	return secret
}

// userError returns an error at a field of the input, or at the argument id.
func userError(field string, code content.UserErrorCode, message string) content.UserError {
	path := []string{"input", field}
	if field == "id" {
		path = []string{field}
	}
	return content.UserError{Field: path, Code: code, Message: message}
}
