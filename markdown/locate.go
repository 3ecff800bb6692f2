package markdown

import (
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// Locate tells where a file states something in its front matter, named as content.Reference
// names it ("companies[3].company"); the first line when it cannot be found.
// It goes as far down as it can: where a list is too short, the place of the list is told. Lines
// are those of the file, both counted from 1.
func Locate(source []byte, place string) (line, column int) {
	f, err := split(source)
	if err != nil || f.front == nil {
		return 1, 1
	}
	n := f.front
	for step := range strings.SplitSeq(place, ".") {
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
