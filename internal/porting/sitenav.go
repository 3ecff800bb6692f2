package porting

import (
	"path"
	"strings"

	"patternhub/internal/content"
	"patternhub/internal/markdown"
)

// siteNames are the names of the file that makes a tree a MkDocs site.
var siteNames = []string{"mkdocs.yml", "mkdocs.yaml"}

// mkdocsSite is what the mkdocs.yml of a tree says. Its navigation and the file itself belong to the first
// page of the site, so they are published with it and have its revisions.
type mkdocsSite struct {
	// file is the path of mkdocs.yml in the tree, empty if there is none; docs is the folder of the pages.
	file, docs string
	// first is the first page.
	first name
	nav   []content.NavItem
}

// readSite reads the mkdocs.yml at the root of the tree, if there is one.
func (f *folder) readSite(report *Report) {
	for _, file := range siteNames {
		if f.library.has(file) && f.site.file == "" {
			f.site.file = file
		}
	}
	if f.site.file == "" {
		return
	}
	note := func(format string, args ...any) {
		c := candidate{place: f.site.file}
		report.Notes = append(report.Notes, c.problem(format, args...))
	}
	text, err := f.library.bytes(f.site.file)
	if err != nil {
		note("is not used: %s", err)
		f.site.file = ""
		return
	}
	items, docs, err := markdown.Nav(string(text))
	if err != nil {
		note("%s, so it is kept without its navigation", err)
	}
	// A tree may also be the folder of the pages with a copy of mkdocs.yml in it.
	for _, dir := range []string{strings.TrimPrefix(path.Join("/", docs), "/"), ""} {
		f.site.docs = dir
		if f.site.first, err = identify(path.Join(f.under, dir, "index.md"), f.pages); err == nil && f.names[f.site.first] {
			break
		}
		f.site.first = name{}
	}
	if f.site.first == (name{}) {
		note("is not used: the site has no first page, %s", path.Join(docs, "index.md"))
		f.site.file = ""
		return
	}
	for _, item := range items {
		link, wrong := f.navItem(item)
		if wrong != "" {
			note("nav: %s %s", printable(item.Target), wrong)
		}
		// A page may come with a later import.
		if wrong == "" || link.Slug != "" {
			f.site.nav = append(f.site.nav, link)
		}
	}
}

// navItem returns an item of the navigation, or what is wrong with it.
func (f *folder) navItem(item markdown.NavEntry) (out content.NavItem, wrong string) {
	out = content.NavItem{Level: item.Level, Title: item.Title}
	switch {
	case item.Target == "":
	case strings.HasPrefix(item.Target, "https://"), strings.HasPrefix(item.Target, "http://"):
		out.URL = item.Target
		if out.Title == "" {
			out.Title = item.Target
		}
	case !isMarkdown(item.Target):
		return out, "is neither a page nor an address that begins with http"
	default:
		l := linker{file: path.Join(f.under, f.site.docs, "index.md"), root: f.under, pages: f.pages}
		n, ok := l.to(strings.TrimPrefix(item.Target, "/"))
		switch {
		case !ok || n.Type != content.TypePage:
			return out, "is no page of the site"
		case !f.names[n]:
			wrong = "is missing"
		}
		out.Slug = n.Slug
	}
	return out, wrong
}

// attachSite attaches the mkdocs.yml of the site and its navigation to the first page.
func (f *folder) attachSite(c *candidate, d *document, body *content.RichText) {
	if f.site.file == "" || c.name != f.site.first {
		return
	}
	file, err := f.library.file(f.site.file)
	if err != nil {
		d.saw(f.under, "", f.site.file)
		return
	}
	d.saw(f.under, file.Hash, f.site.file)
	file.Path = pathUnder(f.under, file.Path)
	body.Files = append([]content.File{file}, body.Files...)
	body.Nav = f.site.nav
}
