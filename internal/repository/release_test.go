package repository_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.mongodb.org/mongo-driver/v2/event"

	"patternhub/internal/content"
	"patternhub/internal/mongodb"
	"patternhub/internal/mongodb/mongotest"
	"patternhub/internal/repository"
	"patternhub/internal/repository/storetest"
)

// replicasAt opens repositories on one new database, with one clock.
func replicasAt(t *testing.T, n int, now *time.Time, change func(i int, o *mongodb.Options)) []*repository.Store {
	t.Helper()
	uri, database := mongotest.Open(t)
	var out []*repository.Store
	for i := range n {
		o := mongodb.Options{URI: uri, Database: database, Render: func(content.EntryType, string, string, ...content.File) content.RichText { return content.RichText{} }, Now: func() time.Time { return *now }}
		change(i, &o)
		s, err := repository.Open(o, nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close(context.WithoutCancel(t.Context())) })
		out = append(out, s)
	}
	if err := out[0].EnsureIndexes(t.Context()); err != nil {
		t.Fatal(err)
	}
	storetest.Publish(t, out[0], storetest.Tier("gold", 1))
	return out
}

// planned makes a release of new patterns and schedules it.
func planned(t *testing.T, s *repository.Store, at time.Time, slugs ...string) *content.NamedRelease {
	t.Helper()
	var entries []content.ReleaseEntry
	for _, slug := range slugs {
		id := mustSave(t, s, edit(publishable(slug), content.ID{})).ID()
		entries = append(entries, content.ReleaseEntry{Type: id.Type, Key: id.Key, Action: content.SchedulePublish})
	}
	out, err := s.ChangeRelease(t.Context(), me, content.ReleaseChange{Name: &slugs[0], Add: entries})
	made := mustOutcome(t, out, err).Release
	out, err = s.ScheduleRelease(t.Context(), me, made.Key, &at)
	return mustOutcome(t, out, err).Release
}

// TestReleasesFireOnce has three replicas publish what is due at the same time: a release that passes and one that
// is refused.
func TestReleasesFireOnce(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	replicas := replicasAt(t, 3, &now, func(int, *mongodb.Options) {})
	s := replicas[0]
	due := now.Add(time.Hour)
	fit, unfit := planned(t, s, due, "a", "b", "c"), planned(t, s, due, "d", "e")
	mustSave(t, s, edit(&content.Pattern{}, unfit.Entries[1].EntryID(), "solution"))
	before, err := s.LastSeq(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	now = due
	var all sync.WaitGroup
	for _, r := range replicas {
		all.Go(func() {
			if next, err := r.Due(t.Context(), nil); err != nil || next != nil {
				t.Errorf("next %v, %v", next, err)
			}
		})
	}
	all.Wait()
	if after, err := s.LastSeq(t.Context()); err != nil || after != before+6 {
		t.Errorf("%d changes, want the 6 of one publish (%v)", after-before, err)
	}
	for key, want := range map[string]content.ReleaseState{fit.Key: content.ReleasePublished, unfit.Key: content.ReleaseFailed} {
		got, err := s.ReleaseByKey(t.Context(), key)
		if err != nil || got.State != want || (len(got.Faults) > 0) != (want == content.ReleaseFailed) {
			t.Errorf("it is %+v, %v", got, err)
		}
	}
}

// errKilled is the error of a replica that is killed in a test.
var errKilled = errors.New("killed")

// TestAReleaseSurvivesKills kills a replica before each of the commands of a scheduled publish. Another one then
// publishes the release, once: whether the killed one had committed or not, there is all of it and no more.
func TestAReleaseSurvivesKills(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var commands, last atomic.Int64 // commands are counted until last, at which the replica is killed
	kill := func(error) {}
	replicas := replicasAt(t, 2, &now, func(i int, o *mongodb.Options) {
		if i == 1 {
			o.Monitor = &event.CommandMonitor{Started: func(context.Context, *event.CommandStartedEvent) {
				if commands.Add(1) == last.Load() {
					kill(errKilled)
				}
			}}
		}
	})
	s, victim := replicas[0], replicas[1]
	whole := 0
	for n := int64(1); whole < 2 && n < 60; n++ {
		now = now.Add(time.Hour)
		release := planned(t, s, now.Add(time.Minute), fmt.Sprint("a", n), fmt.Sprint("b", n))
		before, err := s.LastSeq(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		now = now.Add(time.Minute)
		ctx, cancel := context.WithCancelCause(t.Context())
		kill = func(err error) { cancel(err) }
		commands.Store(0)
		last.Store(n)
		if _, err := victim.Due(ctx, nil); err == nil {
			whole++ // it was killed too late
		}
		cancel(nil)
		mid, err := s.LastSeq(t.Context())
		if err != nil || mid != before && mid != before+4 {
			t.Fatalf("killed at command %d, it has written %d changes (%v)", n, mid-before, err)
		}
		if _, err := s.Due(t.Context(), nil); err != nil {
			t.Fatalf("after command %d: %v", n, err)
		}
		after, err := s.LastSeq(t.Context())
		if err != nil || after != before+4 {
			t.Fatalf("after a kill at command %d there are %d changes, want 4 (%v)", n, after-before, err)
		}
		if got, err := s.ReleaseByKey(t.Context(), release.Key); err != nil || got.State != content.ReleasePublished || got.Seq != after {
			t.Fatalf("it is %+v, %v", got, err)
		}
	}
	if whole < 2 {
		t.Error("no publish ended before the kill")
	}
}

// TestReleasesAreListed pages through releases by each filter.
func TestReleasesAreListed(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	s := replicasAt(t, 1, &now, func(int, *mongodb.Options) {})[0]
	var keys []string
	for i := range 5 {
		r := planned(t, s, now.Add(time.Duration(i+1)*time.Hour), fmt.Sprint("p", i))
		keys = append(keys, r.Key)
	}
	out, err := s.ScheduleRelease(t.Context(), me, keys[4], nil)
	open := mustOutcome(t, out, err).Release
	at := now.Add(2 * time.Hour)
	entry := open.Entries[0].EntryID()
	other := content.ID{Type: content.TypeLaw, Key: entry.Key}
	for name, tt := range map[string]struct {
		filter *content.ReleaseFilter
		want   []int
	}{
		"all":       {nil, []int{4, 3, 2, 1, 0}},
		"scheduled": {&content.ReleaseFilter{State: &content.ReleaseStateFilter{In: []content.ReleaseState{content.ReleaseScheduled}}}, []int{3, 2, 1, 0}},
		"others":    {&content.ReleaseFilter{State: &content.ReleaseStateFilter{NotIn: []content.ReleaseState{content.ReleaseScheduled}}}, []int{4}},
		"from":      {&content.ReleaseFilter{At: &content.TimeFilter{Gte: &at}}, []int{3, 2, 1}},
		"until":     {&content.ReleaseFilter{At: &content.TimeFilter{Lt: &at}}, []int{0}},
		"an entry":  {&content.ReleaseFilter{Entry: &entry}, []int{4}},
		"no entry":  {&content.ReleaseFilter{Entry: &other}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var want, got []string
			for _, i := range tt.want {
				want = append(want, keys[i])
			}
			n, err := s.CountReleases(t.Context(), tt.filter)
			if err != nil || n != len(want) {
				t.Errorf("there are %d, %v", n, err)
			}
			w := content.Window{Limit: 2}
			for {
				page, err := s.Releases(t.Context(), tt.filter, w)
				if err != nil {
					t.Fatal(err)
				}
				for _, r := range page.Items {
					got = append(got, r.Key)
				}
				if !page.HasNext {
					break
				}
				w.After = &content.Position{Key: got[len(got)-1]}
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("releases (-want +got):\n%s", d)
			}
			if len(got) == 0 {
				return
			}
			back, err := s.Releases(t.Context(), tt.filter, content.Window{Limit: 2, Backward: true, Before: &content.Position{Key: got[len(got)-1]}})
			if err != nil {
				t.Fatal(err)
			}
			var before []string
			for _, r := range back.Items {
				before = append(before, r.Key)
			}
			if d := cmp.Diff(slices.Clone(got[max(0, len(got)-3):len(got)-1]), before, cmpopts.EquateEmpty()); d != "" {
				t.Errorf("before the last (-want +got):\n%s", d)
			}
		})
	}
}

// TestTwoPeopleAddToARelease adds entries to one release on two replicas at the same time.
func TestTwoPeopleAddToARelease(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	replicas := replicasAt(t, 2, &now, func(int, *mongodb.Options) {})
	made := planned(t, replicas[0], now.Add(time.Hour), "first")
	const each = 6
	var ids []content.ID
	for i := range 2 * each {
		ids = append(ids, mustSave(t, replicas[0], edit(publishable(fmt.Sprint("p", i)), content.ID{})).ID())
	}
	var all sync.WaitGroup
	for i, r := range replicas {
		all.Go(func() {
			for _, id := range ids[i*each : (i+1)*each] {
				out, err := r.ChangeRelease(t.Context(), me, content.ReleaseChange{Key: made.Key, Add: []content.ReleaseEntry{{Type: id.Type, Key: id.Key, Action: content.SchedulePublish}}})
				if err != nil || len(out.Errors) > 0 {
					t.Errorf("%+v, %v", out, err)
				}
			}
		})
	}
	all.Wait()
	if got, err := replicas[1].ReleaseByKey(t.Context(), made.Key); err != nil || len(got.Entries) != 1+2*each {
		t.Errorf("it has %d entries, %v", len(got.Entries), err)
	}
}
