package run

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"patternhub/internal/content"
	"patternhub/internal/web/operation"
)

// Refusal converts an error, such as one of an Options callback, to a Refusal.
func (r *Runner) Refusal(ctx context.Context, err error) *operation.Refusal {
	presented := r.present(ctx, err)
	code, _ := presented.Extensions["code"].(string)
	return &operation.Refusal{Code: content.Code(code), Errs: gqlerror.List{presented}}
}

// present is gqlgen's error presenter. It returns the code and the safe message of a content.Error,
// and for any other error a generic message, and logs its cause. It runs in the goroutine of the
// field that failed and may run concurrently. Paths and locations in the document are preserved.
func (r *Runner) present(ctx context.Context, err error) *gqlerror.Error {
	out := &gqlerror.Error{}
	// An error with a code was made here, or has already been presented.
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
	if field := undecodedField(ctx); field != nil {
		return argumentError(field, graphql.GetOperationContext(ctx).Variables)
	}
	var fault *content.Error
	code := content.CodeOf(err)
	switch {
	// The message of an INTERNAL fault is not shown, since its author did not expect it to reach a
	// client.
	case errors.As(err, &fault) && code != content.Internal:
		out.Message = fault.Message
		if fault.Err != nil {
			r.o.Log.LogAttrs(ctx, slog.LevelWarn, "request failed", slog.String("request_id", VisitOf(ctx).ID),
				slog.String("code", string(code)), slog.Any("error", err))
		}
	case code == content.Timeout:
		out.Message = "The request took too long."
	// The client has disconnected.
	case errors.Is(err, context.Canceled):
		code, out.Message = content.Unavailable, "The request was canceled."
	default:
		code, out.Message = content.Internal, "Internal error."
		out.Extensions = map[string]any{"requestId": VisitOf(ctx).ID}
		r.o.Log.LogAttrs(ctx, slog.LevelError, "internal error", slog.String("request_id", VisitOf(ctx).ID), slog.Any("error", err))
	}
	if out.Extensions == nil {
		out.Extensions = make(map[string]any, 1)
	}
	out.Extensions["code"] = string(code)
	return out
}

// undecodedField returns the field in ctx if it failed while its arguments were decoded, and nil
// otherwise: gqlgen leaves Args nil then, and only then, on a field that has arguments.
func undecodedField(ctx context.Context) *graphql.FieldContext {
	field := graphql.GetFieldContext(ctx)
	if field != nil && field.Args == nil && field.Field.Field != nil &&
		field.Field.Definition != nil && len(field.Field.Definition.Arguments) > 0 {
		return field
	}
	return nil
}

// argumentError returns the error of a field whose arguments could not be decoded. Literals and variables
// have already been validated, so the only cause is a null for a variable that has a default. The error
// names the field: gqlgen's own has a path into the argument, no location in the document, and a message
// with Go's types.
func argumentError(field *graphql.FieldContext, vars map[string]any) *gqlerror.Error {
	message := operation.NullArgument(field.Field.Arguments, vars)
	if message == "" {
		message = "An argument of this field has an invalid value."
	}
	out := operation.Coded(content.BadUserInput, message)
	out.Path = field.Path()
	if at := field.Field.Position; at != nil {
		out.Locations = []gqlerror.Location{{Line: at.Line, Column: at.Column}}
	}
	return out
}

// Recovered is gqlgen's recover function: it logs the stack and returns an error without the cause. The
// error has already been presented, so present does not change it.
func (r *Runner) Recovered(ctx context.Context, value any) error {
	// An alert on this counter is the only way to notice a panic of a rare query.
	r.o.Metrics.panics.Inc()
	r.o.Log.LogAttrs(ctx, slog.LevelError, "panic", slog.String("request_id", VisitOf(ctx).ID),
		slog.String("value", fmt.Sprint(value)), slog.String("stack", string(debug.Stack())))
	e := operation.Coded(content.Internal, "Internal error.")
	e.Extensions["requestId"] = VisitOf(ctx).ID
	return e
}
