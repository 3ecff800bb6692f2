package markdown

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"

	"patternhub/internal/content"
)

// Stored returns the Markdown of a body as a write stores it: with line feeds and one line end at its end.
func Stored(body string) string { return trimBody(unix(body)) }

// Refused returns the problems for which a write of a text is refused. A text that has one may take long to
// render, so callers do not render it.
func Refused(body string) []*content.TextProblem {
	var out []*content.TextProblem
	for _, err := range reviewText(body) {
		p := &content.TextProblem{Code: content.ProblemDiagram, Line: 1, Column: 1, Message: err.Error()}
		if at, ok := errors.AsType[*Problem](err); ok {
			p.Line, p.Column, p.Message = at.Line, at.Column, at.What
		}
		if Check(body) != nil && len(out) == 0 {
			p.Code = content.ProblemText
		}
		out = append(out, p)
	}
	return out
}

// maxLint bounds the problems of a text: no one mends more at once.
const maxLint = 100

// Lint returns the problems of a text that do not prevent a write, at most 100, and its links to entries, of which the
// caller knows whether they exist. rendered is the text as Render has rendered it for the entry with that
// type and slug. The text must have passed Refused.
func (r *Renderer) Lint(t content.EntryType, slug, body string, rendered *content.RichText) (problems []*content.TextProblem, links []content.EntryLink) {
	source := []byte(unix(body))
	l := &linter{source: source, resolve: func(link string) string { return Resolve(t, slug, link) }, anchors: anchorsOf(rendered.HTML)}
	for i := range rendered.Files {
		l.files = append(l.files, rendered.Files[i].Link)
	}
	_ = ast.Walk(r.md.Parser().Parse(text.NewReader(source)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			l.node(n)
		}
		if len(l.problems) >= maxLint {
			return ast.WalkStop, nil
		}
		return ast.WalkContinue, nil
	})
	return l.problems, l.links
}

// identified matches the ids of rendered HTML, which the sanitiser writes in one form.
var identified = regexp.MustCompile(` id="([^"]*)"`)

// anchorsOf returns the ids to which links of a text can lead. An empty fragment and "top" lead to the top
// of any page. The ids are read from the HTML, since only the renderer knows which ones it gives, and to
// what it renames those of the page.
func anchorsOf(html string) map[string]bool {
	out := map[string]bool{"": true, "top": true}
	for _, m := range identified.FindAllStringSubmatch(html, -1) {
		out[m[1]] = true
	}
	return out
}

// linter looks at the nodes of a text in their order.
type linter struct {
	source   []byte
	resolve  func(link string) string
	anchors  map[string]bool
	files    []string
	level    int // of the last heading, 0 before the first
	problems []*content.TextProblem
	links    []content.EntryLink
}

// node looks at a node.
func (l *linter) node(n ast.Node) {
	switch n := n.(type) {
	case *ast.Heading:
		if l.level > 0 && n.Level > l.level+1 {
			l.report(n, content.ProblemHeadingOrder, "a heading of level %d follows one of level %d: readers who jump between headings miss a level", n.Level, l.level)
		}
		l.level = n.Level
	case *ast.Image:
		if strings.TrimSpace(plainOf(n, l.source)) == "" {
			l.report(n, content.ProblemAltText, "the picture %s has no alternative text: write what it shows between the brackets", brief(string(n.Destination)))
		}
	case *ast.Link:
		l.link(n, string(n.Destination))
	}
}

// vague lists texts of links that say nothing of their target.
var vague = []string{"here", "click here", "link", "this", "this link", "this page", "more", "read more", "see more", "learn more", "details"}

// link looks at the text and the target of a link.
func (l *linter) link(n *ast.Link, target string) {
	shown := content.Spaced(plainOf(n, l.source))
	switch word := strings.ToLower(strings.Trim(shown, " .:!>»→")); {
	case shown == "" && n.ChildCount() == 0:
		l.report(n, content.ProblemLinkText, "the link to %s has no text", brief(target))
	case slices.Contains(vague, word):
		l.report(n, content.ProblemLinkText, "%q says nothing of where the link leads: readers who list links see only that", brief(shown))
	}
	if fragment, ok := strings.CutPrefix(target, "#"); ok {
		if plain, err := url.PathUnescape(fragment); err == nil {
			fragment = plain
		}
		if !l.anchors[fragment] && !l.anchors[safeID(fragment)] {
			l.report(n, content.ProblemAnchor, "this text has no heading with the anchor #%s", brief(fragment))
		}
		return
	}
	l.entry(n, target)
}

// entry notes a link to an entry, and reports one to a file that can be none.
func (l *linter) entry(n *ast.Link, target string) {
	plain := plainPath(l.resolve(target))
	switch {
	case slices.Contains(l.files, plainPath(target)) || !internal(plain):
	case !strings.HasPrefix(plain, "/") && strings.HasSuffix(plain, ".md"):
		l.report(n, content.ProblemLink, "%s leads to no entry: links lead to files in the folder of a type, such as ../pattern/saga.md", brief(target))
	case strings.HasPrefix(plain, "/"):
		t, slug := content.ParseResourcePath(plain)
		if t != content.TypePage || l.resolve(target) != target { // other addresses may be pages of the site
			line, column := l.at(n)
			l.links = append(l.links, content.EntryLink{Type: t, Slug: slug, Line: line, Column: column})
		}
	}
}

// plainPath returns a link without its query, fragment and escapes.
func plainPath(link string) string {
	path, _ := cutLink(link)
	if plain, err := url.PathUnescape(path); err == nil {
		return plain
	}
	return path
}

// report adds a problem at a node.
func (l *linter) report(n ast.Node, code content.TextProblemCode, format string, args ...any) {
	line, column := l.at(n)
	l.problems = append(l.problems, &content.TextProblem{Code: code, Line: line, Column: column, Message: fmt.Sprintf(format, args...)})
}

// at returns the position of the text of a node, or of the block around a node without text. Inline nodes
// have no position of their own in the parser's tree.
func (l *linter) at(n ast.Node) (line, column int) {
	offset := l.offset(n)
	before := l.source[:offset]
	return bytes.Count(before, []byte("\n")) + 1, offset - bytes.LastIndexByte(before, '\n')
}

// offset returns the offset of a node's text, or of its destination in the block around it.
func (l *linter) offset(n ast.Node) int {
	found := -1
	_ = ast.Walk(n, func(child ast.Node, entering bool) (ast.WalkStatus, error) {
		if t, ok := child.(*ast.Text); ok && entering {
			found = t.Segment.Start
			return ast.WalkStop, nil
		}
		return ast.WalkContinue, nil
	})
	if found >= 0 {
		return min(found, len(l.source))
	}
	for block := n; block != nil; block = block.Parent() {
		if block.Type() != ast.TypeBlock || block.Lines().Len() == 0 {
			continue
		}
		start, end := block.Lines().At(0).Start, block.Lines().At(block.Lines().Len()-1).Stop
		if image, ok := n.(*ast.Image); ok {
			if at := bytes.Index(l.source[start:end], image.Destination); at >= 0 {
				return start + at
			}
		}
		return start
	}
	return 0
}

// plainOf returns the text of a node and of what is in it, as a screen reader says it: pictures in it are
// their alternative texts, and line ends are spaces.
func plainOf(n ast.Node, source []byte) string {
	var b strings.Builder
	_ = ast.Walk(n, func(child ast.Node, entering bool) (ast.WalkStatus, error) {
		switch t := child.(type) {
		case *ast.Text:
			if entering {
				b.Write(t.Segment.Value(source))
				if t.SoftLineBreak() {
					b.WriteByte(' ')
				}
			}
		case *ast.String:
			if entering {
				b.Write(t.Value)
			}
		}
		return ast.WalkContinue, nil
	})
	return b.String()
}

// Fences returns the lines of the Mermaid diagrams of a text, in order.
func Fences(body string) []int {
	var out []int
	for _, d := range diagrams(body) {
		out = append(out, d.line)
	}
	return out
}
