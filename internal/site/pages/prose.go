package pages

import (
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"patternhub/internal/site/highlight"
)

// DiagramPath begins the addresses of drawn diagrams.
const DiagramPath = "/diagrams/"

// DiagramURL returns the address of a drawn diagram of the entry at a path, in the colours of a theme.
func DiagramURL(hash, path string, dark bool) string {
	out := DiagramPath + hash + ".svg?in=" + url.QueryEscape(path)
	if dark {
		out += "&theme=dark"
	}
	return out
}

// reachable lets a keyboard scroll what may be wider than the page.
var reachable = strings.NewReplacer("<pre>", `<pre tabindex="0">`, "<table>", `<table tabindex="0">`)

// prose returns the HTML of an entry's long text, with its code marked and its diagrams as pictures. Text that
// looks like a tag is escaped in it, so what looks like a tag is one.
func (a *About) prose() string {
	return a.illustrated(reachable.Replace(highlight.HTML(string(a.Body.HTML))))
}

// The HTML around the source of a diagram.
const (
	diagramStart = `<pre tabindex="0"><code class="language-mermaid">`
	diagramEnd   = `</code></pre>`
)

// illustrated puts the pictures of diagrams before their sources: one in light colours and one in dark ones,
// of which the style sheet shows one, so that only that is loaded. The diagrams of a text are in the order of
// their sources.
func (a *About) illustrated(in string) string {
	var b strings.Builder
	for _, d := range a.Body.Diagrams {
		before, rest, ok := strings.Cut(in, diagramStart)
		source, after, closed := strings.Cut(rest, diagramEnd)
		if !ok || !closed {
			break
		}
		in = after
		b.WriteString(before)
		block := diagramStart + source + diagramEnd
		if !d.Drawable {
			b.WriteString(block + `<p class="quiet">Diagrams of this kind are shown as their source.</p>`)
			continue
		}
		b.WriteString(`<figure class="diagram"><div class="scroll" tabindex="0" role="group" aria-label="Diagram">`)
		b.WriteString(a.picture(&d, "when-light", false) + a.picture(&d, "when-dark", true))
		b.WriteString(`</div><details><summary>Source of the diagram</summary>` + block + `</details></figure>`)
	}
	b.WriteString(in)
	return b.String()
}

// picture returns the picture of a diagram.
func (a *About) picture(d *TextDiagrams, class string, dark bool) string {
	return `<img class="` + class + `" loading="lazy" src="` + templ.EscapeString(DiagramURL(d.Hash, a.ResourcePath, dark)) +
		`" alt="` + templ.EscapeString(d.Alt) + `">`
}
