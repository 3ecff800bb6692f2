package markdown_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/markdown"
)

// TestNav reads the navigation of files as MkDocs accepts them, and of damaged and hostile ones. A tag is
// never evaluated, and faults outside of nav are not its concern.
func TestNav(t *testing.T) {
	deep := strings.Repeat("[", 200) + strings.Repeat("]", 200)
	for name, c := range map[string]struct {
		config string
		want   []markdown.NavEntry
		docs   string
		err    string
	}{
		"none":                 {"site_name: x\n", nil, "docs", ""},
		"empty":                {"", nil, "docs", ""},
		"pages":                {"nav:\n  - index.md\n  - Home: a.md\n", []markdown.NavEntry{{0, "", "index.md"}, {0, "Home", "a.md"}}, "docs", ""},
		"at the edge":          {"nav:\n- index.md\n# a comment\n- Home: a.md\ntheme: x\n", []markdown.NavEntry{{0, "", "index.md"}, {0, "Home", "a.md"}}, "docs", ""},
		"sections":             {"nav:\n  - A:\n    - B:\n      - c.md\n  - D: https://example.org/\n", []markdown.NavEntry{{0, "A", ""}, {1, "B", ""}, {2, "", "c.md"}, {0, "D", "https://example.org/"}}, "docs", ""},
		"another folder":       {"docs_dir: 'my docs'\nnav: [a.md]\n", []markdown.NavEntry{{0, "", "a.md"}}, "my docs", ""},
		"tags elsewhere":       {"markdown_extensions:\n  - pymdownx.emoji:\n      emoji_index: !!python/name:material.extensions.emoji.twemoji\nnav:\n  - a.md\n", []markdown.NavEntry{{0, "", "a.md"}}, "docs", ""},
		"a tag in it":          {"nav:\n  - A: !!python/object/apply:os.system ['true']\n  - b.md\n", []markdown.NavEntry{{0, "", "b.md"}}, "docs", ""},
		"an alias":             {"x: &x a.md\nnav:\n  - *x\n  - A: *x\n  - b.md\n", []markdown.NavEntry{{0, "", "b.md"}}, "docs", ""},
		"no list":              {"nav: a.md\n", nil, "docs", ""},
		"an empty section":     {"nav:\n  - A:\n  - b.md\n", []markdown.NavEntry{{0, "", "b.md"}}, "docs", ""},
		"broken elsewhere":     {"x: [\nnav: [a.md]\n", []markdown.NavEntry{{0, "", "a.md"}}, "docs", ""},
		"broken":               {"nav: [a.md\n", nil, "docs", "has a nav that is not valid YAML"},
		"deep":                 {"nav: " + deep + "\n", nil, "docs", "is nested too deeply"},
		"large":                {strings.Repeat("#", 300<<10), nil, "docs", "is larger than 256 KB"},
		"a mark, and CRLF":     {"\ufeffnav:\r\n  - a.md\r\n", []markdown.NavEntry{{0, "", "a.md"}}, "docs", ""},
		"numbers are no pages": {"nav:\n  - 1\n  - A: 2\n  - a.md\n", []markdown.NavEntry{{0, "", "a.md"}}, "docs", ""},
	} {
		t.Run(name, func(t *testing.T) {
			nav, docs, err := markdown.Nav(c.config)
			if d := cmp.Diff(c.want, nav); d != "" {
				t.Error(d)
			}
			if docs != c.docs {
				t.Errorf("the folder is %q", docs)
			}
			if (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
				t.Errorf("the error is %v", err)
			}
			for _, e := range nav {
				if strings.Contains(e.Target, "python") {
					t.Errorf("a tag became %q", e.Target)
				}
			}
		})
	}
}

// TestNavIsBounded checks the number of items, and their depth.
func TestNavIsBounded(t *testing.T) {
	nav, _, err := markdown.Nav("nav:\n" + strings.Repeat("- a.md\n", 2000))
	if err != nil || len(nav) != 500 {
		t.Errorf("%d items (%v)", len(nav), err)
	}
	var nested strings.Builder
	nested.WriteString("nav:\n")
	for i := range 20 {
		nested.WriteString(strings.Repeat("  ", i) + "- A:\n")
	}
	nested.WriteString(strings.Repeat("  ", 20) + "- a.md\n")
	if nav, _, err := markdown.Nav(nested.String()); err != nil || len(nav) != 0 {
		t.Errorf("%v (%v)", nav, err)
	}
}
