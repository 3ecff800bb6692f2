package auth

import (
	"context"
	"strconv"
	"strings"
	"time"

	"patternhub/content"
)

// purposePreview marks preview tokens.
const purposePreview = "preview"

// Previews makes the signed tokens with which a front end shows drafts to people without a
// key. They end by themselves, and with the key that made them.
// Nothing is stored for them, so there may be any number. One that got out is ended by revoking its
// key.
type Previews struct {
	tokens *Tokens
	keys   *Keys
	now    func() time.Time
}

// NewPreviews makes Previews. now may be nil for time.Now.
func NewPreviews(tokens *Tokens, keys *Keys, now func() time.Time) *Previews {
	if now == nil {
		now = time.Now
	}
	return &Previews{tokens: tokens, keys: keys, now: now}
}

// Create makes a token on behalf of a viewer with a key.
// The end is rounded down to a second, as the token tells it. How long a lifetime may be is the
// caller's matter.
func (p *Previews) Create(ctx context.Context, by *content.Viewer, lifetime time.Duration) (string, time.Time, error) {
	if by.Key == nil {
		return "", time.Time{}, content.Fault(content.Forbidden, "A preview token needs an API key.")
	}
	ends := p.now().Add(lifetime).UTC().Truncate(time.Second)
	token, err := p.tokens.Sign(ctx, purposePreview, []byte(strconv.FormatInt(ends.Unix(), 36)+"|"+by.Key.ID))
	return token, ends, err
}

// Check recognises a token. Whatever is wrong with it is Unauthenticated, in the same words.
func (p *Previews) Check(ctx context.Context, token string) error {
	payload, ok, err := p.tokens.Verify(ctx, purposePreview, token)
	if err != nil {
		return err
	}
	refused := content.Fault(content.Unauthenticated, "The preview token is not valid or has expired.")
	expiry, id, cut := strings.Cut(string(payload), "|")
	ends, perr := strconv.ParseInt(expiry, 36, 64)
	if !ok || !cut || perr != nil || p.now().Unix() >= ends {
		return refused
	}
	valid, err := p.keys.Valid(ctx, id)
	if err != nil {
		return err
	}
	if !valid {
		return refused
	}
	return nil
}
