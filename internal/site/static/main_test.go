package static_test

import (
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"patternhub/internal/site/static"
)

// asExport is the variable that makes this test binary an export that is killed.
const asExport = "PATTERNHUB_TEST_EXPORT"

// TestMain runs the tests, or an export for TestAnExportThatWasKilledContinues, which kills its process.
func TestMain(m *testing.M) {
	if dir := os.Getenv(asExport); dir != "" {
		exportUntilKilled(dir)
		return
	}
	os.Exit(m.Run())
}

// served is what a site answers at an address.
type served struct {
	status   int
	media    string
	body     string
	location string
	tag      string
}

// page returns a page of a site, whose tag is that of its body.
func page(body string) served {
	return served{http.StatusOK, "text/html; charset=utf-8", body, "", fmt.Sprintf("W/%q", fmt.Sprint(len(body), body[max(0, len(body)-8):]))}
}

// entry returns the page of an entry.
func entry(name, summary, text string) served {
	return page(`<head><meta property="og:type" content="article"><meta property="og:title" content="` + name + `"><meta property="og:description" content="` + summary +
		`"></head><body><nav>Navigation</nav><main><h1>` + name + `</h1><svg><text>Drawing</text></svg><p>` + text + `</p></main></body>`)
}

// moved returns a permanent redirect to an address of the site.
func moved(to string) served { return served{status: http.StatusMovedPermanently, location: to} }

// fake is a site in memory.
type fake struct {
	starts []string
	pages  map[string]served
	// left are addresses that a copy leaves out.
	left []string
	// before is called with each address that is asked for.
	before func(address string)

	mu       sync.Mutex
	rendered []string // addresses whose page was made
}

// ServeHTTP answers with a page, or with 304 if the client has its tag. Every answer but a 304 counts as
// rendered. It may be called concurrently.
func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	address := r.URL.RequestURI()
	if f.before != nil {
		f.before(address)
	}
	p, ok := f.pages[address]
	if !ok {
		p = served{status: http.StatusNotFound, media: "text/html", body: "<h1>Nothing</h1>"}
	}
	if p.tag != "" && r.Header.Get("If-None-Match") == p.tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	f.mu.Lock()
	f.rendered = append(f.rendered, address)
	f.mu.Unlock()
	w.Header().Set("Etag", p.tag)
	w.Header().Set("Content-Type", p.media)
	if p.location != "" {
		w.Header().Set("Location", p.location)
	}
	w.WriteHeader(p.status)
	_, _ = w.Write([]byte(p.body))
}

// Addresses returns where an export begins.
func (f *fake) Addresses(context.Context) ([]string, error) { return f.starts, nil }

// Prebuilt reports whether a copy has the address, whether or not there is a page.
func (f *fake) Prebuilt(u *url.URL) bool { return !slices.Contains(f.left, u.RequestURI()) }

// export exports a site, which must work, and forgets what the site was asked for before.
func export(t *testing.T, f *fake, dir string, o static.Options) *static.Report {
	t.Helper()
	f.rendered = nil
	report, err := static.Export(t.Context(), f, dir, o)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// contents returns the files of a folder, without those of the search and the list.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		if name = filepath.ToSlash(name); !strings.HasPrefix(name, "search/") && !strings.HasPrefix(name, ".patternhub-site") {
			out[name] = string(text)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// mustWrite writes a file that is not part of the copy.
func mustWrite(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// problems returns the problems of a report, one a line, and "" if there are none.
func problems(r *static.Report) string {
	var out []string
	for _, p := range r.Problems {
		out = append(out, p.String())
	}
	return strings.Join(out, "\n")
}
