package relay_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"patternhub/graph/relay"
	"patternhub/internal/content"
)

// FuzzCursor decodes any text as a cursor. Either it is refused as the client's fault, or it decodes to a
// position whose own cursor decodes to the same position.
func FuzzCursor(f *testing.F) {
	const order = "Pattern NAME ASC"
	for _, at := range []content.Position{
		{Key: "saga"}, {Key: "saga", Value: "saga"}, {Key: "é", Value: "\x00"}, {Key: "saga", Value: -1.5}, {Key: "saga", Value: time.Unix(0, 1).UTC()},
	} {
		f.Add(relay.EncodeCursor(order, at))
		f.Add(relay.EncodeCursor("Law NUMBER ASC", at))
	}
	for _, seed := range []string{"", "=", "e30", "bnVsbA", "eyJvIjoxfQ", "eyJrIjoiYSIsInMiOnsiJGd0IjoiIn19", "\xff", "////"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		at, err := relay.DecodeCursor(order, text)
		if err != nil {
			if content.CodeOf(err) != content.BadUserInput {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		// The database compares it, so it must be one plain value, not a document or an operator.
		switch at.Value.(type) {
		case nil, string, float64, time.Time:
		default:
			t.Fatalf("%q holds a %T", text, at.Value)
		}
		again, err := relay.DecodeCursor(order, relay.EncodeCursor(order, *at))
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if diff := cmp.Diff(at, again); diff != "" {
			t.Errorf("%q is read otherwise the second time:\n%s", text, diff)
		}
	})
}
