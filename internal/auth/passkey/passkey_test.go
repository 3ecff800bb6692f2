package passkey_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"patternhub/internal/auth"
	"patternhub/internal/auth/passkey"
	"patternhub/internal/auth/passkey/passkeytest"
	"patternhub/internal/content"
	"patternhub/internal/mongodb"
	"patternhub/internal/mongodb/mongotest"
	"patternhub/internal/repository"
)

// TestMain stops the shared database after the tests and fails if goroutines are left.
func TestMain(m *testing.M) { mongotest.Main(m) }

// origin is the address of the hub as browsers have it. Passkeys are bound to it.
const origin = "https://hub.example"

// desk is a store with two people, and their passkeys.
type desk struct {
	*passkey.Passkeys
	people   *auth.People
	ada, lin *content.Person
}

// open returns a desk over an empty database of its own, which is closed with the test.
func open(t *testing.T) *desk {
	t.Helper()
	uri, database := mongotest.Open(t)
	store, err := repository.Open(mongodb.Options{URI: uri, Database: database}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close(context.WithoutCancel(t.Context())) })
	d := &desk{Passkeys: passkey.New(store, "Hub", nil), people: auth.NewPeople(store, nil)}
	for name, who := range map[string]**content.Person{"Ada": &d.ada, "Lin": &d.lin} {
		if *who, err = d.people.Invite(t.Context(), name, "", content.RoleAuthor); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

// challengeOf returns the challenge of options.
func challengeOf(t *testing.T, c *passkey.Challenge) string {
	t.Helper()
	raw, err := json.Marshal(c.Options)
	if err != nil {
		t.Fatal(err)
	}
	var options struct{ Challenge string }
	if err := json.Unmarshal(raw, &options); err != nil || options.Challenge == "" {
		t.Fatalf("no challenge in %s (%v)", raw, err)
	}
	return options.Challenge
}

// register adds a passkey of a person to an authenticator.
func (d *desk) register(t *testing.T, who *content.Person, a *passkeytest.Authenticator) *passkey.Response {
	t.Helper()
	c, err := d.BeginRegistration(t.Context(), origin, who)
	if err != nil {
		t.Fatal(err)
	}
	a.Handle = who.Key
	r := &passkey.Response{Token: c.Token, Name: " My\u0007 telephone ", Credential: a.Create(challengeOf(t, c))}
	if err := d.FinishRegistration(t.Context(), origin, who, r); err != nil {
		t.Fatal(err)
	}
	return r
}

// always allows every attempt, for tests that are not about their number.
func always(string) bool { return true }

// begin returns a challenge for signing in.
func (d *desk) begin(t *testing.T) (token, challenge string) {
	t.Helper()
	c, err := d.BeginSignIn(t.Context(), origin)
	if err != nil {
		t.Fatal(err)
	}
	return c.Token, challengeOf(t, c)
}

// TestSigningInWithAPasskey signs in twice with one passkey, whose use is recorded. Only its person can
// delete it, and after that it is refused.
func TestSigningInWithAPasskey(t *testing.T) {
	d := open(t)
	a := passkeytest.New(t, origin)
	d.register(t, d.ada, a)
	list, err := d.people.Passkeys(t.Context(), d.ada.Key)
	if err != nil || len(list) != 1 || list[0].Name != "My telephone" || list[0].UsedAt != nil {
		t.Fatalf("the passkeys are %+v (%v)", list, err)
	}
	for range 2 {
		token, challenge := d.begin(t)
		who, err := d.FinishSignIn(t.Context(), origin, &passkey.Response{Token: token, Credential: a.Get(challenge)}, always)
		if err != nil || who.Key != d.ada.Key {
			t.Fatalf("signed in as %+v (%v)", who, err)
		}
	}
	if list, err = d.people.Passkeys(t.Context(), d.ada.Key); err != nil || list[0].UsedAt == nil {
		t.Errorf("its use was not recorded (%v)", err)
	}
	if err := d.people.DeletePasskey(t.Context(), d.lin.Key, list[0].Key); content.CodeOf(err) != content.NotFound {
		t.Errorf("another person deletes it: %v", err)
	}
	if err := d.people.DeletePasskey(t.Context(), d.ada.Key, list[0].Key); err != nil {
		t.Error(err)
	}
	token, challenge := d.begin(t)
	if _, err := d.FinishSignIn(t.Context(), origin, &passkey.Response{Token: token, Credential: a.Get(challenge)}, always); content.CodeOf(err) != content.Unauthenticated {
		t.Errorf("a deleted passkey: %v", err)
	}
}

// TestWrongResponsesAreRefusedAlike: no refusal says what is wrong or which accounts exist.
func TestWrongResponsesAreRefusedAlike(t *testing.T) {
	d := open(t)
	a := passkeytest.New(t, origin)
	registered := d.register(t, d.ada, a)
	unknown := passkeytest.New(t, origin)
	unknown.Handle = d.ada.Key
	said := ""
	for name, respond := range map[string]func(r *passkey.Response, challenge string){
		"no challenge": func(r *passkey.Response, c string) { r.Credential = a.Get(c); r.Token = "" },
		"a forged token": func(r *passkey.Response, c string) {
			r.Credential = a.Get(c)
			r.Token = "phv_aaaaaaaaaaaaaaaa_" + r.Token[21:]
		},
		"a registration's token": func(r *passkey.Response, c string) { r.Credential = a.Get(c); r.Token = registered.Token },
		"another challenge": func(r *passkey.Response, _ string) {
			r.Credential = a.Get("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
		},
		"another origin": func(r *passkey.Response, c string) {
			r.Credential = a.With(func(a *passkeytest.Authenticator) { a.Origin = "https://evil.example" }).Get(c)
		},
		"another party": func(r *passkey.Response, c string) {
			r.Credential = a.With(func(a *passkeytest.Authenticator) { a.Party = "evil.example" }).Get(c)
		},
		"plain http": func(r *passkey.Response, c string) {
			r.Credential = a.With(func(a *passkeytest.Authenticator) { a.Origin = "http://hub.example" }).Get(c)
		},
		"no verification": func(r *passkey.Response, c string) {
			r.Credential = a.With(func(a *passkeytest.Authenticator) { a.Flags = 0x01 }).Get(c)
		},
		"another person": func(r *passkey.Response, c string) {
			r.Credential = a.With(func(a *passkeytest.Authenticator) { a.Handle = d.lin.Key }).Get(c)
		},
		"no person": func(r *passkey.Response, c string) {
			r.Credential = a.With(func(a *passkeytest.Authenticator) { a.Handle = "" }).Get(c)
		},
		"another key": func(r *passkey.Response, c string) {
			r.Credential = a.With(func(a *passkeytest.Authenticator) { a.Key = unknown.Key }).Get(c)
		},
		"an unknown passkey": func(r *passkey.Response, c string) { r.Credential = unknown.Get(c) },
		"a registration":     func(r *passkey.Response, c string) { r.Credential = a.Create(c) },
		"no JSON":            func(r *passkey.Response, _ string) { r.Credential = json.RawMessage("nothing") },
		"empty":              func(r *passkey.Response, _ string) { r.Credential = nil },
	} {
		token, challenge := d.begin(t)
		r := &passkey.Response{Token: token}
		respond(r, challenge)
		who, err := d.FinishSignIn(t.Context(), origin, r, always)
		var fault *content.Error
		if who != nil || content.CodeOf(err) != content.Unauthenticated {
			t.Errorf("%s: %+v %v", name, who, err)
			continue
		}
		fault, _ = err.(*content.Error) //nolint:errorlint // it is not wrapped
		if said != "" && said != fault.Message {
			t.Errorf("%s: %q differs from %q", name, fault.Message, said)
		}
		said = fault.Message
	}
}

// TestAResponseCountsOnce shows that a right response is refused when it is sent again, comes from a
// copied passkey, exceeds the attempts on an account, or belongs to a removed person.
func TestAResponseCountsOnce(t *testing.T) {
	d := open(t)
	a := passkeytest.New(t, origin)
	d.register(t, d.ada, a)
	token, challenge := d.begin(t)
	r := &passkey.Response{Token: token, Credential: a.Get(challenge)}
	if _, err := d.FinishSignIn(t.Context(), origin, r, always); err != nil {
		t.Fatal(err)
	}
	if _, err := d.FinishSignIn(t.Context(), origin, r, always); content.CodeOf(err) != content.Unauthenticated {
		t.Errorf("a replay: %v", err)
	}
	token, challenge = d.begin(t)
	copied := a.With(func(a *passkeytest.Authenticator) { a.Counter = 0 })
	if _, err := d.FinishSignIn(t.Context(), origin, &passkey.Response{Token: token, Credential: copied.Get(challenge)}, always); content.CodeOf(err) != content.Unauthenticated {
		t.Errorf("a counter that goes back: %v", err)
	}
	token, challenge = d.begin(t)
	if _, err := d.FinishSignIn(t.Context(), origin, &passkey.Response{Token: token, Credential: a.Get(challenge)}, func(person string) bool { return person != d.ada.Key }); content.CodeOf(err) != content.Unauthenticated {
		t.Errorf("too many attempts on the account: %v", err)
	}
	if err := d.people.Remove(t.Context(), d.ada.Key); err != nil {
		t.Fatal(err)
	}
	token, challenge = d.begin(t)
	if _, err := d.FinishSignIn(t.Context(), origin, &passkey.Response{Token: token, Credential: a.Get(challenge)}, always); content.CodeOf(err) != content.Unauthenticated {
		t.Errorf("a person who was removed: %v", err)
	}
}

// TestRegistrationsAreOfTheirPerson shows that a challenge cannot be answered for another person, purpose
// or origin, that a passkey has one person only, and that a person has at most content.MaxPasskeys.
func TestRegistrationsAreOfTheirPerson(t *testing.T) {
	d := open(t)
	a := passkeytest.New(t, origin)
	a.Handle = d.ada.Key
	begun := func() *passkey.Challenge {
		c, err := d.BeginRegistration(t.Context(), origin, d.ada)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	signIn, challenge := d.begin(t)
	for name, try := range map[string]func() error{
		"another person": func() error {
			c := begun()
			return d.FinishRegistration(t.Context(), origin, d.lin, &passkey.Response{Token: c.Token, Credential: a.Create(challengeOf(t, c))})
		},
		"a challenge for signing in": func() error {
			return d.FinishRegistration(t.Context(), origin, d.ada, &passkey.Response{Token: signIn, Credential: a.Create(challenge)})
		},
		"another origin": func() error {
			c := begun()
			return d.FinishRegistration(t.Context(), origin, d.ada, &passkey.Response{Token: c.Token, Credential: a.With(func(a *passkeytest.Authenticator) { a.Origin = "https://evil.example" }).Create(challengeOf(t, c))})
		},
	} {
		if err := try(); content.CodeOf(err) != content.Unauthenticated {
			t.Errorf("%s: %v", name, err)
		}
	}
	d.register(t, d.ada, a)
	c, err := d.BeginRegistration(t.Context(), origin, d.lin)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.FinishRegistration(t.Context(), origin, d.lin, &passkey.Response{Token: c.Token, Credential: a.Create(challengeOf(t, c))}); content.CodeOf(err) != content.Unauthenticated {
		t.Errorf("the passkey of another person: %v", err)
	}
	for range content.MaxPasskeys - 1 {
		d.register(t, d.ada, passkeytest.New(t, origin))
	}
	if _, err := d.BeginRegistration(t.Context(), origin, d.ada); content.CodeOf(err) != content.BadUserInput {
		t.Errorf("one more than %d: %v", content.MaxPasskeys, err)
	}
}

// TestChallengesEnd shows that a right response is refused once the challenge is five minutes old.
func TestChallengesEnd(t *testing.T) {
	uri, database := mongotest.Open(t)
	store, err := repository.Open(mongodb.Options{URI: uri, Database: database}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close(context.WithoutCancel(t.Context())) })
	at := time.Now()
	people := auth.NewPeople(store, nil)
	ada, err := people.Invite(t.Context(), "Ada", "", content.RoleReader)
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{Passkeys: passkey.New(store, "Hub", func() time.Time { return at }), people: people, ada: ada}
	a := passkeytest.New(t, origin)
	d.register(t, ada, a)
	token, challenge := d.begin(t)
	at = at.Add(5 * time.Minute)
	if _, err := d.FinishSignIn(t.Context(), origin, &passkey.Response{Token: token, Credential: a.Get(challenge)}, always); content.CodeOf(err) != content.Unauthenticated {
		t.Errorf("after five minutes: %v", err)
	}
}
