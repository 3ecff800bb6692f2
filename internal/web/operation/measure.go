package operation

import (
	"encoding/json"
	"math"

	"github.com/vektah/gqlparser/v2/ast"
)

// profile is the sum of a selection set. It separates the parts that a connection's page repeats
// from those that it does not, so that one profile of a fragment can be used below every page: that
// keeps the walk linear. Numbers stop at the largest int64 instead of overflowing. Adding two
// profiles is commutative, so the order of selections does not matter. Fields that merge in the
// answer are counted as often as they are written: the sum is an upper bound, never less than what
// runs.
type profile struct {
	cost, sizedCost   int64
	nodes, sizedNodes int64
	depth, meta       int // the deepest field, without and within introspection
	fields            int // selected on this level, fragments included
}

// measure is the result of the walk through a document. Depth, fields, cost and nodes are those of
// the chosen operation with its fragments expanded; aliases, directives and fragments are counted
// as written, in the whole document, because the cost of parsing and validating depends on that.
type measure struct {
	profile
	aliases, directives, fragments int
	variable                       bool // page sizes or conditions depend on variables
	steps                          int  // selections visited, to show that the work is linear
}

// walk measures one operation. It enters each fragment once, however often it is spread, and stops
// where a cycle closes (validation refuses it). It runs before validation, so any name may be
// unknown, any argument misplaced and any type missing: what is unknown costs nothing and is
// refused later. Without variables it assumes the minimum; with the request's own it is exact. A
// walk is used once, by one goroutine.
type walk struct {
	measure
	info *schemaInfo
	doc  *ast.QueryDocument
	vars map[string]any
	// levels are the selections being visited, the outermost first.
	levels []level
	// profiles are those of the fragments that have been visited.
	profiles map[string]profile
	open     map[string]bool // the fragments being visited
}

// level is one selection on the path to the one being visited.
type level struct {
	def   *ast.Definition // the type selected on; nil if the document is wrong
	field *fieldInfo      // of a field; nil if the schema has none
	sum   profile         // of what is below it
}

// maxLevels bounds the recursion. The parser refuses deeper documents than this.
const maxLevels = 1000

// newWalk prepares a walk; nil variables mean that they are not known yet.
func newWalk(info *schemaInfo, doc *ast.QueryDocument, vars map[string]any) *walk {
	return &walk{info: info, doc: doc, vars: vars}
}

// run measures the operation and counts the parts of the whole document. The field variable of its
// result reports whether it must run again with the variables of a request.
func (w *walk) run(op *ast.OperationDefinition) measure {
	root := w.info.schema.Query
	switch op.Operation {
	case ast.Mutation:
		root = w.info.schema.Mutation
	case ast.Subscription:
		root = w.info.schema.Subscription
	default:
	}
	w.profile = w.selection(root, op.SelectionSet)
	// Nothing repeats the root, so the parts that a page would repeat count once.
	w.cost = add(w.cost, w.sizedCost)
	w.nodes = add(w.nodes, w.sizedNodes)
	w.count()
	return w.measure
}

// count counts what is written, once each, including operations that were not chosen: they are
// parsed and validated too.
func (w *walk) count() {
	for _, op := range w.doc.Operations {
		w.directives += len(op.Directives)
		for _, v := range op.VariableDefinitions {
			w.directives += len(v.Directives)
		}
	}
	w.fragments = len(w.doc.Fragments)
	for _, f := range w.doc.Fragments {
		w.directives += len(f.Directives)
	}
	written(w.doc, func(sel ast.Selection) {
		w.steps++
		w.directives += len(directivesOf(sel))
		switch sel := sel.(type) {
		case *ast.Field:
			if sel.Alias != sel.Name {
				w.aliases++
			}
		case *ast.InlineFragment:
			w.fragments++
		}
	})
}

// selection adds up a selection set.
func (w *walk) selection(root *ast.Definition, set ast.SelectionSet) profile {
	w.levels = append(w.levels[:0], level{def: root})
	v := visitor{doc: w.doc}
	v.enter = func(sel ast.Selection) bool { return w.enter(&v, sel) }
	v.leave = w.leave
	v.visit(set)
	return w.levels[0].sum
}

// enter begins the profile of a selection. A selection that is certainly left out costs nothing;
// one that may be left out costs in full.
func (w *walk) enter(v *visitor, sel ast.Selection) bool {
	w.steps++
	if len(w.levels) > maxLevels || w.skipped(directivesOf(sel)) {
		return false
	}
	next := level{def: w.levels[len(w.levels)-1].def}
	switch sel := sel.(type) {
	case *ast.Field:
		if parent := next.def; parent != nil && sel.Name != "__typename" {
			next.field = w.info.fields[parent.Fields.ForName(sel.Name)]
		}
		if next.def = nil; next.field != nil {
			next.def = next.field.target
		}
	case *ast.InlineFragment:
		if sel.TypeCondition != "" {
			next.def = w.info.schema.Types[sel.TypeCondition]
		}
	case *ast.FragmentSpread:
		f := v.fragment(sel)
		// An unknown fragment and a cycle add nothing: neither ever runs.
		if f == nil || w.open[sel.Name] {
			return false
		}
		if p, ok := w.profiles[sel.Name]; ok {
			w.add(p)
			return false
		}
		if w.open == nil {
			w.open, w.profiles = map[string]bool{}, map[string]profile{}
		}
		w.open[sel.Name] = true
		next.def = w.info.schema.Types[f.TypeCondition]
	}
	w.levels = append(w.levels, next)
	return true
}

// leave adds the profile of a selection to the one around it.
func (w *walk) leave(sel ast.Selection) {
	last := w.levels[len(w.levels)-1]
	w.levels = w.levels[:len(w.levels)-1]
	switch sel := sel.(type) {
	case *ast.Field:
		last.sum = w.field(sel, last.field, last.sum)
	case *ast.FragmentSpread:
		delete(w.open, sel.Name)
		w.profiles[sel.Name] = last.sum
	}
	w.add(last.sum)
}

// add adds a part to the selection that is being visited.
func (w *walk) add(p profile) {
	at := &w.levels[len(w.levels)-1]
	at.sum = at.sum.plus(p)
}

// field returns the profile of one field with its selection.
func (w *walk) field(f *ast.Field, info *fieldInfo, inner profile) profile {
	out := profile{fields: 1, depth: 1 + inner.depth, meta: inner.meta}
	if info == nil {
		return out // unknown, or __typename: validation decides; only its depth counts
	}
	page, nodes := info.size, int64(0)
	if info.slicing != nil {
		page = w.pageOf(f, info)
		nodes = page
	}
	// A connection repeats the fields that its page sizes; a list with a slicing argument, such as
	// nodes(ids:), repeats itself.
	if info.slicing != nil && !info.list {
		inner.cost = add(inner.cost, mul(page, inner.sizedCost))
		inner.nodes = add(inner.nodes, mul(page, inner.sizedNodes))
		page = 1
	} else {
		inner.cost = add(inner.cost, inner.sizedCost)
		inner.nodes = add(inner.nodes, inner.sizedNodes)
	}
	cost := mul(page, add(info.weight, inner.cost))
	total := add(nodes, mul(page, inner.nodes))
	// Introspection has its own depth, and its cost is scaled so that the standard query costs the same
	// on every schema.
	if info.introspect {
		out.depth, out.meta = 1, 1+max(inner.depth, inner.meta)
		if w.info.raw > 0 {
			cost = 1 + int64(min(float64(cost)*standardIntrospection/float64(w.info.raw), math.MaxInt32))
		}
	}
	// The field that selects this connection knows the page and multiplies.
	if info.sized {
		out.sizedCost, out.sizedNodes = cost, total
	} else {
		out.cost, out.nodes = cost, total
	}
	return out
}

// pageOf returns the number of nodes that a connection may return.
func (w *walk) pageOf(f *ast.Field, info *fieldInfo) int64 {
	page := int64(-1)
	for _, name := range info.slicing {
		arg := f.Arguments.ForName(name)
		if arg == nil {
			continue
		}
		// The field itself refuses a page out of range, so the cost never exceeds that of the
		// largest page.
		if n, ok := w.intOf(arg.Value); ok {
			page = max(page, min(max(n, 0), w.info.pageMax))
		}
	}
	if page < 0 {
		// Neither first nor last: the field's default page.
		return info.page
	}
	return page
}

// intOf reads a size from a literal or a variable: a number, or the length of a list of values.
func (w *walk) intOf(v *ast.Value) (int64, bool) {
	switch v.Kind {
	case ast.IntValue:
		return number(v), true
	case ast.ListValue:
		return int64(len(v.Children)), true
	case ast.Variable:
		w.variable = true
		// Coerced variables hold int64; before coercion they hold json.Number.
		switch n := w.vars[v.Raw].(type) {
		case int64:
			return n, true
		case []any:
			return int64(len(n)), true
		case json.Number:
			i, err := n.Int64()
			return i, err == nil
		}
		if w.vars == nil {
			// Without variables: the smallest page, so that nothing is refused too early.
			return 1, true
		}
	default:
	}
	return 0, false
}

// skipped evaluates @skip and @include as far as it can.
func (w *walk) skipped(list ast.DirectiveList) bool {
	for _, d := range list {
		if d.Name != "skip" && d.Name != "include" {
			continue
		}
		arg := d.Arguments.ForName("if")
		if arg == nil {
			continue
		}
		value, ok := arg.Value.Raw == "true", arg.Value.Kind == ast.BooleanValue
		if arg.Value.Kind == ast.Variable {
			w.variable = true
			value, ok = w.vars[arg.Value.Raw].(bool)
		}
		// @skip(if: true) and @include(if: false) leave the field out.
		if ok && value == (d.Name == "skip") {
			return true
		}
	}
	return false
}

// plus adds two profiles of one level.
func (p profile) plus(q profile) profile {
	// Only sums and maxima, so profiles can be added in any order.
	return profile{
		cost: add(p.cost, q.cost), sizedCost: add(p.sizedCost, q.sizedCost),
		nodes: add(p.nodes, q.nodes), sizedNodes: add(p.sizedNodes, q.sizedNodes),
		depth: max(p.depth, q.depth), meta: max(p.meta, q.meta),
		fields: min(p.fields+q.fields, math.MaxInt32),
	}
}

// add and mul stop at the largest number instead of overflowing: towers of fragments reach it.
func add(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

// mul needs a and b that are not negative, as all weights and sizes are.
func mul(a, b int64) int64 {
	if a != 0 && b > math.MaxInt64/a {
		return math.MaxInt64
	}
	return a * b
}
