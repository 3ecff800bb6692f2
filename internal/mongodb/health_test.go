package mongodb_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"patternhub/internal/content"
	"patternhub/internal/repository"
	"patternhub/internal/repository/storetest"
)

func observation(pattern string, metric content.HealthMetric, month string, value *float64) *content.Observation {
	return &content.Observation{
		PatternKey: pattern, Metric: metric, Month: month, Value: value, Source: content.SourceRecorded, How: "By hand.",
		CollectedAt: time.Date(2026, 1, 2, 3, 4, 5, 678_901_234, time.FixedZone("", 3600)),
	}
}

// existing says what happens to an observation of the same pattern, metric and month.
type existing bool

const (
	replaceExisting existing = false
	keepExisting    existing = true
)

func mustObserve(t *testing.T, s *repository.Store, by string, keep existing, list ...*content.Observation) {
	t.Helper()
	if err := s.Observe(t.Context(), by, bool(keep), list...); err != nil {
		t.Fatal(err)
	}
}

// mustObservations reads the observations of patterns.
func mustObservations(t *testing.T, s *repository.Store, patterns ...string) [][]*content.Observation {
	t.Helper()
	got, err := s.At(content.Published).Tables.Observations(t.Context(), patterns)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestObservations(t *testing.T) {
	n := 0
	s := storetest.Open(t, counter(&n))
	one, zero := 1.5, 0.0
	later := observation("saga", content.MetricGitHubStars, "2026-02", &one)
	stars := observation("saga", content.MetricGitHubStars, "2026-01", &zero)
	talks := observation("saga", content.MetricConferenceTalks, "2026-01", nil)
	talks.Missing = "Not collected."
	other := observation("cqrs", content.MetricGitHubStars, "2026-01", &one)
	mustObserve(t, s, "first", replaceExisting, later, stars, talks, other)

	t.Run("ordered by pattern, month, metric in one command", func(t *testing.T) {
		n = 0
		got := mustObservations(t, s, "cqrs", "none", "saga")
		if n != 1 {
			t.Errorf("%d commands, want 1", n)
		}
		want := [][]*content.Observation{{other}, nil, {talks, stars, later}}
		if d := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(content.Observation{}, "CollectedAt", "RecordedAt", "RecordedBy")); d != "" {
			t.Errorf("observations (-want +got):\n%s", d)
		}
		first := got[0][0]
		if first.RecordedBy != "first" || first.RecordedAt.IsZero() || !first.CollectedAt.Equal(other.CollectedAt.Truncate(time.Millisecond)) {
			t.Errorf("recorded %s by %s, collected %s", first.RecordedAt, first.RecordedBy, first.CollectedAt)
		}
		if v := got[2][1].Value; v == nil || *v != 0 {
			t.Error("a zero was not stored as zero")
		}
		if other.RecordedBy != "" {
			t.Error("the argument has been changed")
		}
	})
	t.Run("keep existing observations", func(t *testing.T) {
		before := mustLastChange(t, s)
		fresh := observation("cqrs", content.MetricJobPostings, "2026-01", &one)
		mustObserve(t, s, "second", keepExisting, observation("cqrs", content.MetricGitHubStars, "2026-01", &zero), fresh)
		got := mustObservations(t, s, "cqrs")[0]
		if len(got) != 2 || *got[0].Value != one || got[0].RecordedBy != "first" || got[1].RecordedBy != "second" {
			t.Errorf("observations are %+v", got)
		}
		if d := cmp.Diff([]string{"HEALTH UPSERT PUBLISHED " + fresh.Key() + " by second"}, mustChangesAfter(t, s, before)); d != "" {
			t.Error(d)
		}
	})
	t.Run("replace existing observations", func(t *testing.T) {
		mustObserve(t, s, "third", replaceExisting, observation("cqrs", content.MetricGitHubStars, "2026-01", &zero))
		if got := mustObservations(t, s, "cqrs")[0]; len(got) != 2 || *got[0].Value != 0 || got[0].RecordedBy != "third" {
			t.Errorf("observations are %+v", got)
		}
	})
	t.Run("not synced", func(t *testing.T) {
		if _, _, got := pull(t, s, content.SyncToken{}, 10); len(got) != 0 {
			t.Errorf("pull = %v, want none", got)
		}
		seqs, err := s.PublishedSeqs(t.Context())
		if err != nil || seqs[content.NonEntryHealth] != mustLastChange(t, s) {
			t.Errorf("PublishedSeqs() = %v, %v", seqs, err)
		}
	})
	t.Run("too many are rejected", func(t *testing.T) {
		err := s.Observe(t.Context(), "test", false, make([]*content.Observation, content.MaxBatch+1)...)
		if content.CodeOf(err) != content.LimitExceeded {
			t.Errorf("Observe of MaxBatch+1 observations: %v, want LimitExceeded", err)
		}
	})
}
