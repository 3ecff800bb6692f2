package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"patternhub/content"
)

// refuse writes the answer to a request that was not executed. A well-formed GraphQL request
// gets 200 in application/json, as the protocol keeps it for old clients.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, media string, refused *refusal) {
	status := refused.status
	// Clients of application/json read the body of a 200 only.
	if refused.wellFormed && media == mediaJSON {
		status = http.StatusOK
	}
	h := w.Header()
	h.Set("Cache-Control", "private, no-store")
	if refused.allow != "" {
		h.Set("Allow", refused.allow)
	}
	// RFC 9110 asks for the scheme with every 401.
	if status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", "Bearer")
	}
	if refused.retryAfter > 0 {
		// A fraction of a second would read as "at once".
		h.Set("Retry-After", strconv.Itoa(int((refused.retryAfter+time.Second-1)/time.Second)))
	}
	s.write(w, r, media, status, errorBody(refused.errs))
}

// errorBody is an answer without a data entry.
// It never fails: what cannot be encoded becomes an internal error.
func errorBody(errs gqlerror.List) []byte {
	body, err := json.Marshal(struct {
		Errors gqlerror.List `json:"errors"`
	}{errs})
	if err != nil {
		return []byte(`{"errors":[{"message":"Internal error.","extensions":{"code":"INTERNAL"}}]}`)
	}
	return body
}

// write sends a complete answer, in one part or several, with its length, within the write
// deadline, and tells whether all of it has been taken.
func (s *Server) write(w http.ResponseWriter, r *http.Request, media string, status int, body ...[]byte) (sent bool) {
	size := 0
	for _, part := range body {
		size += len(part)
	}
	h := w.Header()
	// The length lets a client reuse the connection and tell a cut answer from a whole one.
	h.Set("Content-Type", media+"; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(size))
	// A writer without deadlines (a test's recorder) is one without slow readers.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(s.limits.WriteTimeout))
	w.WriteHeader(status)
	// HEAD has the headers of GET, its length included, and no body.
	if r.Method == http.MethodHead {
		return true
	}
	for _, part := range body {
		if _, err := w.Write(part); err != nil { //nolint:gosec // it is JSON, with nosniff
			return false
		}
	}
	return true
}

// recycler is a schema that writes the next answer in the place of one that has been sent.
type recycler interface {
	Recycle(data []byte)
}

// recycle gives the bytes of an answer to a query or mutation back to who wrote them. Nobody may read
// them any more: where sending failed, the connection may still do so.
func (s *Server) recycle(data []byte) {
	if r, ok := s.opts.Schema.(recycler); ok {
		r.Recycle(data)
	}
}

// opening is how an answer without errors begins.
var opening = []byte(`{"data":`)

// body gives an answer's bytes in two parts, so that the executor's own are not copied: what
// stands before them, and they with what stands behind them, which is the cost where the answer
// is a call's and not an event's.
// Of the errors only the first few are told. Data is JSON already and this answer's alone: what
// is appended goes where its buffer has room, as the engine sees to.
func body(resp *graphql.Response, c *call, rate Rate) (head, rest []byte) {
	head, rest = opening, resp.Data
	if len(resp.Errors) > 0 {
		if raw, err := json.Marshal(resp.Errors[:min(maxErrors, len(resp.Errors))]); err == nil {
			head = slices.Concat([]byte(`{"errors":`), raw, []byte(`,"data":`))
		}
	}
	// A null root has no bytes in gqlgen.
	if len(rest) == 0 {
		rest = append(rest, "null"...)
	}
	if c != nil {
		rest = appendCost(rest, c, rate)
	}
	return head, append(rest, "}\n"...)
}

// lost refuses an answer that holds nothing because the store could not be reached in time, so
// that clients and balancers see 503 and 504 instead of a success.
func lost(resp *graphql.Response) *refusal {
	// An answer that holds something is an answer: the client decides what it is worth.
	for _, e := range resp.Errors {
		code, _ := e.Extensions["code"].(string)
		c := content.Code(code)
		if (c == content.Unavailable || c == content.Timeout) && empty(resp.Data) {
			refused := &refusal{status: statusOf(c), errs: resp.Errors[:min(maxErrors, len(resp.Errors))]}
			if c == content.Unavailable {
				refused.retryAfter = time.Second
			}
			return refused
		}
	}
	return nil
}

// empty tells whether data has no root field with a value.
func empty(data json.RawMessage) bool {
	var root map[string]json.RawMessage
	if json.Unmarshal(data, &root) != nil {
		return true
	}
	for _, v := range root {
		if !bytes.Equal(v, []byte("null")) {
			return false
		}
	}
	return true
}

// after waits until this replica has seen the write that a token names, for at most WaitAfter.
// Without a token, or where nothing follows the log, nobody waits. A token that cannot be read is
// the client's fault and told as such, since ignoring it would show an old state without a word.
func (s *Server) after(ctx context.Context, token string) *refusal {
	if token == "" || s.opts.Revisions == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, s.limits.WaitAfter)
	defer cancel()
	err := s.opts.Revisions.Wait(ctx, token)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.DeadlineExceeded):
		refused := refuse(http.StatusServiceUnavailable, content.Unavailable, "The write named by X-After has not arrived here yet.")
		refused.retryAfter = time.Second
		return refused
	}
	return s.refuseError(ctx, err)
}
