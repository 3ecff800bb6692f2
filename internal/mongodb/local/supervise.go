package local

import (
	"context"
	"log/slog"
	"time"

	"patternhub/internal/wait"
)

const (
	// restartPause is the pause before a restart. It leaves time to restart mongod by hand, on its
	// own port and folder.
	restartPause = time.Second
	// maxRestartPause is the longest pause between failed attempts, such as on a full disk.
	maxRestartPause = 5 * time.Second
)

// Supervise restarts mongod whenever it ends, and calls restarted after each restart, until ctx ends.
// It also restarts mongod after Close and Kill, so a caller must end ctx and wait for Supervise before
// it closes the server.
func (s *Server) Supervise(ctx context.Context, log *slog.Logger, restarted func()) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.Exited():
		}
		log.ErrorContext(ctx, "the private MongoDB has ended and is restarted")
		if !wait.Sleep(ctx, restartPause) {
			return
		}
		if wait.Retry(ctx, maxRestartPause, s.Restart, func(err error) {
			log.ErrorContext(ctx, "the private MongoDB does not start", "error", err)
		}) != nil {
			return
		}
		restarted()
	}
}
