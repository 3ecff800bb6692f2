package web_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"patternhub/internal/web"
)

// TestOptionsAreChecked shows that unsafe or incomplete options are refused before the server listens.
func TestOptionsAreChecked(t *testing.T) {
	g := newGraph(t)
	for name, o := range map[string]web.Options{
		"no schema":              {},
		"credentials for anyone": {Schema: g, Origins: []string{"*"}, Credentials: true},
		"unknown trust":          {Schema: g, Trust: "sometimes"},
	} {
		if _, err := web.New(o); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// TestCrossOrigin checks which pages of other sites may read answers, with a preflight and without one.
// The answer never names an origin that is not allowed.
func TestCrossOrigin(t *testing.T) {
	tests := map[string]struct {
		options web.Options
		origin  string
		allowed string
	}{
		"public":        {web.Options{}, "https://other.example", "*"},
		"listed":        {web.Options{Origins: []string{"https://a.example"}}, "https://a.example", "https://a.example"},
		"not listed":    {web.Options{Origins: []string{"https://a.example"}}, "https://b.example", ""},
		"wildcard":      {web.Options{Origins: []string{"https://*.a.example"}}, "https://x.a.example", "https://x.a.example"},
		"locked":        {web.Options{Locked: true}, "https://a.example", ""},
		"same scheme's": {web.Options{Origins: []string{"https://a.example"}}, "http://a.example", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := mustServer(t, tt.options)
			a := s.send(t, http.MethodOptions, "/graphql", "", "Origin: "+tt.origin,
				"Access-Control-Request-Method: POST", "Access-Control-Request-Headers: authorization,content-type")
			if got := a.header.Get("Access-Control-Allow-Origin"); got != tt.allowed {
				t.Errorf("preflight allows %q, want %q", got, tt.allowed)
			}
			a = s.post(t, "{hello}", nil, "Origin: "+tt.origin)
			if got := a.header.Get("Access-Control-Allow-Origin"); got != tt.allowed {
				t.Errorf("answer allows %q, want %q", got, tt.allowed)
			}
			// CORS does not let a refused page send such a request, so it is served.
			if a.status != http.StatusOK {
				t.Errorf("got %d", a.status)
			}
			a = s.send(t, http.MethodGet, "/graphql?query="+url.QueryEscape("{hello}"), "", "Origin: "+tt.origin)
			if want := map[bool]int{true: 200, false: 403}[tt.allowed != ""]; a.status != want {
				t.Errorf("without a preflight: %d, want %d", a.status, want)
			}
		})
	}
}

// TestCrossSite checks which requests a browser may send for other sites. Requests that a page can make
// without a preflight, such as forms, images and links, are refused unless their origin is allowed.
func TestCrossSite(t *testing.T) {
	query := "/graphql?query=" + url.QueryEscape("{hello}")
	tests := map[string]struct {
		method  string
		headers []string
		status  int
	}{
		"program":                {http.MethodPost, nil, 200},
		"same origin":            {http.MethodPost, []string{"Sec-Fetch-Site: same-origin", "Origin: https://example.com"}, 200},
		"typed address":          {http.MethodGet, []string{"Sec-Fetch-Site: none"}, 200},
		"old browser, own host":  {http.MethodGet, []string{"Origin: http://example.com"}, 200},
		"old browser, other":     {http.MethodGet, []string{"Origin: https://other.example"}, 403},
		"cross-site GET":         {http.MethodGet, []string{"Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors"}, 403},
		"cross-site HEAD":        {http.MethodHead, []string{"Sec-Fetch-Site: cross-site"}, 403},
		"revalidated image":      {http.MethodGet, []string{"Sec-Fetch-Site: cross-site", `If-None-Match: "x"`}, 403},
		"reconnecting stream":    {http.MethodGet, []string{"Sec-Fetch-Site: cross-site", "Last-Event-ID: x", "Accept: text/event-stream"}, 403},
		"form":                   {http.MethodPost, []string{"Sec-Fetch-Site: cross-site", "Origin: https://other.example", "Content-Type: text/plain"}, 403},
		"form of same site":      {http.MethodPost, []string{"Sec-Fetch-Site: same-site", "Origin: https://b.example.com", "Content-Type: text/plain"}, 403},
		"form without a type":    {http.MethodPost, []string{"Sec-Fetch-Site: cross-site", "Origin: null", "Content-Type: "}, 403},
		"preflighted POST":       {http.MethodPost, []string{"Sec-Fetch-Site: cross-site", "Origin: https://other.example"}, 200},
		"preflighted GET":        {http.MethodGet, []string{"Sec-Fetch-Site: cross-site", "Origin: https://other.example", "Authorization: Bearer k"}, 200},
		"a password's GET":       {http.MethodGet, []string{"Sec-Fetch-Site: cross-site", "Authorization: Basic k"}, 403},
		"a link":                 {http.MethodGet, []string{"Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate"}, 403},
		"allowed origin":         {http.MethodGet, []string{"Sec-Fetch-Site: cross-site", "Origin: https://a.example"}, 200},
		"null origin":            {http.MethodGet, []string{"Sec-Fetch-Site: cross-site", "Origin: null"}, 403},
		"a socket of other site": {http.MethodGet, []string{"Upgrade: websocket", "Connection: Upgrade", "Origin: https://other.example"}, 403},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := mustServer(t, web.Options{Origins: []string{"https://a.example"}})
			target, body := query, ""
			if tt.method == http.MethodPost {
				target, body = "/graphql", `{"query":"{hello}"}`
			}
			if a := s.send(t, tt.method, target, body, append([]string{typeJSON}, tt.headers...)...); a.status != tt.status {
				t.Errorf("got %d %s, want %d", a.status, a.body, tt.status)
			}
		})
	}
	t.Run("public profile", func(t *testing.T) {
		s := mustServer(t, web.Options{})
		headers := []string{"Sec-Fetch-Site: cross-site", "Origin: https://other.example"}
		if a := s.send(t, http.MethodGet, query, "", headers...); a.status != 200 {
			t.Errorf("a read: %d", a.status)
		}
		form := append(slices.Clone(headers), "Content-Type: text/plain")
		if a := s.send(t, http.MethodPost, "/graphql", `{"query":"{hello}"}`, form...); a.status != 415 {
			t.Errorf("a form: %d", a.status)
		}
	})
}

// TestVary checks that answers do not vary by the origin if every site may read them.
func TestVary(t *testing.T) {
	const rest = "Accept, Accept-Encoding, Authorization, X-Perspective, X-Preview-Token"
	for name, tt := range map[string]struct {
		options web.Options
		want    []string
	}{
		"everyone": {web.Options{}, []string{rest}},
		"some":     {web.Options{Origins: []string{"https://a.example"}}, []string{"Origin", rest}},
	} {
		s := mustServer(t, tt.options)
		for _, headers := range [][]string{nil, {"Origin: https://a.example"}} {
			a := s.send(t, http.MethodGet, "/graphql?query="+url.QueryEscape("{hello}"), "", headers...)
			if got := a.header.Values("Vary"); !slices.Equal(got, tt.want) {
				t.Errorf("%s, %v: %q", name, headers, got)
			}
		}
	}
}

// TestEmptyAnswersHaveHeaders checks that a handler that writes nothing answers with all headers.
func TestEmptyAnswersHaveHeaders(t *testing.T) {
	s := mustServer(t, web.Options{})
	if a := s.send(t, http.MethodHead, "/", ""); a.status != 200 || a.header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%d %v", a.status, a.header)
	}
	if a := s.admin(t, "/metrics"); !strings.Contains(a.body, `http_requests_total{method="HEAD",path="/",status="200"} 1`) {
		t.Error("it is not counted")
	}
}

// TestLocked shows that a locked server reveals nothing of its schema: no introspection, no suggestions in
// errors and no playground.
func TestLocked(t *testing.T) {
	s := mustServer(t, web.Options{Locked: true})
	if a := s.post(t, "{__schema{queryType{name}}}", nil); a.code() != "GRAPHQL_VALIDATION_FAILED" {
		t.Errorf("__schema: %s", a.body)
	}
	for name, text := range map[string]string{
		"literal":  `{__type(name:"Law"){name}}`,
		"fragment": `{...F} fragment F on Query{__type(name:"Law"){name}}`,
		"inline":   `{...{__type(name:"Law"){name}}}`,
	} {
		if a := s.post(t, text, nil); string(a.Data) != `{"__type":null}` || len(a.Errors) != 0 {
			t.Errorf("%s: %s", name, a.body)
		}
	}
	if a := s.post(t, `query($n:String!){__type(name:$n){name}}`, map[string]any{"n": "Law"}); string(a.Data) != `{"__type":null}` {
		t.Errorf("variable: %s", a.body)
	}
	if a := s.post(t, "{hell}", nil); strings.Contains(a.body, "Did you mean") || strings.Contains(a.body, "hello") {
		t.Errorf("a suggestion: %s", a.body)
	}
	for name, text := range map[string]string{
		"argument": "{need(tex:1)}", "type": "{...on Patter{slug}}", "leaf": "{viewer}", "enum": "{echo(tier:GOLDEN)}", "input": "{echo(filter:{tie:GOLD})}",
	} {
		if a := s.post(t, text, nil); strings.Contains(a.body, "Did you mean") {
			t.Errorf("%s: a suggestion: %s", name, a.body)
		}
	}
	if a := s.send(t, http.MethodGet, "/playground/", ""); a.status != 404 {
		t.Errorf("the playground: %d", a.status)
	}
	public := mustServer(t, web.Options{})
	if a := public.post(t, "{hell}", nil); !strings.Contains(a.body, "Did you mean") {
		t.Errorf("no suggestion in public: %s", a.body)
	}
}
