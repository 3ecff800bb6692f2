package site

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/html"

	"patternhub/internal/content"
	"patternhub/internal/site/pages"
)

const (
	// previewParam is the parameter of an address with the token of a preview.
	previewParam = "preview"
	// previewTime bounds the time to look up a token and to make a page for it.
	previewTime = 20 * time.Second
)

// framed is the policy of a preview: pages of the same origin, such as the admin's, may show it in a frame.
var framed = strings.NewReplacer("frame-ancestors 'none'", "frame-ancestors 'self'")

// previewKey is the key of the value that marks the context of a preview.
type previewKey struct{}

// previewing reports whether a request is answered for the holder of a preview token.
func previewing(ctx context.Context) bool { return ctx.Value(previewKey{}) != nil }

// cutPreview returns the token in a query and the query without it, as if it had been asked for without. ok
// reports whether there is one. A repeated token is empty, since programs on the way may have read either.
func cutPreview(query string) (token, rest string, ok bool) {
	if !strings.Contains(query, previewParam) {
		return "", query, false
	}
	var kept []string
	for part := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(part, "=")
		if name != previewParam {
			kept = append(kept, part)
			continue
		}
		if token, _ = url.QueryUnescape(value); ok { // what cannot be read is no token
			token = ""
		}
		ok = true
	}
	return token, strings.Join(kept, "&"), ok
}

// preview answers a request with a preview token: like the same request without it, but for the viewer that
// the token stands for, and not to be stored. Links of the page keep the token.
func (s *Site) preview(w http.ResponseWriter, r *http.Request, token, rest string) {
	ctx, cancel := context.WithTimeout(r.Context(), previewTime)
	defer cancel()
	c := &carrier{ResponseWriter: w, origin: s.frame.Origin, accepts: r.Header["Accept-Encoding"]}
	r = r.Clone(ctx)
	r.URL.RawQuery = rest
	// The answer is made anew each time, and gets its links and its encoding afterwards.
	r.Header.Del("If-None-Match")
	r.Header.Del("Accept-Encoding")
	ctx, err := s.admit(ctx, token)
	switch {
	case content.CodeOf(err) == content.Unauthenticated && s.closed(r.Context()):
		s.signIn(c, r, true)
	case content.CodeOf(err) == content.Unauthenticated:
		s.notice(c, r, http.StatusNotFound, pages.NoticeText{
			Title: "This preview is not available", Text: "Its address is incomplete, or it has ended. Ask the person who sent it to you for a new one.",
			Link: "/", LinkText: "To the first page",
		})
	case err != nil:
		s.fail(c, r, err)
	default:
		c.token = token
		s.answer(c, r.WithContext(context.WithValue(ctx, previewKey{}, true)))
	}
	c.finish(r)
}

// admit returns the context in which questions are asked for the holder of a token.
func (s *Site) admit(ctx context.Context, token string) (context.Context, error) {
	if s.o.Preview == nil {
		return nil, content.Fault(content.Unauthenticated, "There are no previews here.")
	}
	return s.o.Preview(ctx, token)
}

// carrier writes the answer to a request with a preview token. Whatever the site answers, a page, a picture,
// a redirect or an error, it is not stored, not listed, tells no other site where the reader was, and leads
// to addresses with the token.
type carrier struct {
	http.ResponseWriter

	token   string   // empty: addresses stay as they are
	origin  string   // of the site, empty if it is not known
	accepts []string // the encodings that the reader accepts
	status  int
	body    *bytes.Buffer // the answer so far; nil for one that is sent as it is made
}

// Unwrap returns the writer below, for http.ResponseController.
func (c *carrier) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// WriteHeader writes the head of an answer, that of one with a body later.
func (c *carrier) WriteHeader(status int) {
	if c.status != 0 {
		return
	}
	c.status = status
	h := c.Header()
	h.Del("Etag")
	h["Cache-Control"], h["Referrer-Policy"] = noStore, []string{"no-referrer"}
	h["X-Robots-Tag"] = []string{"noindex, nofollow"}
	h.Set("Content-Security-Policy", framed.Replace(h.Get("Content-Security-Policy")))
	if to := h.Get("Location"); to != "" {
		h.Set("Location", c.carried(to))
	}
	// A file of an author is sent as it is, in parts if the reader wants that.
	if h.Get("Content-Type") != "" && h.Get("Content-Disposition") == "" {
		c.body = &bytes.Buffer{}
		return
	}
	c.ResponseWriter.WriteHeader(status)
}

// Write writes a part of an answer.
func (c *carrier) Write(b []byte) (int, error) {
	if c.status == 0 {
		c.WriteHeader(http.StatusOK)
	}
	if c.body != nil {
		return c.body.Write(b) //nolint:wrapcheck // it never fails
	}
	return c.ResponseWriter.Write(b) //nolint:wrapcheck // it is the same writer
}

// finish writes an answer with a body, encoded like others: nobody without the token can make a browser ask for
// it, so its length says nothing to others. HEAD has no body, so the length is not known then.
func (c *carrier) finish(r *http.Request) {
	if c.body == nil {
		return
	}
	h := c.Header()
	if r.Method == http.MethodHead {
		h.Del("Content-Length")
		c.ResponseWriter.WriteHeader(c.status)
		return
	}
	p := &page{media: h["Content-Type"], html: c.body.Bytes()}
	if strings.HasPrefix(p.media[0], "text/html") {
		p.html = c.carry(p.html)
	}
	as := p.encoded(c.accepts)
	h["Content-Length"] = as.length
	if as.encoding != nil {
		h["Content-Encoding"] = as.encoding
	}
	c.ResponseWriter.WriteHeader(c.status)
	_, _ = c.ResponseWriter.Write(as.body) // the reader may have left
}

// carry adds the token to the links, pictures and forms of a page that lead to the site. It is done here and
// not by the components, so that no link can be forgotten, also in the texts of authors.
func (c *carrier) carry(page []byte) []byte {
	if c.token == "" {
		return page
	}
	var out bytes.Buffer
	z := html.NewTokenizer(bytes.NewReader(page))
	for kind := z.Next(); kind != html.ErrorToken; kind = z.Next() {
		raw := z.Raw()
		if kind != html.StartTagToken && kind != html.SelfClosingTagToken {
			out.Write(raw)
			continue
		}
		raw = bytes.Clone(raw) // reading the tag changes it
		tag := z.Token()
		if c.retarget(&tag) {
			out.WriteString(tag.String())
		} else {
			out.Write(raw)
		}
		if tag.Data == "form" {
			out.WriteString(`<input type="hidden" name="` + previewParam + `" value="` + html.EscapeString(c.token) + `"/>`)
		}
	}
	return out.Bytes()
}

// retarget adds the token to the addresses of a tag, and reports whether it has any. Forms send the token
// as a field, since they replace the query of their address. What a page loads for itself needs none.
func (c *carrier) retarget(tag *html.Token) (changed bool) {
	switch tag.Data {
	case "link", "script", "form":
		return false
	}
	for i, a := range tag.Attr {
		if a.Key != "href" && a.Key != "src" && a.Key != "xlink:href" {
			continue
		}
		if to := c.carried(a.Val); to != a.Val {
			tag.Attr[i].Val, changed = to, true
		}
	}
	return changed
}

// carried returns an address with the token if it is one of the site's pages or pictures.
func (c *carrier) carried(address string) string {
	if c.token == "" || !c.internal(address) {
		return address
	}
	address, fragment, found := strings.Cut(address, "#")
	if found {
		fragment = "#" + fragment
	}
	sign := "?"
	if strings.Contains(address, "?") {
		sign = "&"
	}
	return address + sign + previewParam + "=" + url.QueryEscape(c.token) + fragment
}

// internal reports whether an address leads to this site in every browser. Browsers ignore some characters and
// take a backslash for a slash, so an address with any of these counts as another site's.
func (c *carrier) internal(address string) bool {
	if address == "" || address[0] == '#' || strings.HasPrefix(address, "//") || strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r == '\\' || r == 0x7f }) {
		return false
	}
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Opaque != "":
		return false
	case u.Scheme != "" || u.Host != "":
		return c.origin != "" && u.User == nil && u.Scheme+"://"+u.Host == c.origin
	}
	// The site's own files are the same for everybody. Those of texts stand in folders, named by their hashes.
	if name, ok := strings.CutPrefix(u.Path, assetsPath); ok {
		return strings.Contains(name, "/")
	}
	for _, own := range [...]string{"/playground", "/graphql"} {
		if strings.HasPrefix(address, own) {
			return false
		}
	}
	return true
}
