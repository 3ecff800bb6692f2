package main

import (
	"context"
	"runtime"
	"runtime/debug"
)

// settle gives back the memory that only the start has needed, once the search indexes are
// filled: reading every text for them takes several times what they keep, and an idle hub would
// hold it until its next collections.
func (h *hub) settle(ctx context.Context) {
	if h.index.Filled(ctx) != nil {
		return // ctx has ended
	}
	debug.FreeOSMemory()
	if _, err := trim(); err != nil {
		h.program.log.WarnContext(ctx, "memory of the start is kept", "error", err)
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	h.program.log.InfoContext(ctx, "the start is over", "heap_bytes", m.HeapAlloc)
}
