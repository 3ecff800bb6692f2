package relay_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"patternhub/content"
	"patternhub/graph/relay"
)

// FuzzCursor reads anything as a cursor. It is refused as the client's fault, or it is a position
// that makes a cursor which is read the same.
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
		// What is compared in the database is one plain value: no document, no operator.
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
