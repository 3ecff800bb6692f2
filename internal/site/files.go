package site

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"

	"patternhub/internal/content"
	"patternhub/internal/site/pages"
)

// file is a route whose answer is no page: a list for machines, a source or a picture.
func file[A any, P answer[A]](pattern string, doc pages.Document[A], read func(*http.Request) wanted, write func(*asked, uint64, P) (*page, error)) route {
	return route{pattern: method + pattern, document: doc.Text, status: http.StatusOK, read: read, file: func(a *asked, revision uint64, data []byte) (*page, error) {
		answer, err := decoded[A, P](data)
		if err != nil {
			return nil, err
		}
		return write(a, revision, answer)
	}}
}

// text returns a file, ready to send.
func text(media, body string) *page {
	return &page{status: http.StatusOK, media: []string{media}, html: []byte(body)}
}

// list returns the route of a list of entries for machines.
func (s *Site) list(pattern string, write func(*asked, *catalogue) (*page, error)) route {
	return file(pattern, pages.CatalogueQuery, fixed, func(a *asked, revision uint64, _ *pages.CatalogueAnswer) (*page, error) {
		c, err := s.catalogue(revision)
		if err != nil {
			return nil, err
		}
		return write(a, c)
	})
}

// lists returns the routes of the lists for machines.
func (s *Site) lists() []route {
	return []route{
		s.list("/sitemap.xml", s.sitemap),
		s.list("/feed.atom", s.feed),
		s.list("/llms.txt", s.guide),
	}
}

const (
	// maxSitemap is the number of addresses in a sitemap that the protocol allows.
	maxSitemap = 50_000
	// partPath and partSuffix are around the number of a sitemap.
	partPath, partSuffix = "/sitemap-", ".xml"

	sitemapNS = "http://www.sitemaps.org/schemas/sitemap/0.9"
	xmlMedia  = "application/xml; charset=utf-8"
)

// location is an element of a sitemap.
type location struct {
	Loc     string `xml:"loc"`
	LastMod string `xml:"lastmod,omitempty"`
}

// sitemap returns all addresses of the site, or the list of its parts if there are too many for one.
// Sitemaps have absolute addresses only, so there is none if the site does not know its own.
func (s *Site) sitemap(_ *asked, c *catalogue) (*page, error) {
	if s.frame.Origin == "" {
		return nil, errMissing
	}
	if len(c.places) <= s.mapSize {
		return s.addresses(c.places)
	}
	var index struct {
		XMLName xml.Name   `xml:"sitemapindex"`
		NS      string     `xml:"xmlns,attr"`
		Parts   []location `xml:"sitemap"`
	}
	index.NS = sitemapNS
	for n := 0; n*s.mapSize < len(c.places); n++ {
		index.Parts = append(index.Parts, location{Loc: s.frame.Origin + partPath + strconv.Itoa(n+1) + partSuffix})
	}
	return document(xmlMedia, index)
}

// isPart reports whether a path is that of one of several sitemaps. They stand beside the first, since a
// sitemap in a folder may only have addresses below that.
func isPart(path string) bool {
	return strings.HasPrefix(path, partPath) && strings.HasSuffix(path, partSuffix)
}

// sitemapPart returns one of several sitemaps. It is reached by isPart, not by its pattern.
func (s *Site) sitemapPart(a *asked, c *catalogue) (*page, error) {
	name := strings.TrimPrefix(a.canonical, partPath)
	n, err := strconv.Atoi(strings.TrimSuffix(name, partSuffix))
	if err != nil || name != strconv.Itoa(n)+partSuffix || n < 1 || (n-1)*s.mapSize >= len(c.places) || s.frame.Origin == "" || len(c.places) <= s.mapSize {
		return nil, errMissing
	}
	return s.addresses(c.places[(n-1)*s.mapSize : min(n*s.mapSize, len(c.places))])
}

// addresses returns a sitemap.
func (s *Site) addresses(places []place) (*page, error) {
	var set struct {
		XMLName xml.Name   `xml:"urlset"`
		NS      string     `xml:"xmlns,attr"`
		URLs    []location `xml:"url"`
	}
	set.NS, set.URLs = sitemapNS, make([]location, len(places))
	for i, p := range places {
		set.URLs[i].Loc = s.absolute(p.path)
		if !p.published.IsZero() {
			set.URLs[i].LastMod = stamp(p.published)
		}
	}
	return document(xmlMedia, set)
}

// absolute returns the address of a page. On a static host a page is a folder, whose address ends with a slash.
func (s *Site) absolute(path string) string {
	if s.o.Static {
		path = strings.TrimSuffix(path, "/") + "/"
	}
	return s.frame.Origin + path
}

// stamp returns a time in the form of XML.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// document writes an XML document.
func document(media string, v any) (*page, error) {
	body, err := xml.Marshal(v)
	if err != nil {
		return nil, content.Wrap(content.Internal, "", err)
	}
	return text(media, xml.Header+string(body)+"\n"), nil
}

// feedLink is a link of a feed.
type feedLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr,omitempty"`
	Href string `xml:"href,attr"`
}

// feedEntry is an entry of a feed.
type feedEntry struct {
	ID      string   `xml:"id"`
	Title   string   `xml:"title"`
	Updated string   `xml:"updated"`
	Link    feedLink `xml:"link"`
	Summary string   `xml:"summary"`
}

// feed returns what was published last, the newest first.
func (s *Site) feed(_ *asked, c *catalogue) (*page, error) {
	var feed struct {
		XMLName xml.Name    `xml:"feed"`
		NS      string      `xml:"xmlns,attr"`
		ID      string      `xml:"id"`
		Title   string      `xml:"title"`
		Updated string      `xml:"updated"`
		Author  string      `xml:"author>name"`
		Links   []feedLink  `xml:"link"`
		Entries []feedEntry `xml:"entry"`
	}
	feed.NS, feed.Title, feed.Author = "http://www.w3.org/2005/Atom", s.o.Title, s.o.Title
	feed.ID, feed.Updated = urn(s.frame.Origin+"/feed.atom"), stamp(time.Unix(0, 0))
	feed.Links = []feedLink{{"self", "application/atom+xml", s.frame.Origin + "/feed.atom"}, {"alternate", "text/html", s.frame.Origin + "/"}}
	for i, e := range c.newest {
		if i == 0 {
			feed.Updated = stamp(e.Published)
		}
		feed.Entries = append(feed.Entries, feedEntry{urn(e.ID), e.Name, stamp(e.Published), feedLink{"alternate", "text/html", s.absolute(e.Path)}, e.Summary})
	}
	return document("application/atom+xml; charset=utf-8", feed)
}

// urn returns a URI that stands for a name, and for the same one each time.
func urn(name string) string { return uuid.NewSHA1(uuid.NameSpaceURL, []byte(name)).URN() }

// guide returns llms.txt: what the site has, in Markdown, with links to the sources.
func (s *Site) guide(_ *asked, c *catalogue) (*page, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n> What is published here. Each link leads to the Markdown of an entry; its page has the same address without .md.\n", line(s.o.Title))
	for _, g := range c.groups {
		name := strings.ReplaceAll(g.name, "-", " ")
		fmt.Fprintf(&b, "\n## %s\n\n", strings.ToUpper(name[:min(1, len(name))])+name[min(1, len(name)):])
		for _, e := range g.entries {
			fmt.Fprintf(&b, "- [%s](%s): %s\n", line(e.Name), s.frame.Origin+e.Path+sourceSuffix, line(e.Summary))
		}
		if more := g.total - len(g.entries); more > 0 {
			fmt.Fprintf(&b, "\n%d more are in the list of the site.\n", more)
		}
	}
	return text("text/plain; charset=utf-8", b.String()), nil
}

// line returns a text as one line of Markdown without markup.
func line(s string) string {
	var b strings.Builder
	for _, r := range strings.Join(strings.Fields(s), " ") {
		switch {
		case strings.ContainsRune("\\`*_[]<>#", r):
			b.WriteRune('\\')
		case unicode.IsControl(r):
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}
