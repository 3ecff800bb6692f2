package diagram

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const (
	maxPicture = 1 << 20 // bytes
	namespace  = "http://www.w3.org/2000/svg"
)

// elements are those that a picture may have. What stands in others is left out with them.
var elements = strings.Fields("svg defs marker g rect circle ellipse line path polyline polygon text tspan")

// attributes are those that elements may have. There is no style among them, and nothing that
// refers to another document.
var attributes = strings.Fields(`viewBox width height x y x1 y1 x2 y2 cx cy r rx ry dx dy d points transform
	fill fill-opacity stroke stroke-width stroke-dasharray stroke-linecap stroke-linejoin stroke-opacity opacity
	font-size font-weight font-style text-anchor dominant-baseline id markerWidth markerHeight refX refY orient
	markerUnits marker-start marker-end`)

var (
	value = regexp.MustCompile(`^[\w\s.,#()%+-]*$`)
	// reaching matches functions of CSS that may load something or read what is outside the picture, and local
	// the one use of them that a picture needs: a mark within itself.
	reaching = regexp.MustCompile(`(?i)url|image|src|attr|env`)
	local    = regexp.MustCompile(`^url\(#[\w-]+\)$`)
	fraction = regexp.MustCompile(`\d+\.\d{2,}`)
)

// clean copies what a picture needs: allowed elements with allowed attributes, and text. It does not
// repair; markup that is not well-formed is an error.
func clean(svg []byte) ([]byte, error) {
	var out bytes.Buffer
	d := xml.NewDecoder(bytes.NewReader(svg))
	d.Strict = true
	depth, skipped := 0, 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil || out.Len() > maxPicture {
			return nil, fmt.Errorf("%w: the picture is broken or larger than %d bytes", ErrFailed, maxPicture)
		}
		switch token := token.(type) {
		case xml.StartElement:
			depth++
			// An svg element is allowed at the top and nowhere else, since one inside has a view of its own.
			if skipped == 0 && (!allowed(token.Name) || (depth == 1) != (token.Name.Local == "svg")) {
				skipped = depth
			}
			if skipped == 0 {
				open(&out, token)
			}
		case xml.EndElement:
			if skipped == 0 {
				out.WriteString("</" + token.Name.Local + ">")
			}
			if skipped == depth {
				skipped = 0
			}
			depth--
		case xml.CharData:
			if text := bytes.TrimSpace(token); skipped == 0 && depth > 0 && len(text) > 0 {
				_ = xml.EscapeText(&out, text) // a buffer does not fail
			}
		}
	}
	if !bytes.HasPrefix(out.Bytes(), []byte("<svg ")) || depth != 0 {
		return nil, fmt.Errorf("%w: the script returned no picture", ErrFailed)
	}
	return out.Bytes(), nil
}

// allowed reports whether a picture may have an element.
func allowed(n xml.Name) bool {
	return (n.Space == "" || n.Space == namespace) && slices.Contains(elements, n.Local)
}

// open writes the beginning of an element with its allowed attributes.
func open(out *bytes.Buffer, e xml.StartElement) {
	out.WriteString("<" + e.Name.Local)
	if e.Name.Local == "svg" {
		out.WriteString(` xmlns="` + namespace + `"`)
	}
	for _, a := range e.Attr {
		if a.Name.Space != "" || !slices.Contains(attributes, a.Name.Local) || !value.MatchString(a.Value) {
			continue
		}
		if reaching.MatchString(a.Value) && !local.MatchString(a.Value) && a.Name.Local != "id" {
			continue
		}
		out.WriteString(" " + a.Name.Local + `="` + fraction.ReplaceAllStringFunc(a.Value, tenth) + `"`)
	}
	out.WriteString(">")
}

// tenth rounds a number: more digits than one after the point are not seen.
func tenth(s string) string {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return "0"
	}
	return strings.TrimSuffix(strconv.FormatFloat(f, 'f', 1, 64), ".0")
}

// Theme is the colours of a picture.
type Theme string

// The themes.
const (
	Light Theme = "light"
	Dark  Theme = "dark"
)

// styles are the colours of the themes. A picture names them by the variables of its script.
var styles = map[Theme]string{
	Light: "--bg:#ffffff;--_text:#1f2933;--_text-sec:#52606d;--_text-muted:#52606d;--_text-faint:#9aa5b1;--_line:#7b8794;--_arrow:#3e4c59;" +
		"--_node-fill:#f5f7fa;--_node-stroke:#9aa5b1;--_group-fill:#ffffff;--_group-hdr:#e4e7eb;--_inner-stroke:#cbd2d9;--_key-badge:#e4e7eb",
	Dark: "--bg:#12181f;--_text:#e6eaef;--_text-sec:#b8c4ce;--_text-muted:#b8c4ce;--_text-faint:#7b8794;--_line:#7b8794;--_arrow:#cbd2d9;" +
		"--_node-fill:#1f2933;--_node-stroke:#616e7c;--_group-fill:#12181f;--_group-hdr:#27333f;--_inner-stroke:#3e4c59;--_key-badge:#323f4b",
}

// font names fonts about as wide as the one by which the script measures text.
const font = `Inter,"Segoe UI",Roboto,"Helvetica Neue","Liberation Sans",Arial,sans-serif`

// dress adds the colours of a theme to a clean picture.
func dress(svg []byte, theme Theme) []byte {
	style, ok := styles[theme]
	if !ok {
		style = styles[Light]
	}
	// The first > ends the svg element: in the attributes of a clean picture it cannot occur.
	at := bytes.IndexByte(svg, '>') + 1
	return slices.Concat(svg[:at], []byte("<style>svg{"+style+"}text{font-family:"+font+"}</style>"), svg[at:])
}
