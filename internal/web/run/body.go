package run

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"patternhub/internal/content"
	"patternhub/internal/web/operation"
)

// ErrorBody returns an answer without a data entry. It never fails: errors that cannot be encoded
// become an internal error.
func ErrorBody(errs gqlerror.List) []byte {
	body, err := json.Marshal(struct {
		Errors gqlerror.List `json:"errors"`
	}{errs})
	if err != nil {
		return []byte(`{"errors":[{"message":"Internal error.","extensions":{"code":"INTERNAL"}}]}`)
	}
	return body
}

// opening is the beginning of an answer without errors.
var opening = []byte(`{"data":`)

// Body returns an answer's bytes in two parts, so that the executor's own are not copied: head is
// what precedes them, and rest is they with what follows. That is the cost, if the answer is a
// call's and not an event's. Only the first errors are included. Data is valid JSON and belongs to
// this answer only, so Body appends in its spare capacity, which the engine provides.
func Body(resp *graphql.Response, c *Call, rate content.RateLimit) (head, rest []byte) {
	head, rest = opening, resp.Data
	if len(resp.Errors) > 0 {
		if raw, err := json.Marshal(resp.Errors[:min(operation.MaxErrors, len(resp.Errors))]); err == nil {
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

// lost refuses an answer without any value because the store could not be reached in time, so that
// clients and load balancers see 503 and 504 instead of a success.
func lost(resp *graphql.Response) *operation.Refusal {
	// An answer with any value is an answer: the client decides whether it is useful.
	for _, e := range resp.Errors {
		code, _ := e.Extensions["code"].(string)
		c := content.Code(code)
		if (c == content.Unavailable || c == content.Timeout) && empty(resp.Data) {
			refusal := &operation.Refusal{Code: c, Errs: resp.Errors[:min(operation.MaxErrors, len(resp.Errors))]}
			if c == content.Unavailable {
				refusal.RetryAfter = time.Second
			}
			return refusal
		}
	}
	return nil
}

// empty reports whether data has no root field with a value.
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

// appendCost appends extensions.cost to an answer. Every answer to a query or a mutation has it, so
// that clients learn what theirs cost.
func appendCost(b []byte, c *Call, r content.RateLimit) []byte {
	b = append(b, `,"extensions":{"cost":{"requestedQueryCost":`...)
	b = strconv.AppendInt(b, int64(r.Cost), 10)
	b = append(b, `,"actualQueryCost":`...)
	b = strconv.AppendInt(b, int64(r.Actual), 10)
	// A public answer is the same for every client, so it cannot show a bucket.
	if !c.Public() {
		b = append(b, `,"throttleStatus":{"maximumAvailable":`...)
		b = strconv.AppendInt(b, int64(r.Limit), 10)
		b = append(b, `,"currentlyAvailable":`...)
		b = strconv.AppendInt(b, int64(r.Remaining), 10)
		b = append(b, `,"restoreRate":`...)
		b = strconv.AppendInt(b, int64(r.Restore), 10)
		b = append(b, '}')
	}
	return append(b, "}}"...)
}
