package markdown

import (
	"net/url"

	"patternhub/internal/content"
)

// Targets returns the destinations of the links and pictures of a text that may refer to other files of
// its tree, without query, fragment and escapes. Code has none.
func Targets(body string) []string {
	var out []string
	MapLinks(body, func(target string) string {
		out = append(out, target)
		return ""
	})
	return out
}

// attachments are the files that a text links to, by the destinations of its links.
type attachments map[string]*content.File

// attach returns those of files that a text links to, and the list of them with those that belong to the
// text without a link.
func attach(markdown string, files []content.File) (attachments, []content.File) {
	if len(files) == 0 {
		return nil, nil
	}
	linked := map[string]bool{"": true}
	for _, target := range Targets(markdown) {
		linked[target] = true
	}
	byLink := attachments{}
	var kept []content.File
	for i := range files {
		if f := &files[i]; linked[f.Link] {
			kept = append(kept, *f)
			byLink[f.Link] = f
		}
	}
	return byLink, kept
}

// address returns the address of the file that a link refers to, with the link's query and fragment, and
// the link itself if it refers to none.
func (a attachments) address(link string) string {
	if len(a) == 0 {
		return link
	}
	target, after := cutLink(link)
	if plain, err := url.PathUnescape(target); err == nil && internal(target) {
		if f := a[plain]; f != nil {
			return f.URL() + after
		}
	}
	return link
}
