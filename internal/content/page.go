package content

// Page is a page of general content that no other entry type covers.
type Page struct {
	Meta `bson:",inline" entry:"order=160,rank=160"`
	Body RichText `bson:"body,omitempty" list:"page"`
}

// Path is the path of the page, which is its slug.
func (p *Page) Path() string { return p.Slug }

// Title is the name; the contract has fields for both.
func (p *Page) Title() string { return p.Name }

// PageFilter selects pages. All given conditions must hold.
type PageFilter struct {
	And, Or []*PageFilter
	Not     *PageFilter
	EntryFilter
}
