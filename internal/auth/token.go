package auth

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"patternhub/internal/content"
)

const (
	// macBytes is the length of a signature: 128 bits cannot be guessed, and tokens stay short.
	macBytes = 16
	// maxToken bounds what is decoded; the longest token names every type.
	maxToken = 1000
	// purposeSync is the purpose that sync tokens are signed for, so that no token of another
	// purpose is accepted.
	purposeSync = "sync"
)

// Tokens signs values that clients send back, such as positions in the change log. Without secrets
// of its own it signs with the database's secret, which all replicas share. It is safe for
// concurrent use.
type Tokens struct {
	store   content.IdentityStore
	secrets [][]byte // from the settings; empty for the database's

	mu       sync.Mutex // guards identity
	identity *content.Identity
}

// NewTokens returns Tokens. The first secret signs and all of them verify, so that secrets can be
// replaced one after the other. Without secrets the database's is used.
func NewTokens(store content.IdentityStore, secrets ...string) *Tokens {
	t := &Tokens{store: store}
	for _, s := range secrets {
		t.secrets = append(t.secrets, []byte(s))
	}
	return t
}

// load returns the identity of the database and the secrets. It reads the identity once; after an
// error the next call reads again. It reads under the lock, so that concurrent first calls cause
// one read.
func (t *Tokens) load(ctx context.Context) (*content.Identity, [][]byte, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.identity == nil {
		id, err := t.store.Identity(ctx)
		if err != nil {
			return nil, nil, fmt.Errorf("read identity: %w", err)
		}
		t.identity = id
	}
	if len(t.secrets) == 0 {
		return t.identity, [][]byte{t.identity.Secret}, nil
	}
	return t.identity, t.secrets, nil
}

// Sign returns a token of a payload, which only Verify with the same purpose accepts. The payload
// is not encrypted: anyone with the token can read it.
func (t *Tokens) Sign(ctx context.Context, purpose string, payload []byte) (string, error) {
	_, secrets, err := t.load(ctx)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(append(slices.Clip(payload), mac(secrets[0], purpose, payload)...)), nil
}

// Verify returns the payload of a token, and false for one that is broken, forged or of another
// purpose.
func (t *Tokens) Verify(ctx context.Context, purpose, token string) ([]byte, bool, error) {
	_, secrets, err := t.load(ctx)
	if err != nil {
		return nil, false, err
	}
	if len(token) > maxToken {
		return nil, false, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(token)
	// A token has one spelling, but the decoder ignores line ends and unused last bits.
	if err != nil || len(raw) < macBytes || base64.RawURLEncoding.EncodeToString(raw) != token {
		return nil, false, nil //nolint:nilerr // a broken token is no fault of ours
	}
	payload, signature := raw[:len(raw)-macBytes], raw[len(raw)-macBytes:]
	for _, s := range secrets {
		if hmac.Equal(mac(s, purpose, payload), signature) {
			return payload, true, nil
		}
	}
	return nil, false, nil
}

// signUntil returns a token about a subject that verifyUntil returns with its end, which has a precision of
// a second.
func (t *Tokens) signUntil(ctx context.Context, purpose string, ends time.Time, subject string) (string, error) {
	return t.Sign(ctx, purpose, []byte(strconv.FormatInt(ends.Unix(), 36)+"|"+subject))
}

// verifyUntil returns the subject and the end of a token of signUntil, and false for one that is broken,
// forged or of another purpose. The caller compares the end with its clock.
func (t *Tokens) verifyUntil(ctx context.Context, purpose, token string) (subject string, ends time.Time, ok bool, err error) {
	payload, ok, err := t.Verify(ctx, purpose, token)
	if err != nil {
		return "", time.Time{}, false, err
	}
	end, subject, cut := strings.Cut(string(payload), "|")
	seconds, perr := strconv.ParseInt(end, 36, 64)
	return subject, time.Unix(seconds, 0), ok && cut && perr == nil, nil
}

// mac is HMAC-SHA-256, truncated. The zero byte separates the purpose from the payload, so that no
// other pair has the same input.
func mac(secret []byte, purpose string, payload []byte) []byte {
	h := hmac.New(sha256.New, secret)
	h.Write([]byte(purpose))
	h.Write([]byte{0})
	h.Write(payload)
	return h.Sum(nil)[:macBytes]
}

// SignSync returns a sync token as an opaque signed text that is valid for this database only. Only
// holders of the secret can make one, so readers need not check the position in it.
func (t *Tokens) SignSync(ctx context.Context, s content.SyncToken) (string, error) {
	id, _, err := t.load(ctx)
	if err != nil {
		return "", err
	}
	s.Database = id.Database
	return t.Sign(ctx, purposeSync, s.Bytes())
}

// VerifySync verifies and decodes a sync token. A token that is broken, forged or of another database
// fails with BadUserInput.
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
	id, _, err := t.load(ctx)
	if err != nil {
		return content.SyncToken{}, err
	}
	if s.Database != id.Database {
		return content.SyncToken{}, content.Fault(content.BadUserInput, "This sync token belongs to another database.")
	}
	return s, nil
}
