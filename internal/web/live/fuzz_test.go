package live_test

import (
	"encoding/json"
	"strings"
	"testing"

	"patternhub/internal/web/live"
)

func FuzzMessage(f *testing.F) {
	for _, seed := range []string{
		`{"type":"connection_init"}`, `{"type":"subscribe","id":"1","payload":{"query":"{hello}"}}`, `{"type":"ping","payload":null}`, `{"type":1}`, `{"type":"complete","id":[]}`,
		`{"type":"ping","payload":{"a":{"b":[1e400]}}}`, `"ping"`, `{"type":"ping","payload":"\ud800"}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		kind, id, payload, err := live.ParseMessage([]byte(raw))
		if err != nil {
			return
		}
		var loose map[string]any
		d := json.NewDecoder(strings.NewReader(raw))
		d.UseNumber()
		if d.Decode(&loose) != nil || loose["type"] != kind {
			t.Fatalf("%q was read as %q %q", raw, kind, id)
		}
		if len(payload) > 0 && !json.Valid(payload) {
			t.Fatalf("%q: payload %q", raw, payload)
		}
	})
}
