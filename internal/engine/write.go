package engine

import (
	"context"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// write writes the answer depth first and reports the errors in the order of the document.
// It leaves spare capacity behind the bytes.
func (r *run) write() []byte {
	w := &r.w
	w.run = r
	switch {
	case r.plan.operation == ast.Subscription:
		w.event()
	case w.object(r.root, 0):
		w.buf = append(w.buf, "null"...)
	}
	for _, l := range w.late {
		graphql.AddError(l.ctx, l.err)
	}
	w.buf = slices.Grow(w.buf, spare)
	return w.buf
}

// object writes an object: each field as `,"name":value`, then the first comma is replaced by the
// brace. If a field is null that must not be, it removes the object and returns true; it visits the
// remaining fields all the same, so that all errors are reported.
func (w *Writer) object(g *group, i int) (null bool) {
	start := len(w.buf)
	for k := 0; k < len(g.sel.fields); {
		var bad bool
		k, bad = w.fields(g, i, k)
		null = null || bad
	}
	switch {
	case null:
		w.cut(start)
		return true
	case len(w.buf) == start:
		w.buf = append(w.buf, "{}"...)
	default:
		w.buf[start] = '{'
		w.buf = append(w.buf, '}')
	}
	return false
}

// fields writes the fields from k on. If a getter or a marshaler panics, the field becomes null and
// fields returns the index of the next one.
func (w *Writer) fields(g *group, i, k int) (next int, bad bool) {
	base, depth, mark := w.base, len(w.indices), len(w.buf)
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		f := g.sel.fields[k]
		ctx := w.context(f, g, i)
		w.base, w.indices, w.null = base, w.indices[:depth], false
		w.run.oc.Error(ctx, w.run.oc.Recover(ctx, p))
		w.cut(mark)
		bad = w.close(f, mark, true) || bad
		next = k + 1
	}()
	for ; k < len(g.sel.fields); k++ {
		f := g.sel.fields[k]
		mark = len(w.buf)
		if f.constant != nil {
			w.buf = append(w.buf, f.constant...)
			if f.hidden {
				w.cut(mark)
			}
			continue
		}
		if w.run.inSeries(g) && f.column >= 0 {
			w.run.alone(g.columns[f.column])
		}
		w.buf = append(w.buf, f.key...)
		w.base = len(w.indices)
		null := w.field(f, g, i)
		w.base = base
		bad = w.close(f, mark, null) || bad
	}
	return k, bad
}

// close ends a field whose bytes begin at mark and reports whether its null removes the object.
func (w *Writer) close(f *planned, mark int, null bool) (bad bool) {
	if null {
		w.buf = append(append(w.buf[:mark], f.key...), "null"...)
	}
	if f.hidden {
		w.cut(mark)
	}
	required := w.required
	w.required = false
	return null && (f.levels[0].nonNull || required)
}

// field writes the value of a field: from the object itself, from the result of its call, or from
// its column. If the value is null, it writes nothing and returns true.
func (w *Writer) field(f *planned, g *group, i int) (null bool) {
	w.at(f, g, i)
	if f.column < 0 {
		f.spec.Leaf(w, g.objs[i])
		return w.taken()
	}
	c := g.columns[f.column]
	switch {
	case !f.spec.direct() && c.state[i] != callValue:
		return w.failed(c, i)
	case !f.spec.leaf():
		_, null = w.node(c, i, c.starts[i], 0)
		return null
	case f.spec.Row != nil:
		f.spec.Leaf(w, c.values[i])
	default:
		c.results.write(w, i)
	}
	return w.taken()
}

// failed reports why a call has no value.
func (w *Writer) failed(c *Column, i int) (null bool) {
	ctx := c.context(i)
	oc := w.run.oc
	switch c.state[i] {
	case callLocated:
		oc.Error(ctx, graphql.AddFieldLocationToError(ctx, c.errs[i]))
		fc := graphql.GetFieldContext(ctx)
		w.required = fc != nil && fc.NonNull
	case callFailed:
		oc.Error(ctx, c.errs[i])
	case callRaw:
		c.answers[i].MarshalGQL(w)
		return false
	}
	return true
}

// node writes the value at a position of a column's tape and returns the next position. If the
// value is null, it writes nothing and returns true.
func (w *Writer) node(c *Column, i int, at int32, depth int) (next int32, null bool) {
	n := c.tape[at]
	switch {
	case n == tapeNull:
		if l := c.field.levels[depth]; l.nonNull {
			graphql.AddInvalidNullError(w.context(c.field, c.group, i), l.text)
		}
		return at + 1, true
	case n == tapeGone:
		return at + 1, true
	case n == tapeRaw:
		c.raws[c.tape[at+1]].MarshalGQL(w)
		return at + 2, false
	case n == tapeFault:
		w.fault(w.context(c.field, c.group, i), c.faults[c.tape[at+1]])
		return at + 2, true
	case depth == len(c.field.levels)-1:
		return at + 2, w.object(c.groups[n], int(c.tape[at+1]))
	}
	return w.list(c, i, at, depth)
}

// list writes a list, and returns where the next value of the column starts and whether it became null.
func (w *Writer) list(c *Column, i int, at int32, depth int) (next int32, null bool) {
	start := len(w.buf)
	w.buf = append(w.buf, '[')
	n := int(c.tape[at])
	next = at + 1
	for k := range n {
		if k > 0 {
			w.buf = append(w.buf, ',')
		}
		w.indices = append(w.indices, k)
		var gone bool
		next, gone = w.node(c, i, next, depth+1)
		w.indices = w.indices[:len(w.indices)-1]
		if gone {
			null = null || c.field.levels[depth+1].nonNull
			w.buf = append(w.buf, "null"...)
		}
	}
	if null {
		w.cut(start)
		return next, true
	}
	w.buf = append(w.buf, ']')
	return next, false
}

// fault reports an error at the place of ctx. A panic becomes an error first.
func (w *Writer) fault(ctx context.Context, f fault) {
	if f.err == nil {
		f.err = w.run.oc.Recover(ctx, f.value)
	}
	w.run.oc.Error(ctx, f.err)
}

// cut removes what was written from start on, and the errors that are reported only for values that
// remain.
func (w *Writer) cut(start int) {
	w.buf = w.buf[:start]
	for len(w.late) > 0 && w.late[len(w.late)-1].at >= start {
		w.late = w.late[:len(w.late)-1]
	}
}

// context returns the context of the value being written: its field and the list indices.
func (w *Writer) context(f *planned, g *group, i int) context.Context {
	var ctx context.Context
	if f.column >= 0 {
		ctx = g.columns[f.column].context(i)
	} else {
		ctx = w.run.fieldContext(f, g, i)
	}
	for _, n := range slices.Clone(w.indices[min(w.base, len(w.indices)):]) {
		ctx = graphql.WithFieldContext(ctx, &graphql.FieldContext{Index: &n}) //nolint:fatcontext // one for each list that the value stands in
	}
	return ctx
}
