package auth

import (
	"context"
	"fmt"

	"patternhub/internal/content"
)

// Passkeys returns the passkeys of a person, the oldest first.
func (p *People) Passkeys(ctx context.Context, person string) ([]*content.Passkey, error) {
	list, err := p.store.PasskeysOf(ctx, person)
	if err != nil {
		return nil, fmt.Errorf("list passkeys: %w", err)
	}
	return list, nil
}

// DeletePasskey deletes a passkey of a person. One that there is not fails with NotFound.
func (p *People) DeletePasskey(ctx context.Context, person, key string) error {
	ok, err := p.store.DeletePasskey(ctx, person, key)
	if err != nil {
		return fmt.Errorf("delete passkey: %w", err)
	}
	if !ok {
		return content.Fault(content.NotFound, "There is no passkey with that id.")
	}
	return nil
}
