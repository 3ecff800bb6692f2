package web

import (
	"net/http"

	"github.com/maypok86/otter/v2"
)

const (
	// urlsBytes bounds what is remembered of URLs: some thousands of the size that pages ask.
	urlsBytes = 8 << 20
	// urlLimit leaves long URLs out, which are rarely asked for twice.
	urlLimit = 4 << 10
)

// urls remembers what GET requests ask for by the bytes of their URL, so that an answer that is
// kept anyway is found without reading the URL, the variables and their hash again. That is
// more than half of what a 304 would cost otherwise.
// Only what would be admitted again in the same way is remembered, so a look in it needs no check.
// Two spellings of one request are two entries.
type urls struct {
	kept *otter.Cache[string, *call]
}

func newURLs() *urls {
	return &urls{kept: otter.Must(&otter.Options[string, *call]{
		MaximumWeight: urlsBytes,
		Weigher:       func(raw string, _ *call) uint32 { return weigh32(3*len(raw) + 512) },
	})}
}

// find gives what a request asks for, without a viewer; nil where it is not remembered.
func (u *urls) find(r *http.Request) *call {
	if r.Method == http.MethodPost {
		return nil
	}
	c, ok := u.kept.GetIfPresent(r.URL.RawQuery)
	if !ok {
		return nil
	}
	return c
}

// remember keeps what an admitted GET asked for, where it depends on the URL alone: a persisted
// query may be forgotten, and a document that is only logged must be logged again.
func (u *urls) remember(s *Server, r *http.Request, c *call) {
	if r.Method == http.MethodPost || len(r.URL.RawQuery) > urlLimit || !c.op.public || c.params.query == "" ||
		c.params.extensions != nil || s.opts.Trust != TrustOff {
		return
	}
	u.kept.Set(r.URL.RawQuery, &call{op: c.op, vars: c.vars, cost: c.cost, price: c.price, params: c.params, sum: c.sum})
}

// renew makes a remembered call this request's own.
// It notes for the log what admit would have noted.
func (s *Server) renew(r *http.Request, from *call, viewer Viewer) *call {
	c := *from
	c.viewer = viewer
	v := visitOf(r.Context())
	if c.bucket = viewer.Key; c.bucket == "" {
		c.bucket = v.address
	}
	v.operation.Store(c.op)
	v.cost.Store(c.price)
	return &c
}
