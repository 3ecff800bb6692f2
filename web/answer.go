package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
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

// write sends a complete answer with its length, within the write deadline.
func (s *Server) write(w http.ResponseWriter, r *http.Request, media string, status int, body []byte) {
	h := w.Header()
	// The length lets a client reuse the connection and tell a cut answer from a whole one.
	h.Set("Content-Type", media+"; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	// A writer without deadlines (a test's recorder) is one without slow readers.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(s.limits.WriteTimeout))
	w.WriteHeader(status)
	// HEAD has the headers of GET, its length included, and no body.
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) //nolint:gosec // it is JSON, with nosniff
	}
}

// body builds the answer's bytes around the executor's own, which are written as they are:
// json.Marshal would scan and copy them again.
// Of the errors only the first few are told. Data comes from the executor and is JSON already.
func body(resp *graphql.Response, extensions map[string]any) []byte {
	var b bytes.Buffer
	// One allocation in most cases: errors are rare and the extensions short.
	b.Grow(len(resp.Data) + 128)
	b.WriteByte('{')
	if len(resp.Errors) > 0 {
		errs := resp.Errors
		if len(errs) > maxErrors {
			errs = errs[:maxErrors]
		}
		raw, err := json.Marshal(errs)
		if err == nil {
			b.WriteString(`"errors":`)
			b.Write(raw)
			b.WriteByte(',')
		}
	}
	b.WriteString(`"data":`)
	// A null root has no bytes in gqlgen.
	if len(resp.Data) == 0 {
		b.WriteString("null")
	}
	b.Write(resp.Data)
	if raw, err := json.Marshal(extensions); err == nil && len(extensions) > 0 {
		b.WriteString(`,"extensions":`)
		b.Write(raw)
	}
	b.WriteString("}\n")
	return b.Bytes()
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
