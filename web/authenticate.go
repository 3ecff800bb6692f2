package web

import (
	"context"

	"patternhub/content"
)

// guess is what wrong credentials cost their address, in points of a bucket of its own for that: as
// much as a small query, which is what a look-up costs. With the default limits that is two
// thousand at once, and then a hundred a second.
const guess = 10

// authenticate turns the credentials of a request into a viewer.
// A wrong key is refused and never served as anonymous: its owner would miss it. It costs a look-up
// in the store, so who has brought too many is not looked up for a while, whatever he brings.
// Requests without credentials, and those of other addresses, are not concerned.
func (s *Server) authenticate(ctx context.Context, c Credentials) (context.Context, Viewer, *refusal) {
	bucket := "" // none without credentials
	if c.Token != "" || c.Preview != "" {
		bucket = "wrong keys of " + visitOf(ctx).address
		if wait := s.buckets.wait(bucket, guess); wait > 0 {
			if refused := s.limited(wait, "Too many wrong keys came from this address."); refused != nil {
				return ctx, Viewer{}, refused
			}
		}
	}
	ctx, viewer, err := s.opts.Authenticate(ctx, c)
	if err == nil {
		return ctx, viewer, nil
	}
	if bucket != "" && content.CodeOf(err) == content.Unauthenticated {
		s.buckets.take(bucket, guess)
	}
	return ctx, viewer, s.refuseError(ctx, err)
}
