package engine_test

import (
	"context"
	"errors"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// shelf is the source of items. There is none with a number that ends in 3, reading one that ends in 4
// fails, and one that ends in 5 is never read.
type shelf struct{ of *small }

func key(n int) string { return strconv.Itoa(n) }

// multiples returns the keys of two multiples of an item, or none.
func multiples(obj any, rest int) []string {
	n := obj.(*item).n
	if n%10 == 9 {
		panic("nine")
	}
	if n%2 != rest {
		return nil
	}
	return []string{key(10*n + 1), key(10*n + n%10)}
}

func (s shelf) Ask(ctx context.Context, keys []string, out []any) (failed []error, ready bool) {
	g, _ := ctx.Value(gateKey{}).(*gate)
	ready = true
	for i, k := range keys {
		switch n, _ := strconv.Atoi(k); {
		case n%10 == 5 || !g.loaded(k):
			ready = false
		case n%10 == 4:
			if failed == nil {
				failed = make([]error, len(keys))
			}
			failed[i] = errors.New("item " + k + " is torn")
		case n%10 != 3:
			out[i] = &item{n, s.of}
		}
	}
	return failed, ready
}

func (s shelf) AskWhole(ctx context.Context, objs, out []any) (failed []error, ready bool) {
	keys := make([]string, len(objs))
	for i, obj := range objs {
		keys[i] = key(obj.(*item).n)
	}
	return s.Ask(ctx, keys, out)
}

// TestRows checks the values and the errors of fields that are read without a call.
func TestRows(t *testing.T) {
	for name, tt := range map[string]struct {
		query, want string
		errors      []string
		flushes     []int
	}{
		"one":            {`{items(n:2){next{value}}}`, `{"items":[{"next":{"value":1}},{"next":{"value":2}}]}`, nil, []int{2}},
		"one missing":    {`{items(n:3){next{value}}}`, `{"items":[{"next":{"value":1}},{"next":{"value":2}},{"next":null}]}`, nil, []int{3}},
		"failed":         {`{items(n:4){next{value}}}`, `{"items":[{"next":{"value":1}},{"next":{"value":2}},{"next":null},{"next":null}]}`, []string{"items[3].next item 4 is torn"}, []int{4}},
		"lists":          {`{items(n:3){even{value}}}`, `{"items":[{"even":[{"value":1},{"value":0}]},{"even":[]},{"even":[{"value":21},{"value":22}]}]}`, nil, []int{4}},
		"no list":        {`{items(n:2){odd{value}}}`, `{"items":[{"odd":null},{"odd":[{"value":11},{"value":11}]}]}`, nil, []int{1}},
		"part missing":   {`{items(n:4){odd{value}}}`, `{"items":[{"odd":null},{"odd":[{"value":11},{"value":11}]},{"odd":null},{"odd":[{"value":31}]}]}`, nil, []int{3}},
		"part failed":    {`{items(n:5){even{value}}}`, `null`, []string{"items[4].even item 44 is torn"}, []int{6}},
		"below a list":   {`{items(n:2){items{next{odd{value}}}}}`, `{"items":[{"items":[{"next":{"odd":[{"value":11},{"value":11}]}},{"next":{"odd":null}}]},{"items":[{"next":{"odd":[{"value":111},{"value":111}]}},{"next":{"odd":null}}]}]}`, nil, []int{4, 1}},
		"whole":          {`{items(n:4){text}}`, `{"items":[{"text":"item 0"},{"text":"item 1"},{"text":"item 2"},{"text":""}]}`, nil, []int{4}},
		"whole failed":   {`{items(n:5){text}}`, `null`, []string{"items[4].text item 4 is torn"}, []int{5}},
		"rows of rows":   {`{items(n:2){next{next{text}}}}`, `{"items":[{"next":{"next":{"text":"item 2"}}},{"next":{"next":null}}]}`, nil, []int{2, 1}},
		"beside a value": {`{items(n:1){value next{value text}}}`, `{"items":[{"value":0,"next":{"value":1,"text":"item 1"}}]}`, nil, []int{1}},
	} {
		t.Run(name, func(t *testing.T) {
			g := &gate{}
			s := newSmall(t, func(_ context.Context, n int) (int, error) { return n, nil })
			r := execute(t.Context(), s.engine(g), parsed(t, s.schema, tt.query), nil)
			if d := cmp.Diff(tt.want, string(r.Data)); d != "" {
				t.Error(d)
			}
			var messages []string
			for _, e := range r.Errors {
				messages = append(messages, e.Path.String()+" "+e.Message)
			}
			if d := cmp.Diff(tt.errors, messages); d != "" {
				t.Error(d)
			}
			if d := cmp.Diff(tt.flushes, g.flushes); d != "" {
				t.Errorf("flushes: %s", d)
			}
			if g.workers != 1 {
				t.Errorf("%d workers", g.workers)
			}
		})
	}
}

// TestRowsEnd checks the errors of rows whose keys cannot be had, that a source never reads, and whose
// request was cancelled.
func TestRowsEnd(t *testing.T) {
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for name, tt := range map[string]struct {
		ctx         context.Context
		query, want string
	}{
		"panic":     {t.Context(), `{items(n:10){odd{value}}}`, "panic: nine"},
		"unread":    {t.Context(), `{items(n:5){next{value}}}`, "a source does not read what it is asked for"},
		"cancelled": {cancelled, `{items(n:1){next{value}}}`, "context canceled"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSmall(t, nil)
			r := execute(tt.ctx, s.engine(&gate{}), parsed(t, s.schema, tt.query), nil)
			if len(r.Errors) == 0 || r.Errors[0].Message != tt.want {
				t.Errorf("%s, errors %v", r.Data, r.Errors)
			}
		})
	}
}
