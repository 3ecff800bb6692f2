package web_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/web"
)

func hash(text string) string {
	s := sha256.Sum256([]byte(text))
	return hex.EncodeToString(s[:])
}

// apq returns a request body with the persistedQuery extension.
func apq(query, sha string) string {
	body := map[string]any{"extensions": map[string]any{"persistedQuery": map[string]any{"version": 1, "sha256Hash": sha}}}
	if query != "" {
		body["query"] = query
	}
	raw, _ := json.Marshal(body)
	return string(raw)
}

func TestPersistedQueries(t *testing.T) {
	s := mustServer(t, web.Options{})
	const query = `{pattern(slug:"a"){slug}}`
	post := func(body, accept string) answer {
		return s.send(t, http.MethodPost, "/graphql", body, typeJSON, accept)
	}
	if a := post(apq("", hash(query)), acceptJSON); a.status != 200 || a.Errors[0].Message != "PersistedQueryNotFound" || a.code() != "PERSISTED_QUERY_NOT_FOUND" {
		t.Errorf("unknown: %d %s", a.status, a.body)
	}
	if a := post(apq("", hash(query)), acceptNew); a.status != 400 || a.Data != nil {
		t.Errorf("unknown, current media type: %d %s", a.status, a.body)
	}
	if a := post(apq(query, hash(query)), acceptNew); a.status != 200 || a.Data == nil {
		t.Errorf("registered: %d %s", a.status, a.body)
	}
	if a := post(apq("", hash(query)), acceptNew); a.status != 200 || string(a.Data) != `{"pattern":{"slug":"pattern-1"}}` {
		t.Errorf("by hash: %d %s", a.status, a.body)
	}
	extension := url.QueryEscape(`{"persistedQuery":{"version":1,"sha256Hash":"` + hash(query) + `"}}`)
	if a := s.send(t, http.MethodGet, "/graphql?extensions="+extension, ""); a.status != 200 || a.Data == nil {
		t.Errorf("by GET: %d %s", a.status, a.body)
	}
}

func TestOnlyValidDocumentsArePersisted(t *testing.T) {
	s := mustServer(t, web.Options{})
	for name, query := range map[string]string{"invalid": "{nothing}", "too deep": nested(13)} {
		s.send(t, http.MethodPost, "/graphql", apq(query, hash(query)), typeJSON)
		if a := s.send(t, http.MethodPost, "/graphql", apq("", hash(query)), typeJSON); a.code() != "PERSISTED_QUERY_NOT_FOUND" {
			t.Errorf("%s: %s", name, a.body)
		}
	}
	for name, body := range map[string]string{
		"other hash":  apq("{hello}", hash("{other}")),
		"short hash":  apq("{hello}", "abc"),
		"upper case":  apq("{hello}", strings.ToUpper(hash("{hello}"))),
		"not hex":     apq("{hello}", strings.Repeat("z", 64)),
		"version":     strings.Replace(apq("{hello}", hash("{hello}")), `"version":1`, `"version":2`, 1),
		"not a map":   `{"query":"{hello}","extensions":{"persistedQuery":1}}`,
		"hash number": `{"query":"{hello}","extensions":{"persistedQuery":{"version":1,"sha256Hash":1}}}`,
	} {
		if a := s.send(t, http.MethodPost, "/graphql", body, typeJSON); a.status != 400 || a.code() != "BAD_USER_INPUT" {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
}

func TestTrustedDocuments(t *testing.T) {
	const query, other = "query Known{hello}", "query Other{hello}"
	manifest, err := web.ParseManifest([]byte(`{"sha256:` + hash(query) + `":"` + query + `","plain":"` + query + `"}`))
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	tests := map[web.Trust]struct {
		wantStatus int
		logged     bool
	}{
		web.TrustOff: {200, false}, web.TrustLog: {200, true}, web.TrustEnforce: {403, false},
	}
	for mode, tt := range tests {
		t.Run(string(mode), func(t *testing.T) {
			log.Reset()
			s := mustServer(t, web.Options{Documents: manifest, Trust: mode, Log: slog.New(slog.NewJSONHandler(&log, nil))})
			for _, id := range []string{"sha256:" + hash(query), hash(query), "plain"} {
				if a := s.send(t, http.MethodPost, "/graphql", `{"documentId":"`+id+`"}`, typeJSON); a.status != 200 || a.Data == nil {
					t.Errorf("%s: %d %s", id, a.status, a.body)
				}
				if a := s.send(t, http.MethodGet, "/graphql?documentId="+url.QueryEscape(id), ""); a.status != 200 || a.Data == nil {
					t.Errorf("%s by GET: %d %s", id, a.status, a.body)
				}
			}
			if a := s.send(t, http.MethodPost, "/graphql", apq("", hash(query)), typeJSON); a.Data == nil {
				t.Errorf("by APQ: %s", a.body)
			}
			if a := s.post(t, query, nil); a.status != 200 {
				t.Errorf("a trusted document: %d %s", a.status, a.body)
			}
			if a := s.post(t, other, nil); a.status != tt.wantStatus {
				t.Errorf("another document: %d %s", a.status, a.body)
			}
			if got := strings.Contains(log.String(), "document is not trusted"); got != tt.logged {
				t.Errorf("logged: %v", got)
			}
			if a := s.send(t, http.MethodPost, "/graphql", `{"documentId":"unknown"}`, typeJSON); a.code() != "PERSISTED_QUERY_NOT_FOUND" {
				t.Errorf("an unknown id: %s", a.body)
			}
			if a := s.send(t, http.MethodPost, "/graphql", `{"documentId":"plain","query":"{hello}"}`, typeJSON); a.status != 400 {
				t.Errorf("both: %d", a.status)
			}
		})
	}
}

func TestManifest(t *testing.T) {
	got, err := web.ParseManifest([]byte(`{"a":"{hello}"}`))
	if diff := cmp.Diff(map[string]string{"a": "{hello}"}, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
	for _, raw := range []string{"", "[]", `{"a":1}`} {
		if _, err := web.ParseManifest([]byte(raw)); err == nil {
			t.Errorf("%q was accepted", raw)
		}
	}
}

func TestDryRun(t *testing.T) {
	c := &clock{now: time.Unix(1_000_000, 0)}
	s := mustServer(t, web.Options{Now: c.Now})
	query := "query($dry:Boolean){patterns{nodes{slug}} rateLimit(dryRun:$dry){cost}}"
	full := s.post(t, query, map[string]any{"dry": false})
	if !strings.Contains(full.body, "patterns") {
		t.Errorf("not a dry run: %s", full.body)
	}
	dry := s.post(t, query, map[string]any{"dry": true})
	cost, _ := dry.Extensions["cost"].(map[string]any)
	if string(dry.Data) != `{"rateLimit":{"cost":1}}` || cost["requestedQueryCost"] != 22.0 {
		t.Errorf("a dry run: %s", dry.body)
	}
	// A dry run is charged only for the rateLimit object.
	if full, dry := full.header.Get("RateLimit-Remaining"), dry.header.Get("RateLimit-Remaining"); full != "19978" || dry != "19977" {
		t.Errorf("remaining %s, then %s", full, dry)
	}
	literal := s.post(t, "{patterns{nodes{slug}} ...F} fragment F on Query{rateLimit(dryRun:true){cost}}", nil)
	if string(literal.Data) != `{"rateLimit":{"cost":1}}` {
		t.Errorf("in a fragment: %s", literal.body)
	}
}
