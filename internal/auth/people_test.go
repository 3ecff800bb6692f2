package auth_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"patternhub/internal/auth"
	"patternhub/internal/content"
	"patternhub/internal/mongodb"
	"patternhub/internal/mongodb/mongotest"
	"patternhub/internal/repository"
)

// office is the accounts of a database, at a time that the test moves.
type office struct {
	*clock
	keys     *auth.Keys
	people   *auth.People
	sessions *auth.Sessions
}

// openOffice returns the accounts of an empty database, which is closed with the test. The clock starts
// at a full second, since MongoDB stores no more than milliseconds.
func openOffice(t *testing.T) *office {
	t.Helper()
	uri, database := mongotest.Open(t)
	store, err := repository.Open(mongodb.Options{URI: uri, Database: database}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close(context.WithoutCancel(t.Context())) })
	c := &clock{at: time.Now().UTC().Truncate(time.Second)}
	return &office{c, auth.NewKeys(store, c.now), auth.NewPeople(store, c.now), auth.NewSessions(store, auth.NewTokens(store), c.now)}
}

// invite adds a person without a mail address.
func (o *office) invite(t *testing.T, name string, role content.AccessRole) *content.Person {
	t.Helper()
	who, err := o.people.Invite(t.Context(), name, "", role)
	if err != nil {
		t.Fatal(err)
	}
	return who
}

// begin begins a session of a person and returns its secret. The name of the browser has a control
// character, which must not be stored.
func (o *office) begin(t *testing.T, who *content.Person) string {
	t.Helper()
	secret, err := o.sessions.Begin(t.Context(), who, content.SignInLink, "Firefox\x1b[31m", "")
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

// TestSessionsEnd by not being used, and by their age even if they are used all the time.
func TestSessionsEnd(t *testing.T) {
	o := openOffice(t)
	ada := o.invite(t, "Ada", content.RoleAuthor)
	idle, used := o.begin(t, ada), o.begin(t, ada)
	begun := o.at
	for o.at.Before(begun.Add(auth.SessionLifetime - time.Minute)) {
		o.at = o.at.Add(auth.SessionIdle - time.Minute)
		if !o.at.Before(begun.Add(auth.SessionLifetime)) {
			break
		}
		if _, err := o.sessions.BySecret(t.Context(), used); err != nil {
			t.Fatalf("after %s: %v", o.at.Sub(begun), err)
		}
	}
	o.at = begun.Add(auth.SessionLifetime)
	for name, secret := range map[string]string{"used": used, "idle": idle} {
		if _, err := o.sessions.BySecret(t.Context(), secret); content.CodeOf(err) != content.Unauthenticated {
			t.Errorf("%s, after a week: %v", name, err)
		}
	}
	fresh := o.begin(t, ada)
	o.at = o.at.Add(auth.SessionIdle)
	if _, err := o.sessions.BySecret(t.Context(), fresh); content.CodeOf(err) != content.Unauthenticated {
		t.Errorf("not used for 12 hours: %v", err)
	}
	kept := o.begin(t, ada)
	list, err := o.sessions.Of(t.Context(), ada)
	if err != nil || len(list) != 1 || list[0].Browser != "Firefox [31m" {
		t.Errorf("the sessions are %+v (%v)", list, err)
	}
	session, err := o.sessions.BySecret(t.Context(), kept)
	if err != nil {
		t.Fatal(err)
	}
	for name, at := range map[string]string{"key": session.Key, "hash": string(session.Hash)} {
		if at == kept || len(at) > 32 {
			t.Errorf("the secret is stored as %s", name)
		}
	}
}

// TestASignInDoesNotUndoAChange lowers a role between the moment at which a sign-in has read the person and its
// end, as an administrator may. The sign-in records its time only, and a change of the role keeps that time.
func TestASignInDoesNotUndoAChange(t *testing.T) {
	o := openOffice(t)
	read := o.invite(t, "Ada", content.RolePublisher)
	if _, err := o.people.SetRole(t.Context(), read.Key, content.RoleReader); err != nil {
		t.Fatal(err)
	}
	o.begin(t, read)
	for _, role := range []content.AccessRole{content.RoleReader, content.RoleAuthor} {
		who, err := o.people.Person(t.Context(), read.Key)
		if err != nil || who.Role != role || who.SignedInAt == nil || !who.SignedInAt.Equal(o.at) {
			t.Errorf("the person is %+v (%v), want the role %s and a sign-in at %s", who, err, role, o.at)
		}
		if _, err := o.people.SetRole(t.Context(), read.Key, content.RoleAuthor); err != nil {
			t.Fatal(err)
		}
	}
}

// TestTicketsEndBeforeTheirSession shows that a ticket lasts 30 seconds without ending its session, and
// that it does not outlive the session. A session does not stay valid for a role that its person has
// lost.
func TestTicketsEndBeforeTheirSession(t *testing.T) {
	o := openOffice(t)
	ada := o.invite(t, "Ada", content.RoleAuthor)
	session, err := o.sessions.BySecret(t.Context(), o.begin(t, ada))
	if err != nil {
		t.Fatal(err)
	}
	ticket, ends, err := o.sessions.Ticket(t.Context(), session)
	if err != nil || !ends.Equal(o.at.Add(30*time.Second)) {
		t.Fatalf("it ends at %s (%v)", ends, err)
	}
	o.at = o.at.Add(29 * time.Second)
	if got, err := o.sessions.ByTicket(t.Context(), ticket); err != nil || got.Key != session.Key {
		t.Errorf("after 29 s: %+v %v", got, err)
	}
	o.at = o.at.Add(time.Second)
	if _, err := o.sessions.ByTicket(t.Context(), ticket); content.CodeOf(err) != content.Unauthenticated {
		t.Errorf("after 30 s: %v", err)
	}
	if _, err := o.sessions.Still(t.Context(), session.Key, content.RoleAuthor); err != nil {
		t.Errorf("its session: %v", err)
	}
	if _, err := o.people.SetRole(t.Context(), ada.Key, content.RoleReader); err != nil {
		t.Fatal(err)
	}
	o.at = o.at.Add(time.Second)
	if _, err := o.sessions.Still(t.Context(), session.Key, content.RoleAuthor); content.CodeOf(err) != content.Unauthenticated {
		t.Errorf("with another role: %v", err)
	}
	fresh, _, err := o.sessions.Ticket(t.Context(), session)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.sessions.End(t.Context(), ada.Key, session.Key); err != nil {
		t.Fatal(err)
	}
	if _, err := o.sessions.ByTicket(t.Context(), fresh); content.CodeOf(err) != content.Unauthenticated {
		t.Errorf("of a session that has ended: %v", err)
	}
}

// TestKeysOfPeopleHaveTheLesserRole changes the role of a person with a key: the key never exceeds its
// own role or that of the person, and ends when the person is removed.
func TestKeysOfPeopleHaveTheLesserRole(t *testing.T) {
	o := openOffice(t)
	ada := o.invite(t, "Ada", content.RolePublisher)
	if _, _, err := o.keys.CreateFor(t.Context(), ada, "too much", content.RoleAdmin, 0); content.CodeOf(err) != content.BadUserInput {
		t.Errorf("a key above its person: %v", err)
	}
	token, _, err := o.keys.CreateFor(t.Context(), ada, "laptop", content.RoleAuthor, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ person, want content.AccessRole }{
		{content.RolePublisher, content.RoleAuthor}, {content.RoleAdmin, content.RoleAuthor}, {content.RolePreviewer, content.RolePreviewer},
	} {
		if _, err := o.people.SetRole(t.Context(), ada.Key, tt.person); err != nil {
			t.Fatal(err)
		}
		o.at = o.at.Add(time.Second)
		if key, err := o.keys.ByToken(t.Context(), token); err != nil || key.Role != tt.want || key.Person.Key != ada.Key {
			t.Errorf("of a %s: %+v %v", tt.person, key, err)
		}
	}
	if err := o.people.Remove(t.Context(), ada.Key); err != nil {
		t.Fatal(err)
	}
	o.at = o.at.Add(time.Second)
	if _, err := o.keys.ByToken(t.Context(), token); content.CodeOf(err) != content.Unauthenticated {
		t.Errorf("of a removed person: %v", err)
	}
}

// TestTheFirstAdministrator shows that asking again returns the same person, until any administrator has
// signed in. Others who sign in do not count, or a hub could be left without an administrator.
func TestTheFirstAdministrator(t *testing.T) {
	o := openOffice(t)
	first, err := o.people.First(t.Context())
	if err != nil || first == nil || first.Role != content.RoleAdmin {
		t.Fatalf("%+v %v", first, err)
	}
	if again, err := o.people.First(t.Context()); err != nil || again == nil || again.Key != first.Key {
		t.Errorf("asked again: %+v %v", again, err)
	}
	author := o.invite(t, "Ada", content.RoleAuthor)
	o.begin(t, author)
	if again, err := o.people.First(t.Context()); err != nil || again == nil {
		t.Errorf("after an author has signed in: %+v %v", again, err)
	}
	o.begin(t, o.invite(t, "Lin", content.RoleAdmin))
	if again, err := o.people.First(t.Context()); err != nil || again != nil {
		t.Errorf("after an administrator has signed in: %+v %v", again, err)
	}
}

// TestNamesOfWriters shows that revisions keep the names of people who were removed. Writers that are no
// people have no name.
func TestNamesOfWriters(t *testing.T) {
	o := openOffice(t)
	names := auth.NewNames(o.keys, o.people, o.now)
	ada := o.invite(t, "Ada", content.RoleAuthor)
	_, own, err := o.keys.CreateFor(t.Context(), ada, "laptop", content.RoleAuthor, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.people.Remove(t.Context(), ada.Key); err != nil {
		t.Fatal(err)
	}
	for by, want := range map[string]string{
		ada.Key: "Ada", own.Key: "laptop", content.By{Person: ada.Key, Key: own.Key}.String(): "Ada by laptop", "import": "", "": "",
	} {
		if got, err := names.Of(t.Context(), by); err != nil || got != want {
			t.Errorf("%q is %q (%v), want %q", by, got, err, want)
		}
	}
}

// TestPlaces shows at which addresses people can sign in: at localhost by that name only, and elsewhere
// over https. A request with two origins is never taken for one of the hub's own pages.
func TestPlaces(t *testing.T) {
	for name, tt := range map[string]struct {
		site, host string
		want       string // "" means that signing in is not possible
		cookie     string
	}{
		"localhost":         {"", "localhost:8080", "http://localhost:8080", "c"},
		"upper case":        {"", "LOCALHOST:8080", "http://localhost:8080", "c"},
		"no port":           {"", "localhost", "http://localhost", "c"},
		"a number":          {"", "127.0.0.1:8080", "", "c"},
		"another name":      {"", "hub.example", "", "c"},
		"below localhost":   {"", "localhost.evil.example", "", "c"},
		"https":             {"https://Hub.example", "anything", "https://hub.example", "__Host-c"},
		"http":              {"http://hub.example", "hub.example", "", "c"},
		"localhost by name": {"http://localhost:9000", "127.0.0.1", "http://localhost:9000", "c"},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := auth.NewPlace(tt.site)
			if err != nil {
				t.Fatal(err)
			}
			r := httptest.NewRequest(http.MethodPost, "/", http.NoBody)
			r.Host = tt.host
			if got, reason := p.Origin(r); got != tt.want || (reason == "") != (tt.want != "") {
				t.Errorf("%q %q, want %q", got, reason, tt.want)
			}
			if got := p.Name("c"); got != tt.cookie {
				t.Errorf("the cookie is %q", got)
			}
			r.Header.Set("Origin", tt.want)
			if own := p.Own(r); own != (tt.want != "") {
				t.Errorf("its own page: %v", own)
			}
			r.Header.Add("Origin", "https://evil.example")
			if p.Own(r) {
				t.Error("two origins are its own")
			}
		})
	}
}

// TestPagesByNumberLeadToLocalhost shows that only a loopback number leads there, with its port and its path, and
// only where the hub has no address of its own.
func TestPagesByNumberLeadToLocalhost(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ site, host, want string }{
		"a number":         {"", "127.0.0.1:8080", "http://localhost:8080/sign-in?to=%2Fa"},
		"of version 6":     {"", "[::1]:8080", "http://localhost:8080/sign-in?to=%2Fa"},
		"another number":   {"", "192.0.2.1:8080", ""},
		"a name":           {"", "evil.example:8080", ""},
		"localhost":        {"", "localhost:8080", ""},
		"no port":          {"", "127.0.0.1", ""},
		"with an address":  {"https://hub.example", "127.0.0.1:8080", ""},
		"not quite a host": {"", "127.0.0.1:8080:1", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := auth.NewPlace(tt.site)
			if err != nil {
				t.Fatal(err)
			}
			r := httptest.NewRequest(http.MethodGet, "/sign-in?to=%2Fa", nil)
			r.Host = tt.host
			if got := p.Elsewhere(r); got != tt.want {
				t.Errorf("it leads to %q, want %q", got, tt.want)
			}
		})
	}
}
