package markdown_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/markdown"
)

func TestMapLinksChangesLinksWithinTheSiteOnly(t *testing.T) {
	body := "See [a](a.md), [b](../b%20c.md#part \"title\"), ![p](img/p.png) and [r][ref].\n" +
		"`[code](a.md)` [web](https://example.org/a.md) [root](/a.md) [here](#x) [mail](mailto:a@b.md)\n" +
		"```\n[fenced](a.md)\n```\n" +
		"[ref]: <deep/d.md>\n[broken](%zz.md)"
	var targets []string
	got := markdown.MapLinks(body, func(target string) string {
		targets = append(targets, target)
		if target == "img/p.png" {
			return ""
		}
		return "to/" + target
	})
	want := "See [a](to/a.md), [b](to/../b%20c.md#part \"title\"), ![p](img/p.png) and [r][ref].\n" +
		"`[code](a.md)` [web](https://example.org/a.md) [root](to//a.md) [here](#x) [mail](mailto:a@b.md)\n" +
		"```\n[fenced](a.md)\n```\n" +
		"[ref]: <to/deep/d.md>\n[broken](%zz.md)"
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"a.md", "../b c.md", "img/p.png", "/a.md", "deep/d.md"}, targets); d != "" {
		t.Error(d)
	}
}

func TestMapLinksFindsEveryForm(t *testing.T) {
	for body, want := range map[string]string{
		"[a](b_(c).md) d":                        "[a](to/b_%28c%29.md) d",
		"[a](b_(c_(d)).md#e_(f)) ([g](h.md))":    "[a](to/b_%28c_%28d%29%29.md#e_(f)) ([g](to/h.md))",
		"[a](()) [b](c.md \"(d)\")":              "[a](to/%28%29) [b](to/c.md \"(d)\")",
		"[![i](p_(1).png)](a_(1).md)":            "[![i](to/p_%281%29.png)](to/a_%281%29.md)",
		"[r]: a_(b).md 'c'":                      "[r]: to/a_%28b%29.md 'c'",
		"<a href=\"x y.md?a=1&amp;b=2#c\">d</a>": "<a href=\"to/x%20y.md?a=1&amp;b=2#c\">d</a>",
		"<A title='t' HREF = 'x.md'>":            "<A title='t' HREF = 'to/x.md'>",
		"<a href=x.md>y</a><a id=z>":             "<a href=to/x.md>y</a><a id=z>",
		"`<a href=\"x.md\">` <a data-href=\"x.md\"> <a href=\"https://x.md\"> <link href=\"x.md\">": "`<a href=\"x.md\">` <a data-href=\"x.md\"> <a href=\"https://x.md\"> <link href=\"x.md\">",
	} {
		if d := cmp.Diff(want, markdown.MapLinks(body, func(target string) string { return "to/" + target })); d != "" {
			t.Errorf("%s: %s", body, d)
		}
	}
}

func TestLocateFindsAReference(t *testing.T) {
	src := []byte("---\nname: x\ncompanies:\n  - {company: a}\n  - year: 2000\n    company: b\nlaws: [l1, l2]\n---\n")
	tests := map[string]struct {
		field        string
		line, column int
	}{
		"in a record":     {"companies[1].company", 6, 14},
		"in brackets":     {"companies[0].company", 4, 15},
		"in a plain list": {"laws[1]", 7, 12},
		"a field":         {"name", 2, 7},
		"nowhere":         {"tier", 2, 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if line, column := markdown.Locate(src, tt.field); line != tt.line || column != tt.column {
				t.Errorf("found at %d:%d, want %d:%d", line, column, tt.line, tt.column)
			}
		})
	}
	if line, column := markdown.Locate([]byte("no front matter"), "name"); line != 1 || column != 1 {
		t.Errorf("found at %d:%d", line, column)
	}
}
