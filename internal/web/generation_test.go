package web_test

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"testing"

	"patternhub/internal/content"
	"patternhub/internal/web"
)

// numbered is a graph whose next generation is always available.
type numbered struct {
	mu   sync.Mutex
	last uint64
}

// generation is one of its generations.
type generation uint64

func (g generation) Of([]string) uint64 { return uint64(g) }

func (n *numbered) Now() (web.Generation, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return generation(n.last), true
}

func (*numbered) Wait(context.Context, string) error { return nil }

func (n *numbered) Next(_ context.Context, g web.Generation) (web.Generation, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.last = max(n.last, g.Of(nil)+1)
	return generation(n.last), nil
}

// TestInconsistentAnswerIsRetried lets some first tries leave the generation that they
// belong to.
func TestInconsistentAnswerIsRetried(t *testing.T) {
	for name, tt := range map[string]struct {
		leave int      // tries that leave it
		tries []uint64 // the generations of the tries
		again []uint64 // those of a second, equal request
	}{
		"never":        {0, []uint64{1}, nil},
		"once":         {1, []uint64{1, 2}, nil},
		"thrice":       {3, []uint64{1, 2, 3, 4}, nil},
		"all the time": {100, []uint64{1, 2, 3, 4}, []uint64{4, 5, 6, 7}},
	} {
		t.Run(name, func(t *testing.T) {
			var tries []uint64
			left := 0
			s := mustServer(t, web.Options{
				Revisions: &numbered{last: 1},
				Attach: func(ctx context.Context, r web.Request) context.Context {
					tries = append(tries, r.Generation.Of(nil))
					ctx = content.ReadOne(ctx, func() content.State { return content.State{} })
					if left++; left <= tt.leave {
						content.Leave(ctx)
					}
					return ctx
				},
			})
			for _, want := range [][]uint64{tt.tries, tt.again} {
				tries = nil
				a := s.send(t, http.MethodGet, getQuery(patternQuery), "", acceptNew)
				if a.status != http.StatusOK || !slices.Equal(tries, want) {
					t.Errorf("status %d, tries of the generations %v, want %v", a.status, tries, want)
				}
			}
		})
	}
}
