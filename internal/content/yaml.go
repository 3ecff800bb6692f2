package content

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// YAMLScalar returns a text, an enum, a number, a bool or a time as a YAML scalar on one line. Parsers
// of YAML 1.1 and 1.2 read the same value back. Strings are plain if that is safe, otherwise in double
// quotes. Floats have no exponent and the fewest digits that read back as the same number. Times are
// texts in RFC 3339 and UTC.
func YAMLScalar(v reflect.Value) string {
	if t, ok := reflect.TypeAssert[time.Time](v); ok {
		return YAMLQuote(t.UTC().Format(time.RFC3339Nano))
	}
	switch v.Kind() {
	case reflect.String:
		return yamlText(TextOf(v))
	case reflect.Float64:
		return strconv.FormatFloat(v.Float(), 'f', -1, 64)
	}
	return fmt.Sprint(v.Interface())
}

// TextOf returns a string as it is written in files: enums in lower case with dashes.
func TextOf(v reflect.Value) string {
	if _, enum := reflect.TypeAssert[interface{ Values() []string }](v); enum {
		return Kebab(v.String())
	}
	return v.String()
}

// Kebab turns DATA_MANAGEMENT into data-management.
func Kebab(value string) string { return strings.ToLower(strings.ReplaceAll(value, "_", "-")) }

// yamlText returns a string as a plain scalar if that is safe, otherwise in quotes.
func yamlText(s string) string {
	if isPlain(s) {
		return s
	}
	return YAMLQuote(s)
}

// isPlain reports whether a string is safe as a plain scalar: no parser takes it for anything else. It
// is stricter than YAML. A plain string must begin with a letter, so that none looks like a number or a date.
// The words that YAML 1.1 takes for booleans are not safe, since some programs still read it. Colons,
// hashes and brackets are never safe.
func isPlain(s string) bool {
	switch strings.ToLower(s) {
	case "", "true", "false", "yes", "no", "on", "off", "null", "y", "n":
		return false
	}
	for i, r := range s {
		switch {
		case r < 0x80 && (r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'):
		case i > 0 && r < 0x80 && (r >= '0' && r <= '9' || strings.ContainsRune(" _-./()+'&", r)):
		case r >= 0x80 && unicode.IsLetter(r):
		default:
			return false
		}
	}
	return !strings.HasSuffix(s, " ")
}

// YAMLQuote returns a string in double quotes. Characters that cannot be printed are escaped; those
// beyond the first plane need eight digits, since YAML has no surrogate pairs.
func YAMLQuote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\r':
			b.WriteString(`\r`)
		case r > 0xffff && !unicode.IsPrint(r):
			fmt.Fprintf(&b, `\U%08x`, r)
		case !unicode.IsPrint(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
