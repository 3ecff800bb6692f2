package relay

import (
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

// UnmarshalDateTime reads a moment as RFC 3339.
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

// UnmarshalInt reads an Int, which has 32 bits as the specification says.
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
