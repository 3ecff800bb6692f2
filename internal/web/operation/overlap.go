package operation

import (
	"encoding/binary"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/core"
)

// overlapSteps bounds the rule's work to about 2 ms. Documents that people write need a few steps
// for each field; only fragments built to meet in ever new combinations need more.
const overlapSteps = 20_000

// overlap is the rule OverlappingFieldsCanBeMerged. gqlparser's compares each pair of fields with
// the same name, which takes 65 ms for a field written a thousand times. This one compares each
// field of a name only with the first, because being alike is transitive. (The idea is Simon
// Adameit's, published in 2016 for Sangria.)
type overlap struct {
	add   core.AddErrFunc
	ids   map[*ast.Field]uint32
	seen  map[string]bool
	steps int
	ended bool
}

// Overlapping registers the rule.
func Overlapping(events *core.Events, add core.AddErrFunc) {
	events.OnOperation(func(_ *core.Walker, op *ast.OperationDefinition) {
		o := &overlap{add: add, ids: map[*ast.Field]uint32{}, seen: map[string]bool{}}
		// Only fragments that operations reach are checked: an unused one is refused anyway.
		o.check([]ast.SelectionSet{op.SelectionSet}, true)
		o.check([]ast.SelectionSet{op.SelectionSet}, false)
	})
}

// check checks the fields that several selection sets merge to. With shape set, it requires that
// answers have one shape, whatever the object's type; otherwise, that fields of objects that can be
// the same have one meaning. Both passes are needed: fields of two object types may mean different
// things, but must have one shape, or no client could have a type for the answer.
func (o *overlap) check(sets []ast.SelectionSet, shape bool) {
	var names []string
	groups := map[string][]*ast.Field{}
	o.collect(sets, func(f *ast.Field) {
		if groups[f.Alias] == nil {
			names = append(names, f.Alias)
		}
		groups[f.Alias] = append(groups[f.Alias], f)
	})
	// In the order of the document, so that the first conflict is always the same one.
	for _, name := range names {
		if o.ended {
			return
		}
		if shape {
			o.sameShape(groups[name])
			continue
		}
		for _, group := range byParent(groups[name]) {
			o.sameMeaning(group)
		}
	}
}

// collect calls f for the fields that several selection sets merge to. It counts its steps for the
// whole operation; if there are too many, the document is refused.
func (o *overlap) collect(sets []ast.SelectionSet, f func(*ast.Field)) {
	v := visitor{enter: func(sel ast.Selection) bool {
		if o.steps++; o.steps > overlapSteps {
			o.fail("The document has too many fields that overlap.")
			return false
		}
		field, ok := sel.(*ast.Field)
		if ok {
			f(field)
		}
		return !ok
	}}
	for _, set := range sets {
		v.visit(set)
	}
}

// sameShape requires that fields of one name have one shape.
func (o *overlap) sameShape(group []*ast.Field) {
	if o.visited(group, "s") {
		return
	}
	first := typed(group)
	for _, f := range group {
		if first != nil && f.Definition != nil && !alike(first, f) {
			o.conflict(first, f, "their types differ")
			return
		}
	}
	// Below, all fields of the group meet, whatever object they were selected on.
	o.check(selections(group), true)
}

// sameMeaning requires that fields of one name are one field with the same arguments.
func (o *overlap) sameMeaning(group []*ast.Field) {
	if o.visited(group, "m") {
		return
	}
	first := group[0]
	args := arguments(first.Arguments)
	for _, f := range group[1:] {
		switch {
		// An alias hides that these are two fields.
		case f.Name != first.Name:
			o.conflict(first, f, "they are different fields")
			return
		case arguments(f.Arguments) != args:
			o.conflict(first, f, "their arguments differ")
			return
		}
	}
	o.check(selections(group), false)
}

// visited reports whether a group was checked before; that ends cycles and makes towers linear.
// Fields in order identify a group. The same fields in another order are checked again, which
// counts as steps.
func (o *overlap) visited(group []*ast.Field, pass string) bool {
	key := make([]byte, 0, 4*len(group)+1)
	key = append(key, pass...)
	for _, f := range group {
		id, ok := o.ids[f]
		if !ok {
			id = uint32(len(o.ids)) //nolint:gosec // a document has at most thousands of fields
			o.ids[f] = id
		}
		key = binary.BigEndian.AppendUint32(key, id)
	}
	if o.seen[string(key)] {
		return true
	}
	o.seen[string(key)] = true
	return false
}

// conflict reports one conflict.
func (o *overlap) conflict(a, b *ast.Field, why string) {
	o.add(core.Message("Fields %q conflict because %s. Use different aliases to fetch both.", Shorten(a.Alias), why),
		core.At(a.Position), core.At(b.Position))
}

// fail ends the rule.
func (o *overlap) fail(message string) {
	if !o.ended {
		o.ended = true
		o.add(core.Message("%s", message))
	}
}

// byParent splits fields of one name by the object type they are selected on. Fields selected on an
// interface or a union may meet those of any type, so they are in every group.
func byParent(group []*ast.Field) [][]*ast.Field {
	if len(group) == 1 {
		return [][]*ast.Field{group}
	}
	var open []*ast.Field
	var names []string
	byName := map[string][]*ast.Field{}
	for _, f := range group {
		if f.ObjectDefinition == nil || f.ObjectDefinition.Kind != ast.Object {
			open = append(open, f)
			continue
		}
		name := f.ObjectDefinition.Name
		if byName[name] == nil {
			names = append(names, name)
		}
		byName[name] = append(byName[name], f)
	}
	if len(names) == 0 {
		return [][]*ast.Field{open}
	}
	out := make([][]*ast.Field, 0, len(names))
	for _, name := range names {
		out = append(out, append(byName[name], open...))
	}
	return out
}

// selections returns the selection sets of a group.
func selections(group []*ast.Field) []ast.SelectionSet {
	out := make([]ast.SelectionSet, 0, len(group))
	for _, f := range group {
		if len(f.SelectionSet) > 0 {
			out = append(out, f.SelectionSet)
		}
	}
	return out
}

// typed returns the first field whose type is known.
func typed(group []*ast.Field) *ast.Field {
	for _, f := range group {
		if f.Definition != nil {
			return f
		}
	}
	return nil
}

// alike reports whether two fields answer with the same lists and nulls around a leaf of one type
// or around an object. Objects of different types are alike here: their fields are compared one by
// one.
func alike(a, b *ast.Field) bool {
	s, t := a.Definition.Type, b.Definition.Type
	for s.NonNull == t.NonNull && s.Elem != nil && t.Elem != nil {
		s, t = s.Elem, t.Elem
	}
	if s.NonNull != t.NonNull || (s.Elem == nil) != (t.Elem == nil) {
		return false
	}
	leafA, leafB := len(a.SelectionSet) == 0, len(b.SelectionSet) == 0
	return s.NamedType == t.NamedType || (!leafA && !leafB)
}

// arguments returns a string that is equal for equal arguments in any order.
func arguments(list ast.ArgumentList) string {
	if len(list) == 0 {
		return ""
	}
	parts := make([]string, len(list))
	for i, arg := range list {
		var b strings.Builder
		b.WriteString(arg.Name + ":")
		canonical(&b, arg.Value)
		parts[i] = b.String()
	}
	slices.Sort(parts)
	return strings.Join(parts, ",")
}

// canonical writes a literal with the fields of objects in order. Lists keep their order, since it
// has meaning.
func canonical(b *strings.Builder, v *ast.Value) {
	switch v.Kind {
	case ast.ListValue:
		b.WriteByte('[')
		for _, child := range v.Children {
			canonical(b, child.Value)
			b.WriteByte(',')
		}
		b.WriteByte(']')
	case ast.ObjectValue:
		children := slices.Clone(v.Children)
		slices.SortStableFunc(children, func(x, y *ast.ChildValue) int { return strings.Compare(x.Name, y.Name) })
		b.WriteByte('{')
		for _, child := range children {
			b.WriteString(child.Name + ":")
			canonical(b, child.Value)
			b.WriteByte(',')
		}
		b.WriteByte('}')
	default:
		b.WriteString(v.String())
	}
}
