package porting

import (
	"cmp"
	"slices"
)

// order sorts entries so that each comes after those that it needs, as far as there are no circles. needs has
// what each entry refers to; entries of out are left out, and so are references to them and to anything else.
// Entries that need each other, directly or through others, are one group of the result. Groups that
// do not depend on each other come in the order of sequence, and so do the entries of a group.
//
// It is Tarjan's algorithm for strongly connected components, with its own stack, since a chain of
// references can be as long as the import.
func order(needs [][]ref, out []bool, sequence []int32) [][]int32 {
	o := &orderer{needs: needs, out: out, nodes: make([]node, len(needs)), list: make([]int32, 0, len(needs))}
	for place, i := range sequence {
		o.nodes[i].place = int32(place)
	}
	for _, i := range sequence {
		if !out[i] && o.nodes[i].number == 0 {
			o.visit(i)
		}
	}
	return o.groups
}

// sequence returns all numbers, each followed by those beside it that were not before, and these by theirs. So
// entries that are related to each other are near each other.
func sequence(beside [][]int32) []int32 {
	out, seen := make([]int32, 0, len(beside)), make([]bool, len(beside))
	add := func(i int32) {
		if !seen[i] {
			seen[i], out = true, append(out, i)
		}
	}
	for i := range beside {
		from := len(out)
		add(int32(i))
		for ; from < len(out); from++ {
			for _, to := range beside[out[from]] {
				add(to)
			}
		}
	}
	return out
}

// node is an entry while it is sorted. number is its place in the order of visits, from 1; lowest the
// smallest number that it reaches; next the index of the reference to follow next; place its place in the sequence.
type node struct {
	number, lowest, next, place int32
	open                        bool
}

type orderer struct {
	needs [][]ref
	out   []bool
	nodes []node
	// path is the way from the first node to the current one; open are the visited nodes whose group
	// is not known yet.
	path, open []int32
	visited    int32
	// list has the entries in order; groups are its parts.
	list   []int32
	groups [][]int32
}

// enter begins with a node and puts it on the stack.
func (o *orderer) enter(i int32) {
	o.visited++
	n := &o.nodes[i]
	n.number, n.lowest, n.open = o.visited, o.visited, true
	o.path, o.open = append(o.path, i), append(o.open, i)
}

// visit adds the groups that are reachable from a node, those that are needed first.
func (o *orderer) visit(first int32) {
	for o.enter(first); len(o.path) > 0; {
		i := o.path[len(o.path)-1]
		n := &o.nodes[i]
		if refs := o.needs[i]; int(n.next) < len(refs) {
			to := refs[n.next].to
			n.next++
			switch {
			case int(to) >= len(o.nodes) || o.out[to]: // outside of the import
			case o.nodes[to].number == 0:
				o.enter(to)
			case o.nodes[to].open:
				n.lowest = min(n.lowest, o.nodes[to].number)
			}
			continue
		}
		o.path = o.path[:len(o.path)-1]
		if len(o.path) > 0 {
			before := &o.nodes[o.path[len(o.path)-1]]
			before.lowest = min(before.lowest, n.lowest)
		}
		if n.lowest == n.number {
			o.close(i)
		}
	}
}

// close adds the group whose first visited node is first. Its entries come in the order of the sequence, since a group
// may be published in parts.
func (o *orderer) close(first int32) {
	from := len(o.open) - 1
	for o.open[from] != first {
		from--
	}
	begin := len(o.list)
	for _, i := range o.open[from:] {
		o.nodes[i].open = false
		o.list = append(o.list, i)
	}
	group := o.list[begin:len(o.list):len(o.list)]
	slices.SortFunc(group, func(a, b int32) int { return cmp.Compare(o.nodes[a].place, o.nodes[b].place) })
	o.open, o.groups = o.open[:from], append(o.groups, group)
}
