package content

import (
	"context"
	"errors"
)

// Code is the class of a fault, the value of extensions.code in a response.
type Code string

// The codes of the contract. Clients branch on them, so a value never changes its meaning.
const (
	BadUserInput           Code = "BAD_USER_INPUT"
	NotFound               Code = "NOT_FOUND"
	Unauthenticated        Code = "UNAUTHENTICATED"
	Forbidden              Code = "FORBIDDEN"
	Conflict               Code = "CONFLICT"
	LimitExceeded          Code = "LIMIT_EXCEEDED"
	RateLimited            Code = "RATE_LIMITED"
	SyncTokenExpired       Code = "SYNC_TOKEN_EXPIRED"
	ParseFailed            Code = "GRAPHQL_PARSE_FAILED"
	ValidationFailed       Code = "GRAPHQL_VALIDATION_FAILED"
	PersistedQueryNotFound Code = "PERSISTED_QUERY_NOT_FOUND"
	Unavailable            Code = "UNAVAILABLE"
	Timeout                Code = "TIMEOUT"
	Internal               Code = "INTERNAL"
)

// Error is a fault with a code. Message is safe to show to a client. Err is the cause, which is only
// logged.
type Error struct {
	Code    Code
	Message string
	Err     error
}

// Fault returns an Error with a code and a message for the client.
func Fault(code Code, message string) *Error { return &Error{Code: code, Message: message} }

// Wrap returns an Error with a cause for the log.
func Wrap(code Code, message string, err error) *Error {
	return &Error{Code: code, Message: message, Err: err}
}

// Stale returns the Conflict for a write that is not based on the newest revision of an entry.
func Stale() *Error {
	return Fault(Conflict, "The entry has changed since you read it. Read it again and repeat the change.")
}

// Error returns the message with the cause, for logs. Clients see Message alone.
func (e *Error) Error() string {
	if e.Err == nil {
		return e.Message
	}
	return e.Message + ": " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// CodeOf returns the code of the first Error in err's chain. Without one, an exceeded deadline is
// Timeout, a nil error has no code, and everything else is Internal.
func CodeOf(err error) Code {
	var e *Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &e):
		return e.Code
	case errors.Is(err, context.DeadlineExceeded):
		return Timeout
	default:
		return Internal
	}
}
