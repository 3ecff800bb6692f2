package markdown

import (
	"bytes"
	"path"
	"regexp"
	"strings"
	"unicode"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"

	"patternhub/content"
)

// Version is the version of the renderer. It grows when the same Markdown gives other HTML, so
// that stored texts can be told to be out of date.
const Version = 2

// wordsPerMinute is a usual speed of reading technical prose.
// Blocks of code are not counted, so listings make no text longer to read.
const wordsPerMinute = 220

// maxHeadings is what the contract's @listSize promises: an outline of more helps nobody, and the
// price of a query counts on it.
const maxHeadings = 30

// Renderer turns Markdown into rich texts. It is safe for concurrent use.
type Renderer struct {
	md     goldmark.Markdown
	policy *bluemonday.Policy
}

// NewRenderer makes a renderer for CommonMark with tables, task lists, strikethrough and
// autolinks, and with the admonitions and tabs of MkDocs. Attribute lists are left out. Raw HTML is kept as far as the sanitiser allows it.
func NewRenderer() *Renderer {
	policy := bluemonday.UGCPolicy()
	policy.AllowAttrs("class").Matching(regexp.MustCompile(`^language-[a-z0-9+-]{1,20}$`)).OnElements("code")
	policy.AllowAttrs("id").Matching(regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,100}$`)).OnElements("h1", "h2", "h3", "h4", "h5", "h6")
	policy.AllowAttrs("type").Matching(regexp.MustCompile(`^checkbox$`)).OnElements("input")
	policy.AllowAttrs("checked", "disabled").OnElements("input")
	policy.AllowAttrs("class").Matching(regexp.MustCompile(`^(admonition [a-z0-9_-]{1,40}|tab)$`)).OnElements("div", "details")
	policy.AllowAttrs("class").Matching(regexp.MustCompile(`^(admonition|tab)-title$`)).OnElements("p")
	policy.AllowAttrs("open").Matching(regexp.MustCompile(`^$`)).OnElements("details")
	policy.RequireNoFollowOnLinks(true)
	return &Renderer{
		md:     goldmark.New(goldmark.WithExtensions(extension.GFM, boxes{}), goldmark.WithParserOptions(parser.WithAutoHeadingID())),
		policy: policy,
	}
}

// Render renders the Markdown of an entry with that type and slug, whose relative links lead
// from its file to other files of the tree.
// It does not fail: whatever was written gives some HTML. The time may be long for a text that
// Check would refuse, so callers check what comes from outside. Headings inside code and raw HTML
// are none. The plain text is one line a block, without blocks of code and HTML. Reading takes at
// least one minute.
func (r *Renderer) Render(t content.EntryType, slug, markdown string) content.RichText {
	source := []byte(stripAttributes(markdown))
	doc := r.md.Parser().Parse(text.NewReader(source))
	out := content.RichText{Markdown: markdown, Renderer: Version}
	var plain strings.Builder
	words := 0
	err := ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			if n.Type() == ast.TypeBlock && plain.Len() > 0 {
				plain.WriteByte('\n')
			}
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Heading:
			anchor, _ := n.AttributeString("id")
			id, _ := anchor.([]byte)
			if len(out.Headings) == maxHeadings {
				break
			}
			out.Headings = append(out.Headings, content.Heading{Level: n.Level, Text: inline(n, source), Anchor: string(id)})
		case *ast.Link:
			n.Destination = []byte(Resolve(t, slug, string(n.Destination)))
		case *ast.Text:
			segment := string(n.Segment.Value(source))
			plain.WriteString(segment)
			words += count(segment)
			if n.SoftLineBreak() || n.HardLineBreak() {
				plain.WriteByte(' ')
			}
		case *box:
			plain.WriteString(n.title + "\n")
			words += count(n.title)
		case *ast.String:
			plain.Write(n.Value)
			words += count(string(n.Value))
		case *ast.FencedCodeBlock, *ast.CodeBlock, *ast.HTMLBlock:
			return ast.WalkSkipChildren, nil
		}
		return ast.WalkContinue, nil
	})
	var html bytes.Buffer
	if err == nil {
		err = r.md.Renderer().Render(&html, source, doc)
	}
	if err != nil {
		// Writing to memory cannot fail; should it, the text is shown as it is.
		html.Reset()
		html.WriteString("<pre>" + bluemonday.StrictPolicy().Sanitize(markdown) + "</pre>")
	}
	out.HTML = r.policy.Sanitize(html.String())
	out.Text = squeeze(plain.String())
	out.WordCount = words
	out.ReadingMinutes = max(1, (words+wordsPerMinute-1)/wordsPerMinute)
	return out
}

// count counts the words of a text that hold a letter or digit.
// Dashes and signs that stand alone are no words.
func count(s string) int {
	n := 0
	for w := range strings.FieldsSeq(s) {
		if strings.ContainsFunc(w, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
			n++
		}
	}
	return n
}

// inline is the plain text of a node.
func inline(n ast.Node, source []byte) string {
	var b strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Text:
			b.Write(c.Segment.Value(source))
		case *ast.String:
			b.Write(c.Value)
		default:
			b.WriteString(inline(c, source))
		}
	}
	return b.String()
}

// squeeze leaves one line per block and no empty lines.
func squeeze(s string) string {
	var lines []string
	for l := range strings.SplitSeq(s, "\n") {
		if l = strings.TrimSpace(l); l != "" {
			lines = append(lines, l)
		}
	}
	return strings.Join(lines, "\n")
}

// Resolve turns a relative link to a file of the tree into the resource path of its entry.
// Any other link stays as it is.
// Links are read as in the tree: from the folder of the entry's file. Links to folders, pictures
// and files of other kinds have no entry to lead to. It does not look whether the entry is there.
func Resolve(t content.EntryType, slug, link string) string {
	target, fragment, _ := strings.Cut(link, "#")
	if target == "" || strings.Contains(target, ":") || strings.HasPrefix(target, "/") || !strings.HasSuffix(target, ".md") {
		return link
	}
	file := path.Join(path.Dir(path.Join("/", t.Stem(), slug)), target)
	stem, rest, ok := strings.Cut(strings.TrimPrefix(file, "/"), "/")
	linked, known := content.TypeByStem(stem)
	if !ok || !known {
		return link
	}
	m := content.Meta{Type: linked, Slug: strings.TrimSuffix(rest, ".md")}
	if fragment != "" {
		return m.ResourcePath() + "#" + fragment
	}
	return m.ResourcePath()
}
