package web

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"

	"github.com/coder/websocket"

	"patternhub/content"
)

// message is one message of graphql-transport-ws, in either direction.
type message struct {
	ID      string          `json:"id,omitempty"`
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload,omitempty"`
}

// parseMessage reads a client's message. Keys are matched exactly and may not repeat.
// It is as strict as a body is: what is not clearly a message closes the connection.
func (s *Server) parseMessage(data []byte) (message, error) {
	value, err := s.parseJSON(data)
	if err != nil {
		return message{}, fmt.Errorf("read message: %w", err)
	}
	object, ok := value.(map[string]any)
	if !ok {
		return message{}, errNoMessage
	}
	var m message
	if m.Type, ok = object["type"].(string); !ok {
		return message{}, errNoMessage
	}
	if id, has := object["id"]; has {
		if m.ID, ok = id.(string); !ok {
			return message{}, errNoMessage
		}
	}
	if payload, has := object["payload"]; has {
		if _, ok = payload.(map[string]any); !ok && payload != nil {
			return message{}, errNoMessage
		}
		if m.Payload, err = json.Marshal(payload); err != nil {
			return message{}, fmt.Errorf("read payload: %w", err)
		}
	}
	return m, nil
}

// message serves one message; a code other than 0 closes the connection.
// Close codes and reasons are those of the protocol, word for word where clients compare them.
func (k *socket) message(data []byte) (websocket.StatusCode, string) {
	m, err := k.s.parseMessage(data)
	if err != nil {
		return closeBadMessage, "Invalid message received"
	}
	switch m.Type {
	case "connection_init":
		return k.init(m.Payload)
	case "ping":
		k.send(message{Type: "pong", Payload: m.Payload})
	// A pong may come unasked and says nothing.
	case "pong":
	case "subscribe":
		return k.subscribe(m)
	case "complete":
		if m.ID == "" {
			return closeBadMessage, "Invalid message received"
		}
		// An id that is not running is no fault: the server's own complete may be on its way.
		k.finish(m.ID, nil)
	default:
		return closeBadMessage, "Invalid message received"
	}
	return 0, ""
}

// idLimit is longer than any id that clients make, which are numbers and UUIDs: each message
// about an operation repeats its id, so a long one would amplify.
const idLimit = 256

// subscribe starts an operation.
// The operation runs in a goroutine of its own, so the next message can be read. Too many at once
// is a fault of that operation and not of the connection.
func (k *socket) subscribe(m message) (websocket.StatusCode, string) {
	if m.ID == "" || len(m.ID) > idLimit || len(m.Payload) == 0 {
		return closeBadMessage, "Invalid message received"
	}
	// A payload that is no request is a fault of the protocol, not of the operation.
	p, refused := k.s.parseParams(m.Payload)
	if refused != nil {
		return closeBadMessage, "Invalid message received"
	}
	k.mu.Lock()
	// Until the acknowledgement nobody knows who asks.
	if !k.acked {
		k.mu.Unlock()
		return closeUnauthorized, "Unauthorized"
	}
	if k.running[m.ID] != nil {
		k.mu.Unlock()
		return closeDuplicate, "Subscriber for " + shorten(m.ID) + " already exists"
	}
	if len(k.running) >= k.s.limits.Operations {
		k.mu.Unlock()
		k.s.metrics.limited.WithLabelValues("operations").Inc()
		k.fail(m.ID, refuse(http.StatusBadRequest, content.LimitExceeded,
			fmt.Sprintf("A socket may run %d operations at once.", k.s.limits.Operations)))
		return 0, ""
	}
	ctx, cancel := context.WithCancel(k.operators)
	run := &running{cancel: cancel}
	if k.running == nil {
		k.running = map[string]*running{}
	}
	k.running[m.ID] = run
	k.mu.Unlock()
	k.work.Go(func() {
		defer cancel()
		k.run(ctx, m.ID, run, p)
	})
	return 0, ""
}

// run sends an operation's results. Whoever takes the operation out of the table first, this or
// the client's own complete, has the last word, so nothing follows a complete or an error.
func (k *socket) run(ctx context.Context, id string, run *running, p *params) {
	c, refused := k.s.admit(ctx, p, k.who())
	var events iter.Seq[event]
	if refused == nil {
		events, refused = k.s.results(ctx, c)
	}
	if refused != nil {
		if k.finish(id, run) {
			k.fail(id, refused) //nolint:contextcheck // what is sent belongs to the connection, not to the operation
		}
		return
	}
	for e := range events {
		// The client has completed it; what was made meanwhile is dropped.
		if ctx.Err() != nil {
			return
		}
		if e.errs != nil {
			if k.finish(id, run) {
				k.fail(id, &refusal{errs: e.errs}) //nolint:contextcheck // what is sent belongs to the connection, not to the operation
			}
			return
		}
		k.send(message{ID: id, Type: "next", Payload: e.body}) //nolint:contextcheck // what is sent belongs to the connection, not to the operation
	}
	if ctx.Err() == nil && k.finish(id, run) {
		k.send(message{ID: id, Type: "complete"}) //nolint:contextcheck // what is sent belongs to the connection, not to the operation
	}
}

// finish takes an operation out of the table and ends it; false says that it was out already.
// A nil run means whichever has the id.
func (k *socket) finish(id string, run *running) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	found := k.running[id]
	if found == nil || (run != nil && found != run) {
		return false
	}
	delete(k.running, id)
	found.cancel()
	return true
}

// fail tells the errors that end an operation.
func (k *socket) fail(id string, refused *refusal) {
	raw, err := json.Marshal(refused.errs)
	if err != nil {
		raw = []byte(`[{"message":"Internal error.","extensions":{"code":"INTERNAL"}}]`)
	}
	k.send(message{ID: id, Type: "error", Payload: raw})
}
