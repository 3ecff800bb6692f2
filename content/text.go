package content

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// RichText is a long text: Markdown as written and what was made of it when it was stored.
// HTML is sanitised; Text is plain; Renderer is the version of the renderer that made them.
type RichText struct {
	Markdown       string    `bson:"markdown"`
	HTML           string    `bson:"html"`
	Text           string    `bson:"text"`
	Headings       []Heading `bson:"headings"`
	WordCount      int       `bson:"wordCount"`
	ReadingMinutes int       `bson:"readingMinutes"`
	Renderer       int       `bson:"renderer"`
}

// Heading is a heading of a rich text. Level is 1 to 6, Anchor its id in the HTML.
type Heading struct {
	Level  int    `bson:"level"`
	Text   string `bson:"text"`
	Anchor string `bson:"anchor"`
}

// foldRune maps the Latin letters with marks that names of this field use to their base letters;
// the rest is left as it is. The standard library has no Unicode decomposition.
func foldRune(r rune) string {
	switch r {
	case 'à', 'á', 'â', 'ã', 'ä', 'å', 'ā', 'ă', 'ą':
		return "a"
	case 'ç', 'ć', 'č', 'ĉ', 'ċ':
		return "c"
	case 'ď', 'đ', 'ð':
		return "d"
	case 'è', 'é', 'ê', 'ë', 'ē', 'ĕ', 'ė', 'ę', 'ě':
		return "e"
	case 'ğ', 'ĝ', 'ġ', 'ģ':
		return "g"
	case 'ĥ':
		return "h"
	case 'ì', 'í', 'î', 'ï', 'ĩ', 'ī', 'ĭ', 'į', 'ı':
		return "i"
	case 'ĵ':
		return "j"
	case 'ķ':
		return "k"
	case 'ł', 'ľ', 'ĺ', 'ļ':
		return "l"
	case 'ñ', 'ń', 'ň', 'ņ':
		return "n"
	case 'ò', 'ó', 'ô', 'õ', 'ö', 'ø', 'ō', 'ŏ', 'ő':
		return "o"
	case 'ŕ', 'ŗ', 'ř':
		return "r"
	case 'ś', 'ŝ', 'š', 'ş', 'ș':
		return "s"
	case 'ť', 'ţ', 'ț':
		return "t"
	case 'ù', 'ú', 'û', 'ü', 'ũ', 'ū', 'ŭ', 'ů', 'ű', 'ų':
		return "u"
	case 'ŵ':
		return "w"
	case 'ý', 'ÿ', 'ŷ':
		return "y"
	case 'ź', 'ž', 'ż':
		return "z"
	case 'ß':
		return "ss"
	case 'æ':
		return "ae"
	case 'œ':
		return "oe"
	}
	if unicode.Is(unicode.Mn, r) {
		return ""
	}
	return string(r)
}

// Fold gives the form by which names are sorted and compared: lower case, without accents,
// white space trimmed.
func Fold(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	for i := range len(s) {
		if s[i] >= 0x80 {
			var b strings.Builder
			for _, r := range s {
				b.WriteString(foldRune(r))
			}
			return strings.TrimSpace(b.String()) // a mark may have stood before a space
		}
	}
	return s
}

// Words puts an enum value or a slug in words: "DATA_MANAGEMENT" and "data-management" are
// "Data management".
func Words(v string) string {
	v = strings.ToLower(strings.NewReplacer("_", " ", "-", " ").Replace(v))
	if v == "" {
		return ""
	}
	_, n := utf8.DecodeRuneInString(v)
	return strings.ToUpper(v[:n]) + v[n:]
}
