package engine_test

import (
	"fmt"
	"strings"
	"testing"

	"patternhub/internal/engine"
	"patternhub/internal/engine/testdata/odd"
)

// TestBounds checks that neither many operations nor many switches fill the memory.
func TestBounds(t *testing.T) {
	program := odd.New()
	e := newEngine(program.Config())
	ctx, _ := program.With(t.Context(), never)
	maxOperations, maxPlans := engine.Bounds()
	for i := range maxOperations + 10 {
		execute(ctx, e, parsed(t, e.Schema(), fmt.Sprintf(`{ a%d: __typename }`, i)), nil)
	}
	var declared, fields strings.Builder
	for i := range 8 {
		fmt.Fprintf(&declared, "$s%d: Boolean! ", i)
		fmt.Fprintf(&fields, "a%d: __typename @skip(if: $s%d) ", i, i)
	}
	doc := parsed(t, e.Schema(), "query("+declared.String()+") { "+fields.String()+" }")
	for key := range 256 {
		variables, want := map[string]any{}, strings.Builder{}
		for i := range 8 {
			skip := key>>i&1 == 1
			variables[fmt.Sprintf("s%d", i)] = skip
			if !skip {
				fmt.Fprintf(&want, `,"a%d":"Query"`, i)
			}
		}
		if got := string(execute(ctx, e, doc, variables).Data); got != "{"+strings.TrimPrefix(want.String(), ",")+"}" {
			t.Fatalf("key %d: %s, want %s", key, got, want.String())
		}
	}
	operations, plans := engine.Cached(e, doc.Operations[0])
	if operations > maxOperations || plans > maxPlans || plans == 0 {
		t.Errorf("%d operations and %d plans are cached", operations, plans)
	}
}

// TestTooManySwitches checks that an operation with more switches than a key has bits is left to stock.
func TestTooManySwitches(t *testing.T) {
	var declared, fields strings.Builder
	variables := map[string]any{}
	for i := range 65 {
		fmt.Fprintf(&declared, "$s%d: Boolean! ", i)
		fmt.Fprintf(&fields, "a%d: __typename @include(if: $s%d) ", i, i)
		variables[fmt.Sprintf("s%d", i)] = i == 64
	}
	p := oddPair()
	r, err := p.Compare(t.Context(), "query("+declared.String()+") { "+fields.String()+" }", variables)
	if err != nil || string(r.Data) != `{"a64":"Query"}` {
		t.Errorf("%v, answer %s", err, r.Data)
	}
}

// TestNothingHeld checks that a pooled run holds no values between responses.
func TestNothingHeld(t *testing.T) {
	program := odd.New()
	e := newEngine(program.Config())
	for name, op := range handmade() {
		doc := parsed(t, e.Schema(), op.text)
		sets := op.variables
		if sets == nil {
			sets = []map[string]any{nil}
		}
		for _, variables := range sets {
			ctx, _ := program.With(t.Context(), never)
			execute(ctx, e, doc, variables)
		}
		if held, ok := engine.Held(e); ok && held > 0 {
			t.Errorf("%s: %d values are held", name, held)
		}
	}
}
