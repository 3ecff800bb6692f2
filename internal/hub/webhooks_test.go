package hub_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"patternhub/internal/content"
	"patternhub/internal/mongodb/mongotest"
)

// delivery is a request that a receiver got.
type delivery struct {
	header http.Header
	body   string
}

// receiver collects deliveries.
type receiver struct {
	*httptest.Server
	mu  sync.Mutex
	all []delivery
	got chan delivery
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{got: make(chan delivery, 1000)}
	r.Server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, q *http.Request) {
		body, _ := io.ReadAll(q.Body)
		d := delivery{header: q.Header.Clone(), body: string(body)}
		r.mu.Lock()
		r.all = append(r.all, d)
		r.mu.Unlock()
		r.got <- d
	}))
	t.Cleanup(r.Close)
	return r
}

// wait returns the next delivery.
func (r *receiver) wait(t *testing.T) delivery {
	t.Helper()
	select {
	case d := <-r.got:
		return d
	case <-time.After(waitLimit):
		t.Fatal("no delivery came")
		return delivery{}
	}
}

// adminKey creates a key on the command line.
func adminKey(t *testing.T, uri, database string) string {
	t.Helper()
	var out bytes.Buffer
	err := run(t.Context(), []string{"keys", "create", "--role", "admin", "--mongodb-uri", uri, "--mongodb-database", database}, func(string) string { return "" }, &out)
	if err != nil {
		t.Fatal(err)
	}
	token, _, _ := strings.Cut(out.String(), "\n")
	return token
}

// as sends a query with a key and returns the answer.
func as(t *testing.T, url, key, query string, variables map[string]any) *answer {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	a := &answer{status: resp.StatusCode}
	if err := json.NewDecoder(resp.Body).Decode(a); err != nil {
		t.Fatal(err)
	}
	return a
}

const createEndpoint = `mutation ($input: WebhookEndpointCreateInput!) { webhookEndpointCreate(input: $input) {
	endpoint { id enabled } secret userErrors { field message code } } }`

// mustEndpoint creates an endpoint and returns its id and secret.
func mustEndpoint(t *testing.T, url, key string, input map[string]any) (id, secret string) {
	t.Helper()
	a := as(t, url, key, createEndpoint, map[string]any{"input": input})
	if len(a.Errors) > 0 || len(at(a.Data, "webhookEndpointCreate", "userErrors").([]any)) > 0 {
		t.Fatalf("%+v", a)
	}
	made := at(a.Data, "webhookEndpointCreate")
	return at(made, "endpoint", "id").(string), at(made, "secret").(string)
}

func TestWebhooksOverGraphQL(t *testing.T) {
	uri, database := mongotest.Open(t)
	s := start(t, "--mongodb-uri", uri, "--mongodb-database", database, "--webhook-allow-private", "on")
	s.mustHear(t, "^Ready")
	key, e, r := adminKey(t, uri, database), newEditor(t, uri, database), newReceiver(t)
	id, secret := mustEndpoint(t, s.url, key, map[string]any{
		"url": r.URL, "types": []string{"PATTERN"}, "selection": "{ name revision ... on Pattern { tier { name } body { wordCount } } } # done",
	})
	e.edit(t, "saga", "Saga, revised")
	d := r.wait(t)
	hook, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	if err := hook.Verify([]byte(d.body), d.header); err != nil {
		t.Error(err)
	}
	var payload struct {
		Data struct {
			Slug, Token string
			Tags        []string
			Entry       map[string]any
		}
	}
	if err := json.Unmarshal([]byte(d.body), &payload); err != nil {
		t.Fatal(err)
	}
	shown := payload.Data.Entry
	if fmt.Sprint(payload.Data.Tags) != "[pattern:saga pattern]" || at(shown, "name") != "Saga, revised" || at(shown, "tier", "name") != "Gold" || at(shown, "body", "wordCount").(float64) < 100 {
		t.Errorf("payload is %s", d.body)
	}
	if a := s.mustAsk(t, `query ($t: SyncToken) { sync(since: $t) { changes { __typename } } }`, map[string]any{"t": payload.Data.Token}); len(at(a, "sync", "changes").([]any)) != 0 {
		t.Errorf("after the payload's token comes %v", a)
	}
	headers, err := json.Marshal(map[string]string{
		"webhook-id": d.header.Get("webhook-id"), "webhook-timestamp": d.header.Get("webhook-timestamp"), "webhook-signature": d.header.Get("webhook-signature"),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Run("npm", func(t *testing.T) {
		if out := node(t, "webhook.mjs", secret, string(headers), d.body); !strings.Contains(out, "ok") {
			t.Errorf("got %s", out)
		}
	})
	s.checkDeliveries(t, key, id, r)
}

// checkDeliveries reads the log of the only delivery so far, redelivers it, and deletes the
// endpoint.
func (s *service) checkDeliveries(t *testing.T, key, id string, r *receiver) {
	t.Helper()
	const log = `query ($e: ID!) { webhookEndpoints { id url } webhookDeliveries(first: 1, filter: {endpoint: $e, status: {in: [DELIVERED]}}) {
		totalCount nodes { id message status body endpoint { id } entry event attempts { statusCode milliseconds } } pageInfo { hasNextPage } } }`
	var list any
	ctx, cancel := context.WithTimeout(t.Context(), waitLimit)
	defer cancel()
	for list = nil; ctx.Err() == nil; { // the receiver gets it a moment before the log does
		a := as(t, s.url, key, log, map[string]any{"e": id})
		if len(a.Errors) > 0 {
			t.Fatalf("%+v", a.Errors)
		}
		if list = at(a.Data, "webhookDeliveries"); at(list, "totalCount") == float64(1) {
			break
		}
	}
	first := at(list, "nodes").([]any)[0]
	if at(first, "endpoint", "id") != id || at(first, "event") != "ENTRY_PUBLISHED" || at(first.(map[string]any)["attempts"].([]any)[0], "statusCode") != float64(200) {
		t.Errorf("the log has %v", first)
	}
	again := as(t, s.url, key, `mutation ($id: ID!) { webhookRedeliver(id: $id) { delivery { status } userErrors { code } } }`, map[string]any{"id": at(first, "id")})
	if len(again.Errors) > 0 || at(again.Data, "webhookRedeliver", "delivery", "status") != "PENDING" {
		t.Errorf("redelivery: %+v", again)
	}
	if d := r.wait(t); d.header.Get("webhook-id") != at(first, "message") || d.body != at(first, "body") {
		t.Errorf("delivered again as %s %s", d.header.Get("webhook-id"), d.body)
	}
	for _, want := range []string{id, ""} {
		a := as(t, s.url, key, `mutation ($id: ID!) { webhookEndpointDelete(id: $id) { deleted userErrors { code } } }`, map[string]any{"id": id})
		if got, _ := at(a.Data, "webhookEndpointDelete", "deleted").(string); got != want {
			t.Errorf("deleted %q, want %q: %+v", got, want, a)
		}
	}
}

func TestWebhooksAreForAdmins(t *testing.T) {
	uri, database := mongotest.Open(t)
	s := start(t, "--mongodb-uri", uri, "--mongodb-database", database)
	s.mustHear(t, "^Ready")
	key := adminKey(t, uri, database)
	for _, query := range []string{
		`{ webhookEndpoints { id } }`, `{ webhookDeliveries { totalCount } }`,
		`mutation { webhookEndpointCreate(input: {url: "https://example.org"}) { secret } }`, fmt.Sprintf(`mutation { webhookRedeliver(id: %q) { userErrors { code } } }`, content.ID{Type: content.NonEntryWebhookDelivery, Key: "x"}),
	} {
		if a := as(t, s.url, "", query, nil); len(a.Errors) == 0 || a.Errors[0].Extensions.Code != "UNAUTHENTICATED" {
			t.Errorf("%s: %+v", query, a)
		}
	}
	for name, tt := range map[string]struct {
		input map[string]any
		field string
	}{
		"private address": {map[string]any{"url": "https://127.0.0.1/"}, "[input url]"},
		"no selection":    {map[string]any{"url": "https://example.org", "selection": "name"}, "[input selection]"},
		"unknown field":   {map[string]any{"url": "https://example.org", "selection": "{ nope }"}, "[input selection]"},
		"breaks out":      {map[string]any{"url": "https://example.org", "selection": "{ name } } } query Q { viewer { accessRole"}, "[input selection]"},
		"two operations":  {map[string]any{"url": "https://example.org", "selection": "{ name } { name }"}, "[input selection]"},
		"too deep":        {map[string]any{"url": "https://example.org", "selection": "{ name " + strings.Repeat("... on Pattern { tier { patterns { nodes { id ", 9) + strings.Repeat("} } } } ", 9) + "}"}, "[input selection]"},
	} {
		t.Run(name, func(t *testing.T) {
			a := as(t, s.url, key, createEndpoint, map[string]any{"input": tt.input})
			wrong, _ := at(a.Data, "webhookEndpointCreate", "userErrors").([]any)
			if len(wrong) != 1 || fmt.Sprint(at(wrong[0], "field")) != tt.field {
				t.Errorf("got %+v", a)
			}
		})
	}
}

// TestEveryMutationHappensOnceUnderItsKey sends the mutations that write no entry twice under one key.
func TestEveryMutationHappensOnceUnderItsKey(t *testing.T) {
	uri, database := mongotest.Open(t)
	s := start(t, "--mongodb-uri", uri, "--mongodb-database", database)
	s.mustHear(t, "^Ready")
	key := adminKey(t, uri, database)
	id := ""
	for _, tt := range []struct{ name, field, answer, change string }{
		{"create", `webhookEndpointCreate(input: {url: "https://example.org/A"})`, "endpoint { id createdAt } secret", "https://example.org/B"},
		{"rotate", `webhookEndpointUpdate(id: "ID", input: {description: "A", rotateSecret: true})`, "endpoint { updatedAt } secret", `description: "B"`},
		{"preview", `previewTokenCreate(minutes: 5)`, "token expiresAt", "minutes: 6"},
		{"preview of an entry", fmt.Sprintf("previewCreate(ids: [%q], minutes: 5)", content.ID{Type: content.TypePattern, Key: "saga"}), "token preview { name }", "minutes: 6"},
		{"observe", `patternHealthRecord(input: {pattern: "saga", metric: GITHUB_STARS, month: "2026-01", value: 1})`, "observation { value collectedAt }", "value: 2"},
		{"delete", `webhookEndpointDelete(id: "ID")`, "deleted", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			send := func(field string) any {
				query := fmt.Sprintf("mutation { it: %s @idempotent(key: %q) { %s userErrors { code } } }", strings.ReplaceAll(field, "ID", id), tt.name, tt.answer)
				a := as(t, s.url, key, query, nil)
				if len(a.Errors) > 0 {
					t.Fatalf("%s: %+v", query, a.Errors)
				}
				return at(a.Data, "it")
			}
			first, second := send(tt.field), send(tt.field)
			if len(at(first, "userErrors").([]any)) > 0 || fmt.Sprint(first) != fmt.Sprint(second) {
				t.Errorf("%v, and again %v", first, second)
			}
			if tt.name == "create" {
				id = at(first, "endpoint", "id").(string)
			}
			if tt.change == "" {
				return
			}
			was := strings.NewReplacer("B", "A", "6", "5", "2", "1").Replace(tt.change)
			other := send(strings.Replace(tt.field, was, tt.change, 1))
			if wrong := at(other, "userErrors").([]any); len(wrong) != 1 || at(wrong[0], "code") != "IDEMPOTENCY_MISMATCH" {
				t.Errorf("another input: %v", other)
			}
		})
	}
}

// child is the program in a process of its own.
type child struct {
	url  string
	kill func()
}

func startChild(t *testing.T, args ...string) *child {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(context.WithoutCancel(t.Context()), binary, append([]string{"serve", "--addr", "127.0.0.1:0", "--admin-addr", "off"}, args...)...)
	c.Env = append(os.Environ(), asProgram+"=1")
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	var once sync.Once
	p := &child{kill: func() { once.Do(func() { _ = c.Process.Kill(); _ = c.Wait() }) }}
	t.Cleanup(p.kill)
	scanner := bufio.NewScanner(out)
	for scanner.Scan() {
		if u, ok := strings.CutPrefix(scanner.Text(), "GraphQL:"); ok {
			p.url = strings.TrimSpace(u)
		}
		if strings.HasPrefix(scanner.Text(), "Ready") {
			go io.Copy(io.Discard, out)
			return p
		}
	}
	t.Fatal("the program ended before it was ready")
	return nil
}

// TestKilledHubsLoseNoDelivery kills the program at random moments during publishes: every publish is
// delivered at least once, and always under one id with one body.
func TestKilledHubsLoseNoDelivery(t *testing.T) {
	uri, database := mongotest.Open(t)
	args := []string{"--mongodb-uri", uri, "--mongodb-database", database, "--webhook-allow-private", "on"}
	hub := startChild(t, args...)
	e, r := newEditor(t, uri, database), newReceiver(t)
	mustEndpoint(t, hub.url, adminKey(t, uri, database), map[string]any{"url": r.URL, "events": []string{"ENTRY_PUBLISHED"}})
	const rounds, publishes = 3, 12
	for round := range rounds {
		die := rand.IntN(publishes)
		for i := range publishes {
			e.edit(t, "saga", fmt.Sprint("Saga ", round, " ", i))
			if i == die {
				hub.kill()
			}
		}
		hub = startChild(t, args...)
	}
	revisions := map[float64]string{}
	bodies := map[string]string{}
	for len(revisions) < rounds*publishes {
		d := r.wait(t)
		var p struct{ Data struct{ Revision float64 } }
		if err := json.Unmarshal([]byte(d.body), &p); err != nil {
			t.Fatal(err)
		}
		id := d.header.Get("webhook-id")
		if before, ok := revisions[p.Data.Revision]; ok && before != id {
			t.Errorf("revision %v came as %s and as %s", p.Data.Revision, before, id)
		}
		if before, ok := bodies[id]; ok && before != d.body {
			t.Errorf("%s came with two bodies", id)
		}
		revisions[p.Data.Revision], bodies[id] = id, d.body
	}
	for n := 2.0; n < 2+rounds*publishes; n++ {
		if revisions[n] == "" {
			t.Errorf("revision %v was never delivered", n)
		}
	}
}
