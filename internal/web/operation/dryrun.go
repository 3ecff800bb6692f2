package operation

import "github.com/vektah/gqlparser/v2/ast"

// rateField is the root field that shows the caller's budget, and dryArgument its argument that
// asks for the price of an operation without running it.
const (
	rateField   = "rateLimit"
	dryArgument = "dryRun"
)

// dryVersion returns an operation that selects only the rate fields of op, or nil if op cannot be a dry
// run. It is made once with the operation; each request's variables decide whether it runs, see dryRun.
func (p *Preparer) dryVersion(op *Operation) *Operation {
	rates := rateFields(op)
	asks := false
	for _, f := range rates {
		asks = asks || f.Arguments.ForName(dryArgument) != nil
	}
	if !asks {
		return nil
	}
	// A copy: the operation itself is shared by requests that run it.
	def := *op.Def
	def.SelectionSet = nil
	for _, f := range rates {
		def.SelectionSet = append(def.SelectionSet, f)
	}
	dry := *op
	dry.Def, dry.dryOf, dry.Public = &def, op, false
	dry.Doc = &ast.QueryDocument{Operations: ast.OperationList{&def}, Fragments: op.Doc.Fragments, Position: op.Doc.Position}
	dry.measure = newWalk(p.info, dry.Doc, nil).run(&def)
	return &dry
}

// dryRun reports whether a request asks only for the price.
func dryRun(op *Operation, vars map[string]any) bool {
	for _, f := range rateFields(op) {
		if asked, _ := f.ArgumentMap(vars)[dryArgument].(bool); asked {
			return true
		}
	}
	return false
}

// rateFields returns the rate fields of an operation's root. It follows fragments, each once, so that a
// field in a fragment counts as one at the root.
func rateFields(op *Operation) []*ast.Field {
	var out []*ast.Field
	fields(op.Def.SelectionSet, func(f *ast.Field) bool {
		if f.Name == rateField {
			out = append(out, f)
		}
		return false
	})
	return out
}
