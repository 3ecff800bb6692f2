package markdown

import (
	"net/url"
	"regexp"
	"strings"
)

// destination finds the destinations of links on a line: of inline links and pictures, and of
// link definitions.
var destination = regexp.MustCompile(`(\]\(\s*<?|^ {0,3}\[[^\]]+\]:\s*<?)([^\s()<>]+)`)

// MapLinks replaces the destinations of relative links by what f gives for them; f sees them
// without their fragment and escapes, and an empty answer leaves a link as it is. Code is left
// alone, and no line is added or taken away.
// Reference links need no change at their use, since only their definition has a destination. Links
// written as HTML are left alone. When nothing changes, the same string comes back.
func MapLinks(body string, f func(target string) string) string {
	if !strings.Contains(body, "](") && !strings.Contains(body, "]:") {
		return body
	}
	lines := strings.SplitAfter(body, "\n")
	var code fence
	changed := false
	for i, l := range lines {
		if code.inside(l) || !strings.Contains(l, "]") {
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

// mapLine maps the links of a line outside of code spans.
// Every second part between back quotes is code. A span that is not closed makes the rest of its
// line code too, which at worst leaves a link as it is.
func mapLine(line string, f func(string) string) string {
	parts := strings.Split(line, "`")
	for i := 0; i < len(parts); i += 2 {
		parts[i] = destination.ReplaceAllStringFunc(parts[i], func(found string) string {
			m := destination.FindStringSubmatch(found)
			if now := mapTarget(m[2], f); now != "" {
				return m[1] + now
			}
			return found
		})
	}
	return strings.Join(parts, "`")
}

// mapTarget maps one destination; empty when it stays.
// A destination that cannot be unescaped is not ours to change.
func mapTarget(link string, f func(string) string) string {
	target, fragment, hasFragment := strings.Cut(link, "#")
	if !relative(target) {
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
	now = (&url.URL{Path: now}).EscapedPath()
	if hasFragment {
		now += "#" + fragment
	}
	return now
}

// relative tells whether a destination leads to another file of the tree.
// A colon tells a scheme, a query an address that a server answers, a leading slash a site's root.
func relative(target string) bool {
	return target != "" && !strings.ContainsAny(target, ":?") && !strings.HasPrefix(target, "/")
}
