package live

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"

	"github.com/coder/websocket"

	"patternhub/internal/content"
	"patternhub/internal/web/operation"
	"patternhub/internal/web/run"
)

// message is one message of graphql-transport-ws, in either direction.
type message struct {
	ID      string          `json:"id,omitempty"`
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload,omitempty"`
}

// parseMessage reads a client's message. Keys are matched exactly and must not repeat. It is as
// strict as the reading of a body: an unclear message closes the connection.
func parseMessage(data []byte, depth int) (message, error) {
	value, err := operation.ReadJSON(data, depth)
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

// paramsOf reads the payload of a subscribe message, or returns nil if it is not a request.
func paramsOf(payload []byte, depth int) *operation.Params {
	value, err := operation.ReadJSON(payload, depth)
	object, ok := value.(map[string]any)
	if err != nil || !ok {
		return nil
	}
	p, refusal := operation.ParamsOf(object)
	if refusal != nil || !p.Named {
		return nil
	}
	return p
}

// message serves one message. A code other than 0 closes the connection. Close codes and reasons
// are those of the protocol, literally if clients compare them.
func (k *socket) message(data []byte) (websocket.StatusCode, string) {
	m, err := parseMessage(data, k.l.o.Limits.JSONDepth)
	if err != nil {
		return closeBadMessage, "Invalid message received"
	}
	switch m.Type {
	case "connection_init":
		return k.init(m.Payload)
	case "ping":
		k.send(message{Type: "pong", Payload: m.Payload})
	// A pong may come unasked and needs no answer.
	case "pong":
	case "subscribe":
		return k.subscribe(m)
	case "complete":
		if m.ID == "" {
			return closeBadMessage, "Invalid message received"
		}
		// An unknown id is not a fault: the server's own complete may be on its way.
		k.finish(m.ID, nil)
	default:
		return closeBadMessage, "Invalid message received"
	}
	return 0, ""
}

// idLimit is longer than the ids of clients, which are numbers and UUIDs. Each message about an
// operation repeats its id, so a long one would amplify.
const idLimit = 256

// subscribe starts an operation in a goroutine of its own, so that the next message can be read.
// Too many concurrent operations are a fault of that operation and not of the connection.
func (k *socket) subscribe(m message) (websocket.StatusCode, string) {
	if m.ID == "" || len(m.ID) > idLimit || len(m.Payload) == 0 {
		return closeBadMessage, "Invalid message received"
	}
	// A payload that is not a request is a fault of the protocol, not of the operation.
	p := paramsOf(m.Payload, k.l.o.Limits.JSONDepth)
	if p == nil {
		return closeBadMessage, "Invalid message received"
	}
	k.mu.Lock()
	// Before the acknowledgement the viewer is not known.
	if !k.acked {
		k.mu.Unlock()
		return closeUnauthorized, "Unauthorized"
	}
	if k.running[m.ID] != nil {
		k.mu.Unlock()
		return closeDuplicate, "Subscriber for " + operation.Shorten(m.ID) + " already exists"
	}
	if len(k.running) >= k.l.o.Limits.Operations {
		k.mu.Unlock()
		k.l.o.Limited("operations")
		k.fail(m.ID, operation.Refuse(content.LimitExceeded,
			fmt.Sprintf("A socket may run %d operations at once.", k.l.o.Limits.Operations)))
		return 0, ""
	}
	ctx, cancel := context.WithCancel(k.operators)
	op := &running{cancel: cancel}
	if k.running == nil {
		k.running = map[string]*running{}
	}
	k.running[m.ID] = op
	k.mu.Unlock()
	k.work.Go(func() {
		defer cancel()
		k.run(ctx, m.ID, op, p)
	})
	return 0, ""
}

// run sends an operation's results. The first to remove the operation from the table, run or the
// client's own complete, sends the last message, so none follows a complete or an error.
func (k *socket) run(ctx context.Context, id string, op *running, p *operation.Params) {
	c, refusal := k.l.o.Runner.Admit(ctx, p, k.who())
	var events iter.Seq[run.Event]
	if refusal == nil {
		events, refusal = k.l.o.Runner.Results(ctx, c)
	}
	if refusal != nil {
		if k.finish(id, op) {
			k.fail(id, refusal) //nolint:contextcheck // a message belongs to the connection, not to the operation
		}
		return
	}
	for e := range events {
		// The client has completed it; results that arrive after that are dropped.
		if ctx.Err() != nil {
			return
		}
		if e.Errs != nil {
			if k.finish(id, op) {
				k.fail(id, &operation.Refusal{Errs: e.Errs}) //nolint:contextcheck // a message belongs to the connection, not to the operation
			}
			return
		}
		k.send(message{ID: id, Type: "next", Payload: e.Body}) //nolint:contextcheck // a message belongs to the connection, not to the operation
	}
	if ctx.Err() == nil && k.finish(id, op) {
		k.send(message{ID: id, Type: "complete"}) //nolint:contextcheck // a message belongs to the connection, not to the operation
	}
}

// finish removes an operation from the table and ends it. It returns false if the operation was removed
// before. A nil op means any operation with the id.
func (k *socket) finish(id string, op *running) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	found := k.running[id]
	if found == nil || (op != nil && found != op) {
		return false
	}
	delete(k.running, id)
	found.cancel()
	return true
}

// fail sends the errors that end an operation.
func (k *socket) fail(id string, refusal *operation.Refusal) {
	raw, err := json.Marshal(refusal.Errs)
	if err != nil {
		raw = []byte(`[{"message":"Internal error.","extensions":{"code":"INTERNAL"}}]`)
	}
	k.send(message{ID: id, Type: "error", Payload: raw})
}
