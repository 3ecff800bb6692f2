package diagram_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/diagram"
)

func TestDescribe(t *testing.T) {
	type want struct {
		Kind, Alt string
		Drawable  bool
	}
	for name, tt := range map[string]struct {
		source string
		want   want
	}{
		"flowchart":    {"flowchart LR\n  A[Client] -->|asks| B(API gateway)\n  B --> C{Known?}\n  C -- yes --> D\n", want{"flowchart", "Flowchart: Client to API gateway, asks; API gateway to Known?; Known? to D, yes.", true}},
		"chains":       {"graph TD; A --> B --> C", want{"graph", "Flowchart: A to B; B to C.", true}},
		"groups":       {"flowchart TD\nA & B --> C & D", want{"flowchart", "Flowchart: A to C; A to D; B to C; B to D.", true}},
		"only nodes":   {"flowchart TD\nsubgraph x\nA[\"One <br/> two\"]:::hot\nend\nclassDef hot fill:#f00", want{"flowchart", "Flowchart: One two.", true}},
		"dotted":       {"flowchart TD\nA -.->|late| B\nA -. text .-> C\nA ==> D\nA --x E\nA <--> F", want{"flowchart", "Flowchart: A to B, late; A to C, text; A to D; A to E; A to F.", true}},
		"sequence":     {"sequenceDiagram\n participant C as Client\n C->>S: GET /x\n S-->>C: 200\n Note over C: done", want{"sequenceDiagram", "Sequence diagram: Client to S, GET /x; S to Client, 200.", true}},
		"states":       {"stateDiagram-v2\n [*] --> Closed\n Closed --> Open: too many failures", want{"stateDiagram-v2", "State diagram: start or end to Closed; Closed to Open, too many failures.", true}}, //nolint:dupword // in two lines
		"classes":      {"classDiagram\n Animal <|-- Duck : is a\n Duck : +swim()", want{"classDiagram", "Class diagram: Animal to Duck, is a.", true}},
		"entities":     {"erDiagram\n CUSTOMER ||--o{ ORDER : places", want{"erDiagram", "Entity relationship diagram: CUSTOMER to ORDER, places.", true}},
		"front matter": {"---\ntitle: x\n---\n%% comment\nflowchart TD\n A --> B", want{"flowchart", "Flowchart: A to B.", true}},
		"gantt":        {"gantt\n title x", want{"gantt", "Diagram, shown as its source", false}},
		"pie":          {"pie\n \"a\" : 1", want{"pie", "Diagram, shown as its source", false}},
		"mindmap":      {"mindmap\n root", want{"mindmap", "Diagram, shown as its source", false}},
		"timeline":     {"timeline\n title x", want{"timeline", "Diagram, shown as its source", false}},
		"radar":        {"radar-beta\n axis a", want{"radar-beta", "Diagram, shown as its source", false}},
		"empty":        {" \n", want{"", "Diagram, shown as its source", false}},
	} {
		t.Run(name, func(t *testing.T) {
			d := diagram.Describe(tt.source)
			if diff := cmp.Diff(tt.want, want{d.Kind, d.Alt, d.Drawable}); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestLimitsOfASource(t *testing.T) {
	long := "flowchart TD\nA --> B\n" + strings.Repeat("%% x\n", diagram.MaxSource/5)
	var nodes, edges strings.Builder
	for i := range diagram.MaxNodes + 1 {
		fmt.Fprintf(&nodes, "N%d[x]\n", i)
	}
	for i := range diagram.MaxEdges + 1 {
		fmt.Fprintf(&edges, "A --> B%d\n", i%9)
	}
	many := strings.Repeat("A & ", 19) + "A"
	for name, tt := range map[string]struct {
		source string
		want   bool
	}{
		"small": {"flowchart TD\nA --> B", true}, "too long": {long, false}, "too many nodes": {"flowchart TD\n" + nodes.String(), false},
		"too many edges": {"flowchart TD\n" + edges.String(), false}, "each with each": {"flowchart TD\n" + many + " --> " + many, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := diagram.Describe(tt.source).Drawable; got != tt.want {
				t.Errorf("drawable is %v, want %v", got, tt.want)
			}
		})
	}
}

func TestDescriptionsAreShort(t *testing.T) {
	source := "sequenceDiagram\n" + strings.Repeat("A->>B: "+strings.Repeat("long ", 100)+"\n", 100)
	alt := diagram.Describe(source).Alt
	if len(alt) > 900 || !strings.HasSuffix(alt, "; and more.") {
		t.Errorf("%d bytes: %s", len(alt), alt)
	}
}

func TestDiagramsOfAText(t *testing.T) {
	got := diagram.In("<p>x</p><pre><code class=\"language-mermaid\">flowchart TD\nA --&gt; B\n</code></pre><pre><code class=\"language-go\">x</code></pre><pre><code class=\"language-mermaid\">gantt\n</code></pre>")
	var sources []string
	for _, d := range got {
		sources = append(sources, d.Source)
	}
	if diff := cmp.Diff([]string{"flowchart TD\nA --> B", "gantt"}, sources); diff != "" {
		t.Error(diff)
	}
	if got[0].Hash == got[1].Hash || got[0].Hash != diagram.Describe("flowchart TD\r\nA --> B\r\n").Hash {
		t.Error("hashes do not follow the source")
	}
}

// sound fails the test unless a picture is well-formed and has nothing that could run or reach out.
func sound(t *testing.T, svg []byte) {
	t.Helper()
	for d := xml.NewDecoder(bytes.NewReader(svg)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("%v in %s", err, svg)
		}
		e, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if slices.Contains(strings.Fields("script foreignObject image use a animate set iframe style"), e.Name.Local) {
			t.Errorf("the picture has the element %s", e.Name.Local)
		}
		for _, a := range e.Attr {
			if strings.HasPrefix(a.Name.Local, "on") || a.Name.Local == "href" || a.Name.Local == "style" ||
				strings.Contains(a.Value, "url(") && !strings.HasPrefix(a.Value, "url(#") || strings.Contains(a.Value, "javascript") {
				t.Errorf("the picture has %s=%q", a.Name.Local, a.Value)
			}
		}
	}
}

func TestClean(t *testing.T) {
	const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10">`
	for name, tt := range map[string]struct{ in, want string }{
		"a picture":            {`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10" style="x"><g><rect x="1.234" fill="var(--_text)"/></g></svg>`, head + `<g><rect x="1.2" fill="var(--_text)"></rect></g></svg>`},
		"script":               {head + `<script>alert(1)</script><g/></svg>`, head + `<g></g></svg>`},
		"script in a group":    {head + `<g><script><rect/></script></g></svg>`, head + `<g></g></svg>`},
		"foreign objects":      {head + `<foreignObject><rect/><b>x</b></foreignObject></svg>`, head + `</svg>`},
		"style":                {head + `<style>@import url(//x)</style></svg>`, head + `</svg>`},
		"handlers":             {head + `<g onclick="x"/></svg>`, head + `<g></g></svg>`},
		"references":           {head + `<g fill="url(https://x)" stroke="url(#a)" marker-end="url('//x')"/></svg>`, head + `<g stroke="url(#a)"></g></svg>`},
		"links":                {head + `<a href="javascript:x"><rect/></a><use xlink:href="//x"/></svg>`, head + `</svg>`},
		"other names":          {head + `<x:rect xmlns:x="urn:x"/><rect x:fill="red"/></svg>`, head + `<rect></rect></svg>`},
		"picture in a picture": {head + `<svg><rect/></svg></svg>`, head + `</svg>`},
		"text":                 {head + `<text>a &lt;b&gt; &amp;<!-- c --></text></svg>`, head + `<text>a &lt;b&gt; &amp;</text></svg>`},
		"no picture":           {`<html/>`, ""},
		"nothing":              {``, ""},
		"unclosed":             {head, ""},
		"crossed":              {head + `<g></svg></g>`, ""},
		"entities":             {`<!DOCTYPE svg [<!ENTITY x "y">]>` + head + `&x;</svg>`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := diagram.Clean([]byte(tt.in))
			if (err != nil) != (tt.want == "") {
				t.Fatalf("the error is %v", err)
			}
			if diff := cmp.Diff(tt.want, string(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// hostile are sources that try to put something of theirs into a picture, or to break the script.
func hostile() map[string]string {
	return map[string]string{
		"markup":      "flowchart TD\nA[\"<script>alert(1)</script>\"] --> B[\"&lt;img src=x onerror=alert(1)&gt;\"]",
		"styles":      "flowchart TD\nA --> B\nstyle A fill:url(https://evil.example/x),stroke:\"><script>alert(1)</script>\nclassDef x fill:#f00\" onload=\"alert(1)\nclass B x",
		"clicks":      "flowchart TD\nA --> B\nclick A href \"javascript:alert(1)\"\nclick B call alert(1)",
		"prototypes":  "flowchart TD\n__proto__ --> constructor\nconstructor --> toString\nclassDef __proto__ fill:red\nclass toString __proto__", //nolint:dupword // in two lines
		"identifiers": "sequenceDiagram\nparticipant A as \"><svg onload=alert(1)>\nA->>A: </text><script>alert(1)</script>",
		"directives":  "%%{init: {\"themeCSS\": \"@import url(//evil.example)\"}}%%\nflowchart TD\nA --> B",
		"states":      "stateDiagram-v2\n[*] --> A\nA --> A: \"/><foreignObject/>\nA --> [*]", //nolint:dupword // in two lines
		"entities":    "erDiagram\nA ||--o{ B : \"<b>\"\nA { string x \"</text>\" }",
		"classes":     "classDiagram\nA <|-- B\nA : +x() \"<script/>\"",
		"nonsense":    "flowchart TD\n]]]]((((\nA -->",
		"nothing":     "flowchart TD",
	}
}

func TestHostileSourcesAreDrawnCleanOrNotAtAll(t *testing.T) {
	drawn := 0
	for name, source := range hostile() {
		t.Run(name, func(t *testing.T) {
			svg, err := diagram.Render(source, 20*time.Second)
			if err != nil {
				if !errors.Is(err, diagram.ErrFailed) {
					t.Errorf("the error is %v", err)
				}
				return
			}
			drawn++
			sound(t, svg)
		})
	}
	if drawn < 5 {
		t.Errorf("only %d were drawn", drawn)
	}
}

// TestEveryKindIsDrawn draws in this process, where the script is compiled once; TestDraw does it as
// the hub does.
func TestEveryKindIsDrawn(t *testing.T) {
	for name, source := range map[string]string{
		"states":       "stateDiagram-v2\n[*] --> Client\nClient --> Gateway: asks", //nolint:dupword // in two lines
		"classes":      "classDiagram\nClient <|-- Gateway : asks",
		"entities":     "erDiagram\nClient ||--o{ Gateway : asks",
		"front matter": "---\ntitle: x\n---\nsequenceDiagram\nClient->>Gateway: asks",
	} {
		t.Run(name, func(t *testing.T) {
			svg, err := diagram.Render(source, 30*time.Second)
			if err != nil {
				t.Fatal(err)
			}
			sound(t, svg)
			for _, want := range []string{"Client</text>", "Gateway</text>", "asks</text>"} {
				if !bytes.Contains(svg, []byte(want)) {
					t.Errorf("%s lacks %s", svg, want)
				}
			}
		})
	}
}

// TestLimitsOfAScript: whatever a script does, it ends, and says no more than that it failed.
func TestLimitsOfAScript(t *testing.T) {
	for name, tt := range map[string]struct {
		script, want string
		wrong        bool
	}{
		"a script that draws": {`function draw(s) { return "<" + s + ">"; }`, "<x>", false},
		"no end":              {`function draw() { for (;;) {} }`, "", true},
		"no end at the start": {`for (;;) {}`, "", true},
		"memory":              {`function draw() { for (let a = [];;) a.push(new Array(100000).fill(a.length)); }`, "", true},
		"one great text":      {`function draw() { return "x".repeat(1 << 29); }`, "", true},
		"calls":               {`function draw(s) { return draw(s) + 1; }`, "", true},
		"an error":            {`function draw() { throw new Error("no"); }`, "", true},
		"no text":             {`function draw() { return {}; }`, "", true},
		"no function":         {`var x = 1;`, "", true},
		"the system":          {`function draw() { return String(typeof std + typeof os + typeof require + typeof process + typeof fetch); }`, strings.Repeat("undefined", 5), false},
	} {
		t.Run(name, func(t *testing.T) {
			code, err := diagram.Compile(tt.script)
			if err != nil {
				t.Fatal(err)
			}
			got, err := diagram.Call(code, "x", 32<<20, 2*time.Second)
			if got != tt.want || errors.Is(err, diagram.ErrFailed) != tt.wrong {
				t.Errorf("%d bytes, %v", len(got), err)
			}
		})
	}
}

func FuzzDescribe(f *testing.F) {
	for _, source := range hostile() {
		f.Add(source)
	}
	f.Add("flowchart TD\r\r\nA --> B")
	f.Fuzz(func(t *testing.T, source string) {
		d := diagram.Describe(source)
		if len(d.Alt) > 2000 || strings.Contains(d.Alt, "\n") || len(d.Hash) != 32 {
			t.Errorf("%+v", d)
		}
		if again := diagram.Describe(d.Source); again != d {
			t.Errorf("%+v described again is %+v", d, again)
		}
	})
}

func FuzzClean(f *testing.F) {
	f.Add([]byte(`<svg viewBox="0 0 1 1"><g id="a"><text>x</text></g><script/></svg>`))
	f.Add([]byte(`<svg><g fill="url(#x)" marker-end="URL(//x)"/></svg>`))
	f.Fuzz(func(t *testing.T, in []byte) {
		svg, err := diagram.Clean(in)
		if err != nil {
			return
		}
		sound(t, svg)
		if again, err := diagram.Clean(svg); err != nil || !bytes.Equal(again, svg) {
			t.Errorf("%s cleaned again is %s, %v", svg, again, err)
		}
	})
}

// FuzzRender draws in this process; about one source a second.
func FuzzRender(f *testing.F) {
	f.Add(simple)
	f.Fuzz(func(t *testing.T, source string) {
		if !diagram.Describe(source).Drawable {
			return
		}
		if svg, err := diagram.Render(source, 5*time.Second); err == nil {
			sound(t, svg)
		} else if !errors.Is(err, diagram.ErrFailed) {
			t.Error(err)
		}
	})
}
