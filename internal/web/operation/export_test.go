package operation

import (
	"math"

	"github.com/vektah/gqlparser/v2/ast"
)

// Steps returns the number of selections that the walk visits in a document, to show that its work
// is linear.
func (p *Preparer) Steps(text string) (int, error) {
	doc, err := parse(text)
	if err != nil {
		return 0, err
	}
	if len(doc.Operations) == 0 {
		return 0, nil
	}
	return newWalk(p.info, doc, nil).run(doc.Operations[0]).steps, nil
}

// Prepare parses, measures and validates a document without the cache.
func (p *Preparer) Prepare(text string) *Refusal {
	_, refusal := p.prepare(text, "")
	return refusal
}

// LoneSurrogate checks a JSON or GraphQL text.
func LoneSurrogate(text string) bool { return loneSurrogate([]byte(text)) }

// ActualCost returns the cost of an answer's data with the weights of fields, without a cap.
func ActualCost(weighted map[string]int64, data []byte) int64 {
	return (&Operation{weighted: weighted}).ActualCost(data, math.MaxInt64)
}

// Visit visits the selections of a document's only operation.
func Visit(doc *ast.QueryDocument, enter func(ast.Selection) bool, leave func(ast.Selection)) {
	v := visitor{enter: enter, leave: leave, doc: doc}
	v.visit(doc.Operations[0].SelectionSet)
}
