package content

import (
	"context"
	"time"
)

// AccessRole is the set of rights of a key; each role includes those before it.
type AccessRole string

// The roles, from the least to the most.
const (
	RoleReader    AccessRole = "READER"
	RolePreviewer AccessRole = "PREVIEWER"
	RoleAuthor    AccessRole = "AUTHOR"
	RolePublisher AccessRole = "PUBLISHER"
	RoleAdmin     AccessRole = "ADMIN"
)

// Values lists the values of the enum, from the least to the most.
func (AccessRole) Values() []string {
	return []string{"READER", "PREVIEWER", "AUTHOR", "PUBLISHER", "ADMIN"}
}

// Covers reports whether a holder of role r may do what requires role need. An unknown role covers
// nothing.
func (r AccessRole) Covers(need AccessRole) bool {
	held, needed := -1, len(r.Values())
	for i, v := range r.Values() {
		if v == string(r) {
			held = i
		}
		if v == string(need) {
			needed = i
		}
	}
	return held >= needed
}

// Viewer is the sender of a request and the graph that the request reads.
type Viewer struct {
	AccessRole  AccessRole
	Key         *APIKey
	Perspective Perspective
	// Previewed are the entries of which the viewer reads the drafts in place of what is published.
	Previewed []ID
}

// APIKey is an API key without its secret. Hash is the SHA-256 of the secret. A nil time means
// never.
type APIKey struct {
	ID         string     `bson:"_id"`
	Name       string     `bson:"name"`
	Role       AccessRole `bson:"role"`
	Hash       []byte     `bson:"hash"`
	CreatedAt  time.Time  `bson:"createdAt"`
	ExpiresAt  *time.Time `bson:"expiresAt,omitempty"`
	LastUsedAt *time.Time `bson:"lastUsedAt,omitempty"`
	RevokedAt  *time.Time `bson:"revokedAt,omitempty"`
}

// KeyStore stores API keys. A missing key is nil, not an error.
type KeyStore interface {
	PutKey(ctx context.Context, k *APIKey) error
	KeyByID(ctx context.Context, id string) (*APIKey, error)
	Keys(ctx context.Context) ([]*APIKey, error)
	// RevokeKey revokes a key as of a time. It reports whether there is a key with that id.
	RevokeKey(ctx context.Context, id string, at time.Time) (bool, error)
	// TouchKey records that a key was used.
	TouchKey(ctx context.Context, id string, at time.Time) error
}

// RateLimit has the cost of an operation and the rest of its sender's budget, in units of cost.
type RateLimit struct {
	Cost      int       // the most that the operation may cost
	Actual    int       // what its response cost; 0 until there is one
	NodeCount int       // the most objects that the operation may return
	Limit     int       // what the sender can spend in one burst
	Remaining int       // what is left of that
	Restore   int       // what is restored per second
	ResetAt   time.Time // when the whole Limit is available again
}

// Used returns the cost that the sender has spent and that has not been restored yet.
func (r *RateLimit) Used() int { return r.Limit - r.Remaining }
