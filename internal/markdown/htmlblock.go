package markdown

import (
	"regexp"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// rawElements is the goldmark extension for HTML in Markdown. HTML is preserved, and an element
// with the attribute markdown contains Markdown, as in MkDocs (<div markdown>).
type rawElements struct{}

// Extend adds the parser and the renderers.
func (rawElements) Extend(m goldmark.Markdown) {
	// HTML blocks (900) would read the whole element as HTML.
	m.Parser().AddOptions(parser.WithBlockParsers(util.Prioritized(elementParser{}, 850)))
	m.Renderer().AddOptions(renderer.WithNodeRenderers(util.Prioritized(htmlRenderer{}, 500)))
}

// elementKind is the node kind of elements with Markdown.
var elementKind = ast.NewNodeKind("Element")

// element is an HTML element that contains Markdown: blocks, or the text after its tag if it ends
// on the same line. Otherwise its closing tag is a block of HTML after it.
type element struct {
	ast.BaseBlock
	tag, open string
	// depth is the number of times that the tag is open; code tracks fences, in which no tag counts.
	depth int
	code  fence
}

// Kind returns the kind of the node.
func (*element) Kind() ast.NodeKind { return elementKind }

// Dump writes the node for debugging.
func (e *element) Dump(source []byte, level int) {
	ast.DumpHelper(e, source, level, map[string]string{"Open": e.open}, nil)
}

// count updates depth for the tags on a line.
func (e *element) count(line string) {
	if e.code.inside(line) {
		return
	}
	line = strings.ToLower(line)
	e.depth -= strings.Count(line, "</"+e.tag)
	for rest, ok := line, true; ok; {
		if _, rest, ok = strings.Cut(rest, "<"+e.tag); ok && (rest == "" || strings.ContainsRune(" \t\r\n>/", rune(rest[0]))) {
			e.depth++
		}
	}
}

var (
	// elementTag matches the tag of a block that may contain Markdown.
	elementTag = regexp.MustCompile(`^<(?i:(address|article|aside|blockquote|center|dd|details|div|dl|dt|figcaption|figure|footer|header|li|main|nav|ol|p|section|summary|ul))((?:[ \t][^<>]*)?)>`)
	// inMarkdown matches the attribute markdown.
	inMarkdown = regexp.MustCompile(`(?i)[ \t]markdown(?:[ \t]*=[ \t]*["']?(?:1|block|span)["']?)?(?:[ \t/]|$)`)
	// phrases are the elements whose content is one text without paragraphs.
	phrases = map[string]bool{"dt": true, "figcaption": true, "p": true, "summary": true}
)

// maxElements bounds the depth of elements with Markdown, since each scans every line inside it.
// Deeper ones are plain HTML.
const maxElements = 20

// within counts the elements with Markdown around the content of a node.
func within(n ast.Node) int {
	count := 0
	for ; n != nil; n = n.Parent() {
		if n.Kind() == elementKind {
			count++
		}
	}
	return count
}

type elementParser struct{}

// Trigger returns the character that an element starts with.
func (elementParser) Trigger() []byte { return []byte{'<'} }

// Open opens an element that has the attribute or is inside one that has it.
func (elementParser) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, segment := reader.PeekLine()
	at := pc.BlockOffset()
	if at < 0 || pc.BlockIndent() >= indentation {
		return nil, parser.NoChildren
	}
	m := elementTag.FindSubmatch(line[at:])
	if m == nil || parent.Kind() != elementKind && !inMarkdown.Match(m[2]) || within(parent) >= maxElements {
		return nil, parser.NoChildren
	}
	e := &element{tag: strings.ToLower(string(m[1])), open: string(m[0])}
	at += len(m[0])
	if e.count(string(line)); e.depth <= 0 {
		rest := text.NewSegment(segment.Start+at-segment.Padding, segment.Stop)
		e.Lines().Append(rest.TrimRightSpace(reader.Source()))
		reader.AdvanceToEOL()
		return e, parser.NoChildren
	}
	reader.Advance(at)
	return e, parser.HasChildren
}

// Continue adds lines up to the one with the closing tag. A line that begins with that tag is not
// part of the element.
func (elementParser) Continue(node ast.Node, reader text.Reader, _ parser.Context) parser.State {
	e := node.(*element) //nolint:forcetypeassert // the parser's own node
	if e.depth <= 0 {
		return parser.Close
	}
	line, _ := reader.PeekLine()
	if e.count(string(line)); e.depth <= 0 && strings.HasPrefix(strings.TrimSpace(string(line)), "</") {
		return parser.Close
	}
	return parser.Continue | parser.HasChildren
}

// Close replaces the only paragraph of a phrase with its text.
func (elementParser) Close(node ast.Node, _ text.Reader, _ parser.Context) {
	e := node.(*element) //nolint:forcetypeassert // the parser's own node
	p, ok := e.FirstChild().(*ast.Paragraph)
	if !ok || !phrases[e.tag] || e.ChildCount() > 1 {
		return
	}
	t := ast.NewTextBlock()
	t.SetLines(p.Lines())
	e.ReplaceChild(e, p, t)
}

// CanInterruptParagraph reports that an element may follow a paragraph without an empty line.
func (elementParser) CanInterruptParagraph() bool { return true }

// CanAcceptIndentedLine reports that an indented tag is code.
func (elementParser) CanAcceptIndentedLine() bool { return false }

type htmlRenderer struct{}

// RegisterFuncs registers the renderers of HTML.
func (r htmlRenderer) RegisterFuncs(reg renderer.NodeRendererFuncRegisterer) {
	reg.Register(elementKind, r.render)
	reg.Register(ast.KindHTMLBlock, r.render)
	reg.Register(ast.KindRawHTML, r.render)
}

// render writes the HTML of a node, with its tags in pairs. The policy is applied at the end, to
// all HTML alike.
func (htmlRenderer) render(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	var b strings.Builder
	switch n := node.(type) {
	case *element:
		b.WriteString(n.open)
	case *ast.HTMLBlock:
		for _, s := range n.Lines().Sliced(0, n.Lines().Len()) {
			b.Write(s.Value(source))
		}
		if n.HasClosure() {
			b.Write(n.ClosureLine.Value(source))
		}
	case *ast.RawHTML:
		for _, s := range n.Segments.Sliced(0, n.Segments.Len()) {
			b.Write(s.Value(source))
		}
	}
	closed, _ := node.OwnerDocument().Meta()[metaClosed].(map[string]bool)
	_, err := w.WriteString(rawHTML(b.String(), closed))
	return ast.WalkContinue, err //nolint:wrapcheck // goldmark's own writer
}
