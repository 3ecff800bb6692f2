package content

// NavItem is an item of the navigation of an imported tree: a section, a page, or a link to another site.
type NavItem struct {
	// Level counts from 0. An item belongs to the last one before it with a smaller level.
	Level int `bson:"level"`
	// Title is what readers see; for a page it may be empty, which stands for its name.
	Title string `bson:"title,omitempty"`
	// Slug is that of a page, URL the address of another site. A section has neither.
	Slug string `bson:"slug,omitempty"`
	URL  string `bson:"url,omitempty"`
}

// MaxNav bounds the items of a navigation; it is the @listSize of the contract.
const MaxNav = 500

// NavLink is an item of a navigation as a reader of one perspective sees it. Path is a resource path, or
// the address of another site; it is empty for a section.
type NavLink struct {
	Level int
	Title string
	Path  string
}

// Address is the path; nil for a section.
func (l *NavLink) Address() *string {
	if l.Path == "" {
		return nil
	}
	return &l.Path
}

// Navigation returns the navigation without pages that are not found, and without sections that are empty
// because of that, so that it names nothing that its reader may not read. pages has the heads of pages by
// their slugs in the navigation.
func (t *RichText) Navigation(pages map[string]*Meta) []*NavLink {
	out := []*NavLink{}
	for _, item := range t.Nav {
		// A section that is followed by nothing deeper is empty.
		for len(out) > 0 && out[len(out)-1].Path == "" && out[len(out)-1].Level >= item.Level {
			out = out[:len(out)-1]
		}
		link := &NavLink{Level: item.Level, Title: item.Title, Path: item.URL}
		if item.Slug != "" {
			head := pages[item.Slug]
			if head == nil {
				continue
			}
			link.Path = head.ResourcePath()
			if link.Title == "" {
				link.Title = head.Name
			}
		}
		out = append(out, link)
	}
	for len(out) > 0 && out[len(out)-1].Path == "" {
		out = out[:len(out)-1]
	}
	return out
}
