package markdown

import (
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// Locate returns the position of a field in the front matter of a file, both numbers from 1. The
// field is named as in content.Reference ("companies[3].company"). It goes as deep as possible: if
// a list is too short, it returns the position of the list. If nothing is found, it returns the
// first line.
func Locate(source []byte, field string) (line, column int) {
	f, err := split(source)
	if err != nil || f.front == nil {
		return 1, 1
	}
	n := f.front
	for step := range strings.SplitSeq(field, ".") {
		name, indexes, _ := strings.Cut(step, "[")
		list, ok := pairs(n)
		at := find(list, name)
		if !ok || at < 0 {
			break
		}
		n = list[at].Value
		for index := range strings.SplitSeq(strings.TrimSuffix(indexes, "]"), "][") {
			i, err := strconv.Atoi(index)
			seq, isList := n.(*ast.SequenceNode)
			if err != nil || !isList || i >= len(seq.Values) {
				break
			}
			n = seq.Values[i]
		}
	}
	line, column = start(n)
	return line + 1, column
}

// find returns the index of the pair for a field, -1 when there is none. Our own name wins over
// another program's.
func find(list []*ast.MappingValueNode, name string) int {
	names := make([]string, len(list))
	for i, pair := range list {
		names[i] = keyOf(pair)
	}
	return slices.Index(names, nameFor(names, name))
}
