package web_test

import (
	"net/http"
	"strings"
	"testing"

	"patternhub/internal/web"
)

// asks sends a browser's preflight for a request with the headers, which it lists in lower case and
// sorted.
func (s *server) asks(t *testing.T, origin, method, headers string) answer {
	t.Helper()
	asked := []string{"Origin: " + origin, "Access-Control-Request-Method: " + method, "Sec-Fetch-Mode: cors", "Sec-Fetch-Site: cross-site"}
	if headers != "" {
		asked = append(asked, "Access-Control-Request-Headers: "+headers)
	}
	return s.send(t, http.MethodOptions, "/graphql", "", asked...)
}

// TestPreflights sends preflights for the headers of common clients, in every profile.
func TestPreflights(t *testing.T) {
	const site = "https://a.example"
	listed := []string{site}
	profiles := map[string]struct {
		options       web.Options
		common, other bool // whether the headers of common clients may be sent, and whether any may
	}{
		"public":                       {web.Options{}, true, true},
		"public, origins":              {web.Options{Origins: listed}, true, true},
		"public, origins, credentials": {web.Options{Origins: listed, Credentials: true}, true, false},
		"public, other origins":        {web.Options{Origins: []string{"https://b.example"}}, false, false},
		"public, no origins":           {web.Options{Credentials: true}, false, false},
		"locked":                       {web.Options{Locked: true}, false, false},
		"locked, origins":              {web.Options{Locked: true, Origins: listed}, true, false},
		"locked, every origin":         {web.Options{Locked: true, Origins: []string{"*"}}, true, false},
		"locked, credentials":          {web.Options{Locked: true, Origins: listed, Credentials: true}, true, false},
	}
	common := map[string]string{
		"plain fetch":       "content-type",
		"with a key":        "authorization,content-type",
		"Apollo Client":     "apollographql-client-name,apollographql-client-version,authorization,content-type",
		"Apollo's guard":    "apollo-require-preflight,content-type",
		"Apollo iOS's":      "content-type,x-apollo-operation-id,x-apollo-operation-name,x-apollo-operation-type",
		"Hot Chocolate's":   "content-type,graphql-preflight",
		"Hive's":            "content-type,graphql-client-name,graphql-client-version",
		"traced":            "baggage,content-type,sentry-trace,traceparent,tracestate",
		"a cached read":     "if-none-match",
		"drafts":            "authorization,content-type,x-after,x-perspective,x-preview-token",
		"a stream":          "cache-control,last-event-id",
		"nothing to ask of": "",
	}
	for name, p := range profiles {
		t.Run(name, func(t *testing.T) {
			s := mustServer(t, p.options)
			check := func(who, headers string, want bool) {
				t.Helper()
				for _, method := range []string{http.MethodGet, http.MethodPost} {
					h := s.asks(t, site, method, headers).header
					got := h.Get("Access-Control-Allow-Origin") != "" && h.Get("Access-Control-Allow-Headers") == headers &&
						h.Get("Access-Control-Allow-Methods") == method
					if got != want {
						t.Errorf("%s by %s: allowed %v, want %v: %v", who, method, got, want, h)
					}
					if credentials := h.Get("Access-Control-Allow-Credentials") == "true"; credentials != (want && p.options.Credentials) {
						t.Errorf("%s by %s: credentials %v", who, method, credentials)
					}
				}
			}
			for who, headers := range common {
				check(who, headers, p.common)
			}
			check("a header of its own", "content-type,x-my-tenant", p.other)
			p.options.Headers = []string{"X-My-Tenant", "X-Other"}
			s = mustServer(t, p.options)
			check("a header that is set", "content-type,x-my-tenant,x-other", p.common)
			check("common ones beside it", common["Apollo Client"], p.common)
			p.options.Headers = []string{"*"}
			s = mustServer(t, p.options)
			check("all that are set", "authorization,x-anything", p.common)
		})
	}
}

// TestExposedHeaders checks that a page may read the headers that describe an answer.
func TestExposedHeaders(t *testing.T) {
	const site = "https://a.example"
	for name, tt := range map[string]struct {
		options web.Options
		any     bool
	}{
		"public":               {web.Options{}, true},
		"public, origins":      {web.Options{Origins: []string{site}}, true},
		"credentials":          {web.Options{Origins: []string{site}, Credentials: true}, false},
		"locked, origins":      {web.Options{Locked: true, Origins: []string{site}}, false},
		"locked, every origin": {web.Options{Locked: true, Origins: []string{"*"}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			tt.options.Revisions = newRevisions()
			tt.options.Exposed = []string{"X-Cache"}
			s := mustServer(t, tt.options)
			a := s.post(t, patternQuery, nil, "Origin: "+site, "Sec-Fetch-Site: cross-site")
			exposed := ", " + strings.ToLower(a.header.Get("Access-Control-Expose-Headers")) + ", "
			// The second row holds what browsers always show, and what no page needs.
			const shown = ", cache-control, content-length, content-type, " +
				"access-control-allow-credentials, access-control-allow-origin, access-control-expose-headers, vary, x-content-type-options, "
			for h := range a.header {
				if h = ", " + strings.ToLower(h) + ", "; !strings.Contains(exposed, h) && !strings.Contains(shown, h) {
					t.Errorf("%s cannot be read: %s", h, exposed)
				}
			}
			for _, h := range []string{"retry-after", "www-authenticate", "x-cache"} {
				if !strings.Contains(exposed, ", "+h+", ") {
					t.Errorf("%s cannot be read: %s", h, exposed)
				}
			}
			if got := strings.Contains(exposed, ", *, "); got != tt.any {
				t.Errorf("anything can be read: %v, want %v", got, tt.any)
			}
		})
	}
}
