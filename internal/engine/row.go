package engine

import "errors"

// errUnread is the error of values that no flush has read, which is a mistake of their source.
var errUnread = errors.New("a source does not read what it is asked for")

// read reads the objects of a row for all parents of the column. It returns false if the next flush has to
// read some of them, and is then called again. last makes it end with errors instead.
func (c *Column) read(w *worker, last bool) (done bool) {
	defer func() {
		if p := recover(); p != nil {
			c.failAll(callFailed, func(i int) error { return c.run.oc.Recover(c.context(i), p) })
			done = true
		}
	}()
	if err := w.ctx.Err(); err != nil {
		c.failAll(callLocated, func(int) error { return err })
		return true
	}
	row, ctx := c.field.spec.Row, &callContext{site: c.siteOf(w)}
	var failed []error
	if row.whole() {
		c.values = grown(c.values, len(c.group.objs))
		failed, done = row.From.AskWhole(ctx, c.group.objs, c.values)
	} else {
		c.gather(row)
		failed, done = row.From.Ask(ctx, c.keys, c.values)
	}
	switch {
	case done && failed != nil:
		c.failRows(failed)
	case !done && last:
		c.failAll(callLocated, func(int) error { return errUnread })
	}
	return done || last
}

// gather collects the keys of all parents, once.
func (c *Column) gather(row *Row) {
	if len(c.ends) > 0 {
		return
	}
	for _, obj := range c.group.objs {
		if row.One != nil {
			c.keys = append(c.keys, row.One(obj))
		} else {
			c.keys = append(c.keys, row.Many(obj)...)
		}
		c.ends = append(c.ends, int32(len(c.keys))) //nolint:gosec // bounded by memory
	}
	c.values = grown(c.values, len(c.keys))
}

// span returns where the values of a parent are in values.
func (c *Column) span(i int) (from, to int32) {
	switch {
	case c.field.spec.Row.whole():
		return int32(i), int32(i) + 1 //nolint:gosec // bounded by memory
	case i > 0:
		from = c.ends[i-1]
	}
	return from, c.ends[i]
}

// failRows stores the errors of values for their parents. A list fails with the last of its errors.
func (c *Column) failRows(failed []error) {
	for i := range c.group.objs {
		from, to := c.span(i)
		for _, err := range failed[from:to] {
			if err != nil {
				c.fail(i, callLocated, err)
			}
		}
	}
}

func (c *Column) failAll(state uint8, err func(i int) error) {
	for i := range c.group.objs {
		c.fail(i, state, err(i))
	}
}

// putRow puts the objects of one parent.
func (c *Column) putRow(i int) {
	spec := c.field.spec
	from, to := c.span(i)
	switch {
	case spec.Put != nil:
		spec.Put(c, c.values[from])
	case spec.Row.One != nil:
		c.putFound(spec.Row, c.values[from])
	case from == to && !c.field.levels[0].nonNull:
		// A loaded list without keys is nil.
		c.Null()
	default:
		c.putList(spec.Row, c.values[from:to])
	}
}

func (c *Column) putFound(row *Row, obj any) {
	if obj == nil {
		c.Null()
		return
	}
	c.Object(row.Number, obj)
}

func (c *Column) putList(row *Row, objs []any) {
	at := len(c.tape)
	c.List(len(objs))
	for _, obj := range objs {
		if obj == nil {
			c.tape[at]--
			continue
		}
		c.Object(row.Number, obj)
	}
}
