package relay_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"patternhub/content"
	"patternhub/graph/relay"
)

func TestInts(t *testing.T) {
	for name, tt := range map[string]struct {
		in any
		ok bool
	}{
		"int64": {int64(7), true}, "int": {7, true}, "number": {json.Number("7"), true}, "largest": {int64(1<<31 - 1), true}, "smallest": {json.Number("-2147483648"), true},
		"too large": {int64(1 << 31), false}, "too small": {json.Number("-2147483649"), false}, "fraction": {json.Number("1.5"), false}, "exponent": {json.Number("1e3"), false},
		"text": {"7", false}, "truth": {true, false}, "null": {nil, false}, "huge": {json.Number("99999999999999999999"), false},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := relay.UnmarshalInt(tt.in)
			if tt.ok != (err == nil) {
				t.Errorf("got %v", err)
			}
			if !tt.ok {
				mustCode(t, err, content.BadUserInput)
			}
		})
	}
}

func TestScalarsRoundTrip(t *testing.T) {
	var b bytes.Buffer
	id := content.ID{Type: content.TypePattern, Key: "saga"}
	relay.MarshalID(id).MarshalGQL(&b)
	if back, err := relay.UnmarshalID(b.String()[1 : b.Len()-1]); err != nil || back != id {
		t.Errorf("%s is %v (%v)", b.String(), back, err)
	}
	b.Reset()
	at := time.Date(2026, 1, 31, 13, 0, 0, 5e6, time.FixedZone("x", 3600))
	relay.MarshalDateTime(at).MarshalGQL(&b)
	if b.String() != `"2026-01-31T12:00:00.005Z"` {
		t.Errorf("time is %s", b.String())
	}
	if back, err := relay.UnmarshalDateTime("2026-01-31T13:00:00.005+01:00"); err != nil || !back.Equal(at) || back.Location() != time.UTC {
		t.Errorf("time is %v (%v)", back, err)
	}
	for _, bad := range []any{"yesterday", 7, nil, "2026-01-31"} {
		_, err := relay.UnmarshalDateTime(bad)
		mustCode(t, err, content.BadUserInput)
		_, err = relay.UnmarshalID(bad)
		mustCode(t, err, content.BadUserInput)
	}
	b.Reset()
	relay.MarshalInt(-3).MarshalGQL(&b)
	if b.String() != "-3" {
		t.Errorf("int is %s", b.String())
	}
}

func TestAppendersWriteWhatMarshalersDo(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 678_000_000, time.FixedZone("", 3600))
	long := content.ID{Type: content.TypeCaseStudy, Key: strings.Repeat("long-", 40)}
	for name, tt := range map[string]struct {
		marshal graphql.Marshaler
		append  func([]byte) []byte
	}{
		"id":        {relay.MarshalID(content.ID{Type: content.TypePattern, Key: "saga"}), func(b []byte) []byte { return relay.AppendID(b, content.ID{Type: content.TypePattern, Key: "saga"}) }},
		"long id":   {relay.MarshalID(long), func(b []byte) []byte { return relay.AppendID(b, long) }},
		"no id":     {relay.MarshalID(content.ID{}), func(b []byte) []byte { return relay.AppendID(b, content.ID{}) }},
		"time":      {relay.MarshalDateTime(at), func(b []byte) []byte { return relay.AppendDateTime(b, at) }},
		"zero time": {relay.MarshalDateTime(time.Time{}), func(b []byte) []byte { return relay.AppendDateTime(b, time.Time{}) }},
		"int":       {relay.MarshalInt(-1 << 31), func(b []byte) []byte { return relay.AppendInt(b, -1<<31) }},
	} {
		t.Run(name, func(t *testing.T) {
			var want bytes.Buffer
			tt.marshal.MarshalGQL(&want)
			if got := string(tt.append([]byte("before"))); got != "before"+want.String() {
				t.Errorf("got %s, want %s", got, want.String())
			}
		})
	}
}
