package markdown

import (
	"html"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
	tree "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// openingWords is the beginning of the Markdown, as plain text.
type openingWords struct {
	// title is the first heading of the first level, heading the first one of any other.
	title, heading, paragraph string
}

var (
	// plainParser parses Markdown like other programs. It makes no HTML, so the renderer's extensions
	// do not matter here.
	plainParser = sync.OnceValue(func() parser.Parser {
		p := goldmark.New(goldmark.WithExtensions(extension.GFM, extension.Footnote, extension.DefinitionList)).Parser()
		p.AddOptions(parser.WithInlineParsers(util.Prioritized(componentParser{}, 250)))
		return p
	})
	// lineParser parses one line as a paragraph, even if it looks like another block.
	lineParser = sync.OnceValue(func() parser.Parser {
		return parser.NewParser(
			parser.WithBlockParsers(util.Prioritized(parser.NewParagraphParser(), 1000)),
			parser.WithInlineParsers(append(parser.DefaultInlineParsers(),
				util.Prioritized(extension.NewStrikethroughParser(), 500), util.Prioritized(componentParser{}, 250))...))
	})
)

// opening returns the first headings and the first paragraph of the Markdown. Only blocks of the top
// level count, not those in comments, code, quotes and lists, and not paragraphs that other
// programs would not show as such. Headings and paragraphs written as HTML count too.
func opening(body string) openingWords {
	var o openingWords
	p := plainer{source: []byte(body), closed: closedIn(body)}
	doc := plainParser().Parse(text.NewReader(p.source))
	for n := doc.FirstChild(); n != nil && (o.title == "" || o.paragraph == ""); n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Heading:
			o.add(n.Level, p.text(n))
		case *ast.HTMLBlock:
			block := n.Lines().Value(p.source)
			if n.HasClosure() {
				block = append(block, n.ClosureLine.Value(p.source)...)
			}
			o.addHTML(string(block))
		case *ast.Paragraph:
			if first := n.Lines().At(0); !special.Match(first.Value(p.source)) {
				o.add(0, p.text(n))
			}
		}
	}
	return o
}

// add stores a heading of a level, or a paragraph at level 0. Only the first with a word of each
// kind counts.
func (o *openingWords) add(level int, words string) {
	field := &o.heading
	switch level {
	case 0:
		field = &o.paragraph
	case 1:
		field = &o.title
	}
	if *field == "" {
		*field = words
	}
}

// wrappers are the elements in which a paragraph written as HTML counts.
var wrappers = []string{"div", "section", "article", "main", "header", "center", "hgroup"}

// addHTML adds the headings and paragraphs of a block of HTML. Text outside of elements, such as
// after a comment, is a paragraph.
func (o *openingWords) addHTML(block string) {
	nodes, err := tree.ParseFragment(strings.NewReader(block), &tree.Node{Type: tree.ElementNode, Data: "body", DataAtom: atom.Body})
	if err != nil {
		return
	}
	var walk func(*tree.Node)
	walk = func(n *tree.Node) {
		switch level := headingLevel(n.Data); {
		case n.Type != tree.ElementNode:
		case level > 0:
			o.add(level, tidied(htmlText(n)))
		case n.Data == "p":
			o.add(0, tidied(htmlText(n)))
		case slices.Contains(wrappers, n.Data):
			for c := range n.ChildNodes() {
				walk(c)
			}
		}
	}
	var bare strings.Builder
	for _, n := range nodes {
		if n.Type == tree.TextNode || n.Type == tree.ElementNode && elements[n.Data] == inlineElement {
			bare.WriteString(htmlText(n))
		} else {
			walk(n)
		}
	}
	o.add(0, tidied(bare.String()))
}

// htmlText returns the text of a node of HTML.
func htmlText(n *tree.Node) string {
	switch {
	case n.Type == tree.TextNode:
		return n.Data
	case textless[n.Data] || n.Type == tree.CommentNode:
		return ""
	case n.Data == "br":
		return " "
	}
	var b strings.Builder
	for c := range n.ChildNodes() {
		b.WriteString(htmlText(c))
	}
	return b.String()
}

var (
	// special matches the first lines of paragraphs that are something else: admonitions, tabs,
	// containers, attribute lists, abbreviations, tables of contents, snippets, comments of notes,
	// and the code of MDX.
	special    = regexp.MustCompile(`^\s*(!!!|\?\?\?|===|:::|\{|\*\[|\[TOC\]|\[\[_?toc|--8<--|%%|\$\$|import\s+["'{*\w].*["']|export\s+(const|default|let|function)\b)`)
	attributes = regexp.MustCompile(`\{:?[ ]*[.#][^}]*\}|\{:[^}]*\}`)
	// macro matches template expressions of Jinja, Liquid, Hugo and MDX.
	macro = regexp.MustCompile(`\{\{.*?\}\}|\{%.*?%\}|\{/\*.*?\*/\}|%%.*?%%`)
	// wiki matches a link of Obsidian, loose a reference with its definition elsewhere. A word in
	// brackets alone is not a reference, and stays as it is written.
	wiki  = regexp.MustCompile(`!?\[\[(?:[^\[\]|]*\|)?([^\[\]|]+)\]\]`)
	loose = regexp.MustCompile(`(^|[\s(])\[([^\[\]^][^\[\]]*)\]\[[^\[\]]*\]`)
)

// words returns the plain text of one line of Markdown, as other programs show titles and
// descriptions. If it would have no word, the line itself is returned, without needless spaces.
func words(line string) string {
	line = strings.Join(strings.Fields(line), " ")
	p := plainer{source: []byte(line), closed: closedIn(line)}
	if plain := p.text(lineParser().Parse(text.NewReader(p.source))); plain != "" {
		return plain
	}
	return line
}

// plainer converts parsed Markdown to plain text.
type plainer struct {
	source []byte
	// closed holds the elements that the source closes somewhere.
	closed map[string]bool
}

// text returns the text of a block without its marks; empty when it has no word. A link leaves its
// text, a picture nothing.
func (p *plainer) text(block ast.Node) string {
	var b strings.Builder
	_ = ast.Walk(block, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Text:
			b.WriteString(literal(string(n.Segment.Value(p.source))))
			if n.SoftLineBreak() || n.HardLineBreak() {
				b.WriteByte(' ')
			}
		case *ast.String:
			b.Write(n.Value)
		case *ast.CodeSpan:
			for c := n.FirstChild(); c != nil; c = c.NextSibling() {
				if t, ok := c.(*ast.Text); ok {
					b.WriteString(shield.Replace(string(t.Segment.Value(p.source))))
				}
			}
			return ast.WalkSkipChildren, nil
		case *ast.AutoLink:
			b.Write(n.Label(p.source))
		case *ast.RawHTML:
			b.WriteString(p.rawText(string(n.Segments.Value(p.source))))
		case *ast.Image, *extast.FootnoteLink:
			return ast.WalkSkipChildren, nil
		}
		return ast.WalkContinue, nil
	})
	return tidied(b.String())
}

// rawText returns the text of a tag: a space for a line break, the tag itself if it only looks like
// one, or nothing.
func (p *plainer) rawText(tag string) string {
	var b strings.Builder
	for _, t := range tokens(rawHTML(tag, p.closed)) {
		switch {
		case t.Type == tree.TextToken:
			b.WriteString(shield.Replace(t.Data))
		case t.Data == "br":
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// component matches a tag of MDX whose attributes contain code. The code may have signs that would
// end a tag of HTML.
var component = func() *regexp.Regexp {
	program := `\{[^{}]*\}`
	for range 3 { // the depth of nested braces
		program = `\{(?:[^{}]|` + program + `)*\}`
	}
	return regexp.MustCompile(`^<[A-Za-z][\w.]*(?:\s+(?:[\w:.-]+(?:=(?:"[^"]*"|'[^']*'|` + program + `))?|` + program + `))*\s*/?>`)
}()

// maxComponent bounds the tag of a component, in bytes.
const maxComponent = 2000

// componentParser omits the tags of MDX that contain code.
type componentParser struct{}

// Trigger returns the character that a tag starts with.
func (componentParser) Trigger() []byte { return []byte{'<'} }

// Parse skips a tag.
func (componentParser) Parse(_ ast.Node, block text.Reader, _ parser.Context) ast.Node {
	_, segment := block.PeekLine()
	rest := block.Source()[segment.Start:]
	tag := component.Find(rest[:min(len(rest), maxComponent)])
	if !strings.Contains(string(tag), "{") || strings.Contains(string(tag), "\n\n") {
		return nil
	}
	for end := segment.Start + len(tag); ; block.AdvanceLine() {
		line, at := block.PeekLine()
		if line == nil {
			return nil
		}
		if end <= at.Stop {
			block.Advance(end - at.Start)
			return ast.NewString(nil)
		}
	}
}

// literal resolves the escapes and entities of a string. Escaped brackets are shielded, since they
// are not a link.
func literal(s string) string {
	var b strings.Builder
	for {
		at := strings.IndexByte(s, '\\')
		if at < 0 || at+1 == len(s) {
			break
		}
		b.WriteString(html.UnescapeString(s[:at]))
		if next := s[at+1]; next < utf8.RuneSelf && (unicode.IsPunct(rune(next)) || unicode.IsSymbol(rune(next))) {
			b.WriteString(shield.Replace(string(next)))
			s = s[at+2:]
			continue
		}
		b.WriteByte('\\')
		s = s[at+1:]
	}
	return b.String() + html.UnescapeString(s)
}

// shield replaces brackets with characters that texts cannot have, so that tidied leaves them
// alone; unshield restores them.
var (
	shield   = strings.NewReplacer("[", "\x01", "]", "\x02", "{", "\x03", "}", "\x04")
	unshield = strings.NewReplacer("\x01", "[", "\x02", "]", "\x03", "{", "\x04", "}")
)

// tidied removes macros, attributes and other marks that are neither Markdown nor text. It returns
// nothing for a string without a word.
func tidied(s string) string {
	s = macro.ReplaceAllString(s, "")
	s = attributes.ReplaceAllString(s, "")
	s = wiki.ReplaceAllString(s, "$1")
	s = loose.ReplaceAllString(s, "$1$2")
	s = strings.Join(strings.Fields(unshield.Replace(s)), " ")
	if !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsSymbol(r) && r > utf8.RuneSelf
	}) {
		return ""
	}
	return s
}
