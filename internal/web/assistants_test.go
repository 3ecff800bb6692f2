package web_test

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"patternhub/internal/web"
)

// TestAssistantsAskThePublicHandler mounts a handler at /mcp that asks GraphQL. Its question is logged like
// any other, and is not the request of the assistant.
func TestAssistantsAskThePublicHandler(t *testing.T) {
	var log bytes.Buffer
	s := mustServer(t, web.Options{
		Log: slog.New(slog.NewJSONHandler(&log, nil)),
		Assistants: func(public http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				q := httptest.NewRequestWithContext(r.Context(), http.MethodPost, "/graphql", strings.NewReader(`{"query":"query Asked { hello }"}`))
				q.Header.Set("Content-Type", "application/json")
				q.Header.Set("Graphql-Client-Name", strings.Repeat("an assistant ", 20))
				public.ServeHTTP(w, q)
			})
		},
	})
	if a := s.send(t, http.MethodPost, "/mcp", "{}"); a.status != http.StatusOK || !strings.Contains(a.body, `"hello"`) {
		t.Errorf("%d %s", a.status, a.body)
	}
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	if len(lines) != 2 || !strings.Contains(lines[0], `"operation":"Asked"`) || !strings.Contains(lines[1], `"path":"/mcp"`) {
		t.Fatalf("the log is %s", log.String())
	}
	if !strings.Contains(lines[0], `"client_claims":"an assistant an`) || len(lines[0]) > 700 || strings.Contains(lines[1], "client_claims") {
		t.Errorf("the name of the client is not logged as a claim: %s", log.String())
	}
}

// TestWithoutAssistants: the path is not found, whatever serves the other paths.
func TestWithoutAssistants(t *testing.T) {
	site := func(web.Ask) (http.Handler, error) {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "site") }), nil
	}
	for name, s := range map[string]*server{"a site": mustServer(t, web.Options{Site: site}), "no site": mustServer(t, web.Options{})} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			if a := s.send(t, method, "/mcp", ""); a.status != http.StatusNotFound {
				t.Errorf("%s, %s: %d %s", name, method, a.status, a.body)
			}
		}
	}
}
