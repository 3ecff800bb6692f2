package content_test

import (
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"pgregory.net/rapid"

	"patternhub/internal/content"
)

// trickyTexts are texts that some YAML parser takes for something else when they are plain.
var trickyTexts = []string{
	"", " ", "true", "No", "NULL", "~", "on", "Off", "y", "N", "YES", "1", "-1", "1e3", "0x1F", "0o17", "017", "0b11", "1_000", ".inf", "-.inf", "+.INF",
	".NaN", "inf", "nan", "2001-01-01", "1:30", "a: b", "a:", ":a", "a #b", "#a", "- a", "---", "...", "? a", "[a]", "{a: b}", "&a", "*a", "!a", "| a",
	"> a", "%a", "@a", "`a`", "'a'", `"a"`, `\`, "a\nb", "a\tb", "\ta", "a\rb", "a\u0085b", "a\u00a0b", "a\u2028b", "\ufeffa", "\U000e0001", "=", "<<",
	"é", "日本", "a -", "a - b", "👩‍💻",
}

// implicit11 are the plain scalars that YAML 1.1 takes for null, bools, numbers, times, a merge or
// a default value (yaml.org/type).
var implicit11 = regexp.MustCompile(`^(?:~|null|Null|NULL|` +
	`y|Y|yes|Yes|YES|n|N|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF|` +
	`[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+|` +
	`[-+]?(?:[0-9][0-9_]*)?\.[0-9.]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)|` +
	`[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*|<<|=)?$`)

func anyTrickyText() *rapid.Generator[string] {
	return rapid.OneOf(rapid.SampledFrom(trickyTexts), rapid.Custom(anyText), rapid.String(), rapid.StringOf(rapid.RuneFrom([]rune("abyn:# -[]{}\"'\n\\,.0")))).
		Filter(func(s string) bool { return strings.ToValidUTF8(s, "") == s })
}

// TestYAMLScalarsAreReadBack checks that a string is parsed as the same string, as the value of a key,
// within brackets and as a list item, and that it has no other meaning in YAML 1.1.
func TestYAMLScalarsAreReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := anyTrickyText().Draw(t, "text")
		written := content.YAMLScalar(reflect.ValueOf(want))
		for _, source := range []string{"a: " + written, "a: [" + written + ", b]", "a:\n- " + written, "a: {b: " + written + "}", "a: " + written + " # comment"} {
			var got struct{ A any }
			if err := yaml.Unmarshal([]byte(source), &got); err != nil {
				t.Fatalf("%q: %v", source, err)
			}
			value := got.A
			switch v := value.(type) {
			case []any:
				value = v[0]
			case map[string]any:
				value = v["b"]
			}
			if value != any(want) {
				t.Fatalf("%q is read as %#v", source, value)
			}
		}
		if implicit11.MatchString(written) {
			t.Errorf("%s has another meaning in YAML 1.1", written)
		}
		if strings.ContainsAny(written, "\n\r") {
			t.Errorf("%q takes more than one line", written)
		}
	})
}

func TestYAMLScalars(t *testing.T) {
	for want, v := range map[string]any{
		"data-management":          content.PatternCategory("DATA_MANAGEMENT"),
		"plain text":               "plain text",
		`"on"`:                     "on",
		`"2M"`:                     "2M",
		"0.25":                     0.25,
		"1000000000000":            1e12,
		"-3":                       -3,
		"false":                    false,
		`"2026-01-31T12:00:00.5Z"`: time.Date(2026, 1, 31, 12, 0, 0, 5e8, time.UTC),
	} {
		if got := content.YAMLScalar(reflect.ValueOf(v)); got != want {
			t.Errorf("%v is written as %s, want %s", v, got, want)
		}
	}
}
