package engine

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// plan is the execution plan of one operation for one set of values of the variables in its @skip
// and @include. All responses share it. Selections are added when objects of their type first occur,
// because an interface can have many types that never do.
type plan struct {
	operation ast.Operation
	root      *selection
	// size is that of the last answer plus spare: the next one is about as large.
	size atomic.Int64
}

// selection holds the fields that one concrete type has at one position of the operation.
type selection struct {
	object *Object
	number int
	fields []*planned
	// columns holds the fields that are not written straight from the object.
	columns []*planned
}

// follows reports whether the selection of a subscription is one stream of events.
func (s *selection) follows() bool { return len(s.fields) == 1 && s.fields[0].constant == nil }

// planned is a field of a selection.
type planned struct {
	spec      *Field
	collected graphql.CollectedField
	// key is `,"alias":`. The first comma of an object is replaced by its brace.
	key []byte
	// constant is the key and value of __typename.
	constant []byte
	// levels holds the nullability of the field's type and of its lists' elements, outermost first.
	levels []level
	// column is the field's index in selection.columns.
	column int
	// hidden marks a field whose name an earlier one has too: it runs and is not written.
	hidden bool
	// fixed reports that the arguments use no variable; args then caches them decoded.
	fixed bool
	args  atomic.Pointer[map[string]any]
	// derived is what a program has derived from the field, see callContext.Derived.
	derived atomic.Pointer[any]

	mu         sync.Mutex
	selections atomic.Pointer[[]*selection]
}

// level is the nullability of one level of a type; text is the type as errors name it.
type level struct {
	nonNull bool
	text    string
}

// selection returns the selection of the objects with that type number below the field. The lock
// guards making one, once for each type. Reading takes no lock, since the list is replaced, never
// changed.
func (p *planned) selection(r *run, number int) *selection {
	if s := p.lookup(number); s != nil {
		return s
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if s := p.lookup(number); s != nil {
		return s
	}
	s := r.engine.selection(r.oc, number, p.collected.Selections)
	var all []*selection
	if made := p.selections.Load(); made != nil {
		all = slices.Clone(*made)
	}
	all = append(all, s)
	p.selections.Store(&all)
	return s
}

// lookup returns the selection, or nil if it has not been planned yet.
func (p *planned) lookup(number int) *selection {
	all := p.selections.Load()
	if all == nil {
		return nil
	}
	for _, s := range *all {
		if s.number == number {
			return s
		}
	}
	return nil
}

// selection plans the fields that objects with that type number have in a selection set.
func (e *Engine) selection(oc *graphql.OperationContext, number int, set ast.SelectionSet) *selection {
	object := &e.table.Objects[number]
	s := &selection{object: object, number: number}
	written := map[string]bool{}
	for _, f := range graphql.CollectFields(oc, set, object.Satisfies) {
		p := &planned{collected: f, key: []byte(`,"` + f.Alias + `":`), hidden: written[f.Alias], column: -1}
		written[f.Alias] = true
		s.fields = append(s.fields, p)
		if f.Name == "__typename" {
			p.constant = []byte(string(p.key) + `"` + object.Name + `"`)
			continue
		}
		p.spec = object.field(f.Name)
		for t := f.Definition.Type; t != nil; t = t.Elem {
			p.levels = append(p.levels, level{nonNull: t.NonNull, text: t.String()})
		}
		p.fixed = p.spec.Pure && !usesVariables(f.Arguments)
		if p.spec.Leaf == nil || !p.spec.direct() {
			p.column = len(s.columns)
			s.columns = append(s.columns, p)
		}
	}
	return s
}

// usesVariables reports whether one of the arguments depends on a variable.
func usesVariables(args ast.ArgumentList) bool {
	return slices.ContainsFunc(args, func(a *ast.Argument) bool { return hasVariable(a.Value) })
}

// hasVariable reports whether a value is a variable or has one inside.
func hasVariable(v *ast.Value) bool {
	if v.Kind == ast.Variable {
		return true
	}
	return slices.ContainsFunc(v.Children, func(c *ast.ChildValue) bool { return hasVariable(c.Value) })
}

// The reasons why an operation is left to the stock executor.
const (
	// StockEvents: it is a subscription whose events have contexts of their own, or that selects no event.
	StockEvents = "events"
	// StockIntrospection: it asks for __schema or __type.
	StockIntrospection = "introspection"
	// StockDirective: it has a directive other than @skip and @include.
	StockDirective = "directive"
	// StockField: it selects a field that the table leaves to stock.
	StockField = "field"
	// StockMiddleware: the program asked for the stock executor, since something wraps the fields.
	StockMiddleware = "middleware"
	// StockVariable: @skip or @include gets something that is not a boolean.
	StockVariable = "variable"
)

// StockReasons lists them.
func StockReasons() []string {
	return []string{StockEvents, StockIntrospection, StockDirective, StockField, StockMiddleware, StockVariable}
}

// survey holds what the engine needs to know about an operation before it plans it.
type survey struct {
	// stock is why the operation is left to the stock executor; empty when the engine executes it.
	stock string
	// switches holds the variables that @skip and @include use.
	switches []string
	plans    map[uint64]*plan
}

// maxSwitches is the number of bits in a plan's key; no handwritten operation has that many.
const maxSwitches = 64

// surveyor walks an operation once.
type surveyor struct {
	engine *Engine
	doc    *ast.QueryDocument
	seen   map[string]bool
	found  *survey
}

// survey inspects an operation once, for all values of its variables. It relies on a valid
// document: all names exist, and each spread names a fragment.
func (e *Engine) survey(doc *ast.QueryDocument, op *ast.OperationDefinition) *survey {
	s := &surveyor{engine: e, doc: doc, seen: map[string]bool{}, found: &survey{plans: map[uint64]*plan{}}}
	s.directives(op.Directives)
	for _, v := range op.VariableDefinitions {
		s.directives(v.Directives)
	}
	s.set(op.SelectionSet)
	if len(s.found.switches) > maxSwitches {
		s.leave(StockVariable)
	}
	return s.found
}

// leave sets the reason unless there is one.
func (s *surveyor) leave(reason string) {
	if s.found.stock == "" {
		s.found.stock = reason
	}
}

func (s *surveyor) set(set ast.SelectionSet) {
	for _, sel := range set {
		switch sel := sel.(type) {
		case *ast.Field:
			s.directives(sel.Directives)
			s.field(sel)
			s.set(sel.SelectionSet)
		case *ast.InlineFragment:
			s.directives(sel.Directives)
			s.set(sel.SelectionSet)
		case *ast.FragmentSpread:
			s.directives(sel.Directives)
			if s.seen[sel.Name] {
				continue
			}
			s.seen[sel.Name] = true
			f := s.doc.Fragments.ForName(sel.Name)
			s.directives(f.Directives)
			s.set(f.SelectionSet)
		}
	}
}

// field leaves the operation to stock if the table leaves the field to it. The type is that of
// the document, which may be an interface.
func (s *surveyor) field(f *ast.Field) {
	switch {
	case f.Name == "__typename":
	case strings.HasPrefix(f.Name, "__"):
		s.leave(StockIntrospection)
	case s.engine.stockFields[f.ObjectDefinition.Name+"."+f.Name]:
		s.leave(StockField)
	}
}

// directives collects the variables of @skip and @include; any other directive with an effect is left to
// stock.
func (s *surveyor) directives(all ast.DirectiveList) {
	for _, d := range all {
		if slices.Contains(s.engine.table.Inert, d.Name) {
			continue
		}
		if d.Name != "skip" && d.Name != "include" {
			s.leave(StockDirective)
			continue
		}
		arg := d.Arguments.ForName("if")
		if arg != nil && arg.Value.Kind == ast.Variable && !slices.Contains(s.found.switches, arg.Value.Raw) {
			s.found.switches = append(s.found.switches, arg.Value.Raw)
		}
	}
}

// key packs the values of the switches into bits.
// ok is false when one is not a boolean, for which only the stock executor has an error.
func (s *survey) key(variables map[string]any) (key uint64, ok bool) {
	for i, name := range s.switches {
		on, isBool := variables[name].(bool)
		if !isBool {
			return 0, false
		}
		if on {
			key |= 1 << i
		}
	}
	return key, true
}
