package figure_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"patternhub/internal/site/figure"
)

// web returns a graph with some nodes and edges; equal arguments make equal graphs.
func web(nodes, edges int) figure.Graph {
	random := rand.New(rand.NewPCG(uint64(nodes), uint64(edges)))
	words := []string{"Circuit", "Breaker", "Event", "Sourcing", "Gateway", "Saga", "Outbox", "Leader", "Quorum", "Cache"}
	g := figure.Graph{Caption: figure.Caption{Title: "Patterns and their relations"}}
	for i := range nodes {
		label := words[random.IntN(len(words))] + " " + words[random.IntN(len(words))]
		g.Nodes = append(g.Nodes, figure.Node{ID: strconv.Itoa(i), Label: label, Href: "/patterns/" + strconv.Itoa(i), Tone: []figure.Tone{figure.Gold, figure.Silver, figure.Bronze}[i%3]})
	}
	kinds := []string{"requires", "complements", "alternative to", "used with"}
	for i := range edges {
		from, to := strconv.Itoa(random.IntN(nodes)), strconv.Itoa(random.IntN(nodes))
		g.Edges = append(g.Edges, figure.Edge{From: from, To: to, Kind: kinds[i%len(kinds)], Both: i%4 == 1, Weak: i%7 == 0})
	}
	return g
}

// star returns a graph of one node in the middle of others.
func star(leaves int) figure.Graph {
	g := web(leaves+1, 0)
	g.Centre = "0"
	for i := range leaves {
		g.Edges = append(g.Edges, figure.Edge{From: "0", To: strconv.Itoa(i + 1), Kind: "used with"})
	}
	return g
}

var boxOf = regexp.MustCompile(`<rect x="([0-9.-]+)" y="([0-9.-]+)" width="([0-9.]+)" height="([0-9.]+)" rx="6"`)

func TestBoxesNeverOverlapAndStayInThePicture(t *testing.T) {
	layered := web(40, 60)
	layered.Layered = true
	same := web(60, 0)
	for i := range same.Nodes {
		same.Nodes[i].Label = "Equal"
	}
	for name, g := range map[string]figure.Graph{
		"one": web(1, 0), "two": web(2, 1), "neighbourhood": web(30, 70), "all": web(500, 1500), "dense": web(60, 1700),
		"star": star(40), "great star": star(499), "without edges": same, "layered": layered,
	} {
		t.Run(name, func(t *testing.T) {
			svg := g.SVG()
			var width, height float64
			if _, err := fmt.Sscanf(svg[strings.Index(svg, "viewBox"):], `viewBox="0 0 %g %g"`, &width, &height); err != nil {
				t.Fatal(err)
			}
			var boxes [][4]float64
			for _, m := range boxOf.FindAllStringSubmatch(svg, -1) {
				var b [4]float64
				for i := range b {
					b[i], _ = strconv.ParseFloat(m[i+1], 64)
				}
				if b[0] < 0 || b[1] < 0 || b[0]+b[2] > width || b[1]+b[3] > height {
					t.Errorf("a box at %v leaves the picture of %v by %v", b, width, height)
				}
				boxes = append(boxes, b)
			}
			if len(boxes) != len(g.Nodes) {
				t.Fatalf("%d boxes, want %d", len(boxes), len(g.Nodes))
			}
			for i, a := range boxes {
				for _, b := range boxes[i+1:] {
					if math.Abs(a[0]+a[2]/2-b[0]-b[2]/2) < (a[2]+b[2])/2 && math.Abs(a[1]-b[1]) < (a[3]+b[3])/2 {
						t.Errorf("boxes at %v and %v overlap", a, b)
					}
				}
			}
		})
	}
}

func TestAGraphIsBounded(t *testing.T) {
	g := web(700, 9000)
	svg := g.SVG()
	if n := len(boxOf.FindAllString(svg, -1)); n != figure.MaxNodes {
		t.Errorf("%d boxes, want %d", n, figure.MaxNodes)
	}
	if n := strings.Count(svg, "<path"); n > figure.MaxEdges+4 {
		t.Errorf("%d paths, want at most %d edges and the legend", n, figure.MaxEdges)
	}
	if n := strings.Count(g.Table().HTML(), "<tr>"); n != figure.MaxRows+2 {
		t.Errorf("the table has %d rows, want %d with its head and foot", n, figure.MaxRows+2)
	}
}

func TestEdges(t *testing.T) {
	g := figure.Graph{
		Nodes: []figure.Node{{ID: "a", Label: "Saga"}, {ID: "b", Label: "Outbox"}},
		Edges: []figure.Edge{{From: "a", To: "b", Kind: "requires"}, {From: "a", To: "c", Kind: "requires"}, {From: "b", To: "a", Kind: "beside", Both: true, Weak: true}},
		Kinds: []string{"requires", "beside", "unused"},
	}
	svg := g.SVG()
	for _, want := range []string{
		`<g class="fig-edge fig-k1" fill="none"><title>requires</title>`, `<g class="fig-edge fig-k2" fill="none"><title>beside</title><path class="fig-weak"`,
		`<title>Saga requires Outbox</title>`, `<title>Outbox beside Saga</title>`,
	} {
		if !strings.Contains(svg, want) {
			t.Errorf("%s lacks %s", svg, want)
		}
	}
	if strings.Contains(svg, "unused") || strings.Count(svg, "Saga requires") != 1 {
		t.Errorf("%s shows what is not there", svg)
	}
	if arrows := regexp.MustCompile(` d="M[^"]*m[^"]*"`).FindAllString(svg, -1); len(arrows) != 1 {
		t.Errorf("the arrows are %q, want one", arrows)
	}
}

// TestLayersRunDownwards: in a graph without circles each edge leads to a lower box.
func TestLayersRunDownwards(t *testing.T) {
	g := figure.Graph{Layered: true}
	for id := range strings.FieldsSeq("d c b a") {
		g.Nodes = append(g.Nodes, figure.Node{ID: id, Label: id})
	}
	for e := range strings.FieldsSeq("ab bc cd ad ac") {
		g.Edges = append(g.Edges, figure.Edge{From: e[:1], To: e[1:]})
	}
	var ys []int
	for _, m := range boxOf.FindAllStringSubmatch(g.SVG(), -1) {
		y, err := strconv.Atoi(m[2])
		if err != nil {
			t.Fatal(err)
		}
		ys = append(ys, y)
	}
	slices.Reverse(ys)
	if len(ys) != 4 || !slices.IsSorted(ys) || ys[0] == ys[1] || ys[1] == ys[2] || ys[2] == ys[3] {
		t.Errorf("a, b, c and d are at the heights %v", ys)
	}
}

func BenchmarkGraph(b *testing.B) {
	for name, g := range map[string]figure.Graph{"30": web(30, 70), "500": web(500, 1500)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			size := 0
			for b.Loop() {
				size = len(g.SVG())
			}
			b.ReportMetric(float64(size), "bytes/picture")
		})
	}
}
