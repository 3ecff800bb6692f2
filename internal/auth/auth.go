// Package auth identifies the sender of a request: API keys, their roles, and the viewer in a
// context. Its table Access holds the role that each field needs.
//
// A key is phk_, its id, and a secret, joined by underscores. The id finds the key and is shown in
// lists; of the secret only a hash is stored. A secret has 160 random bits, so a plain SHA-256 is
// enough: slow hashes are for passwords that people choose.
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
	"unicode/utf8"

	"patternhub/internal/content"
)

const (
	// prefix starts every key, so that scanners can find leaked ones.
	prefix = "phk_"
	// idBytes makes ids of 16 characters: 80 bits, so that two keys never share one.
	idBytes = 10
	// secretBytes are the 160 bits of a secret.
	secretBytes = 20
	// cacheFor is the time that a key is cached, so that a revocation takes effect within a second.
	cacheFor = 500 * time.Millisecond
	// touchEvery bounds how often the last use of a key is recorded.
	touchEvery = time.Minute
	// maxCached bounds the keys in memory. A full cache, as a flood of made-up keys causes, is
	// emptied whole.
	maxCached = 10_000
)

// Keys creates and verifies API keys. It is safe for concurrent use.
// It caches each key for cacheFor, so that a burst of requests with one key costs one read.
type Keys struct {
	store content.KeyStore
	now   func() time.Time

	mu    sync.Mutex           // guards cache
	cache map[string]cachedKey // by id
}

// cachedKey is the result of one read of a key.
type cachedKey struct {
	key     *content.APIKey // nil for an unknown id
	readAt  time.Time
	touched time.Time // when its use was last recorded; a new read does not change it
}

// NewKeys returns Keys over a store. A nil now means time.Now.
func NewKeys(store content.KeyStore, now func() time.Time) *Keys {
	if now == nil {
		now = time.Now
	}
	return &Keys{store: store, now: now, cache: map[string]cachedKey{}}
}

// KeySpec describes a key to be made. Owner is the person that it acts for, nil for nobody. A nil ExpiresAt
// means never.
type KeySpec struct {
	Name      string
	Role      content.AccessRole
	Owner     *content.Person
	ExpiresAt *time.Time
}

// CreateBy makes a key on behalf of a viewer, and returns its token, which is shown once and stored nowhere.
// Its role is at most that of the viewer and that of its owner; a role above either fails with Forbidden or
// BadUserInput.
func (k *Keys) CreateBy(ctx context.Context, by *content.Viewer, spec KeySpec) (token string, key *content.APIKey, err error) {
	if !by.AccessRole.Covers(spec.Role) {
		return "", nil, content.Fault(content.Forbidden, "Nobody makes a key with a role above their own.")
	}
	return k.create(ctx, by.By(), spec)
}

// CreateFor makes a key of a person, as Create does. It acts for the person and never has more than the
// person's role. A role above that fails with BadUserInput.
func (k *Keys) CreateFor(ctx context.Context, owner *content.Person, name string, role content.AccessRole, lifetime time.Duration) (token string, key *content.APIKey, err error) {
	return k.create(ctx, "", KeySpec{Name: name, Role: role, Owner: owner, ExpiresAt: k.after(lifetime)})
}

// Create makes a key and returns its token, which is shown once and stored nowhere. A zero lifetime
// means that the key never expires. A negative one fails with BadUserInput.
func (k *Keys) Create(ctx context.Context, name string, role content.AccessRole, lifetime time.Duration) (token string, key *content.APIKey, err error) {
	return k.create(ctx, "", KeySpec{Name: name, Role: role, ExpiresAt: k.after(lifetime)})
}

// after returns the end of a lifetime that begins now, nil for zero.
func (k *Keys) after(lifetime time.Duration) *time.Time {
	if lifetime == 0 {
		return nil
	}
	ends := k.now().UTC().Add(lifetime)
	return &ends
}

// create stores the key that spec describes and returns its token. It fails with BadUserInput for what spec
// cannot have.
func (k *Keys) create(ctx context.Context, by string, spec KeySpec) (string, *content.APIKey, error) {
	name := CleanName(spec.Name)
	now := k.now().UTC()
	wrong := ""
	switch {
	case name == "" || utf8.RuneCountInString(spec.Name) > maxName:
		wrong = fmt.Sprintf("A key has a name of 1 to %d characters.", maxName)
	case !content.RoleAdmin.Covers(spec.Role):
		wrong = "Unknown role."
	case spec.Owner != nil && !spec.Owner.Role.Covers(spec.Role):
		wrong = "A key has at most the role of the person that it belongs to."
	case spec.ExpiresAt != nil && !spec.ExpiresAt.After(now):
		wrong = "A key cannot end before it begins."
	}
	if wrong != "" {
		return "", nil, content.Fault(content.BadUserInput, wrong)
	}
	id, secret := randomWord(idBytes), randomWord(secretBytes)
	key := &content.APIKey{Key: id, Name: name, Role: spec.Role, Hash: hash(secret), CreatedAt: now.Truncate(time.Millisecond), ExpiresAt: spec.ExpiresAt, By: by}
	if spec.Owner != nil {
		key.Owner = spec.Owner.Key
	}
	if err := k.store.PutKey(ctx, key); err != nil {
		return "", nil, fmt.Errorf("create key: %w", err)
	}
	return prefix + id + "_" + secret, key, nil
}

// randomWord encodes n random bytes in lower-case letters and digits. It uses base 32, which needs
// no escapes and has no letters that differ only in case.
func randomWord(n int) string {
	raw := make([]byte, n)
	rand.Read(raw)
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw))
}

// hash returns the form in which a secret is stored. Secrets are random and long, so one round of SHA-256
// is enough.
func hash(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

// refused returns the error for a wrong key. It is the same for every wrong key, so that it reveals
// nothing.
func refused() error {
	return content.Fault(content.Unauthenticated, "The API key is not valid, has expired or was revoked.")
}

// ByToken returns the key of a token. The error for a token that is wrong in any way is
// Unauthenticated; any other error means that the store could not be read.
// A token of the wrong form is refused without asking the store, so a flood of nonsense is cheap.
func (k *Keys) ByToken(ctx context.Context, token string) (*content.APIKey, error) {
	id, secret, ok := cutToken(token, prefix)
	if !ok {
		return nil, refused()
	}
	key, err := k.byID(ctx, id)
	if err != nil {
		return nil, err
	}
	// An unknown id takes the same comparison, with a hash that no secret has.
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

// alive reports whether a key is neither revoked nor expired, and its owner, if any, is not removed.
func alive(key *content.APIKey, now time.Time) bool {
	if key.Owner != "" && (key.Person == nil || key.Person.RemovedAt != nil) {
		return false
	}
	return key.RevokedAt == nil && (key.ExpiresAt == nil || now.Before(*key.ExpiresAt))
}

// Role returns the role with which the key with that id may be used now, "" if it may not. It serves what
// a key has made, such as a preview token, which ends with the key.
func (k *Keys) Role(ctx context.Context, id string) (content.AccessRole, error) {
	key, err := k.byID(ctx, id)
	if err != nil || key == nil || !alive(key, k.now()) {
		return "", err
	}
	return key.Role, nil
}

// byID returns a key from the cache or the store; nil for an unknown id, which is cached too. Two
// concurrent callers may both read: that is cheaper than making one wait.
func (k *Keys) byID(ctx context.Context, id string) (*content.APIKey, error) {
	now := k.now()
	k.mu.Lock()
	r, ok := k.cache[id]
	k.mu.Unlock()
	if ok && now.Sub(r.readAt) < cacheFor {
		return r.key, nil
	}
	key, err := k.store.KeyByID(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("read key: %w", err)
	}
	if key != nil && key.Person != nil {
		key.Role = key.Role.Least(key.Person.Role)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.cache) >= maxCached {
		clear(k.cache)
	}
	k.cache[id] = cachedKey{key: key, readAt: now, touched: r.touched}
	return key, nil
}

// touch records the use of a key, at most once in touchEvery. A failure to record it is no reason
// to refuse the key, so it is ignored.
func (k *Keys) touch(ctx context.Context, id string, now time.Time) {
	k.mu.Lock()
	r := k.cache[id]
	due := now.Sub(r.touched) >= touchEvery
	if due {
		r.touched = now
		k.cache[id] = r
	}
	k.mu.Unlock()
	if due {
		_ = k.store.TouchKey(ctx, id, now.UTC())
	}
}

// List returns all keys.
func (k *Keys) List(ctx context.Context) ([]*content.APIKey, error) {
	keys, err := k.store.Keys(ctx)
	if err != nil {
		return nil, fmt.Errorf("list keys: %w", err)
	}
	return keys, nil
}

// Store returns the store of the keys, for lists.
func (k *Keys) Store() content.KeyStore { return k.store }

// Key returns the key with that id and its person, nil if there is none.
func (k *Keys) Key(ctx context.Context, id string) (*content.APIKey, error) {
	key, err := k.store.KeyByID(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("read key: %w", err)
	}
	return key, nil
}

// Of returns the newest keys of a person, the newest first.
func (k *Keys) Of(ctx context.Context, who *content.Person) ([]*content.APIKey, error) {
	list, err := k.store.KeysOf(ctx, who.Key)
	if err != nil {
		return nil, fmt.Errorf("list keys of person: %w", err)
	}
	for _, key := range list {
		key.Person = who
	}
	return list, nil
}

// Revoke ends a key. It fails with NotFound if there is none; for a key that is revoked already, the
// first revocation stands.
// This replica refuses the key immediately, other replicas once their cached copy is older than
// cacheFor.
func (k *Keys) Revoke(ctx context.Context, id string) error {
	ok, err := k.store.RevokeKey(ctx, id, k.now().UTC())
	if err != nil {
		return fmt.Errorf("revoke key: %w", err)
	}
	if !ok {
		return content.Fault(content.NotFound, "There is no key with that id.")
	}
	k.mu.Lock()
	delete(k.cache, id)
	k.mu.Unlock()
	return nil
}

type contextKey struct{}

// WithViewer returns a context that carries a viewer.
func WithViewer(ctx context.Context, v *content.Viewer) context.Context {
	return context.WithValue(ctx, contextKey{}, v)
}

// ViewerOf returns the viewer of a context, or an anonymous reader when it carries none.
func ViewerOf(ctx context.Context) *content.Viewer {
	if v, ok := ctx.Value(contextKey{}).(*content.Viewer); ok {
		return v
	}
	return &content.Viewer{AccessRole: content.RoleReader, Perspective: content.Published}
}
