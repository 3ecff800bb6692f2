package markdown

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// maxOpen bounds the depth of elements, far above what any text has. Only the content of deeper ones
// remains.
const maxOpen = 250

// rawHTML returns the HTML of one node as complete tags and text, so that nothing left open in it
// can swallow what follows, such as an unclosed comment, quote or script. It drops comments and the
// content of scripts and styles. What only looks like a tag, such as <name> or List<String>, is
// text: HTML has no such element and nothing closes it.
func rawHTML(source string, closed map[string]bool) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(source))
	at, program := 0, ""
	for z.Next() != html.ErrorToken {
		tag := source[at : at+len(z.Raw())]
		at += len(tag)
		t := z.Token()
		switch t.Type {
		case html.TextToken:
			if program == "" {
				b.WriteString(t.String())
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			if program = ""; t.Data == "script" || t.Data == "style" {
				program = t.Data
			} else {
				z.NextIsNotRawText()
			}
			if t.Type == html.StartTagToken && !closed[t.Data] && (textless[t.Data] || elements[t.Data] == 0 && !others[t.Data]) {
				b.WriteString(html.EscapeString(tag))
				continue
			}
			t.Data += rawMark
			b.WriteString(t.String())
		case html.EndTagToken:
			program = ""
			t.Data += rawMark
			b.WriteString(t.String())
		case html.ErrorToken, html.CommentToken, html.DoctypeToken: // not visible to a reader
		}
	}
	if rest := source[at:]; !strings.HasPrefix(rest, "<!") && !strings.HasPrefix(rest, "<?") {
		b.WriteString(html.EscapeString(rest))
	}
	return b.String()
}

// endTag matches the tags that close elements.
var endTag = regexp.MustCompile(`</[ \t]*([A-Za-z][\w.:-]*)`)

// closedIn returns the elements that the source closes somewhere, in lower case.
func closedIn(source string) map[string]bool {
	out := map[string]bool{}
	for _, m := range endTag.FindAllStringSubmatch(source, -1) {
		out[strings.ToLower(m[1])] = true
	}
	return out
}

// rawMark ends the names of tags that were written as HTML, between rawHTML and tidy. It is added
// to a name that already ends with it too, so no text can disguise its tags as the renderer's.
const rawMark = ":raw"

// htmlToken is a token of HTML; raw is set if it was written as HTML and not made from Markdown.
type htmlToken struct {
	html.Token
	raw bool
}

// opened is an open element.
type opened struct {
	// name is the name of the element, tag the one that was written.
	name, tag string
	raw       bool
	// number is the count of tags before it, and at the index of its own in the result.
	number, at int
}

// bars reports whether an element of Markdown contains blocks. A tag written in it cannot close an
// element outside of it.
func (o *opened) bars() bool { return !o.raw && bars(o.name) }

func bars(name string) bool {
	return elements[name] == blockElement && name != "p" && headingLevel(name) == 0
}

// tidier makes HTML independent of the page around it: each element is closed, in order, and none
// would make a browser close an element around it. The renderer's tags for Markdown are in pairs.
// So an end tag belongs to its own start tag, whatever was written in between, and closes all
// elements opened since.
type tidier struct {
	tokens []htmlToken
	// i is the index of the current token, number the count of start tags.
	i, number int
	out       []htmlToken
	open      []opened
	// around holds the numbers of the elements of Markdown around the current token, including
	// those that are closed already or were omitted.
	around []int
	// endless holds the textless elements without an end in their surroundings.
	endless map[endless]bool
	// link returns the destination of a link, picture that of a picture.
	link, picture func(string) string
}

// endless is the name of an element, and the number of the element of Markdown around it.
type endless struct {
	name   string
	around int
}

// tidy splits HTML into well-formed tokens. It omits elements outside of the allow-list; their text
// stays.
func tidy(source string, link, picture func(string) string) []htmlToken {
	d := &tidier{tokens: tokens(source), link: link, picture: picture, endless: map[endless]bool{}}
	for ; d.i < len(d.tokens); d.i++ {
		switch t := d.tokens[d.i]; t.Type {
		case html.StartTagToken, html.SelfClosingTagToken:
			d.start(&t)
		case html.EndTagToken:
			d.end(&t)
		default:
			d.out = append(d.out, t)
		}
	}
	d.closeTo(0)
	return d.out
}

// tokens splits HTML into tags and text, which is all that is visible to a reader.
func tokens(source string) []htmlToken {
	var out []htmlToken
	z := html.NewTokenizer(strings.NewReader(source))
	for z.Next() != html.ErrorToken {
		t := htmlToken{Token: z.Token()}
		switch t.Type {
		case html.StartTagToken, html.SelfClosingTagToken:
			z.NextIsNotRawText()
		case html.EndTagToken, html.TextToken:
		case html.ErrorToken, html.CommentToken, html.DoctypeToken:
			continue
		}
		if t.Type != html.TextToken {
			t.Data, t.raw = strings.CutSuffix(t.Data, rawMark)
		}
		out = append(out, t)
	}
	return out
}

// textless are the elements whose content is not text of the page.
var textless = map[string]bool{"script": true, "style": true, "template": true, "iframe": true}

// glued are elements outside of the allow-list that may occur within words. All others separate
// words.
var glued = map[string]bool{"font": true, "big": true, "nobr": true, "blink": true, "ins": true, "basefont": true, "data": true}

// start handles the tag that opens an element.
func (d *tidier) start(t *htmlToken) {
	o := opened{name: t.Data, tag: t.Data, raw: t.raw}
	switch {
	case textless[t.Data]:
		if t.Type == html.SelfClosingTagToken || !d.skip(t.Data) {
			d.text("<" + t.Data + ">")
		}
		return
	case t.Data == "center":
		o.name, t.Data, t.Attr = "div", "div", []html.Attribute{{Key: "align", Val: "center"}}
	}
	kind := elements[t.Data]
	if d.number++; !t.raw && kind != voidElement {
		d.around = append(d.around, d.number)
	}
	if kind == 0 || !d.belongs(t) || len(d.open) >= maxOpen && kind != voidElement {
		d.part(t.Data)
		return
	}
	d.closeImplied(t)
	d.attributes(&t.Token)
	empty := t.Type == html.SelfClosingTagToken
	t.Type = html.StartTagToken
	o.number, o.at = d.number, len(d.out)
	d.out = append(d.out, *t)
	if kind == voidElement {
		return
	}
	if d.open = append(d.open, o); empty {
		d.closeTo(len(d.open) - 1)
	}
}

// skip skips the content of a textless element. It returns false if nothing closes the element
// before the end of what is around it: then the tag is only mentioned in a sentence, such as "the
// <script> tag", and the sentence must stay.
func (d *tidier) skip(name string) bool {
	at := endless{name: name}
	if len(d.around) > 0 {
		at.around = d.around[len(d.around)-1]
	}
	if d.endless[at] {
		return false
	}
	deep, barred := 0, 0 // the open elements of Markdown, and those of them for which bars is true
	for j := d.i + 1; j < len(d.tokens); j++ {
		t := &d.tokens[j]
		n := 1
		if t.Type == html.EndTagToken {
			n = -1
		}
		switch {
		case t.Type == html.TextToken || elements[t.Data] == voidElement:
		case t.raw:
			if t.Type == html.EndTagToken && t.Data == name && barred == 0 {
				d.pass(j)
				return true
			}
		default:
			if deep += n; deep < 0 {
				d.endless[at] = true
				return false
			}
			if bars(t.Data) {
				barred += n
			}
		}
	}
	d.endless[at] = true
	return false
}

// pass omits the tokens up to one, but tracks which elements of Markdown are open.
func (d *tidier) pass(to int) {
	for d.i++; d.i < to; d.i++ {
		switch t := &d.tokens[d.i]; {
		case t.raw || t.Type == html.TextToken || elements[t.Data] == voidElement:
		case t.Type == html.EndTagToken:
			d.end(t)
		default:
			d.number++
			d.around = append(d.around, d.number)
		}
	}
}

// end handles the tag that closes an element, and closes the elements within it. A tag that closes
// nothing is dropped.
func (d *tidier) end(t *htmlToken) {
	if !t.raw {
		n := d.around[len(d.around)-1]
		d.around = d.around[:len(d.around)-1]
		if i := slices.IndexFunc(d.open, func(o opened) bool { return o.number >= n }); i >= 0 {
			d.closeTo(i)
		}
		return
	}
	if elements[t.Data] == 0 && t.Data != "center" {
		d.part(t.Data)
		return
	}
	for i, o := range slices.Backward(d.open) {
		switch {
		case o.raw && o.tag == t.Data:
			d.closeTo(i)
			return
		case o.bars():
			return
		}
	}
}

// text adds a text to the output, as it is.
func (d *tidier) text(s string) {
	d.out = append(d.out, htmlToken{Token: html.Token{Type: html.TextToken, Data: s}})
}

// part replaces a dropped tag with a space, so that words stay separate.
func (d *tidier) part(name string) {
	if !glued[name] {
		d.text(" ")
	}
}

// closeTo closes the elements from the nth on.
func (d *tidier) closeTo(n int) {
	for _, o := range slices.Backward(d.open[n:]) {
		d.out = append(d.out, htmlToken{html.Token{Type: html.EndTagToken, Data: o.name}, o.raw})
	}
	d.open = d.open[:n]
}

// parents are the elements of which one must be open for an element to be valid. Without one, a
// browser would use an element of the page around the text.
var parents = map[string][]string{
	"li": {"ul", "ol"}, "dt": {"dl"}, "dd": {"dl"}, "summary": {"details"}, "rt": {"ruby"}, "rp": {"ruby"},
	"caption": {"table"}, "colgroup": {"table"}, "col": {"table"}, "thead": {"table"}, "tbody": {"table"}, "tfoot": {"table"},
	"tr": {"table"}, "td": {"table"}, "th": {"table"},
}

// belongs reports whether an element is valid at this position. A parent of an element written as
// HTML must be in the same block of Markdown. The only valid input is a checkbox.
func (d *tidier) belongs(t *htmlToken) bool {
	if t.Data == "input" && !strings.EqualFold(attribute(&t.Token, "type"), "checkbox") {
		return false
	}
	of, ok := parents[t.Data]
	if !ok {
		return true
	}
	for _, o := range slices.Backward(d.open) {
		switch {
		case t.raw && o.bars():
			return false
		case slices.Contains(of, o.name):
			return true
		}
	}
	return false
}

// implied maps elements to the open elements that they implicitly close, and the elements within
// which they do.
var implied = map[string]struct{ closes, within []string }{
	"li": {[]string{"li"}, []string{"ul", "ol"}},
	"dt": {[]string{"dt", "dd"}, []string{"dl"}}, "dd": {[]string{"dt", "dd"}, []string{"dl"}},
	"td": {[]string{"td", "th", "caption", "colgroup"}, []string{"tr", "table"}}, "th": {[]string{"td", "th", "caption", "colgroup"}, []string{"tr", "table"}},
	"tr":    {[]string{"tr", "caption", "colgroup"}, []string{"table"}},
	"thead": {[]string{"thead", "tbody", "tfoot", "caption", "colgroup"}, []string{"table"}},
	"tbody": {[]string{"thead", "tbody", "tfoot", "caption", "colgroup"}, []string{"table"}},
	"tfoot": {[]string{"thead", "tbody", "tfoot", "caption", "colgroup"}, []string{"table"}},
	"table": {[]string{"table"}, []string{"td", "th", "caption"}},
	"a":     {[]string{"a"}, []string{"td", "th", "caption"}},
}

// closeImplied closes the elements that a browser would close before an element: a paragraph before
// a block, an item before the next one, a link before a link. A table without an open cell ends
// before a block of Markdown, which a browser would move out of it.
func (d *tidier) closeImplied(t *htmlToken) {
	if rule, ok := implied[t.Data]; ok {
		d.closeWithin(rule.closes, rule.within)
	}
	if elements[t.Data] == blockElement || t.Data == "hr" {
		d.closeWithin([]string{"p"}, []string{"table", "td", "th", "caption"})
		if !t.raw && !slices.Contains(parents[t.Data], "table") {
			d.closeWithin([]string{"table"}, []string{"td", "th", "caption"})
		}
	}
	if headingLevel(t.Data) > 0 && len(d.open) > 0 && headingLevel(d.open[len(d.open)-1].name) > 0 {
		d.closeTo(len(d.open) - 1)
	}
}

// closeWithin closes the outermost open element among closes that is inside the innermost of
// within. A link that cannot be closed, since a block of Markdown in it continues, is omitted
// instead.
func (d *tidier) closeWithin(closes, within []string) {
	found, barred := -1, false
	for i, o := range slices.Backward(d.open) {
		if slices.Contains(within, o.name) {
			break
		}
		if slices.Contains(closes, o.name) {
			if found = i; barred {
				d.out[o.at] = htmlToken{Token: html.Token{Type: html.TextToken}}
				d.open = slices.Delete(d.open, i, i+1)
				return
			}
		}
		barred = barred || o.bars()
	}
	if found >= 0 {
		d.closeTo(found)
	}
}

// textAlign matches the alignment in a style, the only part that is used.
var textAlign = regexp.MustCompile(`(?i)(?:^|;)\s*text-align\s*:\s*(left|right|center|justify)\s*(?:;|$)`)

// address returns an address as a browser reads it: without spaces around it and line ends, and
// with inner spaces escaped.
func address(link string) string {
	return strings.ReplaceAll(strings.NewReplacer("\n", "", "\r", "", "\t", "").Replace(strings.TrimSpace(link)), " ", "%20")
}

// attributes resolves links, converts an alignment by style to an attribute, and disables
// checkboxes. The policy removes what is not allowed.
func (d *tidier) attributes(t *html.Token) {
	for i := range t.Attr {
		switch a := &t.Attr[i]; {
		case a.Key == "href" && t.Data == "a":
			a.Val = address(moveFragment(d.link(address(a.Val))))
		case a.Key == "src":
			a.Val = address(d.picture(address(a.Val)))
		case a.Key == "cite":
			a.Val = address(a.Val)
		case a.Key == "style":
			if m := textAlign.FindStringSubmatch(a.Val); m != nil {
				a.Key, a.Val = "align", strings.ToLower(m[1])
			}
		case a.Key == "type" && t.Data == "input":
			a.Val = "checkbox"
		case a.Key == "open":
			a.Val = ""
		}
	}
	if t.Data == "input" && !slices.ContainsFunc(t.Attr, func(a html.Attribute) bool { return a.Key == "disabled" }) {
		t.Attr = append(t.Attr, html.Attribute{Key: "disabled"})
	}
}
