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

	"patternhub/content"
)

// boxKind is the kind of nodes that admonitions and tabs make.
var boxKind = ast.NewNodeKind("Box")

// box is an admonition (!!! note "Title"), one that folds (??? note) or a tab (=== "Title"):
// a title and the indented blocks below it.
type box struct {
	ast.BaseBlock
	// class is the kind of admonition, empty for a tab.
	class, title string
	// folds tells that it can be folded, open that it is not at first.
	folds, open bool
}

// Kind is the kind of the node.
func (*box) Kind() ast.NodeKind { return boxKind }

// Dump writes the node for debugging.
func (b *box) Dump(source []byte, level int) {
	ast.DumpHelper(b, source, level, map[string]string{"Class": b.class, "Title": b.title}, nil)
}

var (
	admonition = regexp.MustCompile(`^(!!!|\?\?\?\+?) *([A-Za-z][A-Za-z0-9_-]*)((?: +[A-Za-z][A-Za-z0-9_-]*)*)(?: +"([^"]*)")? *$`)
	tab        = regexp.MustCompile(`^===[!+]{0,2} +"([^"]+)" *$`)
)

// openBox reads the line that opens a box; nil when it opens none.
// A title in quotes stands as it is; without one the kind is the title, in words; and an empty pair
// of quotes is a box without a title. Further words after the kind are classes for a style sheet
// and are dropped.
func openBox(line string) *box {
	if m := tab.FindStringSubmatch(line); m != nil {
		return &box{title: m[1]}
	}
	m := admonition.FindStringSubmatch(line)
	if m == nil {
		return nil
	}
	b := &box{class: strings.ToLower(m[2]), title: m[4], folds: m[1] != "!!!", open: m[1] == "???+"}
	if b.title == "" && !strings.Contains(line, `""`) {
		b.title = content.Words(m[2])
	}
	return b
}

// boxes is the goldmark extension for admonitions and tabs as MkDocs has them.
type boxes struct{}

// Extend adds the parser and the renderer.
func (boxes) Extend(m goldmark.Markdown) {
	// Setext headings (100) would take "===" for an underline, so boxes come before them.
	m.Parser().AddOptions(parser.WithBlockParsers(util.Prioritized(boxParser{}, 90)))
	m.Renderer().AddOptions(renderer.WithNodeRenderers(util.Prioritized(boxRenderer{}, 500)))
}

type boxParser struct{}

// indentation is how far what belongs to a box stands in.
// It is the same as that of indented code, as Python-Markdown has it: two spaces, enough for a
// list, do not continue a box.
const indentation = 4

// Trigger lists the characters that a box starts with.
func (boxParser) Trigger() []byte { return []byte{'!', '?', '='} }

// Open opens a box.
func (boxParser) Open(_ ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	line, _ := reader.PeekLine()
	at := pc.BlockOffset()
	if at < 0 || pc.BlockIndent() >= indentation {
		return nil, parser.NoChildren
	}
	b := openBox(strings.TrimRight(string(line[at:]), "\r\n"))
	if b == nil {
		return nil, parser.NoChildren
	}
	reader.AdvanceToEOL()
	return b, parser.HasChildren
}

// Continue takes in lines that are indented, and empty ones.
// A box ends at the first line that stands further left and is not empty. What is further in
// belongs to the blocks inside and keeps the rest of its indentation.
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

// Close has nothing to do.
func (boxParser) Close(ast.Node, text.Reader, parser.Context) {}

// CanInterruptParagraph tells that a box may follow a text at once.
func (boxParser) CanInterruptParagraph() bool { return true }

// CanAcceptIndentedLine tells that an indented mark is code.
func (boxParser) CanAcceptIndentedLine() bool { return false }

type boxRenderer struct{}

// RegisterFuncs registers the renderer of boxes.
func (r boxRenderer) RegisterFuncs(reg renderer.NodeRendererFuncRegisterer) {
	reg.Register(boxKind, r.render)
}

// render writes a div, or details for a box that folds. The title is escaped here; the class is one
// that the expressions above let through, and the sanitiser checks both again.
func (boxRenderer) render(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	b := n.(*box) //nolint:forcetypeassert // registered for this kind alone
	title := string(util.EscapeHTML([]byte(b.title)))
	class := "admonition " + b.class
	if b.class == "" {
		class = "tab"
	}
	open, closing := `<div class="`+class+`">`, "</div>\n"
	if title != "" {
		open += "\n" + `<p class="` + strings.Fields(class)[0] + `-title">` + title + "</p>"
	}
	if b.folds {
		open, closing = `<details class="`+class+`">`+"\n<summary>"+title+"</summary>", "</details>\n"
		if b.open {
			open = strings.Replace(open, ">", " open>", 1)
		}
	}
	if !entering {
		open = closing
	} else {
		open += "\n"
	}
	_, err := w.WriteString(open)
	return ast.WalkContinue, err //nolint:wrapcheck // goldmark's own writer
}

// attributeList finds the attribute lists that MkDocs reads: {: .class }, { #id .class }, and
// lists of names and values behind a link or picture.
var attributeList = regexp.MustCompile(`\{:?[ ]*(?:[.#][\w-]+|[a-z][\w-]*="[^"]*")(?:[ ]+(?:[.#][\w-]+|[a-z][\w-]*="[^"]*"))*[ ]*\}`)

// stripAttributes takes attribute lists out of a text outside of code, since what they say is
// for another program's style sheets. Lines are kept, so that nothing else moves.
// Text between back quotes and lines that are indented as code keep theirs, for there they are what
// the author shows. A line that begins with a list of attributes has it taken out even when
// indented.
func stripAttributes(markdown string) string {
	if !strings.Contains(markdown, "{") {
		return markdown
	}
	var code fence
	lines := strings.SplitAfter(markdown, "\n")
	for i, l := range lines {
		if code.inside(l) || !strings.Contains(l, "{") || strings.HasPrefix(l, "    ") && !strings.HasPrefix(strings.TrimSpace(l), "{:") {
			continue
		}
		parts := strings.Split(l, "`")
		for j := 0; j < len(parts); j += 2 {
			parts[j] = attributeList.ReplaceAllString(parts[j], "")
		}
		lines[i] = strings.Join(parts, "`")
	}
	return strings.Join(lines, "")
}
