package markdown_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"patternhub/markdown"
)

func TestMapLinksChangesRelativeLinksOnly(t *testing.T) {
	body := "See [a](a.md), [b](../b%20c.md#part \"title\"), ![p](img/p.png) and [r][ref].\n" +
		"`[code](a.md)` [web](https://example.org/a.md) [root](/a.md) [here](#x) [mail](mailto:a@b.md)\n" +
		"```\n[fenced](a.md)\n```\n" +
		"[ref]: <deep/d.md>\n[broken](%zz.md)"
	var seen []string
	got := markdown.MapLinks(body, func(target string) string {
		seen = append(seen, target)
		if target == "img/p.png" {
			return ""
		}
		return "to/" + target
	})
	want := "See [a](to/a.md), [b](to/../b%20c.md#part \"title\"), ![p](img/p.png) and [r][ref].\n" +
		"`[code](a.md)` [web](https://example.org/a.md) [root](/a.md) [here](#x) [mail](mailto:a@b.md)\n" +
		"```\n[fenced](a.md)\n```\n" +
		"[ref]: <to/deep/d.md>\n[broken](%zz.md)"
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"a.md", "../b c.md", "img/p.png", "deep/d.md"}, seen); d != "" {
		t.Error(d)
	}
}

func TestLocateFindsAReference(t *testing.T) {
	src := []byte("---\nname: x\ncompanies:\n  - {company: a}\n  - year: 2000\n    company: b\nlaws: [l1, l2]\n---\n")
	tests := map[string]struct {
		place        string
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
			if line, column := markdown.Locate(src, tt.place); line != tt.line || column != tt.column {
				t.Errorf("found at %d:%d, want %d:%d", line, column, tt.line, tt.column)
			}
		})
	}
	if line, column := markdown.Locate([]byte("no front matter"), "name"); line != 1 || column != 1 {
		t.Errorf("found at %d:%d", line, column)
	}
}
