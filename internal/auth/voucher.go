package auth

import (
	"context"
	"fmt"
	"strings"
	"time"

	"patternhub/internal/content"
)

// voucherPrefix starts the token of every voucher.
const voucherPrefix = "phv_"

// Vouchers makes and takes vouchers. Each is for one purpose and taken once.
type Vouchers struct {
	store content.SessionStore
	now   func() time.Time
}

// NewVouchers returns Vouchers over a store. A nil now means time.Now.
func NewVouchers(store content.SessionStore, now func() time.Time) *Vouchers {
	if now == nil {
		now = time.Now
	}
	return &Vouchers{store: store, now: now}
}

// Make sets the key, hash and end of a voucher, stores it and returns its token, which alone has the secret.
func (v *Vouchers) Make(ctx context.Context, voucher *content.Voucher, lifetime time.Duration) (string, error) {
	id, secret := randomWord(idBytes), randomWord(secretBytes)
	voucher.Key, voucher.Hash, voucher.EndsAt = id, hash(secret), v.now().UTC().Add(lifetime)
	if err := v.store.PutVoucher(ctx, voucher); err != nil {
		return "", fmt.Errorf("make voucher: %w", err)
	}
	return voucherPrefix + id + "_" + secret, nil
}

// Take returns the voucher of a token, and ends it; nil for a token that is wrong in any way.
func (v *Vouchers) Take(ctx context.Context, purpose, token string) (*content.Voucher, error) {
	id, secret, ok := cutToken(token, voucherPrefix)
	if !ok {
		return nil, nil //nolint:nilnil // there is none, as the comment says
	}
	found, err := v.store.TakeVoucher(ctx, id, purpose, hash(secret), v.now().UTC())
	if err != nil {
		return nil, fmt.Errorf("take voucher: %w", err)
	}
	return found, nil
}

// cutToken returns the id and the secret of a token with a prefix; ok is false if it has another form.
func cutToken(token, with string) (id, secret string, ok bool) {
	rest, ok := strings.CutPrefix(token, with)
	id, secret, cut := strings.Cut(rest, "_")
	return id, secret, ok && cut && len(token) <= 100
}
