package wait_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"patternhub/internal/wait"
)

var errAway = errors.New("away")

func TestRetryUntilItSucceeds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var failed []error
		calls := 0
		err := wait.Retry(t.Context(), wait.Short, func(context.Context) error {
			if calls++; calls < 20 {
				return errAway
			}
			return nil
		}, func(err error) { failed = append(failed, err) })
		if err != nil || calls != 20 || len(failed) != 19 || !errors.Is(failed[0], errAway) {
			t.Errorf("%v after %d calls, %d failed", err, calls, len(failed))
		}
	})
}

// TestPausesGrowUpToTheLongest records when each attempt begins.
func TestPausesGrowUpToTheLongest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const most = 4 * time.Second
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		var pauses []time.Duration
		ended := time.Now()
		err := wait.Retry(ctx, most, func(context.Context) error {
			pauses, ended = append(pauses, time.Since(ended)), time.Now()
			return errAway
		}, func(error) {})
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("it ends with %v", err)
		}
		if pauses[0] != 0 || pauses[1] > 100*time.Millisecond {
			t.Errorf("the first pauses are %s", pauses[:2])
		}
		longest := time.Duration(0)
		for _, p := range pauses {
			longest = max(longest, p)
		}
		if longest < most/2 || longest > most*3/2 {
			t.Errorf("the longest pause is %s, want about %s", longest, most)
		}
	})
}

func TestPausesStartAgainAfterALongCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var after time.Duration
		calls, ended := 0, time.Now()
		_ = wait.Retry(t.Context(), wait.Short, func(context.Context) error {
			switch calls++; calls {
			case 20: // the pauses are at their longest
				time.Sleep(time.Hour)
				ended = time.Now()
			case 21:
				after = time.Since(ended)
				return nil
			}
			return errAway
		}, func(error) {})
		if after == 0 || after > 100*time.Millisecond {
			t.Errorf("the pause after an hour is %s", after)
		}
	})
}

func TestRetryEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		failed := 0
		err := wait.Retry(ctx, time.Hour, func(context.Context) error {
			cancel()
			return errAway
		}, func(error) { failed++ })
		if !errors.Is(err, context.Canceled) || failed != 0 {
			t.Errorf("%v, %d failed: what fails after the end is no failure", err, failed)
		}
		if err := wait.Retry(ctx, time.Hour, func(context.Context) error { t.Error("called after the end"); return nil }, func(error) {}); !errors.Is(err, context.Canceled) {
			t.Errorf("after the end: %v", err)
		}
	})
}
