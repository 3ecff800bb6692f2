package site_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"patternhub/internal/diagram"
	"patternhub/internal/site"
)

// drawn is the hash of the diagram of the tests.
const drawn = "0123456789abcdef0123456789abcdef"

// painter draws every diagram as its theme, unless it fails.
type painter struct{ err error }

func (p painter) Draw(context.Context, string) (string, error) { return drawn, p.err }

func (painter) SVG(_ context.Context, hash string, theme diagram.Theme) ([]byte, error) {
	return fmt.Appendf(nil, "<svg>%s %s</svg>", hash, theme), nil
}

func TestDiagrams(t *testing.T) {
	const entry = `{"entry":{"body":{"diagrams":[{"hash":"` + drawn + `","source":"flowchart LR\n a-->b","drawable":true}]}}}`
	const path = "/diagrams/" + drawn + ".svg?in=%2Fpatterns%2Fsaga"
	for name, c := range map[string]struct {
		data, path, want string
		err              error
		status           int
	}{
		"light":             {entry, path, "<svg>" + drawn + " light</svg>", nil, 200},
		"dark":              {entry, path + "&theme=dark", "<svg>" + drawn + " dark</svg>", nil, 200},
		"another theme":     {entry, path + "&theme=x", "", nil, 302},
		"another diagram":   {entry, strings.Replace(path, "0123", "3210", 1), "", nil, 404},
		"no entry":          {`{"entry":null,"search":null}`, path, "", nil, 404},
		"of no entry":       {`{"entry":null,"search":null}`, "/diagrams/" + drawn + ".svg", "", nil, 404},
		"no hash":           {`{"entry":null,"search":null}`, "/diagrams/x.svg?in=%2F", "", nil, 404},
		"shown as a source": {strings.Replace(entry, "true", "false", 1), path, "", nil, 404},
		"failed":            {entry, path, "", diagram.ErrFailed, 404},
		"busy":              {entry, path, "", diagram.ErrBusy, 503},
	} {
		t.Run(name, func(t *testing.T) {
			w := get(t, build(t, &source{data: c.data, revision: 1}, func(o *site.Options) { o.Diagrams = painter{c.err} }), c.path)
			if w.Code != c.status {
				t.Fatalf("the answer is %d: %s", w.Code, w.Body)
			}
			if c.status != http.StatusOK {
				return
			}
			h := w.Header()
			if w.Body.String() != c.want || h.Get("Content-Type") != "image/svg+xml" || !strings.HasSuffix(h.Get("Content-Security-Policy"), "; sandbox") || h.Get("Etag") == "" {
				t.Errorf("the answer is %s with %v", w.Body, h)
			}
		})
	}
}
