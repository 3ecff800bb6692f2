package markdown

import (
	"github.com/goccy/go-yaml/ast"
)

// pairs returns the pairs of a mapping; false when the node is not a mapping. The parser returns a
// mapping of one pair as the pair itself.
func pairs(n ast.Node) ([]*ast.MappingValueNode, bool) {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, true
	}
	return nil, false
}

// keyOf returns the name of a pair. A key that is not plain text, such as a number, is named as it
// is written.
func keyOf(pair *ast.MappingValueNode) string {
	if s, ok := pair.Key.(*ast.StringNode); ok {
		return s.Value
	}
	return pair.Key.String()
}

// start returns the position of a node, line and column from 1. A block mapping begins with its
// first key, although its token is the colon.
func start(n ast.Node) (line, column int) {
	if list, ok := pairs(n); ok && len(list) > 0 && !flowStyle(n) {
		return start(list[0].Key)
	}
	pos := n.GetToken().Position
	return pos.Line, pos.Column
}

// flowStyle reports whether a node is written in brackets.
func flowStyle(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.IsFlowStyle
	case *ast.MappingValueNode:
		return n.IsFlowStyle
	case *ast.SequenceNode:
		return n.IsFlowStyle
	}
	return false
}
