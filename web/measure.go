package web

import (
	"encoding/json"
	"math"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// profile is what a selection set adds up to. Parts that a connection's page repeats are kept
// apart from those that it does not, so that one profile of a fragment serves under every page:
// that is what keeps the walk linear.
// All numbers stop at the largest int64 instead of overflowing. Adding two profiles is
// commutative, so the order of selections does not matter, and fields that merge in the answer
// are counted as often as they are written: the sum is an upper bound, never less than what runs.
type profile struct {
	cost, sizedCost   int64
	nodes, sizedNodes int64
	depth, meta       int // the deepest field, without and within introspection
	fields            int // selected on this level, fragments included
}

// measure is what the walk found in a document.
// Depth, fields, cost and nodes are those of the chosen operation with its fragments spread;
// aliases, directives and fragments are counted as written, over the whole document, because
// parsing and validating cost by what is written.
type measure struct {
	profile
	aliases, directives, fragments int
	variable                       bool // page sizes or conditions depend on variables
	steps                          int  // selections visited, for the proof that work is linear
}

// walk measures one operation. Each fragment is entered once, whatever number of spreads leads
// to it, and a cycle ends where it closes (validation refuses it).
// It runs before validation, so any name may be unknown, any argument misplaced and any type
// missing: what is not known costs nothing and is refused later. Without variables it assumes
// the least; with the request's own it is exact. It is made for one run and one goroutine.
type walk struct {
	measure
	info    *schemaInfo
	doc     *ast.QueryDocument
	vars    map[string]any
	op      *ast.OperationDefinition
	byName  map[string]*ast.FragmentDefinition
	known   map[string]profile
	open    map[string]bool
	pageMax int64 // the largest page a field accepts
}

// newWalk prepares a walk; nil variables mean that none is known yet.
func newWalk(info *schemaInfo, doc *ast.QueryDocument, vars map[string]any) *walk {
	w := &walk{
		info: info, doc: doc, vars: vars, byName: map[string]*ast.FragmentDefinition{},
		known: map[string]profile{}, open: map[string]bool{}, pageMax: info.pageMax,
	}
	// Of two fragments with one name the first counts, as in gqlparser; validation refuses both.
	for _, f := range doc.Fragments {
		if w.byName[f.Name] == nil {
			w.byName[f.Name] = f
		}
	}
	w.fragments = len(doc.Fragments)
	return w
}

// run measures the operation and counts what the whole document holds.
// Its result says in variable whether it has to be run again with the variables of a request.
func (w *walk) run(op *ast.OperationDefinition) measure {
	w.op = op
	root := w.info.schema.Query
	switch op.Operation {
	case ast.Mutation:
		root = w.info.schema.Mutation
	case ast.Subscription:
		root = w.info.schema.Subscription
	default:
	}
	w.profile = w.selection(root, op.SelectionSet, 0)
	// Nothing repeats the root, so what a page would repeat counts once.
	w.cost = add(w.cost, w.sizedCost)
	w.nodes = add(w.nodes, w.sizedNodes)
	// Operations that were not chosen are parsed and validated all the same.
	for _, other := range w.doc.Operations {
		w.directives += len(other.Directives)
		for _, v := range other.VariableDefinitions {
			w.directives += len(v.Directives)
		}
		w.count(other.SelectionSet)
	}
	for _, f := range w.doc.Fragments {
		w.directives += len(f.Directives)
		w.count(f.SelectionSet)
	}
	return w.measure
}

// count counts what is written, once for each place.
// Fragments are counted where they are defined, not where they are spread.
func (w *walk) count(set ast.SelectionSet) {
	for _, sel := range set {
		w.steps++
		switch sel := sel.(type) {
		case *ast.Field:
			w.directives += len(sel.Directives)
			if sel.Alias != sel.Name {
				w.aliases++
			}
			w.count(sel.SelectionSet)
		case *ast.InlineFragment:
			w.directives += len(sel.Directives)
			w.fragments++
			w.count(sel.SelectionSet)
		case *ast.FragmentSpread:
			w.directives += len(sel.Directives)
		}
	}
}

// selection adds up a selection set. parent may be nil where the document is wrong.
func (w *walk) selection(parent *ast.Definition, set ast.SelectionSet, level int) profile {
	var total profile
	// The parser refuses deeper documents than this; the recursion needs a bound of its own.
	if level > 1000 {
		return total
	}
	for _, sel := range set {
		w.steps++
		var part profile
		switch sel := sel.(type) {
		case *ast.Field:
			// A field that is left out for certain costs nothing; one that may be left out costs in full.
			if w.skipped(sel.Directives) {
				continue
			}
			part = w.field(parent, sel, level)
		case *ast.InlineFragment:
			if w.skipped(sel.Directives) {
				continue
			}
			def := parent
			if sel.TypeCondition != "" {
				def = w.info.schema.Types[sel.TypeCondition]
			}
			part = w.selection(def, sel.SelectionSet, level+1)
		case *ast.FragmentSpread:
			if w.skipped(sel.Directives) {
				continue
			}
			part = w.fragment(sel.Name, level)
		}
		total = total.plus(part)
	}
	return total
}

// fragment gives the profile of a named fragment, worked out at its first spread.
func (w *walk) fragment(name string, level int) profile {
	if p, ok := w.known[name]; ok {
		return p
	}
	// An unknown fragment and a cycle add nothing: neither ever runs.
	f := w.byName[name]
	if f == nil || w.open[name] {
		return profile{}
	}
	w.open[name] = true
	p := w.selection(w.info.schema.Types[f.TypeCondition], f.SelectionSet, level+1)
	delete(w.open, name)
	w.known[name] = p
	return p
}

// field gives the profile of one field with its selection.
func (w *walk) field(parent *ast.Definition, f *ast.Field, level int) profile {
	out := profile{fields: 1, depth: 1}
	var def *ast.FieldDefinition
	if parent != nil && f.Name != "__typename" {
		def = parent.Fields.ForName(f.Name)
	}
	info := w.info.fields[def]
	if info == nil {
		// Unknown, or __typename: validation decides; only its depth counts.
		inner := w.selection(nil, f.SelectionSet, level+1)
		out.depth, out.meta = 1+inner.depth, inner.meta
		return out
	}
	inner := w.selection(info.target, f.SelectionSet, level+1)
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
	out.depth, out.meta = 1+inner.depth, inner.meta
	// Introspection has its own depth, and its price is scaled so that the standard query costs
	// the same on every schema.
	if info.introspect {
		out.depth, out.meta = 1, 1+max(inner.depth, inner.meta)
		if w.info.raw > 0 {
			cost = 1 + int64(min(float64(cost)*standardIntrospection/float64(w.info.raw), math.MaxInt32))
		}
	}
	// Whoever selects this connection multiplies by its page; only there it is known.
	if info.sized {
		out.sizedCost, out.sizedNodes = cost, total
	} else {
		out.cost, out.nodes = cost, total
	}
	return out
}

// pageOf gives the number of nodes a connection may return.
func (w *walk) pageOf(f *ast.Field, info *fieldInfo) int64 {
	page := int64(-1)
	for _, name := range info.slicing {
		arg := f.Arguments.ForName(name)
		if arg == nil {
			continue
		}
		// A page out of range is refused by the field itself, so it never costs more than
		// the largest one allowed.
		if n, ok := w.intOf(arg.Value); ok {
			page = max(page, min(max(n, 0), w.pageMax))
		}
	}
	if page < 0 {
		// Neither first nor last: the page that the field gives by default.
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
		// Coerced variables hold int64; json.Number is what a caller before coercion would have.
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
			// Nothing is known yet: the smallest page, so that nothing is refused too early.
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
	// Sums and maxima only, so profiles can be added in any order.
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

// selects tells whether an operation selects one of the names, at any depth.
// Each fragment is entered once, so a tower of fragments takes no longer than it is written.
func selects(doc *ast.QueryDocument, set ast.SelectionSet, names []string) bool {
	seen := map[string]bool{}
	var in func(set ast.SelectionSet) bool
	in = func(set ast.SelectionSet) bool {
		return slices.ContainsFunc(set, func(sel ast.Selection) bool {
			switch sel := sel.(type) {
			case *ast.Field:
				return slices.Contains(names, sel.Name) || in(sel.SelectionSet)
			case *ast.InlineFragment:
				return in(sel.SelectionSet)
			case *ast.FragmentSpread:
				f := doc.Fragments.ForName(sel.Name)
				if f == nil || seen[sel.Name] {
					return false
				}
				seen[sel.Name] = true
				return in(f.SelectionSet)
			}
			return false
		})
	}
	return in(set)
}
