package web

import "net/http"

// OpenSockets counts the open sockets and streams.
func (s *Server) OpenSockets() int { return int(s.live.Count()) }

// Address returns the client's address of a request.
func (s *Server) Address(r *http.Request) string { return s.proxies.address(r) }
