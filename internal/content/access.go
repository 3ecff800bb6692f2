package content

import (
	"context"
	"strings"
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

// Least returns the lesser of two roles.
func (r AccessRole) Least(other AccessRole) AccessRole {
	if r.Covers(other) {
		return other
	}
	return r
}

// Viewer is the sender of a request and the graph that the request reads. A viewer is identified by a
// key or by a session. Person is whose session, or whose key, it is.
type Viewer struct {
	AccessRole  AccessRole
	Key         *APIKey
	Session     *Session
	Person      *Person
	Perspective Perspective
	// Previewed are the entries of which the viewer reads the drafts in place of what is published.
	Previewed []Previewed
}

// anonymous names the author of what a viewer without a key or a session writes.
const anonymous = "anonymous"

// By returns the name under which history has what the viewer writes; see By.
func (v *Viewer) By() string {
	switch {
	case v.Person != nil && v.Key != nil:
		return By{Person: v.Person.Key, Key: v.Key.Key}.String()
	case v.Person != nil:
		return v.Person.Key
	case v.Key != nil:
		return v.Key.Key
	}
	return anonymous
}

// By is who wrote something: a person, a key or a program, or a person by a key of theirs.
type By struct {
	Person string // the key of the person; empty unless both are known
	Key    string // the id of the key; otherwise the only name that there is
}

// writerSeparator is in no key of a person, id of a key or name of a program.
const writerSeparator = "/"

// String returns the writer as history stores it.
func (w By) String() string {
	if w.Person == "" {
		return w.Key
	}
	return w.Person + writerSeparator + w.Key
}

// ParseBy reads what history has stored.
func ParseBy(by string) By {
	if person, key, ok := strings.Cut(by, writerSeparator); ok {
		return By{Person: person, Key: key}
	}
	return By{Key: by}
}

// Is reports whether the writer is, or acted for, the one with an id.
func (w By) Is(id string) bool { return id != "" && (w.Person == id || w.Key == id) }

// APIKey is an API key without its secret. Hash is the SHA-256 of the secret. A nil time means
// never. Owner is the key of the person that it belongs to, if any; Person is that person, as read with
// the key. Such a key has at most the person's role and ends with it. By is who made it, empty for a command.
type APIKey struct {
	Key        string     `bson:"_id"`
	Name       string     `bson:"name"`
	Role       AccessRole `bson:"role"`
	Hash       []byte     `bson:"hash"`
	CreatedAt  time.Time  `bson:"createdAt"`
	ExpiresAt  *time.Time `bson:"expiresAt,omitempty"`
	LastUsedAt *time.Time `bson:"lastUsedAt,omitempty"`
	RevokedAt  *time.Time `bson:"revokedAt,omitempty"`
	Owner      string     `bson:"owner,omitempty"`
	By         string     `bson:"by,omitempty"`
	Person     *Person    `bson:"-"`
}

// IsNode marks keys as nodes.
func (*APIKey) IsNode() {}

// ID returns the global id of the key, which does not let anybody use it.
func (k *APIKey) ID() ID { return ID{Type: NonEntryKey, Key: k.Key} }

// Author returns who made the key; nil if a command did.
func (k *APIKey) Author() *string {
	if k.By == "" {
		return nil
	}
	return &k.By
}

// MaxKeysOf is the number of keys of a person that are listed.
const MaxKeysOf = 100

// KeyStore stores API keys. A missing key is nil, not an error.
type KeyStore interface {
	PutKey(ctx context.Context, k *APIKey) error
	// KeyByID reads a key with its person.
	KeyByID(ctx context.Context, id string) (*APIKey, error)
	Keys(ctx context.Context) ([]*APIKey, error)
	// KeyPage lists keys with their people, the newest first.
	KeyPage(ctx context.Context, w Window) (Slice[*APIKey], error)
	CountKeys(ctx context.Context) (int, error)
	// KeysOf reads the newest MaxKeysOf keys of a person, the newest first.
	KeysOf(ctx context.Context, person string) ([]*APIKey, error)
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
