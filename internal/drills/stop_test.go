package drills_test

import (
	"bufio"
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
)

const subscription = `subscription { entryChanged { ... on EntryUpsert { token revision reread entry { slug } } ... on EntryDeletion { token } } }`

// mustStream opens an event stream of a subscription.
func (h *hub) mustStream(ctx context.Context, t *testing.T) *bufio.Scanner {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, h.url+"?query="+url.QueryEscape(subscription), http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "text/event-stream")
	// It ends with the test; the client's timeout does not apply.
	resp, err := (&http.Client{Transport: h.client.Transport}).Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = resp.Body.Close() })
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("the stream returns %d", resp.StatusCode)
	}
	return bufio.NewScanner(resp.Body)
}

// mustSocket opens a socket with a subscription.
func (h *hub) mustSocket(ctx context.Context, t *testing.T) *websocket.Conn {
	t.Helper()
	conn, resp, err := websocket.Dial(ctx, strings.Replace(h.url, "http:", "ws:", 1), &websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}})
	if err != nil {
		t.Fatal(err)
	}
	if resp.Body != nil {
		_ = resp.Body.Close()
	}
	t.Cleanup(func() { _ = conn.CloseNow() })
	for _, message := range []string{`{"type":"connection_init"}`, `{"type":"subscribe","id":"1","payload":{"query":"` + subscription + `"}}`} {
		if err := conn.Write(ctx, websocket.MessageText, []byte(message)); err != nil {
			t.Fatal(err)
		}
	}
	if _, text, err := conn.Read(ctx); err != nil || !strings.Contains(string(text), "connection_ack") {
		t.Fatalf("the socket says %s: %v", text, err)
	}
	return conn
}

// drillStop ends the program while it is busy: every request gets its answer.
func drillStop(t *testing.T, s *scene) {
	t.Helper()
	s.proxy.mustHarm(t, "latency", "downstream", `{"latency":20}`) // so that requests are in progress
	defer s.proxy.heal(t)
	h := ready(t, "--mongodb-uri", s.proxy.uri(), "--response-cache", "off", "--entity-cache", "off")
	ctx, cancel := context.WithTimeout(t.Context(), maxWait)
	defer cancel()
	var watchers, readers sync.WaitGroup
	for range 5 {
		conn := h.mustSocket(ctx, t)
		watchers.Go(func() {
			for {
				if _, _, err := conn.Read(ctx); err != nil {
					if got := websocket.CloseStatus(err); got != websocket.StatusGoingAway {
						t.Errorf("a socket ends with %d: %v", got, err)
					}
					return
				}
			}
		})
		stream := h.mustStream(ctx, t)
		watchers.Go(func() {
			completed := false
			for stream.Scan() {
				completed = completed || stream.Text() == "event: complete"
			}
			// Clients do not reconnect after "complete".
			if stream.Err() != nil || completed {
				t.Errorf("a stream ends with %v, completed: %v", stream.Err(), completed)
			}
		})
	}
	var served atomic.Int64
	for i := range 8 {
		readers.Go(func() {
			for n := 0; ; n++ {
				a, err := h.read(ctx, probe(1000*i+n))
				switch {
				case refused(err):
					return
				case err != nil:
					t.Errorf("a request is lost: %v", err)
					return
				case !a.ok():
					t.Errorf("a request returns %d %+v", a.status, a.Errors)
					return
				}
				served.Add(1)
			}
		})
	}
	for served.Load() < 50 && ctx.Err() == nil {
		<-time.After(time.Millisecond)
	}
	begun := time.Now()
	h.mustTerminate(t)
	for h.status(ctx, h.admin+"/readyz") == http.StatusOK {
		if time.Since(begun) > within(100*time.Millisecond) {
			t.Fatal("readiness does not fail")
		}
	}
	unready := time.Since(begun)
	watchers.Wait()
	readers.Wait()
	<-h.ended
	if took, code := time.Since(begun), h.cmd.ProcessState.ExitCode(); took > 10*time.Second || code != 0 {
		t.Errorf("it ends with %d after %v", code, took)
	} else {
		t.Logf("unready after %v, ended after %v, %d requests were served", unready, took, served.Load())
	}
}
