package markdown_test

import (
	"strings"
	"testing"

	"patternhub/internal/content"
	"patternhub/internal/markdown"
)

// secret is a word that is in the source only where readers must not see it.
const secret = "zebrawood"

// readPage decodes the file of a page.
func readPage(text []byte) (content.Entry, error) {
	e := content.NewEntry(content.TypePage)
	e.Head().Slug, e.Head().Name = "x", "X"
	_, err := markdown.Decode(text, e)
	return e, err
}

// The cases have a secret wherever an author may keep one. Without an expected text only its absence counts, since the
// front matter is then written anew.
func TestPublicFiles(t *testing.T) {
	for name, c := range map[string]struct{ source, want string }{
		"as it is":              {"---\nname: 'A'\nsummary:   B\n---\n\n* one  \n\n\n", "---\nname: 'A'\nsummary:   B\n---\n\n* one  \n\n\n"},
		"Windows":               {"\ufeff---\r\nname: A\r\nsecret: zebrawood\r\n---\r\nText\r\n", "\ufeff---\r\nname: A\r\n---\r\nText\r\n"},
		"unknown name":          {"---\nname: A\nowner: zebrawood\nsummary: B\n---\nText\n", "---\nname: A\nsummary: B\n---\nText\n"},
		"unknown tree":          {"---\nname: A\nsecret:\n  deep:\n    - zebrawood\n    - |\n      zebrawood\nsummary: B\n---\n", "---\nname: A\nsummary: B\n---\n"},
		"comment line":          {"---\n# zebrawood\nname: A\n\n  # zebrawood\nsummary: B\n---\nText\n", "---\nname: A\nsummary: B\n---\nText\n"},
		"comment after a value": {"---\nname: 'A' # zebrawood\nsummary: B\n---\nText\n", "---\nname: A\nsummary: B\n---\nText\n"},
		"sign in a value":       {"---\nname: \"C# and F#\"\nsummary: B\n---\n", ""},
		"title":                 {"---\ntitle: A\nsummary: B\n---\nText\n", "---\ntitle: A\nsummary: B\n---\nText\n"},
		"two names":             {"---\nname: A\ntitle: zebrawood\nsummary: B\n---\nText\n", "---\nname: A\nsummary: B\n---\nText\n"},
		"twice":                 {"---\nname: A\nsummary: B\nsecret: zebrawood\nsecret2: zebrawood\n---\n", "---\nname: A\nsummary: B\n---\n"},
		"menu":                  {"---\nlinkTitle: A\nsummary: B\n---\nText\n", ""},
		"flow":                  {"---\n{name: A, summary: B, secret: zebrawood}\n---\nText\n", ""},
		"TOML":                  {"+++\nname = \"A\" # zebrawood\nsummary = \"B\"\n[extra]\nsecret = \"zebrawood\"\n+++\nText\n", ""},
		"no front matter":       {"# A\n\nText # not a comment\n", "# A\n\nText # not a comment\n"},
		"rule":                  {"---\nname: A\nsummary: B\n...\n\n---\n\n# Text\n", ""},
		"comments only":         {"---\n# zebrawood\n---\n# A\n\nText\n", "# A\n\nText\n"},
	} {
		t.Run(name, func(t *testing.T) {
			e, err := readPage([]byte(c.source))
			if err != nil {
				t.Fatal("the source is not read:", err)
			}
			got := string(markdown.Public([]byte(c.source), e, readPage))
			if c.want != "" && got != c.want {
				t.Errorf("the file is\n%q, want\n%q", got, c.want)
			}
			if strings.Contains(got, secret) {
				t.Errorf("the file contains the secret: %s", got)
			}
			again, err := readPage([]byte(got))
			if err != nil || !markdown.Same(again, e) {
				t.Errorf("the file is read as another entry: %v, %q", err, got)
			}
		})
	}
}
