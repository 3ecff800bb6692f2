package figure

import "strconv"

// MaxRows is the greatest number of rows of a table.
const MaxRows = 3000

// Table is the data of a figure.
type Table struct {
	Title string
	Head  []string
	Rows  [][]Cell
}

// Cell is a text or a number in a table, linked if it has a target.
type Cell struct {
	Text    string
	Href    string
	Numeric bool // it is aligned to the right
}

// numeric returns a cell with a number.
func numeric(v float64) Cell { return Cell{Text: Number(v), Numeric: true} }

// HTML returns a table element. The first cell of a row is its heading.
func (t Table) HTML() string {
	var p pen
	p.tag("table").str("class", "fig-table").body().tag("caption").body().text(t.Title).end("caption")
	p.tag("thead").body().tag("tr").body()
	for _, h := range t.Head {
		p.tag("th").str("scope", "col").body().text(h).end("th")
	}
	p.end("tr").end("thead").tag("tbody").body()
	for _, row := range t.Rows[:min(len(t.Rows), MaxRows)] {
		p.tag("tr").body()
		for i, c := range row {
			p.cell(i, c)
		}
		p.end("tr")
	}
	p.end("tbody")
	if more := len(t.Rows) - MaxRows; more > 0 {
		p.tag("tfoot").body().tag("tr").body().tag("td").body().text("and " + strconv.Itoa(more) + " more").end("td").end("tr").end("tfoot")
	}
	return p.end("table").String()
}

// cell writes the cell of a column.
func (p *pen) cell(column int, c Cell) {
	name := "td"
	if column == 0 {
		name = "th"
	}
	p.tag(name)
	if column == 0 {
		p.str("scope", "row")
	}
	if c.Numeric {
		p.str("class", "fig-number")
	}
	// Texts may be of any script, and a cell runs as its own text does.
	p.str("dir", "auto").body()
	linked := p.link(c.Href)
	p.text(c.Text)
	if linked {
		p.end("a")
	}
	p.end(name)
}
