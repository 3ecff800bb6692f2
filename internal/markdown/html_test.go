package markdown_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
	"pgregory.net/rapid"

	"patternhub/internal/content"
	"patternhub/internal/markdown"
)

// rendering is Markdown with the HTML and the plain text that are expected of it.
type rendering struct{ markdown, html, text string }

// checkRenderings renders texts of the page docs/a. Line ends between tags are ignored.
func checkRenderings(t *testing.T, tests map[string]rendering) {
	t.Helper()
	r := markdown.NewRenderer()
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := r.Render(content.TypePage, "docs/a", tt.markdown)
			flat := strings.TrimSpace(strings.ReplaceAll(strings.ReplaceAll(got.HTML, ">\n", ">"), "\n<", "<"))
			if d := cmp.Diff(tt.html, flat); d != "" {
				t.Errorf("HTML: %s", d)
			}
			if d := cmp.Diff(tt.text, got.Text); d != "" {
				t.Errorf("text: %s", d)
			}
			if got.Markdown != tt.markdown {
				t.Errorf("the Markdown became %q", got.Markdown)
			}
		})
	}
}

func TestHTMLInMarkdownIsPreserved(t *testing.T) {
	checkRenderings(t, map[string]rendering{
		"details": {
			"<details open><summary>More</summary>\nInside <b>it</b>\n</details>\n\nAfter\n",
			`<details open=""><summary>More</summary>Inside <b>it</b></details><p>After</p>`, "More\nInside it\nAfter",
		},
		"details with Markdown": {
			"<details>\n<summary>More</summary>\n\nInside *it*\n\n</details>\n",
			`<details><summary>More</summary><p>Inside <em>it</em></p></details>`, "More\nInside it",
		},
		"details as MkDocs has them": {
			"<details markdown=\"1\">\n<summary>More *x*</summary>\nInside **it**\n\n- a\n</details>\nAfter\n",
			`<details><summary>More <em>x</em></summary><p>Inside <strong>it</strong></p><ul><li>a</li></ul></details>After`, "More x\nInside it\na\nAfter",
		},
		"a figure": {
			"<figure markdown=\"span\">\n  ![A map](map.png){ width=\"300\" }\n  <figcaption>The *map*</figcaption>\n</figure>\n",
			`<figure><p><img src="map.png" alt="A map" width="300"></p><figcaption>The <em>map</em></figcaption></figure>`, "A map\nThe map",
		},
		"a tag in code ends nothing": {
			"<div markdown>\n```html\n</div>\n```\n*in*\n</div>\n\nout\n",
			`<div><pre><code class="language-html">&lt;/div&gt;</code></pre><p><em>in</em></p></div><p>out</p>`, "in\nout",
		},
		"a direction":     {"<div dir=\"rtl\" lang=\"he\">\n\nשלום\n\n</div>\n", `<div dir="rtl" lang="he"><p>שלום</p></div>`, "שלום"},
		"inline":          {"Press <kbd>Ctrl</kbd>, H<sub>2</sub>O, <abbr title=\"World: Wide Web\">WWW</abbr><br>x<wbr>y\n", `<p>Press <kbd>Ctrl</kbd>, H<sub>2</sub>O, <abbr title="World: Wide Web">WWW</abbr><br>x<wbr>y</p>`, "Press Ctrl, H2O, WWW xy"},
		"ruby":            {"<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby> <bdi>x</bdi> <mark>y</mark>", `<p><ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby> <bdi>x</bdi> <mark>y</mark></p>`, "漢(kan) x y"},
		"alignment":       {"<p align=\"center\">a</p>\n<p style=\"color:red; text-align: right\">b</p>\n<center>c</center>\n", `<p align="center">a</p><p align="right">b</p><div align="center">c</div>`, "a\nb\nc"},
		"a picture":       {"<img src=\"a.png\" alt=\"Logo: ours\" width=\"30\" align=\"left\" onerror=\"x\">\n", `<img src="a.png" alt="Logo: ours" width="30" align="left">`, "Logo: ours"},
		"links":           {"<a href=\"../../law/l.md#x\">L</a> <a href=\"b.md\">b</a> <a href=\"javascript:x\">j</a> <a target=\"_blank\" href=\"https://example.org\">e</a>", `<p><a href="/laws/l#x" rel="nofollow">L</a> <a href="/docs/b" rel="nofollow">b</a> j <a href="https://example.org" rel="nofollow">e</a></p>`, "L b j e"},
		"blanks in links": {"<a href=\" b c.md \">b</a> <a href='x y.html#z'>x</a> <img src=\"a b.png\"> <q cite=\"a b\">q</q>", `<p><a href="/docs/b%20c" rel="nofollow">b</a> <a href="x%20y.html#z" rel="nofollow">x</a> <img src="a%20b.png"> <q cite="a%20b">q</q></p>`, "b x q"},
		"a table":         {"<table><tr><th scope=col>a<td align=right>b<tr><td colspan=2>c</table>\n", `<table><tr><th scope="col">a</th><td align="right">b</td></tr><tr><td colspan="2">c</td></tr></table>`, "a\nb\nc"},
		"terms":           {"<dl><dt>T<dd>D</dl>\n", `<dl><dt>T</dt><dd>D</dd></dl>`, "T\nD"},
		"not HTML":        {"Write <name> into List<String>, or <your name>.", `<p>Write &lt;name&gt; into List&lt;String&gt;, or &lt;your name&gt;.</p>`, "Write <name> into List<String>, or <your name>."},
		"other elements":  {"<form><label>Name</label><button>Go</button><textarea>a</textarea></form>\n", "Name  Go  a", "Name Go a"},
		"own elements":    {"<my-card>one</my-card><my-card>two</my-card> un<font>real</font>\n", "<p> one  two  unreal</p>", "one two unreal"},
		"in a sentence":   {"The <script> tag.\n\nMore.\n", "<p>The &lt;script&gt; tag.</p><p>More.</p>", "The <script> tag.\nMore."},
		"scripts":         {"a <script>alert(1)</script> b\n\n<style>p{}</style>\n<template>\n\nt\n\n</template>\n\nc\n", "<p>a  b</p>\n<p>c</p>", "a b\nc"},
		"a drawing":       {"<svg><text>Label</text><style>x{}</style></svg> <noscript>Turn <b>on</b></noscript>", "<p>  Label    Turn <b>on</b> </p>", "Label Turn on"},
		"comments":        {"a <!-- b --> c\n\n<!-- d\n\ne -->\n\nf\n", "<p>a  c</p><p>f</p>", "a c\nf"},
		"a comment open":  {"> <!-- a\n\nb\n", "<blockquote></blockquote><p>b</p>", "b"},
		"unmatched tags":  {"a</div></p></td></body> <td>b</td> <li>c\n", "<p>a   b  c</p>", "a b c"},
		"entities":        {"AT&amp;T \\*x\\* &lt;b&gt; & &copy;\n", "<p>AT&amp;T *x* &lt;b&gt; &amp; ©</p>", "AT&T *x* <b> & ©"},
		"preformatted":    {"<pre>a\n  b</pre>\n", "<pre>a\n  b</pre>", "a b"},
	})
}

func TestNotesTablesAndTerms(t *testing.T) {
	mark := func(id, to, n string) string {
		return `<sup id="page.docs.a.` + id + `"><a href="#page.docs.a.` + to + `" class="footnote-ref" role="doc-noteref" rel="nofollow">` + n + `</a></sup>`
	}
	back := func(to string) string {
		return "\u00a0" + `<a href="#page.docs.a.` + to + `" class="footnote-backref" role="doc-backlink" rel="nofollow">↩︎</a>`
	}
	notes := func(list string) string {
		return `<div class="footnotes" role="doc-endnotes"><hr><ol>` + list + `</ol></div>`
	}
	checkRenderings(t, map[string]rendering{
		"a note": {
			"A[^1].\n\n[^1]: The *note*.\n",
			"<p>A" + mark("fnref:1", "fn:1", "1") + ".</p>" + notes(`<li id="page.docs.a.fn:1"><p>The <em>note</em>.`+back("fnref:1")+`</p></li>`),
			"A.\nThe note.",
		},
		"two marks of one note": {
			"A[^x] B[^x].\n\n[^x]: Note\n\n    More\n",
			"<p>A" + mark("fnref:1", "fn:1", "1") + " B" + mark("fnref1:1", "fn:1", "1") + ".</p>" +
				notes(`<li id="page.docs.a.fn:1"><p>Note</p><p>More`+back("fnref:1")+back("fnref1:1")+`</p></li>`),
			"A B.\nNote\nMore",
		},
		"no mark":    {"A.\n\n[^1]: Note\n", "<p>A.</p>" + notes(`<li id="page.docs.a.fn:1"><p>Note</p></li>`), "A.\nNote"},
		"no note":    {"A[^1].\n", "<p>A[^1].</p>", "A[^1]."},
		"a heading":  {"# T[^1]\n\n[^1]: N\n", `<h1 id="t">T` + mark("fnref:1", "fn:1", "1") + "</h1>" + notes(`<li id="page.docs.a.fn:1"><p>N`+back("fnref:1")+`</p></li>`), "T\nN"},
		"alignments": {"| a | b | c | d |\n|:--|:-:|--:|---|\n| 1 | 2 | 3 | 4 |\n", `<table><thead><tr><th align="left">a</th><th align="center">b</th><th align="right">c</th><th>d</th></tr></thead><tbody><tr><td align="left">1</td><td align="center">2</td><td align="right">3</td><td>4</td></tr></tbody></table>`, "a\nb\nc\nd\n1\n2\n3\n4"},
		"terms":      {"Term\n:   What *it* is\n", "<dl><dt>Term</dt><dd>What <em>it</em> is</dd></dl>", "Term\nWhat it is"},
		"tasks":      {"- [x] done\n- [ ] ~~not~~\n", `<ul><li><input checked="" disabled="" type="checkbox"> done</li><li><input disabled="" type="checkbox"> <del>not</del></li></ul>`, "done\nnot"},
		"addresses":  {"See https://example.org/a_b and www.example.org.\n", `<p>See <a href="https://example.org/a_b" rel="nofollow">https://example.org/a_b</a> and <a href="http://www.example.org" rel="nofollow">www.example.org</a>.</p>`, "See https://example.org/a_b and www.example.org."},
		"returns":    {"# One\rText\rmore\r\r## Two\r\n- a\r- b\n", `<h1 id="one">One</h1><p>Text` + "\n" + `more</p><h2 id="two">Two</h2><ul><li>a</li><li>b</li></ul>`, "One\nText more\nTwo\na\nb"},
	})
}

// TestHTMLEndsWithItsMarkdown tries unclosed elements with the names of the Markdown around them.
func TestHTMLEndsWithItsMarkdown(t *testing.T) {
	checkRenderings(t, map[string]rendering{
		"a quote":              {"> <blockquote>inner\n\nafter\n", `<blockquote><blockquote>inner</blockquote></blockquote><p>after</p>`, "inner\nafter"},
		"an end in a quote":    {"> a </blockquote> b\n>\n> c\n\nafter\n", `<blockquote><p>a  b</p><p>c</p></blockquote><p>after</p>`, "a b\nc\nafter"},
		"a list":               {"- <ul><li>a\n- b\n\nafter\n", `<ul><li><ul><li>a</li></ul></li><li>b</li></ul><p>after</p>`, "a\nb\nafter"},
		"ends in a list":       {"- a </li></ul> b\n- c\n\nafter\n", `<ul><li>a  b</li><li>c</li></ul><p>after</p>`, "a b\nc\nafter"},
		"a point":              {"- <li>a\n- b\n", `<ul><li> a</li><li>b</li></ul>`, "a\nb"},
		"a paragraph":          {"> <p>a\n\nafter\n", `<blockquote><p>a</p></blockquote><p>after</p>`, "a\nafter"},
		"within a paragraph":   {"a <p>b <div>c\n\nafter\n", `<p>a </p><p>b </p><div>c</div><p>after</p>`, "a\nb\nc\nafter"},
		"an end of emphasis":   {"**a <b>b** c</b>\n\n*a </em>b* c\n", `<p><strong>a <b>b</b></strong> c</p><p><em>a b</em> c</p>`, "a b c\na b c"},
		"a heading":            {"# a <h1>b <b>c\n\nafter\n", `<h1 id="a">a </h1><h1 id="b-c">b <b>c</b></h1><p>after</p>`, "a\nb c\nafter"},
		"a table":              {"| a <table><tr><td>b | c |\n|---|---|\n| d</td></tr></table> | e |\n\nafter\n", `<table><thead><tr><th>a <table><tr><td>b</td></tr></table></th><th>c</th></tr></thead><tbody><tr><td>d</td><td>e</td></tr></tbody></table><p>after</p>`, "a\nb\nc\nd\ne\nafter"},
		"a cell":               {"| a <td>b <tr>c | d |\n|---|---|\n", `<table><thead><tr><th>a  b  c</th><th>d</th></tr></thead></table>`, "a b c\nd"},
		"a table without rows": {"<table>\n\n- a\n\n<tr><td>b</table>\n\nafter\n", `<table></table><ul><li>a</li></ul>  b<p>after</p>`, "a\nb\nafter"},
		"an admonition":        {"!!! note\n    <div><details><summary>a\n\nafter\n", `<div class="admonition note"><p class="admonition-title">Note</p><div><details><summary>a</summary></details></div></div><p>after</p>`, "Note\na\nafter"},
		"its end":              {"??? note\n    a\n\n    </details></div>\n\n    b\n\nafter\n", `<details class="admonition note"><summary>Note</summary><p>a</p><p>b</p></details><p>after</p>`, "Note\na\nb\nafter"},
		"a note":               {"a[^1]\n\n[^1]: <ol><li>b\n\nafter\n", `<p>a<sup id="page.docs.a.fnref:1"><a href="#page.docs.a.fn:1" class="footnote-ref" role="doc-noteref" rel="nofollow">1</a></sup></p><p>after</p><div class="footnotes" role="doc-endnotes"><hr><ol><li id="page.docs.a.fn:1"> <ol><li>b` + "\n\u00a0" + `<a href="#page.docs.a.fnref:1" class="footnote-backref" role="doc-backlink" rel="nofollow">↩︎</a></li></ol></li></ol></div>`, "a\nafter\nb"},
		"a link":               {"<a href=\"x\">\n\n- [b](c.md)\n- d\n\nafter\n", `<ul><li><a href="/docs/c" rel="nofollow">b</a></li><li>d</li></ul><p>after</p>`, "b\nd\nafter"},
		"a template":           {"> <template>a\n\nb\n\n</template>\n", `<blockquote><p>&lt;template&gt;a</p></blockquote><p>b</p>`, "<template>a\nb"},
		"Markdown in it":       {"> <div markdown>\n> *a*\n\nafter\n", `<blockquote><div><p><em>a</em></p></div></blockquote><p>after</p>`, "a\nafter"},
		"its end in text":      {"<div markdown>\na\nb</div>\nafter\n", `<div><p>a` + "\n" + `b</p></div>after`, "a b\nafter"},
		"the same name within": {"<div>\n\n> <div>\n>\n> a\n\n</div>\n\nafter\n", `<div><blockquote><div><p>a</p></div></blockquote></div><p>after</p>`, "a\nafter"},
	})
}

// written are the pieces of HTML of TestHTMLIsConfinedToItsContainer.
var written = strings.Fields("<blockquote> </blockquote> <ul> </ul> <ol> <li> </li> <p> </p> <div> </div> <div/> <table> <tr> <td> <th> </td> </tr> </table> <h1> </h2> " +
	"<details> <summary> </details> <a> <a_href=x> </a> <b> </b> <em> </em> <code> </code> <pre> </pre> <script> </script> <template> </template> <center> </center> <br> <hr> <x> " +
	"<!-- --> <dl> <dt> <dd> <ruby> <rt> <section> <body> </body> <svg> <textarea> <select> <div_markdown> <p_markdown> word *mark* [link](y) ` | \n \n\n \n#_ \n-_ \n>_")

// TestHTMLIsConfinedToItsContainer writes random HTML into containers of Markdown. What follows a
// container must be outside of it, what is in it must stay inside, and all tags must be in pairs.
func TestHTMLIsConfinedToItsContainer(t *testing.T) {
	indented := func(first, rest string) func(string) string {
		return func(s string) string { return first + strings.ReplaceAll(s, "\n", "\n"+rest) + "\n" }
	}
	containers := map[string]func(string) string{
		"blockquote": indented("> ", "> "), "ul": indented("- ", "  "), "ol": indented("1. ", "   "), "div": indented("!!! note\n    ", "    "),
		"details": indented("??? note\n    ", "    "), "table": func(s string) string {
			return "| " + strings.NewReplacer("\n", " ", "|", "", "`", "").Replace(s) + " | b |\n|---|---|\n| c | d |\n"
		},
	}
	r := markdown.NewRenderer()
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(slices.Sorted(maps.Keys(containers))).Draw(t, "container")
		inside := strings.NewReplacer("_", " ", `\n`, "\n").Replace(strings.Join(rapid.SliceOfN(rapid.SampledFrom(written), 1, 8).Draw(t, "inside"), ""))
		source := "Before.\n\n" + containers[name](inside) + "\n<!-- end -->\n\nafterwards\n"
		got := r.Render(content.TypePage, "docs/a", source).HTML
		doc, err := html.Parse(strings.NewReader("<!doctype html><body>" + got))
		if err != nil {
			t.Fatal(err)
		}
		for n := range doc.Descendants() {
			if n.Type != html.TextNode {
				continue
			}
			at := pathOf(n)
			if strings.Contains(n.Data, "afterwards") && at != "html body p" {
				t.Fatalf("%q: what follows is in %q: %s", source, at, got)
			}
			if strings.Contains(n.Data, "word") && !strings.HasPrefix(at, "html body "+name) {
				t.Fatalf("%q: the content is in %q: %s", source, at, got)
			}
		}
		if !paired(got) || strings.Count(got, "afterwards") != 1 {
			t.Fatalf("%q: tags are not in pairs: %s", source, got)
		}
	})
}

// pathOf returns the elements around a node, the outermost first.
func pathOf(n *html.Node) string {
	var out []string
	for a := range n.Ancestors() {
		if a.Type == html.ElementNode {
			out = append(out, a.Data)
		}
	}
	slices.Reverse(out)
	return strings.Join(out, " ")
}

// paired reports whether each tag that opens an element has a tag that closes it.
func paired(source string) bool {
	var open []string
	z := html.NewTokenizer(strings.NewReader(source))
	for z.Next() != html.ErrorToken {
		switch t := z.Token(); {
		case t.Type == html.StartTagToken && !slices.Contains([]string{"br", "hr", "img", "input", "wbr", "col"}, t.Data):
			open = append(open, t.Data)
		case t.Type == html.EndTagToken:
			if len(open) == 0 || open[len(open)-1] != t.Data {
				return false
			}
			open = open[:len(open)-1]
		}
	}
	return len(open) == 0
}

// vectors are texts that have passed other sanitisers, by kind of trick.
var vectors = []string{
	`<script>alert(1)</script>`, `<SCRIPT SRC=//x></SCRIPT>`, `<scr<script>ipt>alert(1)</scr</script>ipt>`, `<img src=x onerror=alert(1)>`,
	`<img src="x" onerror="alert(1)"/>`, `<svg onload=alert(1)>`, `<svg><script>alert(1)</script></svg>`, `<svg><style><img src=x onerror=alert(1)></style></svg>`,
	`<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">`,
	`<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>`, `<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">`,
	`<noscript><p title="</noscript><img src=x onerror=alert(1)>">`, `<textarea><p title="</textarea><img src=x onerror=alert(1)>">`,
	`<xmp><p title="</xmp><img src=x onerror=alert(1)>">`, `<title><p title="</title><img src=x onerror=alert(1)>">`, `<iframe><p title="</iframe><img src=x onerror=alert(1)>">`,
	`<template><p title="</template><img src=x onerror=alert(1)>">`, `<plaintext><img src=x onerror=alert(1)>`, `<!--><img src=x onerror=alert(1)>-->`,
	`<!--!><img src=x onerror=alert(1)>-->`, `<![CDATA[<img src=x onerror=alert(1)>]]>`, `<?x <img src=x onerror=alert(1)>?>`, `<a href="javascript:alert(1)">x</a>`,
	`<a href="java&#10;script:alert(1)">x</a>`, `<a href="&#106;avascript:alert(1)">x</a>`, `<a href=" javascript:alert(1)">x</a>`, `<a href="vbscript:x">x</a>`,
	`<a href="data:text/html,<script>alert(1)</script>">x</a>`, `[x](javascript:alert(1))`, `[x](<java script:alert(1)>)`, `[x](JaVaScRiPt:alert(1))`, `![x](data:text/html;base64,PHNjcmlwdD4=)`,
	`[x](data:image/svg+xml;base64,PHN2Zz4=)`, `<javascript:alert(1)>`, `[a]: javascript:alert(1)` + "\n\n[a]", `<p style="background:url(javascript:x)">x</p>`, `<div style=position:fixed;text-align:center>x</div>`,
	`<style>@import '//x'</style>`, `<link rel=stylesheet href=//x>`, `<base href=//x>`, `<meta http-equiv=refresh content=0>`, `<object data=//x></object>`, `<embed src=//x>`,
	`<form action=//x><input name=a><button formaction=//x>go</button></form>`, `<input type=image src=x onerror=alert(1)>`, `<input type=checkbox name=attributes id=attributes>`,
	`<img name=body id=location src=x>`, `<a id=__proto__ name=constructor>x</a>`, `<form id=document><input name=attributes></form>`, `<div id=main class="btn hub-nav">x</div>`,
	`<h2 id="hub-nav">x</h2>`, "## Constructor\n\n## hub-search\n\n## x {#main}\n\ny\n{: #top }", `<a name="body"></a><a name="cookie"></a>`, `<div id="a"><p id="a">x</p></div>`,
	`</div></div></body></html><h1>out</h1>`, `</li></ul></td></table><p>out`, `<table><tr><td></table></table><div>`, `<li>x<li>y`, `<td>x<tr>y`, `<select><option>x</select>`,
	`<table><img src=x onerror=alert(1)></table>`, `<a href=x><a href=y><table><a href=z>`, `<b><i><p></b>x</i>`, `<p><p><div><p></p></p>`, `<h1><h2>x</h1></h2>`, `<button><button>x`, `<body onload=alert(1)>`,
	`<html lang=x><head><title>x`, `<frameset><frame src=//x></frameset>`, `<details ontoggle=alert(1) open>x</details>`, `<video><source onerror=alert(1)></video>`, `<marquee onstart=alert(1)>x</marquee>`,
	`<math href="javascript:alert(1)">x</math>`, `<svg><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>`, `<svg><use href="data:x"/></svg>`, `<p is=x-y onclick=1 slot=a>x</p>`,
	"!!! note\" onclick=\"x\n    y", "!!! note \"<img src=x onerror=alert(1)>\"\n    y", "=== \"</p></div><script>x</script>\"\n    y", "```x\" onclick=\"alert(1)\ny\n```", "| a |\n|---|\n| <td style=x> </table><script>x</script> |",
	"x[^1]\n\n[^1]: <script>y</script> <img src=x onerror=y>", "<div markdown onclick=x>\n<script>y</script>\n</div>", "<details markdown><summary onclick=x>a</summary>\n\n</details></details>", "# x {#a\"onclick=\"y}", "[x](y){: onclick=\"z\" style=\"z\" }",
	"<img src=\"x` `<script>alert(1)</script>\"` `>", "<a title=\"a\n\nb\" onclick=x>", "\x00<scr\x00ipt>alert(1)</scr\x00ipt>", "<a href=\"//x\" target=_blank rel=opener ping=//y download>x</a>", "<img srcset=\"//x 1x\" src=\"javascript:x\" usemap=#a lowsrc=//x>",
	"<div id=\"page.docs.a.fn:1\">x</div>y[^1]\n\n[^1]: z", strings.Repeat("<div>", 600) + "x", strings.Repeat("<b><p>", 300), strings.Repeat("*a **b ", 300), strings.Repeat("<table><tr><td>", 100), strings.Repeat("<ul><li>", 200) + "</li>",
}

// allowedAttributes are the attributes that HTML may have.
var allowedAttributes = strings.Fields("align alt checked cite class colspan datetime dir disabled height href id lang open rel reversed role rowspan scope span src start title type valign value width")

// allowedElements are the elements that HTML may have.
var allowedElements = strings.Fields("a abbr acronym article aside b bdi bdo blockquote br caption cite code col colgroup dd del details dfn div dl dt em " +
	"figcaption figure h1 h2 h3 h4 h5 h6 hgroup hr i img input ins kbd li mark ol p pre q rp rt ruby s samp section small span strike strong sub summary " +
	"sup table tbody td tfoot th thead time tr tt u ul var wbr")

// checkSafe parses HTML as a browser would within pages of several forms.
func checkSafe(t *testing.T, source, rendered string) {
	t.Helper()
	for _, page := range []string{"<div data-in>%</div><div data-after></div>", "<ul><li><div data-in>%</div></li><li data-after></li></ul>", "<table><tr><td data-in>%</td><td data-after></td></tr></table>"} {
		doc, err := html.Parse(strings.NewReader("<!doctype html><body>" + strings.Replace(page, "%", rendered, 1)))
		if err != nil {
			t.Fatalf("%q: %v", source, err)
		}
		in, after := find(doc, "data-in"), find(doc, "data-after")
		if in == nil || after == nil || find(in, "data-after") != nil {
			t.Fatalf("%q breaks out of its page: %s", source, rendered)
		}
		beside := in
		if in.Parent.Data == "li" {
			beside = in.Parent
		}
		if beside.NextSibling != after {
			t.Fatalf("%q leaves something behind it: %s", source, rendered)
		}
		ids := map[string]bool{}
		for n := range in.Descendants() {
			if n.Type == html.ElementNode {
				checkElement(t, source, n, ids)
			}
			if n.Type == html.CommentNode {
				t.Errorf("%q leaves a comment", source)
			}
		}
	}
}

func find(n *html.Node, attribute string) *html.Node {
	for d := range n.Descendants() {
		if slices.ContainsFunc(d.Attr, func(a html.Attribute) bool { return a.Key == attribute }) {
			return d
		}
	}
	return nil
}

func checkElement(t *testing.T, source string, n *html.Node, ids map[string]bool) {
	t.Helper()
	if !slices.Contains(allowedElements, n.Data) || n.Namespace != "" {
		t.Errorf("%q renders the element %s", source, n.Data)
	}
	for _, a := range n.Attr {
		lower := strings.ToLower(a.Val)
		switch {
		case !slices.Contains(allowedAttributes, a.Key):
			t.Errorf("%q renders %s with the attribute %s", source, n.Data, a.Key)
		case a.Key == "href" || a.Key == "src" || a.Key == "cite":
			if scheme, _, ok := strings.Cut(lower, ":"); ok && !strings.ContainsAny(scheme, "/#?") && !slices.Contains([]string{"http", "https", "mailto", "tel"}, scheme) {
				t.Errorf("%q renders the link %s", source, a.Val)
			}
		case a.Key == "class":
			if !strings.HasPrefix(a.Val, "language-") && !strings.HasPrefix(a.Val, "admonition") && !strings.HasPrefix(a.Val, "tab") && !strings.HasPrefix(a.Val, "footnote") {
				t.Errorf("%q renders the class %s", source, a.Val)
			}
		case a.Key == "id":
			if ids[a.Val] || n.Data == "img" || n.Data == "input" || strings.HasPrefix(lower, "hub-") ||
				slices.Contains([]string{"main", "top", "body", "attributes", "location", "document", "constructor", "__proto__", "cookie"}, lower) {
				t.Errorf("%q renders %s with the id %s", source, n.Data, a.Val)
			}
			ids[a.Val] = true
		}
	}
}

func TestNoKnownVectorPasses(t *testing.T) {
	r := markdown.NewRenderer()
	for _, v := range vectors {
		for _, source := range []string{v, "Text " + v + " text", "- " + v, "> " + v + "\n\nafter", "# " + v, "<div markdown>\n" + v + "\n</div>", "| a |\n|---|\n| " + v + " |"} {
			checkSafe(t, source, r.Render(content.TypePage, "docs/a", source).HTML)
		}
	}
}

// FuzzRender renders any text into a tree of safe and closed elements.
func FuzzRender(f *testing.F) {
	for _, v := range vectors {
		f.Add(v)
	}
	r := markdown.NewRenderer()
	f.Fuzz(func(t *testing.T, source string) {
		if markdown.Check(source) != nil || len(source) > 4<<10 {
			return
		}
		got := r.Render(content.TypePage, "docs/a", source)
		checkSafe(t, source, got.HTML)
		if second := r.Render(content.TypePage, "docs/a", source); second.HTML != got.HTML {
			t.Errorf("%q is rendered in two ways", source)
		}
	})
}
