package site

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"patternhub/internal/accept"
	"patternhub/internal/content"
	"patternhub/internal/site/card"
	"patternhub/internal/site/pages"
)

const (
	manifestPath = "/site.webmanifest"
	faviconPath  = "/favicon.ico"
	securityPath = "/.well-known/security.txt"
	// securityTerm is the time for which security.txt is valid, at least.
	securityTerm = 180 * 24 * time.Hour
)

// icons are the lengths of the sides of the site's icons.
var icons = []int{48, 180, 192, 512}

// iconFiles adds the icons to the assets and returns their paths by length.
func iconFiles(files *assets) (map[int]string, error) {
	out := map[int]string{}
	for _, side := range icons {
		picture, err := card.Icon(side)
		if err != nil {
			return nil, fmt.Errorf("draw the icon: %w", err)
		}
		out[side] = files.add("icon-"+strconv.Itoa(side)+".png", picture)
	}
	return out, nil
}

// manifest returns the web manifest.
func manifest(title string, icon map[int]string) ([]byte, error) {
	type picture struct {
		Src   string `json:"src"`
		Sizes string `json:"sizes"`
		Type  string `json:"type"`
	}
	m := struct {
		Name       string    `json:"name"`
		ShortName  string    `json:"short_name"`
		StartURL   string    `json:"start_url"`
		Display    string    `json:"display"`
		Background string    `json:"background_color"`
		Theme      string    `json:"theme_color"`
		Icons      []picture `json:"icons"`
	}{title, title, "/", "minimal-ui", "#fcfcfb", "#131619", nil}
	for _, side := range icons[2:] {
		size := strconv.Itoa(side)
		m.Icons = append(m.Icons, picture{icon[side], size + "x" + size, pngMedia})
	}
	out, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("write the web manifest: %w", err)
	}
	return out, nil
}

// wellKnown serves the files that are found by their names. They depend on no content.
func (s *Site) wellKnown(icon map[int]string) error {
	m, err := manifest(s.o.Title, icon)
	if err != nil {
		return err
	}
	s.mux.HandleFunc(method+manifestPath, func(w http.ResponseWriter, r *http.Request) {
		s.known(w, r, text("application/manifest+json", string(m)))
	})
	s.mux.HandleFunc(method+faviconPath, func(w http.ResponseWriter, _ *http.Request) { redirect(w, icon[icons[0]], http.StatusFound) })
	s.mux.HandleFunc(method+"/robots.txt", func(w http.ResponseWriter, r *http.Request) {
		s.known(w, r, text("text/plain; charset=utf-8", s.robots(r)))
	})
	if s.o.Contact != "" {
		s.mux.HandleFunc(method+securityPath, func(w http.ResponseWriter, r *http.Request) { s.known(w, r, s.security()) })
	}
	return nil
}

// known sends a file that depends on no content. Its tag is that of its bytes.
func (s *Site) known(w http.ResponseWriter, r *http.Request, p *page) {
	p.etag = []string{s.tag(string(p.html), 0)}
	if accept.Tag(r.Header["If-None-Match"], p.etag...) >= 0 {
		sayUnchanged(w, p.etag)
		return
	}
	p.send(w, r)
}

// closed reports whether readers need a key. Other errors pass: a crawler that is refused for a moment would
// forget the site.
func (s *Site) closed(ctx context.Context) bool {
	question, err := s.o.Ask(pages.CatalogueQuery.Text, map[string]any{})
	if err == nil {
		_, err = question.Open(ctx)
	}
	return content.CodeOf(err) == content.Unauthenticated
}

// robots says what crawlers may read: nothing if readers need a key. Searches and narrowed lists have no
// end, and lead to nothing that the sitemap does not have.
func (s *Site) robots(r *http.Request) string {
	if s.closed(r.Context()) {
		return "User-agent: *\nDisallow: /\n"
	}
	out := "User-agent: *\nDisallow: /search\nDisallow: /graphql\nDisallow: /*?\n"
	if s.o.Static {
		out = "User-agent: *\nDisallow:\n" // its lists have an end
	}
	if s.frame.Origin != "" {
		out += "\nSitemap: " + s.frame.Origin + "/sitemap.xml\n"
	}
	return out
}

// security says how to report a weakness, as RFC 9116 asks. It ends with a month, so that it is the same
// for many readers.
func (s *Site) security() *page {
	until := s.o.Now().Add(securityTerm).UTC()
	until = time.Date(until.Year(), until.Month()+1, 1, 0, 0, 0, 0, time.UTC)
	body := "Contact: " + s.o.Contact + "\nExpires: " + stamp(until) + "\n"
	if s.frame.Origin != "" {
		body += "Canonical: " + s.frame.Origin + securityPath + "\n"
	}
	return text("text/plain; charset=utf-8", body)
}
