package markdown_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
	"patternhub/internal/markdown"
)

// mustPage reads a page from a file with that title.
func mustPage(t *testing.T, fileTitle, text string) *content.Page {
	t.Helper()
	p := &content.Page{Meta: content.Meta{Type: content.TypePage, Slug: "docs/a-b", Name: fileTitle}}
	if _, err := markdown.Decode([]byte(text), p); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestDerivedNameAndSummary(t *testing.T) {
	for name, tt := range map[string]struct{ text, name, summary string }{
		"underlined":               {"The Title\n=========\n\nText.\n", "The Title", "Text."},
		"underlined twice":         {"Not this\n---\n\nThis\n===\n\nText.\n", "This", "Text."},
		"closing marks":            {"# The Title ##\n\nText.\n", "The Title", "Text."},
		"only level 2":             {"Text.\n\n## First\n\n## Second\n", "First", "Text."},
		"level 1 later":            {"## Part\n\n# Title\n", "Title", "Title"},
		"a comment":                {"<!-- # Old -->\n<!--\n# Older\n\nOld text.\n-->\n# New\n\nText.\n", "New", "Text."},
		"code":                     {"```\n# no\n```\n\n    # nor\n\n~~~ md\nNo.\n~~~\n\n# Title\n\nText.\n", "Title", "Text."},
		"reference links":          {"# The [thing] and [other one][o]\n\nSee [thing].\n\n[thing]: x.md\n[o]: y.md\n", "The thing and other one", "See thing."},
		"wiki links":               {"# The [Foo][mod.Foo] and [[Page|wiki]]\n\nSee [bar][].\n", "The Foo and wiki", "See bar."},
		"marks":                    {"# *One* **two** `a_b[0]` [four](x.md) ![five](x.png) ~~six~~ <b>seven</b>\n\nText.\n", "One two a_b[0] four six seven", "Text."},
		"entities and escapes":     {"# R&amp;D \\*now\\* \\[x\\] &copy;\n\nA &lt; b.\n", "R&D *now* [x] ©", "A < b."},
		"file names":               {"# edit_uri and a*b\n\nSet snake_case_name.\n", "edit_uri and a*b", "Set snake_case_name."},
		"attributes":               {"# Title { #custom .lead }\n\n{: .x }\nText.\n", "Title", "Title"},
		"badges":                   {"# Title\n\n[![build](b.svg)](ci) ![x](y.svg)\n\nText ![y](z.png) here.\n", "Title", "Text here."},
		"an admonition":            {"# Title\n\n!!! note \"Mind\"\n    Inside.\n\n:::tip\nNo.\n:::\n\n> [!NOTE]\n> No.\n\nText.\n", "Title", "Text."},
		"MDX":                      {"import Tabs from '@theme/Tabs';\nimport X from \"x\";\n\nexport const a = 1\n\n# Title {/* #id */}\n\n<Tabs>\n</Tabs>\n\nText.\n", "Title", "Text."},
		"templates":                {"# {{ page.title }}\n\n{% include x %}\n\n## Real {{< badge >}}\n\nText {{ x }}more.\n", "Real", "Text more."},
		"a title in HTML":          {"<h1 align=\"center\">\n  <b>R&amp;D</b> Tool\n</h1>\n\n<p><img src=\"x\"></p>\n\nText.\n", "R&D Tool", "Text."},
		"a paragraph in HTML":      {"<div align=\"center\">\n<h1>T</h1>\n<p>Plain <b>text</b> &amp;<br>more.</p>\n</div>\n\nText.\n", "T", "Plain text & more."},
		"HTML that does not count": {"<details><summary>No</summary><p>No.</p></details>\n\n<aside><p>No.</p></aside>\n<blockquote><p>No.</p></blockquote>\n\nText.\n", "iOS Setup", "Text."},
		"text after a comment":     {"<!-- c --> Said *here*.\n\nText.\n", "iOS Setup", "Said *here*."},
		"multi-line comment":       {"<!--\nc\n--> Said.\n\nText.\n", "iOS Setup", "Said."},
		"a comment before":         {"<!-- c -->\nText.\n", "iOS Setup", "Text."},
		"a level in HTML":          {"<h3>Part</h3>\n\nText.\n", "Part", "Text."},
		"words in brackets":        {"# Use [x] and [^nope]\n\nPress [Enter], a[0] or [^1] ([see]).\n", "Use [x] and [^nope]", "Press [Enter], a[0] or [^1] ([see])."},
		"task list":                {"- [ ] no\n\n[ ] is open, [x] done.\n", "iOS Setup", "[ ] is open, [x] done."},
		"punctuation only":         {"# *\n\n# ???\n\n## Part\n\n***\n\n…\n\nText.\n", "Part", "Text."},
		"image only":               {"# ![Logo](x.png)\n\n## Part\n\nText.\n", "Part", "Text."},
		"not a tag":                {"# The <name> of List<String>\n\nWrite <your name>, <b>bold</b> or `<b>`.\n", "The <name> of List<String>", "Write <your name>, bold or <b>."},
		"components":               {"# A <Badge level={1 > 0 ? {a: 1} : 2} /> B\n\n<Foo on={() => {1}}\n  b=\"c > d\">inner *text*</Foo> and `<Foo a={1}>`.\n", "A B", "inner text and <Foo a={1}>."},
		"block scalar description": {"---\ndescription: |\n  The *first*\n  [line](x.md) &amp; `a_b`.\n---\n", "iOS Setup", "The first line & a_b."},
		"a folded description":     {"---\ntitle: >\n  1. *The*\n  title\ndescription: >-\n  - Folded [x]\n\n  text.\n---\n", "1. The title", "- Folded [x] text."},
		"punctuation title":        {"---\ntitle: \"***\"\ndescription: \"…\"\n---\n# Head\n\nText.\n", "***", "…"},
		"our own names":            {"---\nname: The *name*\nsummary: A *b*\n---\n", "The *name*", "A *b*"},
		"lists and tables":         {"# Title\n\n- no\n\n1. no\n\n| a | b |\n|---|---|\n| c | d |\n\nText.\n", "Title", "Text."},
		"footnotes":                {"# Title[^1]\n\nText[^1].\n\n[^1]: No.\n", "Title", "Text."},
		"no heading":               {"Text.\n", "iOS Setup", "Text."},
		"nothing":                  {"", "iOS Setup", "iOS Setup"},
		"a label":                  {"---\nsidebar_label: Short\n---\n## Part\n\nText.\n", "Short", "Text."},
		"label and heading":        {"---\nlinkTitle: Short\n---\n# Title\n", "Title", "Title"},
		"an excerpt":               {"---\ntitle: T\nexcerpt: E.\n---\nText.\n", "T", "E."},
		"all of them":              {"---\nexcerpt: E.\ndescription: D.\ntitle: T\nname: N\n---\nText.\n", "N", "D."},
		"a heading of emoji":       {"# 🚀\n\nText.\n", "🚀", "Text."},
		"other scripts":            {"हिन्दी\n======\n\nयह पाठ है।\n", "हिन्दी", "यह पाठ है।"},
	} {
		t.Run(name, func(t *testing.T) {
			p := mustPage(t, "iOS Setup", tt.text)
			if d := cmp.Diff([2]string{tt.name, tt.summary}, [2]string{p.Name, p.Summary}); d != "" {
				t.Error(d)
			}
		})
	}
	long := mustPage(t, "", "---\ndescription: "+strings.Repeat("word ", 200)+"\n---\n# "+strings.Repeat("title ", 60)+"\n")
	if wrong := content.Validate(long, true); len(wrong) > 0 || !strings.HasSuffix(long.Summary, "word…") {
		t.Errorf("%v: %q", wrong, long.Summary)
	}
}

func TestFileTitles(t *testing.T) {
	for file, want := range map[string]string{
		"iOS_Setup": "iOS Setup", "kontakt_seite": "Kontakt seite", "OAuth2-Übersicht": "OAuth2 Übersicht", "über-uns": "Über uns",
		"CHANGELOG": "CHANGELOG", "საქართველო": "საქართველო", "ელ-ფოსტა": "ელ ფოსტა", "ǆungla": "ǅungla", "ßeta": "ßeta", "ᏣᎳᎩ": "ᏣᎳᎩ", "日本_語": "日本 語",
		"a--b__c": "A b c", "-x_": "X", "का": "का", "": "", "--": "",
	} {
		if got := markdown.FileTitle(file); got != want {
			t.Errorf("%s is %q, want %q", file, got, want)
		}
	}
}

const tomlSource = "+++\n# mine\ntitle = 'Old'   # once\ndate = 2024-01-02\ntags = [\n  'a', # one\n]\n\n[params]\n  x = 1\n  title = 'no'\n+++\n# Head\r\n\r\nText.\r\n"

func TestFrontMatterInTOML(t *testing.T) {
	p := mustPage(t, "", tomlSource)
	if p.Name != "Old" || p.Summary != "Text." || strings.Contains(p.Body.Markdown, "+++") {
		t.Errorf("%q, %q, %q", p.Name, p.Summary, p.Body.Markdown)
	}
	read := func(src []byte) (content.Entry, error) {
		e := &content.Page{Meta: content.Meta{Type: content.TypePage, Slug: "docs/a-b"}}
		_, err := markdown.Decode(src, e)
		return e, err
	}
	for name, tt := range map[string]struct {
		edit     func(*content.Page)
		from, to string
	}{
		"nothing":   {func(*content.Page) {}, "", ""},
		"the name":  {func(p *content.Page) { p.Name = "New \"one\"" }, "'Old'   # once", `'New "one"'   # once`},
		"a summary": {func(p *content.Page) { p.Summary = "New." }, "]\n\n[params]", "]\nsummary = \"New.\"\n\n[params]"},
		"the body":  {func(p *content.Page) { p.Body.Markdown += "\nMore.\n" }, "Text.\r\n", "Text.\r\n\nMore.\n"},
	} {
		t.Run(name, func(t *testing.T) {
			e, err := read([]byte(tomlSource))
			if err != nil {
				t.Fatal(err)
			}
			tt.edit(e.(*content.Page))
			out, err := markdown.Splice([]byte(tomlSource), e, read)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(strings.Replace(tomlSource, tt.from, tt.to, 1), string(out)); d != "" {
				t.Error(d)
			}
		})
	}
	law := &content.Law{Meta: content.Meta{Type: content.TypeLaw, Slug: "l"}}
	src := "+++\nname = 'L'\nsummary = 'S'\ngroup = 'human'\nnumber = 1\nshortCode = 'L1'\nlearningOrder = 1\npillars = ['work']\n+++\n"
	if _, err := markdown.Decode([]byte(src), law); err != nil || law.Number != 1 || len(law.PillarKeys) != 1 {
		t.Errorf("%+v, %v", law, err)
	}
	if line, column := markdown.Locate([]byte(src), "pillars[0]"); line != 8 || column != 1 {
		t.Errorf("pillars[0] is at %d:%d, want 8:1", line, column)
	}
}

func TestUnreadableFilesAreReportedWithTheirPosition(t *testing.T) {
	for src, want := range map[string]string{
		"+++\ntitle = \n+++\n":                "2:9: the front matter is not valid TOML: ",
		"+++\na = 1\n":                        "1:1: the front matter has no closing +++ line",
		"{\n  \"title\": \"x\"\n}\n\nText.\n": "1:1: JSON front matter is not supported",
		"# A\n\näb\x01c\n":                    "3:3: the file contains control character U+0001, which is not allowed",
		"\ufeff# A\x7f\n":                     "1:4: the file contains control character U+007F, which is not allowed",
		"---\ntags: &x [1]\nmore: *x\n---\n":  "3:1: more: the alias *x stands for a value elsewhere; write the value itself here",
		"---\na:\n  b: [{c: *x}]\n---\n":      "2:1: a: the alias *x stands for a value elsewhere; write the value itself here",
	} {
		_, err := markdown.Decode([]byte(src), &content.Page{Meta: content.Meta{Type: content.TypePage, Slug: "a"}})
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v, want %s", src, err, want)
		}
	}
	for _, src := range []string{"{% include x %}\n", "{{ x }}\n", "{: .lead }\nText.\n", "{}\n"} {
		mustPage(t, "", src)
	}
}
