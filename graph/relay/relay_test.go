package relay_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"patternhub/graph/relay"
	"patternhub/internal/content"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type (
	pattern = content.Pattern
	filter  = content.PatternFilter
)

// shelf is a Source over a slice of patterns, with a simple implementation. It counts its calls.
type shelf struct {
	patterns []*pattern
	asked    int
	fail     error
}

func (s *shelf) Type() content.EntryType { return content.TypePattern }

// The shelf has everything.

func (s *shelf) Ask(context.Context, content.Wanted) bool { return true }

func (s *shelf) LoadAll(_ context.Context, keys []string) ([]*pattern, error) {
	s.asked++
	var out []*pattern
	for _, k := range keys {
		if i := slices.IndexFunc(s.patterns, func(p *pattern) bool { return p.Key == k }); i >= 0 {
			out = append(out, s.patterns[i])
		}
	}
	return out, s.fail
}

// fits supports one condition, enhanced, and one reference, relatedPatterns.
func fits(p *pattern, scope content.Scope, in any) bool {
	f, _ := in.(*filter)
	if scope.Keys != "" && !slices.Contains(strings.Split(scope.Keys, content.KeySeparator), p.Key) {
		return false
	}
	if key, ok := strings.CutPrefix(scope.Ref, "relatedPatterns.pattern:"); ok && !slices.ContainsFunc(p.Relations, func(r content.RelationRow) bool { return r.PatternKey == key }) {
		return false
	}
	return f == nil || f.Enhanced == nil || *f.Enhanced == p.Enhanced
}

func (s *shelf) List(_ context.Context, scope content.Scope, q content.Query) (*content.Slice[*pattern], error) {
	s.asked++
	var all []*pattern
	for _, p := range s.patterns {
		if fits(p, scope, q.Filter) {
			all = append(all, p)
		}
	}
	slices.SortFunc(all, func(a, b *pattern) int {
		c := strings.Compare(content.SortKey(a.Name)+"\x00"+a.Key, content.SortKey(b.Name)+"\x00"+b.Key)
		if q.Order.Desc {
			return -c
		}
		return c
	})
	from, to := 0, len(all)
	w := q.Window
	at := func(p *content.Position) int {
		return slices.IndexFunc(all, func(x *pattern) bool { return x.Key == p.Key })
	}
	if w.After != nil {
		from = at(w.After) + 1
	}
	if w.Before != nil {
		to = at(w.Before)
	}
	if w.Limit > 0 && w.Backward {
		from = max(from, to-w.Limit)
	} else if w.Limit > 0 {
		to = min(to, from+w.Limit)
	}
	return &content.Slice[*pattern]{Items: all[from:to], HasNext: to < len(all), HasPrevious: from > 0}, s.fail
}

func (s *shelf) Count(ctx context.Context, scope content.Scope, f any) (int, error) {
	all, err := s.List(ctx, scope, content.Query{Filter: f})
	return len(all.Items), err
}

func (s *shelf) Facets(_ context.Context, _ content.Scope, q content.FacetQuery) ([]content.Facet, error) {
	s.asked++
	out := make([]content.Facet, len(q.Fields))
	for i, f := range q.Fields {
		out[i] = content.Facet{Field: f, Values: []content.FacetValue{{Value: strconv.Itoa(q.Limit)}}}
	}
	return out, s.fail
}

func newShelf(n int) *shelf {
	s := &shelf{}
	for i := range n {
		s.patterns = append(s.patterns, &pattern{Meta: content.Meta{Type: content.TypePattern, Key: fmt.Sprintf("k%02d", n-1-i), Name: fmt.Sprintf("N%d", i%5)}, Enhanced: i%2 == 0})
	}
	return s
}

func mustCode(t *testing.T, err error, want content.Code) {
	t.Helper()
	if content.CodeOf(err) != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestConnectionsCostNothingUntilAsked(t *testing.T) {
	s := newShelf(5)
	c, err := relay.Found(s, content.Scope{}, relay.Page{}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	l, err := relay.Listed(s, []string{"k01", "k02"}, relay.Page{}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if s.asked != 0 {
		t.Errorf("%d reads before a field was asked for", s.asked)
	}
	if n, err := l.TotalCount(t.Context()); n != 2 || err != nil || s.asked != 0 {
		t.Errorf("the count of a stated list is %d (%v), after %d reads", n, err, s.asked)
	}
	if n, err := c.TotalCount(t.Context()); n != 5 || err != nil || s.asked != 1 {
		t.Errorf("count is %d (%v), after %d reads", n, err, s.asked)
	}
}

func TestWindowArguments(t *testing.T) {
	s := newShelf(5)
	for name, tt := range map[string]struct {
		page relay.Page
		ok   bool
	}{
		"default": {relay.Page{}, true}, "one": {relay.Page{First: new(1)}, true}, "hundred": {relay.Page{Last: new(100)}, true},
		"zero": {relay.Page{First: new(0)}, false}, "negative": {relay.Page{Last: new(-1)}, false}, "large": {relay.Page{First: new(101)}, false},
		"both": {relay.Page{First: new(1), Last: new(1)}, false}, "broken cursor": {relay.Page{After: new("x")}, false}, "empty cursor": {relay.Page{Before: new("")}, false},
		"huge cursor": {relay.Page{After: new(strings.Repeat("A", 10_000))}, false},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := relay.Found(s, content.Scope{}, tt.page, nil, nil)
			if tt.ok != (err == nil) {
				t.Errorf("found: %v", err)
			}
			if !tt.ok {
				mustCode(t, err, content.BadUserInput)
			}
			_, err = relay.Listed(s, []string{"k01"}, tt.page, nil, nil)
			if tt.ok != (err == nil) {
				t.Errorf("listed: %v", err)
			}
		})
	}
	if _, err := relay.Listed(s, nil, relay.Page{First: new(0)}, nil, nil); content.CodeOf(err) != content.BadUserInput {
		t.Errorf("an empty list accepts first: 0: %v", err)
	}
}

func TestCursorsBelongToTheirOrder(t *testing.T) {
	s := newShelf(5)
	up, err := relay.Found(s, content.Scope{}, relay.Page{First: new(2)}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	info, err := up.PageInfo(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, err = relay.Found(s, content.Scope{}, relay.Page{After: info.EndCursor}, nil, &content.OrderBy{Field: "NAME", Direction: content.Descending})
	mustCode(t, err, content.BadUserInput)
	_, err = relay.Listed(s, []string{"k01"}, relay.Page{After: info.EndCursor}, nil, nil)
	mustCode(t, err, content.BadUserInput)
	if _, err = relay.Found(s, content.Scope{}, relay.Page{After: info.EndCursor}, nil, &content.OrderBy{Field: "NAME", Direction: content.Ascending}); err != nil {
		t.Errorf("the default order written out refuses its cursor: %v", err)
	}
}

// TestWalks reads lists of any length in pages of any size from both ends.
func TestWalks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := newShelf(rapid.IntRange(0, 30).Draw(t, "length"))
		size := rapid.IntRange(1, 12).Draw(t, "size")
		var keys []string
		for _, p := range s.patterns {
			keys = append(keys, p.Key)
		}
		var f *filter
		if rapid.Bool().Draw(t, "filtered") {
			f = &filter{Enhanced: new(true)}
		}
		open := map[string]func(relay.Page) (*relay.PatternConnection, error){
			"found": func(p relay.Page) (*relay.PatternConnection, error) {
				return relay.Found(s, content.Scope{}, p, f, nil)
			},
			"listed": func(p relay.Page) (*relay.PatternConnection, error) { return relay.Listed(s, keys, p, f, nil) },
			"listed by name": func(p relay.Page) (*relay.PatternConnection, error) {
				return relay.Listed(s, keys, p, f, &content.OrderBy{Field: "NAME", Direction: content.Ascending})
			},
		}
		for name, o := range open {
			forward, backward := walk(t, o, size, false), walk(t, o, size, true)
			if !slices.Equal(forward, backward) {
				t.Fatalf("%s: forward %v, backward %v", name, forward, backward)
			}
			c, err := o(relay.Page{})
			if err != nil {
				t.Fatal(err)
			}
			if n, err := c.TotalCount(t.Context()); err != nil || n != len(forward) {
				t.Fatalf("%s: count %d (%v), walked %d", name, n, err, len(forward))
			}
		}
	})
}

func walk(t *rapid.T, open func(relay.Page) (*relay.PatternConnection, error), size int, backward bool) []string {
	page := relay.Page{First: &size}
	if backward {
		page = relay.Page{Last: &size}
	}
	var out []string
	for range 40 {
		c, err := open(page)
		if err != nil {
			t.Fatal(err)
		}
		edges, err := c.Edges(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var part []string
		for _, e := range edges {
			part = append(part, e.Node.Key)
		}
		info, err := c.PageInfo(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if backward {
			out = append(part, out...)
			if !info.HasPreviousPage {
				return out
			}
			page.Before = info.StartCursor
			continue
		}
		out = append(out, part...)
		if !info.HasNextPage {
			return out
		}
		page.After = info.EndCursor
	}
	t.Fatal("the walk does not end")
	return nil
}

func TestEdgesHaveTheirStatements(t *testing.T) {
	s := newShelf(4)
	uses := []content.PatternUse{{PatternKey: "k03", Inferred: true}, {PatternKey: "missing"}, {PatternKey: "k01", Sources: []string{"page"}}}
	for name, order := range map[string]*content.OrderBy{"as stated": nil, "by name": {Field: "NAME", Direction: content.Ascending}} {
		t.Run(name, func(t *testing.T) {
			c, err := relay.ListedWith(s, uses, relay.Page{}, nil, order, relay.NewCaseStudyPatternEdge)
			if err != nil {
				t.Fatal(err)
			}
			edges, err := c.Edges(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]content.PatternUse{}
			for _, e := range edges {
				got[e.Node.Key] = e.PatternUse
			}
			want := map[string]content.PatternUse{"k03": uses[0], "k01": uses[2]}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("statements (-want +got):\n%s", d)
			}
		})
	}
}

func TestFacets(t *testing.T) {
	s := newShelf(3)
	c, err := relay.Found(s, content.Scope{}, relay.Page{}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.Facets(t.Context(), []string{"TIER", "CATEGORY", "TIER"}, nil)
	if err != nil || len(got) != 2 || got[0].Values[0].Value != "20" {
		t.Errorf("facets are %v (%v)", got, err)
	}
	for _, limit := range []int{0, -1, 101} {
		_, err := c.Facets(t.Context(), []string{"TIER"}, &limit)
		mustCode(t, err, content.BadUserInput)
	}
	empty, err := relay.Listed(s, nil, relay.Page{}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := empty.Facets(t.Context(), []string{"TIER"}, new(3)); err != nil || len(got) != 1 || len(got[0].Values) != 0 {
		t.Errorf("facets of nothing are %v (%v)", got, err)
	}
}

func TestFaultsOfTheSourceGoUp(t *testing.T) {
	s := newShelf(3)
	s.fail = errors.New("lost")
	for name, open := range map[string]func() (*relay.PatternConnection, error){
		"found": func() (*relay.PatternConnection, error) {
			return relay.Found(s, content.Scope{}, relay.Page{}, nil, nil)
		},
		"listed": func() (*relay.PatternConnection, error) {
			return relay.Listed(s, []string{"k01"}, relay.Page{}, nil, nil)
		},
		"filtered": func() (*relay.PatternConnection, error) {
			return relay.Listed(s, []string{"k01"}, relay.Page{}, &filter{}, nil)
		},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := open()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := c.Nodes(t.Context()); !errors.Is(err, s.fail) {
				t.Errorf("nodes: %v", err)
			}
			if _, err := c.Edges(t.Context()); !errors.Is(err, s.fail) {
				t.Errorf("edges: %v", err)
			}
			if _, err := c.PageInfo(t.Context()); !errors.Is(err, s.fail) {
				t.Errorf("pageInfo: %v", err)
			}
		})
	}
}
