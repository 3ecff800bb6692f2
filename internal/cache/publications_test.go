package cache_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"patternhub/internal/cache"
	"patternhub/internal/content"
)

// revisions is a log with the revisions of one law.
type revisions struct {
	content.Log
	have  []int
	err   error
	reads atomic.Int64
	// begun, unless nil, receives the context of each read, which then waits for proceed.
	begun   chan context.Context
	proceed chan struct{}
}

func (r *revisions) Revisions(ctx context.Context, id content.ID, before, limit int) ([]content.Snapshot, error) {
	r.reads.Add(1)
	if r.begun != nil {
		r.begun <- ctx
		<-r.proceed
	}
	if r.err != nil {
		return nil, r.err
	}
	for _, v := range slices.Backward(r.have) {
		if n := v; n < before && limit > 0 {
			e := &content.Law{Meta: content.Meta{Key: id.Key, Type: id.Type, Revision: n, Status: content.StatusDraft}}
			return []content.Snapshot{{Revision: n, Entry: e}}, nil
		}
	}
	return nil, nil
}

func change(seq int64, revision int) content.Change {
	return content.Change{Seq: seq, Type: content.TypeLaw, Key: "a", Op: content.OpUpsert, Graph: content.Published, Revision: revision, At: time.Unix(seq, 0)}
}

func TestPublicationsAreReadOnce(t *testing.T) {
	log := &revisions{have: []int{1, 2, 3}}
	p := cache.NewPublications(log)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			e, err := p.Entry(t.Context(), change(7, 2))
			if err != nil || e.Head().Revision != 2 || e.Head().Status != content.StatusPublished || !e.Head().PublishedAt.Equal(time.Unix(7, 0)) {
				t.Errorf("got %+v (%v)", e, err)
			}
		})
	}
	all.Wait()
	if n := log.reads.Load(); n != 1 {
		t.Errorf("read %d times", n)
	}
	// Publishing the same revision again is another publication.
	if e, err := p.Entry(t.Context(), change(9, 2)); err != nil || !e.Head().PublishedAt.Equal(time.Unix(9, 0)) {
		t.Errorf("got %+v (%v)", e, err)
	}
}

// TestAReadOutlivesItsFirstCaller cancels the call that began a read while another one waits for it.
func TestAReadOutlivesItsFirstCaller(t *testing.T) {
	log := &revisions{have: []int{1}, begun: make(chan context.Context), proceed: make(chan struct{})}
	p := cache.NewPublications(log)
	leaving, leave := context.WithCancel(t.Context())
	var all sync.WaitGroup
	all.Go(func() {
		if _, err := p.Entry(leaving, change(7, 1)); !errors.Is(err, context.Canceled) {
			t.Errorf("the call that left returned %v", err)
		}
	})
	reading := <-log.begun
	all.Go(func() {
		if _, err := p.Entry(t.Context(), change(7, 1)); err != nil {
			t.Errorf("the call that stayed: %v", err)
		}
	})
	leave()
	if err := reading.Err(); err != nil {
		t.Errorf("the read ended with its first caller: %v", err)
	}
	close(log.proceed)
	all.Wait()
}

func TestPublicationsReportWhatIsMissing(t *testing.T) {
	log := &revisions{have: []int{1}}
	p := cache.NewPublications(log)
	if e, err := p.Entry(t.Context(), change(7, 2)); err == nil {
		t.Errorf("a missing revision returned %+v", e)
	}
	log.err = errors.New("away")
	if _, err := p.Entry(t.Context(), change(8, 1)); !errors.Is(err, log.err) {
		t.Errorf("got %v", err)
	}
	log.err = nil
	if _, err := p.Entry(t.Context(), change(8, 1)); err != nil {
		t.Errorf("an error was cached: %v", err)
	}
}
