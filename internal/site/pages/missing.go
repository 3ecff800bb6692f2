package pages

import (
	"strings"
)

// formerSections are the pages of this site for sections of the documentation site that no entry names.
var formerSections = map[string]string{"part1-axioms": "/laws", "part2-pillars": "/pillars"}

// Moved returns the page that stands for an address of the documentation site, empty if there is none. The
// front page and its entries name these addresses.
// Slashes around the path do not matter, nor the ends of the files that links in Markdown name.
func (a *MissingAnswer) Moved(path string) string {
	path = strings.TrimSuffix(strings.TrimSuffix(strings.Trim(path, "/"), ".md"), "/index")
	if to := formerSections[path]; to != "" {
		return to
	}
	// Links of the front page may have a fragment, which a browser does not send.
	for _, s := range a.Home.Sections {
		if link, _, _ := strings.Cut(s.Link, "#"); s.Page != nil && strings.Trim(link, "/") == path {
			return s.Page.ResourcePath
		}
	}
	for _, l := range a.Laws {
		if l.Provenance.Page == path {
			return l.ResourcePath
		}
	}
	for _, p := range a.Pillars {
		if p.Provenance.Page == path {
			return p.ResourcePath
		}
	}
	for _, r := range a.Home.Roles {
		if r.SeedLink != "" && r.SeedLink == path {
			return r.ResourcePath
		}
	}
	for _, x := range a.Home.Featured {
		switch {
		case x.SeedPath != path:
		case x.Pattern != nil:
			return x.Pattern.ResourcePath
		case x.CaseStudy != nil:
			return x.CaseStudy.ResourcePath
		}
	}
	return ""
}
