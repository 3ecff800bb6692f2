package web_test

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"patternhub/internal/web"
)

// one returns one request of a batch.
func one(query string) string { return `{"query":` + strconv.Quote(query) + `}` }

// batch sends requests as one batch.
func (s *server) batch(t *testing.T, requests []string, headers ...string) (answer, []answer) {
	t.Helper()
	a := s.send(t, http.MethodPost, "/graphql", "["+strings.Join(requests, ",")+"]", append([]string{typeJSON, acceptNew}, headers...)...)
	var parts []answer
	if a.header.Get("Content-Encoding") == "" && strings.HasPrefix(a.body, "[") {
		if err := json.Unmarshal([]byte(a.body), &parts); err != nil {
			t.Fatalf("%s: %v", a.body, err)
		}
	}
	return a, parts
}

// codes returns the error codes of the answers of a batch, "" for an answer with data.
func codes(parts []answer) string {
	out := make([]string, len(parts))
	for i, p := range parts {
		if out[i] = p.code(); out[i] == "" {
			out[i] = string(p.Data)
		}
	}
	return strings.Join(out, " ")
}

func TestBatches(t *testing.T) {
	const hello = `{"hello":"world"}`
	hash := strings.Repeat("0", 64)
	tests := map[string]struct {
		requests []string
		new, old int
		want     string
	}{
		"one":              {[]string{one("{hello}")}, 200, 200, hello},
		"two, in order":    {[]string{one(`{echo(text:"a")}`), one(`{echo(text:"b")}`)}, 200, 200, `{"echo":"a"} {"echo":"b"}`},
		"the same twice":   {[]string{one("{hello}"), one("{hello}")}, 200, 200, hello + " " + hello},
		"a mutation":       {[]string{one(`mutation{touch(id:"1"){slug}}`), one("{hello}")}, 200, 200, `{"touch":{"slug":"pattern-1"}} ` + hello},
		"a subscription":   {[]string{one("{hello}"), one("subscription{ticks{n}}")}, 200, 200, hello + " BAD_USER_INPUT"},
		"a faulty one":     {[]string{one("{nothing}"), one("{hello}")}, 200, 200, "GRAPHQL_VALIDATION_FAILED " + hello},
		"faulty ones":      {[]string{one("{nothing}"), one("{")}, 400, 200, "GRAPHQL_VALIDATION_FAILED GRAPHQL_PARSE_FAILED"},
		"a wrong type":     {[]string{`{"query":5}`, one("{hello}")}, 200, 200, "BAD_USER_INPUT " + hello},
		"nothing asked":    {[]string{"{}", one("{hello}")}, 200, 200, "BAD_USER_INPUT " + hello},
		"an unknown hash":  {[]string{`{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"` + hash + `"}}}`, one("{hello}")}, 200, 200, "PERSISTED_QUERY_NOT_FOUND " + hello},
		"variables":        {[]string{`{"query":"query($t:String){echo(text:$t)}","variables":{"t":"x"}}`}, 200, 200, `{"echo":"x"}`},
		"operation's name": {[]string{`{"query":"query A{hello} query B{echo(text:\"b\")}","operationName":"B"}`}, 200, 200, `{"echo":"b"}`},
		"a field's error":  {[]string{one(`{fail(kind:"coded")}`), one("{hello}")}, 200, 200, "NOT_FOUND " + hello},
		"a lost store":     {[]string{one(`{fail(kind:"unavailable")}`)}, 503, 503, "UNAVAILABLE"},
		"too costly":       {[]string{one(nested(13)), one("{hello}")}, 200, 200, "LIMIT_EXCEEDED " + hello},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			for accept, status := range map[string]int{acceptNew: tt.new, acceptJSON: tt.old, "Accept: " + acceptURQL: tt.old} {
				s := mustServer(t, web.Options{Revisions: newRevisions()})
				a, parts := s.batch(t, tt.requests, accept)
				if a.status != status || codes(parts) != tt.want {
					t.Errorf("%s: %d %s, want %d %s", accept, a.status, a.body, status, tt.want)
				}
				if a.header.Get("Cache-Control") != "private, no-store" || a.header.Get("ETag") != "" || a.header.Get("Content-Length") != strconv.Itoa(len(a.body)) {
					t.Errorf("headers are %v", a.header)
				}
			}
		})
	}
}

// TestBatchesThatAreRefused checks that none of their requests runs.
func TestBatchesThatAreRefused(t *testing.T) {
	mutation := one(`mutation{touch(id:"1"){slug}}`)
	many := func(n int) string { return "[" + strings.TrimSuffix(strings.Repeat(mutation+",", n), ",") + "]" }
	for name, tt := range map[string]struct {
		limit  int
		body   string
		accept string
		status int
		code   string
	}{
		"empty":                {0, "[]", acceptNew, 400, "BAD_USER_INPUT"},
		"empty, switched off":  {1, "[]", acceptNew, 400, "BAD_USER_INPUT"},
		"at the limit":         {0, many(10), acceptNew, 200, ""},
		"over the limit":       {0, many(11), acceptNew, 400, "LIMIT_EXCEEDED"},
		"over it, the old way": {0, many(11), acceptJSON, 400, "LIMIT_EXCEEDED"},
		"over a limit set":     {2, many(3), acceptNew, 400, "LIMIT_EXCEEDED"},
		"switched off":         {1, many(2), acceptNew, 400, "LIMIT_EXCEEDED"},
		"one, switched off":    {1, many(1), acceptNew, 400, "LIMIT_EXCEEDED"},
		"nested":               {0, "[" + many(2) + "]", acceptNew, 400, "BAD_USER_INPUT"},
		"nested behind one":    {0, "[" + mutation + ",[]]", acceptNew, 400, "BAD_USER_INPUT"},
		"null behind one":      {0, "[" + mutation + ",null]", acceptNew, 400, "BAD_USER_INPUT"},
		"a string":             {0, `["{hello}"]`, acceptNew, 400, "BAD_USER_INPUT"},
		"a key twice":          {0, `[` + mutation + `,{"query":"{hello}","query":"{hello}"}]`, acceptNew, 400, "BAD_USER_INPUT"},
		"too deep":             {0, `[` + mutation + `,{"query":"{hello}","x":` + strings.Repeat("[", 64) + strings.Repeat("]", 64) + `}]`, acceptNew, 400, "BAD_USER_INPUT"},
		"broken":               {0, "[" + mutation + ",", acceptNew, 400, "BAD_USER_INPUT"},
		"as a stream":          {0, many(2), "Accept: text/event-stream", 406, "BAD_USER_INPUT"},
	} {
		t.Run(name, func(t *testing.T) {
			s := mustServer(t, web.Options{Limits: web.Limits{Batch: tt.limit}})
			a := s.send(t, http.MethodPost, "/graphql", tt.body, typeJSON, tt.accept)
			if a.status != tt.status || a.code() != tt.code {
				t.Errorf("got %d %s, want %d %s", a.status, a.body, tt.status, tt.code)
			}
			if n := s.graph.executed(); (n == 0) != (tt.code != "") {
				t.Errorf("executed %d", n)
			}
		})
	}
}

// TestBatchesAreCharged checks that each request of a batch pays, and is refused if it cannot.
func TestBatchesAreCharged(t *testing.T) {
	c := &clock{now: time.Unix(1_000_000, 0)}
	s := mustServer(t, web.Options{Now: c.Now, Limits: web.Limits{Bucket: 105, Restore: 10}})
	// The prices are 100, then 20, which exceeds the rest, then 1 and 1.
	a, parts := s.batch(t, []string{one("{costly{name}}"), one("{patterns(first:19){nodes{slug}}}"), one("{pattern(slug:\"1\"){slug}}"), one("{pattern(slug:\"2\"){slug}}")})
	const want = `{"costly":{"name":"Conway"}} RATE_LIMITED {"pattern":{"slug":"pattern-1"}} {"pattern":{"slug":"pattern-1"}}`
	if a.status != 200 || codes(parts) != want {
		t.Errorf("got %d %s", a.status, a.body)
	}
	if a.header.Get("Retry-After") != "2" || a.header.Get("RateLimit-Remaining") != "3" {
		t.Errorf("headers are %v", a.header)
	}
	a, parts = s.batch(t, []string{one("{costly{name}}"), one("{costly{name}}")})
	if a.status != http.StatusTooManyRequests || strings.Count(codes(parts), "RATE_LIMITED") != 2 || a.header.Get("Retry-After") != "10" {
		t.Errorf("none can pay: %d %v %s", a.status, a.header, a.body)
	}
	for i, p := range parts {
		if p.Data != nil {
			t.Errorf("answer %d has data: %s", i, p.Data)
		}
	}
}

// TestBatchesTakeOneSlot checks that a batch runs one operation at a time, within the concurrency
// limit.
func TestBatchesTakeOneSlot(t *testing.T) {
	s := mustServer(t, web.Options{Limits: web.Limits{Concurrent: 2}})
	requests := []string{one(`mutation{touch(id:"slow"){slug}}`), one("{hello}"), one(`mutation{touch(id:"slow"){slug}}`)}
	first := make(chan answer)
	go func() {
		first <- s.send(t, http.MethodPost, "/graphql", "["+strings.Join(requests, ",")+"]", typeJSON, acceptNew)
	}()
	<-s.graph.started
	if n := s.graph.executed(); n != 1 {
		t.Errorf("%d run concurrently", n)
	}
	a, parts := s.batch(t, []string{requests[0], requests[1]})
	if a.status != 200 || codes(parts) != `UNAVAILABLE {"hello":"world"}` || a.header.Get("Retry-After") != "1" {
		t.Errorf("a second writer: %d %v %s", a.status, a.header, a.body)
	}
	close(s.graph.gate)
	if a := <-first; a.status != 200 || strings.Count(a.body, `"touch"`) != 2 {
		t.Errorf("got %d %s", a.status, a.body)
	}
}

// TestBatchDeadline checks that a batch has one deadline, and that requests after it do not run.
func TestBatchDeadline(t *testing.T) {
	s := mustServer(t, web.Options{Limits: web.Limits{Deadline: 50 * time.Millisecond}})
	a, parts := s.batch(t, []string{one("{hello}"), one("{slow}"), one(`mutation{touch(id:"1"){slug}}`)})
	if a.status != 200 || strings.Count(codes(parts), " TIMEOUT") != 2 || parts[0].code() != "" || s.graph.executed() != 2 {
		t.Errorf("got %d %s, %d executed", a.status, a.body, s.graph.executed())
	}
}

// TestBatchesAskOnce checks that a batch is authenticated once, and that a wrong key refuses all of it.
func TestBatchesAskOnce(t *testing.T) {
	var got []web.Credentials
	s := mustServer(t, web.Options{Authenticate: keyed(&got)})
	if _, parts := s.batch(t, []string{one("{hello}"), one("{hello}")}, "Authorization: Bearer k"); len(parts) != 2 || len(got) != 1 {
		t.Errorf("%d answers, asked %d times", len(parts), len(got))
	}
	if a, _ := s.batch(t, []string{one("{hello}"), one("{hello}")}, "Authorization: Bearer bad"); a.status != 401 || a.code() != "UNAUTHENTICATED" {
		t.Errorf("a wrong key: %d %s", a.status, a.body)
	}
}

func TestBatchesAreCompressed(t *testing.T) {
	s := mustServer(t, web.Options{Revisions: newRevisions()})
	requests := []string{one("{patterns(first:100){nodes{slug}}}"), one("{viewer{name}}")}
	plain, _ := s.batch(t, requests)
	for range 2 {
		a, _ := s.batch(t, requests, "Accept-Encoding: gzip")
		z, err := gzip.NewReader(strings.NewReader(a.body))
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(z)
		if err != nil || !json.Valid(raw) || a.header.Get("Content-Encoding") != "gzip" || len(a.body) >= len(plain.body) {
			t.Errorf("got %v, %v, %d bytes of %d", err, a.header, len(a.body), len(plain.body))
		}
	}
}
