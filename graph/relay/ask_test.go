package relay_test

import (
	"context"
	"fmt"
	"testing"

	"patternhub/graph/relay"
	"patternhub/internal/content"
)

// strict is a shelf that answers only what was asked for before the last flush.
type strict struct {
	*shelf

	t             *testing.T
	wanted, there map[string]bool
}

func newStrict(t *testing.T, s *shelf) *strict {
	t.Helper()
	return &strict{s, t, map[string]bool{}, map[string]bool{}}
}

func (s *strict) flush() {
	for what := range s.wanted {
		s.there[what] = true
	}
}

func (s *strict) ask(what ...any) bool {
	s.wanted[fmt.Sprint(what...)] = true
	return s.there[fmt.Sprint(what...)]
}

func (s *strict) check(what ...any) {
	if !s.there[fmt.Sprint(what...)] {
		s.t.Errorf("%s was not asked for", what)
	}
}

func (s *strict) Ask(_ context.Context, w content.Wanted) (ready bool) {
	switch {
	case w.Count:
		return s.ask("count ", w.Scope, w.Filter)
	case w.Facets != nil:
		return s.ask("facets ", w.Scope, content.FacetQuery{Filter: w.Filter, Fields: w.Facets, Limit: w.Limit})
	case w.Keys == nil:
		w.Query.Filter = w.Filter
		return s.ask("list ", w.Scope, w.Query)
	}
	ready = true
	for _, k := range w.Keys {
		ready = s.ask("key ", k) && ready
	}
	return ready
}

func (s *strict) LoadAll(ctx context.Context, keys []string) ([]*pattern, error) {
	for _, k := range keys {
		s.check("key ", k)
	}
	return s.shelf.LoadAll(ctx, keys)
}

func (s *strict) List(ctx context.Context, scope content.Scope, q content.Query) (*content.Slice[*pattern], error) {
	s.check("list ", scope, q)
	return s.shelf.List(ctx, scope, q)
}

func (s *strict) Count(ctx context.Context, scope content.Scope, f any) (int, error) {
	s.check("count ", scope, f)
	return s.shelf.Count(ctx, scope, f)
}

func (s *strict) Facets(ctx context.Context, scope content.Scope, q content.FacetQuery) ([]content.Facet, error) {
	s.check("facets ", scope, q)
	return s.shelf.Facets(ctx, scope, q)
}

// asked is what the engine calls of a connection.
type asked interface {
	Ask(ctx context.Context, field string, args map[string]any) bool
	Nodes(ctx context.Context) ([]*pattern, error)
	PageInfo(ctx context.Context) (*relay.PageInfo, error)
	TotalCount(ctx context.Context) (int, error)
	Facets(ctx context.Context, fields []string, limit *int) ([]content.Facet, error)
}

// TestAsksCoverReads checks that a field reads nothing that its connection has not asked for, and how many
// flushes that takes: one for each read that follows from another one.
func TestAsksCoverReads(t *testing.T) {
	enhanced := &filter{Enhanced: new(true)}
	relations := relay.Relations{Direction: "BOTH"}
	for name, tt := range map[string]struct {
		of func(s relay.Source[*pattern]) (asked, error)
		// The flushes that nodes, the count and facets take.
		nodes, count, facets int
	}{
		"found": {func(s relay.Source[*pattern]) (asked, error) {
			return relay.Found(s, content.Scope{}, relay.Page{}, enhanced, nil)
		}, 1, 1, 1},
		"listed": {func(s relay.Source[*pattern]) (asked, error) {
			return relay.Listed(s, []string{"c", "a"}, relay.Page{First: new(1)}, nil, nil)
		}, 1, 0, 1},
		"listed and filtered": {func(s relay.Source[*pattern]) (asked, error) {
			return relay.Listed(s, []string{"c", "a"}, relay.Page{}, enhanced, nil)
		}, 1, 1, 1},
		"listed and ordered": {func(s relay.Source[*pattern]) (asked, error) {
			return relay.Listed(s, []string{"c", "a"}, relay.Page{}, nil, &content.OrderBy{Field: "NAME"})
		}, 1, 1, 1},
		"empty": {func(s relay.Source[*pattern]) (asked, error) {
			return relay.Listed(s, nil, relay.Page{}, enhanced, nil)
		}, 0, 0, 0},
		"related": {func(s relay.Source[*pattern]) (asked, error) {
			return relay.Related(s, web().patterns[0], relay.Relations{Direction: "OUT"}, relay.Page{}, nil)
		}, 1, 0, 1},
		"related both ways": {func(s relay.Source[*pattern]) (asked, error) {
			return relay.Related(s, web().patterns[0], relations, relay.Page{First: new(2)}, nil)
		}, 2, 1, 2},
		"related and filtered": {func(s relay.Source[*pattern]) (asked, error) {
			return relay.Related(s, web().patterns[0], relations, relay.Page{}, enhanced)
		}, 3, 2, 2},
	} {
		t.Run(name, func(t *testing.T) {
			fields := []string{"TIER"}
			for field, f := range map[string]struct {
				read    func(context.Context, asked) error
				flushes int
			}{
				"nodes":      {func(ctx context.Context, c asked) error { _, err := c.Nodes(ctx); return err }, tt.nodes},
				"edges":      {func(ctx context.Context, c asked) error { _, err := c.Nodes(ctx); return err }, tt.nodes},
				"pageInfo":   {func(ctx context.Context, c asked) error { _, err := c.PageInfo(ctx); return err }, tt.nodes},
				"totalCount": {func(ctx context.Context, c asked) error { _, err := c.TotalCount(ctx); return err }, tt.count},
				"facets":     {func(ctx context.Context, c asked) error { _, err := c.Facets(ctx, fields, nil); return err }, tt.facets},
			} {
				t.Run(field, func(t *testing.T) {
					s := newStrict(t, web())
					c, err := tt.of(s)
					if err != nil {
						t.Fatal(err)
					}
					flushes := 0
					for ; !c.Ask(t.Context(), field, map[string]any{"fields": fields}) && flushes < 9; flushes++ {
						s.flush()
					}
					if flushes != f.flushes {
						t.Errorf("%d flushes, want %d", flushes, f.flushes)
					}
					if err := f.read(t.Context(), c); err != nil {
						t.Error(err)
					}
				})
			}
		})
	}
}
