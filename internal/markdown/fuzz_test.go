package markdown_test

import (
	"errors"
	"testing"

	"patternhub/internal/content"
	"patternhub/internal/markdown"
)

// FuzzFrontMatter reads any text. If it can be read, it can be edited, and the edited file is read
// as the edited entry.
func FuzzFrontMatter(f *testing.F) {
	for _, seed := range []string{
		sagaSource, file, "", "---\n---\n", "---\n# c\n---\n", "---\n\nrule\n\n---\n", "---\r\nname: 'x'\r\n...\r\n# A\r\n",
		"---\nname: |\n  a\n  b\nsummary: >-\n  c\n---\n", "---\n? name\n: x\n---\n", "---\n{name: x, summary: [y]}\n---\n",
		"---\ncompanies:\n-\n  company: a\n- {company: b}\n---\n", "---\na: &a [*a]\n---\n", "---\n\"name\": \"\\u00e9\\x41\"\n---\n",
		"---\nname: !!binary x\n<<: {a: 1}\n---\n", "\ufeff---\nname: x\n---\n## Problem\n## Problem\n", "---\ntags: [a,\n  b] # c\n---\n```\n## Problem\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		if len(src) > 8<<10 {
			return // the parser's time grows with the square of the size; the import bounds it
		}
		for _, entryType := range []content.EntryType{content.TypePage, content.TypePattern, content.TypeLaw} {
			read := func(src []byte) (content.Entry, error) {
				e := content.NewEntry(entryType)
				e.Head().Slug = "a"
				_, err := markdown.Decode(src, e)
				return e, err
			}
			e, err := read(src)
			if err != nil {
				continue
			}
			if same, err := markdown.Splice(src, e, read); err != nil || string(same) != string(src) {
				t.Errorf("a splice of nothing: %v", err)
			}
			e.Head().Summary = "New: summary"
			out, err := markdown.Splice(src, e, read)
			if errors.Is(err, markdown.ErrUnwritable) {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			if got, err := read(out); err != nil || !markdown.Same(got, e) {
				t.Errorf("%q became %q, which is read as something else (%v)", src, out, err)
			}
		}
	})
}
