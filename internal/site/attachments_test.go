package site_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"patternhub/internal/content"
	"patternhub/internal/site"
)

// filed is the hash of the file of the tests.
var filed = strings.Repeat("0123456789abcdef", 4)

// TestAttachments checks the answers for files: their policy, whether a browser shows or saves them, parts,
// and that a file that no published text refers to is not found.
func TestAttachments(t *testing.T) {
	answer := func(name, media string) string {
		return `{"file":{"path":"docs/img/` + name + `","hash":"` + filed + `","mediaType":"` + media + `"}}`
	}
	const sandbox, none = "default-src 'none'; sandbox", `{"file":null,"search":null}`
	path := "/assets/" + filed + "/a.png"
	for name, c := range map[string]struct {
		data, path, header string
		status             int
		policy, shown      string
		body               string
	}{
		"a picture":        {answer("a.png", "image/png"), path, "", 200, sandbox, `inline; filename=a.png`, "bytes of a file"},
		"a drawing":        {answer("a.svg", "image/svg+xml"), path, "", 200, "default-src 'none'; style-src 'unsafe-inline'; sandbox", `inline; filename=a.svg`, "bytes of a file"},
		"a document":       {answer("a.pdf", "application/pdf"), path, "", 200, sandbox, `attachment; filename=a.pdf`, "bytes of a file"},
		"an odd name":      {answer(`ü\".pdf`, "application/pdf"), path, "", 200, sandbox, `attachment; filename*=utf-8''%C3%BC%22.pdf`, "bytes of a file"},
		"a part":           {answer("a.png", "image/png"), path, "Range: bytes=6-7", 206, sandbox, `inline; filename=a.png`, "of"},
		"no part":          {answer("a.png", "image/png"), path, "Range: bytes=99-", 416, "", "", ""},
		"unchanged":        {answer("a.png", "image/png"), path, `If-None-Match: "` + filed + `"`, 304, sandbox, "", ""},
		"not published":    {none, path, "", 404, "", "", ""},
		"no hash":          {none, "/assets/x/a.png", "", 404, "", "", ""},
		"in capitals":      {none, "/assets/" + strings.ToUpper(filed) + "/a.png", "", 404, "", "", ""},
		"deeper":           {none, path + "/b", "", 404, "", "", ""},
		"changed":          {answer("a.png", "image/png"), path, `If-None-Match: "x"`, 200, sandbox, `inline; filename=a.png`, "bytes of a file"},
		"with a query":     {answer("a.png", "image/png"), path + "?x", "", 302, "", "", ""},
		"lost by the base": {answer("lost.png", "image/png"), path, "", 500, "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := get(t, build(t, &source{data: c.data, revision: 1}, func(o *site.Options) {
				o.Files = func(_ context.Context, hash string) (io.ReadSeeker, error) {
					if hash != filed || strings.Contains(c.data, "lost") {
						return nil, content.Fault(content.NotFound, "There is no such file.")
					}
					return strings.NewReader("bytes of a file"), nil
				}
			}), c.path, headersOf(c.header)...)
			h := w.Header()
			if w.Code != c.status {
				t.Fatalf("the answer is %d: %s", w.Code, w.Body)
			}
			if c.policy == "" {
				return
			}
			if w.Body.String() != c.body || h.Get("Content-Security-Policy") != c.policy || h.Get("Content-Disposition") != c.shown && c.shown != "" {
				t.Errorf("the answer is %q with %v", w.Body, h)
			}
			if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Etag") != `"`+filed+`"` || h.Get("Cache-Control") != "public, max-age=31536000, immutable" {
				t.Errorf("the headers are %v", h)
			}
		})
	}
}

// TestAttachmentsAreAskedForOnce checks that the answer whether a file may be read is kept until something is
// published.
func TestAttachmentsAreAskedForOnce(t *testing.T) {
	from := &source{data: `{"file":{"path":"a.png","hash":"` + filed + `","mediaType":"image/png"}}`, revision: 1}
	s := build(t, from, func(o *site.Options) {
		o.Files = func(context.Context, string) (io.ReadSeeker, error) { return strings.NewReader("bytes"), nil }
	})
	for range 3 {
		if w := get(t, s, "/assets/"+filed+"/a.png"); w.Code != http.StatusOK {
			t.Fatal(w.Code)
		}
	}
	if from.runs != 1 || from.charges != 2 {
		t.Errorf("the document ran %d times, and %d readers were charged", from.runs, from.charges)
	}
	from.revision, from.data = 2, `{"file":null,"search":null}`
	if w := get(t, s, "/assets/"+filed+"/a.png"); w.Code != http.StatusNotFound {
		t.Errorf("a file that was withdrawn is answered %d", w.Code)
	}
}

// headersOf returns a header as get takes it, none for an empty one.
func headersOf(header string) []string {
	if header == "" {
		return nil
	}
	return []string{header}
}
