package pages

import (
	"net/url"
	"slices"

	"github.com/a-h/templ"
)

// entryView is the page of an entry: what stands above its text, and its parts in order.
type entryView struct {
	About

	// Above are the pages above this one in the breadcrumb, after the first page.
	Above []Link
	// Kicker stands above the name: the tier, and what kind of entry it is.
	Kicker []item
	// Aliases are other names, shown below the name.
	Aliases []string
	// Facts stand in the head; those without a value are not shown.
	Facts []fact
	// Claims says who states the facts; nil for nothing.
	Claims templ.Component
	// Side is the navigation beside the text; nil for none.
	Side templ.Component
	// Titled reports that the long text begins with its own title, so that the page has no head.
	Titled bool
	// Parts are in the order of the page, with the long text among them.
	Parts []part
	// Previous and Next are the neighbours in the list of the type, nil at its ends.
	Previous, Next *Link
}

// part is one section of an entry's page. A part without a body is left out, so that a view may list all
// parts that its type has.
type part struct {
	ID, Title string
	Body      templ.Component
	// Headings are those of a long text, which has no title of its own.
	Headings []TextHeadings
}

// item is a text with what stands beside it: one entry of a list, or a part of a cell.
type item struct {
	Text, URL string
	Note      string // said quietly
	Tier      *TierName
}

// cell is a cell of a table.
type cell []item

// group is a titled list of items.
type group struct {
	Title string
	Items []item
	// Inline lists stand in one line; others have a line for each item, with its note below.
	Inline bool
	// Total is the number of items that there are, if the list is longer than what it shows, and More
	// leads to all of them, if a page lists them.
	Total int
	More  string
}

// fact is a short fact with its name. Help says what its value means.
type fact struct{ Name, Value, Help string }

// step is one step of a plan.
type step struct {
	When, Title, Text string
	Groups            []group
}

// shown returns the parts that have a body. A part whose name is that of a heading in the text has another
// one, since links lead to the heading.
func (v *entryView) shown() (out []part) {
	taken := map[string]bool{}
	for _, h := range v.Body.Headings {
		taken[h.Anchor] = true
	}
	for _, p := range v.Parts {
		if p.Body == nil {
			continue
		}
		// The anchors of the text are in links of other sites, so they keep their names.
		for p.ID != "" && taken[p.ID] {
			p.ID += "-"
		}
		out = append(out, p)
	}
	return out
}

// contents returns the table of contents.
func (v *entryView) contents() (out []section) {
	for _, p := range v.shown() {
		if p.Title != "" {
			out = append(out, section{p.ID, p.Title})
		}
		for _, h := range p.Headings {
			// Deeper headings would make the contents longer than the screen.
			if h.Level == 2 {
				out = append(out, section{h.Anchor, h.Text})
			}
		}
	}
	return out
}

// crumbs returns the breadcrumb.
func (v *entryView) crumbs() []Link { return append([]Link{home}, v.Above...) }

// around sets the neighbours of an entry from the whole list of its type. An entry that is not in it has none.
// It returns v, so that calls can be chained.
func (v *entryView) around(all []Link) *entryView {
	i := slices.IndexFunc(all, func(l Link) bool { return l.ResourcePath == v.ResourcePath })
	if i < 0 {
		return v
	}
	return v.between(all[:i], all[i+1:])
}

// between sets the neighbours of an entry from the lists of those before and after it.
func (v *entryView) between(before, after []Link) *entryView {
	if n := len(before); n > 0 {
		v.Previous = &before[n-1]
	}
	if len(after) > 0 {
		v.Next = &after[0]
	}
	return v
}

// nodes is a connection of which only the links of its entries are selected.
type nodes struct {
	Nodes []Link `json:"nodes"`
}

// nodesOf returns the links of such a connection, none for null. The connections of each type have a type of
// their own.
func nodesOf[T interface {
	~struct {
		Nodes []Link `json:"nodes"`
	}
}](list *T) []Link {
	if list == nil {
		return nil
	}
	return nodes(*list).Nodes
}

// bodyPart is the long text.
func bodyPart(a *About) part {
	if a.Body.HTML == "" {
		return part{}
	}
	return part{Body: rich(a), Headings: a.Body.Headings}
}

// textPart is a short text.
func textPart(id, title, text string) part {
	if text == "" {
		return part{}
	}
	return part{ID: id, Title: title, Body: paragraph(text)}
}

// bulletPart is a list of short texts.
func bulletPart(id, title string, texts []string) part {
	if len(texts) == 0 {
		return part{}
	}
	return part{ID: id, Title: title, Body: bullets(texts)}
}

// listPart is the groups that have items.
func listPart(id, title string, groups ...group) part {
	if groups = filled(groups); len(groups) == 0 {
		return part{}
	}
	return part{ID: id, Title: title, Body: groupLists(groups)}
}

// elsewhere is the part with the entries that refer to this one, and those that it refers to in passing.
func elsewhere(groups ...group) part { return listPart("elsewhere", "Elsewhere in the hub", groups...) }

// tablePart is a table; its first column names the rows.
func tablePart(id, title string, head []string, rows [][]cell) part {
	if len(rows) == 0 {
		return part{}
	}
	head, rows = used(head, rows)
	return part{ID: id, Title: title, Body: table(title, head, rows)}
}

// used returns a table without the columns that are empty in all rows.
// All rows must have as many cells as there are heads wherever one of them is not empty.
func used(head []string, rows [][]cell) (heads []string, out [][]cell) {
	out = make([][]cell, len(rows))
	for column := range head {
		filled := func(row []cell) bool { return column < len(row) && !row[column].empty() }
		if !slices.ContainsFunc(rows, filled) {
			continue
		}
		heads = append(heads, head[column])
		for i, row := range rows {
			out[i] = append(out[i], row[column])
		}
	}
	return heads, out
}

// empty reports whether a cell shows nothing.
func (c cell) empty() bool {
	return !slices.ContainsFunc(c, func(i item) bool { return i.Text != "" || i.Note != "" })
}

// stepsPart is a plan.
func stepsPart(id, title string, steps []step) part {
	if len(steps) == 0 {
		return part{}
	}
	return part{ID: id, Title: title, Body: stepList(steps, false)}
}

// pairPart is two lists of short texts, for and against.
func pairPart(id, title, good string, goods []string, bad string, bads []string) part {
	if len(goods)+len(bads) == 0 {
		return part{}
	}
	return part{ID: id, Title: title, Body: pair(good, goods, bad, bads)}
}

// sourcesPart says where the facts are from.
func sourcesPart(s Sources) part { return part{ID: "sources", Title: "Sources", Body: sources(s)} }

// filled returns the groups that have items.
// Empty items, such as those of links that are nil, do not count.
func filled(groups []group) (out []group) {
	for _, g := range groups {
		if !cell(g.Items).empty() {
			out = append(out, g)
		}
	}
	return out
}

// rows is a list with a line for each entry.
func rows(title string, cards []Card) group { return group{Title: title, Items: cardItems(cards)} }

// inline is a list in one line.
func inline(title string, links []Link) group {
	return group{Title: title, Items: linkItems(links), Inline: true}
}

// of returns a group that says how many items there are if it does not show all of them; more is the page
// that lists them, empty for none.
func (g group) of(total int, more string) group {
	g.Total, g.More = total, more
	return g
}

// rest returns the number of items that the group does not show.
// It is 0 for a group without a total.
func (g group) rest() int { return max(0, g.Total-len(g.Items)) }

// item returns a link as an item, an empty one for nil.
// An empty item leaves its cell empty, so callers need no check.
func (l *Link) item() item {
	if l == nil {
		return item{}
	}
	return item{Text: l.Name, URL: l.ResourcePath}
}

// linkItems returns links as items.
func linkItems(links []Link) []item {
	out := make([]item, len(links))
	for i := range links {
		out[i] = links[i].item()
	}
	return out
}

// cardItems returns cards as items with their summaries.
func cardItems(cards []Card) []item {
	out := make([]item, len(cards))
	for i, c := range cards {
		out[i] = item{Text: c.Name, URL: c.ResourcePath, Note: c.Summary}
	}
	return out
}

// item returns a pattern as an item with its summary and tier.
func (p PatternRow) item() item {
	return item{Text: p.Name, URL: p.ResourcePath, Note: p.Summary, Tier: p.Tier}
}

// patternItems returns patterns as items.
func patternItems(patterns []PatternRow) []item {
	out := make([]item, len(patterns))
	for i, p := range patterns {
		out[i] = p.item()
	}
	return out
}

// item returns a subject as an item. A subject that is no entry has no link.
func (s SubjectLink) item() item {
	switch {
	case s.Pattern != nil:
		return item{Text: s.Label, URL: s.Pattern.ResourcePath}
	case s.Practice != nil:
		return item{Text: s.Label, URL: s.Practice.ResourcePath}
	}
	return item{Text: s.Label}
}

// subjectItems returns subjects as items.
func subjectItems(subjects []SubjectLink) []item {
	out := make([]item, len(subjects))
	for i, s := range subjects {
		out[i] = s.item()
	}
	return out
}

// subjects is a list of subjects in one line.
func subjects(title string, of []SubjectLink) group {
	return group{Title: title, Items: subjectItems(of), Inline: true}
}

// url returns the page of a tier.
func (t *TierName) url() string { return "/tiers/" + url.PathEscape(t.Slug) }

// items returns a tier as a list of one item, or none.
// The receiver may be nil: not every entry has a tier.
func (t *TierName) items() []item {
	if t == nil {
		return nil
	}
	return []item{{Text: t.Name, URL: t.url(), Tier: t}}
}

// tierItems returns tiers as items.
func tierItems(tiers []TierName) (out []item) {
	for i := range tiers {
		out = append(out, tiers[i].items()...)
	}
	return out
}

// words is a cell with one text.
// It is nil without a text, so that columns of empty texts are left out.
func words(text string) cell {
	if text == "" {
		return nil
	}
	return cell{{Text: text}}
}

// aside is a cell with one quiet text.
func aside(text string) cell { return cell{{Note: text}} }

// chosen returns the item of a constant that leads to the list of the entries that have it.
func chosen(list, param, constant, text string) []item {
	if constant == "" {
		return nil
	}
	return []item{{Text: text, URL: list + "?" + param + "=" + escape(slugOf(constant))}}
}
