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

	"patternhub/content"
)

const (
	// secretBytes are what Standard Webhooks recommends: between 24 and 64.
	secretBytes = 32
	// secretPrefix marks secrets, so that leaked ones can be found.
	secretPrefix = "whsec_"
	// Overlap is how long the secret before a rotation signs too.
	Overlap = 24 * time.Hour
	// maxDescription bounds a note for people.
	maxDescription = 500
	// maxSelection bounds a selection below what a document may have.
	maxSelection = 10_000
)

// Settings are what can be set of an endpoint; a nil field is left as it is.
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

// Endpoints manages endpoints.
// It holds the rules; Store only keeps. All fields must be set.
type Endpoints struct {
	Store content.WebhookStore
	Log   content.Log
	// Check refuses selections that cannot run.
	Check        func(selection string) error
	AllowPrivate bool
	Now          func() time.Time
}

// Create makes an endpoint that is told of what changes from now on. The secret is told here
// and never again. What is wrong with the settings is told all at once.
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

// Update changes an endpoint. A rotated secret is told here and never again; an endpoint that
// does not exist is a NOT_FOUND among what is wrong.
// Disabling discards what is on its way; enabling begins with the changes after it. A change that
// another one has overtaken is CONFLICT among what is wrong.
func (e *Endpoints) Update(ctx context.Context, key string, s Settings) (changed *content.WebhookEndpoint, secret string, wrong []content.UserError, err error) {
	changed, err = e.Store.EndpointByKey(ctx, key)
	if err != nil {
		return nil, "", nil, fmt.Errorf("read endpoint: %w", err)
	}
	if changed == nil {
		return nil, "", []content.UserError{userError("id", content.ErrNotFound, "There is no endpoint with that id.")}, nil
	}
	was := changed.Enabled
	now := e.Now().UTC().Truncate(time.Millisecond)
	secret, wrong, err = e.set(ctx, changed, s, now)
	if err != nil || len(wrong) > 0 {
		return nil, "", wrong, err
	}
	switch err := e.Store.PutEndpoint(ctx, changed); {
	case content.CodeOf(err) == content.Conflict:
		return nil, "", []content.UserError{userError("id", content.ErrConflict, "The endpoint has been changed meanwhile. Read it again and repeat the change.")}, nil
	case err != nil:
		return nil, "", nil, fmt.Errorf("update endpoint: %w", err)
	}
	if was && !changed.Enabled {
		if err := e.Store.DisableEndpoint(ctx, key, "", now); err != nil {
			return nil, "", nil, fmt.Errorf("disable endpoint: %w", err)
		}
	}
	return changed, secret, nil, nil
}

// Redeliver begins a delivery anew, under the same id and with the same body.
// It is tried by the whole schedule again. A delivery that is on its way already begins anew as
// well.
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

// set applies settings to an endpoint and says what is wrong with them.
// x is changed even where something is wrong, so the caller must not store it then. Addresses are
// not dialled here: a receiver may be set up later.
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
		wrong = append(wrong, e.selected(x, strings.TrimSpace(*s.Selection))...)
	}
	if s.Enabled != nil && *s.Enabled && !x.Enabled {
		x.Enabled, x.DisabledReason = true, nil
		x.Since = 0
	}
	if s.Enabled != nil && !*s.Enabled {
		x.Enabled = false
	}
	if x.Enabled && x.Since == 0 {
		// From here on: what was before is for sync to fetch.
		if x.Since, err = e.Log.LastSeq(ctx); err != nil {
			return "", nil, fmt.Errorf("read the end of the log: %w", err)
		}
	}
	if s.RotateSecret {
		secret = rotate(x, now)
	}
	return secret, wrong, nil
}

// selected sets the selection of an endpoint.
func (e *Endpoints) selected(x *content.WebhookEndpoint, selection string) []content.UserError {
	if selection == "" {
		x.Selection = nil
		return nil
	}
	if len(selection) > maxSelection {
		return []content.UserError{userError("selection", content.ErrTooLong, fmt.Sprintf("A selection has at most %d characters.", maxSelection))}
	}
	if err := e.Check(selection); err != nil {
		return []content.UserError{userError("selection", content.ErrInvalid, err.Error())}
	}
	x.Selection = &selection
	return nil
}

// rotate gives an endpoint a new secret; the one before signs for a while longer.
// Only the one before is kept, so two rotations within a day end the oldest at once.
func rotate(x *content.WebhookEndpoint, now time.Time) string {
	raw := make([]byte, secretBytes)
	rand.Read(raw)
	secret := secretPrefix + base64.StdEncoding.EncodeToString(raw)
	kept := []content.WebhookSecret{{Value: secret}}
	if len(x.Secrets) > 0 {
		ends := now.Add(Overlap)
		kept = append(kept, content.WebhookSecret{Value: x.Secrets[0].Value, EndsAt: &ends})
	}
	x.Secrets = kept
	return secret
}

// userError is under the input, save for the id, which is an argument of its own.
func userError(field string, code content.UserErrorCode, message string) content.UserError {
	path := []string{"input", field}
	if field == "id" {
		path = []string{field}
	}
	return content.UserError{Field: path, Code: code, Message: message}
}
