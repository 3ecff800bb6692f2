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
	// Section folds what is below, and Open shows it from the start.
	Section, Open bool
	Below         []*branch
}

// FirstPage is the slug of the first page of a site whose pages are in no folder.
const FirstPage = "index"

// Page is a page of the tree, with the navigation of its folder.
func Page(f *Frame, a *PageAnswer) templ.Component {
	p := a.Page
	v := &entryView{About: *p, Above: a.crumbs(), Parts: []part{bodyPart(p)}}
	v.Titled = len(p.Body.Headings) > 0 && p.Body.Headings[0].Level == 1
	if tree := a.navigation(); len(tree) > 0 {
		v.Side = siteTree(tree)
		v.Previous, v.Next = beside(flat(nil, tree))
	} else if tree := a.tree(); len(tree) > 1 || len(tree) == 1 && len(tree[0].Below) > 0 {
		v.Side = folder(tree, a.cut())
		v.Previous, v.Next = beside(tree)
	}
	return entryPage(f, v)
}

// crumbs returns the pages of the folders above, the highest first.
// A folder's slug begins with those of the folders above it, so the shortest is the highest.
func (a *PageAnswer) crumbs() []Link {
	out := []Link{{"Pages", "/pages"}}
	for _, p := range a.above() {
		if p.Slug != a.Page.Slug && p.Slug != FirstPage {
			out = append(out, p.Link)
		}
	}
	return out
}

// above returns the page with those of the folders above, the highest first, after the first page of the site.
func (a *PageAnswer) above() []PageAnswerAboveNodes {
	if a.Above == nil {
		return nil
	}
	height := func(slug string) int {
		if slug == FirstPage {
			return 0
		}
		return len(slug)
	}
	return slices.SortedFunc(slices.Values(a.Above.Nodes), func(x, y PageAnswerAboveNodes) int { return height(x.Slug) - height(y.Slug) })
}

// navigation returns the tree that the first page of the site states, the nearest if there are several; nil
// if none does. The sections around the page are open.
func (a *PageAnswer) navigation() []*branch {
	for _, p := range slices.Backward(a.above()) {
		if len(p.Body.Navigation) == 0 {
			continue
		}
		root := &branch{}
		last := []*branch{root} // the last branch of each level, after the root
		for _, item := range p.Body.Navigation {
			level := min(item.Level, len(last)-1)
			b := &branch{Name: item.Title, URL: item.Path, Current: item.Path == a.Page.ResourcePath, Section: item.Path == ""}
			last[level].Below = append(last[level].Below, b)
			last = append(last[:level+1], b)
			for _, around := range last[1:] {
				around.Open = around.Open || b.Current
			}
		}
		return root.Below
	}
	return nil
}

// flat returns the branches of a tree in their order, without other sites.
func flat(out []*branch, tree []*branch) []*branch {
	for _, b := range tree {
		if strings.HasPrefix(b.URL, "/") {
			out = append(out, b)
		}
		out = flat(out, b.Below)
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
