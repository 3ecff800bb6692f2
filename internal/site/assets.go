package site

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"os"
	"path"
	"slices"

	"patternhub/internal/site/figure"
)

// assetsPath is where the files of pages are served. Their names contain a hash of what is in them, so
// readers keep them for good.
const assetsPath = "/assets/"

// embedded are the site's own files.
//
//go:embed assets/site.css assets/tools.css assets/theme.js assets/site.js assets/find.js
var embedded embed.FS

// maxAsset bounds a file of the site's owner, which is kept in memory.
const maxAsset = 1 << 20

// assets serves the files of pages: the site's own, and those that its owner has put into a folder.
type assets struct {
	files  map[string]*asset // by name in the URL
	styles []string          // paths
	logo   string            // path
	theme  string            // path of the script that runs before the page is shown
	script string            // path of the islands
	find   string            // path of the script that searches a copy on a static host
}

// asset is one file with its compressed forms.
type asset struct {
	page

	media string
}

// openAssets reads all files of pages. A folder need not have any of the files that it may have.
func openAssets(overrides string) (*assets, error) {
	a := &assets{files: map[string]*asset{}}
	own := map[string][]byte{}
	for _, name := range []string{"site.css", "tools.css", "theme.js", "site.js", "find.js"} {
		text, err := embedded.ReadFile("assets/" + name)
		if err != nil {
			return nil, fmt.Errorf("read the site's files: %w", err)
		}
		own[name] = text
	}
	a.styles = []string{a.add("site.css", slices.Concat(own["site.css"], []byte(figure.CSS), own["tools.css"]))}
	a.theme, a.script = a.add("theme.js", own["theme.js"]), a.add("site.js", own["site.js"])
	a.find = a.add("find.js", own["find.js"])
	if overrides == "" {
		return a, nil
	}
	root, err := os.OpenRoot(overrides)
	if err != nil {
		return nil, fmt.Errorf("open SITE_ASSETS: %w", err)
	}
	defer root.Close()
	for _, name := range []string{"extra.css", "logo.svg", "logo.png"} {
		text, err := root.ReadFile(name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			return nil, fmt.Errorf("read SITE_ASSETS: %w", err)
		case len(text) > maxAsset:
			return nil, fmt.Errorf("read SITE_ASSETS: %s is larger than 1 MB", name)
		}
		if at := a.add(name, text); name == "extra.css" {
			a.styles = append(a.styles, at)
		} else if a.logo == "" {
			a.logo = at
		}
	}
	return a, nil
}

// add adds a file and returns its path.
func (a *assets) add(name string, text []byte) string {
	sum := sha256.Sum256(text)
	ext := path.Ext(name)
	hashed := name[:len(name)-len(ext)] + "." + hex.EncodeToString(sum[:6]) + ext
	media := mime.TypeByExtension(ext)
	a.files[hashed] = &asset{page: page{html: bytes.Clone(text)}, media: media}
	return assetsPath + hashed
}

// ServeHTTP serves a file by its name with the hash.
func (a *assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f := a.files[r.URL.Path[len(assetsPath):]]
	if f == nil {
		noFile(w)
		return
	}
	as := f.encoded(r.Header["Accept-Encoding"])
	h := w.Header()
	if as.encoding != nil {
		h["Content-Encoding"] = as.encoding
	}
	h["Content-Type"], h["Vary"] = []string{f.media}, []string{"Accept-Encoding"}
	h["Cache-Control"], h["Content-Length"] = []string{forever}, as.length
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(as.body)
	}
}

// noFile answers that there is no such file.
func noFile(w http.ResponseWriter) {
	w.Header()["Cache-Control"] = noStore
	http.Error(w, "There is no such file.", http.StatusNotFound)
}
