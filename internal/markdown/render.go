package markdown

import (
	"bytes"
	"net/url"
	"path"
	"strings"
	"unicode"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
	"golang.org/x/net/html"

	"patternhub/internal/content"
)

// Version is the version of the renderer. It grows when the same Markdown results in other HTML, so
// that outdated stored texts can be found.
const Version = 5

// wordsPerMinute is a usual speed of reading technical prose. Blocks of code are not counted.
const wordsPerMinute = 220

// maxHeadings is the @listSize of the contract, on which the cost of a query is based. Longer
// outlines are of little use.
const maxHeadings = 30

// metaPrefix and metaClosed are the keys under which a document holds data for the renderers of
// nodes: the prefix of the ids of footnotes, and the HTML elements that are closed somewhere in the
// text.
const metaPrefix, metaClosed = "prefix", "closed"

// Renderer turns Markdown into rich texts. It is safe for concurrent use.
type Renderer struct {
	md     goldmark.Markdown
	policy *bluemonday.Policy
}

// NewRenderer returns a renderer for CommonMark with tables, task lists, strikethrough, autolinks,
// footnotes and definition lists, and with the admonitions, tabs, attribute lists and Markdown in
// HTML of MkDocs. Of HTML in the Markdown it preserves the elements of the allow-list, and the text of
// the others.
func NewRenderer() *Renderer {
	return &Renderer{
		md: goldmark.New(goldmark.WithExtensions(
			extension.Linkify, extension.Strikethrough, extension.TaskList, extension.DefinitionList,
			extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute)),
			notes{}, boxes{}, attributeLists{}, rawElements{})),
		policy: newPolicy(),
	}
}

// Render renders the Markdown of an entry with that type and slug, whose relative links refer from
// its file to other files of the tree. Links to files lead to their addresses; see content.Render.
// It cannot fail. It may take long for text that Check rejects, so callers check text from
// outside. The plain text is that of the HTML, one line per block, without blocks of code. The
// reading time is at least one minute.
func (r *Renderer) Render(t content.EntryType, slug, markdown string, files ...content.File) content.RichText {
	source := []byte(unix(markdown))
	doc := r.md.Parser().Parse(text.NewReader(source))
	attached, kept := attach(markdown, files)
	resolve := func(link string) string { return Resolve(t, slug, attached.address(link)) }
	err := ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if link, ok := n.(*ast.Link); ok && entering {
			link.Destination = []byte(resolve(string(link.Destination)))
		}
		return ast.WalkContinue, nil
	})
	doc.OwnerDocument().AddMeta(metaClosed, closedIn(string(source)))
	doc.OwnerDocument().AddMeta(metaPrefix, t.Stem()+"."+strings.ReplaceAll(slug, "/", ".")+".")
	var raw bytes.Buffer
	if err == nil {
		err = r.md.Renderer().Render(&raw, source, doc)
	}
	if err != nil {
		// Writing to memory cannot fail; if it did, the text would be shown as it is.
		raw.Reset()
		raw.WriteString("<pre>" + html.EscapeString(markdown) + "</pre>")
	}
	out := content.RichText{Markdown: markdown, HTML: r.sanitize(setAnchors(tidy(raw.String(), resolve, attached.address))), Files: kept, Renderer: Version}
	out.Text, out.Headings = read(out.HTML)
	out.WordCount = count(out.Text)
	out.ReadingMinutes = max(1, (out.WordCount+wordsPerMinute-1)/wordsPerMinute)
	return out
}

// sanitize returns the HTML that passes the policy. It omits both tags of a link without an allowed
// attribute: the policy alone would remove the next closing tag of any link.
func (r *Renderer) sanitize(tokens []htmlToken) string {
	var b strings.Builder
	var links []bool // whether each link that is open passes
	for _, t := range tokens {
		written, passes := t.String(), true
		switch {
		case t.Data != "a":
		case t.Type == html.StartTagToken:
			passes = r.policy.Sanitize(written) != ""
			links = append(links, passes)
		case t.Type == html.EndTagToken:
			passes = links[len(links)-1]
			links = links[:len(links)-1]
		}
		if passes {
			b.WriteString(written)
		}
	}
	return r.policy.Sanitize(b.String())
}

// count counts the words of text that have a letter or digit. Separate dashes and signs are no
// words.
func count(s string) int {
	n := 0
	for w := range strings.FieldsSeq(s) {
		if strings.ContainsFunc(w, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
			n++
		}
	}
	return n
}

// squeeze returns one line per block, without empty lines and with single spaces between words.
func squeeze(s string) string {
	var lines []string
	for l := range strings.SplitSeq(s, "\n") {
		if l = content.Spaced(l); l != "" {
			lines = append(lines, l)
		}
	}
	return strings.Join(lines, "\n")
}

// Resolve returns the resource path of the entry that a relative link refers to, with the link's
// query and fragment. Any other link is returned as it is.
// Links are resolved as in the tree: from the folder of the entry's file. Links to folders,
// pictures and files of other kinds refer to no entry. It does not check whether the entry exists.
func Resolve(t content.EntryType, slug, link string) string {
	target, after := cutLink(link)
	if plain, err := url.PathUnescape(target); err == nil {
		target = plain
	}
	if !internal(target) || strings.HasPrefix(target, "/") || !strings.HasSuffix(target, ".md") {
		return link
	}
	file := path.Join(path.Dir(path.Join("/", t.Stem(), slug)), target)
	stem, rest, ok := strings.Cut(strings.TrimPrefix(file, "/"), "/")
	linked, isType := content.TypeByStem(stem)
	if !ok || !isType {
		return link
	}
	m := content.Meta{Type: linked, Slug: content.CleanSlug(strings.TrimSuffix(rest, ".md"))}
	return m.ResourcePath() + after
}
