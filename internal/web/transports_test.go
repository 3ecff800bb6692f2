package web_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"patternhub/internal/web"
)

// carrier sends a document over one transport. It returns the code of the first error, "" for an answer
// with data, and the number of bytes received.
type carrier func(t *testing.T, query string) (code string, size int)

// carriers returns all transports of a server.
func carriers(t *testing.T, s *server) map[string]carrier {
	t.Helper()
	c := mustDial(t, s.listen(t), protocol)
	c.init()
	body := func(query string) string {
		raw, err := json.Marshal(map[string]any{"query": query})
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	return map[string]carrier{
		"POST": func(t *testing.T, query string) (string, int) {
			a := s.send(t, http.MethodPost, "/graphql", body(query), typeJSON, acceptNew)
			return a.code(), len(a.body)
		},
		"batch": func(t *testing.T, query string) (string, int) {
			a, parts := s.batch(t, []string{body(query)})
			if len(parts) != 1 {
				t.Fatalf("%d %s", a.status, a.body)
			}
			return parts[0].code(), len(a.body)
		},
		"GET": func(t *testing.T, query string) (string, int) {
			a := s.send(t, http.MethodGet, "/graphql?query="+url.QueryEscape(query), "", acceptNew)
			return a.code(), len(a.body)
		},
		"event stream": func(t *testing.T, query string) (string, int) {
			a := s.send(t, http.MethodPost, "/graphql", body(query), typeJSON, "Accept: text/event-stream")
			if a.status != http.StatusOK {
				return a.code(), len(a.body)
			}
			return eventCode(t, a.body), len(a.body)
		},
		"socket": func(t *testing.T, query string) (string, int) {
			c.send(`{"type":"subscribe","id":"1","payload":` + body(query) + `}`)
			_, raw, err := c.conn.Read(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var m struct {
				Type    string
				Payload json.RawMessage
			}
			if err := json.Unmarshal(raw, &m); err != nil {
				t.Fatal(err)
			}
			if m.Type == "error" {
				return firstCode(t, []byte(`{"errors":`+string(m.Payload)+`}`)), len(raw)
			}
			c.expect("complete 1")
			return firstCode(t, m.Payload), len(raw)
		},
	}
}

// eventCode returns the code of the first error in an event stream.
func eventCode(t *testing.T, stream string) string {
	t.Helper()
	lines := bufio.NewReader(strings.NewReader(stream))
	for {
		line, err := lines.ReadString('\n')
		if errors.Is(err, io.EOF) {
			t.Fatalf("no event in %q", stream)
		}
		if data, ok := strings.CutPrefix(strings.TrimSpace(line), "data: {"); ok {
			return firstCode(t, []byte("{"+data))
		}
	}
}

func firstCode(t *testing.T, body []byte) string {
	t.Helper()
	var a answer
	if err := json.Unmarshal(body, &a); err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	return a.code()
}

// overTheLimit returns, for each limit of documents, one that is at it and one that exceeds it.
// Their bytes stay far below the limit of URLs.
func overTheLimit() map[string]struct{ at, over string } {
	return map[string]struct{ at, over string }{
		"bytes":      {"{hello}" + strings.Repeat("#", 1_993), "{hello}" + strings.Repeat("#", 1_994)},
		"tokens":     {`{pattern(slug:"a"){` + strings.Repeat("id ", 290) + "}}", `{pattern(slug:"a"){` + strings.Repeat("id ", 291) + "}}"},
		"depth":      {nested(12), nested(13)},
		"aliases":    {`{pattern(slug:"a"){` + repeat(30, "a#:id") + "}}", `{pattern(slug:"a"){` + repeat(31, "a#:id") + "}}"},
		"root":       {"{" + repeat(20, "a#:hello") + "}", "{" + repeat(21, "a#:hello") + "}"},
		"directives": {"{hello " + repeat(20, "@note") + "}", "{hello " + repeat(21, "@note") + "}"},
		"fragments":  {`{pattern(slug:"a"){` + repeat(50, "...{id}") + "}}", `{pattern(slug:"a"){` + repeat(51, "...{id}") + "}}"},
		"nodes": {
			"{patterns(first:100){nodes{related(first:99){totalCount}}}}",
			"{patterns(first:100){nodes{related(first:100){totalCount}}}}",
		},
		"cost": {
			"{patterns(first:90){nodes{related(first:54){nodes{tier{name}}}}}}",
			"{patterns(first:90){nodes{related(first:55){nodes{tier{name}}}}}}",
		},
		"introspection": {
			"{__schema{types{ofType" + strings.Repeat("{ofType", 16) + "{name}" + strings.Repeat("}", 16) + "}}}",
			"{__schema{types{ofType" + strings.Repeat("{ofType", 19) + "{name}" + strings.Repeat("}", 19) + "}}}",
		},
	}
}

// TestLimitsOnEveryTransport checks that all transports have the same limits, and that no refusal
// amplifies.
func TestLimitsOnEveryTransport(t *testing.T) {
	s := mustServer(t, web.Options{Limits: web.Limits{
		DocumentBytes: 2_000, Tokens: 300, Bucket: 1 << 30, Restore: 1 << 30, MessageBytes: 1 << 20,
	}})
	s.graph.ticks = counting(0)
	for transport, carry := range carriers(t, s) {
		for limit, tt := range overTheLimit() {
			t.Run(transport+"/"+limit, func(t *testing.T) {
				if code, _ := carry(t, tt.at); code == "LIMIT_EXCEEDED" {
					t.Errorf("at the limit: %s", code)
				}
				code, size := carry(t, tt.over)
				if code != "LIMIT_EXCEEDED" {
					t.Errorf("over the limit: %q", code)
				}
				if size > 4096 {
					t.Errorf("a refusal of %d bytes", size)
				}
			})
		}
	}
}

// TestRatesOnEveryTransport checks that one bucket pays for all of an address's transports.
func TestRatesOnEveryTransport(t *testing.T) {
	for _, transport := range []string{"POST", "GET", "event stream", "socket"} {
		t.Run(transport, func(t *testing.T) {
			// The fields return less than their price, so the rest is less than one more.
			s := mustServer(t, web.Options{Limits: web.Limits{Bucket: 150, Restore: 1, Cost: 150}})
			carry := carriers(t, s)[transport]
			if code, _ := carry(t, "{costly{name}}"); code != "" {
				t.Fatalf("within the budget: %s", code)
			}
			code, size := carry(t, "{a:costly{name}}")
			if code != "RATE_LIMITED" || size > 4096 {
				t.Errorf("over the budget: %q, %d bytes", code, size)
			}
		})
	}
}
