package operation

import "github.com/vektah/gqlparser/v2/ast"

// visitor visits selections in the order of the document. It enters each fragment at its first
// spread only, so that a tower of fragments takes only as long as its text, and it stops where a
// cycle closes.
type visitor struct {
	// enter is called with each selection and reports whether to visit what is below it.
	enter func(ast.Selection) bool
	// leave, if not nil, is called with an entered selection after what is below it has been visited.
	leave func(ast.Selection)
	// doc holds the fragments of a document that is not validated yet; validation links spreads to
	// their fragments.
	doc     *ast.QueryDocument
	entered map[string]bool
}

// visit visits a selection set. Several visits together enter each fragment once.
func (v *visitor) visit(set ast.SelectionSet) {
	for _, sel := range set {
		if !v.enter(sel) {
			continue
		}
		switch sel := sel.(type) {
		case *ast.Field:
			v.visit(sel.SelectionSet)
		case *ast.InlineFragment:
			v.visit(sel.SelectionSet)
		case *ast.FragmentSpread:
			f := v.fragment(sel)
			if f == nil || v.entered[sel.Name] {
				continue
			}
			if v.entered == nil {
				v.entered = map[string]bool{}
			}
			v.entered[sel.Name] = true
			v.visit(f.SelectionSet)
		}
		if v.leave != nil {
			v.leave(sel)
		}
	}
}

// fragment returns the fragment that a spread names, or nil. Of two with one name it returns the
// first, like gqlparser; validation refuses both.
func (v *visitor) fragment(spread *ast.FragmentSpread) *ast.FragmentDefinition {
	if spread.Definition == nil && v.doc != nil {
		return v.doc.Fragments.ForName(spread.Name)
	}
	return spread.Definition
}

// fields calls f for the fields of a set, and for those below a field for which f returns true.
func fields(set ast.SelectionSet, f func(*ast.Field) bool) {
	v := visitor{enter: func(sel ast.Selection) bool {
		field, ok := sel.(*ast.Field)
		return !ok || f(field)
	}}
	v.visit(set)
}

// each calls f for every field of an operation that the schema has.
func each(info *schemaInfo, op *Operation, f func(*ast.Field, *fieldInfo)) {
	fields(op.Def.SelectionSet, func(field *ast.Field) bool {
		if i := info.fields[field.Definition]; i != nil {
			f(field, i)
		}
		return true
	})
}

// written calls f for every selection of a document as it is written: those of a fragment at its
// definition and not at its spreads, and also those of operations that were not chosen.
func written(doc *ast.QueryDocument, f func(ast.Selection)) {
	v := visitor{enter: func(sel ast.Selection) bool {
		f(sel)
		_, spread := sel.(*ast.FragmentSpread)
		return !spread
	}}
	for _, op := range doc.Operations {
		v.visit(op.SelectionSet)
	}
	for _, fragment := range doc.Fragments {
		v.visit(fragment.SelectionSet)
	}
}

// directivesOf returns the directives of a selection.
func directivesOf(sel ast.Selection) ast.DirectiveList {
	switch sel := sel.(type) {
	case *ast.Field:
		return sel.Directives
	case *ast.InlineFragment:
		return sel.Directives
	case *ast.FragmentSpread:
		return sel.Directives
	}
	return nil
}
