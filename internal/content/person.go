package content

import (
	"context"
	"time"
)

// The bounds of accounts, so that lists of them need no pages. MaxPeople and MaxPasskeys are the most that
// are stored, of the sessions of a person the newest MaxSessions are listed.
const (
	MaxPeople   = 1000
	MaxPasskeys = 20
	MaxSessions = 100
)

// Person is a person with an account. Issuer and Subject identify a person of an OpenID provider and
// are empty for others. People are removed but never deleted, because history names them.
type Person struct {
	Key        string     `bson:"_id"`
	Name       string     `bson:"name"`
	Mail       *string    `bson:"mail,omitempty"`
	Role       AccessRole `bson:"role"`
	Issuer     string     `bson:"issuer,omitempty"`
	Subject    string     `bson:"subject,omitempty"`
	CreatedAt  time.Time  `bson:"createdAt"`
	SignedInAt *time.Time `bson:"signedInAt,omitempty"`
	RemovedAt  *time.Time `bson:"removedAt,omitempty"`
}

// IsNode marks people as nodes.
func (*Person) IsNode() {}

// ID returns the global id of the person.
func (p *Person) ID() ID { return ID{Type: NonEntryPerson, Key: p.Key} }

// Provider returns the address of the provider of the account; nil for an account of the hub.
func (p *Person) Provider() *string {
	if p.Issuer == "" {
		return nil
	}
	return &p.Issuer
}

// Provided reports whether a provider, and not the hub, decides the person's name and role.
func (p *Person) Provided() bool { return p.Issuer != "" }

// SignInMethod is a way to sign in.
type SignInMethod string

// The ways to sign in.
const (
	SignInLink     SignInMethod = "LINK"
	SignInPasskey  SignInMethod = "PASSKEY"
	SignInProvider SignInMethod = "PROVIDER"
)

// Values lists the values of the enum.
func (SignInMethod) Values() []string { return []string{"LINK", "PASSKEY", "PROVIDER"} }

// Session is a browser in which a person is signed in. Hash is the SHA-256 of its secret. EndsAt is the
// end whatever happens; a session that is not used ends earlier.
type Session struct {
	Key       string       `bson:"_id"`
	Hash      []byte       `bson:"hash"`
	PersonKey string       `bson:"person"`
	Method    SignInMethod `bson:"method"`
	Browser   string       `bson:"browser"` // as it names itself
	CreatedAt time.Time    `bson:"createdAt"`
	UsedAt    time.Time    `bson:"usedAt"`
	EndsAt    time.Time    `bson:"endsAt"`
	// Person is whose session it is, as read with it. It is not stored.
	Person *Person `bson:"-"`
}

// IsNode marks sessions as nodes.
func (*Session) IsNode() {}

// ID returns the global id of the session, which does not let anybody use it.
func (s *Session) ID() ID { return ID{Type: NonEntrySession, Key: s.Key} }

// Passkey is a key pair of a person, of which the hub has the public part. Key is derived from the id
// of the credential. Credential is the record of the library that verifies it.
type Passkey struct {
	Key        string     `bson:"_id"`
	PersonKey  string     `bson:"person"`
	Name       string     `bson:"name"`
	Credential []byte     `bson:"credential"`
	CreatedAt  time.Time  `bson:"createdAt"`
	UsedAt     *time.Time `bson:"usedAt,omitempty"`
}

// IsNode marks passkeys as nodes.
func (*Passkey) IsNode() {}

// ID returns the global id of the passkey.
func (p *Passkey) ID() ID { return ID{Type: NonEntryPasskey, Key: p.Key} }

// Voucher is something that can be used once until its end: a sign-in link, or the challenge of a
// passkey. Hash is the SHA-256 of its secret.
type Voucher struct {
	Key       string    `bson:"_id"`
	Hash      []byte    `bson:"hash"`
	Purpose   string    `bson:"purpose"`
	PersonKey string    `bson:"person"` // empty until it belongs to a person
	Data      []byte    `bson:"data,omitempty"`
	EndsAt    time.Time `bson:"endsAt"`
}

// PeopleStore stores people and what they sign in with. Something missing is nil, not an error.
type PeopleStore interface {
	// PutPerson stores a new person. It fails with Conflict if the key is taken, and with LimitExceeded
	// if there are MaxPeople who are not removed.
	PutPerson(ctx context.Context, p *Person) error
	PersonByKey(ctx context.Context, key string) (*Person, error)
	// People reads all people who are not removed, or all, the oldest first.
	People(ctx context.Context, removed bool) ([]*Person, error)
	// RecordSignIn stores the time of a sign-in, and nothing else of the person, unless removed. It reports
	// whether there is one.
	RecordSignIn(ctx context.Context, key string, at time.Time) (bool, error)
	// ChangePerson stores name, mail and role of a person, unless removed. It reports whether there is one.
	ChangePerson(ctx context.Context, p *Person) (bool, error)
	// RemovePerson marks a person as removed, forgets the mail address, and ends all that the person had. It
	// reports whether there is such a person. A repetition completes what was interrupted.
	RemovePerson(ctx context.Context, key string, at time.Time) (bool, error)
}

// SessionStore stores sessions, passkeys and vouchers. Something missing is nil, not an error.
type SessionStore interface {
	PutSession(ctx context.Context, s *Session) error
	// SessionByKey reads a session with its person.
	SessionByKey(ctx context.Context, key string) (*Session, error)
	// SessionsOf reads the newest MaxSessions sessions of a person, the newest first.
	SessionsOf(ctx context.Context, person string) ([]*Session, error)
	TouchSession(ctx context.Context, key string, at time.Time) error
	// EndSession ends a session of a person and reports whether there is one.
	EndSession(ctx context.Context, person, key string) (bool, error)
	EndSessions(ctx context.Context, person string) error

	PutPasskey(ctx context.Context, p *Passkey) error
	PasskeyByKey(ctx context.Context, key string) (*Passkey, error)
	// PasskeysOf reads the passkeys of a person, the oldest first.
	PasskeysOf(ctx context.Context, person string) ([]*Passkey, error)
	// UsePasskey stores the record of a passkey after its use.
	UsePasskey(ctx context.Context, p *Passkey) error
	// DeletePasskey deletes a passkey of a person and reports whether there is one.
	DeletePasskey(ctx context.Context, person, key string) (bool, error)

	PutVoucher(ctx context.Context, v *Voucher) error
	// TakeVoucher returns a voucher with that key, hash and purpose that has not ended, and deletes it, so that
	// of several calls one gets it.
	TakeVoucher(ctx context.Context, key, purpose string, hash []byte, at time.Time) (*Voucher, error)
	// EndVouchers deletes the vouchers of a person.
	EndVouchers(ctx context.Context, person string) error
}
