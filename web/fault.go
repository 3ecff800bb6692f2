package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"patternhub/content"
)

// maxErrors is how many errors an answer tells: more help nobody and amplify a flood.
const maxErrors = 5

// refusal is an answer to a request that was not executed, or not to its end.
// It is made before anything of the answer is sent, so its status and headers are free.
type refusal struct {
	status     int
	unread     bool // the request's body was left where it was
	wellFormed bool // a GraphQL request with a faulty document: application/json answers 200
	errs       gqlerror.List
	allow      string        // the Allow header of a 405
	retryAfter time.Duration // the Retry-After header of a 429 or 503
}

// refuse builds a refusal with one error.
func refuse(status int, code content.Code, message string) *refusal {
	return &refusal{status: status, errs: gqlerror.List{coded(code, message)}}
}

// coded builds an error with a code.
func coded(code content.Code, message string) *gqlerror.Error {
	return &gqlerror.Error{Message: message, Extensions: map[string]any{"code": string(code)}}
}

// faulty builds the refusal of a document or of variables that are wrong.
// The code replaces whatever the errors carried, and the rule's name and cause stay inside.
func faulty(code content.Code, errs ...*gqlerror.Error) *refusal {
	if len(errs) > maxErrors {
		errs = errs[:maxErrors]
	}
	for _, e := range errs {
		e.Message, e.Rule, e.Err = shortenNames(e.Message), "", nil
		e.Extensions = map[string]any{"code": string(code)}
	}
	return &refusal{status: http.StatusBadRequest, wellFormed: true, errs: errs}
}

// statusOf gives the HTTP status of a code that ends a request.
func statusOf(code content.Code) int {
	switch code {
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

// refuseError builds the refusal for an error of a function that was handed in.
// The status follows from the code, see statusOf.
func (s *Server) refuseError(ctx context.Context, err error) *refusal {
	presented := s.present(ctx, err)
	code, _ := presented.Extensions["code"].(string)
	return &refusal{status: statusOf(content.Code(code)), errs: gqlerror.List{presented}}
}

// present is gqlgen's error presenter: the code and the safe message of a content.Error, and
// for everything unknown a sentence without a cause, which goes to the log.
// It runs in the goroutine of the field that failed, possibly several at once. Paths and places
// in the document stay; of the cause only the log hears.
func (s *Server) present(ctx context.Context, err error) *gqlerror.Error {
	out := &gqlerror.Error{}
	// What has a code already was made by us, or was presented before.
	if located, ok := errors.AsType[*gqlerror.Error](err); ok {
		out.Path, out.Locations = located.Path, located.Locations
		if code, ok := located.Extensions["code"].(string); ok {
			out.Message, out.Extensions = located.Message, map[string]any{"code": code}
			if id, ok := located.Extensions["requestId"]; ok {
				out.Extensions["requestId"] = id
			}
			return out
		}
	} else {
		out.Path = graphql.GetPath(ctx)
	}
	var fault *content.Error
	code := content.CodeOf(err)
	switch {
	// The message of an INTERNAL fault is not shown: whoever gave it that code did not expect it.
	case errors.As(err, &fault) && code != content.Internal:
		out.Message = fault.Message
		if fault.Err != nil {
			s.log.LogAttrs(ctx, slog.LevelWarn, "fault", slog.String("request_id", requestID(ctx)),
				slog.String("code", string(code)), slog.Any("error", err))
		}
	case code == content.Timeout:
		out.Message = "The request took too long."
	// gqlgen's own message would tell Go's types and numbers.
	case wrongArguments(ctx):
		code, out.Message = content.BadUserInput, "An argument of this field has a value that it cannot take."
	// Nobody reads this one: the client has gone.
	case errors.Is(err, context.Canceled):
		code, out.Message = content.Unavailable, "The request was given up."
	default:
		code, out.Message = content.Internal, "Internal error."
		out.Extensions = map[string]any{"requestId": requestID(ctx)}
		s.log.LogAttrs(ctx, slog.LevelError, "internal error", slog.String("request_id", requestID(ctx)), slog.Any("error", err))
	}
	if out.Extensions == nil {
		out.Extensions = make(map[string]any, 1)
	}
	out.Extensions["code"] = string(code)
	return out
}

// wrongArguments tells whether the field in ctx failed while its arguments were read: gqlgen
// leaves Args nil then, and only then, on a field that has arguments.
func wrongArguments(ctx context.Context) bool {
	field := graphql.GetFieldContext(ctx)
	return field != nil && field.Args == nil && field.Field.Field != nil &&
		field.Field.Definition != nil && len(field.Field.Definition.Arguments) > 0
}

// recovered is gqlgen's recover function: the stack goes to the log, the client learns nothing.
// The error that it gives is presented already, so that present leaves it as it is.
func (s *Server) recovered(ctx context.Context, value any) error {
	// An alert on this counter is the only way that a panic of a rare query is seen.
	s.metrics.panics.Inc()
	s.log.LogAttrs(ctx, slog.LevelError, "panic", slog.String("request_id", requestID(ctx)),
		slog.String("value", fmt.Sprint(value)), slog.String("stack", string(debug.Stack())))
	e := coded(content.Internal, "Internal error.")
	e.Extensions["requestId"] = requestID(ctx)
	return e
}
