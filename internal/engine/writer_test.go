package engine_test

import (
	"bytes"
	"context"
	"math"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"pgregory.net/rapid"

	"patternhub/internal/engine"
)

func marshaled(m graphql.Marshaler) string {
	var b bytes.Buffer
	m.MarshalGQL(&b)
	return b.String()
}

// TestScalars checks that the engine writes scalars as gqlgen's marshalers do.
func TestScalars(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s") + string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes"))
		i := rapid.Int().Draw(t, "i")
		f := rapid.Float64().Draw(t, "f")
		b := rapid.Bool().Draw(t, "b")
		float := "null"
		if !math.IsNaN(f) && !math.IsInf(f, 0) {
			float = marshaled(graphql.WrapContextMarshaler(context.Background(), graphql.MarshalFloatContext(f)))
		}
		for name, pair := range map[string][2]string{
			"String": {engine.Written(func(w *engine.Writer) { w.String(s) }), marshaled(graphql.MarshalString(s))},
			"Int":    {engine.Written(func(w *engine.Writer) { w.Int(int64(i)) }), marshaled(graphql.MarshalInt(i))},
			"Float":  {engine.Written(func(w *engine.Writer) { w.Float(f) }), float},
			"Bool":   {engine.Written(func(w *engine.Writer) { w.Bool(b) }), marshaled(graphql.MarshalBoolean(b))},
			"Value":  {engine.Written(func(w *engine.Writer) { w.Value(graphql.MarshalString(s), "String!") }), marshaled(graphql.MarshalString(s))},
		} {
			if pair[0] != pair[1] {
				t.Errorf("%s: %s, gqlgen writes %s", name, pair[0], pair[1])
			}
		}
	})
}

func TestLists(t *testing.T) {
	list := func(nonNull bool, values ...any) func(w *engine.Writer) {
		return func(w *engine.Writer) {
			at, bad := w.Open(), false
			for i, v := range values {
				w.Item(i, true)
				switch v := v.(type) {
				case int:
					w.Int(int64(v))
				case func(*engine.Writer):
					v(w)
				default:
					w.Null()
				}
				bad = w.Done(nonNull, true) || bad
			}
			w.Close(at, bad)
		}
	}
	tests := map[string]struct {
		write func(*engine.Writer)
		want  string
	}{
		"empty":                    {list(true), `[]`},
		"numbers":                  {list(true, 1, 2), `[1,2]`},
		"null allowed":             {list(false, 1, nil, 2), `[1,null,2]`},
		"null forbidden":           {list(true, 1, nil, 2), `(null)`},
		"nested":                   {list(true, list(true, 1), list(false, nil)), `[[1],[null]]`},
		"nested, forbidden within": {list(false, list(true, 1, nil), list(true, 2)), `[null,[2]]`},
		"nested, forbidden":        {list(true, list(true, nil)), `(null)`},
		"null of a marshaler":      {list(false, func(w *engine.Writer) { w.Value(graphql.Null, "") }), `[null]`},
		"appended":                 {list(true, func(w *engine.Writer) { w.Append(append(w.Buffer(), "7"...)) }), `[7]`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := engine.Written(test.write); got != test.want {
				t.Errorf("wrote %s, want %s", got, test.want)
			}
		})
	}
}
