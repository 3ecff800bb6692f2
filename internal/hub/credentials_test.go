package hub_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"patternhub/internal/content"
)

// initiated opens a socket with a payload of connection_init and returns its close code, or 0 if
// the payload was acknowledged.
func (s *staffed) initiated(t *testing.T, payload string) websocket.StatusCode {
	t.Helper()
	conn, resp, err := websocket.Dial(t.Context(), "ws"+strings.TrimPrefix(s.url, "http"), &websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}})
	if err != nil {
		t.Fatal(err)
	}
	if resp.Body != nil {
		_ = resp.Body.Close()
	}
	defer func() { _ = conn.CloseNow() }()
	if err := conn.Write(t.Context(), websocket.MessageText, []byte(`{"type":"connection_init","payload":`+payload+`}`)); err != nil {
		t.Fatal(err)
	}
	_, _, err = conn.Read(t.Context())
	if err == nil {
		return 0
	}
	return websocket.CloseStatus(err)
}

// TestWhatNeedsAKeySaysSo requests what needs a key over every transport. Without a key the answer
// asks for one; with a key that is not enough it does not.
func TestWhatNeedsAKeySaysSo(t *testing.T) {
	s := newStaffed(t)
	preview := header{"X-Preview-Token", s.author(t, content.RolePreviewer, `mutation { previewTokenCreate { token } }`, nil)["token"].(string)}
	drafts, stream := header{"X-Perspective", "drafts"}, header{"Accept", "text/event-stream"}
	for name, tt := range map[string]struct {
		query   string
		headers []header
		status  int // without a key
		role    content.AccessRole
	}{
		"drafts":              {`{ __typename }`, []header{drafts}, 401, content.RoleReader},
		"drafts by a stream":  {`{ __typename }`, []header{drafts, stream}, 401, content.RoleReader},
		"a root field":        {`{ brokenReferences { __typename } }`, nil, 200, content.RoleReader},
		"an admin's field":    {`{ webhookEndpoints { id } }`, nil, 200, content.RolePublisher},
		"a mutation":          {`mutation { entryPublish(ids: []) { token } }`, nil, 200, content.RoleAuthor},
		"a preview's writing": {`mutation { entryPublish(ids: []) { token } }`, []header{preview}, 200, content.RoleAuthor},
		"a preview's token":   {`mutation { previewTokenCreate { token } }`, []header{preview}, 200, ""},
	} {
		a, head, err := s.send(t.Context(), tt.query, nil, tt.headers...)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if len(a.Errors) == 0 || a.Errors[0].Extensions.Code != "UNAUTHENTICATED" || a.status != tt.status {
			t.Errorf("%s without a key: %d %+v", name, a.status, a.Errors)
		}
		if (head.Get("WWW-Authenticate") == "Bearer") != (tt.status == http.StatusUnauthorized) {
			t.Errorf("%s without a key: challenge %q", name, head.Get("WWW-Authenticate"))
		}
		if tt.role == "" {
			continue
		}
		a, _, err = s.send(t.Context(), tt.query, nil, append([]header{s.as(tt.role)}, tt.headers...)...)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if want := map[bool]int{true: 403, false: 200}[tt.status == 401]; len(a.Errors) == 0 || a.Errors[0].Extensions.Code != "FORBIDDEN" || a.status != want {
			t.Errorf("%s as %s: %d %+v", name, tt.role, a.status, a.Errors)
		}
	}
	for payload, want := range map[string]websocket.StatusCode{
		`{"X-Perspective":"drafts"}`: 4401,
		`{"headers":{"X-Perspective":"drafts","Authorization":"Bearer ` + s.keys[content.RoleReader] + `"}}`:    4403,
		`{"headers":{"X-Perspective":"drafts","Authorization":"Bearer ` + s.keys[content.RolePreviewer] + `"}}`: 0,
		`{"X-Preview-Token":"` + preview[1] + `"}`:                                                              0,
	} {
		if got := s.initiated(t, payload); got != want {
			t.Errorf("a socket with %s: %d, want %d", payload, got, want)
		}
	}
	if list := s.mustSend(t, `{ webhookEndpoints { id } }`, nil, s.as(content.RoleAdmin))["webhookEndpoints"]; list == nil {
		t.Error("no webhook endpoints are null")
	}
}

// TestWithoutAnonymousReadersAKeyIsAskedFor checks that every transport asks for one.
func TestWithoutAnonymousReadersAKeyIsAskedFor(t *testing.T) {
	s := newStaffed(t, "--anonymous", "off")
	for name, headers := range map[string][]header{"a query": nil, "a stream": {{"Accept", "text/event-stream"}}, "a key without Bearer": {{"Authorization", s.keys[content.RoleReader]}}} {
		a, head, err := s.send(t.Context(), `{ __typename }`, nil, headers...)
		if err != nil {
			t.Fatal(err)
		}
		if a.status != http.StatusUnauthorized || a.Errors[0].Extensions.Code != "UNAUTHENTICATED" || head.Get("WWW-Authenticate") != "Bearer" {
			t.Errorf("%s: %d %+v", name, a.status, a.Errors)
		}
	}
	if got := s.initiated(t, `{}`); got != 4401 {
		t.Errorf("a socket: %d", got)
	}
	if got := s.initiated(t, `{"Authorization":"bearer `+s.keys[content.RoleReader]+`"}`); got != 0 {
		t.Errorf("a socket with a key: %d", got)
	}
	s.mustSend(t, `{ __typename }`, nil, s.as(content.RoleReader))
}

// TestIntrospectionNeedsNoContent requests the schema while there is no database.
func TestIntrospectionNeedsNoContent(t *testing.T) {
	s := start(t, "--mongodb-uri", "mongodb://127.0.0.1:1/?directConnection=true")
	data := s.mustAsk(t, `{ __typename __schema { queryType { name } } __type(name: "Pattern") { name } }`, nil)
	if at(data, "__schema", "queryType", "name") != "Query" || at(data, "__type", "name") != "Pattern" || data["__typename"] != "Query" {
		t.Errorf("got %v", data)
	}
	if status, _ := get(t, strings.TrimSuffix(s.url, "/graphql")+"/playground/"); status != http.StatusOK {
		t.Errorf("the playground: %d", status)
	}
	if a, err := s.ask(t.Context(), `{ __typename patterns { totalCount } }`, nil); err != nil || len(a.Errors) != 1 || a.Errors[0].Extensions.Code != "UNAVAILABLE" {
		t.Errorf("content: %+v, %v", a, err)
	}
}
