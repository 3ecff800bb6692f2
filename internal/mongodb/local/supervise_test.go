package local_test

import (
	"context"
	"log/slog"
	"os"
	"sync"
	"testing"

	"patternhub/internal/mongodb/local"
)

// mustKill kills a process, as the system would.
func mustKill(t *testing.T, pid int) {
	t.Helper()
	p, err := os.FindProcess(pid)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Kill(); err != nil {
		t.Fatal(err)
	}
}

// TestSuperviseRestartsAKilledServer kills mongod twice.
func TestSuperviseRestartsAKilledServer(t *testing.T) {
	server := mustStart(t, local.Options{Dir: t.TempDir()})
	uri := server.URI()
	mustInsert(t, uri, "acknowledged")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	restarted := make(chan struct{}, 1)
	var supervisor sync.WaitGroup
	supervisor.Go(func() { server.Supervise(ctx, slog.New(slog.DiscardHandler), func() { restarted <- struct{}{} }) })
	for range 2 {
		before := server.PID()
		mustKill(t, before)
		<-restarted
		if after := server.PID(); after == 0 || after == before {
			t.Errorf("the process was %d and is %d", before, after)
		}
		mustHave(t, uri, "acknowledged")
	}
	cancel()
	supervisor.Wait()
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	if server.PID() != 0 {
		t.Error("mongod was restarted after the end of Supervise")
	}
}
