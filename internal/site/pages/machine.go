package pages

import (
	"slices"
	"strings"

	"patternhub/internal/site/form"
)

// source returns the path of the Markdown of the page's entry.
func (f *Frame) source() string { return f.Path + ".md" }

// picture returns the path of the picture that others show for a link to the page.
func (f *Frame) picture() string {
	if f.Entry {
		return "/og" + f.Path + ".png"
	}
	return "/og.png"
}

// kind returns the type of the page in Open Graph.
func (f *Frame) kind() string {
	if f.Entry {
		return "article"
	}
	return "website"
}

// described is a statement of schema.org about a page. Its addresses are paths where the site does not
// know its own; a reader resolves them.
type described struct {
	Context     string     `json:"@context"`
	Type        string     `json:"@type"`
	ID          string     `json:"@id,omitempty"`
	Headline    string     `json:"headline,omitempty"`
	Name        string     `json:"name,omitempty"`
	Description string     `json:"description,omitempty"`
	URL         string     `json:"url,omitempty"`
	Language    string     `json:"inLanguage,omitempty"`
	Published   string     `json:"dateModified,omitempty"`
	Image       string     `json:"image,omitempty"`
	Publisher   *organised `json:"publisher,omitempty"`
	About       *term      `json:"about,omitempty"`
	Items       []crumb    `json:"itemListElement,omitempty"`
}

// organised is who publishes a page.
type organised struct {
	Type string `json:"@type"`
	Name string `json:"name"`
}

// term is what the page of an entry is about, one of those in a list.
type term struct {
	Type        string `json:"@type"`
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	Set         string `json:"inDefinedTermSet,omitempty"`
}

// crumb is a step of the way to a page.
type crumb struct {
	Type     string `json:"@type"`
	Position int    `json:"position"`
	Name     string `json:"name"`
	Item     string `json:"item"`
}

// described returns what the page is: an article about a term for an entry, a set of terms for a list, and
// the way to the page.
func (f *Frame) described(h Head) []described {
	const context = "https://schema.org"
	var out []described
	url := f.Origin + f.Path
	switch {
	case f.Entry:
		d := described{
			Context: context, Type: "TechArticle", ID: url, Headline: h.Title, Description: h.Description, URL: url, Language: "en",
			Published: day(f.Published), Publisher: &organised{"Organization", f.Site},
		}
		if f.Origin != "" {
			d.Image = f.Origin + f.picture()
		}
		d.About = &term{Type: "DefinedTerm", Name: h.Title, Description: h.Description}
		if n := len(h.Crumbs); n > 1 {
			d.About.Set = f.Origin + h.Crumbs[n-1].ResourcePath
		}
		out = append(out, d)
	case f.List != nil:
		out = append(out, described{Context: context, Type: "DefinedTermSet", ID: url, Name: h.Title, Description: h.Description, URL: url})
	}
	if len(h.Crumbs) == 0 {
		return out
	}
	way := described{Context: context, Type: "BreadcrumbList"}
	for i, c := range append(slices.Clip(h.Crumbs), Link{h.Title, f.Path}) {
		way.Items = append(way.Items, crumb{"ListItem", i + 1, strings.TrimSpace(c.Name), f.Origin + c.ResourcePath})
	}
	return append(out, way)
}

// TypeLabel returns the name of an entry type as people read it.
func TypeLabel(name string) string { return typeLabel(name) }

// maxSlide is the number of steps of a slider that a hand can still choose among.
const maxSlide = 1000

// slides reports whether a slider can choose the value of a field.
// Other numbers are typed.
func slides(f *form.Field) bool {
	return f.Kind == form.Number && !f.Decimal && f.Max-f.Min <= maxSlide
}
