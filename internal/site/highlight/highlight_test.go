package highlight_test

import (
	"html"
	"regexp"
	"strings"
	"testing"

	"patternhub/internal/site/highlight"
)

func TestHTML(t *testing.T) {
	for name, c := range map[string]struct{ lang, code, want string }{
		"go": {
			"go", "func f() string { return &#34;a\\&#34;b&#34; } // if\n",
			`<span class="k">func</span> f() string { <span class="k">return</span> <span class="s">&#34;a\&#34;b&#34;</span> } <span class="c">// if</span>` + "\n",
		},
		"no keyword in a name": {"go", "format range_ x1", "format range_ x1"},
		"numbers":              {"go", "x = 0x1F + 1.5e3", `x = <span class="n">0x1F</span> + <span class="n">1.5e3</span>`},
		"lines in backquotes":  {"go", "`a\nb` 1", "<span class=\"s\">`a\nb`</span> <span class=\"n\">1</span>"},
		"an open string":       {"go", "&#39;a\nif", "<span class=\"s\">&#39;a</span>\n<span class=\"k\">if</span>"},
		"an open comment":      {"c", "/* a\nif", "<span class=\"c\">/* a\nif</span>"},
		"a comment":            {"c", "/* a */ if", `<span class="c">/* a */</span> <span class="k">if</span>`},
		"sql in any case":      {"sql", "SELECT a -- b", `<span class="k">SELECT</span> a <span class="c">-- b</span>`},
		"names of yaml":        {"yaml", "key: true # c", `<span class="a">key</span>: <span class="k">true</span> <span class="c"># c</span>`},
		"names of json":        {"json", "{&#34;a&#34;: &#34;b&#34;}", `{<span class="a">&#34;a&#34;</span>: <span class="s">&#34;b&#34;</span>}`},
		"signs":                {"go", "a &lt; b &amp;&amp; c", "a &lt; b &amp;&amp; c"},
		"other scripts":        {"go", "if שלום", `<span class="k">if</span> שלום`},
		"an unknown language":  {"mermaid", "graph TD; if", "graph TD; if"},
		"markup in a block":    {"go", "<b>if</b>", "<b>if</b>"},
	} {
		t.Run(name, func(t *testing.T) {
			block := func(code string) string {
				return "<p>if</p><pre><code class=\"language-" + c.lang + "\">" + code + "</code></pre><p>for</p>"
			}
			if got := highlight.HTML(block(c.code)); got != block(c.want) {
				t.Errorf("got  %s\nwant %s", got, block(c.want))
			}
		})
	}
}

func TestBlocksWithoutAnEnd(t *testing.T) {
	for _, in := range []string{`<pre><code class="language-`, `<pre><code class="language-go">if`, `<pre><code class="language-go`, ""} {
		if got := highlight.HTML(in); got != in {
			t.Errorf("HTML(%q) = %q", in, got)
		}
	}
}

var marks = regexp.MustCompile(`</?span[^>]*>`)

// FuzzHTML checks that marking code changes no text and adds no markup but its own.
func FuzzHTML(f *testing.F) {
	for _, code := range []string{"if x { return 1 }", "\"a\\", "/*", "'\n'", "<script>", "&amp;", "\xff`"} {
		f.Add("go", code)
		f.Add("sql", code)
		f.Add("yaml", code)
	}
	f.Fuzz(func(t *testing.T, lang, code string) {
		escaped := html.EscapeString(code)
		if strings.ContainsAny(lang, `"<>`) {
			return
		}
		block := `<pre><code class="language-` + lang + `">`
		got, ok := strings.CutPrefix(highlight.HTML(block+escaped+"</code></pre>"), block)
		got, closed := strings.CutSuffix(got, "</code></pre>")
		if plain := marks.ReplaceAllString(got, ""); !ok || !closed || plain != escaped {
			t.Errorf("%q became %q", escaped, got)
		}
	})
}
