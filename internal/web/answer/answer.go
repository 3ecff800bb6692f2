package answer

import (
	"net/http"
	"strconv"
	"time"

	"patternhub/internal/content"
	"patternhub/internal/web/operation"
	"patternhub/internal/web/run"
)

// private is the Cache-Control of answers for one client only.
var private = []string{"private, no-store"}

// Private marks an answer as only for this client, which should not store it.
func Private(h http.Header) { h["Cache-Control"] = private }

// Header returns a request's header. The name must be canonical; http.Header.Get would compute that.
func Header(r *http.Request, name string) string {
	if v := r.Header[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// AwaitNothing removes the server's read deadline, which is meant for the body. Otherwise it would
// end the request later, because net/http continues to read to detect that the client has left. A
// GET that is answered from the cache ends earlier and does without the call.
func AwaitNothing(w http.ResponseWriter) {
	_ = http.NewResponseController(w).SetReadDeadline(time.Time{})
}

// Writer writes complete answers.
type Writer struct {
	// Timeout is the time that a client may take to read an answer.
	Timeout time.Duration
}

// Refuse writes the answer to a request that was not executed. A well-formed GraphQL request gets
// status 200 in application/json, as the protocol requires for old clients.
func (o Writer) Refuse(w http.ResponseWriter, r *http.Request, media string, refusal *operation.Refusal) {
	status := statusIn(media, refusal)
	h := w.Header()
	Private(h)
	// RFC 9110 requires the scheme with every 401.
	if status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", "Bearer")
	}
	retryAfter(h, refusal.RetryAfter)
	o.Write(w, r, media, status, run.ErrorBody(refusal.Errs))
}

// Write sends a complete answer, in one part or several, with its length and within the write
// deadline. It reports whether all of it was sent.
func (o Writer) Write(w http.ResponseWriter, r *http.Request, media string, status int, body ...[]byte) (sent bool) {
	size := 0
	for _, part := range body {
		size += len(part)
	}
	h := w.Header()
	// The length lets a client reuse the connection and detect a truncated answer.
	h.Set("Content-Type", media+"; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(size))
	// A writer without deadlines is a test's recorder, which has no slow reader.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(o.Timeout))
	w.WriteHeader(status)
	// HEAD has the headers of GET, including its length, and no body.
	if r.Method == http.MethodHead {
		return true
	}
	for _, part := range body {
		if _, err := w.Write(part); err != nil {
			return false
		}
	}
	return true
}

// statusIn returns the status of a refusal in a media type.
func statusIn(media string, refusal *operation.Refusal) int {
	switch {
	// Clients of application/json read only the body of a 200.
	case refusal.WellFormed && media == MediaJSON:
		return http.StatusOK
	case refusal.Status != 0:
		return refusal.Status
	}
	switch refusal.Code {
	case content.Unauthenticated:
		return http.StatusUnauthorized
	case content.Forbidden:
		return http.StatusForbidden
	case content.RateLimited:
		return http.StatusTooManyRequests
	case content.Unavailable:
		return http.StatusServiceUnavailable
	case content.Timeout:
		return http.StatusGatewayTimeout
	case content.Internal:
		return http.StatusInternalServerError
	default:
		return http.StatusBadRequest
	}
}

// retryAfter sets the time that a client should wait, if any.
func retryAfter(h http.Header, wait time.Duration) {
	if wait > 0 {
		// Round up, since a fraction of a second would become zero.
		h.Set("Retry-After", strconv.Itoa(int((wait+time.Second-1)/time.Second)))
	}
}

// budget sets the RateLimit headers, which show the bucket's state on every answer; the body shows
// it only on private ones. Reset is in whole seconds until the bucket is full, as in the IETF's
// draft of the headers.
func budget(h http.Header, v *run.Visit, rate content.RateLimit) {
	if rate.Limit == 0 {
		return // nothing was charged
	}
	// The keys are in the spelling of net/http, which saves its work of computing that.
	h["Ratelimit-Limit"] = v.Value(run.ValueLimit, strconv.Itoa(rate.Limit))
	h["Ratelimit-Remaining"] = v.Value(run.ValueRemaining, strconv.Itoa(rate.Remaining))
	h["Ratelimit-Reset"] = v.Value(run.ValueReset, strconv.Itoa(rate.Used()/max(1, rate.Restore)))
}
