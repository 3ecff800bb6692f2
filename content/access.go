package content

import (
	"context"
	"time"
)

// AccessRole is what a key may do; each role may do what the ones before it may.
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

// Covers tells whether a holder of role r may do what needs role need. An unknown role covers
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

// Viewer is who sends a request and which graph it reads.
type Viewer struct {
	AccessRole  AccessRole
	Key         *APIKey
	Perspective Perspective
}

// APIKey is an API key without its secret. Hash is the SHA-256 of the secret. A zero time is
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

// KeyStore keeps API keys. A missing key is nil, not an error.
type KeyStore interface {
	PutKey(ctx context.Context, k *APIKey) error
	KeyByID(ctx context.Context, id string) (*APIKey, error)
	Keys(ctx context.Context) ([]*APIKey, error)
	// RevokeKey ends a key at a time; false when there is none with that id.
	RevokeKey(ctx context.Context, id string, at time.Time) (bool, error)
	// TouchKey notes that a key was used.
	TouchKey(ctx context.Context, id string, at time.Time) error
}

// RateLimit is what an operation costs and what its sender may still spend, in units of cost.
type RateLimit struct {
	Cost      int       // what the operation may cost at most
	Limit     int       // what the sender can spend at once
	Remaining int       // what is left of that
	ResetAt   time.Time // when all of it is back
	NodeCount int       // how many objects the operation may return
}

// Used is what the sender has spent and has not got back.
func (r *RateLimit) Used() int { return r.Limit - r.Remaining }
