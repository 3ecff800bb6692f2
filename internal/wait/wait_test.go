package wait_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"patternhub/internal/wait"
)

// ready reports whether a channel has something to receive.
func ready(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

func TestNotificationsBeforeAReceiveCountAsOne(t *testing.T) {
	s := wait.NewSignal()
	if ready(s.C()) {
		t.Error("a new signal is notified")
	}
	for range 3 {
		s.Notify()
	}
	if !ready(s.C()) || ready(s.C()) {
		t.Error("three notifications do not count as one")
	}
	s.Notify()
	if !ready(s.C()) {
		t.Error("a later notification is lost")
	}
}

func TestSignalWakesOneGoroutine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, woken := wait.NewSignal(), make(chan struct{}, 2)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		for range 2 {
			go func() {
				select {
				case <-s.C():
					woken <- struct{}{}
				case <-ctx.Done():
				}
			}()
		}
		synctest.Wait()
		s.Notify()
		synctest.Wait()
		if len(woken) != 1 {
			t.Errorf("%d were woken", len(woken))
		}
	})
}

func TestBroadcastWakesAllWhoWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b wait.Broadcast
		b.Notify() // no goroutine waits
		before := b.C()
		if ready(before) {
			t.Error("an earlier notification closed the channel")
		}
		var all sync.WaitGroup
		for range 5 {
			all.Go(func() { <-b.C() })
		}
		synctest.Wait()
		b.Notify()
		all.Wait()
		if !ready(before) {
			t.Error("a channel taken before the notification is still open")
		}
		if ready(b.C()) {
			t.Error("a channel taken after it is closed")
		}
	})
}

func TestSleep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		if !wait.Sleep(t.Context(), time.Hour) || time.Since(begun) != time.Hour {
			t.Errorf("slept %s", time.Since(begun))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		begun = time.Now()
		if wait.Sleep(ctx, time.Hour) || time.Since(begun) != time.Minute {
			t.Errorf("slept %s over the end of the context", time.Since(begun))
		}
	})
}

func TestEvery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 35*time.Second)
		defer cancel()
		begun := time.Now()
		var at []time.Duration
		wait.Every(ctx, 10*time.Second, func(context.Context) { at = append(at, time.Since(begun)) })
		if len(at) != 4 || at[0] != 0 || at[3] != 30*time.Second {
			t.Errorf("called after %s", at)
		}
		if time.Since(begun) != 35*time.Second {
			t.Errorf("it ended after %s", time.Since(begun))
		}
	})
}
