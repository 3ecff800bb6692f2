package auth

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"net/mail"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"patternhub/internal/content"
)

const (
	// maxName bounds names of people in characters, and the names of browsers and passkeys.
	maxName = 100
	// firstKey is the key of the first administrator. It is the same on all replicas, so that they make one.
	firstKey = "administrator"
)

// Accounts is what People needs of a store.
type Accounts interface {
	content.PeopleStore
	content.SessionStore
}

// People manages the people with accounts. It is safe for concurrent use.
type People struct {
	store    Accounts
	vouchers *Vouchers
	now      func() time.Time
}

// NewPeople returns People over a store. A nil now means time.Now.
func NewPeople(store Accounts, now func() time.Time) *People {
	if now == nil {
		now = time.Now
	}
	return &People{store: store, vouchers: NewVouchers(store, now), now: now}
}

// Invite makes a person, who can sign in with a link from then on. An empty mail means none. What is
// wrong with the arguments fails with BadUserInput.
func (p *People) Invite(ctx context.Context, name, address string, role content.AccessRole) (*content.Person, error) {
	if name = CleanName(name); name == "" {
		return nil, content.Fault(content.BadUserInput, fmt.Sprintf("A person has a name of 1 to %d characters.", maxName))
	}
	if !content.RoleAdmin.Covers(role) {
		return nil, content.Fault(content.BadUserInput, "Unknown role.")
	}
	made := &content.Person{Key: randomWord(idBytes), Name: name, Role: role, CreatedAt: p.now().UTC()}
	if address != "" {
		parsed, err := mail.ParseAddress(address)
		if err != nil || parsed.Address != address || len(address) > 254 {
			return nil, content.Fault(content.BadUserInput, "The mail address must be like ada@example.org.")
		}
		made.Mail = &address
	}
	if err := p.store.PutPerson(ctx, made); err != nil {
		return nil, fmt.Errorf("invite: %w", err)
	}
	return made, nil
}

// CleanName returns a name without control characters and surrounding spaces, cut to maxName characters. Names
// are shown in terminals and logs.
func CleanName(name string) string {
	name = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(name, ""))
	name = strings.Join(strings.Fields(name), " ")
	if utf8.RuneCountInString(name) > maxName {
		name = string([]rune(name)[:maxName])
	}
	return name
}

// First returns the first administrator, and makes one if no administrator has signed in yet. It returns nil
// after the first sign-in of an administrator, or if the first administrator was removed.
func (p *People) First(ctx context.Context) (*content.Person, error) {
	people, err := p.store.People(ctx, true)
	if err != nil {
		return nil, fmt.Errorf("look for administrators: %w", err)
	}
	var first *content.Person
	for _, who := range people {
		removed := who.Key == firstKey && who.RemovedAt != nil
		if removed || who.SignedInAt != nil && who.Role == content.RoleAdmin {
			return nil, nil //nolint:nilnil // there is one, as the contract says
		}
		if who.Key == firstKey {
			first = who
		}
	}
	if first != nil {
		return first, nil
	}
	first = &content.Person{Key: firstKey, Name: "Administrator", Role: content.RoleAdmin, CreatedAt: p.now().UTC()}
	if err := p.store.PutPerson(ctx, first); err != nil && content.CodeOf(err) != content.Conflict {
		return nil, fmt.Errorf("make the first administrator: %w", err)
	}
	return p.Person(ctx, firstKey)
}

// Person returns a person. An unknown or removed one fails with NotFound.
func (p *People) Person(ctx context.Context, key string) (*content.Person, error) {
	found, err := p.store.PersonByKey(ctx, key)
	if err != nil {
		return nil, fmt.Errorf("read person: %w", err)
	}
	if found == nil || found.RemovedAt != nil {
		return nil, unknownPerson()
	}
	return found, nil
}

// unknownPerson returns the error for a person that there is not.
func unknownPerson() error {
	return content.Fault(content.NotFound, "There is no person with that id.")
}

// List returns the people who are not removed, or all.
func (p *People) List(ctx context.Context, removed bool) ([]*content.Person, error) {
	list, err := p.store.People(ctx, removed)
	if err != nil {
		return nil, fmt.Errorf("list people: %w", err)
	}
	return list, nil
}

// SetRole changes the role of a person. Open sockets of the person end, and sessions stay. A person of
// a provider has the role that the provider states.
func (p *People) SetRole(ctx context.Context, key string, role content.AccessRole) (*content.Person, error) {
	if !content.RoleAdmin.Covers(role) {
		return nil, content.Fault(content.BadUserInput, "Unknown role.")
	}
	who, err := p.Person(ctx, key)
	if err != nil {
		return nil, err
	}
	if who.Provided() {
		return nil, content.Fault(content.BadUserInput, "The role of this person comes from the provider of the account. Change it there.")
	}
	who.Role = role
	return who, p.change(ctx, who)
}

// change stores what has changed of a person.
func (p *People) change(ctx context.Context, who *content.Person) error {
	ok, err := p.store.ChangePerson(ctx, who)
	if err != nil {
		return fmt.Errorf("change person: %w", err)
	}
	if !ok {
		return unknownPerson()
	}
	return nil
}

// Remove removes a person and ends what the person had: sessions, links, passkeys and keys. The name
// stays in history.
func (p *People) Remove(ctx context.Context, key string) error {
	ok, err := p.store.RemovePerson(ctx, key, p.now().UTC())
	if err != nil {
		return fmt.Errorf("remove person: %w", err)
	}
	if !ok {
		return unknownPerson()
	}
	return nil
}

// Claims is what an OpenID provider states about the person who signs in.
type Claims struct {
	Issuer, Subject string
	Name, Mail      string
	Role            content.AccessRole
}

// Provided returns the person whom a provider has identified, and makes one at the first time. The
// issuer and the subject identify a person; name, mail address and role are updated. A removed
// person stays removed.
func (p *People) Provided(ctx context.Context, c *Claims) (*content.Person, error) {
	// The key follows from both, so that two concurrent first times make one person.
	sum := sha256.Sum256([]byte(c.Issuer + "\x00" + c.Subject))
	who := &content.Person{
		Key:  strings.ToLower(base32.StdEncoding.EncodeToString(sum[:idBytes])),
		Name: CleanName(c.Name), Role: c.Role, Issuer: c.Issuer, Subject: c.Subject, CreatedAt: p.now().UTC(),
	}
	if who.Name == "" {
		who.Name = CleanName("Somebody of " + c.Issuer)
	}
	if c.Mail != "" {
		who.Mail = &c.Mail
	}
	found, err := p.store.PersonByKey(ctx, who.Key)
	if err != nil {
		return nil, fmt.Errorf("read person: %w", err)
	}
	if found == nil {
		if err := p.store.PutPerson(ctx, who); err != nil && content.CodeOf(err) != content.Conflict {
			return nil, fmt.Errorf("make person: %w", err)
		}
		return p.Person(ctx, who.Key)
	}
	if found.RemovedAt != nil || found.Issuer != c.Issuer || found.Subject != c.Subject {
		return nil, unknownPerson()
	}
	found.Name, found.Mail, found.Role = who.Name, who.Mail, who.Role
	return found, p.change(ctx, found)
}
