package operation_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/web/operation"
)

// FuzzReadJSON holds the reader against encoding/json: it accepts what is one valid JSON value, except for the
// few texts that it must refuse, and reads the same value.
func FuzzReadJSON(f *testing.F) {
	for _, text := range []string{
		``, ` `, `null`, ` true `, `false`, `0`, ` -1.5e+3 `, `""`, `"a\"\\\/\b\f\n\r\té😀"`, `[]`, `{}`, ` [ 1 , [ ] , { } ] `,
		`{"query":"{ a }","variables":{"n":[1,2.50,"x",null,true,{"a":{}}]},"operationName":null}`, `{"a":1,"a":2}`, `{"a":1,"\u0061":2}`,
		`{"a":{"b":1,"b":1}}`, `"\ud800"`, `1 2`, `{"a":1}x`, `[1,]`, "\"\x00\"", "\"\xff\"", `[[[[[[[[[[[[1]]]]]]]]]]]]`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		const depth = 10
		got, err := operation.ReadJSON(text, depth)
		d := json.NewDecoder(bytes.NewReader(text))
		d.UseNumber()
		var want any
		if failed := d.Decode(&want); failed != nil || !json.Valid(text) {
			if err == nil {
				t.Fatalf("ReadJSON(%q) = %v, want an error", text, got)
			}
			return
		}
		if err != nil {
			for _, reason := range []string{"UTF-8", "deeper than", "surrogate", "given twice"} {
				if strings.Contains(err.Error(), reason) {
					return
				}
			}
			t.Fatalf("ReadJSON(%q): %v", text, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("ReadJSON(%q) differs from encoding/json: %s", text, diff)
		}
	})
}

func BenchmarkReadJSON(b *testing.B) {
	text := []byte(`{"query":"query Q($slug: String!) { pattern(slug: $slug) { name summary tier { name } } }",` +
		`"variables":{"slug":"circuit-breaker"},"operationName":"Q"}`)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := operation.ReadJSON(text, 10); err != nil {
			b.Fatal(err)
		}
	}
}
