package site

import "sync/atomic"

// Stats are numbers of what a site has served since it started, for the metrics of the server.
type Stats struct {
	// Hits are answers with a page that was kept, Misses pages that had to be made, and Unchanged answers that
	// the reader's copy is still right.
	Hits, Misses, Unchanged uint64
	// Evictions are pages that were dropped to make room for others.
	Evictions uint64
	// Pages and Bytes are what is kept now, about.
	Pages, Bytes uint64
	// Cards and Diagrams are the pictures that were drawn, or read where they were drawn before.
	Cards, Diagrams uint64
}

// counters are the numbers of Stats that only grow.
type counters struct {
	hits, misses, unchanged, evictions, cards, diagrams atomic.Uint64
}

// Stats returns the numbers of now.
func (s *Site) Stats() Stats {
	out := Stats{
		Hits: s.count.hits.Load(), Misses: s.count.misses.Load(), Unchanged: s.count.unchanged.Load(),
		Evictions: s.count.evictions.Load(), Cards: s.count.cards.Load(), Diagrams: s.count.diagrams.Load(),
	}
	if s.ready != nil {
		out.Pages, out.Bytes = uint64(max(s.ready.Len(), 0)), s.ready.Bytes()
	}
	return out
}
