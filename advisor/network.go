package advisor

import (
	"cmp"
	"fmt"
	"slices"

	"patternhub/content"
)

// Network is the relations among the patterns of one perspective. It is immutable, so many may
// ask it at once.
// It needs memory of the order of patterns and relations, and no clock, store or lock.
type Network struct {
	nodes map[string]*node // by key
	slugs map[string]*node
}

// node is a pattern with the relations that lead away from it and to it, in a fixed order.
type node struct {
	key, slug string
	out, in   []hop
}

// hop is a relation seen from one of its ends.
// direction says which end states it: OUT the pattern one comes from, IN the one it leads to.
type hop struct {
	to        *node
	relation  content.PatternRelation
	direction content.RelationDirection
	weight    int
	inferred  bool
}

// Row is what the network keeps of a pattern.
type Row struct {
	Key, Slug   string
	FormerSlugs []string
	Relations   []content.RelationRow
}

// NewNetwork makes a network of rows. Relations to patterns that are not among them are left out.
// A pattern's relation to itself is left out, as no way leads on by it. The order of the rows does
// not matter: all lists are sorted, so the same graph gives the same answers on every replica.
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
		from := n.nodes[r.Key]
		for _, s := range r.Relations {
			to := n.nodes[s.PatternKey]
			if to == nil || to == from {
				continue
			}
			from.out = append(from.out, hop{to, s.Relation, "OUT", s.Weight, s.Inferred})
			to.in = append(to.in, hop{from, s.Relation, "IN", s.Weight, s.Inferred})
		}
	}
	for _, v := range n.nodes {
		slices.SortFunc(v.out, byStrength)
		slices.SortFunc(v.in, byStrength)
	}
	return n
}

// byStrength orders hops by slug, and hops to one pattern by weight, the greatest first, then
// by relation: of parallel hops the first is the one to take.
// The last keys only make the order total; without one, equal hops would change places from build
// to build.
func byStrength(a, b hop) int {
	return cmp.Or(
		cmp.Compare(a.to.slug, b.to.slug),
		cmp.Compare(b.weight, a.weight),
		cmp.Compare(a.relation, b.relation),
		cmp.Compare(b.direction, a.direction), // OUT before IN
	)
}

// Size is the number of patterns.
func (n *Network) Size() int { return len(n.nodes) }

// Keys finds patterns by their slugs or former ones. An unknown slug is BadUserInput.
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

// UnknownPattern says that no pattern has a slug.
func UnknownPattern(slug string) error {
	return content.Fault(content.BadUserInput, fmt.Sprintf("There is no pattern %q.", clip(slug)))
}

const (
	// maxNodes and maxEdges bound an answer, as its schema states; the hub's own 101 patterns
	// stay far below.
	maxNodes, maxEdges = 400, 1500
	// maxSteps bounds a path.
	maxSteps = 50
)

// bounded refuses an answer that is larger than its schema says.
// Refusing is better than cutting: a graph with some of its edges would be a wrong answer.
func bounded(n, most int) error {
	if n <= most {
		return nil
	}
	return content.Fault(content.LimitExceeded, fmt.Sprintf("This answer would have %d items, more than %d. Narrow the question by relations, direction or depth.", n, most))
}

// Which narrows the relations that a question follows: all of them where Relations is nil, none
// where it is empty; from the pattern's own statements (OUT), from those of others about it
// (IN), or both.
type Which struct {
	Relations []content.PatternRelation
	Direction content.RelationDirection
}

func (w Which) follows(r content.PatternRelation) bool {
	return w.Relations == nil || slices.Contains(w.Relations, r)
}

// hops gives the hops that lead away from a node.
// Both lists are sorted already, so only their union has to be sorted again. It is a new list each
// time: nodes are shared.
func (w Which) hops(v *node) []hop {
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
	return slices.DeleteFunc(out, func(h hop) bool { return !w.follows(h.relation) })
}

// back is the question asked from the other end.
func (w Which) back() Which {
	switch w.Direction {
	case "IN":
		w.Direction = "OUT"
	case "OUT":
		w.Direction = "IN"
	}
	return w
}

// distances gives the hops from a node to all that it reaches, at most limit of them; 0 for no
// limit.
// It is a breadth-first search, so the first distance found is the shortest. It takes time of the
// order of patterns and relations.
func (n *Network) distances(from *node, w Which, limit int) map[*node]int {
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

// Path finds the way from one pattern to another with the fewest hops. Among several the one
// with the greatest sum of weights wins, which is the best attested one, and among these the
// first by the slugs along it. It is empty when both are the same, nil when there is none.
// First the distances to the end are found from there, backwards. From the start, only hops that
// come one nearer are then followed, so every way that is looked at is a shortest one. A hop may be
// followed against the direction in which it is stated, where the question allows it, and the step
// says so.
func (n *Network) Path(from, to string, w Which) ([]content.PatternPathStep, error) {
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
			FromKey: v.key, ToKey: h.to.key, Relation: h.relation, Direction: h.direction, Weight: h.weight, Inferred: h.inferred,
		})
		v = h.to
	}
	return steps, bounded(len(steps), maxSteps)
}

// way is the best way on from a node: its next hop, and the weights from there to the end.
type way struct {
	hop    hop
	weight int
}

// best finds the best way on from a node to the end. Hops come by slug, and of those to one
// node the strongest first, so the first of the heaviest is the one.
// known remembers each node, so it takes time of the order of hops, though there may be very many
// ways. It calls itself as deep as the path is long, which the number of patterns bounds.
func (n *Network) best(v *node, w Which, left map[*node]int, known map[*node]way) way {
	if b, ok := known[v]; ok {
		return b
	}
	found, chosen := false, way{}
	for _, h := range w.hops(v) {
		if d, ok := left[h.to]; !ok || d != left[v]-1 {
			continue
		}
		weight := h.weight + n.best(h.to, w, left, known).weight
		if !found || weight > chosen.weight {
			found, chosen = true, way{h, weight}
		}
	}
	known[v] = chosen
	return chosen
}

// Neighborhood gives the patterns within some hops of one, and all relations among them.
// Edges are those between all nodes found, also between two at the rim. Both are in a fixed order.
func (n *Network) Neighborhood(centre string, depth int, w Which) (*content.PatternGraph, error) {
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

// edges gives what a pattern states about others of a set, a symmetric pair as one.
func (n *Network) edges(key string, set map[*node]int, w Which) []content.PatternGraphEdge {
	from := n.nodes[key]
	var out []content.PatternGraphEdge
	for _, h := range from.out {
		if _, ok := set[h.to]; ok && w.follows(h.relation) && !mirrored(from, h) {
			out = append(out, content.PatternGraphEdge{FromKey: from.key, ToKey: h.to.key, Relation: h.relation, Weight: h.weight, Inferred: h.inferred})
		}
	}
	return out
}

// mirrored tells whether a statement repeats, from its other end, a symmetric one that the
// pattern with the smaller slug makes too.
// Symmetric relations are written on both sides, and a client would draw two lines. Where only one
// side states it, that one is shown.
func mirrored(from *node, h hop) bool {
	if !h.relation.Symmetric() || from.slug < h.to.slug {
		return false
	}
	return slices.ContainsFunc(h.to.out, func(o hop) bool { return o.to == from && o.relation == h.relation })
}

// sorted lists nodes by distance, then by slug.
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

// Impact gives the patterns that have one as a prerequisite, directly or through others.
// The pattern itself is not among them, even when it lies on a circle.
func (n *Network) Impact(key string) (*content.PatternImpact, error) {
	start := n.nodes[key]
	if start == nil {
		return nil, UnknownPattern(key)
	}
	found := n.distances(start, Which{Relations: []content.PatternRelation{"PREREQUISITE"}, Direction: "IN"}, 0)
	delete(found, start)
	return &content.PatternImpact{PatternKey: key, Dependents: n.sorted(found)}, bounded(len(found), maxNodes)
}

// Among gives the relations among some patterns, a symmetric pair as one, by the slugs of both
// ends.
// It builds a small network of just these patterns, so all rules about relations hold here too.
func Among(patterns []*content.Pattern) []content.PatternGraphEdge {
	rows := make([]Row, len(patterns))
	for i, p := range patterns {
		rows[i] = row(p)
	}
	n := NewNetwork(rows)
	nodes := make(map[*node]int, len(rows))
	for _, v := range n.nodes {
		nodes[v] = 0
	}
	var out []content.PatternGraphEdge
	for _, at := range n.sorted(nodes) {
		out = append(out, n.edges(at.PatternKey, nodes, Which{})...)
	}
	return out
}
