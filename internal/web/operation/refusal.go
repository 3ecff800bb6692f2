package operation

import (
	"time"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"patternhub/internal/content"
)

// MaxErrors is the maximum number of errors in a response; more would not help and would amplify a
// flood.
const MaxErrors = 5

// Refusal is the answer to a request that was not executed, or not completely.
type Refusal struct {
	// Code is the reason.
	Code content.Code
	Errs gqlerror.List
	// Status is the HTTP status if the transport has one of its own; 0 means that of the code.
	Status int
	// WellFormed means that the HTTP request was valid although the document or the variables were
	// not; application/json answers it with 200.
	WellFormed bool
	// RetryAfter is the time that the client should wait; 0 if it need not.
	RetryAfter time.Duration
}

// Refuse builds a refusal with one error.
func Refuse(code content.Code, message string) *Refusal {
	return &Refusal{Code: code, Errs: gqlerror.List{Coded(code, message)}}
}

// Coded builds an error with a code.
func Coded(code content.Code, message string) *gqlerror.Error {
	return &gqlerror.Error{Message: message, Extensions: map[string]any{"code": string(code)}}
}

// refuseInvalid returns the refusal of a document or of variables. The code replaces the codes of the
// errors; the rule's name and cause are hidden from the client.
func refuseInvalid(code content.Code, errs ...*gqlerror.Error) *Refusal {
	if len(errs) > MaxErrors {
		errs = errs[:MaxErrors]
	}
	for _, e := range errs {
		e.Message, e.Rule, e.Err = shortenNames(e.Message), "", nil
		e.Extensions = map[string]any{"code": string(code)}
	}
	return &Refusal{Code: code, WellFormed: true, Errs: errs}
}
