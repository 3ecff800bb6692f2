package auth

import (
	"context"
	"fmt"
	"time"

	"patternhub/internal/content"
)

const (
	// purposeLink is the purpose of vouchers that are sign-in links.
	purposeLink = "link"
	// LinkLifetime is the time for which a sign-in link can be used, unless a longer one is asked for.
	LinkLifetime = 15 * time.Minute
	// MaxLinkLifetime is the longest such time.
	MaxLinkLifetime = 7 * 24 * time.Hour
)

// Link makes a link with which a person can sign in once. It returns the token of the link and the time
// until which it can be used. A zero lifetime means LinkLifetime.
func (p *People) Link(ctx context.Context, key string, lifetime time.Duration) (token string, ends time.Time, err error) {
	if lifetime == 0 {
		lifetime = LinkLifetime
	}
	if lifetime < 0 || lifetime > MaxLinkLifetime {
		return "", time.Time{}, content.Fault(content.BadUserInput, "A sign-in link is valid for at most 7 days.")
	}
	who, err := p.Person(ctx, key)
	if err != nil {
		return "", time.Time{}, err
	}
	if who.Provided() {
		return "", time.Time{}, content.Fault(content.BadUserInput, "This person signs in with the provider of the account.")
	}
	v := &content.Voucher{Purpose: purposeLink, PersonKey: key}
	token, err = p.vouchers.Make(ctx, v, lifetime)
	return token, v.EndsAt, err
}

// TakeLink returns the person of a link and ends all links of the person. The error for a token that is
// wrong in any way is Unauthenticated, with the same message.
func (p *People) TakeLink(ctx context.Context, token string) (*content.Person, error) {
	refused := content.Fault(content.Unauthenticated, "This link is not valid, has expired or was used already. Ask an administrator for a new one.")
	v, err := p.vouchers.Take(ctx, purposeLink, token)
	if err != nil {
		return nil, err
	}
	if v == nil {
		return nil, refused
	}
	who, err := p.Person(ctx, v.PersonKey)
	if content.CodeOf(err) == content.NotFound {
		return nil, refused
	}
	if err != nil {
		return nil, err
	}
	if err := p.store.EndVouchers(ctx, who.Key); err != nil {
		return nil, fmt.Errorf("end links: %w", err)
	}
	return who, nil
}
