package site

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"time"

	"patternhub/internal/content"
	"patternhub/internal/diagram"
	"patternhub/internal/site/pages"
)

// Diagrams draws diagrams; see package diagram.
type Diagrams interface {
	Draw(ctx context.Context, source string) (hash string, err error)
	SVG(ctx context.Context, hash string, theme diagram.Theme) ([]byte, error)
}

const (
	svgMedia = "image/svg+xml"
	// svgPolicy lets a picture use its own styles and nothing else, also if it is opened as a page.
	svgPolicy = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
	// drawTime is how long a reader waits for a picture. It is drawn to its end nevertheless, for the next one.
	drawTime = 10 * time.Second
)

// diagramName matches the name of a picture.
var diagramName = regexp.MustCompile(`^([0-9a-f]{32})\.svg$`)

// diagrams returns the route of drawn diagrams. A picture is served only for an entry that has the diagram, in
// the graph of the request, so unpublished diagrams are never shown and nothing is drawn for a stranger.
func (s *Site) diagrams() []route {
	if s.o.Diagrams == nil {
		return nil
	}
	return []route{
		file(pages.DiagramPath+"{name}", pages.DiagramsQuery, readDiagram, func(a *asked, _ uint64, answer *pages.DiagramsAnswer) (*page, error) {
			if answer.Missing() {
				return nil, errMissing
			}
			for _, d := range answer.Entry.Body.Diagrams {
				if d.Hash == a.diagram && d.Drawable {
					return s.drawn(d.Hash, d.Source, a.theme)
				}
			}
			return nil, errMissing
		}),
	}
}

// readDiagram returns what a request for a diagram asks for.
func readDiagram(r *http.Request) wanted {
	name, query := diagramName.FindStringSubmatch(r.PathValue("name")), r.URL.Query()
	if name == nil || query.Get("in") == "" {
		// No entry has the path.
		return wanted{canonical: address(r), key: pages.DiagramPath, vars: map[string]any{"path": "/"}}
	}
	path, theme := query.Get("in"), diagram.Light
	if query.Get("theme") == string(diagram.Dark) {
		theme = diagram.Dark
	}
	url := pages.DiagramURL(name[1], path, theme == diagram.Dark)
	return wanted{canonical: url, key: url, vars: map[string]any{"path": path}, diagram: name[1], theme: theme}
}

// drawn returns the picture of a diagram.
func (s *Site) drawn(hash, source string, theme diagram.Theme) (*page, error) {
	ctx, cancel := context.WithTimeout(context.Background(), drawTime)
	defer cancel()
	_, err := s.o.Diagrams.Draw(ctx, source)
	switch {
	case errors.Is(err, diagram.ErrNotDrawable), errors.Is(err, diagram.ErrTooLarge), errors.Is(err, diagram.ErrFailed):
		return nil, errMissing
	case err != nil:
		return nil, content.Wrap(content.Unavailable, "The diagram is not drawn yet.", err)
	}
	svg, err := s.o.Diagrams.SVG(ctx, hash, theme)
	if err != nil {
		return nil, content.Wrap(content.Unavailable, "The diagram is not drawn yet.", err)
	}
	s.count.diagrams.Add(1)
	p := text(svgMedia, string(svg))
	p.policy = []string{svgPolicy}
	return p, nil
}
