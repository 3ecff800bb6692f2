package site

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"patternhub/internal/site/pages"
	"patternhub/internal/site/static"
)

// narrowing are the parameters of pages with forms of which a copy on a static host has a page for each value.
// Those of lists are their facets.
var narrowing = map[string][]string{
	"/health": {"tier", "category", "trend"},
	"/graph":  {"relation", "tier", "category"},
}

// Addresses returns the addresses from which links lead to all of a copy on a static host: the pages, the files
// that programs find by their names, and the former addresses of pages.
func (s *Site) Addresses(ctx context.Context) ([]string, error) {
	var c catalogue
	c.places = s.fixed()
	if err := s.o.Entries(ctx, func(e Listed) { s.add(&c, e) }); err != nil {
		return nil, err //nolint:wrapcheck // it says what was read
	}
	out := []string{static.Missing, search.Path, "/robots.txt", "/llms.txt", manifestPath, faviconPath}
	if s.o.Contact != "" {
		out = append(out, securityPath)
	}
	if s.frame.Origin != "" {
		out = append(out, "/sitemap.xml", "/feed.atom", picturePath+pictureSuffix)
		for n := 0; len(c.places) > s.mapSize && n*s.mapSize < len(c.places); n++ {
			out = append(out, partPath+strconv.Itoa(n+1)+partSuffix)
		}
	}
	for _, p := range c.places {
		out = append(out, p.path)
	}
	return append(out, c.former...), nil
}

// Made names what pages depend on besides their content: the version of the program, the settings, and the files
// of pages.
func (s *Site) Made() string {
	return strings.Join(slices.Concat([]string{s.o.Build, s.o.Title, s.o.Origin, s.o.Contact, s.frame.Logo, s.frame.Icon, s.frame.Theme, s.frame.Script, s.frame.Find}, s.frame.Styles), "\n")
}

// Prebuilt reports whether a copy on a static host has a page: all that do not need a server, and of those with
// parameters the ones with one value of one facet. Other combinations have no end. The place in a list counts
// for nothing here.
func (s *Site) Prebuilt(u *url.URL) bool {
	if pages.NeedsServer(u.Path) {
		return false
	}
	query := u.Query()
	if strings.HasPrefix(u.Path, pages.DiagramPath) {
		return true
	}
	query.Del("after")
	query.Del("before")
	if len(query) == 0 {
		return true
	}
	params := narrowing[u.Path]
	for _, rt := range routes() {
		if rt.spec != nil && rt.spec.Path == u.Path && rt.spec.Words == "" {
			for _, f := range rt.spec.Facets {
				params = append(params, f.Param)
			}
		}
	}
	for param, values := range query {
		return len(query) == 1 && len(values) == 1 && values[0] != "" && slices.Contains(params, param)
	}
	return false
}
