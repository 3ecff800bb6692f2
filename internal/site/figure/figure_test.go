package figure_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"patternhub/internal/site/figure"
)

// samples returns a figure of each kind whose texts come from name, and with missing values.
func samples(name func() string) map[string]figure.Figure {
	caption := func() figure.Caption { return figure.Caption{Title: name(), Desc: name()} }
	bars := []figure.Bar{
		{Label: name(), Href: "/tiers/gold", Value: 38, Tone: figure.Gold, Note: name()},
		{Label: name(), Value: 61, Tone: figure.Silver},
		{Label: name(), Value: 12.5, Tone: figure.Bronze},
		{Label: name(), Value: math.NaN()},
	}
	month := func(n int, v float64) figure.Point { return figure.Point{At: float64(n), Label: name(), Value: v} }
	nodes := []figure.Node{{ID: "a", Label: name(), Href: "/a", Note: name(), Tone: figure.Gold}, {ID: "b", Label: name(), Tone: figure.Bronze}, {ID: "c", Label: name(), Href: "/c"}}
	edges := []figure.Edge{{From: "a", To: "b", Kind: name()}, {From: "b", To: "c", Kind: name(), Weak: true}, {From: "c", To: "a", Kind: name(), Both: true}}
	return map[string]figure.Figure{
		"sparkline":    figure.Sparkline{Caption: caption(), Values: []float64{3, 4, math.NaN(), 8, 7}, Tone: figure.Good},
		"lines":        figure.Lines{Caption: caption(), Unit: name(), Series: []figure.Series{{Name: name(), Points: []figure.Point{month(1, 3), month(2, 9), month(5, 4)}}, {Name: name(), Points: []figure.Point{month(2, 1)}}}},
		"bars":         figure.Bars{Caption: caption(), Unit: name(), Bars: bars},
		"distribution": figure.Distribution{Caption: caption(), Parts: bars},
		"radar":        figure.Radar{Caption: caption(), Axes: []string{name(), name(), name()}, Full: 5, Profiles: []figure.Profile{{Name: name(), Href: "/a", Values: []float64{1, 2, 3}}, {Name: name(), Values: []float64{4, math.NaN(), 2}}}},
		"ranges":       figure.Ranges{Caption: caption(), Ranges: []figure.Range{{Label: name(), Unit: name(), Low: 2, Expected: 3, High: 8}, {Label: name(), Low: math.Inf(1)}}},
		"timeline":     figure.Timeline{Caption: caption(), Phases: []figure.Phase{{Label: name(), Href: "/p", When: name(), Start: 0, End: 3}, {Label: name()}}},
		"graph":        figure.Graph{Caption: caption(), Nodes: nodes, Edges: edges, Centre: "a"},
		"layers":       figure.Graph{Caption: caption(), Nodes: nodes, Edges: edges, Layered: true},
	}
}

// numbered returns a source of different names.
func numbered() func() string {
	n := 0
	return func() string { n++; return fmt.Sprintf("Name %d", n) }
}

// markup is what a test reads of a picture.
type markup struct {
	elements, classes, targets []string
	text                       string
}

// read parses markup as XML, and fails the test if it is not well-formed.
func read(t *testing.T, source string) markup {
	t.Helper()
	var m markup
	for d := xml.NewDecoder(strings.NewReader(source)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return m
		}
		if err != nil {
			t.Fatalf("%v in %s", err, source)
		}
		switch token := token.(type) {
		case xml.StartElement:
			m.elements = append(m.elements, token.Name.Local)
			for _, a := range token.Attr {
				switch a.Name.Local {
				case "class":
					m.classes = append(m.classes, strings.Fields(a.Value)...)
				case "href":
					m.targets = append(m.targets, a.Value)
				case "style", "id":
					t.Errorf("a figure has the attribute %s", a.Name.Local)
				}
				if strings.HasPrefix(a.Name.Local, "on") || strings.Contains(a.Value, "NaN") || strings.Contains(a.Value, "Inf") {
					t.Errorf("a figure has the attribute %s=%q", a.Name.Local, a.Value)
				}
			}
		case xml.CharData:
			m.text += string(token) + "\n"
		}
	}
}

func TestFiguresAreWellFormedAndNamed(t *testing.T) {
	for name, f := range samples(numbered()) {
		t.Run(name, func(t *testing.T) {
			svg := f.SVG()
			m := read(t, svg)
			if !strings.Contains(svg, `<title>Name `) || !strings.Contains(svg, `<desc>Name `) {
				t.Error("the picture has no title or no description")
			}
			role := `role="img"`
			if slices.Contains(m.elements, "a") {
				role = `role="group"`
			}
			if !strings.Contains(svg, role) {
				t.Errorf("a picture with the elements %v lacks %s", m.elements, role)
			}
			if again := f.SVG(); again != svg {
				t.Error("the picture differs the second time")
			}
			rows := f.Table().Rows
			if len(rows) == 0 {
				t.Error("the table is empty")
			}
			whole := read(t, figure.HTML(f))
			for _, row := range rows {
				for _, c := range row {
					if !strings.Contains(whole.text, c.Text) {
						t.Errorf("the table lacks %q", c.Text)
					}
				}
			}
		})
	}
}

// TestClassesHaveRules: a class that a figure uses stands in the style sheet, except those that
// only name the figure.
func TestClassesHaveRules(t *testing.T) {
	own := regexp.MustCompile(`\.(fig[a-z0-9-]*)`)
	var known []string
	for _, m := range own.FindAllStringSubmatch(figure.CSS, -1) {
		known = append(known, m[1])
	}
	names := []string{"fig-sparkline", "fig-lines", "fig-bars", "fig-distribution", "fig-radar", "fig-ranges", "fig-timeline", "fig-text", "fig-label"}
	for name, f := range samples(numbered()) {
		for _, c := range read(t, figure.HTML(f)).classes {
			if !slices.Contains(known, c) && !slices.Contains(names, c) {
				t.Errorf("%s: no rule has the class %s", name, c)
			}
		}
	}
}

func TestTargetsThatLeaveTheHostUnseenAreNoLinks(t *testing.T) {
	for href, want := range map[string]bool{
		"/patterns/saga": true, "?tier=gold": true, "#top": true, "https://example.com/x": true,
		"": false, "javascript:alert(1)": false, "//evil.example": false, `/\evil.example`: false, "/a\tb": false,
		"data:text/html,x": false, " javascript:alert(1)": false, "http://example.com": false, "/\u202eabc": false,
	} {
		svg := figure.Timeline{Phases: []figure.Phase{{Label: "x", Href: href}}}.SVG()
		if got := strings.Contains(svg, "<a "); got != want {
			t.Errorf("%q: linked is %v, want %v", href, got, want)
		}
	}
}

func TestTextIsClippedAndKeepsItsSide(t *testing.T) {
	long := strings.Repeat("Circuit Breaker ", 12)
	for name, tt := range map[string]struct {
		label string
		want  []string
	}{
		"short":         {"Saga", []string{`y="20">Saga</text>`}},
		"long":          {long, []string{"<title>" + strings.TrimSpace(long) + "</title>", "…</text>"}},
		"right to left": {"قاطع الدائرة", []string{`text-anchor="end" direction="rtl">قاطع`}},
		"markup":        {`<b onclick="x">`, []string{"&lt;b onclick=&quot;x&quot;&gt;"}},
		"overrides":     {"a\u202eb\x00c\nd", []string{">abc d<"}},
		"broken":        {"a\xffb", []string{">ab<"}},
	} {
		t.Run(name, func(t *testing.T) {
			svg := figure.Timeline{Phases: []figure.Phase{{Label: tt.label}}}.SVG()
			read(t, svg)
			for _, want := range tt.want {
				if !strings.Contains(svg, want) {
					t.Errorf("%s lacks %s", svg, want)
				}
			}
		})
	}
}

func TestNumbersInWords(t *testing.T) {
	for want, v := range map[string]float64{
		"0": 0, "12": 12, "1\u202f234": 1234, "1\u202f234\u202f567.89": 1234567.891, "−1\u202f000": -1000, "0.5": 0.5, "": math.NaN(), "999": 999, "−0.25": -0.25,
	} {
		if got := figure.Number(v); got != want {
			t.Errorf("%v is %q, want %q", v, got, want)
		}
	}
}

func TestBarsAreAsLongAsTheirValues(t *testing.T) {
	svg := figure.Bars{Caption: figure.Caption{Width: 200}, Full: 100, Bars: []figure.Bar{{Label: "a", Value: 25}, {Label: "b", Value: 250}}}.SVG()
	for _, want := range []string{`class="fig-bar" x="0" y="21" width="50"`, `class="fig-bar" x="0" y="61" width="200"`} {
		if !strings.Contains(svg, want) {
			t.Errorf("%s lacks %s", svg, want)
		}
	}
}

func TestGapsOfASparkline(t *testing.T) {
	svg := figure.Sparkline{Values: []float64{1, 2, math.NaN(), math.Inf(1), 3, 4}}.SVG()
	path := regexp.MustCompile(` d="([^"]*)"`).FindStringSubmatch(svg)[1]
	if n := strings.Count(path, "M"); n != 2 {
		t.Errorf("%s has %d parts, want 2", path, n)
	}
}

// TestGallery writes a page with all figures for people to look at: go test -run Gallery -artifacts.
func TestGallery(t *testing.T) {
	var page strings.Builder
	page.WriteString("<!doctype html><meta charset=utf-8><meta name=viewport content='width=device-width'><title>Figures</title><style>:root{color-scheme:light dark}body{font:16px system-ui;margin:1rem;background:light-dark(#fff,#12181f);color:light-dark(#1f2933,#e6eaef)}" + figure.CSS + "</style>")
	for _, f := range gallery() {
		read(t, figure.HTML(f))
		page.WriteString(figure.HTML(f))
	}
	if err := os.WriteFile(filepath.Join(t.ArtifactDir(), "gallery.html"), []byte(page.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}

func FuzzFigures(f *testing.F) {
	f.Add("Saga", 1.0, "/x")
	f.Add("</text><script>alert(1)</script>", math.Inf(-1), "javascript:alert(1)")
	f.Add("\u202e\x00\xff&\"'", 1e300, "//x")
	f.Add(strings.Repeat("e\u0301", 500), -1e-300, "/\u2028")
	allowed := strings.Fields("figure div figcaption details summary table caption thead tbody tfoot tr th td svg title desc g a path rect circle text")
	f.Fuzz(func(t *testing.T, name string, v float64, href string) {
		all := samples(func() string { return name })
		all["hostile bars"] = figure.Bars{Full: v, Bars: []figure.Bar{{Label: name, Value: v, Href: href, Tone: figure.Tone(name)}, {Value: -v}}}
		all["hostile parts"] = figure.Distribution{Parts: []figure.Bar{{Label: name, Value: v, Href: href}, {Value: 1}}}
		all["hostile lines"] = figure.Lines{Caption: figure.Caption{Width: int(v)}, Series: []figure.Series{{Points: []figure.Point{{v, name, v}, {1, name, -v}, {v, name, 0}}}}}
		all["hostile ranges"] = figure.Ranges{Ranges: []figure.Range{{Low: -v, High: v}, {Low: v, Expected: v, High: v}}}
		all["hostile radar"] = figure.Radar{Caption: figure.Caption{Width: int(v)}, Axes: []string{name}, Full: v, Profiles: []figure.Profile{{Values: []float64{v, v}}}}
		all["hostile phases"] = figure.Timeline{Phases: []figure.Phase{{Label: name, Href: href, Start: v, End: 2 * v}, {Start: -v, End: v}}}
		all["hostile graph"] = figure.Graph{Centre: name, Nodes: []figure.Node{{ID: name, Label: name, Href: href}, {ID: name}, {ID: href}}, Edges: []figure.Edge{{From: name, To: href, Kind: name}, {From: name, To: name}}}
		for kind, one := range all {
			html := figure.HTML(one)
			if len(html) > 200_000 {
				t.Errorf("%s has %d bytes", kind, len(html))
			}
			m := read(t, html)
			for _, e := range m.elements {
				if !slices.Contains(allowed, e) {
					t.Errorf("%s has the element %s", kind, e)
				}
			}
			for _, target := range m.targets {
				if !strings.HasPrefix(target, "https://") && (!strings.ContainsAny(target[:1], "/?#") || strings.HasPrefix(target, "//")) {
					t.Errorf("%s links to %q", kind, target)
				}
			}
		}
	})
}
