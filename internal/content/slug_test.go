package content_test

import (
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"patternhub/internal/content"
)

func TestSlugsOfPaths(t *testing.T) {
	for path, want := range map[string]string{
		"Set up/first_steps":   "set-up/first-steps",
		"Über uns/Größe":       "uber-uns/grosse",
		"Việt Nam":             "viet-nam",
		"Łódź, Øresund & Ærø":  "lodz-oresund-aero",
		"हिन्दी/का":            "हिन्दी/का",
		"हिन्दी/कि":            "हिन्दी/कि",
		"हिन्दी/क":             "हिन्दी/क",
		"ไทย/ที่นี่":           "ไทย/ที่นี่",
		"தமிழ்":                "தமிழ்",
		"Йод":                  "йод",
		"Ёлка и Елка":          "ёлка-и-елка",
		"Άλφα":                 "άλφα",
		"ガイド":                  "ガイド",
		"한국어":                  "한국어",
		"עִבְרִית":             norm.NFC.String("עִבְרִית"),
		"می\u200cخواهم":        "می-خواهم",
		"a\u200eb\u00ad\u2068": "ab",
		"Rocket 🚀 1\ufe0f\u20e3 \U0001F468\u200d\U0001F469": "rocket-1",
		"葛\U000E0100":                     "葛",
		"İstanbul ıssız":                  "istanbul-issiz",
		"v1.2 (beta)--x":                  "v1-2-beta-x",
		"!!!":                             "",
		"a//b":                            "",
		"🚀/a":                             "",
		"C++":                             "c",
		"cafe\u0301 \u0301 x\u0301\u0302": "cafe-x",
	} {
		if got := content.Slug(path); got != want {
			t.Errorf("Slug(%q) = %q, want %q", path, got, want)
		}
		if got := content.Slug(norm.NFD.String(path)); got != want {
			t.Errorf("Slug of %q decomposed = %q, want %q", path, got, want)
		}
		if got := content.Slug(want); got != want {
			t.Errorf("Slug(%q) = %q, want the same slug", want, got)
		}
		if want == "" {
			continue
		}
		page := &content.Page{Meta: head(content.TypePage)}
		page.Slug = want
		if wrong := content.Validate(page, false); len(wrong) > 0 {
			t.Errorf("%q: %v", want, wrong)
		}
	}
}

func TestResourcePathsAreURIs(t *testing.T) {
	for slug, want := range map[string]string{
		"docs/a":    "/docs/a",
		"हिन्दी/का": "/%E0%A4%B9%E0%A4%BF%E0%A4%A8%E0%A5%8D%E0%A4%A6%E0%A5%80/%E0%A4%95%E0%A4%BE",
		"йод":       "/%D0%B9%D0%BE%D0%B4",
	} {
		m := content.Meta{Type: content.TypePage, Slug: slug}
		if got := m.ResourcePath(); got != want {
			t.Errorf("the path of %s is %s, want %s", slug, got, want)
		}
		for _, path := range []string{want, "/" + slug, slug + "/", "/" + norm.NFD.String(slug), strings.ToLower(want)} {
			if et, got := content.ParseResourcePath(path); et != content.TypePage || got != slug {
				t.Errorf("ParseResourcePath(%s) = %s %q, want the page %q", path, et, got, slug)
			}
		}
	}
	if et, slug := content.ParseResourcePath("/patterns%2Fsaga"); et != content.TypePattern || slug != "saga" {
		t.Errorf("a path with an escaped slash is the %s %q", et, slug)
	}
	if _, slug := content.ParseResourcePath("/100%"); slug != "100%" {
		t.Errorf("a path that cannot be unescaped has the slug %q", slug)
	}
}

// TestMessagesAboutSlugsNameTheFaultAndAProposal checks that an author can act on the messages.
func TestMessagesAboutSlugsNameTheFaultAndAProposal(t *testing.T) {
	const page = "lower-case letters, digits and single dashes between them."
	for slug, want := range map[string]string{
		"docs/größe":     `A slug cannot hold "ö": it has ` + page + ` Take "docs/grosse".`,
		"docs/Set up":    `A slug cannot hold "S": it has ` + page + ` Take "docs/set-up".`,
		"docs/a b":       `A slug cannot hold the character U+0020: it has ` + page + ` Take "docs/a-b".`,
		"a--b":           `A slug cannot hold "--": it has ` + page + ` Take "a-b".`,
		"-a":             `A slug cannot begin with "-": it has ` + page + ` Take "a".`,
		"a-":             `A slug cannot end with "-": it has ` + page + ` Take "a".`,
		"/docs/a":        `A slug cannot begin with "/": it has one slash between two parts, and in these ` + page + ` Take "docs/a".`,
		"docs/a/":        `A slug cannot end with "/": it has one slash between two parts, and in these ` + page + ` Take "docs/a".`,
		"docs//a":        `A slug cannot hold "//": it has one slash between two parts, and in these ` + page + ` Take "docs/a".`,
		"docs/-a":        `A slug cannot hold "/-": it has one slash between two parts, and in these ` + page + ` Take "docs/a".`,
		"docs-/a":        `A slug cannot hold "-/": it has one slash between two parts, and in these ` + page + ` Take "docs/a".`,
		"/":              `A slug cannot begin with "/": it has one slash between two parts, and in these ` + page,
		"a\u200eb":       `A slug cannot hold the character U+200E: it has ` + page + ` Take "ab".`,
		"docs/🚀":         `A slug cannot hold "🚀": it has ` + page,
		"search":         "The path /search is reserved for the site itself. Put the page into a folder, such as docs/search, or take another slug, such as about-search.",
		"admin/users":    "The path /admin is reserved for the site itself. Put the page into a folder, such as docs/admin/users, or take another slug, such as about-admin/users.",
		"notes/intro.md": "Paths that end in .md are reserved for the sources of pages. Leave the ending out: notes/intro.",
		"docs/search":    "",
		"searching":      "",
		"हिन्दी/कि":      "",
	} {
		e := &content.Page{Meta: head(content.TypePage)}
		e.Slug = slug
		var messages []string
		for _, p := range content.Validate(e, false) {
			messages = append(messages, p.Message)
		}
		if got := strings.Join(messages, "\n"); got != want {
			t.Errorf("%q: %s\nwant %s", slug, got, want)
		}
	}
	for slug := range strings.FieldsSeq("search graph health admin mcp graphql og diagrams assets playground Search assets/x og/a/b x.md a/b.MD") {
		if content.Reserved(content.TypePage, slug) == "" {
			t.Errorf("%s is not reserved", slug)
		}
	}
	if what := content.Reserved(content.TypePattern, "search"); what != "" {
		t.Errorf("/patterns/search is reserved: %s", what)
	}
	law := &content.Law{Meta: head(content.TypeLaw)}
	law.Slug = "größe"
	if got := content.Validate(law, false)[0].Message; !strings.Contains(got, `cannot hold "ö"`) || !strings.Contains(got, `Take "grosse".`) {
		t.Errorf("a law: %s", got)
	}
}
