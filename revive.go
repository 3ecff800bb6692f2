package main

import (
	"context"
	"time"
)

const (
	// reviveAfter leaves somebody who restarts the private MongoDB by hand, on its own port and
	// folder, the time to do so; requests are answered UNAVAILABLE meanwhile in any case.
	reviveAfter = time.Second
	// reviveEvery is the pause after an attempt that failed, such as on a full disk.
	reviveEvery = 5 * time.Second
)

// revive starts the private MongoDB again whenever it ends, until ctx ends: it is our child, so
// nobody else looks after it. A database of somebody else's is only waited for.
func (h *hub) revive(ctx context.Context) {
	server := h.db.server
	if server == nil {
		return
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-server.Exited():
		}
		h.program.log.ErrorContext(ctx, "the private MongoDB has ended and is started again")
		pause := reviveAfter
		for {
			select {
			case <-ctx.Done():
				return
			case <-time.After(pause):
			}
			err := server.Restart(ctx)
			if err == nil {
				break
			}
			h.program.log.ErrorContext(ctx, "the private MongoDB does not start", "error", err)
			pause = reviveEvery
		}
		h.program.say("MongoDB had ended and runs again.")
	}
}
