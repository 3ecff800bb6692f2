package pages

import (
	"slices"
	"strings"

	"github.com/a-h/templ"
)

// branch is a page or a folder in the tree of pages. A folder without a page of its own has no URL.
type branch struct {
	Name, URL string
	Slug      string
	Current   bool
	Below     []*branch
}

// Page is a page of the tree, with the navigation of its folder.
func Page(f *Frame, a *PageAnswer) templ.Component {
	p := a.Page
	v := &entryView{About: *p, Above: a.crumbs(), Parts: []part{bodyPart(p)}}
	v.Titled = len(p.Body.Headings) > 0 && p.Body.Headings[0].Level == 1
	if tree := a.tree(); len(tree) > 1 || len(tree) == 1 && len(tree[0].Below) > 0 {
		v.Side = folder(tree, a.cut())
		v.Previous, v.Next = beside(tree)
	}
	return entryPage(f, v)
}

// crumbs returns the pages of the folders above, the highest first.
// A folder's slug begins with those of the folders above it, so the shortest is the highest.
func (a *PageAnswer) crumbs() []Link {
	var pages []PageLink
	if a.Above != nil {
		pages = slices.SortedFunc(slices.Values(a.Above.Nodes), func(x, y PageLink) int { return len(x.Slug) - len(y.Slug) })
	}
	out := []Link{{"Pages", "/pages"}}
	for _, p := range pages {
		out = append(out, p.Link)
	}
	return out
}

// tree returns what is in the folder of the page, and in folders below it.
// The page itself is always in it, even if a long list of its neighbours was cut before it.
func (a *PageAnswer) tree() []*branch {
	root := &branch{}
	top := a.Page.Slug[:strings.LastIndexByte(a.Page.Slug, '/')+1]
	add := func(p PageLink) {
		rest, ok := strings.CutPrefix(p.Slug, top)
		if !ok {
			return
		}
		b := root.find(top, rest)
		b.Name, b.URL, b.Current = p.Name, p.ResourcePath, p.Slug == a.Page.Slug
	}
	add(PageLink{Link: Link{a.Page.Name, a.Page.ResourcePath}, Slug: a.Page.Slug})
	if a.Beside != nil {
		for _, p := range a.Beside.Nodes {
			add(p)
		}
	}
	if a.Below != nil {
		for _, p := range a.Below.Nodes {
			add(p)
		}
	}
	root.sort()
	return root.Below
}

// cut reports whether the folder has more pages than its navigation shows.
func (a *PageAnswer) cut() bool {
	return a.Beside != nil && a.Beside.PageInfo.HasNextPage || a.Below != nil && a.Below.PageInfo.HasNextPage
}

// find returns the branch at a path below b, and adds it and the folders on the way if there are none.
func (b *branch) find(above, path string) *branch {
	name, rest, deeper := strings.Cut(path, "/")
	slug := above + name
	i := slices.IndexFunc(b.Below, func(x *branch) bool { return x.Slug == slug })
	if i < 0 {
		b.Below = append(b.Below, &branch{Name: phrase(name), Slug: slug})
		i = len(b.Below) - 1
	}
	if !deeper {
		return b.Below[i]
	}
	return b.Below[i].find(slug+"/", rest)
}

// sort sorts a tree by name.
func (b *branch) sort() {
	slices.SortFunc(b.Below, func(x, y *branch) int { return strings.Compare(x.Name, y.Name) })
	for _, x := range b.Below {
		x.sort()
	}
}

// beside returns the pages before and after the current one in its folder.
func beside(tree []*branch) (previous, next *Link) {
	before := true
	for _, b := range tree {
		switch {
		case b.Current:
			before = false
		// A folder without a page cannot be turned to.
		case b.URL == "":
		case before:
			previous = &Link{b.Name, b.URL}
		case next == nil:
			next = &Link{b.Name, b.URL}
		}
	}
	return previous, next
}
