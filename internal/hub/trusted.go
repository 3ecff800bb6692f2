package hub

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"patternhub/internal/config"
	"patternhub/internal/web"
)

// trusted reads the manifests of trusted documents, if any. An id in several of them must have the same
// document in each.
func trusted(cfg *config.Config) (map[string]string, error) {
	all := map[string]string{}
	for _, name := range cfg.TrustedFiles {
		raw, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read TRUSTED_DOCUMENTS: %w", err)
		}
		documents, err := web.ParseManifest(raw)
		if err != nil {
			return nil, fmt.Errorf("read TRUSTED_DOCUMENTS: %s: %w", name, err)
		}
		for id, text := range documents {
			if other, twice := all[id]; twice && other != text {
				return nil, fmt.Errorf("read TRUSTED_DOCUMENTS: %s: the id %q has another document in an earlier manifest", name, id)
			}
			all[id] = text
		}
	}
	return all, nil
}

// retrust returns a function that calls reload on every SIGHUP until ctx ends. The signal is caught
// from the return of retrust on. Without manifests the signal keeps its usual effect, which is to
// end the program with its terminal.
func (h *hub) retrust(ctx context.Context) (wait func()) {
	if len(h.program.cli.TrustedFiles) == 0 {
		return func() { <-ctx.Done() }
	}
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	return func() {
		defer signal.Stop(hangups)
		for {
			select {
			case <-ctx.Done():
				return
			case <-hangups:
				h.reload(ctx)
			}
		}
	}
}

// reload reads the manifests again. If one cannot be read, it changes nothing.
func (h *hub) reload(ctx context.Context) {
	documents, err := trusted(&h.program.cli.Config)
	if err != nil {
		h.program.log.ErrorContext(ctx, "the trusted documents are unchanged", "error", err)
		h.program.say("Trusted documents: not read, the old ones remain.")
		return
	}
	h.web.SetDocuments(documents)
	h.program.say("Trusted documents: %d read again.", len(documents))
}
