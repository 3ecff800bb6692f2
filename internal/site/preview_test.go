package site_test

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"

	"patternhub/internal/content"
	"patternhub/internal/site"
)

// token is the token that the sites of these tests know. It has characters that URLs escape.
const token, escapedToken = "a+b/c", "a%2Bb%2Fc"

// viewerKey is the key of a value in the context of the viewer of the token.
type viewerKey struct{}

// previewed returns a site with previews whose token is token.
func previewed(t *testing.T, from *source, change func(*site.Options)) *site.Site {
	t.Helper()
	return build(t, from, func(o *site.Options) {
		o.Preview = func(ctx context.Context, sent string) (context.Context, error) {
			if sent != token {
				return nil, content.Fault(content.Unauthenticated, "secret")
			}
			return context.WithValue(ctx, viewerKey{}, true), nil
		}
		if change != nil {
			change(o)
		}
	})
}

// draftPattern is the answer for a pattern that only the viewer of the token may see. A test may replace
// LINKS by links in its text.
const draftPattern = `{"pattern":{"name":"Draft","slug":"draft","summary":"Stops calls.","resourcePath":"/patterns/draft","revision":3,
	"aliases":["x"],"body":{"html":"<p>LINKS</p>","headings":[]}}}`

// TestAPreviewIsForItsReaderAlone asks for a page in turns with and without the token. Neither is made from the
// other, and nothing of the preview may be stored.
func TestAPreviewIsForItsReaderAlone(t *testing.T) {
	from := &source{data: onePattern, revision: 1}
	s := previewed(t, from, func(o *site.Options) { o.Origin = "https://hub.example" })
	const path = "/patterns/circuit-breaker"
	public := get(t, s, path)
	preview := get(t, s, path+"?preview="+escapedToken, "If-None-Match: "+public.Header().Get("Etag"))
	if preview.Code != http.StatusOK || from.runs != 2 {
		t.Fatalf("the preview is %d after %d runs, want 200 after 2", preview.Code, from.runs)
	}
	h := preview.Header()
	for name, want := range map[string]string{"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow", "Etag": "", "Content-Encoding": "", "Vary": "Accept, Accept-Encoding"} {
		if got := h.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if p := h.Get("Content-Security-Policy"); !strings.Contains(p, "frame-ancestors 'self'") || !strings.Contains(public.Header().Get("Content-Security-Policy"), "frame-ancestors 'none'") {
		t.Errorf("the policy of the preview is %q", p)
	}
	for _, want := range []string{`class="preview"`, `content="noindex"`} {
		if !strings.Contains(preview.Body.String(), want) || strings.Contains(public.Body.String(), want) {
			t.Errorf("%s is not in the preview alone", want)
		}
	}
	for _, bad := range []string{"og:image", "canonical", "ld+json", "/playground", ".md"} {
		if strings.Contains(preview.Body.String(), bad) || !strings.Contains(public.Body.String(), bad) {
			t.Errorf("%s is in the preview, or not in the page", bad)
		}
	}
	again := get(t, s, path)
	if again.Body.String() != public.Body.String() || from.runs != 2 || again.Header().Get("Etag") != public.Header().Get("Etag") {
		t.Errorf("the page differs after the preview, or was made anew: %d runs", from.runs)
	}
	if _ = get(t, s, path+"?preview="+escapedToken); from.runs != 3 {
		t.Errorf("the second preview was not made anew: %d runs", from.runs)
	}
}

// TestPreviewsAreEncodedLikeOtherPages reads previews in the encodings that readers accept.
func TestPreviewsAreEncodedLikeOtherPages(t *testing.T) {
	s := previewed(t, &source{data: strings.Replace(onePattern, "<p>Body", "<p>"+strings.Repeat("Body ", 500), 1)}, nil)
	const at = "?preview=" + escapedToken
	for name, c := range map[string]struct{ path, accepts, want string }{
		"brotli":          {"/patterns/circuit-breaker" + at, "gzip, br", "br"},
		"gzip":            {"/patterns/circuit-breaker" + at, "gzip", "gzip"},
		"none":            {"/patterns/circuit-breaker" + at, "", ""},
		"brotli refused":  {"/patterns/circuit-breaker" + at, "br;q=0", ""},
		"a file of a few": {"/robots.txt" + at, "gzip", ""},
		"the manifest":    {"/site.webmanifest" + at, "gzip", ""},
		"a wrong token":   {"/patterns/circuit-breaker?preview=x", "gzip", "gzip"},
	} {
		t.Run(name, func(t *testing.T) {
			plain, w := get(t, s, c.path), get(t, s, c.path, "Accept-Encoding: "+c.accepts)
			if got := w.Header().Get("Content-Encoding"); got != c.want {
				t.Fatalf("the encoding is %q, want %q", got, c.want)
			}
			if got := w.Header().Get("Content-Length"); got != strconv.Itoa(w.Body.Len()) {
				t.Errorf("the length is %s of %d", got, w.Body.Len())
			}
			if got := decoded(t, w); got != plain.Body.String() || w.Code != plain.Code {
				t.Errorf("the answer is %d %s, want %d %s", w.Code, got, plain.Code, plain.Body)
			}
		})
	}
}

// decoded returns the text of an answer in whatever encoding.
func decoded(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	var from io.Reader = w.Body
	switch w.Header().Get("Content-Encoding") {
	case "br":
		from = brotli.NewReader(from)
	case "gzip":
		z, err := gzip.NewReader(from)
		if err != nil {
			t.Fatal(err)
		}
		from = z
	}
	text, err := io.ReadAll(from)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestLinksOfAPreview: links, pictures and forms that stay on the site carry the token, all others do not.
func TestLinksOfAPreview(t *testing.T) {
	const carried = "preview=" + escapedToken
	for name, tt := range map[string]struct{ html, want string }{
		"a page":                  {`<a href="/laws/x">`, `<a href="/laws/x?` + carried + `">`},
		"with a query":            {`<a href="/search?q=a&amp;b=1">`, `<a href="/search?q=a&amp;b=1&amp;` + carried + `">`},
		"with a fragment":         {`<a href="/laws/x#how">`, `<a href="/laws/x?` + carried + `#how">`},
		"beside the page":         {`<a href="other">`, `<a href="other?` + carried + `">`},
		"above the page":          {`<a href="../x?y">`, `<a href="../x?y&amp;` + carried + `">`},
		"another page of a list":  {`<a href="?after=z">`, `<a href="?after=z&amp;` + carried + `">`},
		"in the page":             {`<a href="#how">`, `<a href="#how">`},
		"the site's own address":  {`<a href="https://hub.example/laws/x">`, `<a href="https://hub.example/laws/x?` + carried + `">`},
		"a picture":               {`<img src="/diagrams/h.svg?in=%2Fx">`, `<img src="/diagrams/h.svg?in=%2Fx&amp;` + carried + `">`},
		"a file of a text":        {`<img src="/assets/h/a.png">`, `<img src="/assets/h/a.png?` + carried + `">`},
		"in a drawing":            {`<svg viewBox="0 0 1 1"><a xlink:href="/x" href="/x">`, `<svg viewBox="0 0 1 1"><a xlink:href="/x?` + carried + `" href="/x?` + carried + `">`},
		"a form":                  {`<form action="/search">`, `<form action="/search"><input type="hidden" name="preview" value="a+b/c"/>`},
		"another host":            {`<a href="https://evil.example/x">`, ``},
		"a longer host":           {`<a href="https://hub.example.evil/x">`, ``},
		"a user":                  {`<a href="https://hub.example@evil/x">`, ``},
		"a user of the site":      {`<a href="https://u@hub.example/x">`, ``},
		"another scheme":          {`<a href="http://hub.example/x">`, ``},
		"two slashes":             {`<a href="//evil.example/x">`, ``},
		"three slashes":           {`<a href="///evil.example/x">`, ``},
		"a backslash":             {`<a href="/\evil.example/x">`, ``},
		"two backslashes":         {`<a href="\\evil.example/x">`, ``},
		"a tab":                   {"<a href=\"/\t/evil.example\">", ``},
		"a written tab":           {`<a href="/&#9;/evil.example">`, ``},
		"a blank before":          {`<a href=" //evil.example">`, ``},
		"a line end before":       {"<a href=\"&#10;//evil.example\">", ``},
		"mail":                    {`<a href="mailto:a@b">`, ``},
		"a scheme without a host": {`<a href="https:evil.example">`, ``},
		"an asset":                {`<img src="/assets/logo.svg">`, ``},
		"the playground":          {`<a href="/playground/">`, ``},
		"text that looks so":      {`&lt;a href="/x"&gt;`, ``},
		"a comment":               {`<!-- <a href="/x"> -->`, ``},
	} {
		t.Run(name, func(t *testing.T) {
			json := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\t", `\t`).Replace(tt.html)
			s := previewed(t, &source{data: strings.Replace(draftPattern, "LINKS", json, 1)}, func(o *site.Options) { o.Origin = "https://hub.example" })
			want := tt.want
			if want == "" {
				want = tt.html
			}
			if body := get(t, s, "/patterns/draft?preview="+escapedToken).Body.String(); !strings.Contains(body, "<p>"+want) {
				_, after, _ := strings.Cut(body, "<p>")
				t.Errorf("want %s in %.200s", want, after)
			}
		})
	}
}

// TestEveryAnswerToAPreviewIsPrivate asks for what is no page, with the token.
func TestEveryAnswerToAPreviewIsPrivate(t *testing.T) {
	for name, tt := range map[string]struct {
		path, data, location string
		status               int
		err                  error
	}{
		"a redirect to the entry":   {"/patterns/old?", onePattern, "/patterns/circuit-breaker?preview=" + escapedToken, 301, nil},
		"a redirect of a form":      {"/search?q=&", `{}`, "/search?preview=" + escapedToken, 302, nil},
		"a redirect with a query":   {"/search?x=1&q=saga&", `{}`, "/search?q=saga&preview=" + escapedToken, 302, nil},
		"what is not there":         {"/nope?", `{"search":{"nodes":[]}}`, "", 404, nil},
		"robots.txt":                {"/robots.txt?", `{}`, "", 200, nil},
		"the feed":                  {"/feed.atom?", `{}`, "", 200, nil},
		"an asset":                  {"/assets/none.css?", `{}`, "", 404, nil},
		"a draft that is not whole": {"/patterns/draft?", `{}`, "", 409, content.Wrap(content.Internal, "secret", errors.New("null"))},
		"too many requests":         {"/patterns/draft?", `{}`, "", 429, content.Fault(content.RateLimited, "secret")},
	} {
		t.Run(name, func(t *testing.T) {
			w := get(t, previewed(t, &source{data: tt.data, err: tt.err}, nil), tt.path+"preview="+escapedToken)
			h := w.Header()
			if w.Code != tt.status || h.Get("Location") != tt.location {
				t.Errorf("the answer is %d to %q, want %d to %q", w.Code, h.Get("Location"), tt.status, tt.location)
			}
			if h.Get("Cache-Control") != "no-store" || h.Get("Referrer-Policy") != "no-referrer" || h.Get("Etag") != "" || h.Get("X-Robots-Tag") == "" {
				t.Errorf("the headers are %v", h)
			}
			if strings.Contains(w.Body.String(), "secret") {
				t.Errorf("the page says %s", w.Body)
			}
		})
	}
}

// TestWrongTokensAreAnsweredAlike: the page does not say what is wrong, asks for nothing and leads on without
// the token.
func TestWrongTokensAreAnsweredAlike(t *testing.T) {
	from := &source{data: onePattern}
	s := previewed(t, from, nil)
	want := get(t, s, "/patterns/circuit-breaker?preview=wrong").Body.String()
	if !strings.Contains(want, "This preview is not available") || strings.Contains(want, "wrong") {
		t.Fatalf("the page is %s", want)
	}
	for name, path := range map[string]string{
		"empty": "/patterns/circuit-breaker?preview=", "without a value": "/patterns/circuit-breaker?preview", "not encoded": "/patterns/circuit-breaker?preview=%zz",
		"twice": "/patterns/circuit-breaker?preview=" + escapedToken + "&preview=" + escapedToken, "cut": "/patterns/circuit-breaker?preview=a%2Bb",
	} {
		t.Run(name, func(t *testing.T) {
			w := get(t, s, path)
			if w.Code != http.StatusNotFound || w.Body.String() != want || w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("Referrer-Policy") != "no-referrer" {
				t.Errorf("the answer is %d with %v", w.Code, w.Header())
			}
		})
	}
	if from.runs > 0 {
		t.Errorf("%d documents were run", from.runs)
	}
	if w := get(t, build(t, from, nil), "/patterns/circuit-breaker?preview="+escapedToken); w.Code != http.StatusNotFound {
		t.Errorf("a site without previews answers %d", w.Code)
	}
}

// TestTheStoreOfPreviewsIsAway: an error that is not the reader's is no wrong token.
func TestTheStoreOfPreviewsIsAway(t *testing.T) {
	s := build(t, &source{data: onePattern}, func(o *site.Options) {
		o.Preview = func(context.Context, string) (context.Context, error) {
			return nil, content.Fault(content.Unavailable, "secret")
		}
	})
	if w := get(t, s, "/?preview=x"); w.Code != http.StatusServiceUnavailable || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("the answer is %d with %v", w.Code, w.Header())
	}
}

// TestHeadOfAPreview checks that HEAD has the headers of a preview, which forbid to store it, and neither a
// body nor a length.
func TestHeadOfAPreview(t *testing.T) {
	r := httptest.NewRequestWithContext(t.Context(), http.MethodHead, "/patterns/circuit-breaker?preview="+escapedToken, http.NoBody)
	w := httptest.NewRecorder()
	previewed(t, &source{data: onePattern}, nil).ServeHTTP(w, r)
	if w.Code != http.StatusOK || w.Body.Len() > 0 || w.Header().Get("Content-Length") != "" || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("the answer is %d with %d bytes and %v", w.Code, w.Body.Len(), w.Header())
	}
}
