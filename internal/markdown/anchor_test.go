package markdown_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
	"patternhub/internal/markdown"
)

// ids finds the ids in HTML.
var ids = regexp.MustCompile(` id="([^"]+)"`)

// idsOf returns the ids in rendered text in order: that of a heading before its other anchors.
func idsOf(source string) []string {
	var out []string
	for _, m := range ids.FindAllStringSubmatch(markdown.NewRenderer().Render(content.TypePage, "docs/a", source).HTML, -1) {
		out = append(out, m[1])
	}
	return out
}

// TestAnchors expects the anchors of Python-Markdown and of GitHub, both where they differ.
func TestAnchors(t *testing.T) {
	for name, tt := range map[string]struct {
		markdown string
		want     string
	}{
		"an underscore":              {"## edit_uri\n", "edit_uri"},
		"code":                       {"## `site_name` and `--flag`\n", "site_name-and-flag site_name-and---flag"},
		"signs":                      {"## C++, C#: what's new?\n", "c-c-whats-new"},
		"a slash":                    {"## a/b\n", "ab"},
		"dots":                       {"## v1.2.3 (2020-01-02)\n", "v123-2020-01-02"},
		"an ampersand":               {"## Q & A\n", "q-a q--a"},
		"an entity":                  {"## Q&amp;A &copy;\n", "qa qa-"},
		"a dash":                     {"## One - two — three\n", "one-two-three one---two--three"},
		"a flag":                     {"## --strict\n", "-strict --strict"},
		"emphasis and a link":        {"## *Bold* __move__ [to](b.md)\n", "bold-move-to"},
		"a picture":                  {"## ![Logo](a.png) Name\n", "name"},
		"an emoji":                   {"## 🚀 Launch ❤️\n", "launch -launch-"},
		"underlined":                 {"Title here\n===\n\nNext\n---\n", "title-here next"},
		"with closing marks":         {"## Title ##\n", "title"},
		"capitals":                   {"## README\n", "readme"},
		"accents":                    {"## Über größe café\n", "über-größe-café uber-groe-cafe"},
		"accents alone":              {"## Café\n", "café cafe"},
		"decomposed":                 {"## Cafe\u0301\n", "café cafe"},
		"Devanagari":                 {"## हिन्दी का\n", "हिन्दी-का"},
		"Chinese and Arabic":         {"## 安装 指南\n\n## دليل\n", "安装-指南 دليل"},
		"Cyrillic":                   {"## Быстрый старт\n", "быстрый-старт"},
		"the same twice":             {"## Same\n\n## Same\n\n## Same\n", "same same_1 same-1 same_2 same-2"},
		"a number of its own":        {"## A_1\n\n## A\n\n## A\n", "a_1 a a_2 a-1"},
		"nothing":                    {"## ???\n\n## !!!\n", "_1 _2"},
		"an id":                      {"## Title {#own}\n", "own"},
		"an id with a colon":         {"## Title {: #own .lead }\n", "own"},
		"an id by name":              {"## Title {: id=\"own\" }\n", "own"},
		"an id in capitals":          {"## Title {#Own.id_x}\n", "Own.id_x"},
		"underlined with an id":      {"Title {#own}\n-----\n", "own"},
		"an id comes first":          {"## Own\n\n## Title {#own}\n", "own_1 own"},
		"an id twice":                {"## A {#x}\n\n## B {#x}\n", "x b"},
		"a paragraph":                {"Text\n{: #para }\n", "para"},
		"a link":                     {"See [b](b.md){#link .button} now\n", "link"},
		"classes alone":              {"## Title {: .x .y key=value }\n", "title"},
		"no list":                    {"## Use {braces} and {#if x}\n", "use-braces-and-if-x"},
		"HTML":                       {"<h2>Raw <em>title</em></h2>\n\n<a name=\"old\"></a>\n\n<div id=\"part\">x</div>\n", "raw-title old part"},
		"an anchor in a heading":     {"## <a id=\"x\"></a>Title\n", "title x"},
		"names of the page":          {"## Main\n\n## Constructor\n\n## x {#hub-nav}\n", "section-main section-constructor section-hub-nav"},
		"in boxes and quotes":        {"!!! note\n    ## In a box\n\n> ## In a quote\n", "in-a-box in-a-quote"},
		"not in code":                {"```\n## no\n```\n\n    ## no\n", ""},
		"without a note's mark":      {"## Title[^1]\n\n[^1]: x\n", "title page.docs.a.fnref:1 page.docs.a.fn:1"},
		"a very long one":            {"## " + strings.Repeat("word ", 100) + "\n", strings.Repeat("word-", 40) + "w"},
		"HTML takes no note's id":    {"<p id=\"page.docs.a.fn:1\">x</p>\n\ny[^1]\n\n[^1]: z\n", "page.docs.a.fnref:1 page.docs.a.fn:1"},
		"HTML takes no other text's": {"<p id=\"page.b.fn:1\">x</p>\n\n<b id=\"page.b.fnref12:3\">y</b>\n", ""},
		"a list takes no note's id":  {"## T {#page.docs.a.fn:1}\n\ny[^1]\n\n[^1]: z\n", "t page.docs.a.fnref:1 page.docs.a.fn:1"},
		"HTML takes no heading's id": {"<div id=\"setup\">x</div>\n\n<h2 id=\"own\">y</h2>\n\n## Setup\n\n## T {#own}\n", "y setup own"},
		"a name before its heading":  {"<a name=\"setup\"></a>\n\n## Setup\n", "setup"},
		"a heading in a link":        {"<a href=\"x\">\n\n## Q & A\n\n</a>\n", "q-a q--a"},
		"another one's first choice": {"## A - B\n\n## A--B\n", "a-b a---b a-b_1 a--b"},
	} {
		t.Run(name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, strings.Join(idsOf(tt.markdown), " ")); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestHeadingsHaveTheirAnchorsAndPlainTexts(t *testing.T) {
	got := markdown.NewRenderer().Render(content.TypePage, "docs/a", "# *The* `x_y` &amp; [more](b.md)[^1] {#top}\n\n## Two\\_words {#two}\n\n<h3>Three</h3>\n\n[^1]: N\n")
	want := []content.Heading{{Level: 1, Text: "The x_y & more", Anchor: "section-top"}, {Level: 2, Text: "Two_words", Anchor: "two"}, {Level: 3, Text: "Three", Anchor: "three"}}
	if d := cmp.Diff(want, got.Headings); d != "" {
		t.Error(d)
	}
}

// TestLinksFollowRenamedAnchors: links follow ids that had to be renamed.
func TestLinksFollowRenamedAnchors(t *testing.T) {
	html := markdown.NewRenderer().Render(content.TypePage, "docs/a", "[a](#main) [b](b.md#Top) [c](#own) [d](https://example.org/#main) [e](//example.org/#main) <a href=\"b.md#body\">f</a> [g](#größe)\n").HTML
	for _, want := range []string{`"#section-main"`, `"/docs/b#section-Top"`, `"#own"`, `"https://example.org/#main"`, `"//example.org/#main"`, `"/docs/b#section-body"`, `"#gr%C3%B6%C3%9Fe"`} {
		if !strings.Contains(html, want) {
			t.Errorf("%s is not in %s", want, html)
		}
	}
}

func TestAttributeListsAreNoText(t *testing.T) {
	checkRenderings(t, map[string]rendering{
		"behind a picture":   {"![p](a.png){ width=\"300\" loading=lazy }\n", `<p><img src="a.png" alt="p" width="300"></p>`, "p"},
		"behind code":        {"`x`{: .y } and **b**{.z}\n", `<p><code>x</code> and <strong>b</strong></p>`, "x and b"},
		"on its own line":    {"Text\n{ .lead }\n\n- a\n{: .x }\n", `<p>Text</p><ul><li>a</li></ul>`, "Text\na"},
		"alone":              {"| a |\n|---|\n| b |\n\n{: .x }\n", `<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>b</td></tr></tbody></table>`, "a\nb"},
		"in a cell":          {"| a {: .x } |\n|---|\n", `<table><thead><tr><th>a</th></tr></thead></table>`, "a"},
		"of a code block":    {"```{.python .x #y title=\"z\"}\nx\n```\n", `<pre><code class="language-python">x</code></pre>`, ""},
		"in prose":           {"Write {#if} or {.x} here, {{ name }} and {% tag %}.\n", `<p>Write {#if} or {.x} here, {{ name }} and {% tag %}.</p>`, "Write {#if} or {.x} here, {{ name }} and {% tag %}."},
		"in code":            {"`{: .x }`\n\n    {: .x }\n", `<p><code>{: .x }</code></p><pre><code>{: .x }</code></pre>`, "{: .x }"},
		"escaped":            {"# T \\{#x}\n", `<h1 id="t-x">T {#x}</h1>`, "T {#x}"},
		"before line breaks": {"[a](b.md){.x}\n**b**{.y}  \nc\n", `<p><a href="/docs/b" rel="nofollow">a</a><strong>b</strong><br>c</p>`, "a b c"},
	})
}

// TestTitlesOfBoxesAreMarkdown tries quotes and links in the titles of admonitions and tabs.
func TestTitlesOfBoxesAreMarkdown(t *testing.T) {
	checkRenderings(t, map[string]rendering{
		"escaped quotes":           {"!!! note \"Say \\\"hi\\\"\"\n    x\n", `<div class="admonition note"><p class="admonition-title">Say &#34;hi&#34;</p><p>x</p></div>`, "Say \"hi\"\nx"},
		"quotes within":            {"!!! note \"Say \"hi\" now\"\n    x\n", `<div class="admonition note"><p class="admonition-title">Say &#34;hi&#34; now</p><p>x</p></div>`, "Say \"hi\" now\nx"},
		"a link":                   {"??? tip \"See [b](b.md#x) and `c`\"\n    x\n", `<details class="admonition tip"><summary>See <a href="/docs/b#x" rel="nofollow">b</a> and <code>c</code></summary><p>x</p></details>`, "See b and c\nx"},
		"quotes in code":           {"!!! note \"Set `a=\\\"b\\\"` now\"\n    x\n", `<div class="admonition note"><p class="admonition-title">Set <code>a=&#34;b&#34;</code> now</p><p>x</p></div>`, "Set a=\"b\" now\nx"},
		"quotes of a link's title": {"!!! note \"[a](b.md \\\"The t\\\") *c*\"\n    x\n", `<div class="admonition note"><p class="admonition-title"><a href="/docs/b" title="The t" rel="nofollow">a</a> <em>c</em></p><p>x</p></div>`, "a c\nx"},
		"quotes in a link's title": {"=== \"[a](b.md 'The \\\"t\\\"')\"\n    x\n", `<div class="tab"><p class="tab-title"><a href="/docs/b" title="The &#34;t&#34;" rel="nofollow">a</a></p><p>x</p></div>`, "a\nx"},
		"other backslashes":        {"!!! note \"\\*a\\* \\\\ `\\d` \\\"\"\n    x\n", `<div class="admonition note"><p class="admonition-title">*a* \ <code>\d</code> &#34;</p><p>x</p></div>`, "*a* \\ \\d \"\nx"},
		"in a tab":                 {"=== \"*One* \\\"two\\\"\"\n    x\n", `<div class="tab"><p class="tab-title"><em>One</em> &#34;two&#34;</p><p>x</p></div>`, "One \"two\"\nx"},
		"in a box":                 {"!!! a\n\t=== \"**B**\"\n\t\tx\n", `<div class="admonition a"><p class="admonition-title">A</p><div class="tab"><p class="tab-title"><strong>B</strong></p><p>x</p></div></div>`, "A\nB\nx"},
		"to press":                 {"??? note \"\"\n    x\n", `<details class="admonition note"><summary>Note</summary><p>x</p></details>`, "Note\nx"},
		"with more":                {"!!! note inline end \"T\"\n    x\n", `<div class="admonition note"><p class="admonition-title">T</p><p>x</p></div>`, "T\nx"},
	})
}

// TestNoWordIsLost nests all constructs in each other, each with a unique word, and expects every
// word in the plain text and in the HTML.
func TestNoWordIsLost(t *testing.T) {
	blocks := []string{
		"@\n", "# @\n", "@ {#id}\n-----\n", "- @\n- @\n", "1. @\n", "> @\n", "!!! note \"@\"\n    @\n", "??? tip\n    @\n", "=== \"@\"\n\n    @\n",
		"| @ | @ |\n|:--|--:|\n| @ | @ |\n", "Note[^@]\n\n[^@]: @ for the note\n", "@\n:   @\n", "<div dir=\"rtl\">\n@ <b>@</b>\n</div>\n", "<details><summary>@</summary>\n\n@\n\n</details>\n",
		"<div markdown>\n@\n\n- @\n</div>\n", "<form><button>@</button><label>@</label></form>\n", "<x-card>@</x-card> @\n", "<section>\n<h2>@</h2>\n<p>@\n</section>\n", "<table><tr><td>@<td>@</table>\n",
		"<video controls>@</video>\n", "@ {: .x }\n", "![@](a.png){ width=\"1\" } [@](b.md){.x}\n", "<@\n", "a < @ > b & @;\n", "*[@]: @\n", "[TOC]\n\n@ {{ @ }} {% @ %} {#@}\n", "- [x] @ ~~@~~ **@** ~@~\n",
		"<center>@</center>\n", "<div>@\n", "@</div>\n", "@ <script>x</script> @\n", "@ <!-- x --> @\n", "<svg><text>@</text></svg>\n", "[@]\n", "[@][@]\n", "https://example.org/@\n", "<https://example.org/@>\n", "@\\\n@  \n@\n", "`@` ``@``\n",
	}
	count := 0
	word := func() string {
		count++
		return "w" + strings.Repeat("x", count%7) + string(rune('a'+count/26%26)) + string(rune('a'+count%26)) + "q"
	}
	fill := func(s string) (string, []string) {
		var words []string
		for strings.Contains(s, "@") {
			w := word()
			s, words = strings.Replace(s, "@", w, 1), append(words, w)
		}
		return s, words
	}
	frames := map[string]func(string) string{
		"alone": func(s string) string { return s },
		"in a list": func(s string) string {
			return "- " + strings.ReplaceAll(strings.TrimSuffix(s, "\n"), "\n", "\n  ") + "\n"
		},
		"in a box": func(s string) string {
			return "!!! note\n    " + strings.ReplaceAll(strings.TrimSuffix(s, "\n"), "\n", "\n    ") + "\n"
		},
		"in HTML":   func(s string) string { return "<div markdown>\n" + s + "</div>\n" },
		"after all": func(s string) string { return "<div>\n\n<p>open <b>and\n\n" + s },
	}
	r := markdown.NewRenderer()
	for name, frame := range frames {
		for _, first := range blocks {
			for _, second := range blocks {
				source, words := fill(frame(first + "\n" + second))
				for form, end := range map[string]string{"LF": "\n", "CRLF": "\r\n", "CR": "\r"} {
					got := r.Render(content.TypePage, "docs/a", strings.ReplaceAll(source, "\n", end))
					found := strings.FieldsFunc(got.Text, func(c rune) bool { return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz", c) })
					for _, w := range words {
						if strings.Contains(source, "[^"+w+"]") {
							continue // the name of a note is not shown
						}
						if !slices.Contains(found, w) || !strings.Contains(got.HTML, w) {
							t.Fatalf("%s, %s: %s of %q is not in %q", name, form, w, source, got.Text)
						}
					}
				}
			}
		}
	}
}
