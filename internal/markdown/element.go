package markdown

import (
	"regexp"
	"strings"

	"github.com/microcosm-cc/bluemonday"
)

// display is the layout of an element in the text around it.
type display int

const (
	inlineElement display = iota + 1
	// blockElement begins and ends a line of the plain text.
	blockElement
	// voidElement has no content and no closing tag.
	voidElement
)

// elements are the elements that HTML may have. They include no form, nothing that loads or runs a
// program, nothing that a browser parses by separate rules (SVG, MathML), and nothing that belongs
// to the page around the text, such as main. Other elements are replaced by their text.
var elements = map[string]display{
	"a": inlineElement, "abbr": inlineElement, "acronym": inlineElement, "b": inlineElement, "bdi": inlineElement, "bdo": inlineElement,
	"cite": inlineElement, "code": inlineElement, "del": inlineElement, "dfn": inlineElement, "em": inlineElement, "i": inlineElement,
	"ins": inlineElement, "kbd": inlineElement, "mark": inlineElement, "q": inlineElement, "rp": inlineElement, "rt": inlineElement,
	"ruby": inlineElement, "s": inlineElement, "samp": inlineElement, "small": inlineElement, "span": inlineElement, "strike": inlineElement,
	"strong": inlineElement, "sub": inlineElement, "sup": inlineElement, "time": inlineElement, "tt": inlineElement, "u": inlineElement,
	"var": inlineElement,

	"article": blockElement, "aside": blockElement, "blockquote": blockElement, "caption": blockElement, "colgroup": blockElement,
	"dd": blockElement, "details": blockElement, "div": blockElement, "dl": blockElement, "dt": blockElement, "figcaption": blockElement,
	"figure": blockElement, "h1": blockElement, "h2": blockElement, "h3": blockElement, "h4": blockElement, "h5": blockElement,
	"h6": blockElement, "hgroup": blockElement, "li": blockElement, "ol": blockElement, "p": blockElement, "pre": blockElement,
	"section": blockElement, "summary": blockElement, "table": blockElement, "tbody": blockElement, "td": blockElement,
	"tfoot": blockElement, "th": blockElement, "thead": blockElement, "tr": blockElement, "ul": blockElement,

	"br": voidElement, "col": voidElement, "hr": voidElement, "img": voidElement, "input": voidElement, "wbr": voidElement,
}

// others are the remaining elements of HTML, old ones included, which are recognised and removed.
var others = func() map[string]bool {
	out := map[string]bool{}
	for name := range strings.FieldsSeq(`address applet area audio base basefont bgsound big blink body button canvas center data
		datalist dialog dir embed fieldset font footer form frame frameset head header html iframe image isindex keygen label legend
		link listing main map marquee math menu menuitem meta meter nav nobr noembed noframes noscript object optgroup option output
		param picture plaintext progress script search select slot source style svg template textarea title track video xmp`) {
		out[name] = true
	}
	return out
}()

// headingLevel returns the level of a heading element; 0 for any other element.
func headingLevel(name string) int {
	if len(name) == 2 && name[0] == 'h' && name[1] >= '1' && name[1] <= '6' {
		return int(name[1] - '0')
	}
	return 0
}

// newPolicy returns the allow-list that all HTML passes last. Whatever produced the HTML, only
// these elements, attributes and values remain. There is no style and no script, so a page can
// forbid both; classes are those that the renderer itself writes; img and input have neither id nor
// name, so that no text can shadow a property of the document.
func newPolicy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	for name, d := range elements {
		p.AllowElements(name)
		if name != "a" && d != voidElement {
			p.AllowNoAttrs().OnElements(name)
		}
	}
	match := regexp.MustCompile
	p.RequireParseableURLs(true)
	p.AllowRelativeURLs(true)
	p.AllowURLSchemes("mailto", "http", "https", "tel")
	p.RequireNoFollowOnLinks(true)
	p.AllowAttrs("dir").Matching(match(`^(?i:ltr|rtl|auto)$`)).Globally()
	p.AllowAttrs("lang").Matching(match(`^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$`)).Globally()
	p.AllowAttrs("title").Globally()
	var named []string
	for name, d := range elements {
		if d != voidElement {
			named = append(named, name)
		}
	}
	p.AllowAttrs("id").Matching(identifier).OnElements(named...)
	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("cite").OnElements("blockquote", "del", "ins", "q")
	p.AllowAttrs("datetime").Matching(match(`^[0-9A-Za-z :.,+-]{1,40}$`)).OnElements("time", "del", "ins")
	p.AllowAttrs("src", "alt").OnElements("img")
	size := match(`^[0-9]{1,5}(px|%)?$`)
	p.AllowAttrs("width", "height").Matching(size).OnElements("img", "table", "td", "th", "col", "colgroup")
	p.AllowAttrs("align").Matching(alignment).OnElements("p", "div", "img", "table", "caption", "colgroup", "col",
		"thead", "tbody", "tfoot", "tr", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "figure", "figcaption", "section")
	p.AllowAttrs("valign").Matching(match(`^(?i:top|middle|bottom|baseline)$`)).OnElements("tr", "td", "th", "thead", "tbody", "tfoot")
	number := match(`^[0-9]{1,9}$`)
	p.AllowAttrs("colspan", "rowspan").Matching(match(`^[0-9]{1,3}$`)).OnElements("td", "th")
	p.AllowAttrs("scope").Matching(match(`^(?i:row|col)(group)?$`)).OnElements("th")
	p.AllowAttrs("span").Matching(match(`^[0-9]{1,3}$`)).OnElements("col", "colgroup")
	p.AllowAttrs("start").Matching(number).OnElements("ol")
	p.AllowAttrs("value").Matching(number).OnElements("li")
	p.AllowAttrs("type").Matching(match(`^[aAiI1]$`)).OnElements("ol")
	p.AllowAttrs("reversed").Matching(match(`^$`)).OnElements("ol")
	p.AllowAttrs("open").Matching(match(`^$`)).OnElements("details")
	p.AllowAttrs("type").Matching(match(`^checkbox$`)).OnElements("input")
	p.AllowAttrs("checked", "disabled").Matching(match(`^$`)).OnElements("input")
	p.AllowAttrs("class").Matching(match(`^language-[a-z0-9+#.-]{1,20}$`)).OnElements("code")
	p.AllowAttrs("class").Matching(match(`^(admonition [a-z0-9_-]{1,40}|tab)$`)).OnElements("div", "details")
	p.AllowAttrs("class").Matching(match(`^(admonition|tab)-title$`)).OnElements("p")
	p.AllowAttrs("class").Matching(match(`^footnotes$`)).OnElements("div")
	p.AllowAttrs("class").Matching(match(`^footnote-(ref|backref)$`)).OnElements("a")
	p.AllowAttrs("role").Matching(match(`^doc-(noteref|backlink)$`)).OnElements("a")
	p.AllowAttrs("role").Matching(match(`^doc-endnotes$`)).OnElements("div")
	return p
}

// alignment matches the values of align, which is an attribute and not a style, so that a page may
// forbid styles.
var alignment = regexp.MustCompile(`^(?i:left|right|center|justify|top|middle|bottom)$`)
