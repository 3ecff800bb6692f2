package markdown

import "slices"

// hunk is a difference between two lists: a[aFrom:aTo] became b[bFrom:bTo].
type hunk struct{ aFrom, aTo, bFrom, bTo int }

// maxTable bounds the memory of a comparison; a larger differing part counts as replaced whole. It
// is the number of cells, of four bytes each: 16 MB at most, for two texts of 2,000 lines with no
// common line at either end.
const maxTable = 4 << 20

// diff returns how a became b, by a longest common subsequence.
// It first removes equal heads and tails, which leaves little for a usual edit. The rest takes time
// and memory of the product of both lengths. Hunks are in order and do not touch each other;
// applying all of them to a results in b. It returns nil for equal lists.
func diff[T comparable](a, b []T) []hunk {
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	midA, midB := a[head:len(a)-tail], b[head:len(b)-tail]
	if len(midA) == 0 && len(midB) == 0 {
		return nil
	}
	if len(midA)*len(midB) > maxTable {
		return []hunk{{head, len(a) - tail, head, len(b) - tail}}
	}
	table := common(midA, midB)
	var out []hunk
	i, j := 0, 0
	for i < len(midA) || j < len(midB) {
		if i < len(midA) && j < len(midB) && midA[i] == midB[j] {
			i, j = i+1, j+1
			continue
		}
		h := hunk{aFrom: head + i, bFrom: head + j}
		for (i < len(midA) || j < len(midB)) && (i >= len(midA) || j >= len(midB) || midA[i] != midB[j]) {
			if j == len(midB) || i < len(midA) && table[i+1][j] >= table[i][j+1] {
				i++
			} else {
				j++
			}
		}
		h.aTo, h.bTo = head+i, head+j
		out = append(out, h)
	}
	return out
}

// common returns the lengths of the longest common subsequences of all suffixes of a and b:
// table[i][j] is the length for a[i:] and b[j:]. It is filled from the end, so that diff can walk
// it from the start and produce its hunks in order.
func common[T comparable](a, b []T) [][]int32 {
	table := make([][]int32, len(a)+1)
	for i := range table {
		table[i] = make([]int32, len(b)+1)
	}
	for i, v := range slices.Backward(a) {
		for j := len(b) - 1; j >= 0; j-- {
			if v == b[j] {
				table[i][j] = table[i+1][j+1] + 1
			} else {
				table[i][j] = max(table[i+1][j], table[i][j+1])
			}
		}
	}
	return table
}
