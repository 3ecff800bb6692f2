package content

import (
	"reflect"
	"strings"
	"unicode"
	"unicode/utf8"
)

// RichText is a long text: Markdown as written, and what was rendered from it when it was stored.
// HTML is sanitised; Text is plain; Renderer is the version of the renderer. Files are those of its tree
// that it refers to, sorted by link. Nav is the navigation of the tree whose first page has the text.
type RichText struct {
	Markdown       string    `bson:"markdown"`
	HTML           string    `bson:"html"`
	Text           string    `bson:"text"`
	Headings       []Heading `bson:"headings"`
	Files          []File    `bson:"files,omitempty"`
	Nav            []NavItem `bson:"nav,omitempty"`
	WordCount      int       `bson:"wordCount"`
	ReadingMinutes int       `bson:"readingMinutes"`
	Renderer       int       `bson:"renderer"`
}

// Render returns a rich text from Markdown of the entry with that type and slug. Links to files lead to
// their addresses; the result has those of the files that the text links to, and those without a link. It
// must be safe for concurrent use. It may be called within a transaction that is retried, so it must have
// no other effect.
type Render func(t EntryType, slug, markdown string, files ...File) RichText

// RichTexts returns the rich texts of an entry by the stored names of their fields. It searches only
// the entry's own fields, since nested structs never have long texts.
func RichTexts(e Entry) map[string]*RichText {
	out := map[string]*RichText{}
	for f, field := range reflect.ValueOf(e).Elem().Fields() {
		if text, ok := reflect.TypeAssert[*RichText](field.Addr()); ok {
			name, _, _ := strings.Cut(f.Tag.Get("bson"), ",")
			out[name] = text
		}
	}
	return out
}

// RenderTexts renders the rich texts of an entry from their Markdown. They are stored rendered, since
// a page is read far more often than it is written.
func RenderTexts(e Entry, render Render) {
	for _, text := range RichTexts(e) {
		nav := text.Nav
		*text = render(e.Head().Type, e.Head().Slug, text.Markdown, text.Files...)
		text.Nav = nav
	}
}

// Heading is a heading of a rich text. Level is 1 to 6, Anchor its id in the HTML.
type Heading struct {
	Level  int    `bson:"level"`
	Text   string `bson:"text"`
	Anchor string `bson:"anchor"`
}

// Diagram is a Mermaid diagram of a rich text. Equal sources have equal hashes; Alt says in words what
// the diagram shows.
type Diagram struct {
	Hash, Kind, Alt, Source string
	Drawable                bool // whether the hub draws it
}

// Words returns an enum value or a slug in words: "DATA_MANAGEMENT" and "data-management" become
// "Data management".
func Words(v string) string {
	return Capital(strings.ToLower(strings.NewReplacer("_", " ", "-", " ").Replace(v)))
}

// Capital returns a string with its first letter in title case. It does not change scripts whose
// sentences do not begin with a capital, such as Georgian.
func Capital(s string) string {
	first, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return ""
	}
	return string(unicode.ToTitle(first)) + s[n:]
}

// Spaced returns a string on one line: each run of white space is one blank, and there is none at
// either end.
func Spaced(s string) string { return strings.Join(strings.Fields(s), " ") }
