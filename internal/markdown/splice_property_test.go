package markdown_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"patternhub/internal/content"
	"patternhub/internal/markdown"
)

func indexes(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// source draws a pattern and its file.
func (c *commented) source() (string, *content.Pattern) {
	p := &content.Pattern{Meta: content.Meta{Name: c.text(), Summary: c.text()}, CatalogName: c.text()}
	texts := rapid.SliceOfN(rapid.Custom(func(*rapid.T) string { return c.text() }), 1, 4)
	p.Tags, p.Aliases = texts.Draw(c.t, "tags"), texts.Draw(c.t, "aliases")
	p.Adoptions = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) content.Adoption {
		a := content.Adoption{CompanyKey: c.text()}
		if rapid.Bool().Draw(t, "scaled") {
			a.Scale = new(c.text())
		}
		if rapid.Bool().Draw(t, "sourced") {
			a.Sources = texts.Draw(t, "sources")
		}
		return a
	}), 1, 4).Draw(c.t, "companies")
	text := func(name, s string) func() []string {
		return func() []string { return c.value(name+c.sign(), s, "  ", idOf(s)) }
	}
	plain := func(name, value string) func() []string {
		return func() []string { return []string{name + c.sign() + value + c.tail(name)} }
	}
	quoted := func(name, value string) func() []string { return plain(name, `"`+value+`"`) }
	fields := []func() []string{
		text("name", p.Name), text("summary", p.Summary), text("catalogName", p.CatalogName),
		quoted("difficulty", "advanced"), plain("readingMinutes", "5"), plain("enhanced", "true"), plain("foreign_key", "1"),
		func() []string { return c.list("tags", "", p.Tags) },
		func() []string { return c.list("aliases", "", p.Aliases) },
		func() []string { return c.records("companies", p.Adoptions) },
		quoted("category", "scaling"), quoted("catalogGroup", "data"), quoted("catalogStatus", "production-ready"),
		quoted("recommendation", "recommended"), quoted("relevance", "mainstream"),
	}
	for _, i := range rapid.Permutation(indexes(len(fields))).Draw(c.t, "order") {
		c.lines = append(c.lines, c.above("")...)
		c.lines = append(c.lines, fields[i]()...)
	}
	fence := "---"
	if c.toml {
		fence = "+++"
		if c.lines = append(c.lines, c.tables...); c.sometimes(3, "foreign table") {
			c.lines = append(append(c.lines, c.above("")...), "[params]", "x = 1"+c.tail("x"))
		}
	}
	return fence + "\n" + strings.Join(c.lines, "\n") + "\n" + fence + "\n\nText.\n", p
}

// reword changes a string but leaves its unique word.
func (c *commented) reword(s string) string {
	c.n++
	c.reworded[idOf(s)] = true
	return s + fmt.Sprintf(" new%d", c.n)
}

// rearrange changes, removes, adds or moves items of a list.
func rearrange[V any](c *commented, list []V, change func(V) V, fresh func() V) []V {
	var out []V
	if c.sometimes(4, "move") {
		for _, at := range rapid.Permutation(indexes(len(list))).Draw(c.t, "moves") {
			out = append(out, list[at])
		}
		list, out = out, nil
	}
	removed := false
	for _, v := range list {
		switch c.pick("act", "stay", "stay", "stay", "change", "remove", "insert") {
		case "stay":
			out = append(out, v)
		case "change":
			out = append(out, change(v))
		case "remove":
			removed = true
		case "insert":
			out = append(out, fresh(), v)
		}
	}
	if c.sometimes(4, "append") {
		out = append(out, fresh())
	}
	c.replaced = c.replaced || removed && len(out) > 0
	return out
}

// edit changes some fields of a pattern.
func (c *commented) edit(p *content.Pattern) {
	for _, s := range []*string{&p.Name, &p.Summary, &p.CatalogName} {
		if c.sometimes(3, "text") {
			*s = c.reword(*s)
		}
	}
	if c.sometimes(3, "enum") {
		p.Difficulty = "BEGINNER"
	}
	if c.sometimes(3, "number") {
		p.ReadingMinutes = 77
	}
	if c.sometimes(3, "new field") {
		p.Introduced = new("2012")
	}
	for _, list := range []*[]string{&p.Tags, &p.Aliases} {
		if c.sometimes(2, "list") {
			*list = rearrange(c, *list, c.reword, c.text)
		}
	}
	if c.sometimes(2, "companies") {
		p.Adoptions = rearrange(c, p.Adoptions, c.adoption, func() content.Adoption { return content.Adoption{CompanyKey: c.text()} })
	}
}

// adoption changes fields of a record.
func (c *commented) adoption(a content.Adoption) content.Adoption {
	switch c.pick("field", "company", "scale", "no scale", "sources", "no sources") {
	case "company":
		a.CompanyKey = c.reword(a.CompanyKey)
	case "scale":
		if a.Scale == nil {
			a.Scale = new(c.text())
		} else {
			a.Scale = new(c.reword(*a.Scale))
		}
	case "no scale":
		a.Scale = nil
	case "sources":
		a.Sources = rearrange(c, a.Sources, c.reword, c.text)
	default:
		a.Sources = nil
	}
	for i, r := range c.remarks {
		if slices.Contains(r.owners, idOf(a.CompanyKey)) && (len(r.owners) > 1 || strings.HasPrefix(r.text, "# above")) {
			c.remarks[i].owners = append(slices.Clone(r.owners), wordsOf(a)...) // a comment of the whole record
		}
	}
	return a
}

// TestEditsPreserveEveryComment edits commented front matter. A comment stays beside its value
// while the value exists, no comment moves to another value, and lines without an edited value do
// not change.
func TestEditsPreserveEveryComment(t *testing.T) {
	for _, toml := range []bool{false, true} {
		t.Run(fmt.Sprintf("toml %t", toml), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				c := &commented{t: t, toml: toml, reworded: map[string]bool{}}
				source, drawn := c.source()
				e, err := decodePattern([]byte(source))
				if err != nil {
					t.Fatalf("%v\n%s", err, source)
				}
				p := e.(*content.Pattern)
				if p.Summary != drawn.Summary || len(p.Adoptions) != len(drawn.Adoptions) {
					t.Fatalf("%q is read as %q\n%s", drawn.Summary, p.Summary, source)
				}
				c.edit(p)
				out, err := markdown.Splice([]byte(source), p, decodePattern)
				if err != nil {
					t.Fatalf("%v\n%s", err, source)
				}
				c.compare(source, string(out), p)
			})
		})
	}
}

// compare fails if an edit changed anything else.
func (c *commented) compare(source, out string, p *content.Pattern) {
	lines := strings.Split(out, "\n")
	said := string(markdown.Encode(p)) + " foreign_key x "
	for _, r := range c.remarks {
		there := slices.DeleteFunc(slices.Clone(r.owners), func(w string) bool { return !strings.Contains(said, w+" ") && !strings.Contains(said, w+":") })
		if len(there) == 0 {
			if len(r.owners) > 0 && !c.replaced && strings.HasPrefix(r.text, "# tail") && strings.Contains(out, r.text) {
				c.t.Fatalf("%q belonged to %v, which is gone, and is beside %v:\n%s\n%s", r.text, r.owners, beside(lines, r.text), source, out)
			}
			continue
		}
		if !strings.Contains(out, r.text) {
			c.t.Fatalf("%q of %v is gone:\n%s\n%s", r.text, there, source, out)
		}
		if words := beside(lines, r.text); !slices.ContainsFunc(words, func(w string) bool { return slices.Contains(there, w) }) {
			c.t.Fatalf("%q of %v is beside %v:\n%s\n%s", r.text, there, words, source, out)
		}
	}
	bare := func(s string) string { return strings.ReplaceAll(s, ",", "") } // commas follow the items of a list
	for line := range strings.SplitSeq(source, "\n") {
		same := !strings.ContainsAny(line, "[]{}") && strings.Count(line, " is ") < 2 && (strings.Contains(line, "value") || strings.Contains(line, "foreign"))
		for _, id := range ownWord.FindAllString(line, -1) {
			if strings.HasPrefix(id, "value") {
				same = same && !c.reworded[id] && strings.Contains(said, id+" ")
			}
		}
		// The first field of a record is after a dash.
		if line = strings.Trim(line, " -"); same && !strings.Contains(bare(out), bare(line)+"\n") {
			c.t.Fatalf("%q is gone or not as it was:\n%s\n%s", line, source, out)
		}
	}
}
