package web

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/pprof"
	"runtime"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"patternhub/content"
)

// readyTimeout is how long readiness may take: a balancer asks every few seconds.
const readyTimeout = time.Second

// adminHandler serves what operators need. Its address must not be public.
func (s *Server) adminHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/livez", s.live)
	mux.HandleFunc("/readyz", s.ready)
	mux.HandleFunc("/statz", s.stats)
	mux.Handle("/metrics", promhttp.HandlerFor(s.opts.Registry, promhttp.HandlerOpts{}))
	// Profiles tell memory and code, one more reason why this address is not public.
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	return mux
}

// live answers as long as the process serves HTTP at all.
func (s *Server) live(w http.ResponseWriter, _ *http.Request) {
	writeStatus(w, http.StatusOK, map[string]any{"status": "ok"})
}

// ready answers whether queries can be served now: not while draining, and not without a store.
// The reason is told as a code alone; what exactly is wrong stands in the log.
func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	// A balancer takes the replica out before its connections close.
	if s.draining.Load() {
		writeStatus(w, http.StatusServiceUnavailable, map[string]any{"status": "draining"})
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), readyTimeout)
	defer cancel()
	if err := s.opts.Ready(ctx); err != nil {
		writeStatus(w, http.StatusServiceUnavailable, map[string]any{"status": "unavailable", "code": content.CodeOf(err)})
		return
	}
	writeStatus(w, http.StatusOK, map[string]any{"status": "ok"})
}

// stats tells a few numbers for a person.
func (s *Server) stats(w http.ResponseWriter, _ *http.Request) {
	// ReadMemStats stops the world for some microseconds; nobody polls this page.
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	writeStatus(w, http.StatusOK, map[string]any{
		"goroutines": runtime.NumGoroutine(), "heap": mem.HeapAlloc, "connections": s.sockets.count(),
		"running": len(s.places), "build": s.opts.Build,
	})
}

// writeStatus sends a short JSON object.
func writeStatus(w http.ResponseWriter, status int, value map[string]any) {
	body, err := json.Marshal(value)
	if err != nil {
		status, body = http.StatusInternalServerError, []byte(`{"status":"error"}`)
	}
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body)
}
