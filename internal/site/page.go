package site

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"log/slog"
	"net/http"
	"strconv"
	"sync"

	"github.com/a-h/templ"
	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"

	"patternhub/internal/accept"
	"patternhub/internal/content"
	"patternhub/internal/site/pages"
)

// page is a rendered page, or another answer of the site, ready to send. Its bytes never change.
type page struct {
	revision uint64 // of what it depends on
	status   int
	location string   // of a redirect
	etag     []string // the ETag header; nil for a page that readers should not keep
	media    []string // the Content-Type; HTML if empty
	link     []string // the Link header
	policy   []string // the Content-Security-Policy; that of pages if empty
	html     []byte
	file     *attachment // what is sent instead of html; nil for none

	plain, gzip, br variant
}

// variant is a page in an encoding, which is made when it is asked for, with the headers that say so.
type variant struct {
	once             sync.Once
	body             []byte
	encoding, length []string
}

// made returns the variant after it is made, from the bytes that body returns.
func (v *variant) made(encoding string, body func() []byte) *variant {
	v.once.Do(func() {
		v.body = body()
		v.length = []string{strconv.Itoa(len(v.body))}
		if encoding != "" {
			v.encoding = []string{encoding}
		}
	})
	return v
}

// size returns the bytes of a page with its compressed forms, which are made later.
func (p *page) size() int { return len(p.html) + len(p.html)/2 + 256 }

// The Cache-Control of pages: readers keep them and ask each time whether they have changed, so that
// what is published shows at once. What is not a page is not kept.
var (
	revalidate = []string{"no-cache"}
	noStore    = []string{"no-store"}
	varies     = []string{"Accept, Accept-Encoding"}
	htmlType   = []string{"text/html; charset=utf-8"}
)

// minCompress is the size below which compression costs more than it saves.
const minCompress = 1024

// send writes a page in the best encoding that the reader accepts.
func (p *page) send(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	if p.location != "" {
		redirect(w, p.location, p.status)
		return
	}
	as := p.encoded(r.Header["Accept-Encoding"])
	h["Content-Type"], h["Vary"], h["Cache-Control"] = htmlType, varies, noStore
	if p.etag != nil {
		h["Etag"], h["Cache-Control"] = p.etag, revalidate
	}
	if p.media != nil {
		h["Content-Type"] = p.media
	}
	if p.policy != nil {
		h["Content-Security-Policy"] = p.policy
	}
	if p.link != nil {
		h["Link"] = p.link
	}
	if as.encoding != nil {
		h["Content-Encoding"] = as.encoding
	}
	h["Content-Length"] = as.length
	w.WriteHeader(p.status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(as.body)
	}
}

// encoded returns the page in an encoding that a reader accepts.
func (p *page) encoded(headers []string) *variant {
	encoding := ""
	if len(p.html) >= minCompress && (p.media == nil || p.media[0] != pngMedia) {
		encoding = accept.Encoding(headers, "br", "gzip")
	}
	switch encoding {
	case "br":
		return p.br.made(encoding, func() []byte {
			var out bytes.Buffer
			z := brotli.NewWriterLevel(&out, brotli.DefaultCompression)
			_, _ = z.Write(p.html) // writing to a buffer never fails
			_ = z.Close()
			return out.Bytes()
		})
	case "gzip":
		return p.gzip.made(encoding, func() []byte {
			var out bytes.Buffer
			z := gzip.NewWriter(&out)
			_, _ = z.Write(p.html) // writing to a buffer never fails
			_ = z.Close()
			return out.Bytes()
		})
	}
	return p.plain.made("", func() []byte { return p.html })
}

// tag returns the entity tag of a page. It is weak, since it is that of all encodings.
func (s *Site) tag(key string, revision uint64) string { return tagOf(s.stem(key), revision) }

// stem returns what the tags of a page of all revisions have in common.
func (s *Site) stem(key string) string {
	sum := sha256.Sum256([]byte(s.o.Build + "\x00" + key))
	return `W/"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + "-"
}

// tagOf returns the tag of a revision.
func tagOf(stem string, revision uint64) string {
	return stem + strconv.FormatUint(revision, 36) + `"`
}

// kept returns a page that is kept as of a revision, nil if there is none.
func (s *Site) kept(key string, revision uint64) *page {
	if s.ready == nil {
		return nil
	}
	p := s.ready.Get(key)
	if p == nil || p.revision != revision {
		return nil
	}
	return p
}

// render renders the page of an answer, which is of a revision; without one the page needs none.
func (s *Site) render(rt *route, a *asked, revision uint64, data []byte) (*page, error) {
	if rt.file != nil {
		return rt.file(a, revision, data)
	}
	f := s.frame
	f.Path, f.Words, f.List, f.Form = a.canonical, a.words, a.list, a.form
	f.Preview = a.preview
	if !f.Preview { // the playground has no token
		f.Playground = s.playground(rt.document, a.vars)
	}
	body, path, err := rt.view(&f, data)
	if err != nil {
		return nil, err
	}
	// An entry has one address: former slugs lead to it.
	if path != "" && !samePath(path, a.canonical) {
		return &page{status: http.StatusMovedPermanently, location: path}, nil
	}
	if a.form != nil && !a.form.Sound() {
		return s.write(http.StatusBadRequest, body)
	}
	return s.write(rt.status, body)
}

// buffers are where pages are written before their length is known.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// write renders a component to a page.
func (s *Site) write(status int, body templ.Component) (*page, error) {
	out := buffers.Get().(*bytes.Buffer) //nolint:forcetypeassert // it has no others
	defer buffers.Put(out)
	out.Reset()
	if err := body.Render(context.Background(), out); err != nil {
		return nil, content.Wrap(content.Internal, "", err)
	}
	return &page{status: status, html: bytes.Clone(out.Bytes())}, nil
}

// notice answers with a page that says why there is no other one.
func (s *Site) notice(w http.ResponseWriter, r *http.Request, status int, n pages.NoticeText) {
	f := s.frame
	f.Path = r.URL.EscapedPath()
	s.plain(w, r, status, pages.Notice(&f, n))
}

// signIn answers with the page of a site that only readers with a key may read, which says so too to those who
// have a link to a preview.
func (s *Site) signIn(w http.ResponseWriter, r *http.Request, preview bool) {
	w.Header().Set("WWW-Authenticate", "Bearer")
	f := s.frame
	f.Preview = preview
	s.plain(w, r, http.StatusUnauthorized, pages.SignIn(&f))
}

// plain answers with a page that depends on no content and is not kept.
func (s *Site) plain(w http.ResponseWriter, r *http.Request, status int, body templ.Component) {
	p, err := s.write(status, body)
	if err != nil {
		s.o.Log.ErrorContext(r.Context(), "a page was not rendered", slog.Any("error", err))
		http.Error(w, "This page could not be made.", http.StatusInternalServerError)
		return
	}
	p.send(w, r)
}
