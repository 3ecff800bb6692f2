package markdown

import (
	"html"
	"net/url"
	"regexp"
	"strings"
)

// destination matches the destinations of links on a line: of inline links and pictures, of link
// definitions, and of links and pictures written as HTML. A destination in angle brackets may have spaces, and
// one of Markdown may have brackets in pairs.
var destination = regexp.MustCompile(`(\]\(\s*|^ {0,3}\[[^\]]+\]:\s*)(<[^<>]*>|(?:[^\s()<>]|\((?:[^\s()<>]|\([^\s()<>]*\))*\))+)` +
	`|(?i:(<a\s(?:[^<>]*\s)?href\s*=\s*|<img\s(?:[^<>]*\s)?src\s*=\s*)("[^"<>]*"|'[^'<>]*'|[^\s"'<>=` + "`" + `]+))`)

// MapLinks replaces the destinations of links within the site by the results of f. f gets them
// without their query, fragment and escapes; an empty result leaves a link as it is. Code is not
// changed, and no line is added or removed.
// Only the definition of a reference link has a destination, so its uses need no change. If nothing
// changes, the same string is returned.
func MapLinks(body string, f func(target string) string) string {
	if !strings.Contains(body, "](") && !strings.Contains(body, "]:") && !strings.Contains(body, "<") {
		return body
	}
	lines := strings.SplitAfter(body, "\n")
	var code fence
	changed := false
	for i, l := range lines {
		if code.inside(l) || !strings.ContainsAny(l, "]<") {
			continue
		}
		if now := mapLine(l, f); now != l {
			lines[i], changed = now, true
		}
	}
	if !changed {
		return body
	}
	return strings.Join(lines, "")
}

// mapLine maps the links of a line outside of code spans. Every second part between back quotes is
// code. After an unclosed span the rest of the line counts as code too, which at worst leaves a
// link as it is.
func mapLine(line string, f func(string) string) string {
	parts := strings.Split(line, "`")
	for i := 0; i < len(parts); i += 2 {
		parts[i] = destination.ReplaceAllStringFunc(parts[i], func(found string) string {
			m := destination.FindStringSubmatch(found)
			before, link, around := m[1]+m[3], m[2]+m[4], ""
			switch {
			case m[3] != "":
				if link[0] == '"' || link[0] == '\'' {
					around, link = link[:1], link[1:len(link)-1]
				}
				link = html.UnescapeString(link)
			case strings.HasPrefix(link, "<"):
				around = "<>"
				link = link[1 : len(link)-1]
			}
			now := mapTarget(link, f)
			switch {
			case now == "":
				return found
			case m[3] != "":
				now = around + html.EscapeString(now) + around
			case around != "":
				now = "<" + now + ">"
			}
			return before + now
		})
	}
	return strings.Join(parts, "`")
}

// mapTarget maps one destination; empty if it stays, such as one that cannot be unescaped.
func mapTarget(link string, f func(string) string) string {
	target, rest := cutLink(link)
	if !internal(target) {
		return ""
	}
	plain, err := url.PathUnescape(target)
	if err != nil {
		return ""
	}
	now := f(plain)
	if now == "" {
		return ""
	}
	return (&url.URL{Path: now}).EscapedPath() + rest
}

// cutLink splits a link into its path and the rest, the query and the fragment.
func cutLink(link string) (target, rest string) {
	if at := strings.IndexAny(link, "?#"); at >= 0 {
		return link[:at], link[at:]
	}
	return link, ""
}

// internal reports whether a destination may refer to another file of the tree. A colon marks a
// scheme, two slashes another site.
func internal(target string) bool {
	return target != "" && !strings.Contains(target, ":") && !strings.HasPrefix(target, "//")
}
