package answer

import (
	"context"
	"net/http"
	"time"

	"patternhub/internal/content"
	"patternhub/internal/web/operation"
	"patternhub/internal/web/run"
)

// Part is the answer to one request of a batch.
type Part struct {
	head, rest []byte
	own        bool // rest belongs to this answer only
	rate       content.RateLimit
	refusal    *operation.Refusal
}

// Refused returns the part of a request that was not executed.
func Refused(refusal *operation.Refusal) Part {
	return Part{head: run.ErrorBody(refusal.Errs), refusal: refusal}
}

// Part answers one request of a batch, from the cache or by running it.
func (a *Answers) Part(ctx context.Context, w http.ResponseWriter, c *run.Call) (out Part) {
	c.Sum = a.Sum(c)
	if key, tagged := a.key(c); tagged {
		found := a.lookUp(ctx, w, c, key)
		if out.rate, out.refusal, out.own = found.rate, found.refusal, found.own; found.refusal == nil {
			out.head, out.rest = found.head, found.rest
		}
	} else {
		resp, rate, refusal := a.o.Runner.Perform(ctx, c, nil)
		if out.rate, out.refusal, out.own = rate, refusal, true; refusal == nil {
			out.head, out.rest = run.Body(resp, c, rate)
		}
	}
	if out.refusal != nil {
		out.head, out.own = run.ErrorBody(out.refusal.Errs), false
	}
	return out
}

// Batch writes the answers of a batch. The status is that of the answers if they have the same,
// otherwise 200; each answer carries its own errors. Retry-After is the longest wait of any of them.
func (a *Answers) Batch(w http.ResponseWriter, r *http.Request, media string, parts []Part) {
	status, wait, size := 0, time.Duration(0), 0
	var bytes [][]byte
	separator := []byte{'['}
	for i, p := range parts {
		its := http.StatusOK
		if p.refusal != nil {
			its, wait = statusIn(media, p.refusal), max(wait, p.refusal.RetryAfter)
		}
		if i > 0 && its != status {
			its = http.StatusOK
		}
		status = its
		bytes = append(bytes, separator, p.head, p.rest)
		size += len(p.head) + len(p.rest)
		separator = []byte{','}
		budget(w.Header(), run.VisitOf(r.Context()), p.rate)
	}
	bytes = append(bytes, []byte("]\n"))
	h := w.Header()
	h["Vary"] = append(h["Vary"], a.vary...)
	retryAfter(h, wait)
	if size >= minCompress && encodingOf(r) == "gzip" {
		h.Set("Content-Encoding", "gzip")
		bytes = [][]byte{compress(bytes...)}
	}
	if !a.Write(w, r, media, status, bytes...) {
		return
	}
	for _, p := range parts {
		if p.own {
			a.recycle(p.rest)
		}
	}
}
