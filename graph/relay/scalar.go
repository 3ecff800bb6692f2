package relay

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"patternhub/internal/content"
)

// MarshalID writes a global id in its opaque form.
func MarshalID(id content.ID) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) { io.WriteString(w, `"`+id.String()+`"`) }) //nolint:errcheck // gqlgen's writers cannot fail
}

// AppendID writes a global id as MarshalID does, without an allocation.
// It must write the text of content.ID.String in quotes.
func AppendID(buf []byte, id content.ID) []byte {
	buf = append(buf, '"')
	raw := append(append(append(make([]byte, 0, 64), id.Type.Name()...), ':'), id.Key...)
	return append(base64.RawURLEncoding.AppendEncode(buf, raw), '"')
}

// UnmarshalID reads a global id and refuses all other texts.
func UnmarshalID(v any) (content.ID, error) {
	s, ok := v.(string)
	if !ok {
		return content.ID{}, content.Fault(content.BadUserInput, "An ID is a string.")
	}
	return content.ParseID(s)
}

// MarshalDateTime writes a time as RFC 3339 in UTC.
func MarshalDateTime(t time.Time) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) {
		io.WriteString(w, `"`+t.UTC().Format(time.RFC3339Nano)+`"`) //nolint:errcheck // gqlgen's writers cannot fail
	})
}

// AppendDateTime writes a time as MarshalDateTime does.
func AppendDateTime(buf []byte, t time.Time) []byte {
	return append(t.UTC().AppendFormat(append(buf, '"'), time.RFC3339Nano), '"')
}

// UnmarshalDateTime reads a time as RFC 3339 and converts it to UTC. A time without an offset is
// refused, because it is ambiguous.
func UnmarshalDateTime(v any) (time.Time, error) {
	if s, ok := v.(string); ok {
		if t, ok := parseDateTime(s); ok {
			return t, nil
		}
	}
	return time.Time{}, content.Fault(content.BadUserInput, "A DateTime is a moment as RFC 3339 has it, such as 2026-01-31T12:00:00Z.")
}

// dateTime is the grammar of RFC 3339, except for the leap second :60, which Go cannot represent.
// time.Parse alone is more lenient: it accepts a comma before the fraction, an hour of one digit and
// offsets of more than a day.
var dateTime = regexp.MustCompile(`^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$`)

// parseDateTime reads a time and converts it to UTC. The letters T and Z may be lower case, as the RFC
// allows. Digits of the fraction beyond nanoseconds are dropped. A time outside the years 0000 to 9999
// of UTC is refused, since it could not be written again.
func parseDateTime(s string) (time.Time, bool) {
	s = strings.ToUpper(s)
	if !dateTime.MatchString(s) {
		return time.Time{}, false
	}
	t, err := time.Parse(time.RFC3339, s)
	t = t.UTC()
	return t, err == nil && t.Year() >= 0 && t.Year() <= 9999
}

// partialDate is a month, a year or a decade.
var partialDate = regexp.MustCompile(`^(\d{4}(-(0[1-9]|1[0-2]))?|\d{3}0s)$`)

// checkPartialDate accepts a month, a year or a decade. A full date is refused.
func checkPartialDate(s string) error {
	if !partialDate.MatchString(s) {
		return content.Fault(content.BadUserInput, "A PartialDate is a month, a year or a decade, such as 2007-03, 2012 or 1970s.")
	}
	return nil
}

// Scalars returns a check for each scalar that does not accept every string, by the scalar's name.
// The functions above read a string that passes its check without an error.
func Scalars() map[string]func(string) error {
	return map[string]func(string) error{
		"DateTime":    func(s string) error { _, err := UnmarshalDateTime(s); return err },
		"ID":          func(s string) error { _, err := UnmarshalID(s); return err },
		"PartialDate": checkPartialDate,
	}
}

// MarshalInt writes an Int.
func MarshalInt(i int) graphql.Marshaler { return graphql.MarshalInt(i) }

// AppendInt writes an Int as MarshalInt does.
func AppendInt(buf []byte, i int) []byte { return strconv.AppendInt(buf, int64(i), 10) }

// UnmarshalInt reads an Int of 32 bits, as in the specification. The cases are the types in which
// gqlgen, the server and JSON pass numbers.
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
