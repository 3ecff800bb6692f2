package web

import "github.com/vektah/gqlparser/v2/ast"

// rateField is the root field that tells the caller's budget, and dryArgument the argument that
// asks for the price of an operation without running it.
const (
	rateField   = "rateLimit"
	dryArgument = "dryRun"
)

// dryVersion gives an operation that selects nothing but the rate fields of op, or nil where op
// cannot be a dry run.
// It is made once with the operation. Whether a request takes it is decided by its variables, see
// dryRun.
func (s *Server) dryVersion(op *operation) *operation {
	fields := rateFields(op)
	asks := false
	for _, f := range fields {
		asks = asks || f.Arguments.ForName(dryArgument) != nil
	}
	if !asks {
		return nil
	}
	// A copy: the operation itself is shared by requests that do run it.
	def := *op.def
	def.SelectionSet = nil
	for _, f := range fields {
		def.SelectionSet = append(def.SelectionSet, f)
	}
	dry := *op
	dry.def, dry.dryOf, dry.public = &def, op, false
	dry.doc = &ast.QueryDocument{Operations: ast.OperationList{&def}, Fragments: op.doc.Fragments, Position: op.doc.Position}
	dry.measure = newWalk(s.info, dry.doc, nil).run(&def)
	return &dry
}

// dryRun tells whether a request asks for the price only.
func dryRun(op *operation, vars map[string]any) bool {
	for _, f := range rateFields(op) {
		if asked, _ := f.ArgumentMap(vars)[dryArgument].(bool); asked {
			return true
		}
	}
	return false
}

// rateFields gives the rate fields of an operation's root.
// Fragments are followed, each once, so that one in a fragment counts as one at the root.
func rateFields(op *operation) []*ast.Field {
	var out []*ast.Field
	descend(op.def.SelectionSet, func(f *ast.Field) bool {
		if f.Name == rateField {
			out = append(out, f)
		}
		return false
	})
	return out
}
