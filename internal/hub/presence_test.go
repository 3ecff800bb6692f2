package hub_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"patternhub/internal/content"
)

// socket opens a socket with a ticket of a browser's session.
func (b *browser) socket(t *testing.T) *websocket.Conn {
	t.Helper()
	ticket := at(b.must(t, `mutation { ticketCreate { ticket } }`), "ticketCreate", "ticket").(string)
	conn, code := b.dial(t, b.origin, fmt.Sprintf(`{"X-Session-Ticket":%q}`, ticket))
	if conn == nil {
		t.Fatalf("closed with %d", code)
	}
	return conn
}

// TestPresenceCrossesReplicas follows an entry on one replica while somebody has it open on another.
func TestPresenceCrossesReplicas(t *testing.T) {
	m := newManned(t)
	other := start(t, "--mongodb-uri", m.uri, "--mongodb-database", m.database, "--data-dir", m.dir)
	other.mustHear(t, "^Ready")
	ada, _ := m.signIn(t, "author")
	bob, _ := m.signIn(t, "previewer")
	id := m.saga(t)
	there := &browser{origin: m.at(other), cookie: ada.cookie}
	beat := fmt.Sprintf(`mutation { presenceBeat(id: %q, field: "problem") { endsAt userErrors { code } } }`, id)
	if got := there.must(t, beat); at(got, "presenceBeat", "endsAt") == nil {
		t.Fatalf("the sign: %v", got)
	}
	follow := fmt.Sprintf(`subscription { entryPresence(ids: [%q]) { target people { name field isViewer } } }`, id)
	if got := asks(t, bob.socket(t), follow); !strings.Contains(got, `"people":[{"name":"Ada author","field":"problem","isViewer":false}]`) || !strings.Contains(got, id) {
		t.Errorf("Bob sees %s", got)
	}
	if got := asks(t, ada.socket(t), follow); !strings.Contains(got, `"isViewer":true`) {
		t.Errorf("Ada sees %s", got)
	}
}

// TestPresenceIsForPeople shows who is refused, and what arguments are.
func TestPresenceIsForPeople(t *testing.T) {
	m := newManned(t)
	ada, person := m.signIn(t, "author")
	reader, _ := m.signIn(t, "reader")
	id := m.saga(t)
	for name, tt := range map[string]struct{ query, want string }{
		"a field of another type": {fmt.Sprintf(`mutation { presenceBeat(id: %q, field: "criteria") { userErrors { code } } }`, id), "INVALID"},
		"a part of a field":       {fmt.Sprintf(`mutation { presenceBeat(id: %q, field: "companies.company") { userErrors { code } } }`, id), "INVALID"},
		"no entry":                {fmt.Sprintf(`mutation { presenceBeat(id: %q) { userErrors { code } } }`, content.ID{Type: content.TypeLaw, Key: "no"}), "NOT_FOUND"},
		"a person":                {fmt.Sprintf(`mutation { presenceBeat(id: %q) { userErrors { code } } }`, content.ID{Type: content.NonEntryPerson, Key: person}), "NOT_FOUND"},
		"no field":                {fmt.Sprintf(`mutation { presenceBeat(id: %q) { userErrors { code } } }`, id), ""},
	} {
		if got := ada.code(t, tt.query); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
	ids := strings.TrimSuffix(strings.Repeat(fmt.Sprintf("%q, ", id), 51), ", ")
	follow := fmt.Sprintf(`subscription { entryPresence(ids: [%q]) { people { name } } }`, id)
	key, _, _ := strings.Cut(m.command(t, "keys", "create", "--role", "author", "--person", person, "--name", "laptop"), "\n")
	as := func(payload string) *websocket.Conn {
		conn, code := ada.dial(t, m.origin, payload)
		if conn == nil {
			t.Fatalf("closed with %d", code)
		}
		return conn
	}
	for name, tt := range map[string]struct {
		conn        *websocket.Conn
		query, want string
	}{
		"nobody":           {as(`{}`), follow, "UNAUTHENTICATED"},
		"a reader":         {reader.socket(t), follow, "FORBIDDEN"},
		"an administrator": {as(fmt.Sprintf(`{"Authorization":"Bearer %s"}`, m.keys[content.RoleAdmin])), follow, "FORBIDDEN"},
		"a key of hers":    {as(fmt.Sprintf(`{"Authorization":"Bearer %s"}`, key)), follow, "FORBIDDEN"},
		"no ids":           {ada.socket(t), `subscription { entryPresence(ids: []) { people { name } } }`, "BAD_USER_INPUT"},
		"too many ids":     {ada.socket(t), `subscription { entryPresence(ids: [` + ids + `]) { people { name } } }`, "BAD_USER_INPUT"},
	} {
		if got := asks(t, tt.conn, tt.query); !strings.Contains(got, `"`+tt.want+`"`) || strings.Contains(got, "Ada") {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
}
