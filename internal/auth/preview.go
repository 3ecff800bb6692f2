package auth

import (
	"context"
	"strconv"
	"strings"
	"time"

	"patternhub/internal/content"
)

// purposePreview is the purpose that preview tokens are signed for.
const purposePreview = "preview"

// Previews creates and verifies preview tokens, with which a front end shows drafts to people
// without a key. A token ends at its time, and with the key that made it.
// Nothing is stored for a token, so there may be any number. Revoking its key ends a token that has
// leaked.
type Previews struct {
	tokens *Tokens
	keys   *Keys
	now    func() time.Time
}

// NewPreviews returns Previews. A nil now means time.Now.
func NewPreviews(tokens *Tokens, keys *Keys, now func() time.Time) *Previews {
	if now == nil {
		now = time.Now
	}
	return &Previews{tokens: tokens, keys: keys, now: now}
}

// Create makes a token on behalf of a viewer with a key, and returns it with its end, which is
// rounded down to a second as in the token. The caller bounds the lifetime.
func (p *Previews) Create(ctx context.Context, by *content.Viewer, lifetime time.Duration) (string, time.Time, error) {
	if by.Key == nil {
		return "", time.Time{}, content.Fault(content.Unauthenticated, "A preview token is made with an API key: Authorization: Bearer phk_...")
	}
	ends := p.now().Add(lifetime).UTC().Truncate(time.Second)
	token, err := p.tokens.Sign(ctx, purposePreview, []byte(strconv.FormatInt(ends.Unix(), 36)+"|"+by.Key.ID))
	return token, ends, err
}

// Check verifies a token. The error for a token that is wrong in any way is Unauthenticated, with
// the same message.
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
