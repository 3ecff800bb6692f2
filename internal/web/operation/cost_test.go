package operation_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"

	"patternhub/internal/web/operation"
)

// priced computes the cost of an answer by reading every byte.
func priced(weighted map[string]int64, data []byte) int64 {
	var cost int64
	for i := 0; i < len(data); i++ {
		switch data[i] {
		case '{':
			cost++
		case '"':
			start := i + 1
			for i++; data[i] != '"'; i++ {
				if data[i] == '\\' {
					i++
				}
			}
			if data[i+1] == ':' {
				cost += weighted[string(data[start:i])]
			}
		}
	}
	return max(cost-1, 0)
}

// answered returns random data: objects, lists, and strings full of JSON's own characters.
func answered(r *rand.Rand, depth int) any {
	text := func() string {
		parts := []string{"{", "}", `"`, `\`, "a", "name", ":", `"name":`, `\"name":`, "é", "\n", "\u2028", ","}
		var b strings.Builder
		for range r.IntN(5) {
			b.WriteString(parts[r.IntN(len(parts))])
		}
		return b.String()
	}
	switch n := r.IntN(8); {
	case depth == 0 || n < 3:
		return []any{text(), nil, r.IntN(100), true}[r.IntN(4)]
	case n < 5:
		list := make([]any, r.IntN(4))
		for i := range list {
			list[i] = answered(r, depth-1)
		}
		return list
	}
	object := map[string]any{}
	for range r.IntN(5) {
		// A scalar may contain JSON of its own, with any keys.
		object[[]string{"name", "estimate", "other", text()}[r.IntN(4)]] = answered(r, depth-1)
	}
	return object
}

func TestActualCostOfRandomAnswers(t *testing.T) {
	weighted := map[string]int64{"name": 3, "estimate": 10}
	r := rand.New(rand.NewPCG(5, 6))
	var total int64
	for range 20_000 {
		var b bytes.Buffer
		w := json.NewEncoder(&b)
		w.SetEscapeHTML(false)
		if err := w.Encode(answered(r, r.IntN(6))); err != nil {
			t.Fatal(err)
		}
		for _, weights := range []map[string]int64{nil, weighted} {
			want := priced(weights, b.Bytes())
			if got := operation.ActualCost(weights, b.Bytes()); got != want {
				t.Fatalf("%s costs %d, want %d", b.String(), got, want)
			}
			total += want
		}
	}
	if total < 100_000 {
		t.Errorf("the answers hold too little: %d", total)
	}
}
