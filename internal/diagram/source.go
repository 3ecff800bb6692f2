package diagram

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"html"
	"regexp"
	"strings"

	"patternhub/internal/content"
)

// version is part of each hash: a picture whose address stays must not change.
const version = "1"

// The limits of a source. Drawing takes longer than in proportion to nodes and edges.
const (
	maxSource = 32 << 10
	maxNodes  = 150
	maxEdges  = 300
)

// The errors of diagrams. ErrFailed is also what a diagram returns that failed before.
var (
	ErrNotDrawable = errors.New("diagrams of this kind are shown as their source")
	ErrTooLarge    = errors.New("the diagram is too large to be drawn")
	ErrFailed      = errors.New("the diagram could not be drawn")
	ErrBusy        = errors.New("too many diagrams wait to be drawn; try again later")
	ErrUnknown     = errors.New("there is no picture with this hash")
)

// block matches a Mermaid block in rendered HTML.
var block = regexp.MustCompile(`(?s)<code class="language-mermaid">(.*?)</code>`)

// In returns the diagrams of a text by its sanitised HTML, in order. The n-th belongs to the n-th
// code element of the class language-mermaid.
func In(sanitised string) []*content.Diagram {
	out := []*content.Diagram{}
	for _, m := range block.FindAllStringSubmatch(sanitised, -1) {
		d := Describe(html.UnescapeString(m[1]))
		out = append(out, &d)
	}
	return out
}

// Describe returns what can be said of a diagram without drawing it.
func Describe(source string) content.Diagram {
	source = strings.TrimSpace(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(source))
	d := content.Diagram{Hash: hash(source), Source: source}
	var lines []string
	d.Kind, lines = split(source)
	o := outlineOf(d.Kind, lines)
	d.Alt = o.words()
	d.Drawable = check(d, o) == nil
	return d
}

// check returns why a diagram is not drawn.
func check(d content.Diagram, o *outline) error {
	switch {
	case o == nil:
		return fmt.Errorf("%s: %w", brief(d.Kind), ErrNotDrawable)
	case len(d.Source) > maxSource || len(o.labels) > maxNodes || len(o.edges) > maxEdges:
		return fmt.Errorf("%d bytes, %d nodes and %d edges, of at most %d, %d and %d: %w",
			len(d.Source), len(o.labels), len(o.edges), maxSource, maxNodes, maxEdges, ErrTooLarge)
	}
	return nil
}

// hash returns the hash of a source.
func hash(source string) string {
	sum := sha256.Sum256([]byte(version + "\n" + source))
	return hex.EncodeToString(sum[:16])
}

// hashed matches a hash, and so a safe name of a file.
var hashed = regexp.MustCompile(`^[0-9a-f]{32}$`)

// split returns the kind of a diagram, and its lines from that of the kind on, without empty ones,
// comments, and Mermaid's own front matter.
func split(source string) (kind string, lines []string) {
	front := false
	for l := range strings.SplitSeq(source, "\n") {
		l = strings.TrimSpace(l)
		switch {
		case l == "---" && len(lines) == 0:
			front = !front
		case front || l == "" || strings.HasPrefix(l, "%%"):
		default:
			lines = append(lines, l)
		}
	}
	if len(lines) == 0 {
		return "", nil
	}
	kind, rest, _ := strings.Cut(lines[0], " ")
	first, more, several := strings.Cut(kind+" "+rest, ";")
	if several {
		lines = append([]string{first, more}, lines[1:]...)
	}
	return strings.Trim(kind, ":;"), lines
}

// brief shortens a word for a message.
func brief(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
