package figure

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// The limits of a graph. What is beyond them is not drawn.
const (
	MaxNodes = 500
	MaxEdges = 3000

	maxTitled = 150 // edges that have a title each; of more, only their kind has one
	maxKinds  = 8
)

// Node is a box in a graph.
type Node struct {
	ID    string // what edges refer to; of equal ones the first counts
	Label string
	Href  string // where the box leads; may be empty
	Note  string // more about it, which shows on hovering; may be empty
	Tone  Tone
}

// Edge is a line between two nodes, with an arrow at To.
type Edge struct {
	From, To string // IDs of nodes; an edge of others is not drawn
	Kind     string // what it means, in words
	Both     bool   // it has no direction, so no arrow
	Weak     bool   // it is less certain than others, and dashed
}

// Graph is a picture of nodes and their relations. The same graph always has the same layout.
type Graph struct {
	Caption
	Nodes   []Node
	Edges   []Edge
	Kinds   []string // kinds of edges in the order of their colours; others follow by name
	Centre  string   // the ID of the node that the graph is about; may be empty
	Layered bool     // in rows by direction, from top to bottom, as suits steps that follow each other
}

// line is an edge between two indexes of boxes.
type line struct {
	from, to int
	kind     int
	Edge
}

// SVG returns the picture. Its width follows from the number of nodes if they need more than the
// caption's width; let it scroll then.
func (g Graph) SVG() string {
	var p pen
	nodes, index := g.nodes()
	kinds := g.kinds()
	lines := g.lines(index, kinds)
	boxes := boxesOf(nodes)
	centre := -1
	if i, ok := index[g.Centre]; ok {
		centre = i
	}
	if g.Layered {
		stack(boxes, lines, max(g.width(), 320))
	} else {
		scatter(boxes, lines, centre)
	}
	width, height := fit(boxes, g.width())
	below := legendHeight(kinds, width)
	p.begin(roleGroup, "fig-graph", g.Caption, width, height+below)
	if len(nodes) == 0 {
		p.label("fig-note", width/2, height/2, middle, width, "Nothing to draw")
	}
	g.edges(&p, lines, boxes, kinds)
	for i, n := range nodes {
		p.node(n, boxes[i], i == centre)
	}
	p.legend(kinds, width, height)
	return p.end("svg").String()
}

// nodes returns the nodes that are drawn, and their indexes.
func (g Graph) nodes() ([]Node, map[string]int) {
	var out []Node
	index := map[string]int{}
	for _, n := range g.Nodes {
		if _, ok := index[n.ID]; !ok && len(out) < MaxNodes {
			index[n.ID] = len(out)
			out = append(out, n)
		}
	}
	return out, index
}

// kinds returns the kinds of the edges in the order of their colours.
func (g Graph) kinds() []string {
	used := map[string]bool{}
	for _, e := range g.Edges {
		used[e.Kind] = true
	}
	var out, others []string
	for _, k := range g.Kinds {
		if used[k] && !slices.Contains(out, k) {
			out = append(out, k)
		}
	}
	for k := range used {
		if !slices.Contains(out, k) {
			others = append(others, k)
		}
	}
	slices.Sort(others)
	out = append(out, others...)
	// Colours repeat after maxKinds; the legend is bounded to three rounds of them.
	return out[:min(len(out), 3*maxKinds)]
}

// lines returns the edges that are drawn.
func (g Graph) lines(index map[string]int, kinds []string) []line {
	var out []line
	for _, e := range g.Edges {
		from, ok := index[e.From]
		to, both := index[e.To]
		kind := slices.Index(kinds, e.Kind)
		if ok && both && from != to && kind >= 0 && len(out) < MaxEdges {
			out = append(out, line{from, to, kind, e})
		}
	}
	return out
}

// boxesOf returns the boxes of nodes by the width of their labels, without a place.
func boxesOf(nodes []Node) []box {
	out := make([]box, len(nodes))
	for i, n := range nodes {
		short, _ := clip(n.Label, maxLabel)
		out[i] = box{w: math.Ceil(textWidth(short)) + 20, h: boxHeight}
	}
	return out
}

const (
	boxHeight = 28
	maxLabel  = 180
)

// node writes a box: a link if its target may be one.
func (p *pen) node(n Node, b box, centre bool) {
	class := n.Tone.class("fig-node")
	if centre {
		class += " fig-centre"
	}
	// The element is begun before it is known to be a link, so its name is replaced then.
	name := "g"
	p.tag(name)
	if linkable(n.Href) {
		name = "a"
		p.b = append(p.b[:len(p.b)-len("<g")], "<a"...)
		p.str("href", n.Href)
	}
	p.str("class", class).body()
	short, clipped := clip(n.Label, maxLabel)
	if clipped || n.Note != "" {
		p.title(sentence(n.Label, n.Note))
	}
	p.tag("rect").num("x", math.Round(b.x-b.w/2)).num("y", math.Round(b.y-b.h/2)).num("width", b.w).num("height", b.h).num("rx", 6).empty()
	p.label("fig-label", math.Round(b.x), math.Round(b.y)+4.5, middle, maxLabel+1, short)
	p.end(name)
}

// edges writes the edges by kind.
func (g Graph) edges(p *pen, lines []line, boxes []box, kinds []string) {
	titled := len(lines) <= maxTitled
	for kind, name := range kinds {
		opened := false
		for _, l := range lines {
			if l.kind != kind {
				continue
			}
			if !opened {
				p.tag("g").str("class", "fig-edge "+kindClass(kind)).str("fill", "none").body().title(name)
				opened = true
			}
			p.tag("path")
			if l.Weak {
				p.str("class", "fig-weak")
			}
			p.path(route(boxes[l.from], boxes[l.to], g.Layered, !l.Both)...)
			if !titled {
				p.empty()
				continue
			}
			p.body().title(strings.Join([]string{g.name(l.From), l.Kind, g.name(l.To)}, " ")).end("path")
		}
		if opened {
			p.end("g")
		}
	}
}

// name returns the label of a node.
// It searches all nodes, which is cheap enough for the few edges that have titles.
func (g Graph) name(id string) string {
	for _, n := range g.Nodes {
		if n.ID == id {
			return n.Label
		}
	}
	return id
}

// kindClass returns the class of the n-th kind.
func kindClass(n int) string { return "fig-k" + strconv.Itoa(n%maxKinds+1) }

const (
	legendRow  = 22.0
	legendItem = 180.0
)

// legendHeight returns the height of the legend of a picture.
func legendHeight(kinds []string, width float64) float64 {
	if len(kinds) == 0 {
		return 0
	}
	columns := max(int(width/legendItem), 1)
	return legendRow*float64((len(kinds)+columns-1)/columns) + 8
}

// legend writes what the colours of the edges mean.
func (p *pen) legend(kinds []string, width, top float64) {
	columns := max(int(width/legendItem), 1)
	for i, name := range kinds {
		x, y := 8+legendItem*float64(i%columns), top+8+legendRow*float64(i/columns)
		p.tag("path").str("class", "fig-edge "+kindClass(i)).path(step{'M', []float64{x, y + 5}}, step{'h', []float64{22}}).empty()
		p.label("fig-note", x+30, y+9, left, min(legendItem, width)-44, name)
	}
}

// Table returns the edges, and the nodes without any.
func (g Graph) Table() Table {
	t := Table{Title: g.Title, Head: []string{"From", "Relation", "To"}}
	byID := map[string]Node{}
	// Backward, so that of nodes with equal IDs the first one counts, as in the picture.
	for _, n := range slices.Backward(g.Nodes) {
		byID[n.ID] = n
	}
	used := map[string]bool{}
	for _, e := range g.Edges {
		from, ok := byID[e.From]
		to, both := byID[e.To]
		if !ok || !both {
			continue
		}
		used[e.From], used[e.To] = true, true
		t.Rows = append(t.Rows, []Cell{{Text: from.Label, Href: from.Href}, {Text: e.Kind}, {Text: to.Label, Href: to.Href}})
	}
	for _, n := range g.Nodes {
		if !used[n.ID] {
			used[n.ID] = true
			t.Rows = append(t.Rows, []Cell{{Text: n.Label, Href: n.Href}, {}, {}})
		}
	}
	return t
}
