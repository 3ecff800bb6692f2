package markdown_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
	"patternhub/internal/markdown"
)

func TestRenderMkDocs(t *testing.T) {
	tests := map[string]struct{ markdown, html, text string }{
		"an admonition": {
			"Before.\n!!! Warning \"Mind <b>it</b>\"\n    Inside *of* it.\n\n    - a list\n\nAfter.\n",
			"<p>Before.</p>\n<div class=\"admonition warning\">\n<p class=\"admonition-title\">Mind <b>it</b></p>\n<p>Inside <em>of</em> it.</p>\n<ul>\n<li>a list</li>\n</ul>\n</div>\n<p>After.</p>\n",
			"Before.\nMind it\nInside of it.\na list\nAfter.",
		},
		"without a title": {"!!! note\n    Text.\n", "<div class=\"admonition note\">\n<p class=\"admonition-title\">Note</p>\n<p>Text.</p>\n</div>\n", "Note\nText."},
		"an empty title":  {"!!! note \"\"\n    Text.\n", "<div class=\"admonition note\">\n<p>Text.</p>\n</div>\n", "Text."},
		"folded":          {"??? tip \"More\"\n    Text.\n", "<details class=\"admonition tip\">\n<summary>More</summary>\n<p>Text.</p>\n</details>\n", "More\nText."},
		"unfolded":        {"???+ tip\n    Text.\n", "<details class=\"admonition tip\" open=\"\">\n<summary>Tip</summary>\n<p>Text.</p>\n</details>\n", "Tip\nText."},
		"tabs": {
			"=== \"Linux\"\n\n    ```sh\n    ls\n    ```\n\n=== \"Windows\"\n\n    Text.\n",
			"<div class=\"tab\">\n<p class=\"tab-title\">Linux</p>\n<pre><code class=\"language-sh\">ls\n</code></pre>\n</div>\n<div class=\"tab\">\n<p class=\"tab-title\">Windows</p>\n<p>Text.</p>\n</div>\n",
			"Linux\nWindows\nText.",
		},
		"nested": {
			"!!! note\n    === \"A\"\n\n        Deep.\n",
			"<div class=\"admonition note\">\n<p class=\"admonition-title\">Note</p>\n<div class=\"tab\">\n<p class=\"tab-title\">A</p>\n<p>Deep.</p>\n</div>\n</div>\n",
			"Note\nA\nDeep.",
		},
		"a heading underlined":   {"Title\n===\n", "<h1 id=\"title\">Title</h1>\n", "Title"},
		"three marks in text":    {"Wow!!! note it.\n", "<p>Wow!!! note it.</p>\n", "Wow!!! note it."},
		"sizes of pictures":      {"![a](a.png){ width=\"300\" align=left .x onclick=x() } ![b](b.png){width=50% height=x loading=lazy}\n", "<p><img src=\"a.png\" alt=\"a\" width=\"300\" align=\"left\"> <img src=\"b.png\" alt=\"b\" width=\"50%\"></p>\n", "a b"},
		"attribute lists":        {"# T { #x .lead }\n\nA [b](c.md){ .button target=\"_blank\" } `{ .code }` {curly}\n{: .p }\n", "<h1 id=\"x\">T</h1>\n<p>A <a href=\"/c\" rel=\"nofollow\">b</a> <code>{ .code }</code> {curly}</p>\n", "T\nA b { .code } {curly}"},
		"harmful HTML":           {"!!! note\" onclick=\"x\n    Text.\n\n<script>alert(1)</script><div class=\"admonition x\" onclick=\"y\">z</div>\n", "", ""},
		"a class with injection": {"!!! note\"><img src=x onerror=alert(1)>\n", "", ""},
	}
	r := markdown.NewRenderer()
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := r.Render(content.TypePage, "a", tt.markdown)
			for _, bad := range []string{"<script", "onclick=\"", "<img src=\"x\" onerror"} {
				if strings.Contains(got.HTML, bad) {
					t.Errorf("%s is in %s", bad, got.HTML)
				}
			}
			if tt.html == "" {
				return
			}
			if d := cmp.Diff(tt.html, got.HTML); d != "" {
				t.Errorf("HTML: %s", d)
			}
			if got.Text != tt.text {
				t.Errorf("text is %q, want %q", got.Text, tt.text)
			}
		})
	}
}
