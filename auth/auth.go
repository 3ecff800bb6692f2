// Package auth knows who sends a request: API keys, their roles, and the viewer in a context.
// It decides who somebody is, not what a field needs.
//
// A key is phk_, its id, and a secret, each joined by an underscore. The id finds the key and is
// shown in lists; the secret is kept as a hash. It has 160 random bits, so a plain SHA-256 is
// enough: slow hashes are for words that people choose.
package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"fmt"
	"strings"
	"sync"
	"time"

	"patternhub/content"
)

const (
	// prefix starts every key, so that leaked ones can be found.
	prefix = "phk_"
	// idBytes makes ids of 16 characters, enough to never meet twice.
	idBytes = 10
	// secretBytes are the 160 bits of a secret.
	secretBytes = 20
	// fresh is how long a key that was read is believed, so that a revocation is felt within a second.
	fresh = 500 * time.Millisecond
	// touchEvery bounds how often the use of a key is noted.
	touchEvery = time.Minute
	// maxRemembered bounds the keys kept in memory; a flood of made-up keys is forgotten whole.
	maxRemembered = 10_000
)

// Keys makes API keys and recognises them. It is safe for concurrent use.
// What it remembers makes a burst of requests with one key cost one read.
type Keys struct {
	store content.KeyStore
	now   func() time.Time

	mu   sync.Mutex
	seen map[string]remembered
}

// remembered is a key as it was read at a time; nil for an unknown one.
// touched is when its use was noted last, which outlives a fresh reading of the key.
type remembered struct {
	key     *content.APIKey
	at      time.Time
	touched time.Time
}

// NewKeys makes Keys over a store. now may be nil for time.Now.
func NewKeys(store content.KeyStore, now func() time.Time) *Keys {
	if now == nil {
		now = time.Now
	}
	return &Keys{store: store, now: now, seen: map[string]remembered{}}
}

// Create makes a key and gives its token, which is shown once and kept nowhere. A zero
// lifetime is for ever; a negative one is BadUserInput, lest a key that should have ended does not.
func (k *Keys) Create(ctx context.Context, name string, role content.AccessRole, lifetime time.Duration) (token string, key *content.APIKey, err error) {
	if !content.RoleAdmin.Covers(role) {
		return "", nil, content.Fault(content.BadUserInput, "Unknown role.")
	}
	if lifetime < 0 {
		return "", nil, content.Fault(content.BadUserInput, "A key cannot end before it begins.")
	}
	id, secret := word(idBytes), word(secretBytes)
	key = &content.APIKey{ID: id, Name: name, Role: role, Hash: hash(secret), CreatedAt: k.now().UTC()}
	if lifetime > 0 {
		ends := key.CreatedAt.Add(lifetime)
		key.ExpiresAt = &ends
	}
	if err := k.store.PutKey(ctx, key); err != nil {
		return "", nil, fmt.Errorf("create key: %w", err)
	}
	return prefix + id + "_" + secret, key, nil
}

// word makes a random word of lower-case letters and digits.
// It is base 32, which has no signs that need escapes and no letters in two cases.
func word(n int) string {
	raw := make([]byte, n)
	rand.Read(raw)
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw))
}

func hash(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

// refused is the same for every wrong key, so that nothing can be learnt from it.
func refused() error {
	return content.Fault(content.Unauthenticated, "The API key is not valid, has expired or was revoked.")
}

// ByToken recognises a token. Whatever is wrong with it is Unauthenticated.
// A token that cannot be one of ours is refused without asking the store, so a flood of nonsense is
// cheap. Errors that are not Unauthenticated mean that the store could not be asked.
func (k *Keys) ByToken(ctx context.Context, token string) (*content.APIKey, error) {
	rest, ok := strings.CutPrefix(token, prefix)
	id, secret, cut := strings.Cut(rest, "_")
	if !ok || !cut || len(token) > 100 {
		return nil, refused()
	}
	key, err := k.byID(ctx, id)
	if err != nil {
		return nil, err
	}
	// An unknown id is compared too, with a hash that nothing has.
	want := make([]byte, sha256.Size)
	if key != nil {
		want = key.Hash
	}
	if subtle.ConstantTimeCompare(hash(secret), want) != 1 || key == nil {
		return nil, refused()
	}
	now := k.now()
	if !alive(key, now) {
		return nil, refused()
	}
	k.touch(ctx, id, now)
	return key, nil
}

// alive tells whether a key is neither revoked nor at its end.
func alive(key *content.APIKey, now time.Time) bool {
	return key.RevokedAt == nil && (key.ExpiresAt == nil || now.Before(*key.ExpiresAt))
}

// Valid tells whether the key with that id may still be used.
// It is for those who were let in by something that the key has made, such as a preview token.
func (k *Keys) Valid(ctx context.Context, id string) (bool, error) {
	key, err := k.byID(ctx, id)
	return key != nil && alive(key, k.now()), err
}

// byID reads a key, or remembers it from a moment ago.
// Unknown ids are remembered too, for the same short time. Two callers at once may both read: that
// is cheaper than to make them wait for each other.
func (k *Keys) byID(ctx context.Context, id string) (*content.APIKey, error) {
	now := k.now()
	k.mu.Lock()
	r, ok := k.seen[id]
	k.mu.Unlock()
	if ok && now.Sub(r.at) < fresh {
		return r.key, nil
	}
	key, err := k.store.KeyByID(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("read key: %w", err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.seen) >= maxRemembered {
		clear(k.seen)
	}
	k.seen[id] = remembered{key: key, at: now, touched: r.touched}
	return key, nil
}

// touch notes the use of a key now and then. That it cannot be noted is no reason to refuse.
func (k *Keys) touch(ctx context.Context, id string, now time.Time) {
	k.mu.Lock()
	r := k.seen[id]
	due := now.Sub(r.touched) >= touchEvery
	if due {
		r.touched = now
		k.seen[id] = r
	}
	k.mu.Unlock()
	if due {
		_ = k.store.TouchKey(ctx, id, now.UTC())
	}
}

// List lists all keys.
func (k *Keys) List(ctx context.Context) ([]*content.APIKey, error) {
	keys, err := k.store.Keys(ctx)
	if err != nil {
		return nil, fmt.Errorf("list keys: %w", err)
	}
	return keys, nil
}

// Revoke ends a key. One that does not exist is NotFound.
// This replica knows it at once, others when what they remember is no longer fresh. The revocation
// that came first stands.
func (k *Keys) Revoke(ctx context.Context, id string) error {
	ok, err := k.store.RevokeKey(ctx, id, k.now().UTC())
	if err != nil {
		return fmt.Errorf("revoke key: %w", err)
	}
	if !ok {
		return content.Fault(content.NotFound, "There is no key with that id.")
	}
	k.mu.Lock()
	delete(k.seen, id)
	k.mu.Unlock()
	return nil
}

type contextKey struct{}

// WithViewer gives a context that carries a viewer.
func WithViewer(ctx context.Context, v *content.Viewer) context.Context {
	return context.WithValue(ctx, contextKey{}, v)
}

// ViewerOf gives the viewer of a context; an anonymous reader when it carries none.
func ViewerOf(ctx context.Context) *content.Viewer {
	if v, ok := ctx.Value(contextKey{}).(*content.Viewer); ok {
		return v
	}
	return &content.Viewer{AccessRole: content.RoleReader, Perspective: content.Published}
}
