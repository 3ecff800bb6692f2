package engine

import (
	"context"
	"fmt"
	"io"

	"github.com/99designs/gqlgen/graphql"
)

// answered is what the engine gives a root middleware for a value it keeps to itself.
type answered struct{}

// MarshalGQL writes nothing that anybody sees.
func (answered) MarshalGQL(w io.Writer) { io.WriteString(w, "null") } //nolint:errcheck // the marshaler's interface has no error

// invokeRoot makes a call of a root field inside the root middleware. The middleware sees the
// call alone: what lies below is called later.
func (c *Column) invokeRoot(h *hand, ctx *callContext, i int) {
	defer func() {
		if p := recover(); p != nil {
			c.fail(i, callFailed, c.run.oc.Recover(ctx, p))
		}
	}()
	f := c.field.collected
	outer := graphql.WithFieldContext(h.ctx, c.run.describeObject(c.group, i))
	outer = graphql.WithRootFieldContext(outer, &graphql.RootFieldContext{Object: f.Name, Field: f})
	// What the middleware puts into its context reaches this call, not those below it.
	m := c.run.oc.RootResolverMiddleware(outer, func(inner context.Context) graphql.Marshaler {
		ctx.Context = inner
		c.guarded(ctx, h, i) //nolint:contextcheck // ctx stands on inner
		if c.state[i] != callValue {
			return graphql.Null
		}
		return answered{}
	})
	switch {
	case m == graphql.Marshaler(answered{}):
	case m != graphql.Marshaler(graphql.Null):
		c.answer(i, m)
	case c.state[i] == callValue:
		c.state[i] = callGone
	}
}

// wrongType says it in gqlgen's words, as clients may have come to know them.
func wrongType(got, want any) error {
	return fmt.Errorf("unexpected type %T from middleware/directive chain, should be %T", got, want)
}
