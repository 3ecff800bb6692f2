package porting

import "patternhub/internal/content"

// order sorts entries so that each comes after those that it needs, as far as there are no circles.
// Entries that need each other, directly or through others, are one group of the result. Groups that
// do not depend on each other stay in the order of ids. needs may name entries that are not in ids.
//
// It is Tarjan's algorithm for strongly connected components, with its own stack, since a chain of
// references can be as long as the import.
func order(ids []content.ID, needs map[content.ID][]content.Reference) [][]content.ID {
	o := &orderer{needs: needs, nodes: make(map[content.ID]*node, len(ids))}
	for _, id := range ids {
		o.nodes[id] = &node{id: id}
	}
	for _, id := range ids {
		if o.nodes[id].number == 0 {
			o.visit(o.nodes[id])
		}
	}
	return o.groups
}

// node is an entry while it is sorted. number is its place in the order of visits, from 1; lowest the
// smallest number that it reaches; next the index of the reference to follow next.
type node struct {
	id                   content.ID
	number, lowest, next int
	open                 bool
}

type orderer struct {
	needs map[content.ID][]content.Reference
	nodes map[content.ID]*node
	// path is the way from the first node to the current one; open are the visited nodes whose group
	// is not known yet.
	path, open []*node
	visited    int
	groups     [][]content.ID
}

// enter begins with a node and puts it on the stack.
func (o *orderer) enter(n *node) {
	o.visited++
	n.number, n.lowest, n.open = o.visited, o.visited, true
	o.path, o.open = append(o.path, n), append(o.open, n)
}

// visit adds the groups that are reachable from a node, those that are needed first.
func (o *orderer) visit(first *node) {
	for o.enter(first); len(o.path) > 0; {
		n := o.path[len(o.path)-1]
		if refs := o.needs[n.id]; n.next < len(refs) {
			other := o.nodes[refs[n.next].Target]
			n.next++
			switch {
			case other == nil: // outside of the import
			case other.number == 0:
				o.enter(other)
			case other.open:
				n.lowest = min(n.lowest, other.number)
			}
			continue
		}
		o.path = o.path[:len(o.path)-1]
		if len(o.path) > 0 {
			before := o.path[len(o.path)-1]
			before.lowest = min(before.lowest, n.lowest)
		}
		if n.lowest == n.number {
			o.close(n)
		}
	}
}

// close adds the group whose first visited node is n.
func (o *orderer) close(n *node) {
	from := len(o.open) - 1
	for o.open[from] != n {
		from--
	}
	group := make([]content.ID, 0, len(o.open)-from)
	for _, m := range o.open[from:] {
		m.open = false
		group = append(group, m.id)
	}
	o.open, o.groups = o.open[:from], append(o.groups, group)
}
