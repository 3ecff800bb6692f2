package web_test

import (
	"bufio"
	"strings"
	"testing"

	"patternhub/internal/web"
)

// TestHandshakeSpellsItsHeaders checks their spelling, since some clients compare it exactly.
func TestHandshakeSpellsItsHeaders(t *testing.T) {
	w := mustWire(t, mustServer(t, web.Options{}))
	w.send("GET /graphql HTTP/1.1\nHost: x\nUpgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Version: 13\n" +
		"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\nSec-WebSocket-Protocol: " + protocol + "\n\n")
	var lines []string
	for scanner := bufio.NewScanner(w.in); scanner.Scan() && scanner.Text() != ""; {
		lines = append(lines, scanner.Text())
	}
	head := strings.Join(lines, "\n")
	for _, want := range []string{"\nSec-WebSocket-Protocol: " + protocol, "\nSec-WebSocket-Accept: "} {
		if strings.Count(head, want) != 1 {
			t.Errorf("no %q in\n%s", want, head)
		}
	}
	if strings.Contains(head, "Sec-Websocket-") {
		t.Errorf("Go's spelling is in\n%s", head)
	}
}

// TestMessagesThatAreNone checks that an invalid message closes the socket, as the protocol requires.
func TestMessagesThatAreNone(t *testing.T) {
	subscribe := func(rest string) string { return `{"type":"subscribe"` + rest + `}` }
	for name, message := range map[string]string{
		"no id, no query":          subscribe(`,"payload":{}`),
		"no query":                 subscribe(`,"id":"1","payload":{}`),
		"query null":               subscribe(`,"id":"1","payload":{"query":null}`),
		"query and id null":        subscribe(`,"id":"1","payload":{"query":null,"documentId":null,"extensions":null}`),
		"extensions without hash":  subscribe(`,"id":"1","payload":{"extensions":{"persistedQuery":null}}`),
		"query a number":           subscribe(`,"id":"1","payload":{"query":1}`),
		"query a list":             subscribe(`,"id":"1","payload":{"query":["{hello}"]}`),
		"no id":                    subscribe(`,"payload":{"query":"{hello}"}`),
		"id null":                  subscribe(`,"id":null,"payload":{"query":"{hello}"}`),
		"id a number":              subscribe(`,"id":1,"payload":{"query":"{hello}"}`),
		"id empty":                 subscribe(`,"id":"","payload":{"query":"{hello}"}`),
		"payload a string":         subscribe(`,"id":"1","payload":"{hello}"`),
		"payload a list":           subscribe(`,"id":"1","payload":[{"query":"{hello}"}]`),
		"payload null":             subscribe(`,"id":"1","payload":null`),
		"no payload":               subscribe(`,"id":"1"`),
		"variables a string":       subscribe(`,"id":"1","payload":{"query":"{hello}","variables":"{}"}`),
		"variables a list":         subscribe(`,"id":"1","payload":{"query":"{hello}","variables":[]}`),
		"extensions a string":      subscribe(`,"id":"1","payload":{"query":"{hello}","extensions":"{}"}`),
		"operationName a number":   subscribe(`,"id":"1","payload":{"query":"{hello}","operationName":1}`),
		"documentId a number":      subscribe(`,"id":"1","payload":{"documentId":1}`),
		"complete without id":      `{"type":"complete"}`,
		"complete with empty id":   `{"type":"complete","id":""}`,
		"complete with id null":    `{"type":"complete","id":null}`,
		"ping with a string":       `{"type":"ping","payload":"x"}`,
		"pong with a list":         `{"type":"pong","payload":[]}`,
		"type null":                `{"type":null}`,
		"type empty":               `{"type":""}`,
		"a type of the server":     `{"type":"connection_ack"}`,
		"a type of the other side": `{"type":"complete_all","id":"1"}`,
		"the older protocol":       `{"type":"start","id":"1","payload":{"query":"{hello}"}}`,
		"a list":                   `[{"type":"ping"}]`,
		"a string":                 `"ping"`,
		"null":                     `null`,
		"nothing":                  ``,
	} {
		t.Run(name, func(t *testing.T) {
			c := mustDial(t, mustServer(t, web.Options{}).listen(t), protocol)
			c.init()
			c.send(message)
			if got := c.closed(); got != 4400 {
				t.Errorf("closed with %d", got)
			}
		})
	}
}

// TestRequestsThatFailAreNoFaultOfTheProtocol checks that a failed request leaves the socket open.
func TestRequestsThatFailAreNoFaultOfTheProtocol(t *testing.T) {
	c := mustDial(t, mustServer(t, web.Options{Documents: map[string]string{"a": "{hello}"}}).listen(t), protocol)
	c.init()
	for id, payload := range map[string]string{
		"empty": `{"query":""}`, "unknown": `{"documentId":"b"}`, "hash": `{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"` + hash("{other}") + `"}}}`,
	} {
		c.send(`{"type":"subscribe","id":"` + id + `","payload":` + payload + `}`)
		c.expect("error " + id)
	}
	c.send(`{"type":"subscribe","id":"a","payload":{"documentId":"a","query":null,"variables":null,"extensions":null,"operationName":null}}`)
	c.expect(`next a {"data":{"hello":"world"}`, "complete a")
	c.send(`{"type":"ping","payload":null}`)
	c.expect("pong")
}
