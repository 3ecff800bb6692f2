package web_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"

	"patternhub/internal/web"
)

// TestCredentialsThatCannotBeRead checks that every transport refuses them in the same way, without
// a look-up.
func TestCredentialsThatCannotBeRead(t *testing.T) {
	for name, headers := range map[string][]string{
		"a key without a scheme": {"Authorization: phk_a_b"},
		"Basic":                  {"Authorization: Basic dTpw"},
		"Token":                  {"Authorization: Token phk_a_b"},
		"an empty Bearer":        {"Authorization: Bearer"},
		"Bearer and a blank":     {"Authorization: Bearer  "},
		"two tokens":             {"Authorization: Bearer a b"},
		"a list":                 {"Authorization: Bearer a, Bearer b"},
		"no blank":               {"Authorization: Bearer:phk_a_b"},
		"twice":                  {"Authorization: Bearer a", "Authorization: Bearer b"},
		"two preview tokens":     {"X-Preview-Token: a", "X-Preview-Token: b"},
		"X-Api-Key":              {"X-Api-Key: phk_a_b"},
		"X-Auth-Token":           {"X-Auth-Token: phk_a_b"},
		"any header":             {"X-Hub-Key: Bearer phk_a_b"},
		"a header of proxies":    {"Proxy-Authorization: Bearer phk_a_b"},
		"a cookie":               {"Cookie: a=1; token=phk_a_b"},
	} {
		t.Run(name, func(t *testing.T) {
			var got []web.Credentials
			s := mustServer(t, web.Options{Authenticate: keyed(&got)})
			h := s.listen(t)
			for transport, request := range map[string]struct{ method, accept, body string }{
				"POST": {http.MethodPost, "application/json", `{"query":"{hello}"}`}, "GET": {http.MethodGet, "application/graphql-response+json", ""},
				"events": {http.MethodPost, "text/event-stream", `{"query":"{hello}"}`}, "a socket": {http.MethodGet, "", ""},
			} {
				r, err := http.NewRequestWithContext(t.Context(), request.method, h.URL+"/graphql?query={hello}", strings.NewReader(request.body))
				if err != nil {
					t.Fatal(err)
				}
				if request.body != "" {
					r.Header.Set("Content-Type", "application/json")
				}
				if r.Header.Set("Accept", request.accept); request.accept == "" {
					r.Header = http.Header{
						"Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Version": {"13"},
						"Sec-Websocket-Key": {"AAAAAAAAAAAAAAAAAAAAAA=="}, "Sec-Websocket-Protocol": {protocol},
					}
				}
				for _, line := range headers {
					name, value, _ := strings.Cut(line, ": ")
					r.Header.Add(name, value)
				}
				resp, err := http.DefaultClient.Do(r)
				if err != nil {
					t.Fatal(err)
				}
				body, err := io.ReadAll(resp.Body)
				_ = resp.Body.Close()
				if err != nil || resp.StatusCode != http.StatusUnauthorized || resp.Header.Get("WWW-Authenticate") != "Bearer" ||
					!strings.Contains(string(body), "UNAUTHENTICATED") || !strings.Contains(string(body), "Authorization: Bearer phk_...") {
					t.Errorf("%s: %d %v %s", transport, resp.StatusCode, err, body)
				}
			}
			if len(got) > 0 {
				t.Errorf("looked up %v", got)
			}
		})
	}
}

// TestCredentialsOfOthers checks that credentials for other services are ignored.
func TestCredentialsOfOthers(t *testing.T) {
	s := mustServer(t, web.Options{})
	for _, h := range []string{"X-Api-Key: of-a-gateway", "Cookie: session=1", "Referer: https://a.example/?key=phk_a_b", "Authorization: "} {
		if a := s.send(t, http.MethodGet, getQuery("{hello}"), "", h); a.status != 200 {
			t.Errorf("%s: %d %s", h, a.status, a.body)
		}
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, getQuery("{hello}"), http.NoBody)
	r.Header = http.Header{"X-Perspective": {"drafts", "published"}}
	w := httptest.NewRecorder()
	if s.Public().ServeHTTP(w, r); w.Code != http.StatusBadRequest {
		t.Errorf("two perspectives: %d %s", w.Code, w.Body)
	}
}

func TestConnectionParams(t *testing.T) {
	key, all := web.Credentials{Token: "k"}, web.Credentials{Token: "k", Perspective: "drafts", Preview: "p"}
	for payload, want := range map[string]web.Credentials{
		`{"Authorization":"Bearer k"}`:                                                                    key,
		`{"AUTHORIZATION":"bearer k"}`:                                                                    key,
		`{"headers":{"Authorization":"Bearer k"}}`:                                                        key,
		`{"Headers":{"authorization":"Bearer k"}}`:                                                        key,
		`{"headers":{"Authorization":"Bearer k"},"authorization":"Bearer k"}`:                             key,
		`{"headers":{"authorization":"Bearer k","x-perspective":"drafts","x-preview-token":"p"}}`:         all,
		`{"Authorization":"Bearer k","headers":{"X-Perspective":"drafts"},"X-PREVIEW-TOKEN":"p"}`:         all,
		`{"Authorization":null,"headers":null,"token":null,"apiKey":"","password":false}`:                 {},
		`{"Authorization":"","headers":{"authorization":""}}`:                                             {},
		`{"clientName":"app","author":"me","x-csrf-token":"t","keyboard":"de","n":[1,{"m":null}],"u":{}}`: {},
	} {
		t.Run(payload, func(t *testing.T) {
			var got []web.Credentials
			c := mustDial(t, mustServer(t, web.Options{Authenticate: keyed(&got)}).listen(t), protocol)
			c.send(`{"type":"connection_init","payload":` + payload + `}`)
			c.expect("connection_ack")
			if diff := cmp.Diff([]web.Credentials{want}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestConnectionParamsThatAreNotUnderstood(t *testing.T) {
	payloads := []string{
		`{"Authorization":"phk_a_b"}`, `{"Authorization":"Basic dTpw"}`, `{"Authorization":"Bearer"}`, `{"Authorization":["Bearer k"]}`, `{"Authorization":1}`,
		`{"headers":{"Authorization":"Token k"}}`, `{"headers":{"Authorization":{}}}`, `{"Authorization":"Bearer k","authorization":"Bearer l"}`,
		`{"Authorization":"Bearer k","headers":{"Authorization":"Bearer l"}}`, `{"X-Perspective":1}`, `{"headers":{"x-preview-token":[]}}`,
		`{"http":{"headers":{"Authorization":"Bearer k"}}}`, `{"headers":[["Authorization","Bearer k"]]}`, `{"headers":"Bearer k"}`,
		`{"anything":"phk_a_b"}`, `{"anything":{"else":["Bearer k"]}}`, `{"perspective":"drafts"}`,
	}
	for _, name := range []string{
		"token", "authToken", "auth_token", "apiKey", "api-key", "x-api-key", "X-API-Key", "jwt", "password", "accessToken", "idToken", "bearer", "auth",
		"Authorisation", "X-Authorization", "authentication", "credentials", "secret", "clientSecret", "cookie", "sessionToken", "previewToken", "preview-token",
	} {
		payloads = append(payloads, fmt.Sprintf(`{%q:"x"}`, name), fmt.Sprintf(`{"headers":{%q:"x"}}`, name), fmt.Sprintf(`{"a":{%q:1}}`, name))
	}
	for _, payload := range payloads {
		t.Run(payload, func(t *testing.T) {
			var got []web.Credentials
			c := mustDial(t, mustServer(t, web.Options{Authenticate: keyed(&got)}).listen(t), protocol)
			c.send(`{"type":"connection_init","payload":` + payload + `}`)
			_, _, err := c.conn.Read(t.Context())
			if code := websocket.CloseStatus(err); code != 4403 || !strings.Contains(err.Error(), "Bearer phk_...") {
				t.Errorf("closed with %d, %v", code, err)
			}
			if len(got) > 0 {
				t.Errorf("looked up %v", got)
			}
		})
	}
}

// TestSocketsWithoutAKey checks that they are closed with another code than sockets whose key is
// not enough.
func TestSocketsWithoutAKey(t *testing.T) {
	var got []web.Credentials
	h := mustServer(t, web.Options{Authenticate: keyed(&got)}).listen(t)
	for payload, want := range map[string]websocket.StatusCode{
		`{"X-Perspective":"drafts"}`: 4401, `{"headers":{"x-perspective":"drafts"}}`: 4401, `{"Authorization":"Bearer bad"}`: 4403,
	} {
		c := mustDial(t, h, protocol)
		c.send(`{"type":"connection_init","payload":` + payload + `}`)
		if code := c.closed(); code != want {
			t.Errorf("%s: closed with %d, want %d", payload, code, want)
		}
	}
}
