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

	"patternhub/internal/content"
)

// boxKind is the node kind of admonitions and tabs.
var boxKind = ast.NewNodeKind("Box")

// box is an admonition (!!! note "Title"), one that folds (??? note) or a tab (=== "Title"): a
// title and the indented blocks below it.
type box struct {
	ast.BaseBlock
	// class is the kind of admonition, empty for a tab.
	class string
	// from and to are the offsets of the title in the line that opens the box; word is the title if
	// the line has none.
	from, to int
	word     string
	// folds means that the box can be folded, open that it is unfolded at first.
	folds, open bool
}

// titleKind is the node kind of the titles of boxes.
var titleKind = ast.NewNodeKind("BoxTitle")

// boxTitle is the title of a box, which may have emphasis, code and links; or a word for a box
// without a title.
type boxTitle struct {
	ast.BaseBlock
	word string
}

// Kind returns the kind of the node.
func (*boxTitle) Kind() ast.NodeKind { return titleKind }

// Dump writes the node for debugging.
func (t *boxTitle) Dump(source []byte, level int) { ast.DumpHelper(t, source, level, nil, nil) }

// Kind returns the kind of the node.
func (*box) Kind() ast.NodeKind { return boxKind }

// Dump writes the node for debugging.
func (b *box) Dump(source []byte, level int) {
	ast.DumpHelper(b, source, level, map[string]string{"Class": b.class}, nil)
}

var (
	admonition = regexp.MustCompile(`^(!!!|\?\?\?\+?) *([A-Za-z][A-Za-z0-9_-]*)((?: +[A-Za-z][A-Za-z0-9_-]*)*)(?: +"(.*)")? *$`)
	tab        = regexp.MustCompile(`^===[!+]{0,2} +"(.+)" *$`)
)

// openBox parses the line that opens a box; nil for any other line.
// A title in quotes is Markdown, and quotes in it may be escaped. Without one the kind is the
// title, in words. An empty pair of quotes means a box without a title, unless it folds: then there
// must be something to click. Further words after the kind are classes for a style sheet and are
// dropped.
func openBox(line string) *box {
	if m := tab.FindStringSubmatchIndex(line); m != nil {
		return &box{from: m[2], to: m[3]}
	}
	m := admonition.FindStringSubmatchIndex(line)
	if m == nil {
		return nil
	}
	mark := line[m[2]:m[3]]
	b := &box{class: strings.ToLower(line[m[4]:m[5]]), folds: mark != "!!!", open: mark == "???+"}
	if m[8] >= 0 {
		b.from, b.to = m[8], m[9]
	}
	if b.from == b.to && (m[8] < 0 || b.folds) {
		b.word = content.Words(line[m[4]:m[5]])
	}
	return b
}

// boxes is the goldmark extension for the admonitions and tabs of MkDocs.
type boxes struct{}

// Extend adds the parser and the renderer.
func (boxes) Extend(m goldmark.Markdown) {
	// Setext headings (100) would read "===" as an underline, so boxes come before them.
	m.Parser().AddOptions(parser.WithBlockParsers(util.Prioritized(boxParser{}, 90)))
	m.Renderer().AddOptions(renderer.WithNodeRenderers(util.Prioritized(boxRenderer{}, 500)))
}

// unquote removes the backslashes before quotes from a quoted title, and returns the new end of the
// title. The backslashes belong to the quotes around it, not to its Markdown, in which code would
// show them. It changes the source, which is the renderer's own copy; the length of the line does
// not change, and it still opens the same box.
func unquote(source []byte, from, to int) int {
	out := from
	for i := from; i < to; i++ {
		if source[i] == '\\' && i+1 < to {
			if i++; source[i] != '"' {
				source[out] = '\\'
				out++
			}
		}
		source[out] = source[i]
		out++
	}
	if out < to {
		source[out] = '"'
		for i := out + 1; i <= to; i++ {
			source[i] = ' '
		}
	}
	return out
}

type boxParser struct{}

// indentation is the indentation of the content of a box. As in Python-Markdown it is that of
// indented code: two spaces, enough for a list, do not continue a box.
const indentation = 4

// Trigger returns the characters that a box starts with.
func (boxParser) Trigger() []byte { return []byte{'!', '?', '='} }

// Open opens a box.
func (boxParser) Open(_ ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, segment := reader.PeekLine()
	at := pc.BlockOffset()
	if at < 0 || pc.BlockIndent() >= indentation {
		return nil, parser.NoChildren
	}
	b := openBox(strings.TrimRight(string(line[at:]), "\r\n"))
	if b == nil {
		return nil, parser.NoChildren
	}
	if b.from < b.to || b.word != "" {
		t := &boxTitle{word: b.word}
		if b.word == "" {
			start := segment.Start + at - segment.Padding
			t.Lines().Append(text.NewSegment(start+b.from, unquote(reader.Source(), start+b.from, start+b.to)))
		}
		b.AppendChild(b, t)
	}
	reader.AdvanceToEOL()
	return b, parser.HasChildren
}

// Continue adds indented and empty lines. The first other line ends the box. Blocks inside keep
// their further indentation.
func (boxParser) Continue(_ ast.Node, reader text.Reader, _ parser.Context) parser.State {
	line, _ := reader.PeekLine()
	if util.IsBlank(line) {
		return parser.Continue | parser.HasChildren
	}
	at, padding := util.IndentPosition(line, reader.LineOffset(), indentation)
	if at < 0 {
		return parser.Close
	}
	reader.AdvanceAndSetPadding(at, padding)
	return parser.Continue | parser.HasChildren
}

// Close does nothing.
func (boxParser) Close(ast.Node, text.Reader, parser.Context) {}

// CanInterruptParagraph reports that a box may follow a paragraph without an empty line.
func (boxParser) CanInterruptParagraph() bool { return true }

// CanAcceptIndentedLine reports that an indented mark is code, not a box.
func (boxParser) CanAcceptIndentedLine() bool { return false }

type boxRenderer struct{}

// RegisterFuncs registers the renderers of boxes and their titles.
func (r boxRenderer) RegisterFuncs(reg renderer.NodeRendererFuncRegisterer) {
	reg.Register(boxKind, r.render)
	reg.Register(titleKind, r.renderTitle)
}

// render writes a div, or details for a box that folds. The expressions above restrict the class,
// and the sanitiser checks it again.
func (boxRenderer) render(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	b := n.(*box) //nolint:forcetypeassert // registered for this kind alone
	name, class, open := "div", "tab", ""
	if b.class != "" {
		class = "admonition " + b.class
	}
	if b.folds {
		name = "details"
	}
	if b.open {
		open = " open"
	}
	tag := "</" + name + ">\n"
	if entering {
		tag = "<" + name + ` class="` + class + `"` + open + ">\n"
	}
	_, err := w.WriteString(tag)
	return ast.WalkContinue, err //nolint:wrapcheck // goldmark's own writer
}

// renderTitle writes the title of a box, as a summary to click if the box folds.
func (boxRenderer) renderTitle(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	b := n.Parent().(*box) //nolint:forcetypeassert // only boxes have titles
	open, closing := `<p class="admonition-title">`, "</p>\n"
	word := string(util.EscapeHTML([]byte(n.(*boxTitle).word))) //nolint:forcetypeassert // registered for this kind alone
	switch {
	case b.folds:
		open, closing = "<summary>", "</summary>\n"
	case b.class == "":
		open = `<p class="tab-title">`
	}
	tag := open + word
	if !entering {
		tag = closing
	}
	_, err := w.WriteString(tag)
	return ast.WalkContinue, err //nolint:wrapcheck // goldmark's own writer
}
