package opensearch_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/search/opensearch"
)

// noPause is a pause that takes no time.
func noPause(ctx context.Context, _ time.Duration) bool { return ctx.Err() == nil }

// serve returns a client of a server.
func serve(t *testing.T, h http.HandlerFunc) *opensearch.Client {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return mustNew(t, strings.Replace(s.URL, "http://", "http://ada:s3cret@", 1))
}

// mustNew returns a client that does not pause between its tries.
func mustNew(t *testing.T, address string) *opensearch.Client {
	t.Helper()
	c, err := opensearch.New(address, noPause)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// TestAddressesAreChecked shows that errors of a wrong address never contain the password in it, since
// they are logged at the start of the hub.
func TestAddressesAreChecked(t *testing.T) {
	for name, address := range map[string]string{
		"nothing": "", "no scheme": "ada:s3cret@host:9200", "another scheme": "ftp://ada:s3cret@host", "no host": "http://", "no address": "http://ada:s3cret@host:port\x7f",
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := opensearch.New(address, noPause); err == nil || strings.Contains(err.Error(), "s3cret") {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestCredentialsGoToTheServerOnly shows that the user and password of the address are sent as basic
// authentication, and that paths are relative to the address.
func TestCredentialsGoToTheServerOnly(t *testing.T) {
	got := ""
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		got = user + " " + password + " " + r.URL.Path
		fmt.Fprint(w, `{"count": 3}`)
	})
	var out struct{ Count int }
	if err := c.Do(t.Context(), opensearch.Request{Method: http.MethodGet, Path: "index/_count?q=x"}, &out); err != nil || out.Count != 3 {
		t.Errorf("%v, %v", out, err)
	}
	if got != "ada s3cret /index/_count" {
		t.Errorf("the server got %q", got)
	}
}

// TestFaultsOfTheServer checks that each fault is an error without the address, its user or its password.
func TestFaultsOfTheServer(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("another server was asked, with %q", r.Header.Get("Authorization"))
	}))
	defer other.Close()
	for name, answer := range map[string]http.HandlerFunc{
		"a refusal": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprint(w, `{"error": {"type": "security_exception", "reason": "no permissions"}, "status": 403}`)
		},
		"a page of a proxy": func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "<html>", http.StatusBadGateway) },
		"no JSON":           func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>") },
		"a redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
		},
		"a cut connection":  func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"an endless answer": func(w http.ResponseWriter, _ *http.Request) { _, _ = io.Copy(w, endless{}) },
		"a reason with text": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprintf(w, `{"error": {"reason": %q}}`, strings.Repeat("ä", 10_000))
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := serve(t, answer)
			err := c.Do(t.Context(), opensearch.Request{Method: http.MethodPost, Path: "index/_search", Body: map[string]any{}}, &struct{}{})
			if err == nil || strings.Contains(err.Error(), "s3cret") || strings.Contains(err.Error(), "ada") || strings.Contains(err.Error(), "http://") || len(err.Error()) > 500 {
				t.Errorf("got %v", err)
			}
		})
	}
	t.Run("nobody listens", func(t *testing.T) {
		s := httptest.NewServer(http.NotFoundHandler())
		c := mustNew(t, strings.Replace(s.URL, "http://", "http://ada:s3cret@", 1))
		s.Close()
		if err := c.Do(t.Context(), opensearch.Request{Method: http.MethodGet, Path: "x"}, nil); err == nil || strings.Contains(err.Error(), "127.0.0.1") || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("an unknown certificate", func(t *testing.T) {
		s := httptest.NewTLSServer(http.NotFoundHandler())
		defer s.Close()
		c := mustNew(t, strings.Replace(s.URL, "https://", "https://ada:s3cret@", 1))
		if err := c.Do(t.Context(), opensearch.Request{Method: http.MethodGet, Path: "x"}, nil); err == nil || !strings.Contains(err.Error(), "certificate") || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a missing index", func(t *testing.T) {
		c := serve(t, http.NotFound)
		if err := c.Do(t.Context(), opensearch.Request{Method: http.MethodGet, Path: "x"}, nil); !opensearch.NotFound(err) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("an ended context", func(t *testing.T) {
		c := serve(t, http.NotFound)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := c.Do(ctx, opensearch.Request{Method: http.MethodGet, Path: "x"}, nil); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
}

// endless is a text without an end.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

// bulk answers bulk requests with the statuses that a function returns for the ids, and remembers the
// requests.
func bulk(t *testing.T, status func(id string, attempt int) int) (c *opensearch.Client, requests *[][]string, most *int) {
	t.Helper()
	requests, most = new([][]string), new(int)
	attempts := map[string]int{}
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		*most = max(*most, len(raw))
		var list []string
		var items []string
		lines := bufio.NewScanner(bytes.NewReader(raw))
		lines.Buffer(nil, 64<<20)
		for lines.Scan() {
			var action struct {
				Index struct {
					ID      string `json:"_id"`
					Version int64  `json:"version"`
					Type    string `json:"version_type"`
				} `json:"index"`
			}
			if err := json.Unmarshal(lines.Bytes(), &action); err != nil || action.Index.Version != 7 || action.Index.Type != "external_gte" {
				t.Errorf("the action is %s (%v)", lines.Bytes(), err)
			}
			lines.Scan() // the document
			id := action.Index.ID
			attempts[id]++
			list = append(list, id)
			items = append(items, fmt.Sprintf(`{"index": {"status": %d, "error": {"type": "a_type", "reason": "a reason"}}}`, status(id, attempts[id])))
		}
		*requests = append(*requests, list)
		fmt.Fprintf(w, `{"items": [%s]}`, strings.Join(items, ","))
	}), requests, most
}

// documents returns n documents with the ids 0 to n-1, each with a source of about so many bytes.
func documents(n, bytes int) []opensearch.Document {
	var out []opensearch.Document
	for i := range n {
		out = append(out, opensearch.Document{ID: strconv.Itoa(i), Version: 7, Source: map[string]string{"x": strings.Repeat("x", bytes)}})
	}
	return out
}

// TestBulkSendsAgainWhatTheServerWasTooBusyFor shows that only refused documents are sent again. A
// conflict is no failure: the index already has a newer version.
func TestBulkSendsAgainWhatTheServerWasTooBusyFor(t *testing.T) {
	c, requests, _ := bulk(t, func(id string, attempt int) int {
		switch {
		case id == "1" && attempt < 3, id == "3" && attempt < 2:
			return http.StatusTooManyRequests
		case id == "2":
			return http.StatusConflict // the index has a newer one
		}
		return http.StatusOK
	})
	if err := c.Bulk(t.Context(), "index", documents(4, 1)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]string{{"0", "1", "2", "3"}, {"1", "3"}, {"1"}}, *requests); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestBulkGivesUp shows that a busy server is tried eight times, and that faults that do not pass by
// themselves are not tried again.
func TestBulkGivesUp(t *testing.T) {
	for name, tt := range map[string]struct{ status, requests int }{
		"too busy for long": {http.StatusTooManyRequests, 8},
		"a wrong document":  {http.StatusBadRequest, 1},
		"a missing index":   {http.StatusNotFound, 1},
	} {
		t.Run(name, func(t *testing.T) {
			c, requests, _ := bulk(t, func(string, int) int { return tt.status })
			err := c.Bulk(t.Context(), "index", documents(1, 1))
			e, ok := errors.AsType[*opensearch.Error](err)
			if !ok || e.Status != tt.status || len(*requests) != tt.requests {
				t.Errorf("got %v after %d requests", err, len(*requests))
			}
		})
	}
	t.Run("too busy for a request", func(t *testing.T) {
		n := 0
		c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			n++
			w.WriteHeader(http.StatusTooManyRequests)
		})
		if err := c.Bulk(t.Context(), "index", documents(1, 1)); err == nil || n != 8 {
			t.Errorf("got %v after %d requests", err, n)
		}
	})
}

// TestBulkRequestsAreBounded checks the limits of one request in documents and in bytes. A document that
// is larger than the limit is sent alone.
func TestBulkRequestsAreBounded(t *testing.T) {
	for name, tt := range map[string]struct{ documents, bytes, requests int }{
		"none":           {0, 0, 0},
		"many":           {1201, 1, 3},
		"large":          {10, 1 << 20, 4},
		"larger than it": {2, opensearch.MaxBulk + 1, 2},
	} {
		t.Run(name, func(t *testing.T) {
			c, requests, most := bulk(t, func(string, int) int { return http.StatusOK })
			if err := c.Bulk(t.Context(), "index", documents(tt.documents, tt.bytes)); err != nil {
				t.Fatal(err)
			}
			n := 0
			for _, r := range *requests {
				n += len(r)
			}
			if len(*requests) != tt.requests || n != tt.documents || *most > opensearch.MaxBulk && tt.bytes < opensearch.MaxBulk {
				t.Errorf("%d requests for %d documents, the largest of %d bytes", len(*requests), n, *most)
			}
		})
	}
}
