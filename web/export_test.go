package web

import "net/http"

// Steps counts the selections that the walk visits in a document, for the proof that its work
// is linear.
func (s *Server) Steps(text string) (int, error) {
	doc, err := parse(text)
	if err != nil {
		return 0, err
	}
	return newWalk(s.info, doc, nil).run(doc.Operations[0]).steps, nil
}

// Prepare parses, measures and validates a document without the cache.
func (s *Server) Prepare(text string) bool {
	_, refused := s.operations.prepare(text, "")
	return refused == nil
}

// OpenSockets counts the open sockets and streams.
func (s *Server) OpenSockets() int { return int(s.sockets.count()) }

// Address gives the client's address of a request.
func (s *Server) Address(r *http.Request) string { return s.address(r) }
