package engine

import (
	"context"
	"io"

	"github.com/99designs/gqlgen/graphql"
)

// answered is the value that the engine returns to a root middleware in place of the field's.
type answered struct{}

// MarshalGQL writes null, which does not reach the answer.
func (answered) MarshalGQL(w io.Writer) { io.WriteString(w, "null") } //nolint:errcheck // the marshaler's interface has no error

// invokeRoot makes a call of a root field inside the root middleware. The middleware sees that
// call only; the fields below are called later.
func (c *Column) invokeRoot(w *worker, ctx *callContext, i int) {
	defer func() {
		if p := recover(); p != nil {
			c.fail(i, callFailed, c.run.oc.Recover(ctx, p))
		}
	}()
	f := c.field.collected
	outer := graphql.WithFieldContext(w.ctx, c.run.describeObject(c.group, i))
	outer = graphql.WithRootFieldContext(outer, &graphql.RootFieldContext{Object: f.Name, Field: f})
	// What the middleware puts into its context reaches this call, not those below it.
	m := c.run.oc.RootResolverMiddleware(outer, func(inner context.Context) graphql.Marshaler {
		ctx.Context = inner
		c.guarded(ctx, w, i) //nolint:contextcheck // ctx stands on inner
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
