package markdown

import (
	"regexp"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// attributeLists is the goldmark extension for the attribute lists of Python-Markdown: {: #id
// .class } and {#id .class} after a heading, a paragraph, a link and the like. The id is used, and the size
// and the alignment of a picture. The rest is for the style sheets of another site and is dropped.
type attributeLists struct{}

// Extend adds the parser, the renderer, and the transformer that decides where a list is valid.
func (attributeLists) Extend(m goldmark.Markdown) {
	m.Parser().AddOptions(
		parser.WithInlineParsers(util.Prioritized(listParser{}, 600)),
		parser.WithASTTransformers(util.Prioritized(listTransformer{}, 100)))
	m.Renderer().AddOptions(renderer.WithNodeRenderers(util.Prioritized(listRenderer{}, 500)))
}

// listKind is the node kind of attribute lists.
var listKind = ast.NewNodeKind("AttributeList")

// attributeList is an attribute list in text.
type attributeList struct {
	ast.BaseInline
	segment text.Segment
	// colon is set if the list begins with a colon, so that it can be nothing else.
	colon bool
	id    []byte
	// look are the names and values that pictures use.
	look [][2][]byte
}

// Kind returns the kind of the node.
func (*attributeList) Kind() ast.NodeKind { return listKind }

// Dump writes the node for debugging.
func (n *attributeList) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

var (
	// listText matches an attribute list: ids, classes, names with values, and after a colon any
	// word.
	listText = regexp.MustCompile(`^\{(?:(:)[ ]*(?:` + listItem + `|[\w-]+)(?:[ ]+(?:` + listItem + `|[\w-]+))*|[ ]*` + listItem + `(?:[ ]+` + listItem + `)*)[ ]*\}`)
	// listID matches an id in a list. The last one counts, as in Python-Markdown.
	listID = regexp.MustCompile(`[ :{](?:#([^\s{}"'=<>#]+)|id=["']?([^\s{}"'=<>]+))`)
	// listLook matches the size and the alignment of a picture in a list.
	listLook = regexp.MustCompile(`[ :{](width|height|align)=["']?([\w%]+)`)
	// fenceClass matches the language in a list at the fence of a code block.
	fenceClass = regexp.MustCompile(`^\{:?[ ]*\.([\w+#-]+)[^}]*\}`)
)

const listItem = `(?:[.#][^\s{}"'=<>]+|[A-Za-z_@:][\w:.@-]*=(?:"[^"]*"|'[^']*'|[^\s{}"'=<>]+))`

type listParser struct{}

// Trigger returns the character that a list starts with.
func (listParser) Trigger() []byte { return []byte{'{'} }

// Parse parses a list.
func (listParser) Parse(_ ast.Node, block text.Reader, _ parser.Context) ast.Node {
	line, segment := block.PeekLine()
	m := listText.FindSubmatchIndex(line)
	if m == nil {
		return nil
	}
	n := &attributeList{segment: segment.WithStop(segment.Start + m[1]), colon: m[2] >= 0}
	for _, id := range listID.FindAllSubmatch(line[:m[1]], -1) {
		if n.id = id[1]; len(n.id) == 0 {
			n.id = id[2]
		}
	}
	for _, look := range listLook.FindAllSubmatch(line[:m[1]], -1) {
		n.look = append(n.look, [2][]byte{look[1], look[2]})
	}
	block.Advance(m[1])
	return n
}

type listTransformer struct{}

// Transform sets the ids of headings from their lists, drops lists without an id, and turns lists
// back into text at positions where Python-Markdown accepts none.
func (listTransformer) Transform(doc *ast.Document, reader text.Reader, _ parser.Context) {
	source := reader.Source()
	var found []*attributeList
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			switch n := n.(type) {
			case *attributeList:
				found = append(found, n)
			case *ast.FencedCodeBlock:
				nameLanguage(n, source)
			}
		}
		return ast.WalkContinue, nil
	})
	for _, n := range found {
		parent := n.Parent()
		if !n.valid(source) {
			parent.ReplaceChild(parent, n, ast.NewTextSegment(n.segment))
			continue
		}
		if picture, ok := n.PreviousSibling().(*ast.Image); ok {
			for _, look := range n.look {
				picture.SetAttribute(look[0], look[1])
			}
		}
		n.trimBefore(source)
		if h, ok := parent.(*ast.Heading); ok && n.NextSibling() == nil && len(n.id) > 0 {
			h.SetAttributeString("id", n.id)
			n.id = nil
		}
		if len(n.id) == 0 {
			parent.RemoveChild(parent, n)
		}
		if _, ok := parent.(*ast.Paragraph); ok && !parent.HasChildren() {
			parent.Parent().RemoveChild(parent.Parent(), parent)
		}
	}
}

// nameLanguage sets the language of a code block from a list at its fence.
func nameLanguage(n *ast.FencedCodeBlock, source []byte) {
	if n.Info == nil {
		return
	}
	if m := fenceClass.FindSubmatchIndex(n.Info.Value(source)); m != nil {
		n.Info.Segment = text.NewSegment(n.Info.Segment.Start+m[2], n.Info.Segment.Start+m[3])
	}
}

// valid reports whether a list is at a position that allows one: directly after a link, a picture,
// code or emphasis; at the end of a heading, a cell or a term; on the last line of a paragraph,
// alone or with a colon.
func (n *attributeList) valid(source []byte) bool {
	before := n.PreviousSibling()
	switch before.(type) {
	case *ast.Link, *ast.Image, *ast.CodeSpan, *ast.Emphasis, *ast.AutoLink, *east.Strikethrough:
		return true
	}
	parent := n.Parent()
	if parent.Type() != ast.TypeBlock {
		return false
	}
	for next := n.NextSibling(); next != nil; next = next.NextSibling() {
		if t, ok := next.(*ast.Text); !ok || !util.IsBlank(t.Value(source)) {
			return false
		}
	}
	switch parent.(type) {
	case *ast.Heading, *east.TableCell, *east.DefinitionTerm:
		return true
	}
	t, isText := before.(*ast.Text)
	return n.colon || isText && t.SoftLineBreak()
}

// trimBefore removes the spaces and the line end between text and its list.
func (n *attributeList) trimBefore(source []byte) {
	t, ok := n.PreviousSibling().(*ast.Text)
	if !ok {
		return
	}
	t.SetSoftLineBreak(false)
	t.SetHardLineBreak(false)
	if n.NextSibling() == nil {
		t.Segment = t.Segment.TrimRightSpace(source)
	}
}

type listRenderer struct{}

// RegisterFuncs registers the renderer of lists.
func (listRenderer) RegisterFuncs(reg renderer.NodeRendererFuncRegisterer) {
	reg.Register(listKind, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		_, err := w.WriteString(`<span id="` + string(util.EscapeHTML(n.(*attributeList).id)) + `"></span>`) //nolint:forcetypeassert // registered for this kind alone
		return ast.WalkContinue, err                                                                         //nolint:wrapcheck // goldmark's own writer
	})
}

// notes is the goldmark extension for footnotes. It also shows those that no text refers to.
type notes struct{}

// Extend adds goldmark's footnotes, with ids that are unique among all texts of the hub.
func (notes) Extend(m goldmark.Markdown) {
	extension.NewFootnote(extension.WithFootnoteIDPrefixFunction(func(n ast.Node) []byte {
		prefix, _ := n.OwnerDocument().Meta()[metaPrefix].(string)
		return []byte(prefix)
	})).Extend(m)
	// Goldmark's own transformer has the priority 999.
	m.Parser().AddOptions(parser.WithASTTransformers(
		util.Prioritized(noteTransformer{}, 998), util.Prioritized(backlinkTransformer{}, 1000)))
}

// noteTransformer numbers footnotes without references, which goldmark would omit.
type noteTransformer struct{}

// Transform numbers footnotes.
func (noteTransformer) Transform(doc *ast.Document, _ text.Reader, _ parser.Context) {
	eachNote(doc, func(list *east.FootnoteList, n *east.Footnote) {
		if n.Index < 0 {
			list.Count++
			n.Index = list.Count
		}
	})
}

// backlinkTransformer removes the backlinks of footnotes without references.
type backlinkTransformer struct{}

// Transform removes backlinks.
func (backlinkTransformer) Transform(doc *ast.Document, _ text.Reader, _ parser.Context) {
	eachNote(doc, func(_ *east.FootnoteList, n *east.Footnote) {
		for _, parent := range []ast.Node{n, n.LastChild()} {
			if parent == nil {
				continue
			}
			if l, ok := parent.LastChild().(*east.FootnoteBacklink); ok && l.RefCount == 0 {
				parent.RemoveChild(parent, l)
			}
		}
	})
}

// eachNote calls f with each footnote of a document.
func eachNote(doc *ast.Document, f func(*east.FootnoteList, *east.Footnote)) {
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		list, ok := n.(*east.FootnoteList)
		if !ok || !entering {
			return ast.WalkContinue, nil
		}
		for c := list.FirstChild(); c != nil; c = c.NextSibling() {
			if note, ok := c.(*east.Footnote); ok {
				f(list, note)
			}
		}
		return ast.WalkSkipChildren, nil
	})
}
