package relay_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"patternhub/graph/relay"
	"patternhub/internal/content"
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

func TestDateTimesAreRFC3339(t *testing.T) {
	for in, want := range map[string]string{
		"2026-01-31T12:00:00Z":                "2026-01-31T12:00:00Z",
		"2026-01-31t12:00:00z":                "2026-01-31T12:00:00Z",
		"2026-01-31T12:00:00.5Z":              "2026-01-31T12:00:00.5Z",
		"2026-01-31T12:00:00.123456789123Z":   "2026-01-31T12:00:00.123456789Z",
		"2026-01-31T12:00:00+05:30":           "2026-01-31T06:30:00Z",
		"2026-01-31T12:00:00-00:00":           "2026-01-31T12:00:00Z",
		"2026-01-31T12:00:00-23:59":           "2026-02-01T11:59:00Z",
		"2024-02-29T23:59:59Z":                "2024-02-29T23:59:59Z",
		"2000-02-29T00:00:00Z":                "2000-02-29T00:00:00Z",
		"0000-01-01T00:00:00Z":                "0000-01-01T00:00:00Z",
		"9999-12-31T23:59:59.999999999+00:00": "9999-12-31T23:59:59.999999999Z",
	} {
		at, err := relay.UnmarshalDateTime(in)
		if err != nil {
			t.Errorf("%s is refused: %v", in, err)
			continue
		}
		if got := string(relay.AppendDateTime(nil, at)); got != `"`+want+`"` {
			t.Errorf("%s is read as %s, want %s", in, got, want)
		}
	}
	for _, bad := range []string{
		"", " ", "x", "now", "1769860800", "2026", "2026-01", "2026-01-31", "2026-01-31T12:00", "2026-01-31T12:00Z", "2026-01-31T12:00:00",
		"2026-01-31T02:30:00,5Z", "2026-01-31T02:30:00.Z", "2026-01-31T2:30:00Z", "2026-01-31T24:00:00Z", "2026-01-31T12:60:00Z", "2026-01-31T23:59:60Z",
		"2016-12-31T23:59:60Z", "2026-01-31T12:00:00+24:00", "2026-01-31T12:00:00+05:60", "2026-01-31T12:00:00+0530", "2026-01-31T12:00:00+05", "2026-01-31T12:00:00+5:30",
		"2026-01-31T12:00:00Z+01:00", "2026-01-31T12:00:00 Z", "2026-01-31T12:00:00\u221201:00", "2026-01-31 12:00:00Z", "2026-01-31_12:00:00Z", " 2026-01-31T12:00:00Z",
		"2026-01-31T12:00:00Z ", "2026-01-31T12:00:00Z\n", "2024-02-30T00:00:00Z", "2023-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "2026-13-01T00:00:00Z",
		"2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z", "26-01-31T12:00:00Z", "12026-01-31T12:00:00Z", "+2026-01-31T12:00:00Z", "-2026-01-31T12:00:00Z", "20260131T120000Z",
		"2026-W05-6T12:00:00Z", "2026-031T12:00:00Z", "0000-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "\u0662026-01-31T12:00:00Z", "2026-01-31T12:00:00\u017f",
	} {
		_, err := relay.UnmarshalDateTime(bad)
		if err == nil {
			t.Errorf("%q is accepted", bad)
			continue
		}
		mustCode(t, err, content.BadUserInput)
	}
}

func TestPartialDates(t *testing.T) {
	check := relay.Scalars()["PartialDate"]
	for _, good := range []string{"2007-03", "2012", "1970s", "0000", "2007-12", "2010s"} {
		if err := check(good); err != nil {
			t.Errorf("%s is refused: %v", good, err)
		}
	}
	for _, bad := range []string{"", "x", "2007-13", "2007-00", "2007-3", "2007-03-01", "1975s", "70s", "12012", "2012 ", "2012\n", "2012S"} {
		mustCode(t, check(bad), content.BadUserInput)
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
