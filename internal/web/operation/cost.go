package operation

import (
	"bytes"
	"encoding/json"

	"github.com/vektah/gqlparser/v2/ast"
)

// Price is the cost of an operation with the variables of one request.
type Price struct {
	// Run is the operation to run: the whole, or for a dry run only its rateLimit fields.
	Run *Operation
	// Charge is the most that the request pays.
	Charge int64
	// Cost and Nodes are the most that the whole operation may cost and return.
	Cost, Nodes int64
}

// Price returns the price of an operation with the variables of a request. It checks the limits
// that depend on variables, since a page size in a variable may be larger than the minimum assumed
// before.
func (p *Preparer) Price(op *Operation, vars map[string]any) (Price, *Refusal) {
	if op.dry != nil && dryRun(op, vars) {
		op = op.dry
	}
	m := p.measured(op, vars)
	if m.variable {
		if refusal := p.limit("cost", p.overpriced(m)); refusal != nil {
			return Price{}, refusal
		}
	}
	price := Price{Run: op, Charge: m.cost, Cost: m.cost, Nodes: m.nodes}
	if op.dryOf != nil {
		// A dry run shows the price of the whole and pays only for itself.
		whole := p.measured(op.dryOf, vars)
		price.Cost, price.Nodes = whole.cost, whole.nodes
	}
	return price, nil
}

// measured returns the measure of an operation under its variables.
func (p *Preparer) measured(op *Operation, vars map[string]any) measure {
	if !op.measure.variable {
		return op.measure
	}
	return newWalk(p.info, op.Doc, vars).run(op.Def)
}

// ActualCost returns the cost of an answer: each object of the data, and the weight of each
// weighted field, but at most price, which was charged. It counts in the bytes of the answer and
// parses nothing. A null is not an object.
func (op *Operation) ActualCost(data json.RawMessage, price int64) int64 {
	cost := objects(data)
	for name, weight := range op.weighted {
		key := []byte(`"` + name + `":`)
		// After a backslash it is the end of a longer key, in a scalar that contains JSON.
		n := bytes.Count(data, key) - bytes.Count(data, append([]byte{'\\'}, key...))
		cost = add(cost, mul(weight, int64(n)))
	}
	// The outermost braces are not an object of the graph.
	return min(max(cost-1, 0), price)
}

// objects counts the objects in JSON without white space: its braces outside strings. It jumps from
// brace to brace, since they are rare and searching for a byte is fast.
func objects(data []byte) (n int64) {
	quoted := false
	for {
		i := bytes.IndexByte(data, '{')
		if i < 0 {
			return n
		}
		quoted = quoted != (quotes(data[:i])%2 == 1)
		if !quoted {
			n++
		}
		data = data[i+1:]
	}
}

// quotes counts the quotes that begin or end a string, not those after a backslash. The text must
// not begin or end right after a backslash.
func quotes(text []byte) int {
	n := bytes.Count(text, []byte{'"'})
	for {
		i := bytes.IndexByte(text, '\\')
		if i < 0 || i+1 == len(text) {
			return n
		}
		if text[i+1] == '"' {
			n--
		}
		text = text[i+2:]
	}
}

// weights returns what fields cost beyond their objects, by the name in the answer. Only fields
// that cost more than the 1 of an object are listed.
func weights(info *schemaInfo, op *Operation) map[string]int64 {
	out := map[string]int64{}
	each(info, op, func(f *ast.Field, field *fieldInfo) {
		extra := field.weight
		if field.composite {
			extra--
		}
		// Of fields with the same name the most expensive counts; the price charged caps the total.
		if (field.weighted || f.ObjectDefinition == info.schema.Mutation) && extra > 0 {
			out[f.Alias] = max(out[f.Alias], extra)
		}
	})
	return out
}
