package web

import (
	"math"
	"net/http"
)

// Steps counts the selections that the walk visits in a document, for the proof that its work
// is linear.
func (s *Server) Steps(text string) (int, error) {
	doc, err := parse(text)
	if err != nil {
		return 0, err
	}
	if len(doc.Operations) == 0 {
		return 0, nil
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

// Joined counts the requests that look for an answer in the cache and did not get it yet.
func (s *Server) Joined() int { return int(s.answers.waiting.Load()) }

// ParseMessage reads a socket's message.
func (s *Server) ParseMessage(raw []byte) (kind, id string, payload []byte, err error) {
	m, err := s.parseMessage(raw)
	return m.Type, m.ID, m.Payload, err
}

// Shorten, LoneSurrogate and Overlapping are the functions that tests look at alone.
var Shorten, Overlapping = shorten, overlapping

// LoneSurrogate looks at a JSON or GraphQL text.
func LoneSurrogate(text string) bool { return loneSurrogate([]byte(text)) }

// ActualCost prices an answer's data with the weights of fields, whatever was asked for.
func ActualCost(weighted map[string]int64, data []byte) int64 {
	return actualCost(&call{op: &operation{weighted: weighted}, price: math.MaxInt64}, data)
}

// FillKey takes n of a key's places.
func (s *Server) FillKey(key string, n int) {
	for range n {
		s.sockets.enterKey(key)
	}
}
