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

	"patternhub/internal/content"
)

// readyTimeout bounds a readiness check: a load balancer asks every few seconds.
const readyTimeout = time.Second

// adminHandler serves what operators need. Its address must not be public.
func (s *Server) adminHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/livez", s.alive)
	mux.HandleFunc("/readyz", s.ready)
	mux.HandleFunc("/statz", s.stats)
	mux.Handle("/metrics", promhttp.HandlerFor(s.opts.Registry, promhttp.HandlerOpts{}))
	// Profiles expose memory and code, one more reason why this address must not be public.
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	return mux
}

// alive succeeds as long as the process serves HTTP.
func (s *Server) alive(w http.ResponseWriter, _ *http.Request) {
	writeStatus(w, http.StatusOK, map[string]any{"status": "ok"})
}

// ready reports whether queries can be served now: not while draining, and not without a store. The
// answer has only the code of the reason; the log has the cause.
func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	// A load balancer removes the replica before its connections close.
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

// stats answers with a few numbers for operators.
func (s *Server) stats(w http.ResponseWriter, _ *http.Request) {
	// ReadMemStats stops the world for some microseconds; this page is not polled.
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	writeStatus(w, http.StatusOK, map[string]any{
		"goroutines": runtime.NumGoroutine(), "heap": mem.HeapAlloc, "connections": s.live.Count(),
		"running": s.runner.Running(), "build": s.opts.Build,
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
