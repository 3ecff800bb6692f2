package content

// Page is a page of the hub that is none of the other entries.
type Page struct {
	Meta `bson:",inline"`
	Body RichText `bson:"body,omitempty"`
}

// Path is the path of the page, which is its slug.
func (p *Page) Path() string { return p.Slug }

// Title is the name, as the contract calls it beside name.
func (p *Page) Title() string { return p.Name }

// PageFilter selects pages. All given conditions must hold.
type PageFilter struct {
	And, Or []*PageFilter
	Not     *PageFilter
	EntryFilter
}
