package relay

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"math"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"patternhub/content"
)

// MarshalID writes a global id in its opaque form.
func MarshalID(id content.ID) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) { io.WriteString(w, `"`+id.String()+`"`) }) //nolint:errcheck // gqlgen's writers cannot fail
}

// AppendID writes a global id as MarshalID does, without making anything on the way.
// What it writes must be the text of content.ID.String in quotes.
func AppendID(buf []byte, id content.ID) []byte {
	buf = append(buf, '"')
	raw := append(append(append(make([]byte, 0, 64), id.Type.Name()...), ':'), id.Key...)
	return append(base64.RawURLEncoding.AppendEncode(buf, raw), '"')
}

// UnmarshalID reads a global id; what is no id of this hub is refused.
func UnmarshalID(v any) (content.ID, error) {
	s, ok := v.(string)
	if !ok {
		return content.ID{}, content.Fault(content.BadUserInput, "An ID is a string.")
	}
	return content.ParseID(s)
}

// MarshalDateTime writes a moment as RFC 3339 in UTC.
func MarshalDateTime(t time.Time) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) {
		io.WriteString(w, `"`+t.UTC().Format(time.RFC3339Nano)+`"`) //nolint:errcheck // gqlgen's writers cannot fail
	})
}

// AppendDateTime writes a moment as MarshalDateTime does.
func AppendDateTime(buf []byte, t time.Time) []byte {
	return append(t.UTC().AppendFormat(append(buf, '"'), time.RFC3339Nano), '"')
}

// UnmarshalDateTime reads a moment as RFC 3339.
// Other offsets are accepted and put into UTC; a time without an offset is refused, as it could
// mean any.
func UnmarshalDateTime(v any) (time.Time, error) {
	s, ok := v.(string)
	if ok {
		if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, content.Fault(content.BadUserInput, "A DateTime is a string such as 2026-01-31T12:00:00Z.")
}

// MarshalInt writes an Int.
func MarshalInt(i int) graphql.Marshaler { return graphql.MarshalInt(i) }

// AppendInt writes an Int as MarshalInt does.
func AppendInt(buf []byte, i int) []byte { return strconv.AppendInt(buf, int64(i), 10) }

// UnmarshalInt reads an Int, which has 32 bits as the specification says.
// The kinds are those in which gqlgen, the surface and JSON hand numbers over.
func UnmarshalInt(v any) (int, error) {
	var i int64
	switch v := v.(type) {
	case int:
		i = int64(v)
	case int64:
		i = v
	case json.Number:
		n, err := strconv.ParseInt(string(v), 10, 64)
		if err != nil {
			return 0, content.Fault(content.BadUserInput, "An Int is a whole number of 32 bits.")
		}
		i = n
	default:
		return 0, content.Fault(content.BadUserInput, "An Int is a whole number of 32 bits.")
	}
	if i < math.MinInt32 || i > math.MaxInt32 {
		return 0, content.Fault(content.BadUserInput, "An Int has 32 bits; this number is out of range.")
	}
	return int(i), nil
}
