package hub_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"patternhub/internal/content"
)

// must sends an operation as a page of the hub and fails the test on an error.
func (b *browser) must(t *testing.T, query string) map[string]any {
	t.Helper()
	a, _ := b.query(t, query)
	if len(a.Errors) > 0 {
		t.Fatalf("%s: %+v", query, a.Errors)
	}
	return a.Data
}

// code returns the code of the first error of an operation, of its user errors, or "".
func (b *browser) code(t *testing.T, query string) string {
	t.Helper()
	a, _ := b.query(t, query)
	if len(a.Errors) > 0 {
		return a.Errors[0].Extensions.Code
	}
	for _, payload := range a.Data {
		if object, ok := payload.(map[string]any); ok {
			if wrong, ok := object["userErrors"].([]any); ok && len(wrong) > 0 {
				return at(wrong[0], "code").(string)
			}
		}
	}
	return ""
}

// TestAdministratorsManagePeople shows what administrators can do to others but not to themselves. Other
// people read no account but their own, and the mail address of a removed person is gone.
func TestAdministratorsManagePeople(t *testing.T) {
	m := newManned(t)
	admin, self := m.signIn(t, "admin")
	made := admin.must(t, `mutation { personInvite(input: {name: " Grace\u0007  Hopper ", mail: "grace@example.org", accessRole: AUTHOR}, minutes: 60) {
		person { id name mail accessRole provider signedInAt } link linkEndsAt userErrors { message } } }`)
	who := at(made, "personInvite", "person").(map[string]any)
	if who["name"] != "Grace Hopper" || who["mail"] != "grace@example.org" || who["accessRole"] != "AUTHOR" || who["provider"] != nil || who["signedInAt"] != nil {
		t.Errorf("invited: %v", who)
	}
	id := who["id"].(string)
	grace := m.open()
	grace.submit(t, "/sign-in/link", url.Values{"token": {token(t, at(made, "personInvite", "link").(string))}})
	if got := at(grace.must(t, `{ viewer { person { name id } session { method } sessions { id } passkeys { id } } }`), "viewer").(map[string]any); at(got, "person", "id") != id || at(got, "session", "method") != "LINK" || len(got["sessions"].([]any)) != 1 {
		t.Errorf("the viewer is %v", got)
	}
	for name, tt := range map[string]struct {
		from  *browser
		query string
		want  string
	}{
		"a name of nothing":     {admin, `mutation { personInvite(input: {name: " \u0001 ", accessRole: READER}) { userErrors { code } } }`, "INVALID"},
		"a mail of two lines":   {admin, `mutation { personInvite(input: {name: "A", mail: "a@b.c\nBcc: d@e.f", accessRole: READER}) { userErrors { code } } }`, "INVALID"},
		"a link of a month":     {admin, fmt.Sprintf(`mutation { personLinkCreate(id: %q, minutes: 43200) { userErrors { code } } }`, id), "INVALID"},
		"a link of no time":     {admin, fmt.Sprintf(`mutation { personLinkCreate(id: %q, minutes: 0) { userErrors { code } } }`, id), "INVALID"},
		"nobody":                {admin, fmt.Sprintf(`mutation { personUpdate(id: %q, accessRole: READER) { userErrors { code } } }`, content.ID{Type: content.NonEntryPerson, Key: "nobody"}), "NOT_FOUND"},
		"an id of another type": {admin, fmt.Sprintf(`mutation { personRemove(id: %q) { userErrors { code } } }`, content.ID{Type: content.TypeLaw, Key: "x"}), "NOT_FOUND"},
		"removing oneself":      {admin, fmt.Sprintf(`mutation { personRemove(id: %q) { userErrors { code } } }`, content.ID{Type: content.NonEntryPerson, Key: self}), "INVALID"},
		"demoting oneself":      {admin, fmt.Sprintf(`mutation { personUpdate(id: %q, accessRole: READER) { userErrors { code } } }`, content.ID{Type: content.NonEntryPerson, Key: self}), "INVALID"},
		"an author":             {grace, `{ people { name } }`, "FORBIDDEN"},
		"an author's invite":    {grace, `mutation { personInvite(input: {name: "A", accessRole: ADMIN}) { userErrors { code } } }`, "FORBIDDEN"},
		"an author's promotion": {grace, fmt.Sprintf(`mutation { personUpdate(id: %q, accessRole: ADMIN) { userErrors { code } } }`, id), "FORBIDDEN"},
	} {
		if got := tt.from.code(t, tt.query); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
	node := func(b *browser, id string) any {
		return b.must(t, fmt.Sprintf(`{ node(id: %q) { ... on Person { name } ... on Session { browser } } }`, id))["node"]
	}
	adminID := content.ID{Type: content.NonEntryPerson, Key: self}.String()
	session := at(admin.must(t, `{ viewer { session { id } } }`), "viewer", "session", "id").(string)
	if node(grace, adminID) != nil || node(grace, session) != nil || node(m.open(), id) != nil {
		t.Error("a person reads the account of another")
	}
	if node(grace, id) == nil || node(admin, id) == nil || node(admin, session) == nil {
		t.Error("a node of an account cannot be read by those who may")
	}
	if got := grace.code(t, fmt.Sprintf(`mutation { sessionEnd(id: %q) { userErrors { code } } }`, session)); got != "NOT_FOUND" || admin.role(t) != "ADMIN" {
		t.Errorf("ending another's session: %q", got)
	}
	admin.must(t, fmt.Sprintf(`mutation { personUpdate(id: %q, accessRole: READER) { person { accessRole } userErrors { code } } }`, id))
	eventually(t, func(context.Context) bool { return grace.role(t) == "READER" })
	admin.must(t, fmt.Sprintf(`mutation { personRemove(id: %q) { removed userErrors { code } } }`, id))
	eventually(t, func(context.Context) bool { return grace.role(t) != "READER" })
	names := func(query string) string { return fmt.Sprint(admin.must(t, query)["people"]) }
	if names(`{ people { name } }`) == names(`{ people(removed: true) { name } }`) || strings.Contains(names(`{ people(removed: true) { name mail } }`), "grace@") {
		t.Errorf("people: %s", names(`{ people(removed: true) { name mail removedAt } }`))
	}
}

// TestWhatNeedsASession calls what acts on sessions with a key and without anything.
func TestWhatNeedsASession(t *testing.T) {
	m := newManned(t)
	id := content.ID{Type: content.NonEntrySession, Key: "x"}
	for _, query := range []string{
		`mutation { ticketCreate { ticket } }`, `mutation { sessionEnd { ended } }`, fmt.Sprintf(`mutation { sessionEnd(id: %q) { ended } }`, id),
		fmt.Sprintf(`mutation { passkeyDelete(id: %q) { deleted } }`, id),
	} {
		for _, role := range []content.AccessRole{"", content.RoleAdmin} {
			a, _, err := m.send(t.Context(), query, nil, m.as(role))
			if err != nil || len(a.Errors) != 1 || a.Errors[0].Extensions.Code != "UNAUTHENTICATED" {
				t.Errorf("%s as %q: %+v %v", query, role, a, err)
			}
		}
	}
	b, _ := m.signIn(t, "reader")
	ended := b.must(t, `mutation { sessionEnd { ended } }`)
	if len(at(ended, "sessionEnd", "ended").([]any)) != 1 || b.role(t) != "UNAUTHENTICATED" {
		t.Errorf("ending all: %v", ended)
	}
}

// dial opens a socket with an origin, sends a payload of connection_init, and returns the connection after
// the answer, or the close code.
func (b *browser) dial(t *testing.T, origin, payload string) (*websocket.Conn, websocket.StatusCode) {
	t.Helper()
	conn, resp, err := websocket.Dial(t.Context(), "ws"+strings.TrimPrefix(b.origin, "http")+"/graphql", &websocket.DialOptions{
		Subprotocols: []string{"graphql-transport-ws"}, HTTPHeader: http.Header{"Origin": {origin}, "Cookie": {b.cookie}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if resp.Body != nil {
		_ = resp.Body.Close()
	}
	t.Cleanup(func() { _ = conn.CloseNow() })
	if err := conn.Write(t.Context(), websocket.MessageText, []byte(`{"type":"connection_init","payload":`+payload+`}`)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := conn.Read(t.Context()); err != nil {
		return nil, websocket.CloseStatus(err)
	}
	return conn, 0
}

// asks runs a query on a socket and returns the answer.
func asks(t *testing.T, conn *websocket.Conn, query string) string {
	t.Helper()
	if err := conn.Write(t.Context(), websocket.MessageText, fmt.Appendf(nil, `{"type":"subscribe","id":"1","payload":{"query":%q}}`, query)); err != nil {
		t.Fatal(err)
	}
	_, data, err := conn.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestSocketsNeedATicket opens sockets with the cookie alone, as a page of any site makes a browser do, and
// with a ticket. A socket ends with its session and when the role changes.
func TestSocketsNeedATicket(t *testing.T) {
	m := newManned(t)
	b, person := m.signIn(t, "author")
	ticket := at(b.must(t, `mutation { ticketCreate { ticket endsAt } }`), "ticketCreate", "ticket").(string)
	payload := fmt.Sprintf(`{"X-Session-Ticket":%q}`, ticket)
	for name, tt := range map[string]struct {
		origin, payload string
		role            string // "" if the socket is closed
	}{
		"the cookie, own page":     {m.origin, `{}`, "READER"},
		"the cookie, another site": {"https://evil.example", `{}`, "READER"},
		"a ticket, own page":       {m.origin, payload, "AUTHOR"},
		"a ticket, another site":   {"https://evil.example", payload, ""},
		"a ticket, no origin":      {"", payload, ""},
		"a wrong ticket":           {m.origin, `{"x-session-ticket":"AAAA"}`, ""},
		"a ticket changed":         {m.origin, fmt.Sprintf(`{"X-Session-Ticket":%q}`, "B"+ticket[1:]), ""},
	} {
		conn, code := b.dial(t, tt.origin, tt.payload)
		if tt.role == "" {
			if code != 4403 {
				t.Errorf("%s: closed with %d", name, code)
			}
			continue
		}
		if conn == nil {
			t.Errorf("%s: closed with %d", name, code)
			continue
		}
		if got := asks(t, conn, `{ viewer { accessRole } }`); !strings.Contains(got, `"`+tt.role+`"`) {
			t.Errorf("%s: %s, want %s", name, got, tt.role)
		}
	}
	for name, tt := range map[string]struct {
		headers []header
		want    string
	}{
		"by another site": {[]header{{"X-Session-Ticket", ticket}, {"Origin", "https://evil.example"}}, "UNAUTHENTICATED"},
		"by the hub":      {[]header{{"X-Session-Ticket", ticket}, {"Cookie", ""}}, "AUTHOR"},
		"twice":           {[]header{{"X-Session-Ticket", ticket}, {"Authorization", "Bearer phk_a_b"}}, "UNAUTHENTICATED"},
	} {
		if got := b.role(t, tt.headers...); got != tt.want {
			t.Errorf("a ticket in a header %s: %s, want %s", name, got, tt.want)
		}
	}
	for name, end := range map[string]func(){
		"the role changes": func() { m.setRole(t, person, "PUBLISHER") },
		"signing out":      func() { b.submit(t, "/sign-in/out-everywhere", nil) },
	} {
		t.Run(name, func(t *testing.T) {
			if b.cookie == "" {
				link, _, _ := strings.Cut(m.command(t, "users", "link", person), "\n")
				b.submit(t, "/sign-in/link", url.Values{"token": {token(t, link)}})
			}
			fresh := at(b.must(t, `mutation { ticketCreate { ticket } }`), "ticketCreate", "ticket").(string)
			conn, code := b.dial(t, m.origin, fmt.Sprintf(`{"X-Session-Ticket":%q}`, fresh))
			if conn == nil {
				t.Fatalf("closed with %d", code)
			}
			begun := time.Now()
			end()
			if _, _, err := conn.Read(t.Context()); websocket.CloseStatus(err) != 4403 {
				t.Errorf("the socket ends with %v", err)
			}
			if took := time.Since(begun); took > 50*time.Second { // ten times what is promised, for busy machines
				t.Errorf("it ends after %s", took)
			}
		})
	}
}

// setRole changes the role of a person as an administrator does.
func (m *manned) setRole(t *testing.T, person, role string) {
	t.Helper()
	m.mustSend(t, `mutation($id: ID!, $role: AccessRole!) { personUpdate(id: $id, accessRole: $role) { userErrors { message } } }`,
		map[string]any{"id": content.ID{Type: content.NonEntryPerson, Key: person}.String(), "role": role}, m.as(content.RoleAdmin))
}

// TestRevisionsNameThePerson writes with a session and with a key of the person.
func TestRevisionsNameThePerson(t *testing.T) {
	m := newManned(t)
	b, person := m.signIn(t, "author")
	key, _, _ := strings.Cut(m.command(t, "keys", "create", "--role", "author", "--person", person, "--name", "laptop"), "\n")
	made := b.must(t, `mutation { companyCreate(input: {slug: "acme", name: "Acme", summary: "Makes things.", kind: COMPANY, industry: "Tools"}) { company { id } userErrors { message } } }`)
	id := map[string]any{"id": at(made, "companyCreate", "company", "id")}
	m.mustSend(t, `mutation($id: ID!) { companyUpdate(id: $id, input: {name: "Acme Tools"}) { userErrors { message } } }`, id, header{"Authorization", "Bearer " + key})
	m.mustSend(t, `mutation($id: ID!) { companyUpdate(id: $id, input: {name: "Acme Works"}) { userErrors { message } } }`, id, m.as(content.RoleAuthor))
	m.command(t, "users", "revoke", person)
	got := m.mustSend(t, `query($id: ID!) { node(id: $id) { ... on Company { revisions { nodes { author authorName } } } } }`, id, m.as(content.RoleAdmin), header{"X-Perspective", "drafts"})
	var names []string
	for _, n := range at(got, "node", "revisions", "nodes").([]any) {
		names = append(names, at(n, "authorName").(string))
	}
	if strings.Join(names, ", ") != "AUTHOR, Ada author by laptop, Ada author" {
		t.Errorf("the authors are %v", names)
	}
}

// TestPeopleMakePreviews shows that the tokens of previews that a person makes with a session open drafts, and
// that they end with the role of the person.
func TestPeopleMakePreviews(t *testing.T) {
	m := newManned(t)
	b, person := m.signIn(t, "author")
	made := b.must(t, `mutation { companyCreate(input: {slug: "acme", name: "Acme", summary: "Makes things.", kind: COMPANY, industry: "Tools"}) { company { id } userErrors { message } } }`)
	id := at(made, "companyCreate", "company", "id").(string)
	of := at(b.must(t, `mutation { previewCreate(ids: ["`+id+`"]) { token preview { author } userErrors { message } } }`), "previewCreate")
	all := at(b.must(t, `mutation { previewTokenCreate { token userErrors { message } } }`), "previewTokenCreate", "token")
	if at(of, "preview", "author") != person {
		t.Errorf("the preview is %v, of %s", of, person)
	}
	// A key of the person has no more than the person's role, so its previews end with that too.
	key, _, _ := strings.Cut(m.command(t, "keys", "create", "--role", "author", "--person", person, "--name", "laptop"), "\n")
	byKey := at(m.mustSend(t, `mutation { previewTokenCreate { token } }`, nil, header{"Authorization", "Bearer " + key}), "previewTokenCreate", "token")
	tokens := map[string]string{"of the entry": at(of, "token").(string), "of all drafts": all.(string), "by a key": byKey.(string)}
	for name, token := range tokens {
		got := m.mustSend(t, `query($id: ID!) { node(id: $id) { ... on Company { name } } }`, map[string]any{"id": id}, header{"X-Preview-Token", token})
		if at(got, "node", "name") != "Acme" {
			t.Errorf("the token %s shows %v", name, got)
		}
	}
	m.setRole(t, person, "READER")
	for name, token := range tokens {
		eventually(t, func(ctx context.Context) bool {
			a, _, err := m.send(ctx, `{ viewer { accessRole } }`, nil, header{"X-Preview-Token", token})
			return err == nil && a.status == http.StatusUnauthorized
		})
		t.Logf("the token %s has ended", name)
	}
}
