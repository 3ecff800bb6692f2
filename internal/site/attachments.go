package site

import (
	"mime"
	"net/http"
	"path"
	"regexp"
	"strings"
	"time"

	"patternhub/internal/content"
	"patternhub/internal/site/pages"
)

const (
	// filePolicy lets a file that is opened as a page load and run nothing.
	filePolicy = "default-src 'none'; sandbox"
	// forever is the Cache-Control of what never changes.
	forever = "public, max-age=31536000, immutable"
)

// fileHash matches the hash of a file.
var fileHash = regexp.MustCompile(`^[0-9a-f]{64}$`)

// attachment is a file of an imported tree that a published text refers to.
type attachment struct{ name, hash, media string }

// attachments returns the route of the files that texts refer to. Whether a reader may have one is asked each
// time, like a page: a file that is only in drafts is not found.
func (s *Site) attachments() []route {
	if s.o.Files == nil {
		return nil
	}
	read := func(r *http.Request) wanted {
		hash := r.PathValue("hash")
		if !fileHash.MatchString(hash) {
			hash = "" // no file has it
		}
		return wanted{canonical: escaped(r.URL.Path), key: assetsPath + hash + "/", vars: map[string]any{"hash": hash}}
	}
	rt := file(assetsPath+"{hash}/{name}", pages.FileQuery, read, func(_ *asked, _ uint64, answer *pages.FileAnswer) (*page, error) {
		if answer.Missing() {
			return nil, errMissing
		}
		f := answer.File
		return &page{status: http.StatusOK, file: &attachment{name: path.Base(f.Path), hash: f.Hash, media: f.MediaType}}, nil
	})
	rt.bare = true
	return []route{rt}
}

// attach sends a file, or the part of it that the request asks for.
func (s *Site) attach(w http.ResponseWriter, r *http.Request, f *attachment) {
	body, err := s.o.Files(r.Context(), f.hash)
	if err != nil {
		if content.CodeOf(err) == content.NotFound {
			err = content.Wrap(content.Internal, "", err) // the text refers to it, so it should be there
		}
		s.fail(w, r, err)
		return
	}
	h := w.Header()
	h["Etag"], h["Cache-Control"] = []string{`"` + f.hash + `"`}, []string{forever}
	h["Content-Type"], h["Content-Security-Policy"] = []string{f.media}, []string{filePolicy}
	if f.media == svgMedia {
		h["Content-Security-Policy"] = []string{svgPolicy}
	}
	h["Content-Disposition"] = []string{mime.FormatMediaType(f.disposition(), map[string]string{"filename": f.name})}
	http.ServeContent(w, r, "", time.Time{}, body)
}

// disposition returns what a browser should do with a file that is opened as a page: it shows what it shows by
// itself, and saves everything else, such as what a viewer or another program would run.
func (f *attachment) disposition() string {
	if strings.HasPrefix(f.media, "image/") || strings.HasPrefix(f.media, "text/plain") {
		return "inline"
	}
	return "attachment"
}
