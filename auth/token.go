package auth

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"sync"

	"patternhub/content"
)

const (
	// macBytes are the bytes of a signature: 128 bits cannot be guessed, and tokens stay short.
	macBytes = 16
	// maxToken bounds what is decoded; the longest token names every type.
	maxToken = 1000
	// purposeSync marks sync tokens, so that no token passes for one of another purpose.
	purposeSync = "sync"
)

// Tokens signs what is handed out to come back, such as places in the change log. With no
// secrets of its own it signs with the one that the database keeps, which all replicas share.
// It is safe for concurrent use.
type Tokens struct {
	store content.IdentityStore
	given [][]byte

	mu       sync.Mutex
	identity *content.Identity
}

// NewTokens makes Tokens. The first secret signs and all of them are accepted, so that secrets
// can be replaced one after the other; none at all means the database's.
func NewTokens(store content.IdentityStore, secrets ...string) *Tokens {
	t := &Tokens{store: store}
	for _, s := range secrets {
		t.given = append(t.given, []byte(s))
	}
	return t
}

// known gives the identity of the database, read once.
// After a fault the next call tries again. The lock is held while it reads, so that a start reads
// once.
func (t *Tokens) known(ctx context.Context) (*content.Identity, [][]byte, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.identity == nil {
		id, err := t.store.Identity(ctx)
		if err != nil {
			return nil, nil, fmt.Errorf("read identity: %w", err)
		}
		t.identity = id
	}
	if len(t.given) == 0 {
		return t.identity, [][]byte{t.identity.Secret}, nil
	}
	return t.identity, t.given, nil
}

// Sign makes a token of a payload that only Verify with the same purpose accepts. The payload
// can be read by whoever holds the token.
func (t *Tokens) Sign(ctx context.Context, purpose string, payload []byte) (string, error) {
	_, secrets, err := t.known(ctx)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(append(slices.Clip(payload), mac(secrets[0], purpose, payload)...)), nil
}

// Verify gives the payload of a token; false for one that is broken, made up or of another
// purpose.
func (t *Tokens) Verify(ctx context.Context, purpose, token string) ([]byte, bool, error) {
	_, secrets, err := t.known(ctx)
	if err != nil {
		return nil, false, err
	}
	if len(token) > maxToken {
		return nil, false, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(token)
	// A token has one spelling: the decoder would let line ends and odd last bits pass.
	if err != nil || len(raw) < macBytes || base64.RawURLEncoding.EncodeToString(raw) != token {
		return nil, false, nil //nolint:nilerr // a broken token is no fault of ours
	}
	payload, given := raw[:len(raw)-macBytes], raw[len(raw)-macBytes:]
	for _, s := range secrets {
		if hmac.Equal(mac(s, purpose, payload), given) {
			return payload, true, nil
		}
	}
	return nil, false, nil
}

// mac is HMAC-SHA-256, cut short. The zero byte keeps a purpose and a payload from being read as
// another pair.
func mac(secret []byte, purpose string, payload []byte) []byte {
	h := hmac.New(sha256.New, secret)
	h.Write([]byte(purpose))
	h.Write([]byte{0})
	h.Write(payload)
	return h.Sum(nil)[:macBytes]
}

// SignSync makes a sync token opaque. It belongs to this database.
// Only who has the secret can make one, so a token need not be checked for what it could not hold.
func (t *Tokens) SignSync(ctx context.Context, s content.SyncToken) (string, error) {
	id, _, err := t.known(ctx)
	if err != nil {
		return "", err
	}
	s.Database = id.Database
	return t.Sign(ctx, purposeSync, s.Bytes())
}

// VerifySync reads a sync token. One that is broken, made up or of another database is
// BadUserInput.
func (t *Tokens) VerifySync(ctx context.Context, token string) (content.SyncToken, error) {
	payload, ok, err := t.Verify(ctx, purposeSync, token)
	if err != nil {
		return content.SyncToken{}, err
	}
	if !ok {
		return content.SyncToken{}, content.Fault(content.BadUserInput, "This is not a sync token of this hub.")
	}
	s, err := content.ParseSyncToken(payload)
	if err != nil {
		return content.SyncToken{}, content.Wrap(content.BadUserInput, "This is not a sync token of this hub.", err)
	}
	id, _, err := t.known(ctx)
	if err != nil {
		return content.SyncToken{}, err
	}
	if s.Database != id.Database {
		return content.SyncToken{}, content.Fault(content.BadUserInput, "This sync token belongs to another database.")
	}
	return s, nil
}
