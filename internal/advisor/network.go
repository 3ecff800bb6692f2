package advisor

import (
	"cmp"
	"fmt"
	"slices"
	"unique"

	"patternhub/internal/content"
)

// Network is the relations among the patterns of one perspective. It is immutable and safe for
// concurrent use.
// Its memory grows with the number of patterns and relations.
type Network struct {
	nodes map[string]*node // by key
	slugs map[string]*node
}

// node is a pattern with its outgoing and incoming relations, in a fixed order.
type node struct {
	key, slug string
	out, in   []hop
}

// hop is a relation seen from one of its ends. There are two for each relation of a graph, so it is small.
// inbound means that the node at the other end has the relation.
type hop struct {
	to                *node
	kind              unique.Handle[content.PatternRelation]
	weight            int32
	inbound, inferred bool
}

// relation returns the kind of the relation.
func (h hop) relation() content.PatternRelation { return h.kind.Value() }

// direction is OUT if the node that holds the hop has the relation, and IN if the other one has it.
func (h hop) direction() content.RelationDirection {
	if h.inbound {
		return "IN"
	}
	return "OUT"
}

// Row has the fields of a pattern that the network needs.
type Row struct {
	Key, Slug   string
	FormerSlugs []string
	Relations   []content.RelationRow
}

// NewNetwork builds a network from rows. It leaves out relations to unknown patterns and of a
// pattern to itself.
// The order of the rows does not matter: all lists are sorted, so the same graph has the same
// answers on every replica.
func NewNetwork(rows []Row) *Network {
	n := &Network{nodes: make(map[string]*node, len(rows)), slugs: make(map[string]*node, len(rows))}
	for _, r := range rows {
		n.nodes[r.Key] = &node{key: r.Key, slug: r.Slug}
		for _, s := range r.FormerSlugs {
			n.slugs[s] = n.nodes[r.Key]
		}
	}
	for _, r := range rows {
		n.slugs[r.Slug] = n.nodes[r.Key] // a current slug wins over a former one
	}
	for _, r := range rows {
		n.connect(&r)
	}
	for _, v := range n.nodes {
		v.out, v.in = slices.Clone(v.out), slices.Clone(v.in) // without room for more
		slices.SortFunc(v.out, byStrength)
		slices.SortFunc(v.in, byStrength)
	}
	return n
}

// connect adds the relations of a row to both of their nodes.
func (n *Network) connect(r *Row) {
	from := n.nodes[r.Key]
	for _, s := range r.Relations {
		to := n.nodes[s.PatternKey]
		if to == nil || to == from {
			continue
		}
		h := hop{to: to, kind: unique.Make(s.Relation), weight: int32(s.Weight), inferred: s.Inferred} //nolint:gosec // weights are small
		from.out = append(from.out, h)
		h.to, h.inbound = from, true
		to.in = append(to.in, h)
	}
}

// byStrength orders hops by slug, and parallel hops by weight, the greatest first, then by
// relation. The first of parallel hops is the one to take.
// The last keys make the order total; otherwise equal hops would trade positions between builds.
func byStrength(a, b hop) int {
	return cmp.Or(
		cmp.Compare(a.to.slug, b.to.slug),
		cmp.Compare(b.weight, a.weight),
		cmp.Compare(a.relation(), b.relation()),
		cmp.Compare(b.direction(), a.direction()), // OUT before IN
	)
}

// Size is the number of patterns.
func (n *Network) Size() int { return len(n.nodes) }

// Keys returns the keys of patterns by their current or former slugs. An unknown slug is
// BadUserInput.
func (n *Network) Keys(slugs []string) ([]string, error) {
	out := make([]string, len(slugs))
	for i, s := range slugs {
		v := n.slugs[s]
		if v == nil {
			return nil, UnknownPattern(s)
		}
		out[i] = v.key
	}
	return out, nil
}

// UnknownPattern returns the error for a slug that no pattern has.
func UnknownPattern(slug string) error {
	return content.Fault(content.BadUserInput, fmt.Sprintf("There is no pattern %q.", clip(slug)))
}

const (
	// maxNodes and maxEdges bound an answer, as in its schema. The hub's own 101 patterns stay
	// far below.
	maxNodes, maxEdges = 400, 1500
	// maxSteps bounds a path.
	maxSteps = 50
)

// bounded refuses an answer that is larger than its schema allows.
// Cutting it would be worse: a graph with some of its edges is a wrong answer.
func bounded(n, most int) error {
	if n <= most {
		return nil
	}
	return content.Fault(content.LimitExceeded, fmt.Sprintf("This answer would have %d items, more than %d. Narrow the question by relations, direction or depth.", n, most))
}

// RelationSelector selects the relations that a question follows: all of them if Relations is nil, none
// if it is empty. They are the pattern's own relations (OUT), those of others to it (IN), or both (BOTH).
type RelationSelector struct {
	Relations []content.PatternRelation
	Direction content.RelationDirection
}

// follows reports whether the selector takes a relation; one without a list takes all.
func (w RelationSelector) follows(r content.PatternRelation) bool {
	return w.Relations == nil || slices.Contains(w.Relations, r)
}

// hops returns the hops that lead away from a node, in a new list, since nodes are shared.
// Both lists are sorted already, so only their union has to be sorted.
func (w RelationSelector) hops(v *node) []hop {
	var out []hop
	if w.Direction != "IN" {
		out = append(out, v.out...)
	}
	if w.Direction != "OUT" {
		out = append(out, v.in...)
	}
	if w.Direction == "BOTH" {
		slices.SortFunc(out, byStrength)
	}
	return slices.DeleteFunc(out, func(h hop) bool { return !w.follows(h.relation()) })
}

// back is the same question from the other end.
func (w RelationSelector) back() RelationSelector {
	switch w.Direction {
	case "IN":
		w.Direction = "OUT"
	case "OUT":
		w.Direction = "IN"
	}
	return w
}

// distances returns the number of hops from a node to each node that it reaches within limit hops;
// 0 means no limit.
// It is a breadth-first search, so the first distance found is the shortest. Its time is linear in
// the number of patterns and relations.
func (n *Network) distances(from *node, w RelationSelector, limit int) map[*node]int {
	found := map[*node]int{from: 0}
	for layer := []*node{from}; len(layer) > 0; {
		var next []*node
		for _, v := range layer {
			if limit > 0 && found[v] == limit {
				continue
			}
			for _, h := range w.hops(v) {
				if _, ok := found[h.to]; !ok {
					found[h.to] = found[v] + 1
					next = append(next, h.to)
				}
			}
		}
		layer = next
	}
	return found
}

// Path finds the path from one pattern to another with the fewest hops. Among several, the greatest
// sum of weights wins, since it is the best attested, then the first by the slugs along it. The
// path is empty if both patterns are the same and nil if there is none.
// Path first computes all distances to the end, searching backwards. From the start it then follows
// only hops that come one nearer, so every path it tries is a shortest one. A hop may be followed
// against its direction if the question allows it, and the step says so.
func (n *Network) Path(from, to string, w RelationSelector) ([]content.PatternPathStep, error) {
	start, end := n.nodes[from], n.nodes[to]
	if start == nil || end == nil {
		return nil, nil
	}
	left := n.distances(end, w.back(), 0)
	if _, ok := left[start]; !ok {
		return nil, nil
	}
	best := map[*node]way{end: {}}
	steps := []content.PatternPathStep{}
	for v := start; v != end; {
		h := n.best(v, w, left, best).hop
		steps = append(steps, content.PatternPathStep{
			FromKey: v.key, ToKey: h.to.key, Relation: h.relation(), Direction: h.direction(), Weight: int(h.weight), Inferred: h.inferred,
		})
		v = h.to
	}
	return steps, bounded(len(steps), maxSteps)
}

// way is the best path on from a node: its next hop, and the sum of weights to the end.
type way struct {
	hop    hop
	weight int
}

// best finds the best path on from a node to the end. Parallel hops come strongest first, and nodes
// by slug, so the first of the heaviest wins.
// done caches the result of each node, so the time is linear in the number of hops, even if there
// are very many paths. The recursion is as deep as the path is long.
func (n *Network) best(v *node, w RelationSelector, left map[*node]int, done map[*node]way) way {
	if b, ok := done[v]; ok {
		return b
	}
	found, chosen := false, way{}
	for _, h := range w.hops(v) {
		if d, ok := left[h.to]; !ok || d != left[v]-1 {
			continue
		}
		weight := int(h.weight) + n.best(h.to, w, left, done).weight
		if !found || weight > chosen.weight {
			found, chosen = true, way{h, weight}
		}
	}
	done[v] = chosen
	return chosen
}

// Neighborhood returns the patterns within depth hops of one, and all relations among them.
// Relations between two of the most distant nodes are included. Both lists are in a fixed order.
func (n *Network) Neighborhood(centre string, depth int, w RelationSelector) (*content.PatternGraph, error) {
	start := n.nodes[centre]
	if start == nil {
		return nil, UnknownPattern(centre)
	}
	found := n.distances(start, w, depth)
	out := &content.PatternGraph{CentreKey: centre, Depth: depth, Nodes: n.sorted(found)}
	for _, v := range out.Nodes {
		out.Edges = append(out.Edges, n.edges(v.PatternKey, found, w)...)
	}
	if err := bounded(len(out.Nodes), maxNodes); err != nil {
		return nil, err
	}
	return out, bounded(len(out.Edges), maxEdges)
}

// Whole returns the patterns after a slug, in the order of their slugs and as many as an answer may have,
// and all relations among them.
func (n *Network) Whole(after string, w RelationSelector) (*content.PatternNetwork, error) {
	all := make(map[*node]int, len(n.nodes))
	for _, v := range n.nodes {
		if v.slug > after {
			all[v] = 0
		}
	}
	nodes := n.sorted(all)
	out := &content.PatternNetwork{TotalCount: len(n.nodes), HasNextPage: len(nodes) > maxNodes}
	if out.HasNextPage {
		nodes = nodes[:maxNodes]
		clear(all)
		for _, v := range nodes {
			all[n.nodes[v.PatternKey]] = 0
		}
	}
	for _, v := range nodes {
		out.PatternKeys = append(out.PatternKeys, v.PatternKey)
		out.Edges = append(out.Edges, n.edges(v.PatternKey, all, w)...)
	}
	return out, bounded(len(out.Edges), maxEdges)
}

// edges returns a pattern's relations to others of a set, a symmetric pair as one edge.
func (n *Network) edges(key string, set map[*node]int, w RelationSelector) []content.PatternGraphEdge {
	from := n.nodes[key]
	var out []content.PatternGraphEdge
	for _, h := range from.out {
		if _, ok := set[h.to]; ok && w.follows(h.relation()) && !mirrored(from, h) {
			out = append(out, content.PatternGraphEdge{FromKey: from.key, ToKey: h.to.key, Relation: h.relation(), Weight: int(h.weight), Inferred: h.inferred})
		}
	}
	return out
}

// mirrored reports whether a hop repeats a symmetric relation that the pattern with the smaller slug also
// has.
// Usually both sides have a symmetric relation, and a client would draw two lines. If only one side has
// it, that one is shown.
func mirrored(from *node, h hop) bool {
	if !h.relation().Symmetric() || from.slug < h.to.slug {
		return false
	}
	return slices.ContainsFunc(h.to.out, func(o hop) bool { return o.to == from && o.kind == h.kind })
}

// sorted returns nodes by distance, then by slug.
func (n *Network) sorted(found map[*node]int) []content.PatternGraphNode {
	nodes := make([]*node, 0, len(found))
	for v := range found {
		nodes = append(nodes, v)
	}
	slices.SortFunc(nodes, func(a, b *node) int {
		return cmp.Or(cmp.Compare(found[a], found[b]), cmp.Compare(a.slug, b.slug))
	})
	out := make([]content.PatternGraphNode, len(nodes))
	for i, v := range nodes {
		out[i] = content.PatternGraphNode{PatternKey: v.key, Distance: found[v]}
	}
	return out
}

// Impact returns the patterns that have one as a prerequisite, directly or through others.
// The pattern itself is not included, even if it is part of a cycle.
func (n *Network) Impact(key string) (*content.PatternImpact, error) {
	start := n.nodes[key]
	if start == nil {
		return nil, UnknownPattern(key)
	}
	found := n.distances(start, RelationSelector{Relations: []content.PatternRelation{"PREREQUISITE"}, Direction: "IN"}, 0)
	delete(found, start)
	return &content.PatternImpact{PatternKey: key, Dependents: n.sorted(found)}, bounded(len(found), maxNodes)
}

// Among returns the relations among some patterns, a symmetric pair as one edge, by the slugs of
// both ends.
// It builds a small network of these patterns, so the same rules about relations apply.
func Among(patterns []*content.Pattern) []content.PatternGraphEdge {
	rows := make([]Row, len(patterns))
	for i, p := range patterns {
		rows[i] = row(p, nil)
	}
	n := NewNetwork(rows)
	nodes := make(map[*node]int, len(rows))
	for _, v := range n.nodes {
		nodes[v] = 0
	}
	var out []content.PatternGraphEdge
	for _, at := range n.sorted(nodes) {
		out = append(out, n.edges(at.PatternKey, nodes, RelationSelector{})...)
	}
	return out
}
