package web_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/web"
)

func TestQueries(t *testing.T) {
	s := mustServer(t, web.Options{})
	get := s.send(t, http.MethodGet, "/graphql?query="+url.QueryEscape("{hello}"), "")
	post := s.post(t, "{hello}", nil)
	for name, a := range map[string]answer{"get": get, "post": post} {
		if a.status != http.StatusOK || string(a.Data) != `{"hello":"world"}` || len(a.Errors) != 0 {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
		if a.header.Get("Content-Length") != strconv.Itoa(len(a.body)) {
			t.Errorf("%s: Content-Length %q of %d bytes", name, a.header.Get("Content-Length"), len(a.body))
		}
		if a.header.Get("X-Content-Type-Options") != "nosniff" || a.header.Get("X-Request-Id") == "" {
			t.Errorf("%s: headers %v", name, a.header)
		}
	}
	head := s.send(t, http.MethodHead, "/graphql?query="+url.QueryEscape("{hello}"), "")
	if head.status != http.StatusOK || head.body != "" || head.header.Get("Content-Length") == "" {
		t.Errorf("HEAD: %d %q %v", head.status, head.body, head.header)
	}
}

func TestMediaTypes(t *testing.T) {
	s := mustServer(t, web.Options{})
	tests := map[string]struct {
		accept string
		want   string
		status int
	}{
		"none":             {"", "application/json; charset=utf-8", 200},
		"anything":         {"*/*", "application/json; charset=utf-8", 200},
		"new":              {"application/graphql-response+json", "application/graphql-response+json; charset=utf-8", 200},
		"new preferred":    {"application/json;q=0.5, application/graphql-response+json", "application/graphql-response+json; charset=utf-8", 200},
		"old preferred":    {"application/graphql-response+json;q=0.1, application/json;q=0.9", "application/json; charset=utf-8", 200},
		"specific refused": {"application/json;q=0, */*", "application/graphql-response+json; charset=utf-8", 200},
		"range":            {"application/*", "application/json; charset=utf-8", 200},
		"other":            {"text/html", "application/json; charset=utf-8", 406},
		"other charset":    {"application/json;charset=latin1", "application/json; charset=utf-8", 406},
		"broken weight":    {"application/json;q=nan", "application/json; charset=utf-8", 406},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			headers := []string{typeJSON}
			if tt.accept != "" {
				headers = append(headers, "Accept: "+tt.accept)
			}
			a := s.send(t, http.MethodPost, "/graphql", `{"query":"{hello}"}`, headers...)
			if got := a.header.Get("Content-Type"); got != tt.want || a.status != tt.status {
				t.Errorf("got %d %q, want %d %q", a.status, got, tt.status, tt.want)
			}
		})
	}
}

func TestStatus(t *testing.T) {
	s := mustServer(t, web.Options{})
	tests := map[string]struct {
		body     string
		new, old int
		code     string
	}{
		"parse":             {`{"query":"{"}`, 400, 200, "GRAPHQL_PARSE_FAILED"},
		"validation":        {`{"query":"{nothing}"}`, 400, 200, "GRAPHQL_VALIDATION_FAILED"},
		"coercion":          {`{"query":"query($t:String!){need(text:$t)}","variables":{"t":null}}`, 400, 200, "BAD_USER_INPUT"},
		"no operation":      {`{"query":"fragment F on Query{hello}"}`, 400, 200, "GRAPHQL_VALIDATION_FAILED"},
		"several":           {`{"query":"query A{hello} query B{hello}"}`, 400, 200, "GRAPHQL_VALIDATION_FAILED"},
		"unknown operation": {`{"query":"query A{hello}","operationName":"B"}`, 400, 200, "GRAPHQL_VALIDATION_FAILED"},
		"no query":          {`{"qeury":"{hello}"}`, 400, 400, "BAD_USER_INPUT"},
		"wrong case":        {`{"Query":"{hello}"}`, 400, 400, "BAD_USER_INPUT"},
		"twice":             {`{"query":"{hello}","query":"{hello}"}`, 400, 400, "BAD_USER_INPUT"},
		"twice deep":        {`{"query":"{hello}","variables":{"a":{"b":1,"b":2}}}`, 400, 400, "BAD_USER_INPUT"},
		"two values":        {`{"query":"{hello}"} {}`, 400, 400, "BAD_USER_INPUT"},
		"no object":         {`"{hello}"`, 400, 400, "BAD_USER_INPUT"},
		"broken":            {`{"query":`, 400, 400, "BAD_USER_INPUT"},
		"half surrogate":    {`{"query":"query($t:String){echo(text:$t)}","variables":{"t":"\ud800"}}`, 400, 400, "BAD_USER_INPUT"},
		"not utf-8":         {"{\"query\":\"{hello}\",\"x\":\"\xff\"}", 400, 400, "BAD_USER_INPUT"},
		"subscription":      {`{"query":"subscription{ticks{n}}"}`, 400, 400, "BAD_USER_INPUT"},
		"field error":       {`{"query":"{fail(kind:\"coded\")}"}`, 200, 200, "NOT_FOUND"},
		"unavailable":       {`{"query":"{fail(kind:\"unavailable\")}"}`, 503, 503, "UNAVAILABLE"},
		"partly":            {`{"query":"{hello fail(kind:\"unavailable\")}"}`, 200, 200, "UNAVAILABLE"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			for accept, status := range map[string]int{acceptNew: tt.new, acceptJSON: tt.old} {
				a := s.send(t, http.MethodPost, "/graphql", tt.body, typeJSON, accept)
				if a.status != status || a.code() != tt.code {
					t.Errorf("%s: %d %s, want %d %s", accept, a.status, a.body, status, tt.code)
				}
				if a.status != 200 && strings.Contains(a.body, `"data"`) {
					t.Errorf("%s: a data entry in %s", accept, a.body)
				}
			}
		})
	}
}

func TestMethods(t *testing.T) {
	s := mustServer(t, web.Options{})
	mutation := "/graphql?query=" + url.QueryEscape(`mutation{touch(id:"1"){name}}`)
	for name, tt := range map[string]struct{ method, target, allow string }{
		"mutation by GET": {http.MethodGet, mutation, "POST"},
		"put":             {http.MethodPut, "/graphql", "GET, HEAD, POST, OPTIONS"},
		"delete":          {http.MethodDelete, "/graphql", "GET, HEAD, POST, OPTIONS"},
	} {
		t.Run(name, func(t *testing.T) {
			a := s.send(t, tt.method, tt.target, "")
			if a.status != http.StatusMethodNotAllowed || a.header.Get("Allow") != tt.allow {
				t.Errorf("got %d, Allow %q", a.status, a.header.Get("Allow"))
			}
		})
	}
	if s.graph.executed() != 0 {
		t.Error("something was executed")
	}
	if a := s.post(t, `mutation{touch(id:"1"){name}}`, nil); a.status != 200 || a.header.Get("Cache-Control") != "private, no-store" {
		t.Errorf("mutation by POST: %d %v", a.status, a.header)
	}
}

func TestContentTypes(t *testing.T) {
	s := mustServer(t, web.Options{})
	for name, tt := range map[string]struct {
		header string
		status int
	}{
		"json":       {"Content-Type: application/json", 200},
		"utf-8":      {"Content-Type: application/json; charset=UTF-8", 200},
		"latin":      {"Content-Type: application/json; charset=latin1", 415},
		"form":       {"Content-Type: application/x-www-form-urlencoded", 415},
		"text":       {"Content-Type: text/plain", 415},
		"none":       {"X-Nothing: 1", 415},
		"compressed": {"Content-Encoding: gzip", 415},
	} {
		t.Run(name, func(t *testing.T) {
			headers := []string{tt.header}
			if name == "compressed" {
				headers = append(headers, typeJSON)
			}
			if a := s.send(t, http.MethodPost, "/graphql", `{"query":"{hello}"}`, headers...); a.status != tt.status {
				t.Errorf("got %d %s, want %d", a.status, a.body, tt.status)
			}
		})
	}
}

func TestErrorsHideTheirCause(t *testing.T) {
	var log bytes.Buffer
	s := mustServer(t, web.Options{Log: slog.New(slog.NewJSONHandler(&log, nil)), NewID: func() string { return "r1" }})
	for name, tt := range map[string]struct{ query, message, code string }{
		"unknown": {`{fail(kind:"x")}`, "Internal error.", "INTERNAL"},
		"panic":   {`{boom}`, "Internal error.", "INTERNAL"},
		"coded":   {`{fail(kind:"coded")}`, "Nothing is there.", "NOT_FOUND"},
	} {
		t.Run(name, func(t *testing.T) {
			log.Reset()
			a := s.post(t, tt.query, nil)
			if len(a.Errors) != 1 || a.Errors[0].Message != tt.message || a.code() != tt.code {
				t.Fatalf("got %s", a.body)
			}
			if strings.Contains(a.body, "secret") {
				t.Errorf("the answer shows the cause: %s", a.body)
			}
			if !strings.Contains(log.String(), "secret") || !strings.Contains(log.String(), "r1") {
				t.Errorf("the log does not show the cause: %s", log.String())
			}
		})
	}
}

func TestAccessLog(t *testing.T) {
	var log bytes.Buffer
	s := mustServer(t, web.Options{Log: slog.New(slog.NewJSONHandler(&log, nil))})
	s.post(t, `query Named($t:String){echo(text:$t)}`, map[string]any{"t": "private words"})
	line := log.String()
	for _, part := range []string{`"operation":"Named"`, `"kind":"query"`, `"hash":"`, `"cost":0`, `"status":200`, `"duration":`} {
		if !strings.Contains(line, part) {
			t.Errorf("no %s in %s", part, line)
		}
	}
	if strings.Contains(line, "private words") {
		t.Errorf("variables in the log: %s", line)
	}
}

func TestDeadline(t *testing.T) {
	s := mustServer(t, web.Options{Limits: web.Limits{Deadline: 20 * time.Millisecond}})
	a := s.post(t, "{slow}", nil)
	if a.status != http.StatusGatewayTimeout || a.code() != "TIMEOUT" || a.Data != nil {
		t.Errorf("got %d %s", a.status, a.body)
	}
}

func TestConcurrency(t *testing.T) {
	s := mustServer(t, web.Options{Limits: web.Limits{Concurrent: 1}})
	first := make(chan answer)
	go func() { first <- s.post(t, "{slow}", nil) }()
	<-s.graph.started
	a := s.post(t, "{hello}", nil)
	if a.status != http.StatusServiceUnavailable || a.header.Get("Retry-After") != "1" || a.code() != "UNAVAILABLE" {
		t.Errorf("over the limit: %d %v %s", a.status, a.header, a.body)
	}
	close(s.graph.gate)
	if a := <-first; a.status != 200 {
		t.Errorf("at the limit: %d %s", a.status, a.body)
	}
	if a := s.post(t, "{hello}", nil); a.status != 200 {
		t.Errorf("after: %d %s", a.status, a.body)
	}
}

// TestWritersLeaveSlotsToReaders checks that waiting writes hold at most a quarter of the slots, on
// every transport.
func TestWritersLeaveSlotsToReaders(t *testing.T) {
	for slots, writers := range map[int]int{1: 1, 2: 1, 4: 1, 8: 2, 11: 2, 64: 16} {
		s := mustServer(t, web.Options{Limits: web.Limits{Concurrent: slots}})
		const slow = `mutation{touch(id:"slow"){slug}}`
		answers := make(chan answer)
		for range writers {
			go func() { answers <- s.post(t, slow, nil) }()
			<-s.graph.started
		}
		for name, carry := range carriers(t, s) {
			if name == "GET" {
				continue // it has no mutations
			}
			if code, _ := carry(t, slow); code != "UNAVAILABLE" {
				t.Errorf("%d slots, one writer more by %s: %q", slots, name, code)
			}
		}
		over := s.post(t, slow, nil)
		if over.status != http.StatusServiceUnavailable || over.header.Get("Retry-After") != "1" {
			t.Errorf("%d slots, one writer more: %d %v %s", slots, over.status, over.header, over.body)
		}
		if want := slots > writers; (s.post(t, "{hello}", nil).status == http.StatusOK) != want {
			t.Errorf("%d slots: a reader beside %d writers is served: %v", slots, writers, !want)
		}
		close(s.graph.gate)
		for range writers {
			if a := <-answers; a.status != http.StatusOK {
				t.Errorf("%d slots, a writer: %d %s", slots, a.status, a.body)
			}
		}
		if a := s.post(t, `mutation{touch(id:"1"){slug}}`, nil); a.status != http.StatusOK {
			t.Errorf("%d slots, a later writer: %d %s", slots, a.status, a.body)
		}
		if metrics := s.admin(t, "/metrics").body; !strings.Contains(metrics, `limited_total{limit="writes"} 5`) {
			t.Errorf("%d slots: the metric does not count it", slots)
		}
	}
}

func TestOperationCacheKeyHasName(t *testing.T) {
	s := mustServer(t, web.Options{})
	text := `query A($t:String="a"){echo(text:$t)} query B($t:String="b"){echo(text:$t)}`
	var got []string
	for _, name := range []string{"A", "B", "A"} {
		a := s.send(t, http.MethodPost, "/graphql", `{"query":`+strconv.Quote(text)+`,"operationName":"`+name+`"}`, typeJSON)
		got = append(got, string(a.Data))
	}
	if diff := cmp.Diff([]string{`{"echo":"a"}`, `{"echo":"b"}`, `{"echo":"a"}`}, got); diff != "" {
		t.Error(diff)
	}
}
