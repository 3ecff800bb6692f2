package run

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"patternhub/internal/web/operation"
)

// trace starts the span of an operation. It contains neither variables nor the document, which the
// hash identifies.
func (r *Runner) trace(ctx context.Context, c *Call) (context.Context, func(*graphql.Response)) {
	if r.o.Tracer == nil {
		return ctx, func(*graphql.Response) {}
	}
	ctx, span := r.o.Tracer.Start(ctx, string(c.Operation.Def.Operation), trace.WithAttributes(
		attribute.String("graphql.operation.type", string(c.Operation.Def.Operation)),
		attribute.String("graphql.operation.name", operation.Shorten(c.Operation.Def.Name)),
		attribute.String("graphql.document.hash", "sha256:"+c.Operation.Hash),
		attribute.Int64("graphql.operation.cost", c.Price.Cost)))
	return ctx, func(resp *graphql.Response) {
		if resp == nil || len(resp.Errors) > 0 {
			span.SetStatus(codes.Error, "")
		}
		span.End()
	}
}
